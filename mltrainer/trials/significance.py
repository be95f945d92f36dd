"""What a trial's figures are worth after everything that was tried on overlapping data."""

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.bootstrap import draw_dates
from mltrainer.evaluation.differences import adjusted
from mltrainer.evaluation.overfitting import BY_CHANCE, LEAST_MODELS, overfitting_probability
from mltrainer.evaluation.sentence import sentence_of
from mltrainer.evaluation.significance import expected_max_sharpe, p_of_mean, p_of_overlapping, psr_of_returns
from mltrainer.evaluation.superior import superior_ability
from mltrainer.models.registry import members_of
from mltrainer.settings.errors import DataError
from mltrainer.settings.parts.significance import Significance
from mltrainer.trials.job import Job
from mltrainer.trials.verdicts import by_chance

if TYPE_CHECKING:
    from mltrainer.trials.forecast import Forecast

LEAST_DAYS = 63
SKETCH = 64
# So many sampled names of each of two sets, and none in common: the sets are not of the same tickers.
SURE = 8
RESAMPLES = 1000
# Chance that luck alone is called significant, and share of what is called so that may be luck. A trial makes two
# claims, of its return and of its order of the tickers: each has half of it.
LEVEL = 0.05
CLAIM = LEVEL / 2


def attempts(found: "Forecast") -> list[dict[str, Any]]:
    """Return what a forecast tried, one entry for each evaluated model, as the store keeps it.

    ``p_return`` is the p-value of the picks' return beyond the equal-weight market, ``p_rank`` that of the rank IC.
    """
    return [
        attempt(found.job, row.model)
        | {"sharpe": _sharpe(returns), "p_return": p_of_mean(_beyond(found, row.model), horizon_end=found.horizon_end)}
        | ({} if row.rank_ic_t is None else {"p_rank": _p_rank(found, row.rank_ic_t, row.test_dates)})
        for row in found.rows
        if len(returns := found.daily[row.model]) >= LEAST_DAYS
    ]


def attempt(job: Job, model: str) -> dict[str, Any]:
    """Return that a model was tried with the job's settings, without a Sharpe ratio over the test blocks."""
    return {
        "source": _source(job),
        "tickers": _sketch(job),
        "first": job.panel.dates[0],
        "last": job.panel.dates[-1],
        "event": _event(job),
        "model": model,
        "key": _key(job, model),
    }


def significance(found: "Forecast", beside: Sequence[dict[str, Any]] = ()) -> Significance:
    """Return how many models were tried on overlapping data, for whatever event, and what the best of them is worth.

    The same model with the same settings counts once, however often it was run. ``beside`` holds attempts that the job
    made besides its evaluated models; those without a Sharpe ratio count in number, not in spread.
    """
    job, mine = found.job, attempts(found)
    if old := next((entry for entry in job.tried if "event" not in entry), None):
        raise DataError(
            f"trial {old.get('trial_id', '')} of this home was kept by an earlier version, which did not note what it "
            "predicted, so the tries cannot be counted",
            hint="start with another home: --home DIR",
            code="old_home",
        )
    entries = [entry for entry in (*job.tried, *beside, *mine) if _overlaps(job, entry)]
    family = {entry["key"]: entry for entry in entries}
    # Whoever asks twenty questions of the same bars and keeps one answer has tried twenty times.
    tries = {
        "trials_in_family": len(family),
        "tries_of_event": sum(entry["event"] == _event(job) for entry in family.values()),
    }
    if not mine:
        return Significance(**tries)
    best = max(mine, key=lambda entry: entry["sharpe"])
    returns = found.daily[best["model"]]
    sharpes = [entry["sharpe"] for entry in family.values() if "sharpe" in entry]
    luck = expected_max_sharpe(len(family), float(np.var(sharpes, ddof=1))) if len(sharpes) > 1 else 0.0
    figures: dict[str, Any] = {
        **tries,
        "best_model": best["model"],
        "sharpe": best["sharpe"] * np.sqrt(252),
        "probabilistic_sharpe": psr_of_returns(returns),
        "deflated_sharpe": psr_of_returns(returns, benchmark=luck),
        "sharpe_by_luck": luck * np.sqrt(252),
        "spa_p": _superior(found),
        **overfitting_of(np.column_stack(list(found.daily.values())), found.horizon_end),
        **_false_discovery("return", mine, family, job),
        **_false_discovery("rank", mine, family, job),
    }
    figures["significant"] = (
        figures["deflated_sharpe"] >= 1 - LEVEL and figures["spa_p"] <= LEVEL and figures["return_q_store"] <= CLAIM
    )
    figures["rank_significant"] = figures.get("rank_q_store", 1.0) <= CLAIM
    return Significance(**figures, summary=summary(figures))


def summary(figures: dict[str, Any]) -> str:
    """Return in a sentence how much was tried, and whether anything is left of it."""
    verdict = "significant" if figures["significant"] else "not significant"
    tried, of_event = figures["trials_in_family"], figures["tries_of_event"]
    text = f"{tried} {'strategy' if tried == 1 else 'strategies'} tried on these data so far"
    text += f", {of_event} of them for this event: " if of_event < tried else ": "
    text += f"deflated Sharpe {figures['deflated_sharpe']:.2f}, {verdict}"
    if "rank_q_store" in figures:
        order = "significant" if figures["rank_significant"] else "not distinguishable from chance"
        text += f"; the order of the tickers is {order} ({by_chance('q', figures['rank_q_store'])})"
    return text


def _superior(found: "Forecast") -> float:
    """Return the p-value that no model of the trial earns more than the equal-weight market."""
    block = 2 * found.horizon_end
    gains = np.column_stack([_beyond(found, model) for model in found.daily])
    rng = np.random.default_rng(found.job.settings.seed)
    weights = draw_dates(len(gains), mean_block=block, resamples=RESAMPLES, rng=rng)
    return superior_ability(gains, weights, mean_block=block)


def overfitting_of(daily: FloatArray, horizon_end: int) -> dict[str, Any]:
    """Return the probability of backtest overfitting, of daily returns (n_days, n_models).

    Nothing is returned where models and days are not enough to speak of it.
    """
    fitting = [blocks for blocks in (16, 8) if len(daily) // blocks >= 2 * horizon_end]
    if daily.shape[1] < LEAST_MODELS or not fitting:
        return {}
    return {
        "pbo": overfitting_probability(daily, blocks=fitting[0]),
        "pbo_models": daily.shape[1],
        "pbo_by_chance": BY_CHANCE,
    }


def _false_discovery(
    what: str, mine: list[dict[str, Any]], family: dict[str, dict[str, Any]], job: Job
) -> dict[str, Any]:
    """Return the best p-value of the trial, and its share of false discoveries among all tries."""
    own = [entry for entry in mine if f"p_{what}" in entry]
    if not own:
        return {}
    best = min(own, key=lambda entry: entry[f"p_{what}"])
    figures: dict[str, Any] = {f"{what}_p": best[f"p_{what}"]}
    if what == "rank":
        figures["rank_model"] = best["model"]
    # Its own trial belongs to the session too.
    now = {entry["key"] for entry in mine}
    session = {
        key: entry
        for key, entry in family.items()
        if key in now or (job.session is not None and entry.get("session") == job.session)
    }
    for scope, tries in (("session", session), ("store", family)):
        known = [entry for entry in tries.values() if f"p_{what}" in entry]
        # Tries on the same data depend on each other, and somebody looks after every one of them.
        shares = adjusted([entry[f"p_{what}"] for entry in known], dependent=True)
        figures[f"{what}_q_{scope}"] = next(
            share for entry, share in zip(known, shares, strict=True) if entry["key"] == best["key"]
        )
    return figures


def _beyond(found: "Forecast", model: str) -> FloatArray:
    """Return the daily net returns of a model's picks beyond the equal-weight market's, (n_days,)."""
    returns = found.daily[model]
    return returns - found.equal_weight[: len(returns)]


def _p_rank(found: "Forecast", t: float, n_dates: int) -> float:
    return p_of_overlapping(t, n_dates=n_dates, horizon_end=found.horizon_end)


def _overlaps(job: Job, entry: dict[str, Any]) -> bool:
    """Tell whether an earlier attempt looked at some of the same bars."""
    panel = job.panel
    meet = entry["first"] <= panel.dates[-1] and entry["last"] >= panel.dates[0]
    return entry["source"] == _source(job) and meet and _shares(_sketch(job), entry["tickers"])


def _shares(mine: Sequence[int], others: Sequence[int]) -> bool:
    """Tell whether two sketches may be of sets of tickers that share names: only what is surely apart is not."""
    if not set(mine).isdisjoint(others):
        return True
    # A sketch that was cut off tells nothing of the names whose hash is above its last.
    edge = min((one[-1] for one in (mine, others) if len(one) == SKETCH), default=None)
    return edge is not None and min(sum(value <= edge for value in one) for one in (mine, others)) < SURE


def _event(job: Job) -> str:
    """Return the target event in words; two settings that say the same are one."""
    return sentence_of(job.settings.model_dump())


def _source(job: Job) -> str:
    """Return the market: an artificial one is another with every seed."""
    request = job.request
    return f"simulated {request.seed} {request.simulation}" if job.panel.simulated else "real"


def _sketch(job: Job) -> list[int]:
    """Return the smallest hashes of the tickers, in order: a sample that is drawn alike from every set."""
    return sorted(zlib.crc32(ticker.encode()) for ticker in job.panel.tickers)[:SKETCH]


def _key(job: Job, model: str) -> str:
    """Return what makes an attempt one of its own: data, model with its parameters, and settings that train."""
    settings = job.settings.model_dump(
        mode="json", exclude={"models", "confidence_threshold", "model_params", "interval"}
    )
    params = {name: job.settings.model_params.get(name, {}) for name in members_of(model)}
    return f"{job.panel.fingerprint[:23]}|{model}|{params}|{sorted(settings.items())}"


def _sharpe(returns: FloatArray) -> float:
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread if spread > 0 else 0.0
