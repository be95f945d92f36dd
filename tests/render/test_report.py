"""The report of a trial: whole, alone, honest about its data, and deaf to what names try."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from mltrainer.render.blocks import as_plain, cell_width
from mltrainer.render.curves import by_month, drawdown, growth
from mltrainer.render.page import report_page
from mltrainer.render.plots import curve_blocks, drawable
from tests.render.documents import evaluation_row, screening

# A name that tries to end the text, the attribute and the element that it may stand in.
EVIL = "\"'></text></svg></td><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[2J\u202e"
VOID = {"meta"}
RELIABILITY = [
    {"mean_probability": 0.05 * n, "hit_rate": 0.04 * n, "lower": 0.03 * n, "upper": 0.06 * n, "n": 100.0}
    for n in range(1, 5)
]


def curves(*models: str, days: int = 500) -> dict[str, Any]:
    dates = [f"20{10 + n // 250}-{n % 250 // 21 + 1:02d}-{n % 21 + 1:02d}" for n in range(days)]
    returns = {name: [0.001 * ((n * 7) % 11 - 5) for n in range(days)] for name in (*models, "equal_weight")}
    skill = {name: [None if n % 9 == 0 else 0.1 * ((n * 5) % 7 - 3) for n in range(days)] for name in models}
    return {
        "worth": {"dates": dates, "returns": returns},
        "skill": {"dates": dates, "rank_ic": skill},
        "folds": [{"train_end": dates[0], "test_start": dates[20], "test_end": dates[-1]}],
        "regime": {"dates": dates, "score": [n % 100 for n in range(days)], "label": ["calm", "nervous"] * (days // 2)},
    }


class Structure(HTMLParser):
    """Reads a page and fails where an element is closed that is not open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, name: str) -> list[str]:
        return [value for attribute, value in self.attributes if attribute == name]


def document(model: str = "random_forest", **more: Any) -> dict[str, Any]:
    rows = [evaluation_row("xgboost", 0.6), evaluation_row(model, 0.61, reliability=RELIABILITY)]
    return screening(**{"evaluation": rows, "ranked_by": model} | more)


def test_the_page_has_every_part_and_needs_nothing_else() -> None:
    page = report_page(document(), curves("random_forest", "xgboost"))
    found = Structure(page)
    assert found.all("id") == ["reliability", "equity", "drawdown", "ic", "regime", "folds"]
    assert found.tags.count("svg") == 5
    for words in ("Settings", "Out of sample", "Candidates", "Proof:", "NVDA", "random_forest", "1 folds"):
        assert words in found.words
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name in ("src", "href", "srcset") or name.startswith("on")]
    assert not re.search(r"https?:|url\(|@import", page)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page


def test_simulated_data_have_a_banner_and_real_data_have_none() -> None:
    marked = Structure(report_page(document(simulated=True), curves("random_forest")))
    assert marked.all("class").count("banner") == 2
    assert marked.words.count("these figures say nothing about any real market") == 2
    real = report_page(document(), curves("random_forest"))
    assert "SIMULATED" not in real


def test_no_name_gets_out_of_its_text() -> None:
    hostile = document(
        EVIL,
        tickers=(EVIL, "AMD"),
        headline=EVIL,
        event=EVIL,
        trial_id=EVIL,
        warnings=[{"code": EVIL, "message": EVIL}],
    )
    page = report_page(hostile, curves(EVIL))
    plain = Structure(report_page(document(), curves("random_forest")))
    found = Structure(page)
    assert set(found.tags) <= set(plain.tags)
    assert {name for name, _ in found.attributes} <= {name for name, _ in plain.attributes}
    assert found.words.count("<script>alert(1)</script>") >= 6
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_a_long_table_is_folded_and_whole() -> None:
    names = tuple(f"N{number:03d}" for number in range(200))
    found = Structure(report_page(document(tickers=names), curves("random_forest")))
    assert "185 more rows" in found.words
    assert [name for name in names if found.words.count(name) < 1] == []


def test_what_is_not_there_is_said_and_not_drawn() -> None:
    bare = Structure(report_page(document(), {}))
    assert bare.all("id") == ["reliability"]
    assert "stored without its curves" in bare.words
    failed = {"trial_id": "T2", "action": "walk_forward_test", "status": "failed"}
    failed |= {"error": {"code": "worker_died", "message": "it died"}}
    assert "it died" in Structure(report_page(failed, {})).words


@given(st.integers(40, 200))
@budget(derandomize=True, max_examples=25, deadline=None)
def test_plots_of_the_terminal_fit_any_window(width: int) -> None:
    name = "mean(lightgbm,logistic_regression,random_forest)"
    text = as_plain(curve_blocks(document(name), curves(name, "xgboost")), width)
    assert max(map(cell_width, text.splitlines())) <= width
    for words in ("Equity", "Rank IC by month", "Reliability", "Regime score", "▁", "█"):
        assert words in text


def test_plots_are_left_out_where_they_cannot_be_written() -> None:
    assert drawable("utf-8")
    assert not drawable("ascii")
    assert not drawable(None)
    assert not drawable("no such encoding")


@given(st.lists(st.one_of(st.none(), st.floats(-0.5, 0.5)), min_size=1, max_size=50))
@budget(derandomize=True, max_examples=50, deadline=None)
def test_growth_and_drawdown_are_what_they_say(returns: list[float | None]) -> None:
    grown = growth(returns)
    down = drawdown(grown)
    product = 1.0
    for place, value in enumerate(returns):
        product *= 1 + (value or 0)
        assert grown[place] == pytest.approx(product)
        assert down[place] == pytest.approx(grown[place] / max(1.0, *grown[: place + 1]) - 1)


def test_a_month_is_the_mean_of_its_days() -> None:
    days = ["2018-01-30", "2018-01-31", "2018-02-01", "2018-03-01"]
    assert by_month(days, [0.1, 0.3, None, -0.2]) == {"2018-01": pytest.approx(0.2), "2018-03": -0.2}
