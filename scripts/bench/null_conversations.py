"""How often a conversation about noise ends with anything called significant.

    .venv/bin/python scripts/bench/null_conversations.py [--conversations 200] [--trials 20] [--seed 0]

Every conversation has a market of its own without any signal and tries 20 strategies on it, three models a trial, much
alike within a trial and partly alike between trials, as the variants that people try are, and asks for another event
with every trial. The seeds are SEED, SEED + 1, ..: take ones that no rule was made on. What a trial would have
measured is drawn (daily returns of the picks and of the equal-weight market, daily rank IC of overlapping ten-day
labels); the verdict on it is the product's own. It counts as a false claim where any trial of the conversation is
called significant, by its returns or by the order of the tickers. At most 15 of 200 may.
"""

import argparse
import sys
import time
from types import SimpleNamespace

import numpy as np

from mltrainer.evaluation.effective import newey_west_error
from mltrainer.settings.parameters import Settings
from mltrainer.trials.significance import attempts, significance

DAYS, HORIZON, MODELS = 1000, 10, ("logistic_regression", "random_forest", "xgboost")
# Of the market a day, of the picks beyond it, and of the rank IC of one day.
MARKET_SD, PICKS_SD, RANK_SD = 0.009, 0.004, 0.12
SHARED_WITH_TRIALS, SHARED_WITH_MODELS = 0.5, 0.7


def conversation(seed: int, trials: int) -> list[tuple[int, bool, bool]]:
    """Return for each trial its number of tries so far, and which claims it makes."""
    rng = np.random.default_rng(seed)
    market = 0.0004 + MARKET_SD * rng.standard_t(5, DAYS) / np.sqrt(5 / 3)
    common = rng.standard_normal((2, DAYS + HORIZON))
    tried: list[dict] = []
    verdicts = []
    for number in range(trials):
        own = SHARED_WITH_TRIALS**0.5 * common + (1 - SHARED_WITH_TRIALS) ** 0.5 * rng.standard_normal(common.shape)
        daily, rows = {}, []
        for model in MODELS:
            fresh = rng.standard_normal(own.shape)
            mixed = SHARED_WITH_MODELS**0.5 * own + (1 - SHARED_WITH_MODELS) ** 0.5 * fresh
            daily[model] = market + PICKS_SD * mixed[0, :DAYS] - 0.0001
            steps = np.cumsum(mixed[1])
            rank_ic = RANK_SD * (steps[HORIZON:] - steps[:-HORIZON]) / HORIZON**0.5
            t = rank_ic.mean() / newey_west_error(rank_ic, horizon_end=HORIZON)
            rows.append(SimpleNamespace(model=model, rank_ic_t=float(t), test_dates=len(rank_ic)))
        found = SimpleNamespace(
            job=_job(number, tried), rows=rows, daily=daily, equal_weight=market, horizon_end=HORIZON
        )
        said = significance(found)
        verdicts.append((said.trials_in_family, bool(said.significant), bool(said.rank_significant)))
        tried += [entry | {"session": "S1"} for entry in attempts(found)]
    return verdicts


def _job(number: int, tried: list[dict]) -> SimpleNamespace:
    """Return a trial on the same data as all others, with an event of its own."""
    panel = SimpleNamespace(
        dates=["2014-01-02", "2017-12-29"], tickers=("A", "B"), fingerprint="sha256:null", simulated=False
    )
    settings = Settings(models=MODELS, target_return=0.02 + 0.005 * number)
    return SimpleNamespace(panel=panel, settings=settings, request=None, tried=tried, session="S1")


def main() -> int:
    options = argparse.ArgumentParser()
    for name, default in (("conversations", 200), ("trials", 20), ("seed", 0)):
        options.add_argument(f"--{name}", type=int, default=default)
    asked = options.parse_args()
    conversations, trials = asked.conversations, asked.trials
    started = time.perf_counter()
    by_return = by_rank = either = at_end = 0
    for seed in range(asked.seed, asked.seed + conversations):
        verdicts = conversation(seed, trials)
        returns, ranks = any(one[1] for one in verdicts), any(one[2] for one in verdicts)
        by_return, by_rank, either = by_return + returns, by_rank + ranks, either + (returns or ranks)
        at_end += verdicts[-1][1] or verdicts[-1][2]
    seeds = f"seeds {asked.seed} to {asked.seed + conversations - 1}"
    tries = f"{trials} trials without any signal, {trials * len(MODELS)} tries each"
    print(f"{conversations} conversations ({seeds}) of {tries}")
    print(f"ever called significant: {either} (by return {by_return}, by the order of the tickers {by_rank})")
    print(f"called significant by the last trial: {at_end}; {time.perf_counter() - started:.0f} s")
    allowed = round(15 / 200 * conversations)
    print(f"allowed: {allowed}")
    return either > allowed


if __name__ == "__main__":
    sys.exit(main())
