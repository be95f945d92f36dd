"""Feature matrices on disk: built once for a panel and a universe, read by every worker through a memory map."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, Panel
from mltrainer.features import build
from mltrainer.features.bars import Bars
from mltrainer.features.channels import LENGTH, Windows, sequence_channels
from mltrainer.models.histories import Histories
from mltrainer.store.cache import touch
from mltrainer.trials.freed import give_back, let_go
from mltrainer.trials.versions import libraries

# What a folder holds besides its index: a build with less is no build.
FEATURES, DAILY, CHANNELS = "X.npy", "daily.npy", "channels.npy"
_FILES = (FEATURES, DAILY, "panel.json")
ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Matrices:
    """What the models see. Rows are members' (date, ticker) pairs in order of date, then ticker.

    Parameters
    ----------
    folder
        Where ``X.npy`` (n_rows, n_features) and ``daily.npy`` for statistical models lie, and ``channels.npy`` once a
        sequence model asked for it.
    names
        Features in the order of the columns.
    date, ticker
        Position of each row's session and ticker, (n_rows,).
    """

    folder: Path
    names: tuple[str, ...]
    date: npt.NDArray[np.int32]
    ticker: npt.NDArray[np.int32]

    def origin(self) -> dict[str, Any]:
        """Return the ``data`` that it was built from first: fingerprint, ``source``, ``simulated``, ``sessions``."""
        return dict(json.loads((self.folder / "panel.json").read_text()))

    def rows_before(self, session: int) -> int:
        """Return how many rows are dated before a session position."""
        return int(np.searchsorted(self.date, session, side="left"))

    def features(self) -> np.memmap:
        """Return the matrix (n_rows, n_features) as a memory map."""
        return np.lib.format.open_memmap(self.folder / FEATURES, mode="r")

    def pieces(self, start: int, stop: int) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
        """Yield (first row, rows) of the matrix from ``start`` to before ``stop``, read from the file a few at a time.

        Of a memory map, every page that was looked at would count as memory of the process.
        """
        matrix = self.features()
        width = matrix.shape[1]
        for first in range(start, stop, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, stop - first) * width
            offset = matrix.offset + first * width * matrix.itemsize
            yield first, np.fromfile(self.folder / FEATURES, matrix.dtype, count, offset=offset).reshape(-1, width)

    def tabular(self, rows: npt.NDArray[np.int64], columns: tuple[str, ...] = ()) -> npt.NDArray[np.float32]:
        """Return a copy of some rows, in ascending order, and of the named columns or all, (len(rows), n_columns)."""
        wanted = [self.names.index(name) for name in columns] or slice(None)
        copied = np.empty((len(rows), len(columns) or len(self.names)), dtype=np.float32)
        for first, piece in self.pieces(int(rows[0]), int(rows[-1]) + 1) if len(rows) else ():
            own = slice(*np.searchsorted(rows, [first, first + len(piece)]))
            copied[own] = piece[rows[own] - first][:, wanted]
        return copied

    def channels(self) -> npt.NDArray[np.float32]:
        """Return the channels of sequence models (n_dates, n_tickers, n_channels) as a memory map."""
        return np.load(self.folder / CHANNELS, mmap_mode="r")

    def windows(self, rows: npt.NDArray[np.int64]) -> Windows:
        """Return the windows that end at these rows, cut when they are asked for."""
        return Windows(self.channels(), self.date[rows], self.ticker[rows], LENGTH)

    def daily_returns(self) -> npt.NDArray[np.float64]:
        """Return the daily log returns of all tickers (n_dates, n_tickers) as a memory map."""
        return np.load(self.folder / DAILY, mmap_mode="r")

    def by_session(self) -> dict[str, npt.NDArray[Any]]:
        """Return what models look back on beside the features, by file, (n_dates, n_tickers, ..) each."""
        found: dict[str, npt.NDArray[Any]] = {DAILY: self.daily_returns()}
        return found | ({CHANNELS: self.channels()} if (self.folder / CHANNELS).is_file() else {})

    def member(self) -> BoolArray:
        """Return which cells (n_dates, n_tickers) have a row."""
        member = np.zeros(self.daily_returns().shape, dtype=bool)
        member[self.date, self.ticker] = True
        return member

    def histories(self, rows: npt.NDArray[np.int64]) -> Histories:
        """Return the past of these rows."""
        return Histories(self.daily_returns(), self.member(), self.date[rows], self.ticker[rows])


def open_matrices(folder: Path) -> Matrices:
    """Open matrices that were built before."""
    touch(folder)
    rows = np.load(folder / "rows.npz")
    names = tuple(json.loads((folder / "names.json").read_text()))
    return Matrices(folder, names, rows["date"], rows["ticker"])


def prepare(
    panel: Panel,
    member: BoolArray,
    cache: Path,
    scratch: Path,
    *,
    feature_set: build.FeatureSet = "own",
    fresh: bool = False,
    sequences: bool = False,
) -> tuple[Matrices, bool]:
    """Build the matrices of a panel's members, or open them where they were built before.

    Parameters
    ----------
    scratch
        Where a build goes on until it is whole; a ``fresh`` one stays there, out of the way of other trials.
    sequences
        Whether there are models that look at the channels.

    Returns
    -------
    matrices, built
        ``built`` is False where an earlier build was found.
    """
    about = [_FILES, build.VERSION, libraries(), panel.fingerprint, feature_set]
    key = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    key.update(np.packbits(member).tobytes())
    folder = cache / "matrices" / key.hexdigest()[:32]
    built = fresh or not folder.is_dir()
    if built:
        work = _build(panel, member, scratch, feature_set)
        if fresh:
            folder = work
        else:
            folder.parent.mkdir(mode=0o700, exist_ok=True)
            # Another trial may have been faster; its build is the same, and may be in use.
            with suppress(OSError):
                work.rename(folder)
    if sequences and not (folder / CHANNELS).is_file():
        np.save(scratch / CHANNELS, sequence_channels(panel))
        os.replace(scratch / CHANNELS, folder / CHANNELS)
    return open_matrices(folder), built


def _build(panel: Panel, member: BoolArray, scratch: Path, feature_set: build.FeatureSet) -> Path:
    """Build the matrices of a panel's members and return their folder."""
    work = scratch / "matrices"
    work.mkdir()
    date, ticker = build.row_index(panel, member)
    np.savez(work / "rows.npz", date=date, ticker=ticker)
    names = build.feature_names(panel, feature_set)
    origin = {"data": panel.fingerprint, "source": panel.source, "simulated": panel.simulated}
    (work / "panel.json").write_text(json.dumps(origin | {"sessions": panel.sessions.astype(str).tolist()}))
    (work / "names.json").write_text(json.dumps(names))
    matrix = np.lib.format.open_memmap(work / FEATURES, mode="w+", dtype=np.float32, shape=(len(date), len(names)))
    # Its pages count as memory as long as they are mapped.
    touched = partial(let_go, matrix)
    build.build_features(panel, member, (date, ticker), out=matrix, feature_set=feature_set, touched=touched)
    matrix.flush()
    del matrix, touched
    np.save(work / DAILY, Bars.of(panel).returns)
    give_back()
    return work
