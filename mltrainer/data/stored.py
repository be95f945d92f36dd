"""Bars and macro series that were fetched: the source behind ``--source polygon``, which needs no network."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mltrainer.data.barstore import ACTION, DAILY, DAY, MACRO, BarStore
from mltrainer.data.calendar import last_finished_session, sessions_between
from mltrainer.data.corporate import DIVIDEND, SPLIT, ListedActions
from mltrainer.data.macro import LAGS, point_in_time
from mltrainer.data.panel import Macro
from mltrainer.data.raw import FIELDS, RawBars
from mltrainer.settings.errors import DataError

FETCH_COMMAND = "mltrainer data fetch --source polygon --universe sp500-200"


class StoredSource:
    """What ``data fetch`` brought.

    Parameters
    ----------
    folder
        The folder of the bar store.
    chosen
        The tickers to read; all unless given. The others cost nothing.
    """

    name = "polygon"

    def __init__(self, folder: Path, chosen: frozenset[str] | None = None) -> None:
        self.folder = folder
        self.chosen = chosen

    def read(self) -> RawBars:
        """Return the bars of the chosen tickers.

        Raises
        ------
        DataError
            ``bars_missing`` with the command that fetches them.
        """
        if not (self.folder / "manifest.db").is_file():
            raise _nothing()
        store = BarStore(self.folder)
        try:
            bars = store.read(self.chosen)
            if bars.empty:
                raise _nothing()
            codes, names = pd.factorize(bars["ticker"], sort=True)
            fetched = max(row["fetched_at"] for kind in (DAILY, DAY) for row in store.manifest.files(kind))
            return RawBars(
                dates=bars["date"].to_numpy().astype("datetime64[D]"),
                codes=codes.astype(np.int64),
                tickers=tuple(str(name) for name in names),
                source=self.name,
                simulated=False,
                delay=f"end of day, fetched on {datetime.fromtimestamp(fetched, UTC).date()}",
                path=str(self.folder),
                macro=stored_macro(store),
                actions=listed if (listed := _listed(store, self.chosen)).asked else None,
                **{name: bars[name].to_numpy(dtype=np.float64) for name in FIELDS},
            )
        finally:
            store.close()


def stored_actions(folder: Path, tickers: Iterable[str] | None = None) -> ListedActions:
    """Return the splits and dividends of a store; of these tickers only, where given."""
    if not (folder / "manifest.db").is_file():
        return ListedActions([], {}, {})
    store = BarStore(folder)
    try:
        return _listed(store, tickers)
    finally:
        store.close()


def _listed(store: BarStore, tickers: Iterable[str] | None) -> ListedActions:
    names = None if tickers is None else list(tickers)
    adjusted = {row["name"]: row["basis"] for row in store.manifest.files(DAILY, names)}
    return ListedActions(store.actions(names), store.manifest.asked(ACTION, names), adjusted)


def stored_tickers(folder: Path) -> list[str]:
    """Return the tickers of a store that have bars; none where nothing was fetched."""
    if not (folder / "manifest.db").is_file():
        return []
    store = BarStore(folder)
    try:
        return store.tickers()
    finally:
        store.close()


def stored_macro(store: BarStore) -> Macro | None:
    """Return the macro series of the store, each value from the day on which it may be used; None without any.

    What was published is a fact and stays as it came. When it may be used is a rule: one business day later. A daily
    market series that is never revised has values before its first vintage was kept: these follow its stated lag.
    """
    frame = store.macro()
    if frame.empty:
        return None
    published = frame["published"].to_numpy().astype("datetime64[D]")
    series = frame["series_id"].to_numpy(dtype=str)
    asked = store.manifest.asked(MACRO)
    for name in np.unique(series):
        known = (series == name) & ~np.isnat(published)
        if name in LAGS and LAGS[name].period == "day" and known.any():
            start = published[known].min()
            if start > np.datetime64(asked[str(name)][0][0]):
                published[known & (published == start)] = np.datetime64("NaT")
    reference = frame["date"].to_numpy().astype("datetime64[D]")
    return point_in_time(series, reference, frame["value"].to_numpy(dtype=np.float64), published)


def published_by(store: BarStore, series: str, day: str) -> dict[str, object]:
    """Return the newest reference date of a series that was out by the end of a day, with its value as of then.

    This is the fact; whether a trial may use it that day is the rule of :func:`stored_macro`.

    Raises
    ------
    DataError
        ``series_missing`` where the series was not fetched.
    """
    frame = store.macro([series])
    if frame.empty:
        raise DataError(
            f"the series {series} was not fetched",
            hint=f"run: mltrainer data fetch --source fred --series {series}",
            code="series_missing",
        )
    out = frame[~(frame["published"] > pd.Timestamp(day))]
    if out.empty:
        return {"published": "none"}
    newest = out[out["date"] == out["date"].max()].iloc[-1]
    when = "unknown" if pd.isna(newest["published"]) else str(newest["published"].date())
    return {"reference": str(newest["date"].date()), "published": float(newest["value"]), "published_on": when}


def inventory(folder: Path) -> dict[str, object]:
    """Return what the store holds, from where, how old and how delayed, without reading the bars."""
    facts: dict[str, object] = {"folder": str(folder)}
    if not (folder / "manifest.db").is_file():
        return facts | {"bars": "none", "macro": "none", "actions": "none", "next": FETCH_COMMAND}
    store = BarStore(folder)
    try:
        for title, kinds, vendor, delay in (
            ("bars", (DAILY, DAY), "Polygon", "end of day"),
            ("macro", (MACRO,), "FRED", "usable 1 business day after publication"),
        ):
            files = [row for kind in kinds for row in store.manifest.files(kind)]
            if not files:
                facts[title] = "none"
                continue
            asked = store.manifest.asked(kinds[0])
            fetched = datetime.fromtimestamp(max(row["fetched_at"] for row in files), UTC)
            last = max(row["last"] for row in files)
            own: dict[str, object] = {"series": [row["name"] for row in files]}
            if title == "bars":
                own = {
                    "adjusted": f"for splits, as known on {min(row['basis'] for row in files)}; not for dividends",
                    "sessions_behind": len(sessions_between(np.datetime64(last) + 1, last_finished_session())),
                }
            facts[title] = {
                "from": vendor,
                "names": len([row for row in files if row["kind"] == kinds[0]]),
                "rows": sum(row["rows"] for row in files),
                "fingerprint": fingerprint_of(files),
                "first": min(row["first"] for row in files),
                "last": last,
                "asked_to": max(last for spans in asked.values() for _, last in spans),
                "fetched": fetched.isoformat(timespec="seconds"),
                "age_hours": round((datetime.now(UTC) - fetched).total_seconds() / 3600, 1),
                "delay": delay,
                **own,
            }
        facts["actions"] = _actions_held(store)
        return facts
    finally:
        store.close()


def _actions_held(store: BarStore) -> object:
    """Return what is there of splits and dividends; a ticker may have none, and be known to have none."""
    asked = store.manifest.asked(ACTION)
    if not asked:
        return "none"
    files = store.manifest.files(ACTION)
    actions = store.actions()
    ends = [span for spans in asked.values() for span in spans]
    return {
        "from": "Polygon",
        "names": len(asked),
        "splits": sum(one.kind == SPLIT for one in actions),
        "dividends": sum(one.kind == DIVIDEND for one in actions),
        "fingerprint": fingerprint_of(files),
        "asked_from": min(first for first, _ in ends),
        "asked_to": max(last for _, last in ends),
        "use": "splits explain jumps to the quality gate; splits and dividends are counted for paper holdings",
    }


def fingerprint_of(files: Iterable[dict[str, Any]]) -> str:
    """Return one fingerprint of many files, from the fingerprint of each."""
    lines = sorted(f"{row['kind']} {row['name']} {row['sha256']}" for row in files)
    digest = hashlib.sha256("\n".join(lines).encode())
    return f"sha256:{digest.hexdigest()}"


def _nothing() -> DataError:
    return DataError("nothing was fetched from Polygon yet", hint=f"run: {FETCH_COMMAND}", code="bars_missing")
