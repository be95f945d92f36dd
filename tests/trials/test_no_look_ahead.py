"""No look-ahead through the whole trial: what happens after a day changes no prediction dated on or before it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mltrainer.trials.job
import mltrainer.trials.walk
from mltrainer.features import build
from mltrainer.trials.labels import outcomes
from tests.trials.market import KEYS, Outcome, bars, run_trial, small

SESSIONS = 520
# The blocks start at 126, 189, 252, 315, 378, 441, 504; the one from 441 on is calibrated on out-of-fold rows.
CUT = 470
BLOCK = 441
SAID = ["raw_score", "probability", "calibrated", "expected_return", "fold", "train_end"]
PAIR = "(lightgbm,logistic_regression)"
ENSEMBLES = small(models=("logistic_regression", "lightgbm", *(kind + PAIR for kind in ("weighted", "stack", "gated"))))
ONE_QUICK_MODEL: dict[str, Any] = {"models": ("logistic_regression",), "model_params": {}}


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return bars(26, SESSIONS)


@pytest.fixture(scope="module")
def whole(market: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_trial(market, tmp_path_factory.mktemp("whole"), arguments=ENSEMBLES)


def sessions_of(frame: pd.DataFrame) -> np.ndarray:
    return np.sort(frame["date"].unique())


def until(frame: pd.DataFrame, session: int) -> pd.DataFrame:
    return frame[frame["date"] <= sessions_of(frame)[session]]


def differing(one: Outcome, other: Outcome, session: int, market: pd.DataFrame) -> list[str]:
    """Return the columns in which predictions dated up to a session differ by a single bit."""
    day = sessions_of(market)[session]
    tables = []
    for outcome in (one, other):
        table = outcome.predictions
        tables.append(table[table["date"] <= day].sort_values(KEYS, kind="stable").reset_index(drop=True))
    assert len(tables[0]) > 1000
    assert set(tables[0]["model"]) == set(tables[1]["model"])
    if not tables[0][KEYS].equals(tables[1][KEYS]):
        return ["rows"]
    return [name for name in SAID if tables[0][name].to_numpy().tobytes() != tables[1][name].to_numpy().tobytes()]


def noise_after(frame: pd.DataFrame, session: int) -> pd.DataFrame:
    """Return bars that go wild after a session: jumps as of splits, broken bars, missing ones."""
    random = np.random.default_rng(3)
    later = (frame["date"] > sessions_of(frame)[session]).to_numpy()
    changed = frame.copy()
    factor = np.exp(random.normal(0, 0.05, later.sum()).cumsum() * random.choice([1, -1], later.sum()))
    for column in ("open", "high", "low", "close"):
        changed.loc[later, column] *= factor
    changed.loc[later, "volume"] = random.integers(1, 10**7, later.sum())
    at = np.flatnonzero(later)
    changed.loc[changed.index[at[::97]], "high"] = 0.01
    changed.loc[changed.index[at[::89]], "close"] = np.nan
    return changed.drop(changed.index[at[::53]])


def later_listing(frame: pd.DataFrame, session: int) -> pd.DataFrame:
    """Return bars with a ticker whose first bar comes after a session; its name moves every column of the panel."""
    twin = frame[(frame["ticker"] == frame["ticker"].iloc[0]) & (frame["date"] > sessions_of(frame)[session])]
    return pd.concat([frame, twin.assign(ticker="A001")], ignore_index=True)


def halted(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return bars without those of three tickers between two sessions, both inclusive."""
    days = sessions_of(frame)[first : last + 1]
    stopped = frame["ticker"].isin(sorted(frame["ticker"].unique())[:3])
    return frame[~(stopped & frame["date"].isin(days))]


def test_calibrated_rows_lie_before_the_cut(whole: Outcome, market: pd.DataFrame) -> None:
    early = whole.predictions[whole.predictions["date"] <= sessions_of(market)[CUT]]
    shares = early.groupby("model")["calibrated"].mean()
    assert (shares.drop("base_rate") > 0).all()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(until, id="truncated"),
        pytest.param(noise_after, id="noise"),
        pytest.param(later_listing, id="later_listing"),
    ],
)
def test_what_comes_after_a_day_changes_no_prediction_up_to_it(
    change: Callable[[pd.DataFrame, int], pd.DataFrame], market: pd.DataFrame, whole: Outcome, tmp_path: Path
) -> None:
    other = run_trial(change(market, CUT), tmp_path, arguments=ENSEMBLES)
    assert differing(whole, other, CUT, market) == []


@pytest.mark.parametrize(
    ("first", "last"), [(CUT - 3, CUT + 5), (BLOCK - 5, CUT + 5)], ids=["within_a_block", "across_a_block_start"]
)
def test_a_halt_that_spans_the_day_changes_nothing(first: int, last: int, market: pd.DataFrame, tmp_path: Path) -> None:
    # Seen from the day itself, a halt looks like the end of the ticker.
    stopped = halted(market, first, last)
    arguments = small(**ONE_QUICK_MODEL)
    whole = run_trial(stopped, tmp_path / "whole", arguments=arguments)
    cut = run_trial(until(stopped, CUT), tmp_path / "cut", arguments=arguments)
    assert differing(whole, cut, CUT, market) == []


def test_other_label_window_and_a_universe_that_changes_by_the_day(market: pd.DataFrame, tmp_path: Path) -> None:
    settings = {"label": "beats_median", "window": "rolling", "train_sessions": 252, "universe": "top-21"}
    arguments = small(**ONE_QUICK_MODEL, **settings)
    whole = run_trial(market, tmp_path / "whole", arguments=arguments, action="walk_forward_test")
    for name, change in {"cut": until, "noise": noise_after}.items():
        other = run_trial(change(market, CUT), tmp_path / name, arguments=arguments, action="walk_forward_test")
        assert differing(whole, other, CUT, market) == []
    assert whole.predictions.groupby(["date", "model"]).size().max() == 21


def test_appended_bars_add_folds_and_move_none(market: pd.DataFrame, whole: Outcome, tmp_path: Path) -> None:
    shorter = run_trial(until(market, CUT), tmp_path, arguments=ENSEMBLES)
    for before, after in zip(shorter.document["evaluation"], whole.document["evaluation"], strict=True):
        assert before["folds"] < after["folds"]
        assert after["train_rows"][: before["folds"]] == before["train_rows"]
    today = shorter.document["data"]["as_of"]
    assert today == str(sessions_of(market)[CUT])[:10]


@pytest.mark.slow
def test_statistical_models_see_no_future(market: pd.DataFrame, tmp_path: Path) -> None:
    names = ("exponential_smoothing", "local_level", "garch", "markov_switching", "block_bootstrap")
    settings = {"arguments": small(models=names, model_params={}), "action": "walk_forward_test"}
    whole = run_trial(market, tmp_path / "whole", **settings)
    # They are slow to fit: one other future has both a new ticker and noise.
    other = run_trial(noise_after(later_listing(market, CUT), CUT), tmp_path / "other", **settings)
    assert differing(whole, other, CUT, market) == []


@pytest.mark.slow
def test_the_sequence_model_sees_no_future(market: pd.DataFrame, tmp_path: Path) -> None:
    arguments = small(models=("lstm",), model_params={"lstm": {"epochs": 1, "hidden": 4, "max_windows": 1000}})
    # A process of its own: torch and the other libraries do not share one.
    both = [
        run_trial(frame, tmp_path / name, arguments=arguments, action="walk_forward_test", workers=1)
        for name, frame in {"whole": market, "cut": until(market, CUT)}.items()
    ]
    assert differing(*both, CUT, market) == []


# Proof that the check sees: a leak is planted, and the check must find it.


def pair(frame: pd.DataFrame, tmp_path: Path, **settings: Any) -> tuple[Outcome, Outcome]:
    arguments = small(**ONE_QUICK_MODEL, **settings)
    run = {"arguments": arguments, "action": "walk_forward_test"}
    return run_trial(frame, tmp_path / "whole", **run), run_trial(until(frame, CUT), tmp_path / "cut", **run)


def test_a_feature_of_tomorrow_is_found(market: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = build.build_features

    def leaky(panel: Any, member: Any, rows: Any, out: Any = None, **more: Any) -> Any:
        out = honest(panel, member, rows, out, **more)
        date, ticker = rows
        tomorrow = np.minimum(date + 1, len(panel.sessions) - 1)
        out[:, 0] = panel.close[tomorrow, ticker] / panel.close[date, ticker]
        return out

    monkeypatch.setattr(build, "build_features", leaky)
    assert "raw_score" in differing(*pair(market, tmp_path), CUT, market)


def test_labels_as_they_became_known_later_are_found(
    market: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def final(panel: Any, member: Any, matrices: Any, settings: Any, fold: Any) -> Any:
        return outcomes(panel, member, matrices, settings, len(panel.sessions))

    monkeypatch.setattr(mltrainer.trials.walk, "known_to_fold", final)
    stopped = halted(market, BLOCK - 5, CUT + 5)
    assert "probability" in differing(*pair(stopped, tmp_path), CUT, market)


def test_a_universe_chosen_over_the_whole_file_is_found(
    market: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chosen_afterwards(panel: Any, universe: str) -> Any:
        value = np.nansum(panel.close[CUT:] * panel.volume[CUT:], axis=0)
        chosen = np.argsort(-value)[:21]
        member = np.isfinite(panel.close) & np.isin(np.arange(len(panel.tickers)), chosen)
        return member, {}

    monkeypatch.setattr(mltrainer.trials.job, "membership", chosen_afterwards)
    assert differing(*pair(market, tmp_path), CUT, market) != []
