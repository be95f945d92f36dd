"""What the actions that forecast share: models fitted, calibrated, judged, and asked about today."""

from dataclasses import dataclass
from pathlib import Path

from mltrainer.data.panel import FloatArray
from mltrainer.models.registry import BASELINES, ensemble_id, members_of
from mltrainer.settings.result import EvaluationRow
from mltrainer.trials import predictions
from mltrainer.trials.confidence import Confidence, calibrate, mean_of
from mltrainer.trials.evaluate import BASE_RATE, Scored, base_rate_row, base_rate_says, evaluation_row, scored_rows
from mltrainer.trials.job import Job
from mltrainer.trials.kept import judged_key, load_judged, load_said, said_key, save_judged, save_said
from mltrainer.trials.matrices import prepare
from mltrainer.trials.scratch import scratch
from mltrainer.trials.walk import Scores, Walk, cut, score_models


@dataclass(frozen=True)
class Forecast:
    """Everything that the models of a trial said, and how it turned out.

    Parameters
    ----------
    said
        By model id: single models, ensembles and baselines.
    chosen
        The model or ensemble that ranks candidates.
    rows, baselines
        Figures of the models and of what they are compared with.
    daily
        Daily net returns of each evaluated model's picks, (n_days,).
    digest
        SHA-256 of the predictions.
    """

    walk: Walk
    scored: Scored
    said: dict[str, Confidence]
    chosen: str
    rows: list[EvaluationRow]
    baselines: list[EvaluationRow]
    daily: dict[str, FloatArray]
    digest: str

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
        return _forecast(job, folder)


def _forecast(job: Job, folder: Path) -> Forecast:
    panel, settings = job.panel, job.settings
    job.stage("features", 0, 1)
    matrices, job.built_features = prepare(
        panel, job.member, job.cache, folder, feature_set=settings.feature_set, fresh=job.fresh
    )
    job.stage("features", 1, 1)
    walk = cut(panel, job.member, matrices, settings)
    singles, ensembles, chosen = _models(settings.models)
    models = [*singles, *ensembles]
    said = _said(job, walk, folder, singles, ensembles)
    scored, base = scored_rows(walk), said[BASE_RATE]
    judged: dict[str, tuple[EvaluationRow, FloatArray]] = {}
    for name in (*models, *BASELINES):
        job.stage("evaluate", len(judged), len(models) + len(BASELINES), model=name)
        judged[name] = _judge(job, walk, said[name], base, scored)
    table = predictions.table(walk, list(said.values()))
    predictions.save(table, job.folder)
    return Forecast(
        walk=walk,
        scored=scored,
        said=said,
        chosen=chosen,
        rows=[judged[name][0] for name in models],
        baselines=[base_rate_row(walk, base, scored), *(judged[name][0] for name in BASELINES)],
        daily={name: judged[name][1] for name in models},
        digest=predictions.digest(table),
    )


def _said(job: Job, walk: Walk, folder: Path, singles: list[str], ensembles: list[str]) -> dict[str, Confidence]:
    """Return what every model, baseline and ensemble says; what an earlier trial computed is taken over."""
    names = [*singles, *ensembles, *BASELINES, BASE_RATE]
    paths = {name: job.cache / "said" / f"{said_key(job, name)}.npz" for name in names}
    said = {} if job.fresh else {name: kept for name in names if (kept := load_said(paths[name]))}
    job.cached_fits += sum(len(walk.blocks) for name in singles if name in said)
    missing = [name for name in names if name not in said]
    scores = _scores(job, walk, folder, [name for name in missing if name not in ensembles and name != BASE_RATE])
    for done, name in enumerate(sorted(missing, key=lambda name: name in ensembles)):
        job.stage("calibrate", done, len(missing), model=name)
        if name == BASE_RATE:
            said[name] = base_rate_says(walk)
        elif name in ensembles:
            said[name] = calibrate(walk, mean_of(name, [said[member] for member in members_of(name)]))
        else:
            said[name] = calibrate(walk, scores[name])
        save_said(paths[name], said[name])
    return {name: said[name] for name in names}


def _scores(job: Job, walk: Walk, folder: Path, names: list[str]) -> dict[str, Scores]:
    """Fit what is asked for and note what it cost."""
    if not names:
        return {}
    scores = score_models(
        walk,
        names,
        workers=job.workers,
        kept=job.cache,
        scratch=folder,
        fresh=job.fresh,
        progress=lambda **step: job.stage(step.pop("stage"), step.pop("done"), step.pop("total"), **step),
    )
    job.fits += sum(one.fits for one in scores.values())
    job.cached_fits += sum(one.cached for one in scores.values())
    job.fit_seconds += sum(one.seconds for one in scores.values())
    # One library's processes live at a time.
    job.worker_peak_mb = max(one.peak_mb for one in scores.values()) * job.workers
    return scores


def _judge(
    job: Job, walk: Walk, said: Confidence, base: Confidence, scored: Scored
) -> tuple[EvaluationRow, FloatArray]:
    """Return the figures of a model, from an earlier trial where one computed them."""
    path = job.cache / "judged" / f"{judged_key(job, said_key(job, said.model))}.npz"
    kept = None if job.fresh else load_judged(path)
    if kept is None:
        kept = evaluation_row(walk, said, base, scored)
        save_judged(path, *kept)
    return kept


def _models(models: tuple[str, ...]) -> tuple[list[str], list[str], str]:
    """Return single models, ensembles, and the one of them that ranks candidates."""
    singles = list(dict.fromkeys(member for model in models for member in members_of(model)))
    ensembles = [model for model in models if model not in singles]
    chosen = models[0] if len(models) == 1 else ensemble_id(singles)
    if chosen not in singles and chosen not in ensembles:
        ensembles.append(chosen)
    return singles, ensembles, chosen
