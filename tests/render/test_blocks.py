import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.render.blocks import Column, Grid, Line, as_plain, cell_width
from mltrainer.render.results import result_blocks
from tests.render.documents import screening

COLUMNS = (Column("ticker", 0), Column("close", 2, right=True), Column("why", 1, wrap=True), Column("sector", 3))
CELL = st.text("abc -é日\x1b", max_size=30)
TICKER = st.text("ABCX.", min_size=1, max_size=6)


@given(st.lists(st.tuples(TICKER, CELL, CELL, CELL), max_size=5), st.integers(16, 120))
@settings(derandomize=True, max_examples=150)
def test_a_table_never_leaves_its_width(rows: list[tuple[str, str, str, str]], width: int) -> None:
    text = as_plain([Grid(COLUMNS, rows)], width)
    assert max(map(cell_width, text.splitlines())) <= width
    assert "\x1b" not in text


@given(st.text("ab ,", max_size=80), st.integers(30, 60))
@settings(derandomize=True, max_examples=100)
def test_a_column_that_wraps_loses_nothing(value: str, width: int) -> None:
    lines = as_plain(
        [Grid((Column("key", 0), Column("value", 1, wrap=True)), [["universe", value]])], width
    ).splitlines()
    assert "".join(line[8:] for line in lines[1:]).replace(" ", "") == value.replace(" ", "")


def test_what_has_no_room_is_named() -> None:
    grid = Grid(COLUMNS, [["AAPL", "123.45", "because it is so", "Technology"]])
    narrow = as_plain([grid], 26)
    assert "Technology" not in narrow
    assert "(no room for: close, sector)" in narrow.replace("\n", " ")
    assert "no room" not in as_plain([grid], 80)


@pytest.mark.parametrize("width", range(40, 201, 8))
def test_a_whole_result_fits_every_width(width: int) -> None:
    text = as_plain(result_blocks(screening(simulated=True), section="all"), width)
    assert max(map(len, text.splitlines())) <= width
    for word in ("NVDA", "31.2%", "volatility_only", "SIMULATED"):
        assert word in text


def test_plain_text_has_no_blanks_at_the_end_of_a_line() -> None:
    text = as_plain([Line("head  "), Grid(COLUMNS, [["A", "1", "x", ""]])])
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
