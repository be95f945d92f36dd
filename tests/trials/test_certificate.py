"""The leak certificate finds every classic leak that is planted, and raises no alarm where there is none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import mltrainer.trials.certificate
import mltrainer.trials.certificate_said
import mltrainer.trials.confidence
import mltrainer.trials.job
import mltrainer.trials.local_engine
import mltrainer.trials.market
import mltrainer.trials.walk
from mltrainer.data.panel import Macro
from mltrainer.evaluation.leaks import copies_of_target, lost_in_a_day, shifted_area
from mltrainer.features import build
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.trials.bench import open_bench
from mltrainer.trials.certificate import copies, known_by
from mltrainer.trials.certificate_said import weights
from mltrainer.trials.ensembles import combine
from mltrainer.trials.job import Job
from mltrainer.trials.labels import outcomes
from mltrainer.trials.matrices import open_matrices
from mltrainer.trials.scratch import scratch

from .market import Outcome, run_trial, small

MARKET = DataRequest(source="simulated", simulation=Simulation(tickers=22, sessions=470))
ARGUMENTS = small(models=("logistic_regression",))
Plant = Callable[[pytest.MonkeyPatch], None]


def trial(place: Path, action: str = "walk_forward_test", **fields: Any) -> Outcome:
    arguments = fields.pop("arguments", ARGUMENTS)
    return run_trial(None, place, data=MARKET.model_dump(mode="json"), action=action, arguments=arguments, **fields)


def failed(outcome: Outcome) -> set[str]:
    return {one["check"] for one in outcome.document["leak_certificate"] if not one["passed"]}


# Clean code.


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return trial(tmp_path_factory.mktemp("clean"), "momentum_screening")


def test_clean_code_raises_no_alarm(clean: Outcome) -> None:
    checks = {one["check"]: one["passed"] for one in clean.document["leak_certificate"]}
    assert all(checks.values()) and len(checks) == 11
    assert not [one for one in clean.document["warnings"] if one["code"] == "leak"]
    assert clean.document["provenance"]["certificate_seconds"] > 0


def test_labels_that_end_early_raise_no_alarm(tmp_path: Path) -> None:
    """The fit of the certificate weighs labels as the fit of the trial did."""
    arguments = ARGUMENTS | {"label": "triple_barrier"}
    assert not failed(trial(tmp_path, arguments=arguments))


def test_the_certificate_is_kept_for_the_next_look(clean: Outcome) -> None:
    again = run_trial(
        None,
        Path(),
        data=clean.request["data"],
        home=Path(clean.request["home"]),
        arguments=clean.request["arguments"] | {"confidence_threshold": 0.5},
        name="T2",
    )
    kept = [one.pop("kept_from") for one in again.document["leak_certificate"]]
    assert again.document["leak_certificate"] == clean.document["leak_certificate"]
    assert min(kept) > clean.document["provenance"]["started"]
    assert "certificate_seconds" not in again.document["provenance"]


def test_candidates_say_what_drives_them_and_how_much_they_trade(clean: Outcome) -> None:
    first, *_, last = clean.document["candidates"]
    shares = [abs(one["share"]) for one in first["drivers"]]
    assert len(shares) == 3 and sorted(shares, reverse=True) == shares and sum(shares) <= 1
    assert first["dollar_volume"] > 0 and -1 <= first["correlation"] <= 1 and "correlation" not in last


# Leaks in what models are given. No model is fitted to find them.


def feature(values: Callable[[Any], np.ndarray]) -> Plant:
    """Plant a first column of the matrix, made from the panel, (n_dates, n_tickers)."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        honest = build.build_features

        def leaky(panel: Any, member: Any, rows: Any, out: Any = None, **more: Any) -> Any:
            out = honest(panel, member, rows, out, **more)
            out[:, 0] = values(panel)[rows]
            return out

        patch.setattr(build, "build_features", leaky)

    return plant


def matrix(change: Callable[[np.ndarray], np.ndarray]) -> Plant:
    """Plant something that is fitted on all rows of the matrix."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        honest = build.build_features

        def leaky(panel: Any, member: Any, rows: Any, out: Any = None, **more: Any) -> Any:
            out = honest(panel, member, rows, out, **more)
            out[:] = change(np.nan_to_num(np.asarray(out, dtype=np.float64)))
            return out

        patch.setattr(build, "build_features", leaky)

    return plant


def ahead(values: np.ndarray, sessions: int) -> np.ndarray:
    """Return what stands some sessions later, the last one where there is none."""
    return values[np.minimum(np.arange(len(values)) + sessions, len(values) - 1)]


def centred(panel: Any) -> np.ndarray:
    return np.mean([ahead(panel.close, 2), ahead(panel.close, 1), panel.close], axis=0) / panel.close


def back_filled(panel: Any) -> np.ndarray:
    """Every seventh close, and between them the next one."""
    n = len(panel.close)
    return panel.close[np.minimum((np.arange(n) + 6) // 7 * 7, n - 1)] / panel.close


def components(rows: np.ndarray) -> np.ndarray:
    away = rows - rows.mean(axis=0)
    _, axes = np.linalg.eigh(away.T @ away)
    return away @ axes


def future_universe(patch: pytest.MonkeyPatch) -> None:
    def chosen_afterwards(panel: Any, universe: str) -> Any:
        order = np.argsort(-np.nansum(panel.close[-50:] * panel.volume[-50:], axis=0))
        return np.isfinite(panel.close) & np.isin(np.arange(len(panel.tickers)), order[:20]), {}

    for module in (mltrainer.trials.job, mltrainer.trials.certificate):
        patch.setattr(module, "membership", chosen_afterwards)


def macro_on_its_own_day(patch: pytest.MonkeyPatch) -> None:
    honest = Macro.at

    def early(macro: Macro, series_id: str, sessions: Any) -> Any:
        return honest(replace(macro, available=macro.reference), series_id, sessions)

    patch.setattr(Macro, "at", early)


def ranked_among_survivors(panel: Any) -> np.ndarray:
    """The place of a return among those of the names that will be traded most at the end."""
    alive = np.argsort(-np.nansum(panel.close[-50:] * panel.volume[-50:], axis=0))[:12]
    returns = panel.close / np.roll(panel.close, 5, axis=0)
    return np.asarray((returns[:, :, None] > returns[:, None, alive]).mean(axis=2))


def encoded_tickers(panel: Any) -> np.ndarray:
    """Each ticker as the rank of its mean outcome over the whole span: a number that never changes."""
    outcome = np.nanmean(ahead(panel.close, 10)[:-10] / panel.close[:-10], axis=0)
    return np.broadcast_to(np.argsort(np.argsort(outcome)).astype(float), panel.close.shape)


def coming_volatility(panel: Any) -> np.ndarray:
    daily = np.diff(np.log(panel.close), axis=0, prepend=np.nan)
    return np.sqrt(np.mean([ahead(daily, sessions) ** 2 for sessions in range(1, 11)], axis=0))


def imputed_by_all(patch: pytest.MonkeyPatch) -> None:
    honest = build.build_features

    def leaky(panel: Any, member: Any, rows: Any, out: Any = None, **more: Any) -> Any:
        out = honest(panel, member, rows, out, **more)
        out[:] = np.where(np.isfinite(out), out, np.nanmean(out, axis=0))
        return out

    patch.setattr(build, "build_features", leaky)


def extremes_left_out(patch: pytest.MonkeyPatch) -> None:
    """Leave out rows that turned out to move much, as outliers."""
    honest = build.row_index

    def leaky(panel: Any, member: Any) -> Any:
        return honest(panel, member & ~(np.abs(ahead(panel.close, 10) / panel.close - 1) > 0.25))

    patch.setattr(build, "row_index", leaky)


def revised_afterwards(patch: pytest.MonkeyPatch) -> None:
    """Take every value as it was revised, on the day of the first one."""
    remembered, honest = mltrainer.trials.job.remembered_panel, Macro.at

    def revising(*args: Any, **more: Any) -> Any:
        panel = remembered(*args, **more)
        once = panel.macro
        both = {name: np.tile(getattr(once, name), 2) for name in ("series", "reference", "available", "values")}
        both["available"][len(once.values) :] += np.timedelta64(40, "D")
        both["values"][len(once.values) :] *= 1.1
        return replace(panel, macro=replace(once, **both))

    def late(macro: Macro, series_id: str, sessions: Any) -> Any:
        count = len(macro.values) // 2
        return honest(replace(macro, values=np.tile(macro.values[count:], 2)), series_id, sessions)

    patch.setattr(mltrainer.trials.job, "remembered_panel", revising)
    patch.setattr(Macro, "at", late)


IN_THE_DATA = {
    "centred_window": (feature(centred), "features_of_the_past"),
    "shifted_by_minus_one": (feature(lambda panel: ahead(panel.close, 1) / panel.close), "features_of_the_past"),
    "back_filled": (feature(back_filled), "features_of_the_past"),
    "global_scaler": (matrix(lambda rows: (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1)), "features_of_the_past"),
    "winsor_limits_of_all": (matrix(lambda rows: np.clip(rows, None, np.quantile(rows, 0.9, axis=0))),
                             "features_of_the_past"),
    "components_of_all": (matrix(components), "features_of_the_past"),
    "copy_of_the_target": (feature(lambda panel: ahead(panel.close, 10) / panel.close), "copies_of_target"),
    "future_universe": (future_universe, "universe_as_of"),
    "rank_among_later_survivors": (feature(ranked_among_survivors), "features_of_the_past"),
    "tickers_encoded_by_their_outcomes": (feature(encoded_tickers), "features_of_the_past"),
    "volatility_to_come": (feature(coming_volatility), "features_of_the_past"),
    "imputed_by_the_mean_of_all": (imputed_by_all, "features_of_the_past"),
    "extremes_left_out": (extremes_left_out, "universe_as_of"),
    "index_level_as_revised_later": (revised_afterwards, "macro_as_of"),
    "macro_before_its_publication": (macro_on_its_own_day, "macro_as_of"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "check"), IN_THE_DATA.values(), ids=list(IN_THE_DATA))
def test_a_leak_in_the_data_is_found(plant: Plant, check: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    job = Job(
        action="walk_forward_test", trial_id="T1", arguments=ARGUMENTS, defaulted=[], request=MARKET, home=tmp_path,
        folder=tmp_path, workers=0, progress=lambda **step: None,
    )  # fmt: skip
    with scratch(job.cache) as folder:
        bench = open_bench(job, folder)
        found = [*known_by(job, bench.walk, [len(bench.walk.folds) - 1]), copies(bench.walk, bench.scored)]
    assert check in {one.check for one in found if not one.passed}


# Leaks in what is done with it.


def own_fold(patch: pytest.MonkeyPatch) -> None:
    """Calibrate a block on its own outcomes too."""
    honest = mltrainer.trials.confidence.say_block

    def leaky(walk: Any, scores: Any, position: int, raw: Any, **kept: Any) -> Any:
        block = walk.blocks[position]
        longer = replace(block, fold=replace(block.fold, train_end=block.fold.test_stop - 1))
        blocks = tuple(longer if one is block else one for one in walk.blocks)
        other = replace(walk, blocks=blocks)
        other._known[position] = walk.final
        return honest(other, scores, position, raw, **kept)

    for module in (mltrainer.trials.confidence, mltrainer.trials.certificate_said):
        patch.setattr(module, "say_block", leaky)


def known_later(patch: pytest.MonkeyPatch) -> None:
    def final(panel: Any, member: Any, matrices: Any, settings: Any, fold: Any) -> Any:
        return outcomes(panel, member, matrices, settings, len(panel.sessions))

    patch.setattr(mltrainer.trials.walk, "known_to_fold", final)


def no_purge(patch: pytest.MonkeyPatch) -> None:
    known_later(patch)
    honest = mltrainer.trials.walk.walk_forward

    def touching(*args: Any, **more: Any) -> Any:
        return [replace(fold, train_end=fold.test_start - 1) for fold in honest(*args, **more)]

    patch.setattr(mltrainer.trials.walk, "walk_forward", touching)


def fit(change: Callable[[Any, np.ndarray, np.ndarray, Any], np.ndarray]) -> Plant:
    """Plant a fit whose scores depend on the test rows as a whole: (labels, rows, scores) -> scores."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        honest = mltrainer.trials.local_engine.run_fit

        def leaky(task: Any) -> Any:
            found = honest(task)
            test = slice(*task.test)
            labels = np.load(Path(task.known) / "labels.npy")[task.fold][test]
            rows = np.nan_to_num(open_matrices(Path(task.folder)).features()[test])
            return replace(found, test=change(labels, rows, found.test, task))

        patch.setattr(mltrainer.trials.local_engine, "run_fit", leaky)

    return plant


def stopped_on_test(patch: pytest.MonkeyPatch) -> None:
    """Choose by the test outcomes, as an early stop on the test fold does."""
    known_later(patch)

    def choose(labels: np.ndarray, rows: np.ndarray, score: np.ndarray, task: Any) -> np.ndarray:
        return score * (1 + labels.mean()) / 2

    fit(choose)(patch)


def scaled_with_test(patch: pytest.MonkeyPatch) -> None:
    fit(lambda labels, rows, score, task: score / (1 + rows.std()))(patch)


def smoothed(patch: pytest.MonkeyPatch) -> None:
    honest = mltrainer.trials.market.detect_regime

    def leaky(*args: Any, **more: Any) -> Any:
        history = honest(*args, **more)
        return replace(history, probabilities=(history.probabilities + ahead(history.probabilities, 5)) / 2)

    patch.setattr(mltrainer.trials.market, "detect_regime", leaky)


IN_THE_WORK = {
    "calibrator_on_its_own_fold": (own_fold, "calibration_of_the_past"),
    "no_purge": (no_purge, "purge"),
    "early_stop_on_the_test_fold": (stopped_on_test, "models_of_the_past"),
    "scaler_fitted_with_the_test_rows": (scaled_with_test, "models_of_the_past"),
}


@pytest.mark.parametrize(("plant", "check"), IN_THE_WORK.values(), ids=list(IN_THE_WORK))
def test_a_leak_in_the_work_is_found(plant: Plant, check: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    found = trial(tmp_path)
    assert check in failed(found)
    assert (plant is no_purge) <= ("labels_as_known" in failed(found))
    assert [one for one in found.document["warnings"] if one["code"] == "leak"]


def test_weights_that_know_the_outcomes_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def known_to_the_end(walk: Any, kind: str, position: int, *more: Any) -> Any:
        block = walk.blocks[position]
        longer = replace(block, fold=replace(block.fold, train_end=block.fold.test_stop - 1))
        other = replace(walk, blocks=tuple(longer if one is block else one for one in walk.blocks))
        other._known[position] = walk.final
        return honest(other, kind, position, *more)

    honest = mltrainer.trials.ensembles.block_rule
    job = Job(
        action="walk_forward_test", trial_id="T1", arguments=ARGUMENTS, defaulted=[], request=MARKET, home=tmp_path,
        folder=tmp_path, workers=0, progress=lambda **step: None,
    )  # fmt: skip
    with scratch(job.cache) as folder:
        walk = open_bench(job, folder).walk
        rng, event = np.random.default_rng(3), walk.final.event[walk.first_row : walk.stop_row]
        for leaky in (False, True):
            if leaky:
                for module in (mltrainer.trials.ensembles, mltrainer.trials.certificate_said):
                    monkeypatch.setattr(module, "block_rule", known_to_the_end)
            said = {
                name: member(np.clip(0.1 + part * np.nan_to_num(event) + rng.random(len(event)) / 9, 0, 1))
                for name, part in (("ridge", 0.1), ("xgboost", 0.2))
            }
            for name in ("weighted(ridge,xgboost)", "stack(ridge,xgboost)"):
                said[name] = combine(walk, name, [said["ridge"], said["xgboost"]], lambda: np.zeros(0))
                said[name] = SimpleNamespace(score=said[name].oof)
                (found,) = weights(job, walk, said, name, lambda: np.zeros(0), len(walk.folds) - 1)
                assert found.passed is not leaky, found
        assert weights(job, walk, said, "ridge", lambda: np.zeros(0), 0) == []


def member(probability: np.ndarray) -> Any:
    return SimpleNamespace(
        probability=probability, today_probability=probability[-5:], tails=[], fits=0, seconds=0.0, train_rows=[],
        drivers=np.empty((0, 0)),
    )  # fmt: skip


def test_smoothed_states_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smoothed(monkeypatch)
    assert failed(trial(tmp_path, "regime_detection", arguments={})) == {"regime_filtered"}


# The checks of scores, on arrays.


def world(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.random.Generator]:
    """Return date, ticker and the daily returns after each date of a market without any signal."""
    rng = np.random.default_rng(seed)
    date, ticker = np.repeat(np.arange(300), 40), np.tile(np.arange(40), 300)
    return date, ticker, rng.normal(0, 0.02, (311, 40)), rng


def test_scores_that_know_tomorrow_lose_it_in_a_day() -> None:
    date, ticker, daily, rng = world(1)
    realized = np.array([daily[t + 1 : t + 11].sum(axis=0) for t in range(300)]).ravel()
    about = {"date": date, "column": ticker, "realized": realized, "horizon_end": 10}
    leaky, before, error = lost_in_a_day(score=daily[1:301].ravel(), **about)
    assert leaky > 0.25 and abs(before) < 4 * error and leaky - before > 4 * error
    # A slow signal, however good, does not.
    slow = np.repeat(rng.normal(size=(1, 40)), 300, axis=0).ravel()
    now, before, error = lost_in_a_day(score=slow, **(about | {"realized": realized + 0.05 * slow}))
    assert now > 0.3 and now - before < 4 * error + 0.001


def test_labels_of_other_days_and_tickers_are_worth_nothing() -> None:
    date, ticker, daily, rng = world(2)
    level = np.tile(rng.normal(size=40), 300)
    event = (level + rng.normal(size=len(level)) > 1).astype(float)
    mean, error = shifted_area(date=date, column=ticker, probability=level, event=event, shifts=20, seed=3)
    assert abs(mean - 0.5) < max(0.02, 4 * error) and error < 0.03


def test_a_copy_of_the_target_is_told_from_a_good_feature() -> None:
    rng = np.random.default_rng(4)
    realized = rng.normal(0, 0.05, 2000)
    event = (realized > 0.05).astype(float)
    columns = np.stack([np.exp(realized), realized + rng.normal(0, 0.02, 2000), -event, np.full(2000, np.nan)], axis=1)
    assert copies_of_target(columns.astype(np.float32), list("abcd"), event, realized) == ["a", "c"]
