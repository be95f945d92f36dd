"""Where the models of a trial are fitted, calibrated and judged, and what an earlier trial kept is taken over."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.models.registry import BASELINES, MODELS, members_of
from mltrainer.regime.score import LABELS
from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.trials import curves, predictions
from mltrainer.trials.confidence import Confidence, calibrate
from mltrainer.trials.engine import content_key
from mltrainer.trials.ensembles import combine
from mltrainer.trials.evaluate import BASE_RATE, Scored, base_rate_says, evaluation_row, scored_rows
from mltrainer.trials.fit_task import entry_of
from mltrainer.trials.freed import give_back
from mltrainer.trials.intervals import quantile_model
from mltrainer.trials.job import Job
from mltrainer.trials.kept import judged_key, load_judged, load_said, once, said_key, save_judged, save_said
from mltrainer.trials.market import STATES, regime_of
from mltrainer.trials.matrices import prepare
from mltrainer.trials.scoring import score_models
from mltrainer.trials.selection import Selection, are_all, best_so_far
from mltrainer.trials.threads import in_threads
from mltrainer.trials.walk import Scores, Walk, cut

# From so many rows on, models are judged when all of them are fitted: both at once would take the memory of both.
MANY_ROWS = 2_000_000


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
        if not job.fresh:
            self.said |= {name: kept for name in names if (kept := load_said(self._said_path(name)))}
        job.spent.cached_fits += sum(len(self.walk.blocks) for name in names if name in self.said and name in MODELS)
        missing = [name for name in names if name not in self.said]
        if BASE_RATE in missing:
            self.said[BASE_RATE] = self._keep(base_rate_says(self.walk))
        threads = max(job.workers, 1)
        # The blocks' threads end last: a model that is being calibrated when a trial is stopped still needs them.
        with ThreadPoolExecutor(threads) as blocks, ThreadPoolExecutor(threads) as pool:
            heard: dict[str, Callable[[], Confidence]] = {}

            def hear(scores: Scores) -> None:
                # A model is calibrated and judged while others are still fitted.
                later = partial(self._heard, scores, blocks)
                many = len(self.walk.matrices.date) >= MANY_ROWS
                heard[scores.model] = later if many else pool.submit(later).result

            self._scores([name for name in missing if name not in (*ensembles, BASE_RATE)], failed, hear)
            known = [name for name in missing if name in heard]
            self.said |= in_threads(known, lambda name: heard[name](), job, "calibrate")
            formed = [name for name in missing if name in ensembles and set(members_of(name)) <= set(self.said)]
            self.said |= in_threads(
                formed, lambda name: self._calibrated(self._combined(name), blocks), job, "calibrate"
            )

    def _heard(self, scores: Scores, blocks: ThreadPoolExecutor) -> Confidence:
        """Calibrate a single model's scores, and judge at once what it said."""
        said = self._calibrated(scores, blocks)
        self._judged[said.model] = self._figures(said)
        give_back()
        return said

    def _calibrated(self, scores: Scores, blocks: ThreadPoolExecutor) -> Confidence:
        calibrators = None if self.job.fresh else self.job.cache / "calibrators"
        return self._keep(calibrate(self.walk, scores, calibrators, blocks.map))

    def _keep(self, said: Confidence) -> Confidence:
        """Keep what a model said as soon as it said it: a trial that is cancelled later loses nothing of it."""
        save_said(self._said_path(said.model), said)
        return said

    def _said_path(self, name: str) -> Path:
        return self.job.cache / "said" / f"{said_key(self.job, name)}.npz"

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

    def quantiles(self, chosen: str) -> Confidence | None:
        """Return what the model says between whose quantiles intervals lie; None where they lie around expectations."""
        name = quantile_model(self.job.settings, chosen)
        if name is None:
            return None
        self.say([name])
        return self.said[name]

    def store(self, said: list[Confidence]) -> str:
        """Store what models said, or copy it from an earlier trial in which they said the same; return its digest."""
        key = content_key("predictions", *(said_key(self.job, one.model) for one in said))
        return once(self.job, key, predictions.FILE, lambda: predictions.store(self.walk, said, self.job.folder))

    def save_curves(self, daily: dict[str, FloatArray]) -> None:
        """Save the curves of models by their daily net returns, (n_days,), or copy them from an earlier trial."""

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
    """
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


def split_models(models: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the single models, members of ensembles included, and the ensembles."""
    singles = list(dict.fromkeys(member for model in models for member in members_of(model)))
    return singles, [model for model in models if model not in singles]
