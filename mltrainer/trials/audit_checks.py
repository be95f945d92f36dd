"""The leak checks of an audit: those of the certificate for every fold, and those that need all fits again."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mltrainer.data.load import load_panel
from mltrainer.data.panel import FloatArray
from mltrainer.data.universe import membership
from mltrainer.evaluation.by_date import area_under_curve, group_dates
from mltrainer.features import build
from mltrainer.models.registry import MODELS, members_of
from mltrainer.settings.result import LeakCheck
from mltrainer.trials.bench import Bench
from mltrainer.trials.certificate import OFF, check, copies, known_by, one_day, purge, shifted
from mltrainer.trials.certificate_fits import changed_by_the_future, refit_of
from mltrainer.trials.certificate_said import calibration, weights
from mltrainer.trials.confidence import Confidence, calibrate
from mltrainer.trials.ensembles import combine
from mltrainer.trials.forecast import Forecast
from mltrainer.trials.job import Job
from mltrainer.trials.labels import Outcomes
from mltrainer.trials.matrices import open_matrices
from mltrainer.trials.scoring import score_models
from mltrainer.trials.walk import Walk


def full_checks(job: Job, bench: Bench, found: Forecast, scratch: Path) -> list[LeakCheck]:
    """Return every check at full size: each fold is looked at, and every model is fitted again.

    Parameters
    ----------
    bench
        Rows and folds of the trial; its matrices are open.
    found
        What the trial said.
    """
    walk, said = bench.walk, found.said[found.chosen]
    folds = list(range(len(walk.folds)))
    singles = [name for name in found.said if name in MODELS]
    checks = [purge(walk), *known_by(job, walk, folds), _as_loaded_then(job, walk)]
    changed: dict[str, str] = {}
    for fold in folds:
        job.stage("other futures", fold, len(folds))
        changed |= changed_by_the_future(job, found.said, refit_of(walk, singles, scratch, fold))
    what = f"scores of {', '.join(singles)} in {len(folds)} folds"
    checks.append(check("models_of_the_past", not changed, what, "; ".join(changed.values())))
    calibrated = [calibration(job, walk, said, fold) for fold in folds]
    weighed = [one for fold in folds for one in weights(job, walk, found.said, found.chosen, bench.regimes, fold)]
    checks += [_worst(each) for each in (calibrated, weighed) if each]
    checks += [copies(walk, bench.scored, rows=len(bench.scored.rows)), one_day(walk, said, bench.scored)]
    return [*checks, shifted(walk, said, bench.scored, worlds=100), _learned_from_noise(job, bench, singles, found)]


def _worst(checks: list[LeakCheck]) -> LeakCheck:
    """Return the first of the checks of all folds that failed, or the last one."""
    return next((one for one in checks if not one.passed), checks[-1])


def said_with_inputs_of_yesterday(job: Job, bench: Bench, members: Sequence[str], chosen: str) -> Confidence:
    """Fit everything again on what was known one session earlier, and return what it says of the same outcomes."""
    walk = bench.walk
    folder = bench.folder / "yesterday"
    folder.mkdir()
    matrices = walk.matrices
    np.savez(folder / "rows.npz", date=matrices.date, ticker=matrices.ticker)
    (folder / "names.json").write_text(json.dumps(matrices.names))
    place = np.full(walk.panel.shape, -1)
    place[matrices.date, matrices.ticker] = np.arange(len(matrices.date))
    before = np.where(matrices.date > 0, place[matrices.date - 1, matrices.ticker], -1)
    rows = np.array(matrices.features())
    rows = np.where((before >= 0)[:, None], rows[before], np.float32(np.nan))
    np.save(folder / "X.npy", rows)
    for name, values in matrices.by_session().items():
        np.save(folder / name, np.concatenate([np.full_like(values[:1], np.nan), values[:-1]]))
    return _said_on(job, replace(walk, matrices=open_matrices(folder)), bench, members, chosen)


def _said_on(job: Job, walk: Walk, bench: Bench, members: Sequence[str], chosen: str) -> Confidence:
    """Fit members on a changed walk, and return what the model or ensemble that is meant says."""
    scores = score_models(
        walk,
        members,
        engine=job.engine,
        kept=job.cache,
        scratch=bench.folder,
        fresh=job.fresh,
        store=False,
        progress=lambda **step: job.stage(step.pop("stage"), step.pop("done"), step.pop("total"), **step),
    )
    said = [calibrate(walk, scores[name]) for name in members]
    return said[0] if members_of(chosen) == [chosen] else calibrate(walk, combine(walk, chosen, said, bench.regimes))


def _learned_from_noise(job: Job, bench: Bench, singles: Sequence[str], found: Forecast) -> LeakCheck:
    """Fit everything on labels of other days and other tickers: nothing can be learned from them but by a leak."""
    walk = _with_other_labels(bench.walk, seed=job.settings.seed)
    said = _said_on(job, walk, bench, members_of(found.chosen), found.chosen)
    oof = slice(walk.first_row, walk.stop_row)
    event = walk.final.event[oof]
    rows = np.flatnonzero(~np.isnan(event))
    dates, ahead = group_dates(walk.matrices.date[oof][rows]), walk.settings.horizon[1]
    area = area_under_curve(said.probability[rows], event[rows], dates)
    area = area[np.isfinite(area)]
    blocks = [part.mean() for part in np.array_split(area, max(2, len(area) // (2 * ahead)))]
    # Few blocks may happen to agree. A horizon's dates share their labels, and where a model keeps its order of the
    # tickers they say no more than one date does: the spread of the area for so many tickers, half of them events.
    tickers, horizons = dates.count.mean(), max(len(area) / ahead, 1)
    by_chance = float(np.sqrt((tickers + 1) / 3) / tickers / horizons**0.5)
    mean, error = float(area.mean()), max(float(np.std(blocks, ddof=1)) / len(blocks) ** 0.5, by_chance)
    what = f"{found.chosen} fitted on labels of other days and tickers: AUC by date {mean:.3f} (error {error:.3f})"
    return check("noise_learns_nothing", abs(mean - 0.5) <= max(OFF, 4 * error), what, "is not 0.5")


def _with_other_labels(walk: Walk, *, seed: int) -> Walk:
    """Return the walk with outcomes that went round in a circle, of tickers exchanged for one another.

    The event is to return more than the ticker's own mean beyond the day's median: what a ticker always does, or a day
    did to all of them, could be learned without any leak.
    """
    matrices, ahead = walk.matrices, walk.settings.horizon[1]
    cells = np.full(walk.panel.shape, np.nan)
    cells[matrices.date, matrices.ticker] = walk.final.realized
    known = np.flatnonzero(np.isfinite(cells).any(axis=1))
    part = cells[known[0] : known[-1] + 1]
    part = part - np.nanmedian(part, axis=1, keepdims=True)
    part = part - _mean_of_known(part)
    rng = np.random.default_rng(seed)
    by = int(rng.integers(5 * ahead, max(len(part) - 5 * ahead, 5 * ahead + 1)))
    moved = np.full(walk.panel.shape, np.nan)
    moved[known[0] : known[-1] + 1] = np.roll(part, by, axis=0)[:, rng.permutation(part.shape[1])]
    realized = moved[matrices.date, matrices.ticker]
    event = np.where(np.isnan(realized), np.nan, realized > 0)

    def until(session: int) -> Outcomes:
        late = matrices.date + ahead >= session
        return Outcomes(*(np.where(late, np.nan, values) for values in (event, event * np.nan, realized)))

    other = replace(walk, final=until(walk.evaluated), latest=until(walk.evaluated))
    other._known.update({place: until(fold.test_start) for place, fold in enumerate(walk.folds)})
    return other


def _mean_of_known(values: FloatArray) -> FloatArray:
    """Return the mean of each column over what is known, 0 where nothing is."""
    known = np.isfinite(values)
    return np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _as_loaded_then(job: Job, walk: Walk) -> LeakCheck:
    """Read the data again as they stood in the middle, through the same gate, and compare every feature up to then."""
    fold = walk.folds[len(walk.folds) // 2]
    known, day = fold.test_start, walk.panel.dates[fold.test_start - 1]
    panel = load_panel(job.request.model_copy(update={"as_of": day}))
    member, _ = membership(panel, walk.settings.universe)
    rows = build.row_index(panel, member)
    again = build.build_features(panel, member, rows, feature_set=walk.settings.feature_set)
    stop = walk.matrices.rows_before(known)
    names = np.array(walk.panel.tickers)[walk.matrices.ticker[:stop]]
    same = np.array_equal(names, np.array(panel.tickers)[rows[1]]) and np.array_equal(
        walk.matrices.date[:stop], rows[0]
    )
    same = same and build.feature_names(panel, walk.settings.feature_set) == list(walk.matrices.names)
    before = np.ascontiguousarray(walk.matrices.features()[:stop])
    same = same and np.array_equal(before.view(np.uint32), again.view(np.uint32))
    return check("data_as_of", same, f"members and features from the data as of {day}", "are others than in the trial")
