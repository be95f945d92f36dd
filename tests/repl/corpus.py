"""Texts that would take over a terminal if they reached it as they are."""

import re

ESCAPES = {
    "colour": "\x1b[31mred",
    "clear": "\x1b[2J\x1b[H",
    "cursor": "\x1b[5A\x1b[K",
    "clipboard": "\x1b]52;c;cHduZWQ=\x07",
    "title": "\x1b]0;pwned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "device": "\x1bP$qm\x1b\\",
    "c1": "\x9b31mred\x9d0;pwned\x9c",
    "answer": "\x1b[6n\x1b[c",
    "return": "safe\rpwned",
    "backspace": "safe\b\b\b\bpwned",
    "bell": "\x07\x0e\x0f\x7f",
    "bidi": "abc\u202edef\u2066ghi",
    "invisible": "a\u200bb\u2060c\ufeffd\U000e0041",
}
MARKUP = "[bold red]loud[/bold red] [link=http://evil.example]click[/link] :bomb:"
ALL = "\n\n".join(f"{name}: {text}" for name, text in ESCAPES.items()) + f"\n\nmarkup: {MARKUP}"

# What our own screens never send: titles, clipboard, device control, C1, invisible characters.
FOREIGN = re.compile(
    "\x1b\\]|\x1bP|\x1b\\[2J|\x1b\\[c|\x1b\\[5A|[\x80-\x9f\x0e\x0f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0041]"
)


def taken_over(raw: str) -> list[str]:
    """Return what reached the terminal that must not."""
    return sorted(set(FOREIGN.findall(raw)))
