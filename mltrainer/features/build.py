"""From a panel to the feature matrix of the rows that are trained and scored."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.features.bars import Bars, Feature
from mltrainer.features.catalogue import FEATURES, RANKED
from mltrainer.features.ranks import rank_by_date

IndexArray = npt.NDArray[np.int32]
Rows = tuple[IndexArray, IndexArray]
FeatureMatrix = npt.NDArray[np.float32]


def _version() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


VERSION = _version()
"""Changes with every change of this package, so that no cache survives a changed formula."""


def feature_names(panel: Panel) -> list[str]:
    """Return the names of the columns that this panel gives.

    A feature of a macro series that the panel does not carry does not exist: it is never filled.
    """
    return [feature.name for feature in _available(panel)] + [f"{name}_rank" for name in RANKED]


def row_index(panel: Panel, member: BoolArray) -> Rows:
    """Return (date_index, ticker_index) of all member cells, sorted by date, then ticker."""
    date_index, ticker_index = np.nonzero(member)
    if member.shape != panel.shape:
        raise ValueError(f"member has the shape {member.shape}, the panel {panel.shape}")
    return date_index.astype(np.int32), ticker_index.astype(np.int32)


def build_features(panel: Panel, member: BoolArray, rows: Rows, out: FeatureMatrix | None = None) -> FeatureMatrix:
    """Return the features of the rows as float32 (n_rows, n_features); what is undefined is NaN, never infinite.

    The value of a row depends on bars and macro values known after the close of its session and on nothing later.

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

    Raises
    ------
    ValueError
        If ``out`` has another shape.
    """
    available = _available(panel)
    shape = (len(rows[0]), len(available) + len(RANKED))
    if out is None:
        out = np.empty(shape, dtype=np.float32)
    elif out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, the features need {shape}")
    bars = Bars.of(panel)
    with np.errstate(all="ignore"):
        for column, feature in enumerate(available):
            values = feature.compute(bars)
            _gather(values, rows, out[:, column])
            if feature.name in RANKED:
                place = len(available) + RANKED.index(feature.name)
                _gather(rank_by_date(values, member), rows, out[:, place])
    return out


def _available(panel: Panel) -> list[Feature]:
    held = set() if panel.macro is None else set(np.unique(panel.macro.series).tolist())
    return [feature for feature in FEATURES if not feature.macro or feature.macro in held]


def _gather(values: FloatArray, rows: Rows, column: FeatureMatrix) -> None:
    date_index, ticker_index = rows
    chosen = values[date_index] if values.ndim == 1 else values[date_index, ticker_index]
    narrow = chosen.astype(np.float32)
    # Quotients of vanishing denominators and values beyond float32 are undefined: models refuse infinity.
    narrow[~np.isfinite(narrow)] = np.nan
    column[:] = narrow
