"""Figures that follow from others by one step: differences ("0.03 above volatility"), ratios ("3.2 times"), counts."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts, is_among
from mltrainer.agent.grounding.names import ANYBODY
from mltrainer.agent.grounding.rounding import is_written
from mltrainer.agent.grounding.stages import PARAMETERS
from mltrainer.agent.grounding.vocabulary import PRICES
from mltrainer.models.registry import BASELINES

# Probabilities of the same event may be set against each other.
_CHANCES = frozenset(
    ["confidence", "base_rate", "highest_probability", "precision_at_k", "hit_rate", "confidence_threshold"]
    + ["coverage", "level"]
)
_SPOKEN_OF = {
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
        *(
            "auc",
            "auc_by_date",
            "brier_skill",
            "brier",
            "ece",
            "log_loss",
            "average_precision",
            "information_coefficient",
        ),
        *("rank_ic", "sharpe", "sortino", "calmar", "cagr", "max_drawdown", "volatility", "turnover", "regime_score"),
        *("seconds", "test_rows", "probability_down", "expected_return", "excess_return_at_k", "decile_spread"),
    ]
)
_OF_CASES = words(
    r" of (?:[\w.]+['’]s )?(?:the |all |its |these |those |such )*(?:\w+ )?(?:candidates?|names|stocks|tickers|"
    r"predictions|cases|"
    r"times?|picks|"
    r"signals|analogues|calls|them|models|rows|days|dates|folds)\b"
)
# Of so many results any two figures may be set against each other.
_LATEST = 3
_OTHER = words(r"\b(?:other|rest|next|second|runner|follow\w*|closest|nearest)\b")
# Words that set models against each other without their names.
_ENDS_OF_ALL = words(
    r"\b(?:first|winner|leader|best|top|highest)\b.*\b(?:last|second|runner-up|worst|bottom|lowest|next|rest|"
    r"others)\b|"
    r"\b(?:worst|last|lowest)\b.*\b(?:best|first|highest)\b|\b(?:range|spread|gap|apart|"
    r"differ)\w*\b.*\b(?:models|them|"
    r"leaderboard|comparison)\b|\b(?:models|leaderboard|comparison)\b.*\b(?:range|spread|gap|apart|differ)\w*\b"
)
# What stands between a ratio or a distance and the figure that it is against.
_BEHIND = 40
_CLOSE = words(
    r" ?(?:(?P<above>above|over|higher than)|below|under|lower than) (?:its|the|that|yesterday['’]s) (?:last )?close\b"
)
_AGAINST = words(
    r" ?(?:(?:the|that|those|of|its|as|much|than|above|below|over|under|more|less) )*(?:[\w.-]+['’]s?|"
    r"the [\w ]{3,20}) (?:of )?"
)
_MORE = words(r" (?:more|less|higher|lower|longer|shorter|better|worse|above|below|larger|smaller|faster|slower)\b")
_APART = words(r"\b(?:apart|disagree\w*|differ)\b")
_TRY = words(r"\btr(?:y|ies|ied)\b")
_TUNED = words(r"\b(?:tun(?:ed|ing)|search(?:ed)?|in-sample)\b")
_CHANGE = words(
    r"→|->|\b(?:from|improv|rose|fell|gain|lost|lift|drop|slip|chang|mov|increas|decreas|climb|than in|what it was|"
    r"used to|"
    r"better|worse|compared|bought|gave back|won\b|more|less|added|adding|grew|sank|shrank)"
)


def derived(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim]) -> str:
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
    behind = _operand(claim, peers)
    if any(
        _follows(claim, first, second, is_ratio)
        for first, second in _written(claim, peers)
        if not behind or second == _signed(behind)
    ):
        return "other figures of the reply"
    if number.unit == "%" and any(
        first.number.unit == second.number.unit != "%"
        and second.number.value
        and is_written(number, abs(100 * (first.number.value / second.number.value - 1)))
        for first, second in permutations(peers, 2)
    ):
        return "other figures of the reply"
    for one, other in _pairs(claim, seen):
        scale = (
            1.0
            if one.kind == "index" or number.unit in ("", "seconds")
            else 10_000.0
            if number.unit == "bps"
            else 100.0
        )
        against = not behind or is_written(behind.number, abs(other.value) * (100 if behind.number.unit == "%" else 1))
        if against and _follows(claim, one.value * scale, other.value * scale, is_ratio):
            return one.source
        apart = one.key in PRICES or one.kind in ("score", "seconds", "count")
        if (
            apart
            and number.unit == "%"
            and other.value
            and is_written(number, abs(100 * (one.value / other.value - 1)))
            and not (one.key in PRICES and _is_off_the_close(claim, one, other))
        ):
            return one.source
    return ""


def _is_off_the_close(claim: Claim, one: Fact, other: Fact) -> bool:
    """Tell whether two prices are other ones than those that "9 % above its close" speaks of."""
    said = _CLOSE.match(claim.after)
    return said is not None and (other.key != "last_close" or (one.value > other.value) != bool(said["above"]))


def _follows(claim: Claim, first: float, second: float, is_ratio: bool) -> bool:
    if is_ratio and claim.number.unit == "share" and _MORE.match(claim.after):
        return first * second > 0 and is_written(claim.number, abs(first / second - 1))
    if is_ratio:
        return first * second > 0 and is_written(claim.number, first / second)
    # A difference may be taken between figures that were rounded first.
    step = claim.number.step
    rounded = abs(round(first / step) - round(second / step)) * step
    return is_written(claim.number, abs(first - second)) or is_written(claim.number, rounded)


def _written(claim: Claim, peers: Sequence[Claim]) -> Iterator[tuple[float, float]]:
    """Return the pairs of figures of the same line that are written in the unit of the claim, or make its ratio."""
    unit = {"points": "%", "times": "", "share": ""}.get(claim.number.unit, claim.number.unit)
    near = [one for one in peers if abs(one.number.start - claim.number.start) <= 200]
    for first in near:
        for second in near:
            if first is second or first.number.unit != second.number.unit:
                continue
            if claim.number.unit in ("times", "share") or first.number.unit == unit:
                yield _signed(first), _signed(second)


def _operand(claim: Claim, peers: Sequence[Claim]) -> Claim | None:
    """Return the figure right behind a ratio or a distance against which it is: "four times XGBoost's 0.024"."""
    number = claim.number
    for one in peers:
        between = claim.after[: one.number.start - number.end]
        if 0 < one.number.start - number.end < _BEHIND and _AGAINST.fullmatch(between):
            return one
    return None


def _signed(claim: Claim) -> float:
    return -claim.number.value if claim.number.sign < 0 else claim.number.value


def _pairs(claim: Claim, seen: Sequence[Facts]) -> Iterator[tuple[Fact, Fact]]:
    """Return the facts that the sentence can set against each other, each with each of its kind."""
    wanted = claim.keys & (_CHANCES | _COMPARED | PRICES | PARAMETERS)
    if claim.keys and claim.sure and not wanted:
        return
    if claim.number.unit == "points":
        wanted -= PRICES
    wanted = wanted or frozenset({"auc", "confidence", "base_rate"})
    if wanted & _CHANCES:
        wanted |= {key for key in _CHANCES if claim.says(_SPOKEN_OF[key])}
    if wanted & PRICES or (claim.number.unit == "%" and claim.tickers):
        wanted |= PRICES
    across = (claim.named or claim.trials or "base_rate" in claim.keys) and claim.says(_CHANGE)
    meant = [_that_can_be_meant(claim, facts, sorted(wanted)) for facts in _of_late(claim, seen)]
    for place, facts in enumerate(meant):
        for first in facts:
            for second in facts:
                if first.value != second.value and _are_comparable(claim, first, second):
                    yield first, second
            for other in (one for later in meant[place + 1 :] for one in later):
                if first.key == other.key and _are_two_named(claim, first, other):
                    yield first, other
                    yield other, first
                if not across:
                    continue
                same = (first.key, first.model, first.ticker) == (other.key, other.model, other.ticker)
                of_named = not first.model or first.model in claim.named or claim.keys
                if same and first.inside == other.inside and other.value != first.value and of_named:
                    yield first, other
                    yield other, first


def _are_two_named(claim: Claim, first: Fact, other: Fact) -> bool:
    """Tell whether two figures of different results are those of two models that the sentence names."""
    as_they_are = not (first.earlier or other.earlier or first.inside or other.inside or first.ticker or other.ticker)
    return (
        as_they_are
        and first.model != other.model
        and all(one.model and is_among(one.model, claim.named) for one in (first, other))
    )


def _of_late(claim: Claim, seen: Sequence[Facts]) -> list[Facts]:
    """Return the latest results and those of the named trials: nobody sets figures against others without a word."""
    late = [one for place, one in enumerate(seen) if place < _LATEST or one.sources & claim.trials]
    if claim.named or claim.trials or claim.says(_ENDS_OF_ALL) or not late or not claim.keys & late[0].keys:
        return late
    # What nobody is named for is said of the latest result.
    return late[:1]


def _that_can_be_meant(claim: Claim, facts: Facts, keys: Sequence[str]) -> list[Fact]:
    tickers = {one for one in claim.named if one in facts.tickers}
    # Where only models are named, none of their figures for a ticker is meant.
    alone = bool(claim.models) and not tickers and not claim.keys
    return [
        fact
        for fact in facts.under(keys)
        if not fact.bound
        and (not fact.earlier or claim.says(_CHANGE))
        and (not fact.tried or claim.says(_TRY))
        and (not fact.ticker or (fact.ticker in tickers if tickers or claim.tickers else fact.rank == 1 and not alone))
        and (not (fact.ticker and fact.model) or fact.model in claim.named or claim.says(_APART))
        and (claim.keys or not claim.trials or fact.source in claim.trials or not fact.source.startswith("T"))
    ]


def _are_comparable(claim: Claim, first: Fact, second: Fact) -> bool:
    both = {first.key, second.key}
    if both <= PRICES:
        return first.ticker == second.ticker and bool(claim.tickers)
    chances = both <= _CHANCES and all(claim.says(_SPOKEN_OF[key]) for key in both)
    if len(both) > 1 and not chances:
        return False
    if claim.tickers and not (first.ticker or second.ticker):
        return False
    models = [one.model for one in (first, second) if one.model]
    if not models:
        return bool(claim.tickers or claim.keys or len(both) > 1) and not (
            claim.models and not claim.tickers and len(both) == 1
        )
    named = frozenset(one for one in claim.named if not one.isupper())
    if first.inside != second.inside:
        return False
    hits = [is_among(one, named) for one in models]
    if len(models) == 1:
        return (len(both) > 1 or bool(first.ticker)) and (not named or all(hits))
    if len(named) > 1:
        return all(hits) and models[0] != models[1]
    if models[0] == models[1]:
        tries = first.tried and second.tried
        return (first.earlier != second.earlier or tries) and first.inside == second.inside
    if not named and first.ticker and claim.says(_APART):
        return first.ticker == second.ticker
    if not named and claim.says(_TUNED):
        return False
    if not named and claim.says(_ENDS_OF_ALL):
        return not frozenset(models) & BASELINES.keys()
    if not named:
        # Without a name a lead is that over volatility, where several are meant any.
        over_volatility = "volatility_only" in models and not all(one in BASELINES for one in models)
        return over_volatility or any(one.startswith(ANYBODY) for one in claim.models)
    # One name is set against a baseline, or against whoever is not named.
    rest = [one for one, hit in zip(models, hits, strict=True) if not hit]
    return any(hits) and (named <= BASELINES.keys() or all(one in BASELINES or claim.says(_OTHER) for one in rest))
