"""The heart of a trial: fit every model on every fold and score what came after."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

import mltrainer.models
from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.evaluation.splits import Fold, inner_tail, walk_forward
from mltrainer.features import build
from mltrainer.models.registry import MODELS
from mltrainer.models.target_event import TargetEvent
from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.parameters import Settings
from mltrainer.trials.clock import FitClock, Progress
from mltrainer.trials.engine import content_key, run_fits
from mltrainer.trials.fitting import LABELS, LENGTHS, RETURNS, FitResult, FitTask, entry_of
from mltrainer.trials.labels import Outcomes, as_training_labels, known_to_fold, outcomes, returns_to_learn
from mltrainer.trials.matrices import Matrices
from mltrainer.trials.seeds import seed_for
from mltrainer.trials.versions import libraries

CALIBRATION_DATES = 252


@dataclass(frozen=True)
class Block:
    """A fold with what it may know. The last block is today's: it trains on everything labelled, and is never scored.

    Parameters
    ----------
    fold
        Sessions of training and test.
    tail
        Sessions (first, last) that are kept from training for provisional calibration; None where enough
        out-of-fold dates exist to calibrate on.
    fit_end
        Last session that is trained on.
    """

    fold: Fold
    tail: tuple[int, int] | None
    fit_end: int


@dataclass(frozen=True)
class Walk:
    """A panel cut into rows and blocks, ready for models.

    Parameters
    ----------
    blocks
        The folds in order, and today's block at the end.
    final
        Outcomes that figures come from, (n_rows,): as the data know them now, or as they stood before the holdout.
    latest
        Outcomes that today's model learns from, (n_rows,): as the data know them now.
    evaluated
        How many sessions, from the first on, figures may depend on: all, or those before the sealed holdout.
    first_row, stop_row
        Out-of-fold rows run from the first row of the first test block to the end of the evaluated sessions.
    """

    panel: Panel
    member: BoolArray
    matrices: Matrices
    settings: Settings
    blocks: tuple[Block, ...]
    final: Outcomes
    latest: Outcomes
    evaluated: int
    first_row: int
    stop_row: int
    _known: dict[int, Outcomes] = field(default_factory=dict, init=False, repr=False)

    def known(self, position: int) -> Outcomes:
        """Return the outcomes as they were known when a block was trained, (n_rows,) each."""
        if position == len(self.blocks) - 1:
            return self.latest
        if position not in self._known:
            fold = self.blocks[position].fold
            self._known[position] = known_to_fold(self.panel, self.member, self.matrices, self.settings, fold)
        return self._known[position]

    @property
    def folds(self) -> list[Fold]:
        """Return the folds that are scored."""
        return [block.fold for block in self.blocks[:-1]]

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """Return the half-open range of rows of the sessions ``first`` .. ``last``, both inclusive."""
        return self.matrices.rows_before(first), self.matrices.rows_before(last + 1)

    def oof_rows(self, block: Block) -> slice:
        """Return which of the out-of-fold rows a block scored."""
        first, stop = self.rows(block.fold.test_start, block.fold.test_stop - 1)
        return slice(first - self.first_row, stop - self.first_row)


@dataclass
class Scores:
    """The raw scores of one model.

    Parameters
    ----------
    oof
        Scores of the out-of-fold rows, (stop_row - first_row,).
    tails
        Scores of each block's tail; empty where it has none.
    today
        Scores of the last session's rows.
    drivers
        Shares of the features in these, (n_today, n_features); empty where the model has no such features.
    """

    model: str
    oof: FloatArray
    tails: list[FloatArray]
    today: FloatArray
    probability: bool
    fits: int = 0
    cached: int = 0
    seconds: float = 0.0
    train_rows: list[int] = field(default_factory=list)
    peak_mb: float = 0.0
    devices: set[str] = field(default_factory=set)
    drivers: FloatArray = field(default_factory=lambda: np.empty((0, 0)))


def cut(panel: Panel, member: BoolArray, matrices: Matrices, settings: Settings, evaluated: int | None = None) -> Walk:
    """Cut the rows into walk-forward blocks.

    Parameters
    ----------
    evaluated
        How many sessions, from the first on, figures may depend on; all unless given. Later ones are trained on for
        today, and enter no fold, no calibration and no outcome that a figure comes from.

    Raises
    ------
    DataError
        If there are too few sessions.
    """
    sessions, ahead = len(panel.sessions), settings.horizon[1]
    evaluated = sessions if evaluated is None else evaluated
    folds = walk_forward(
        evaluated,
        horizon_end=ahead,
        initial_train=settings.initial_train,
        test_block=settings.test_block,
        embargo=settings.embargo,
        window=settings.window,
        train_sessions=settings.train_sessions,
    )
    # Today's model trains on everything whose outcome is known.
    last_known = sessions - 1 - ahead
    if evaluated < sessions and not _calibrates_before(evaluated, settings):
        # It is calibrated on the end of its own training window, which must not be the holdout.
        last_known = evaluated - 1 - ahead
    start = max(0, last_known - settings.train_sessions + 1) if settings.window == "rolling" else 0
    today = Fold(len(folds), start, last_known, sessions - 1, sessions)
    blocks = []
    for fold in [*folds, today]:
        enough = _calibrates_before(min(fold.train_end + ahead + 1, evaluated), settings)
        inner = None if enough else inner_tail(fold, horizon_end=ahead)
        tail = (inner.tail_start, inner.tail_end) if inner else None
        blocks.append(Block(fold, tail, inner.fit_end if inner else fold.train_end))
    latest = outcomes(panel, member, matrices, settings, sessions)
    return Walk(
        panel=panel,
        member=member,
        matrices=matrices,
        settings=settings,
        blocks=tuple(blocks),
        final=latest if evaluated == sessions else outcomes(panel, member, matrices, settings, evaluated),
        latest=latest,
        evaluated=evaluated,
        first_row=matrices.rows_before(settings.initial_train),
        stop_row=matrices.rows_before(evaluated),
    )


def _calibrates_before(stop: int, settings: Settings) -> bool:
    """Tell whether enough out-of-fold dates have a known outcome by the first ``stop`` sessions to calibrate on."""
    return stop - settings.horizon[1] - settings.initial_train >= CALIBRATION_DATES


def score_models(
    walk: Walk,
    models: Sequence[str],
    *,
    workers: int,
    kept: Path,
    scratch: Path,
    fresh: bool,
    progress: Progress,
    failed: dict[str, MltrainerError] | None = None,
) -> dict[str, Scores]:
    """Fit models or baselines on every block and return their scores.

    Parameters
    ----------
    failed
        Takes the models that fail and why, by model; they are left out of what is returned.

    Raises
    ------
    MltrainerError
        If a model fails and ``failed`` is not given.
    """
    known = known_folder(scratch)
    tasks = [task for name in models for task in fit_tasks(walk, name, known)]

    def leave_out(task: FitTask, error: MltrainerError) -> None:
        assert failed is not None
        failed[task.model] = error

    on_failure = None if failed is None else leave_out
    results, cached = run_tasks(
        walk,
        tasks,
        known,
        workers=workers,
        kept=kept,
        fresh=fresh,
        progress=progress,
        on_failure=on_failure,
        store=not fresh,
    )
    return {name: _collect(name, tasks, results, cached) for name in models if name not in (failed or {})}


def known_folder(scratch: Path) -> Path:
    """Return a new folder for what blocks know; a fit that nobody waits for any more may still read an older one."""
    return Path(tempfile.mkdtemp(dir=scratch, prefix="known-"))


def fit_tasks(walk: Walk, model: str, known: Path) -> list[FitTask]:
    """Return the fits of a model, one for each block, with the parameters that the settings give it."""
    settings = walk.settings
    return [
        FitTask(
            model=model,
            params=tuple(sorted(settings.model_params.get(model, {}).items())),
            seed=seed_for(settings.seed, model, position),
            folder=str(walk.matrices.folder),
            known=str(known),
            fold=position,
            train=walk.rows(block.fold.train_start, block.fit_end),
            tail=walk.rows(*block.tail) if block.tail else None,
            test=walk.rows(block.fold.test_start, block.fold.test_stop - 1),
            event=TargetEvent.of(settings),
            explained=position == len(walk.blocks) - 1,
        )
        for position, block in enumerate(walk.blocks)
    ]


def run_tasks(
    walk: Walk,
    tasks: list[FitTask],
    folder: Path,
    *,
    workers: int,
    kept: Path,
    fresh: bool,
    progress: Progress,
    on_failure: Callable[[FitTask, MltrainerError], None] | None = None,
    store: bool = False,
) -> tuple[dict[FitTask, FitResult], set[FitTask]]:
    """Run fits on the rows of a walk and return their results, and which of them came from the cache.

    Parameters
    ----------
    folder
        Where the tasks find what the blocks know; it is written here.
    on_failure
        As `run_fits` has it.
    store
        True keeps the fitted models of the last fold and of today, and takes them over where they are there: that fold
        grows with every new session, and its training rows stay.

    Raises
    ------
    MltrainerError
        If a fit fails and ``on_failure`` is not given.
    """
    known = [as_training_labels(walk.known(position).event) for position in range(len(walk.blocks))]
    np.save(folder / LABELS, np.stack(known))
    learned: list[FloatArray] = []
    if any(entry_of(task.model).learns_returns for task in tasks):
        date, count = walk.matrices.date, len(walk.blocks)
        learned = [returns_to_learn(walk.known(place).realized, date, walk.settings) for place in range(count)]
        np.save(folder / RETURNS, np.stack(learned))
    lengths = [walk.known(place).length for place in range(len(walk.blocks))]
    spans = [np.nan_to_num(length).astype(np.int16) for length in lengths if length is not None]
    if spans:
        np.save(folder / LENGTHS, np.stack(spans))
    keys, fits = _content(walk, tasks, known, learned, spans)
    if store:
        tasks = [_stored(walk, task, kept / "models" / fit) for task, fit in zip(tasks, fits, strict=True)]
    clock = FitClock(tasks, max(workers, 1), progress)

    def drop(task: FitTask, error: MltrainerError) -> None:
        assert on_failure is not None
        clock.drop(task)
        on_failure(task, error)

    results = run_fits(
        list(zip(tasks, keys, strict=True)),
        workers=workers,
        cache=kept / "fits",
        fresh=fresh,
        on_done=clock.done,
        on_failure=drop if on_failure else None,
    )
    return results, clock.cached


def _stored(walk: Walk, task: FitTask, folder: Path) -> FitTask:
    """Return the task with the folder of its fitted model, where one is there or is to be kept."""
    latest = task.fold >= len(walk.blocks) - 2
    return replace(task, store=str(folder)) if latest or folder.is_dir() else task


def _content(
    walk: Walk,
    tasks: list[FitTask],
    known: list[npt.NDArray[np.int8]],
    returns: list[FloatArray],
    spans: list[npt.NDArray[np.int16]],
) -> tuple[list[str], list[str]]:
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
        labels = known[task.fold][train].tobytes()
        if entry_of(task.model).learns_returns:
            labels += returns[task.fold][train].tobytes()
        if spans and "sample_weight" in entry_of(task.model).fit_takes:
            labels += spans[task.fold][train].tobytes()
        kind = entry_of(task.model).inputs
        # What a model learns from is in the labels; only one that computes the event depends on its definition.
        asked = astuple(task.event) if "event" in entry_of(task.model).fit_takes else task.event.horizon[1]
        fixed = [task.model, task.params, task.seed, task.train, asked]
        scored = json.dumps([*fixed, task.tail, task.test])
        keys.append(content_key(scored, code, seen[kind, block.fold.test_stop], labels))
        fits.append(content_key(json.dumps(fixed), places.get(kind, ""), code, seen[kind, block.fit_end + 1], labels))
    return keys, fits


def _seen_until(walk: Walk, inputs: set[str]) -> dict[tuple[str, int], bytes]:
    """Return a hash of what models may look at up to the end of each block, by kind of input and by that end.

    The end of what a block trains on counts too.
    """
    stops = sorted({stop for block in walk.blocks for stop in (block.fit_end + 1, block.fold.test_stop)})
    matrices = walk.matrices
    matrix, channels, returns = matrices.features(), matrices.channels(), matrices.daily_returns()
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
        cells.update(np.ascontiguousarray(matrix[row:last]).data)
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
            whole.update(np.ascontiguousarray(channels[:stop, used]).data)
            seen["sequence", stop] = whole.digest()
    return seen


@cache
def _code_version() -> str:
    """Return a hash of the code that makes inputs and fits models, and of the libraries' versions."""
    room, here = Path(mltrainer.models.__file__).parent, Path(__file__).parent
    sources = [*sorted(room.glob("*.py")), here / "fitting.py", here / "matrices.py"]
    code = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    return code + build.VERSION + json.dumps(libraries(), sort_keys=True)


def _collect(model: str, tasks: list[FitTask], results: dict[FitTask, FitResult], cached: set[FitTask]) -> Scores:
    mine = [task for task in tasks if task.model == model]
    found = [results[task] for task in mine]
    taken = sum(task in cached or result.stored for task, result in zip(mine, found, strict=True))
    return Scores(
        model=model,
        oof=np.concatenate([result.test for result in found[:-1]]),
        tails=[result.tail for result in found],
        today=found[-1].test,
        probability=found[0].probability,
        fits=len(mine) - taken if model in MODELS else 0,
        cached=taken if model in MODELS else 0,
        seconds=sum(result.seconds for task, result in zip(mine, found, strict=True) if task not in cached),
        train_rows=[result.train_rows for result in found],
        devices={one.device for task, one in zip(mine, found, strict=True) if task not in cached},
        drivers=found[-1].drivers,
        peak_mb=max((one.peak_mb for task, one in zip(mine, found, strict=True) if task not in cached), default=0.0),
    )
