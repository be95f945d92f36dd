"""The leak certificate finds every classic leak that is planted, and raises no alarm where there is none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mltrainer.trials.certificate
import mltrainer.trials.confidence
import mltrainer.trials.job
import mltrainer.trials.local_engine
import mltrainer.trials.market
import mltrainer.trials.walk
from mltrainer.data.panel import Macro
from mltrainer.evaluation.leaks import copies_of_target, lost_in_a_day, shifted_area
from mltrainer.features import build
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.trials.certificate import copies, known_by
from mltrainer.trials.forecast import open_bench
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
    assert again.document["leak_certificate"] == clean.document["leak_certificate"]
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

    def leaky(walk: Any, scores: Any, position: int, raw: Any) -> Any:
        block = walk.blocks[position]
        longer = replace(block, fold=replace(block.fold, train_end=block.fold.test_stop - 1))
        blocks = tuple(longer if one is block else one for one in walk.blocks)
        other = replace(walk, blocks=blocks)
        other._known[position] = walk.final
        return honest(other, scores, position, raw)

    for module in (mltrainer.trials.confidence, mltrainer.trials.certificate):
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
