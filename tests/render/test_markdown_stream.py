import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.render.console import make_console
from mltrainer.render.live import LiveLines
from mltrainer.render.markdown import print_markdown
from mltrainer.render.stream import ROWS, BlockSplitter, MarkdownStream, tail_rows

REPLY = """# The screening

The **best** candidate is NVDA with `0.31`.

- random forest: 0.712
- XGBoost: 0.704

  not better

1. Run a test
2. Look closer

```python
for model in models:

    fit(model)
```

| model | AUC |
|---|---|
| rf | 0.7 |

> quoted

Next?"""

PIECE = st.sampled_from(
    ["a b", "\n", "\n\n", "- x", "1. y", "```", "~~~", "  in", "| a |", "# h", "**b**", "\n```\n", " "]
)


def printed(text: str, pieces: list[str] | None = None, width: int = 60) -> str:
    out = io.StringIO()
    console = make_console(out, color=False, width=width)
    if pieces is None:
        print_markdown(console, text)
    else:
        stream = MarkdownStream(console, None)
        for piece in pieces:
            stream.feed(piece)
        stream.finish()
    return out.getvalue()


def test_a_reply_in_pieces_reads_like_the_whole() -> None:
    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if line.strip()]

    assert lines(printed(REPLY, list(REPLY))) == lines(printed(REPLY))


@given(st.lists(PIECE, max_size=20))
@settings(derandomize=True, max_examples=200)
def test_blocks_lose_nothing_and_do_not_depend_on_the_pieces(pieces: list[str]) -> None:
    text = "".join(pieces)

    def blocks(parts: list[str]) -> list[str]:
        splitter = BlockSplitter()
        closed = [block for part in parts for block in splitter.feed(part)]
        return [*closed, splitter.close()]

    assert blocks(list(text)) == blocks([text])
    assert "".join("".join(blocks([text])).split()) == "".join(text.split())


def test_a_fence_is_one_block_with_its_empty_lines() -> None:
    splitter = BlockSplitter()
    assert splitter.feed("```\na\n\nb\n```\n\n") == ["```\na\n\nb\n```"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("abc &#x202e;def", "abc \\u202edef"),
        ("\x1b[2Jhello", "\\x1b[2Jhello"),
        ("`\x1b]0;x\x07`", "\\x1b]0;x\\x07"),
        ("<script>x</script> and <b>bold</b>", "<script>x</script> and <b>bold</b>"),
        ("[red]not markup[/red] :smile:", "[red]not markup[/red] :smile:"),
        ("[click](http://evil/%1b)", "click (http://evil/%1b)"),
    ],
)
def test_markdown_of_the_ai_says_what_it_says_and_does_nothing(source: str, shown: str) -> None:
    assert printed(source).strip() == shown


def test_no_blanks_at_the_end_of_lines_and_no_background_colours() -> None:
    out = io.StringIO()
    print_markdown(make_console(out, color=True, width=60), REPLY)
    assert [line for line in out.getvalue().splitlines() if line.endswith(" ")] == []
    for code in ("[48;", "[38;", ";40m", "[40m"):
        assert code not in out.getvalue()


def test_only_a_few_rows_are_ever_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "24")
    rows = tail_rows("\n".join(f"line {number} " + "x" * 60 for number in range(100)))
    assert len(rows) == ROWS
    assert max(map(len, rows)) < 40
    assert tail_rows("") == []
    monkeypatch.setenv("LINES", "3")
    assert len(tail_rows("a\nb\nc\nd")) == 2


def test_streaming_costs_little_more_than_rendering_once() -> None:
    text = REPLY + "\n\n" + "\n\n".join([REPLY] * 15)
    pieces = [text[start : start + 4] for start in range(0, len(text), 4)]

    def cpu(stream: bool) -> float:
        out = io.StringIO()
        console = make_console(out, color=True, width=80)
        began = time.process_time()
        if stream:
            writer = MarkdownStream(console, LiveLines(out))
            for piece in pieces:
                writer.feed(piece)
            writer.finish()
        else:
            print_markdown(console, text)
        return time.process_time() - began

    cpu(False)
    once = min(cpu(False) for _ in range(6))
    streamed = min(cpu(True) for _ in range(6))
    assert streamed <= 2.5 * once


def test_the_last_paragraph_after_a_list_stands_apart() -> None:
    splitter = BlockSplitter()
    assert splitter.feed("1. one\n2. two\n\nAnd then.") == []
    assert splitter.open_text == "1. one\n2. two\n\nAnd then."
    assert splitter.feed("\n") == ["1. one\n2. two"]
    assert splitter.close() == "And then."


def test_a_narrow_table_cuts_no_name_off() -> None:
    name = "principal_component_regression"
    console = make_console(io.StringIO(), color=False, width=30)
    with console.capture() as shown:
        print_markdown(console, f"| model | id |\n|---|---|\n| PrincipalComponentRegression | {name} |")
    cells = "".join(line.split()[-1] for line in shown.get().splitlines() if "─" not in line)
    assert "…" not in shown.get() and name.endswith(cells[-8:])
