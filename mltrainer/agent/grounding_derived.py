"""Figures that follow from others by one step: differences ("0.03 above volatility") and ratios ("3.2 times")."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding_facts import Fact, is_among
from mltrainer.agent.grounding_numbers import Claim
from mltrainer.agent.grounding_rounding import close

# Probabilities of the same event may be set against each other.
_SHARES = frozenset(
    ["confidence", "base_rate", "highest_probability", "precision_at_k", "hit_rate", "confidence_threshold"]
)
_SPOKEN_OF = {
    "base_rate": words(r"base[- ]rate"),
    "confidence_threshold": words(r"threshold|\bbar\b|hurdle|cut-?off|short of"),
    "highest_probability": words(r"highest|best|peak|maximum"),
    "precision_at_k": words(r"precision|hit|picks"),
    "hit_rate": words(r"came true|come true|hit|record|past"),
    "confidence": words(r"confiden|probab|best|top|highest|\b[A-Z]{2,5}\b|leader|candidate"),
}
_OF_ANOTHER = words(
    r"\s*(?:of |as )?(?:(?:the|its|that|what|high|much|as|current|required|\d+ ?%) )*(?:base|threshold|bar|"
    r"target|conf|prob|auc|sharpe)"
)
_OTHERS = frozenset(
    [
        "auc",
        "brier_skill",
        "brier",
        "ece",
        "information_coefficient",
        "rank_ic",
        "sharpe",
        "cagr",
        "max_drawdown",
        "regime_score",
        "seconds",
    ]
)
_BEFORE = words(
    r"\b(?:by|gap|difference|edge|lead|margin|gain\w*|improve\w*|drop\w*|fell|rose|shortfall|distance|only|just|"
    r"merely|differs?|separat\w*|advantage|adds?|apart)\b"
)
# "Drops to" names what is there afterwards.
_LEVEL = words(r"\b(?:to|at|reach\w*) (?:only |just |about |merely )?$")
_AFTER = words(
    r"\b(?:above|below|higher|lower|better|worse|more|less|ahead|behind|short|apart|away|edge|gap|difference|"
    r"lead|margin|"
    r"improvement|advantage|over|under|beyond|separat\w*|between|from)\b"
)


def derived(claim: Claim, facts: Sequence[Fact]) -> str:
    """Return the source of two facts whose difference or ratio is the number written, empty if there are none.

    Parameters
    ----------
    facts
        What may be meant; those of other tickers and models than the named ones are left out here.
    """
    if claim.unit in ("times", "share"):
        if claim.unit == "share" and not _OF_ANOTHER.match(claim.after):
            return ""
        for first, second in _pairs(claim, facts):
            if second.value and first.value > 0 < second.value:
                ratio = first.value / second.value
                near = (
                    abs(ratio - claim.value) <= 0.15 * claim.value if claim.step in (0.0, 0.5) else close(claim, ratio)
                )
                if near:
                    return first.source
        return ""
    if _LEVEL.search(claim.before) or not (claim.keys or claim.named or claim.tickers):
        return ""
    told = claim.unit == "points" or _BEFORE.search(claim.before[-40:]) or _AFTER.search(claim.after[:28])
    if not told or claim.unit not in ("", "%", "points", "bps"):
        return ""
    scale = {"%": 100, "points": 100, "bps": 10_000}.get(claim.unit, 1)
    for first, second in _pairs(claim, facts):
        if close(claim, abs(first.value - second.value) * (1 if first.kind == "index" else scale)):
            return first.source
    return ""


def _pairs(claim: Claim, facts: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Return the facts that the sentence can set against each other, each with each of its kind."""
    wanted = claim.keys & (_SHARES | _OTHERS)
    if claim.keys and not wanted:
        return
    wanted = wanted or _SHARES | _OTHERS
    if wanted & _SHARES:
        wanted |= _SHARES
    meant = [fact for fact in facts if fact.key in wanted and not fact.bound and _is_meant(claim, fact)]
    for first in meant:
        if claim.trials and first.source.startswith("T") and first.source not in claim.trials:
            continue
        for second in meant:
            if first is second or first.value == second.value:
                continue
            both = {first.key, second.key}
            same = len(both) == 1 or (both <= _SHARES and all(_SPOKEN_OF[key].search(claim.sentence) for key in both))
            if same and _are_named(claim, first, second):
                yield first, second


def _is_meant(claim: Claim, fact: Fact) -> bool:
    if fact.ticker:
        whose = fact.ticker in claim.tickers if claim.tickers else fact.rank == 1
        return whose and (not fact.model or fact.model in claim.named)
    return True


def _are_named(claim: Claim, first: Fact, second: Fact) -> bool:
    """Tell whether the two are what the sentence speaks of, where it names anybody."""
    if claim.tickers and not (first.ticker or second.ticker):
        return False
    models = [one.model for one in (first, second) if one.model]
    if not models:
        return bool(claim.tickers) or not claim.named
    named = [is_among(one, claim.named) for one in models]
    # Two names are set against each other; one is set against anything.
    return all(named) if len(claim.named) > 1 else not claim.named or any(named)
