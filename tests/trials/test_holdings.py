"""Paper holdings: what is noted, how they stand on closes, and when they call."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mltrainer.data.calendar import sessions_from
from mltrainer.data.corporate import Action, ListedActions
from mltrainer.data.panel import Panel
from mltrainer.facilitator.holdings import alerts, drop, hold, read_holding
from mltrainer.render.blocks import as_plain
from mltrainer.render.holdings import holding_blocks
from mltrainer.settings.errors import UsageError
from mltrainer.store.store import Store
from mltrainer.trials.holdings import follow

DAYS = sessions_from(np.datetime64("2018-01-02"), 20)


def panel() -> Panel:
    """Return A, which rises 1 a session from 100 and stops trading at 112, and B, which falls 1 a session."""
    close = np.column_stack([100 + np.arange(20.0), 100 - np.arange(20.0)])
    close[13:, 0] = np.nan
    empty = np.zeros(close.shape, dtype=bool)
    return Panel(
        sessions=DAYS, tickers=("A", "B"), open=close, high=close, low=close, close=close, volume=close, void=empty,
        barred=empty, source="files", simulated=False, delay="", fingerprint="sha256:x", rows=40,
    )  # fmt: skip


def held(ticker: str, **more: Any) -> dict[str, Any]:
    return {"key": "H1", "ticker": ticker, "price": 102.0, "size": 1, "since": str(DAYS[2])} | more


def test_a_holding_stands_where_its_closes_after_the_purchase_are() -> None:
    rising, falling = follow(panel(), [held("A", target=110.0, horizon=[7, 10]), held("B", stop=95.0, target=110.0)])
    assert (rising["close"], rising["date"], rising["sessions"]) == (112.0, str(DAYS[12]), 17)
    assert (rising["return"], rising["target_reached"]) == (pytest.approx(10 / 102), str(DAYS[10]))
    assert rising["overdue"] is True
    assert (falling["stop_reached"], "target_reached" in falling, falling["overdue"]) == (str(DAYS[5]), False, False)
    # A close before the purchase reaches nothing, and data that end too early say nothing.
    (early,) = follow(panel(), [held("B", since=str(DAYS[-1]), target=99.0)])
    assert early == {"key": "H1", "unknown": f"these data end on {DAYS[-1]}, before anything could happen"}
    assert "no bars of Z" in follow(panel(), [held("Z")])[0]["unknown"]


def test_splits_and_dividends_since_the_purchase_are_counted() -> None:
    day = [str(one) for one in DAYS]
    actions = [
        Action("A", day[1], "split", 3.0),
        Action("A", day[5], "dividend", 2.0),
        Action("A", day[6], "split", 2.0),
        Action("A", day[8], "dividend", 0.5),
        # After the last bar, and before the day as of which bars are adjusted.
        Action("A", "2018-03-01", "split", 2.0),
        Action("A", "2018-03-02", "dividend", 9.0),
    ]
    listed = ListedActions(actions, {"A": [(day[0], "2018-03-05")]}, {"A": "2018-03-05"})
    # Bought at four times the price on the scale of the bars.
    (one,) = follow(panel(), [held("A", price=408.0, size=10, target=440.0, stop=400.0)], listed)
    assert (one["split"], one["size"], one["price"], one["target"], one["stop"]) == (4.0, 40, 102.0, 110.0, 100.0)
    assert one["return"] == pytest.approx(112 / 102 - 1)
    assert one["target_reached"] == str(DAYS[10]) and "stop_reached" not in one
    # 2 on one share, then 0.5 on each of two: 3 on what are four shares now.
    assert one["dividends"] == pytest.approx(3 / 4)
    assert one["total_return"] == pytest.approx(112.75 / 102 - 1)
    assert "scale_unknown" not in one
    assert "after splits of 4 for 1" in as_plain(holding_blocks([held("A") | one]), 200)


def test_a_price_on_another_scale_is_pointed_out_where_splits_are_not_known() -> None:
    (one,) = follow(panel(), [held("A", price=408.0)])
    assert one["scale_unknown"] is True and "dividends" not in one
    assert "a split since then is not known here" in as_plain(holding_blocks([held("A") | one]), 200)


class Desk:
    """A facilitator whose data are the panel above."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def follow(self, holdings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return follow(panel(), holdings)


def test_what_reached_a_level_calls_until_it_is_closed(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    since = str(DAYS[2])
    assert hold(store, "a", **read_holding(price="102", size="5", target="7%", since=since)) == "H1"
    assert hold(store, "B", **read_holding(price=98, size=1, stop="5%", horizon="5", since=since)) == "H2"
    assert hold(store, "B", **read_holding(price=98, size=1, target="200", horizon="5", since=since)) == "H3"
    called = asyncio.run(alerts(Desk(store)))  # type: ignore[arg-type]
    assert called == [
        f"H1 A reached its target of 109.14 on {DAYS[10]}.",
        f"H2 B fell to its stop of 93.10 on {DAYS[7]}.",
        "H3 B is past its horizon of 5 sessions, neither target nor stop reached.",
    ]
    text = as_plain(holding_blocks(store.holdings()))
    assert "mltrainer places no orders" in text
    drop(store, "H2", 93.0)
    assert [one["key"] for one in store.holdings()] == ["H1", "H3"]
    with pytest.raises(UsageError, match="no open holding H2"):
        drop(store, "H2")
    # The number of a closed holding is not given again, and the ledger is whole.
    assert hold(store, "A", price=1.0, size=1) == "H4"
    assert store.broken() == []


@pytest.mark.parametrize(
    ("figures", "named"),
    [
        ({"price": "0", "size": 1}, "above 0"),
        ({"price": 10, "size": 1, "target": "9"}, "the target 9 is not above"),
        ({"price": 10, "size": 1, "stop": "11"}, "the stop 11 is not below"),
        ({"price": 10, "size": 1, "stop": "100%"}, "the stop 0 is not below"),
        ({"price": "ten", "size": 1}, "price: 'ten' is no number"),
        ({"price": float("nan"), "size": 1}, "price: nan is no number"),
        ({"price": 10, "size": 1, "target": "inf%"}, "target: 'inf' is no number"),
        ({"price": 10, "size": 1, "horizon": "soon"}, "is not a horizon"),
        ({"price": 10, "size": 1, "since": "yesterday"}, "not a day"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(tmp_path: Path, figures: dict[str, Any], named: str) -> None:
    store = Store(tmp_path / "home")
    with pytest.raises(UsageError, match=named):
        hold(store, "A", **read_holding(**figures))
    assert store.holdings() == []
