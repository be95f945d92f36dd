"""How far the fits of a trial are, and how long the rest will take."""

from collections.abc import Callable

from mltrainer.trials.engine import Engine
from mltrainer.trials.fit_task import FitResult, FitTask

Progress = Callable[..., None]


class FitClock:
    """Counts finished fits and estimates what remains from the rows that each has to learn."""

    def __init__(self, tasks: list[FitTask], engine: Engine, progress: Progress) -> None:
        self.waiting = {task: task.train[1] - task.train[0] + 1 for task in tasks}
        self.total = len(tasks)
        self.engine = engine
        self.progress = progress
        self.cached: set[FitTask] = set()
        self.cost: dict[str, list[float]] = {}

    def done(self, task: FitTask, result: FitResult, cached: bool) -> None:
        """Take note of a finished fit and say how far the trial is."""
        rows = self.waiting.pop(task)
        if cached:
            self.cached.add(task)
        else:
            spent = self.cost.setdefault(task.model, [0.0, 0.0])
            spent[0] += result.seconds
            spent[1] += rows
        self.progress(
            stage="fit",
            model=task.model,
            fold=task.fold,
            done=self.total - len(self.waiting),
            total=self.total,
            remaining=self._remaining(),
        )

    def drop(self, failed: FitTask) -> None:
        """Wait no longer for the fits of a model that failed with its parameters."""
        same = (failed.model, failed.params)
        self.waiting = {task: rows for task, rows in self.waiting.items() if (task.model, task.params) != same}

    def _remaining(self) -> float | None:
        if not self.cost:
            return None
        seconds = sum(cost[0] for cost in self.cost.values())
        overall = seconds / sum(cost[1] for cost in self.cost.values())
        rate = {model: cost[0] / cost[1] for model, cost in self.cost.items()}
        left = sum(rows * rate.get(task.model, overall) for task, rows in self.waiting.items())
        return left / max(self.engine.workers, 1)
