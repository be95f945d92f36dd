r"""The one place where foreign text is made safe to show: replies of a model, files, tickers, messages of exceptions.

A terminal obeys control characters: they can rewrite what stands on the screen, fill the clipboard, rename the window.
Invisible characters can make a text read differently from what it is. Both are shown as escapes such as ``\x1b``.
Nothing is removed, so that the reader sees that something was there.
"""

import re

# Line feed and tab stay. Carriage return goes only together with a line feed.
_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, line separators, bidi controls
    "\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # shorthand, music, tags
    "\ud800-\udfff"  # surrogates: no text at all
    "]"
)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def make_safe(text: str) -> str:
    r"""Return the text with every control and invisible character shown as an escape.

    Line feeds and tabs stay, ``\r\n`` becomes ``\n``, lone surrogates become U+FFFD. Doing it twice changes nothing.
    """
    return _UNSAFE.sub(_shown, text.replace("\r\n", "\n"))


def safe_line(text: object) -> str:
    """Return the text safe and on one line: what a table cell or a status line may hold."""
    return " ".join(make_safe(str(text)).split())


class SafeStream:
    r"""Makes a text safe that arrives in pieces, so that the sum of the outputs is ``make_safe`` of the sum.

    Only ``\r\n`` can be cut in two by a border between pieces: a carriage return at the end waits for the next piece.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what can be shown so far."""
        text = self._held + piece
        self._held = "\r" if text.endswith("\r") else ""
        return make_safe(text.removesuffix("\r") if self._held else text)

    def close(self) -> str:
        """Return what was held back, and start anew."""
        held, self._held = self._held, ""
        return make_safe(held)
