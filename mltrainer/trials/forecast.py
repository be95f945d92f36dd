"""What the actions that forecast share: models fitted, calibrated, judged, and asked about today."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from mltrainer.data.panel import FloatArray
from mltrainer.models.registry import BASELINES, ensemble_id, members_of
from mltrainer.settings.parts.evaluation import Benchmark, EvaluationRow
from mltrainer.settings.result import LeakCheck
from mltrainer.trials.bench import Bench, open_bench, split_models
from mltrainer.trials.certificate import certify
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import BASE_RATE, Scored, base_rate_row, benchmarks
from mltrainer.trials.intervals import Intervals, return_intervals
from mltrainer.trials.job import Job
from mltrainer.trials.scratch import scratch
from mltrainer.trials.selection import Selection
from mltrainer.trials.walk import Walk


@dataclass(frozen=True)
class Forecast:
    """Everything that the models of a trial said, and how it turned out.

    Parameters
    ----------
    job
        Whose settings the models followed.
    said
        By model id: single models, ensembles and baselines.
    chosen
        The model or ensemble that ranks candidates.
    rows, baselines
        Figures of the models and of what they are compared with.
    daily
        Daily net returns of each evaluated model's picks, (n_days,).
    benchmarks, equal_weight
        What takes no model, and the daily net returns of holding every member, (n_days,).
    intervals
        Of the return around what the chosen model expects.
    digest
        SHA-256 of the predictions.
    selection
        Ensembles whose members were chosen by their skill, where there are such.
    certificate
        Checks that nothing which was said depends on what came later.
    """

    job: Job
    walk: Walk
    scored: Scored
    said: dict[str, Confidence]
    chosen: str
    rows: list[EvaluationRow]
    baselines: list[EvaluationRow]
    daily: dict[str, FloatArray]
    digest: str
    benchmarks: list[Benchmark]
    equal_weight: FloatArray
    intervals: Intervals
    selection: Selection | None
    certificate: list[LeakCheck]

    @property
    def horizon_end(self) -> int:
        """Return the last session of the label's window."""
        return self.walk.settings.horizon[1]

    @property
    def members(self) -> list[Confidence]:
        """Return the single models behind the chosen ensemble; empty where it is a single model."""
        members = members_of(self.chosen)
        return [] if members == [self.chosen] else [self.said[name] for name in members]


def forecast(job: Job) -> Forecast:
    """Fit, calibrate and judge the models of a job, and store its predictions.

    Raises
    ------
    MltrainerError
        If the data do not suffice or a model fails.
    """
    with scratch(job.cache) as folder:
        bench = open_bench(job, folder)
        singles, ensembles = split_models(job.settings.models)
        bench.say([*singles, *ensembles])
        added = bench.select(singles)
        chosen = _ranking(job.settings.models, singles, added)
        bench.say([chosen])
        return finish(bench, list(dict.fromkeys([*singles, *ensembles, *added, chosen])), chosen)


def _ranking(models: Sequence[str], singles: list[str], added: Sequence[str]) -> str:
    """Return the model or ensemble that ranks candidates."""
    if added:
        return added[0]
    return models[0] if len(models) == 1 else ensemble_id(singles)


def finish(bench: Bench, models: Sequence[str], chosen: str) -> Forecast:
    """Judge models in the order given, store what all of them said, and return everything."""
    job, walk, scored = bench.job, bench.walk, bench.scored
    said = {name: bench.said[name] for name in (*models, *BASELINES, BASE_RATE)}
    with ThreadPoolExecutor(1) as files:
        # Files are written beside figures.
        stored = files.submit(bench.store, list(said.values()))
        judged = bench.judge([*models, *BASELINES])
        daily = {name: returns for name, (_, returns) in judged.items()}
        drawn = files.submit(bench.save_curves, daily)
        base = base_rate_row(walk, said[BASE_RATE], scored)
        without_model, equal_weight = benchmarks(walk, max(map(len, daily.values())))
        intervals = return_intervals(walk, said[chosen], scored, bench.quantiles(chosen))
        drawn.result()
        digest = stored.result()
    return Forecast(
        job=job,
        walk=walk,
        scored=scored,
        said=said,
        chosen=chosen,
        rows=[judged[name][0] for name in models],
        baselines=[base, *(judged[name][0] for name in BASELINES)],
        daily={name: judged[name][1] for name in models},
        digest=digest,
        selection=bench.selection,
        benchmarks=without_model,
        equal_weight=equal_weight,
        intervals=intervals,
        certificate=certify(job, walk, said, chosen, scored, bench.folder, bench.regimes) if job.certified else [],
    )
