"""Whether the figures in a text are supported by what was seen: pure functions of the text and the facts."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding_claims import read_claims
from mltrainer.agent.grounding_derived import derived
from mltrainer.agent.grounding_facts import SHOWN, Fact, are_several, is_among
from mltrainer.agent.grounding_numbers import Claim
from mltrainer.agent.grounding_rounding import close

_NEGATIVE = words(
    r"negative|minus|los[set]|losing|below|worse|under|f[ea]ll|drop|decline|down|behind|less|cost|shr[ai]nk|short|"
    r"beneath|gave up|wors|"
    r"no better|red\b|hurt|stop"
)
_BOUND = words(r"[(\[–-]|\bto\b|between|interval|lower|upper|bound|at least|range|from|reach|up to|  ")
_MISSED = words(r"\bmiss|fail|did not|didn't|wrong|not come|never came|fell short|false")
_BY_RULE = words(r"chance|coin|random|luck|guess|would|means?\b|no skill|conventional|usual|significan|one half|toss")
# Words by which a figure of a candidate can be meant where no ticker is named.
_ONE_OF_THEM = words(
    r"best|highest|top|first|lead|strongest|candidate|rang|lowest|last|next|second|third|closest|nearest|level|\bits?\b|today|name"
)
_UNSIGNED = frozenset(["max_drawdown", "drawdown_now", "worst_drawdown", "sharpe_by_luck", "stop_loss"])
_AROUND = 30
# The source of what the user said.
WORDS = "your words"


@dataclass(frozen=True)
class Unsupported:
    """A figure that nothing seen supports, at ``text[start:end]``, with the words around it and the reason."""

    text: str
    start: int
    end: int
    around: str
    reason: str


@dataclass(frozen=True)
class Grounded:
    """What became of the figures of a text. ``sources`` counts the supported ones by what supports them."""

    checked: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    unsupported: tuple[Unsupported, ...] = ()


def ground(text: str, facts: Sequence[Fact], tickers: Sequence[str] = ()) -> Grounded:
    """Look up every figure that a text claims.

    Parameters
    ----------
    facts
        What was seen, the most recent first.
    tickers
        Names that are tickers in this session.

    Notes
    -----
    A figure is supported where a fact rounds to it, in its unit, and belongs to the model, ticker and trial that the
    sentence gives it to. What is unsupported may still be true: it only cannot be told from what was seen.
    """
    claims = read_claims(text, tickers)
    sources: Counter[str] = Counter()
    unsupported = []
    for claim in claims:
        if source := supported_by(claim, facts):
            sources[source] += 1
        else:
            around = _around(text, claim.start, claim.end)
            reason = _reason(claim, facts)
            unsupported.append(Unsupported(claim.text.strip(), claim.start, claim.end, around, reason))
    return Grounded(len(claims), dict(sources), tuple(unsupported))


def supported_by(claim: Claim, facts: Sequence[Fact]) -> str:
    """Return the source of the first fact that supports a claim, empty if none does."""
    if _true_by_rule(claim):
        return "rules"
    near = [fact for fact in facts if _says_what(claim, fact) and _whose(claim, fact) and _in_trial(claim, fact)]
    for fact in near:
        if matches(claim, fact):
            return fact.source
    return derived(claim, facts)


def matches(claim: Claim, fact: Fact) -> bool:
    """Tell whether the fact, in the unit of the claim, is the number that was written."""
    if fact.kind == "pair":
        return _matches_pair(claim, fact)
    if fact.bound and claim.unit in ("share", "pair"):
        return False
    if claim.unit == "share":
        return fact.kind == "ratio" and abs(abs(fact.value) - claim.value) <= 0.1 * claim.value
    if claim.unit == "pair":
        if fact.kind == "index":
            return claim.of == 100 and abs(fact.value - claim.value) <= 0.5
        return fact.kind == "ratio" and claim.of <= 100 and abs(fact.value - claim.value / claim.of) <= 0.501 / claim.of
    if fact.bound and not _BOUND.search(claim.before[-25:] + "\n" + claim.after[:15]):
        return False
    if not _sign_fits(claim, fact):
        return False
    values = list(_in_unit(claim, fact))
    if fact.kind == "ratio" and _MISSED.search(claim.sentence) and 0 <= fact.value <= 1 and claim.unit == "%":
        values.append(100 * (1 - fact.value))
    return any(close(claim, abs(value)) for value in values)


def _in_unit(claim: Claim, fact: Fact) -> Iterator[float]:
    """Return the fact's value as it would be written in the claim's unit, nothing where that makes no sense."""
    value, said = fact.value, bool(claim.keys) or not fact.key
    match claim.unit, fact.kind:
        case "%", "ratio":
            yield 100 * value
        case "%", "score" if fact.key in claim.keys and fact.key.startswith(("auc", "ece", "average_precision")):
            yield 100 * value
        case "$", "price":
            yield value
        case "bps", "bps":
            yield value
        case "bps", "ratio":
            yield 10_000 * value
        case "seconds", "seconds":
            yield value
        case "minutes", "seconds":
            yield value / 60
        case "points", "ratio" if not fact.key:
            yield 100 * value
        case "", "count" | "index":
            yield value
        case "", "price" | "seconds" | "bps" if said or claim.tickers:
            yield value
        case "", "score" if claim.step < 1 or said:
            yield value
        case "", "ratio":
            if claim.step < 1:
                yield value
            if said:
                yield 100 * value


def _matches_pair(claim: Claim, fact: Fact) -> bool:
    if claim.unit == "share":
        return fact.of > 0 and abs(fact.value / fact.of - claim.value) <= 0.1 * claim.value
    if claim.unit != "pair":
        return False
    if claim.of == fact.of:
        if _MISSED.search(claim.text):
            return claim.value == fact.of - fact.value
        missed = bool(_MISSED.search(claim.sentence)) or not fact.key
        return claim.value == fact.value or (missed and claim.value == fact.of - fact.value)
    small = 0 < claim.of <= 20 and fact.of > claim.of
    return small and abs(fact.value / fact.of - claim.value / claim.of) <= 0.501 / claim.of


def _sign_fits(claim: Claim, fact: Fact) -> bool:
    if fact.key in _UNSIGNED or not fact.key or fact.value == 0:
        return True
    if claim.sign:
        return (claim.sign < 0) == (fact.value < 0) or bool(claim.sign < 0 and _NEGATIVE.search(claim.before))
    # A loss written without its sign needs a word that says so; one that rounds to zero does not.
    said = claim.before[-60:] + " " + claim.after
    return fact.value > 0 or fact.bound or claim.value == 0 or bool(_NEGATIVE.search(said))


def _says_what(claim: Claim, fact: Fact) -> bool:
    # A word of the user may be meant by anything; other words only where nothing is said of what they mean.
    loose = not fact.key and fact.source == WORDS
    return not claim.keys or loose or fact.key in claim.keys or fact.kind == "pair"


def _in_trial(claim: Claim, fact: Fact) -> bool:
    of_trial = fact.source[:1] == "T" and fact.source[1:].isdecimal()
    return not claim.trials or not of_trial or fact.source in claim.trials


def _whose(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what the claim's subjects have."""
    if fact.source == WORDS:
        return True
    # What belongs to nobody may stand beside any name, where the words say what it is.
    said = bool(fact.key) and fact.key in claim.keys
    if claim.tickers:
        if fact.ticker not in claim.tickers and (fact.ticker or not (said or fact.kind == "pair")):
            return False
    elif fact.ticker and (fact.rank > SHOWN or not _ONE_OF_THEM.search(claim.sentence)):
        return False
    if claim.models and not is_among(fact.model, claim.models):
        if fact.model:
            return False
        return said or (bool(fact.ticker) and bool(claim.tickers) and are_several(claim.models)) or fact.kind == "pair"
    if fact.model and not claim.models:
        # A figure of some model is meant only where the words say which figure.
        return bool(claim.keys) and not fact.ticker
    return True


def _true_by_rule(claim: Claim) -> bool:
    """Tell whether a number is one that holds everywhere, such as the AUC of chance."""
    said = bool(_BY_RULE.search(claim.sentence))
    if claim.unit in ("", "%") and claim.value in (0.5, 50.0) and ("auc" in claim.keys or said):
        return True
    if claim.unit == "" and said and claim.value == 0:
        return True
    return claim.unit == "" and said and claim.keys >= {"rank_ic_t"} and claim.value in (2.0, 1.96, 1.645, 3.0)


def _reason(claim: Claim, facts: Sequence[Fact]) -> str:
    """Return why a number is unsupported: it belongs to another, or nothing seen holds it."""
    by: Callable[[Fact], bool] = lambda fact: bool(fact.key) and _says_what(claim, fact) and matches(claim, fact)  # noqa: E731
    for fact in facts:
        owner = fact.ticker or fact.model
        if owner and (claim.tickers or claim.models) and claim.keys and by(fact):
            trial = f" in {fact.source}" if fact.source.startswith("T") else ""
            return f"it is the figure of {owner}{trial}"
    return "not in any result seen"


def _around(text: str, start: int, end: int) -> str:
    """Return the words around a place, in one line and whole."""
    before = text[max(0, start - _AROUND) : start]
    after = text[end : end + _AROUND]
    if start > _AROUND:
        before = before.partition(" ")[2]
    if end + _AROUND < len(text):
        after = after.rpartition(" ")[0]
    return " ".join(f"{before}{text[start:end]}{after}".split())
