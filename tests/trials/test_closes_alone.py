"""Trials on closes without opens, highs, lows and volume, beside the same trials on whole bars."""

from pathlib import Path

import numpy as np
import pytest

from mltrainer.settings.errors import DataError
from tests.trials.market import Outcome, bars, run_trial, small

BARS = bars(25, 300)
CLOSES = BARS[["date", "ticker", "close"]]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    arguments = small(models=("logistic_regression",))
    return run_trial(CLOSES, tmp_path_factory.mktemp("closes"), arguments=arguments, defaulted=["slippage"])


def test_the_result_says_what_is_absent_and_what_is_left_out_for_it(trial: Outcome) -> None:
    document = trial.document
    absent = document["data"]["absent"]
    assert absent["columns"] == ["open", "high", "low", "volume"]
    assert {"gap", "atr_14", "volume_z", "volume_z_rank"} < set(absent["features"])
    assert "ohlc_order" in absent["checks"] and "stale_close" not in absent["checks"]
    [said] = [one["message"] for one in document["warnings"] if one["code"] == "columns_absent"]
    assert f"{len(absent['features'])} features" in said and "next close" in said
    candidates = document["candidates"]
    assert len(candidates) > 15 and not any("dollar_volume" in one for one in candidates)
    named = {driver["feature"] for one in candidates for driver in one["drivers"]}
    assert named and not named & set(absent["features"])
    assert all(check["passed"] for check in document["leak_certificate"])


def test_outcomes_are_those_of_the_closes(trial: Outcome) -> None:
    close = CLOSES.pivot(index="date", columns="ticker", values="close")
    shown = trial.predictions.query("model == 'logistic_regression'").dropna(subset="outcome")
    ahead = np.stack([close.shift(-step).to_numpy() for step in range(7, 11)])
    row, column = close.index.get_indexer(shown["date"]), close.columns.get_indexer(shown["ticker"])
    reached = ahead[:, row, column] / close.to_numpy()[row, column] - 1
    whole = np.isfinite(reached).all(axis=0)
    assert whole.mean() > 0.9
    np.testing.assert_array_equal((reached[:, whole] >= 0.03).any(axis=0), shown["outcome"].to_numpy()[whole] == 1)
    np.testing.assert_allclose(reached[-1, whole], shown["realized_return"].to_numpy()[whole], rtol=1e-6)


def test_portfolios_buy_at_the_next_close_and_pay_the_stated_costs_alone(trial: Outcome) -> None:
    table = CLOSES.pivot(index="date", columns="ticker", values="close")
    paid, close, dates, length = table.to_numpy(), table.ffill().to_numpy(), table.index, 10
    total: dict[int, float] = {}
    for day, own in trial.predictions.query("model == 'logistic_regression'").groupby("date"):
        start = dates.get_loc(day)
        picks = own.sort_values(["probability", "raw_score"], ascending=False, kind="stable")["ticker"][:5]
        column = table.columns.get_indexer(picks)
        before = 1.0
        for step in range(1, min(length, len(dates) - 1 - start) + 1):
            grown = close[start + step, column] / paid[start + 1, column] * (1 - 5e-4) ** (1 + (step == length))
            # What has no price on the next day is not bought.
            worth = float(np.where(np.isnan(grown), 1.0, grown).mean())
            total[start + step] = total.get(start + step, 0.0) + (worth / before - 1) / length
            before = worth
    daily = np.array([total[day] for day in sorted(total)])
    found = trial.document["evaluation"][0]["portfolio"]
    assert found["mean_cost_bps"] == pytest.approx(5)
    assert found["volatility"] == pytest.approx(daily.std(ddof=1) * np.sqrt(252), rel=1e-6)
    assert found["sharpe"] == pytest.approx(daily.mean() / daily.std(ddof=1) * np.sqrt(252), rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({"universe": "top-20"}, "top-20 ranks tickers by traded value, and these data have no volume"),
        ({"touch": "high"}, "touch high needs high and low, and these data have no high and no low"),
        ({"entry": "next_open"}, "entry next_open needs open, and these data have no open"),
        ({"slippage": "half_spread"}, "slippage half_spread needs volume, and these data have no volume"),
    ],
)
def test_what_needs_them_is_refused_at_once(tmp_path: Path, changes: dict[str, str], needed: str) -> None:
    with pytest.raises(DataError) as caught:
        run_trial(CLOSES, tmp_path, arguments=small(**{"slippage": "none"} | changes))
    assert (caught.value.message, caught.value.code) == (needed, "column_absent")
    assert caught.value.hint.startswith("choose")
