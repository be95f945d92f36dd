"""``mltrainer data fetch`` and ``data series``: what vendors have, and what was known of it when."""

import json as json_format
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mltrainer.cli.options import Home, Json
from mltrainer.settings.errors import DataError, UsageError

if TYPE_CHECKING:
    from mltrainer.data.barstore import BarStore
    from mltrainer.data.polygon import Polygon

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
On = Annotated[str | None, typer.Option("--on", help="as of this day; today without it", metavar="DATE")]


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
    with _store(home) as store, _ended_by_sigterm(), store.lock():
        work = (
            _polygon_work(store, universe, first, last, home, actions=actions)
            if source == "polygon"
            else _macro(store, series, first, last, home)
        )
        _say(_estimate(work.requests, work.pace))
        try:
            report = work.run(_progress())
        except KeyboardInterrupt:
            _say("stopped; what was fetched is kept, and the same command goes on from there")
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


def series(
    name: Annotated[str, typer.Argument(metavar="SERIES")], on: On = None, json: Json = False, home: Home = None
) -> int:
    """Show what was published of a macro series by a day, and what a trial of that day may use."""
    import numpy as np

    from mltrainer.data.stored import published_by, stored_macro

    day = read_day(on, "--on") if on else str(date.today())
    name = name.strip().upper()
    with _store(home) as store:
        published = published_by(store, name, day)
        macro = stored_macro(store)
        usable = float(macro.at(name, np.array([day], dtype="datetime64[D]"))[0]) if macro else float("nan")
        rule = macro.lag_note.get(name, "not usable") if macro else ""
    facts = {"series": name, "on": day} | published
    facts["usable"] = "none" if np.isnan(usable) else usable
    facts["rule"] = rule
    if json:
        print(json_format.dumps(facts))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks(facts), sys.stdout)
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


def _macro(store: "BarStore", series: str | None, first: str, last: str, home: Any) -> Any:
    from mltrainer.data.fetch_macro import MacroFetch
    from mltrainer.data.fred import BASE_URL, SERIES, Fred, is_series_id
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    names = [name.strip().upper() for name in series.split(",") if name.strip()] if series else list(SERIES)
    if wrong := [name for name in names if not is_series_id(name)]:
        raise UsageError(f"{wrong[0][:40]!r} is no id of a series", hint="write it like PAYEMS", code="unknown_series")
    key = find_key("FRED_API_KEY", home_folder(home))
    client = Fred(key, base_url=os.environ.get("FRED_BASE_URL") or BASE_URL)
    return MacroFetch(store, client, names, first, last, today=datetime.now(CENTRAL).date())


def polygon(home: Any) -> "Polygon":
    """Return the vendor with the key and the pace that are set.

    Raises
    ------
    CredentialsError
        If there is no key.
    """
    from mltrainer.data.pace import read_pace
    from mltrainer.data.polygon import BASE_URL, Polygon
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    return Polygon(
        find_key("POLYGON_API_KEY", home_folder(home)),
        base_url=os.environ.get("POLYGON_BASE_URL") or BASE_URL,
        pace=read_pace(os.environ.get("MLTRAINER_POLYGON_RATE") or "5/min"),
    )


@contextmanager
def _store(home: Any) -> Iterator["BarStore"]:
    from mltrainer.data.barstore import BarStore
    from mltrainer.store.home import home_folder, make_private

    store = BarStore(make_private(home_folder(home)) / "bars")
    try:
        yield store
    finally:
        store.close()


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


def _estimate(requests: int, pace: Any) -> str:
    if not requests:
        return "everything is there already"
    wait = pace.estimate(requests)
    took = f"at least {span(wait)}" if wait else "no waiting"
    return f"{requests} request{'s' if requests > 1 else ''}, {pace}: {took}"


def _progress() -> Callable[[str, int, int], None]:
    """Return what shows progress on stderr: one line that moves at a terminal, a line a tenth elsewhere."""
    moving = sys.stderr.isatty()
    started = datetime.now(UTC)
    shown = 0

    def say(what: str, done: int, total: int) -> None:
        nonlocal shown
        if moving:
            took = (datetime.now(UTC) - started).total_seconds()
            left = f", about {span(took / done * (total - done))} left" if done < total else ""
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r\x1b[K{done} of {total}  {what}{left}{end}")
            sys.stderr.flush()
        elif done * 10 // total > shown:
            shown = done * 10 // total
            _say(f"{done} of {total}  {what}")

    return say


def span(seconds: float) -> str:
    """Return a time in words: seconds, minutes or hours."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def read_day(text: str, option: str) -> str:
    """Return an option's day (ISO).

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise UsageError(f"{option} {text!r} is no day", hint="write it like 2018-02-07", code="wrong_date") from None
