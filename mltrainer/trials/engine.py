"""Runs fits on an engine and keeps their results by the content of what they depend on."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from mltrainer.models.registry import BASELINES
from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.parameters import ParameterValue
from mltrainer.trials.fit_task import FitResult, FitTask
from mltrainer.trials.kept_values import load_arrays, save_arrays

# A model with its parameters: what fails as a whole.
Group = tuple[str, tuple[tuple[str, ParameterValue], ...]]
Outcome = FitResult | MltrainerError


class Engine(Protocol):
    """Where fits run side by side: in processes of this machine, or on a cluster."""

    @property
    def name(self) -> str:
        """Return what the result document calls it."""

    @property
    def workers(self) -> int:
        """Return how many fits run side by side; 0 where none has run yet, or all run in this process."""

    def prepare(self) -> None:
        """Get ready for fits that will be asked for soon."""

    def outcomes(self, tasks: list[FitTask], wanted: Callable[[FitTask], bool]) -> Iterator[tuple[FitTask, Outcome]]:
        """Yield what came of each fit as it is done.

        Parameters
        ----------
        tasks
            In the order in which they are best begun.
        wanted
            Says whether a task is still wanted; the others are dropped.
        """

    def close(self) -> None:
        """Let go of what belongs to one trial."""


def run_fits(
    tasks: Iterable[tuple[FitTask, str]],
    *,
    engine: Engine,
    cache: Path,
    fresh: bool,
    on_done: Callable[[FitTask, FitResult, bool], None],
    on_failure: Callable[[FitTask, MltrainerError], None] | None = None,
) -> dict[FitTask, FitResult]:
    """Run fits, each with the key of its content, and return their results.

    Parameters
    ----------
    cache
        Folder of earlier results; ``fresh`` passes them by.
    on_done
        Called after each fit with (task, result, cached).
    on_failure
        Called with (task, error) where a fit fails; the other fits of that model and its parameters are dropped, the
        rest goes on.

    Raises
    ------
    MltrainerError
        If a fit fails and nobody asked to be told; the rest is dropped.
    """
    results: dict[FitTask, FitResult] = {}
    missing: dict[FitTask, str] = {}
    failed: set[Group] = set()
    for task, key in tasks:
        found = None if fresh else _load(cache / f"{key}.npz")
        if found:
            results[task] = found
            on_done(task, found, True)
        else:
            missing[task] = key

    def fail(task: FitTask, error: MltrainerError) -> None:
        if on_failure is None:
            raise error
        if _group(task) not in failed:
            failed.add(_group(task))
            on_failure(task, error)

    # The quick ones first, which are judged while others are fitted; then the longest, so that none idles at the end.
    waiting = sorted(missing, key=lambda task: (not is_quick(task), task.train[0] - task.train[1]))
    for task, outcome in engine.outcomes(waiting, lambda task: _group(task) not in failed) if waiting else ():
        if isinstance(outcome, MltrainerError):
            fail(task, outcome)
            continue
        results[task] = outcome
        _save(cache / f"{missing[task]}.npz", outcome)
        on_done(task, outcome, False)
    return results


def is_quick(task: FitTask) -> bool:
    """Tell whether a task costs next to nothing: a baseline, or a model that was fitted before and is scored."""
    return task.model in BASELINES or bool(task.store and Path(task.store).is_dir())


def _group(task: FitTask) -> Group:
    return task.model, task.params


def content_key(*parts: str | bytes | memoryview) -> str:
    """Return the key of a result from everything that it depends on."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:40]


def _load(path: Path) -> FitResult | None:
    kept = load_arrays(path)
    if kept is None:
        return None
    return FitResult(
        kept["test"],
        kept["tail"],
        bool(kept["probability"]),
        int(kept["train_rows"]),
        float(kept["seconds"]),
        float(kept["peak_mb"]),
        drivers=kept["drivers"],
        quantiles=kept["quantiles"],
    )


def _save(path: Path, result: FitResult) -> None:
    save_arrays(
        path,
        test=result.test,
        tail=result.tail,
        probability=result.probability,
        train_rows=result.train_rows,
        seconds=result.seconds,
        peak_mb=result.peak_mb,
        drivers=result.drivers,
        quantiles=result.quantiles,
    )
