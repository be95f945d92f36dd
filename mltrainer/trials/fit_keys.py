"""What a fit depends on, as the key under which its scores and its fitted model are kept."""

import hashlib
import json
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import mltrainer.models
from mltrainer.data.panel import FloatArray
from mltrainer.features import build
from mltrainer.trials.engine import content_key
from mltrainer.trials.fit_task import FitTask, entry_of
from mltrainer.trials.versions import libraries
from mltrainer.trials.walk import Walk


class Known(NamedTuple):
    """What each block knows about each row, (n_blocks, n_rows) each, as `FitTask` has it; None where nobody asks."""

    labels: npt.NDArray[np.int8]
    returns: FloatArray | None
    lengths: npt.NDArray[np.int16] | None


def fit_keys(walk: Walk, tasks: list[FitTask], known: Known) -> tuple[list[str], list[str]]:
    """Return the key of each task, and that of its fitted model: what they depend on, and nothing that comes later.

    Appended sessions leave the keys of finished folds as they are, and those of all fitted models but today's.
    """
    inputs: set[str] = {entry_of(task.model).inputs for task in tasks}
    seen = _seen_until(walk, inputs)
    code = _code_version()
    keys, fits = [], []
    # A statistical model holds parameters by the place of a ticker.
    places = {"history": "\n".join(walk.panel.tickers)}
    for task in tasks:
        block = walk.blocks[task.fold]
        train = slice(*task.train)
        labels = known.labels[task.fold, train].tobytes()
        if entry_of(task.model).learns_returns and known.returns is not None:
            labels += known.returns[task.fold, train].tobytes()
        if known.lengths is not None and "sample_weight" in entry_of(task.model).fit_takes:
            labels += known.lengths[task.fold, train].tobytes()
        kind = entry_of(task.model).inputs
        # What a model learns from is in the labels; only one that computes the event depends on its definition.
        asked = astuple(task.event) if "event" in entry_of(task.model).fit_takes else task.event.horizon[1]
        fixed = [task.model, task.params, task.seed, task.train, asked]
        scored = json.dumps([*fixed, task.tail, task.test])
        # A backtest path trains on what comes after its test.
        whole = seen[kind, max(block.fold.test_stop, block.fit_end + 1)]
        keys.append(content_key(scored, code, whole, labels))
        fits.append(content_key(json.dumps(fixed), places.get(kind, ""), code, seen[kind, block.fit_end + 1], labels))
    return keys, fits


def _seen_until(walk: Walk, inputs: set[str]) -> dict[tuple[str, int], bytes]:
    """Return a hash of what models may look at up to the end of each block, by kind of input and by that end.

    The end of what a block trains on counts too.
    """
    stops = sorted({stop for block in walk.blocks for stop in (block.fit_end + 1, block.fold.test_stop)})
    matrices = walk.matrices
    returns = matrices.daily_returns()
    # Three streams, so that a hash does not depend on where the ones before it were taken.
    columns = json.dumps(matrices.names).encode()
    names, dates, cells = hashlib.sha256(columns), hashlib.sha256(), hashlib.sha256()
    seen: dict[tuple[str, int], bytes] = {}
    row = 0
    for stop in stops:
        last = matrices.rows_before(stop)
        # Names, not columns: a ticker that lists later must not change the key.
        names.update("".join(f"{walk.panel.tickers[column]}\n" for column in matrices.ticker[row:last]).encode())
        dates.update(matrices.date[row:last].tobytes())
        for _, piece in matrices.pieces(row, last):
            cells.update(piece.data)
        rows = hashlib.sha256(names.digest() + dates.digest() + cells.digest()).digest()
        seen["tabular", stop] = rows
        row = last
        if "history" in inputs:
            # All that have a past count, members or not: parameters are shared.
            past = np.ascontiguousarray(returns[:stop, np.isfinite(returns[:stop]).any(axis=0)])
            whole = hashlib.sha256(rows + str(past.shape).encode())
            whole.update(past.data)
            seen["history", stop] = whole.digest()
        if "sequence" in inputs:
            # Windows of a new member reach back before this block: its whole past counts.
            used = np.unique(matrices.ticker[:last])
            whole = hashlib.sha256(rows)
            whole.update(np.ascontiguousarray(matrices.channels()[:stop, used]).data)
            seen["sequence", stop] = whole.digest()
    return seen


@cache
def _code_version() -> str:
    """Return a hash of the code that makes inputs and fits models, and of the libraries' versions."""
    room, here = Path(mltrainer.models.__file__).parent, Path(__file__).parent
    sources = [*sorted(room.glob("*.py")), here / "fitting.py", here / "matrices.py"]
    code = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    return code + build.VERSION + json.dumps(libraries(), sort_keys=True)
