import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mltrainer.render.safe import SafeStream, make_safe, safe_line

CONTROLS = st.sampled_from("\r\n\t\x1b\x07\x9b\u202e\u200b")
ANY_TEXT = st.text(st.characters(exclude_categories=()) | CONTROLS, max_size=60)

# Signs of Arabic, Syriac, Kaithi and hieroglyphs that belong to the text and are seen.
VISIBLE_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]52;c;ZXZpbA==\x07", "\\x1b]52;c;ZXZpbA==\\x07"),
        ("\x1b]0;title\x1b\\", "\\x1b]0;title\\x1b\\"),
        ("\x9b2J", "\\x9b2J"),
        ("buy\rsell", "buy\\x0dsell"),
        ("one\r\ntwo\tthree\n", "one\ntwo\tthree\n"),
        ("abc\u202edef", "abc\\u202edef"),
        ("AA\u200bPL", "AA\\u200bPL"),
        ("a\U000e0041b", "a\\U000e0041b"),
        ("half \ud83d", "half \ufffd"),
        ("naïve 日本 🙂 [bold]x[/bold]", "naïve 日本 🙂 [bold]x[/bold]"),
    ],
)
def test_foreign_text_is_shown_and_not_obeyed(foreign: str, shown: str) -> None:
    assert make_safe(foreign) == shown


def test_no_character_that_a_terminal_obeys_or_hides_passes() -> None:
    hidden = {"Cc", "Cf", "Zl", "Zp", "Cs"}
    passed = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in hidden and chr(code) not in "\n\t" and make_safe(chr(code)) == chr(code)
    ]
    assert [int(code, 16) for code in passed if int(code, 16) not in VISIBLE_FORMATS] == []


@given(ANY_TEXT)
@settings(derandomize=True, max_examples=200)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert make_safe(make_safe(text)) == make_safe(text)


@given(st.lists(ANY_TEXT, max_size=6))
@example(["a\r", "\nb"])
@example(["a\r", "b\r"])
@example(["\r", "\r", "\n"])
@settings(derandomize=True, max_examples=200)
def test_pieces_come_out_as_the_whole_would(pieces: list[str]) -> None:
    stream = SafeStream()
    assert "".join([stream.feed(piece) for piece in pieces]) + stream.close() == make_safe("".join(pieces))


@given(ANY_TEXT)
@settings(derandomize=True, max_examples=100)
def test_a_safe_line_is_one_line(text: str) -> None:
    line = safe_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
