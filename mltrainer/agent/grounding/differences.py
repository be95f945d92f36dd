"""Figures that follow from two others by one step: differences ("0.03 above volatility") and ratios ("3.2 times")."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts, is_among
from mltrainer.agent.grounding.numbers import Number, is_written
from mltrainer.agent.grounding.stages import PARAMETERS
from mltrainer.agent.grounding.vocabulary import PRICES
from mltrainer.models.registry import BASELINES

# The source of what follows from figures beside it.
REPLY = "other figures of the reply"
# Probabilities of the same event may be set against each other, where the words speak of both.
_CHANCES = {
    "base_rate": words(r"base[- ]rate|average|usual|random|typical|chance"),
    "confidence_threshold": words(r"threshold|\bbar\b|hurdle|cut-?off|\bshort\b|asked|want|requir|target|\bset\b|your"),
    "highest_probability": words(r"highest|best|peak|maximum"),
    "coverage": words(r"cover|interval|range|held"),
    "level": words(r"cover|interval|range|nominal"),
    "precision_at_k": words(r"precision|hit|picks"),
    "hit_rate": words(r"c[ao]me true|hit|record|past|history|claim|(?:over|under)stat|optimis|pessimis|overconfid"),
    "confidence": words(r"confiden|probab|best|top|highest|\b[A-Z]{2,5}\b|leader|candidate|claim|says"),
}
_COMPARED = frozenset(
    [
        *("auc", "auc_by_date", "brier_skill", "brier", "ece", "log_loss", "average_precision"),
        *("information_coefficient", "rank_ic", "sharpe", "sortino", "calmar", "cagr", "max_drawdown", "volatility"),
        *("turnover", "regime_score", "seconds", "test_rows", "probability_down", "expected_return"),
        *("excess_return_at_k", "decile_spread"),
    ]
)
_OF_CASES = words(
    r" of (?:[\w.]+['’]s )?(?:the |all |its |these |those |such )*(?:\w+ )?(?:candidates?|names|stocks|tickers|"
    r"predictions|cases|times?|picks|signals|analogues|calls|them|models|rows|days|dates|folds)\b"
)
# Of so many results any two figures may be set against each other.
_LATEST = 3
_NEAR = 200
_CLOSE = words(r"\b(?:above|over|below|under|higher than|lower than) (?:its|the|that|yesterday['’]s) (?:last )?close\b")
# What stands between a ratio or a distance and the figure that it is against.
_AGAINST = words(
    r" ?(?:(?:the|that|those|of|its|as|much|than|above|below|over|under|more|less) )*(?:[\w.-]+['’]s?|"
    r"the [\w ]{3,20}) (?:of )?"
)
_MORE = words(r" (?:more|less|higher|lower|longer|shorter|better|worse|above|below|larger|smaller|faster|slower)\b")
_CHANGE = words(
    r"→|->|\b(?:from|improv|rose|fell|gain|lost|lift|drop|slip|chang|mov|increas|decreas|climb|than in|what it was|"
    r"used to|better|worse|compared|bought|gave back|won\b|more|less|added|adding|grew|sank|shrank)"
)


def follows(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim]) -> str:
    """Return the source of two figures from which the number follows, empty if there are none.

    Parameters
    ----------
    peers
        Supported figures of the same line.
    """
    number = claim.number
    is_ratio = number.unit == "times" or (number.unit == "share" and not _OF_CASES.match(claim.after))
    if not is_ratio and not claim.is_distance:
        return ""
    if any(_is_between(claim, first, second, is_ratio) for first, second in _written(claim, peers)):
        return REPLY
    amounts = [one.number for one in peers if one.number.unit != "%" and one.number.value]
    grown = (first.value / second.value for first, second in permutations(amounts, 2) if first.unit == second.unit)
    if number.unit == "%" and any(is_written(number, abs(100 * (one - 1))) for one in grown):
        return REPLY
    behind = _behind(claim, [one.number for one in peers])
    scale = {"": 1.0, "seconds": 1.0, "bps": 10_000.0}.get(number.unit, 100.0)
    for one, other in _pairs(claim, seen):
        by = 1.0 if one.kind == "index" else scale
        if behind and not is_written(behind, abs(other.value) * (100 if behind.unit == "%" else 1)):
            continue
        if _is_between(claim, one.value * by, other.value * by, is_ratio):
            return one.source
        amount = number.unit == "%" and one.kind != "ratio" and other.value
        if amount and is_written(number, abs(100 * (one.value / other.value - 1))):
            return one.source
    return ""


def _is_between(claim: Claim, first: float, second: float, is_ratio: bool) -> bool:
    """Tell whether a number is the ratio of two others, or their difference, which may be taken after rounding."""
    if is_ratio:
        more = claim.number.unit == "share" and _MORE.match(claim.after)
        return first * second > 0 and is_written(claim.number, abs(first / second - 1) if more else first / second)
    step = claim.number.step
    rounded = abs(round(first / step) - round(second / step)) * step
    return is_written(claim.number, abs(first - second)) or is_written(claim.number, rounded)


def _written(claim: Claim, peers: Sequence[Claim]) -> Iterator[tuple[float, float]]:
    """Return the pairs of figures of the same line that are written in the unit of the claim, or make its ratio."""
    unit = {"points": "%", "times": "", "share": ""}.get(claim.number.unit, claim.number.unit)
    near = [one.number for one in peers if abs(one.number.start - claim.number.start) <= _NEAR]
    behind = _behind(claim, near)
    for first, second in permutations(near, 2):
        alike = first.unit == second.unit and (claim.number.unit in ("times", "share") or first.unit == unit)
        if alike and (not behind or second is behind):
            yield first.signed, second.signed


def _behind(claim: Claim, near: Sequence[Number]) -> Number | None:
    """Return the figure right behind a ratio or a distance against which it is: "four times XGBoost's 0.024"."""
    end = claim.number.end
    return next((one for one in near if one.start > end and _AGAINST.fullmatch(claim.after[: one.start - end])), None)


def _pairs(claim: Claim, seen: Sequence[Facts]) -> Iterator[tuple[Fact, Fact]]:
    """Return the facts that the sentence can set against each other, each with each of its kind."""
    wanted = claim.keys & (_CHANCES.keys() | _COMPARED | PRICES | PARAMETERS)
    if claim.keys and claim.sure and not wanted:
        return
    if claim.number.unit == "points":
        wanted -= PRICES
    wanted = wanted or frozenset({"auc", "confidence", "base_rate"})
    if wanted & _CHANCES.keys():
        wanted |= {key for key, said in _CHANCES.items() if claim.says(said)}
    if claim.number.unit == "%" and claim.tickers:
        wanted |= PRICES
    # What nobody is named for is said of the latest result.
    late = seen[: _LATEST if claim.named or claim.trials else 1]
    meant = [[one for one in facts.under(sorted(wanted)) if _can_be_meant(claim, one, facts)] for facts in late]
    changes = claim.number.sign or claim.says(_CHANGE)
    for place, facts in enumerate(meant):
        for first, second in permutations(facts, 2):
            if first.value != second.value and _are_comparable(claim, first, second):
                yield first, second
        for first in facts:
            for other in (one for later in meant[place + 1 :] for one in later if one.key == first.key):
                same = (first.model, first.ticker) == (other.model, other.ticker)
                named = first.model and other.model and is_among(first.model, claim.named)
                if changes if same else named and is_among(other.model, claim.named):
                    yield first, other
                    yield other, first


def _can_be_meant(claim: Claim, fact: Fact, facts: Facts) -> bool:
    """Tell whether a figure may be one of two; one of a ticker is where it is named, or where nobody else is."""
    if fact.bound or (fact.earlier and not claim.says(_CHANGE)):
        return False
    if not fact.ticker:
        return True
    tickers = claim.named & facts.tickers
    if fact.model and fact.model not in claim.named:
        return False
    return fact.ticker in tickers if tickers else fact.rank == 1 and bool(claim.keys or not claim.models)


def _are_comparable(claim: Claim, first: Fact, second: Fact) -> bool:
    both = {first.key, second.key}
    if both <= PRICES:
        return first.ticker == second.ticker and ("last_close" in both or not claim.says(_CLOSE))
    if first.inside != second.inside:
        return False
    if len(both) > 1 and not all(key in _CHANCES and claim.says(_CHANCES[key]) for key in both):
        return False
    if claim.tickers and not (first.ticker or second.ticker):
        return False
    models = [one.model for one in (first, second) if one.model]
    if not models:
        return len(both) > 1 or bool(claim.tickers) or not claim.models
    named = claim.named - claim.tickers
    hits = [is_among(one, named) for one in models]
    if len(models) == 1:
        return (len(both) > 1 or bool(first.ticker)) and (not named or all(hits))
    if len(named) > 1:
        return all(hits) and models[0] != models[1]
    if models[0] == models[1]:
        return first.earlier != second.earlier
    if not named:
        # Without a name a lead is that over volatility.
        return "volatility_only" in models and not all(one in BASELINES for one in models)
    # One name is set against a baseline.
    return any(hits) and any(one in BASELINES for one in models)
