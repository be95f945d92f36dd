"""``mltrainer data fetch``: bars, splits and dividends, or macro series from a vendor into the store of bars."""

import json as json_format
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mltrainer.cli.options import Home, Json, read_day
from mltrainer.cli.vendor_progress import estimate, progress, say
from mltrainer.cli.vendors import bar_store, fred, polygon
from mltrainer.settings.errors import DataError, UsageError

if TYPE_CHECKING:
    from mltrainer.data.barstore import BarStore

VENDORS = ("polygon", "fred")
# What the free plan of Polygon reaches back, with some days to spare.
DEFAULT_DAYS = 720
SHOWN_NOTES = 20
CENTRAL = ZoneInfo("America/Chicago")

Vendor = Annotated[str | None, typer.Option("--source", help="polygon (bars) or fred (macro)", metavar="VENDOR")]
Tickers = Annotated[
    str | None,
    typer.Option(
        "--universe",
        help="sp500-200, sp500, a sector, a file, T1,T2, or all that were fetched before",
        metavar="UNIVERSE",
    ),
]
Series = Annotated[str | None, typer.Option(help="macro series; a default list without it", metavar="ID1,ID2")]
From = Annotated[str | None, typer.Option("--from", help="first day; 720 days ago without it", metavar="DATE")]
To = Annotated[str | None, typer.Option("--to", help="last day; today without it", metavar="DATE")]
Actions = Annotated[bool, typer.Option("--actions", help="splits and dividends in place of bars")]


def fetch(
    source: Vendor = None,
    universe: Tickers = None,
    series: Series = None,
    start: From = None,
    end: To = None,
    actions: Actions = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Fetch bars, splits and dividends, or macro series; what is there already is not fetched again."""
    if source not in VENDORS:
        found = f"there is no vendor {source!r}" if source else "no vendor was named"
        raise UsageError(found, hint=f"give --source with one of: {', '.join(VENDORS)}")
    first = read_day(start, "--from") if start else str(date.today() - timedelta(days=DEFAULT_DAYS))
    last = read_day(end, "--to") if end else str(date.today() + timedelta(days=1))
    if first > last:
        raise UsageError(f"--from {first} is later than --to {last}")
    if source == "polygon" and series:
        raise UsageError("--series goes with --source fred")
    if source == "fred" and (universe or actions):
        raise UsageError(f"{'--universe' if universe else '--actions'} goes with --source polygon")
    with bar_store(home) as store, _ended_by_sigterm(), store.lock():
        work = (
            _polygon_work(store, universe, first, last, home, actions=actions)
            if source == "polygon"
            else _macro_work(store, series, first, last, home)
        )
        say(estimate(work.requests, work.pace))
        try:
            report = work.run(progress())
        except KeyboardInterrupt:
            say("stopped; what was fetched is kept, and the same command goes on from there")
            raise
    facts: dict[str, Any] = {
        "source": source,
        "names": report.tickers,
        "requests": report.requests,
        "rows": report.bars,
        "there": report.there,
    }
    if json:
        print(json_format.dumps(facts | {"notes": report.notes}))
    else:
        from mltrainer.render.blocks import Line
        from mltrainer.render.show import fact_blocks, show

        more = len(report.notes) - SHOWN_NOTES
        lines = [*report.notes[:SHOWN_NOTES], *([f"{more} more notes; --json lists all"] if more > 0 else [])]
        show([*fact_blocks(facts), *(Line(note) for note in lines)], sys.stdout)
    if not report.there:
        raise DataError(
            f"{source} sent nothing of what was asked for", hint="the notes say why", code="nothing_fetched"
        )
    return 0


def _polygon_work(store: "BarStore", universe: str | None, first: str, last: str, home: Any, *, actions: bool) -> Any:
    from mltrainer.data.index import read_intervals
    from mltrainer.data.wanted import wanted_tickers
    from mltrainer.store.home import home_folder, index_file

    index = index_file(home_folder(home))
    members = read_intervals(index) if index.is_file() else None
    tickers = wanted_tickers(universe or "all", store.tickers(), first, last, members)
    if actions:
        from mltrainer.data.fetch_actions import ActionFetch
        from mltrainer.data.polygon import NEW_YORK

        return ActionFetch(store, polygon(home), tickers, first, last, datetime.now(NEW_YORK).date())
    from mltrainer.data.fetch_bars import BarFetch

    return BarFetch(store, polygon(home), tickers, first, last)


def _macro_work(store: "BarStore", series: str | None, first: str, last: str, home: Any) -> Any:
    from mltrainer.data.fetch_macro import MacroFetch
    from mltrainer.data.fred import SERIES, is_series_id

    names = [name.strip().upper() for name in series.split(",") if name.strip()] if series else list(SERIES)
    if wrong := [name for name in names if not is_series_id(name)]:
        raise UsageError(f"{wrong[0][:40]!r} is no id of a series", hint="write it like PAYEMS", code="unknown_series")
    return MacroFetch(store, fred(home), names, first, last, today=datetime.now(CENTRAL).date())


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the work the way Ctrl-C does, so that what has come is kept."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
