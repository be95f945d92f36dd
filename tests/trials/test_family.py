"""What counts as tried on the same data: every question asked of the same bars, whoever asked it and when."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from mltrainer.settings.parameters import Settings
from mltrainer.settings.parts.significance import Significance
from mltrainer.trials.significance import attempts, significance

NAMES = tuple(f"T{place}" for place in range(500))


def trial(tried: list[dict[str, Any]], *, tickers: Any = NAMES, first: str = "2014-01-02", **settings: Any) -> Any:
    """Return what a trial of one model measured, on a market without any signal."""
    rng = np.random.default_rng(len(tried))
    panel = SimpleNamespace(
        dates=[first, "2017-12-29"], tickers=tickers, fingerprint=f"sha256:{len(tickers)}", simulated=False
    )
    job = SimpleNamespace(
        panel=panel,
        settings=Settings(models=("xgboost",), **settings),
        request=None,
        tried=tried,
        session=f"S{len(tried)}",
    )
    row = SimpleNamespace(model="xgboost", rank_ic_t=0.3, test_dates=400)
    return SimpleNamespace(
        job=job,
        rows=[row],
        daily={"xgboost": rng.normal(0.001, 0.01, 400)},
        equal_weight=np.zeros(400),
        horizon_end=10,
    )


def played(trials: list[dict[str, Any]]) -> list[Significance]:
    tried: list[dict[str, Any]] = []
    found = []
    for one in trials:
        result = trial(list(tried), **one)
        found.append(significance(result))
        tried += attempts(result)
    return found


def test_another_question_to_the_same_bars_is_another_try() -> None:
    asked = [{}, {"label": "beats_median"}, {"target_return": 0.08}, {"confidence_threshold": 0.3}, {"top_k": 5}]
    found = played(asked)
    # Another threshold reads the same forecast; other picks are a try of the same event.
    assert [one.trials_in_family for one in found] == [1, 2, 3, 3, 4]
    assert [one.tries_of_event for one in found] == [1, 1, 1, 1, 2]
    assert found[0].summary and found[0].summary.startswith("1 strategy tried on these data so far: ")
    assert (
        found[-1].summary and "4 strategies tried on these data so far, 2 of them for this event: " in found[-1].summary
    )
    # Eight questions cost as much as eight tries of one.
    questions = played([{"target_return": 0.02 + 0.005 * place} for place in range(8)])[-1]
    variants = played([{"top_k": 1 + place} for place in range(8)])[-1]
    assert (questions.deflated_sharpe, questions.rank_q_store) == (variants.deflated_sharpe, variants.rank_q_store)


def test_a_part_of_the_tickers_or_of_the_time_is_the_same_data() -> None:
    found = played([{}, {"tickers": NAMES[:20]}, {"tickers": NAMES[20:40], "first": "2016-01-04"}])
    assert [one.trials_in_family for one in found] == [1, 2, 2]
    # The 22 largest names of a market of 5,000 belong to it, though the sample of either need not hold the other.
    market = tuple(f"M{place}" for place in range(5000))
    assert all(
        played([{"tickers": market}, {"tickers": market[at : at + 22]}])[1].trials_in_family == 2 for at in (0, 99)
    )
    elsewhere = played([{}, {"tickers": tuple(f"X{place}" for place in range(500))}])
    assert [one.trials_in_family for one in elsewhere] == [1, 1]
