"""From a panel to the feature matrix of the rows that are trained and scored."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.features.alpha158 import NAMES as ALPHA158
from mltrainer.features.alpha158 import alpha158, needs_of
from mltrainer.features.bars import TICKERS_AT_ONCE, Bars, Feature
from mltrainer.features.catalogue import FEATURES, RANKED
from mltrainer.features.late import corrected_bars
from mltrainer.features.market import MARKET
from mltrainer.features.ranks import rank_by_date

FeatureSet = Literal["own", "alpha158", "both"]
ALWAYS = ("vol_21", "log_vol_21", "mom_12_1")
"""Columns of every set: baselines, intervals of returns and probabilities of a loss look at them."""

ALPHA158_AT_ONCE = 64
ROWS_AT_ONCE = 100_000
IndexArray = npt.NDArray[np.int32]
Rows = tuple[IndexArray, IndexArray]
FeatureMatrix = npt.NDArray[np.float32]


def _version() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


VERSION = _version()
"""Changes with every change of this package, so that no cache survives a changed formula."""


def feature_names(panel: Panel, feature_set: FeatureSet = "own") -> list[str]:
    """Return the names of the columns that a set gives on this panel.

    A feature of a macro series, or of a column of the bars, that the panel does not carry does not exist: it is never
    filled. ``alpha158`` also has the columns that every set has.
    """
    available = [feature.name for feature in _available(panel)]
    own = available + [f"{name}_rank" for name in RANKED if name in available]
    if feature_set == "own":
        return own
    alpha158 = [name for name in ALPHA158 if _has(panel, needs_of(name))]
    return [*alpha158, *(own if feature_set == "both" else ALWAYS)]


def left_out(panel: Panel, feature_set: FeatureSet = "own") -> list[str]:
    """Return the features of a set that do not exist because the panel lacks columns of the bars."""
    whole = feature_names(replace(panel, absent=()), feature_set)
    return sorted(set(whole) - set(feature_names(panel, feature_set)))


def row_index(panel: Panel, member: BoolArray) -> Rows:
    """Return (date_index, ticker_index) of all member cells, sorted by date, then ticker."""
    date_index, ticker_index = np.nonzero(member)
    if member.shape != panel.shape:
        raise ValueError(f"member has the shape {member.shape}, the panel {panel.shape}")
    return date_index.astype(np.int32), ticker_index.astype(np.int32)


def build_features(
    panel: Panel,
    member: BoolArray,
    rows: Rows,
    out: FeatureMatrix | None = None,
    feature_set: FeatureSet = "own",
    touched: Callable[[], None] = lambda: None,
) -> FeatureMatrix:
    """Return the features of the rows as float32 (n_rows, n_features); what is undefined is NaN, never infinite.

    The value of a row depends on bars and macro values known after the close of its session and on nothing later. A
    bar that turned out wrong is part of the rows up to that day, and missing in all later ones.

    Parameters
    ----------
    panel
        Bars (n_dates, n_tickers), and macro series if there are any.
    member
        (n_dates, n_tickers); ranks are taken among these.
    rows
        Date and ticker index of each row.
    out
        Where to write, (n_rows, n_features) float32; a new array unless given.
    touched
        Called when a part of ``out`` was read or written.

    Raises
    ------
    ValueError
        If ``out`` has another shape.
    """
    column_of = {name: place for place, name in enumerate(feature_names(panel, feature_set))}
    shape = (len(rows[0]), len(column_of))
    if out is None:
        out = np.empty(shape, dtype=np.float32)
    elif out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, the features need {shape}")
    bars = Bars.of(panel)
    corrected = corrected_bars(panel, bars, np.unique(rows[1]))
    own = [feature for feature in _available(panel) if feature.name in column_of]
    by_ticker = [feature for feature in own if feature not in MARKET]
    with np.errstate(all="ignore"):
        places = [(bars, rows[1])] + ([(corrected.bars, corrected.version[rows])] if corrected else [])
        for some, place_of in places:
            of_part = partial(_computed, by_ticker)
            _fill(some, of_part, TICKERS_AT_ONCE, rows, place_of, out, column_of, touched)
            if feature_set != "own":
                _fill(some, alpha158, ALPHA158_AT_ONCE, rows, place_of, out, column_of, touched)
        of_dates = {feature.name: _narrow(feature.compute(bars)) for feature in own if feature in MARKET}
        for feature in by_ticker:
            if (ranked := f"{feature.name}_rank") in column_of:
                values = _whole(bars, feature)
                if corrected:
                    values = corrected.into(values, feature.compute)
                of_dates[ranked] = _narrow(rank_by_date(values, member))
    for part in _pieces(out):
        for name, narrow in of_dates.items():
            out[part, column_of[name]] = _of_rows(narrow, (rows[0][part], rows[1][part]))
        touched()
    return out


def _fill(
    bars: Bars,
    compute: Callable[[Bars], Iterable[tuple[str, FloatArray]]],
    at_once: int,
    rows: Rows,
    place_of: IndexArray,
    out: FeatureMatrix,
    column_of: dict[str, int],
    touched: Callable[[], None],
) -> None:
    """Compute features for some tickers at a time: their arrays stay in the processor's cache, and are few.

    ``place_of`` has the column of each row's ticker in ``bars``; rows with -1 stay as they are. All columns of some
    tickers are written at once: a disk behind ``out`` would be written anew for every feature.
    """
    order = np.argsort(place_of, kind="stable")
    for part, some in bars.parts(at_once):
        mine = np.sort(order[slice(*np.searchsorted(place_of, [part.start, part.stop], sorter=order))])
        place = rows[0][mine], place_of[mine] - part.start
        block = np.empty((len(mine), out.shape[1]), dtype=np.float32)
        for piece in _pieces(mine):
            block[piece] = out[mine[piece]]
            touched()
        for name, values in compute(some):
            if name in column_of:
                block[:, column_of[name]] = _of_rows(_narrow(values), place)
        for piece in _pieces(mine):
            out[mine[piece]] = block[piece]
            touched()


def _pieces(rows: npt.NDArray[Any]) -> Iterator[slice]:
    for first in range(0, len(rows), ROWS_AT_ONCE):
        yield slice(first, first + ROWS_AT_ONCE)


def _computed(features: list[Feature], bars: Bars) -> Iterator[tuple[str, FloatArray]]:
    for feature in features:
        yield feature.name, feature.compute(bars)


def _whole(bars: Bars, feature: Feature) -> FloatArray:
    """Return a feature of all tickers, (n_dates, n_tickers)."""
    return np.concatenate([feature.compute(part) for _, part in bars.parts()], axis=1)


def _available(panel: Panel) -> list[Feature]:
    held = set() if panel.macro is None else set(np.unique(panel.macro.series).tolist())
    return [
        feature for feature in FEATURES if (not feature.macro or feature.macro in held) and _has(panel, feature.needs)
    ]


def _has(panel: Panel, needs: str) -> bool:
    """Tell whether the panel has the columns of the bars that are named by their first letters."""
    return not any(name[0].upper() in needs for name in panel.absent)


def _narrow(values: FloatArray) -> FeatureMatrix:
    """Return float32; what a vanishing denominator or float32 makes infinite is undefined: models refuse infinity."""
    narrow = values.astype(np.float32)
    narrow[~np.isfinite(narrow)] = np.nan
    return narrow


def _of_rows(values: FeatureMatrix, rows: Rows) -> FeatureMatrix:
    """Return what a feature of dates, or of dates and tickers, is on these rows."""
    return values[rows[0]] if values.ndim == 1 else values[rows]
