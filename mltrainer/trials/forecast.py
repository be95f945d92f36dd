"""What the actions that forecast share: models fitted, calibrated, judged, and asked about today."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.models.registry import BASELINES, MODELS, ensemble_id, members_of
from mltrainer.regime.score import LABELS
from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.parts.evaluation import Benchmark, EvaluationRow
from mltrainer.settings.result import LeakCheck
from mltrainer.trials import curves, predictions
from mltrainer.trials.certificate import certify
from mltrainer.trials.confidence import Confidence, calibrate
from mltrainer.trials.engine import content_key
from mltrainer.trials.ensembles import combine
from mltrainer.trials.evaluate import (
    BASE_RATE,
    Scored,
    base_rate_row,
    base_rate_says,
    benchmarks,
    evaluation_row,
    scored_rows,
)
from mltrainer.trials.fitting import entry_of
from mltrainer.trials.intervals import Intervals, quantile_model, return_intervals
from mltrainer.trials.job import Job
from mltrainer.trials.kept import judged_key, load_judged, load_said, once, said_key, save_judged, save_said
from mltrainer.trials.market import STATES, regime_of
from mltrainer.trials.matrices import prepare
from mltrainer.trials.scoring import score_models
from mltrainer.trials.scratch import scratch
from mltrainer.trials.selection import Selection, are_all, best_so_far
from mltrainer.trials.threads import in_threads
from mltrainer.trials.walk import Scores, Walk, cut


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
        return bench.finish(list(dict.fromkeys([*singles, *ensembles, *added, chosen])), chosen)


@dataclass
class Bench:
    """Where the models of a job are fitted, calibrated and judged, on the same rows and folds.

    Parameters
    ----------
    said
        What models, baselines and ensembles said so far, by id.
    selection
        Ensembles whose members were chosen by what they said.
    """

    job: Job
    folder: Path
    walk: Walk
    scored: Scored
    said: dict[str, Confidence] = field(default_factory=dict)
    selection: Selection | None = None
    _judged: dict[str, tuple[EvaluationRow, FloatArray]] = field(default_factory=dict)

    def say(self, models: Sequence[str], failed: dict[str, MltrainerError] | None = None) -> None:
        """Let models, and ensembles whose members are among them, say what they have to; baselines always do.

        What an earlier trial computed is taken over. ``failed`` takes the models that fail; without it they end the
        trial.
        """
        job, ensembles = self.job, [name for name in models if members_of(name) != [name]]
        names = [name for name in (*models, *BASELINES, BASE_RATE) if name not in self.said]
        paths = {name: job.cache / "said" / f"{said_key(job, name)}.npz" for name in names}
        if not job.fresh:
            self.said |= {name: kept for name in names if (kept := load_said(paths[name]))}
        job.spent.cached_fits += sum(len(self.walk.blocks) for name in names if name in self.said and name in MODELS)
        missing = [name for name in names if name not in self.said]
        if BASE_RATE in missing:
            self.said[BASE_RATE] = base_rate_says(self.walk)
            save_said(paths[BASE_RATE], self.said[BASE_RATE])
        with ThreadPoolExecutor(max(job.workers, 1)) as pool:
            # A model is calibrated and judged while others are still fitted.
            begun: dict[str, Future[Confidence]] = {}
            self._scores(
                [name for name in missing if name not in (*ensembles, BASE_RATE)],
                failed,
                lambda scores: begun.setdefault(scores.model, pool.submit(self._heard, scores)),
            )
            known = [name for name in missing if name in begun]
            self._all_say(known, lambda name: begun[name].result(), paths)
        formed = [name for name in missing if name in ensembles and set(members_of(name)) <= set(self.said)]
        self._all_say(formed, lambda name: self._calibrated(self._combined(name)), paths)

    def _all_say(self, names: Sequence[str], say: Callable[[str], Confidence], paths: dict[str, Path]) -> None:
        for name, said in in_threads(names, say, self.job, "calibrate"):
            self.said[name] = said
            save_said(paths[name], said)

    def _calibrated(self, scores: Scores) -> Confidence:
        job = self.job
        return calibrate(self.walk, scores, None if job.fresh else job.cache / "calibrators", max(job.workers, 1))

    def _heard(self, scores: Scores) -> Confidence:
        """Calibrate a single model's scores, and judge at once what it said."""
        said = self._calibrated(scores)
        self._judged[said.model] = self._figures(said)
        return said

    def _combined(self, name: str) -> Scores:
        return combine(self.walk, name, [self.said[member] for member in members_of(name)], self.regimes)

    def select(self, models: Sequence[str]) -> tuple[str, ...]:
        """Let the ensembles of the best so far speak as well where the models are all of the registry."""
        if are_all(self.job.settings.models):
            self.selection = best_so_far(self.walk, self.scored, self.said, models)
        ensembles = self.selection.ensembles if self.selection else ()
        self.say(ensembles)
        return ensembles

    def judge(self, names: Sequence[str]) -> dict[str, tuple[EvaluationRow, FloatArray]]:
        """Return the figures of models and their daily net returns, from an earlier trial where one computed them."""
        if not self.job.fresh:
            for name in (name for name in names if name not in self._judged):
                if kept := load_judged(self._judged_path(name)):
                    self._judged[name] = kept
        missing = [name for name in names if name not in self._judged]
        for name, judged in in_threads(missing, lambda name: self._figures(self.said[name]), self.job, "evaluate"):
            self._judged[name] = judged
        return {name: self._judged[name] for name in names}

    def _figures(self, said: Confidence) -> tuple[EvaluationRow, FloatArray]:
        kept = self._kept(said.model, "figures")
        judged = evaluation_row(self.walk, said, self.said[BASE_RATE], self.scored, kept)
        save_judged(self._judged_path(said.model), *judged)
        return judged

    def _judged_path(self, name: str) -> Path:
        return self.job.cache / "judged" / f"{self._judged_key(name)}.npz"

    def _kept(self, name: str, what: str) -> Path | None:
        """Return where something is kept that follows from what a model said alone; None where nothing may be."""
        job = self.job
        return None if job.fresh else job.cache / "figures" / f"{said_key(job, name)}.{what}.json"

    def _judged_key(self, name: str) -> str:
        return judged_key(self.job, said_key(self.job, name))

    def finish(self, models: Sequence[str], chosen: str) -> Forecast:
        """Judge models in the order given, store what all of them said, and return everything."""
        job, said = self.job, {name: self.said[name] for name in (*models, *BASELINES, BASE_RATE)}
        with ThreadPoolExecutor(1) as files:
            # Files are written beside figures.
            stored = files.submit(self._store, list(said.values()))
            judged = self.judge([*models, *BASELINES])
            daily = {name: returns for name, (_, returns) in judged.items()}
            drawn = files.submit(self._save_curves, daily)
            base = base_rate_row(self.walk, said[BASE_RATE], self.scored)
            without_model, equal_weight = benchmarks(self.walk, max(map(len, daily.values())))
            intervals = return_intervals(self.walk, said[chosen], self.scored, self._quantiles(chosen))
            drawn.result()
            digest = stored.result()
        return Forecast(
            job=job,
            walk=self.walk,
            scored=self.scored,
            said=said,
            chosen=chosen,
            rows=[judged[name][0] for name in models],
            baselines=[base, *(judged[name][0] for name in BASELINES)],
            daily={name: judged[name][1] for name in models},
            digest=digest,
            selection=self.selection,
            benchmarks=without_model,
            equal_weight=equal_weight,
            intervals=intervals,
            certificate=certify(job, self.walk, said, chosen, self.scored, self.folder, self.regimes)
            if job.certified
            else [],
        )

    def _quantiles(self, chosen: str) -> Confidence | None:
        """Return what the model says between whose quantiles intervals lie; None where they lie around expectations."""
        name = quantile_model(self.job.settings, chosen)
        if name is None:
            return None
        self.say([name])
        return self.said[name]

    def _store(self, said: list[Confidence]) -> str:
        """Store what models said, or copy it from an earlier trial in which they said the same; return its digest."""
        key = content_key("predictions", *(said_key(self.job, one.model) for one in said))
        return once(self.job, key, predictions.FILE, lambda: predictions.store(self.walk, said, self.job.folder))

    def _save_curves(self, daily: dict[str, FloatArray]) -> None:
        def write() -> str:
            rank_ic = {
                name: curves.rank_ic_of(self.said[name], self.scored, self._kept(name, "curve")) for name in daily
            }
            curves.save(self.job.folder, **curves.curves_of(self.walk, self.scored, rank_ic, daily))
            return ""

        once(self.job, content_key("curves", *map(self._judged_key, daily)), curves.FILE, write)

    def regimes(self) -> npt.NDArray[np.int64]:
        """Return the number of each session's regime, calm first, as known on it; 0 before there is a score."""
        job = self.job
        score = regime_of(job.panel, states=STATES, seed=job.request.seed, kept=job.kept_states).score
        bounds = [upper for upper, _ in LABELS[:-1]]
        return np.where(np.isnan(score), 0, 1 + np.searchsorted(bounds, score, side="left"))

    def _scores(
        self, names: list[str], failed: dict[str, MltrainerError] | None, on_scored: Callable[[Scores], object]
    ) -> None:
        """Fit what is asked for, hand the scores of each model over as soon as they are there, and note the cost."""
        job = self.job
        if not names:
            return
        scores = score_models(
            self.walk,
            names,
            engine=job.engine,
            kept=job.cache,
            scratch=self.folder,
            fresh=job.fresh,
            progress=lambda **step: job.stage(step.pop("stage"), step.pop("done"), step.pop("total"), **step),
            failed=failed,
            on_scored=on_scored,
        )
        job.spent.fits += sum(one.fits for one in scores.values())
        job.spent.cached_fits += sum(one.cached for one in scores.values())
        job.spent.fit_seconds += sum(one.seconds for one in scores.values())
        # One library's processes live at a time.
        job.spent.devices.update(*(one.devices for one in scores.values()))
        peak = max((one.peak_mb for one in scores.values()), default=0.0) * job.engine.workers
        job.spent.worker_peak_mb = max(job.spent.worker_peak_mb, peak)


def open_bench(job: Job, folder: Path) -> Bench:
    """Build the matrices of a job, or open them, and cut the rows into blocks.

    Raises
    ------
    DataError
        If the data do not suffice.
    UsageError
        If the label has no quantiles of the return and they are asked for.
    """
    # What cannot be is refused before anything is fitted.
    quantile_model(job.settings, chosen="")
    panel = job.panel
    singles = [*split_models(job.settings.models)[0], *BASELINES]
    kept = job.cache / "said"
    if job.fresh or not all((kept / f"{said_key(job, name)}.npz").is_file() for name in singles):
        job.engine.prepare()
    job.stage("features", 0, 1)
    matrices, job.spent.built_features = prepare(
        panel,
        job.member,
        job.cache,
        job.lasting if job.fresh else folder,
        feature_set=job.settings.feature_set,
        fresh=job.fresh,
        sequences=any(entry_of(name).inputs == "sequence" for name in singles),
    )
    job.stage("features", 1, 1)
    walk = cut(panel, job.member, matrices, job.settings, job.evaluated)
    return Bench(job, folder, walk, scored_rows(walk))


def _ranking(models: Sequence[str], singles: list[str], added: Sequence[str]) -> str:
    """Return the model or ensemble that ranks candidates."""
    if added:
        return added[0]
    return models[0] if len(models) == 1 else ensemble_id(singles)


def split_models(models: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the single models, members of ensembles included, and the ensembles."""
    singles = list(dict.fromkeys(member for model in models for member in members_of(model)))
    return singles, [model for model in models if model not in singles]
