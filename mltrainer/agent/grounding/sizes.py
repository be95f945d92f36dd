"""Which facts are the number that was written: its size in its unit, as an end of an interval, with its sign."""

from collections.abc import Iterator

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import TOLD, Fact, Facts, Kind
from mltrainer.agent.grounding.numbers import Number

_NEGATIVE = words(
    r"negative|minus|trail|lagg|los[set]|losing|below|worse|under|f[ea]ll|drop|decline|down|behind|less|cost|"
    r"shr[ai]nk|short|"
    r"beneath|"
    r"gave up|wors|no better|red\b|hurt|stop|from\b.*\bto\b|range"
)
_LOST = words(
    r"\b(?:lost|lose|loses|losing|fell|declined|shrank)(?: (?:about|around|roughly|only|just|almost|nearly|by))* ?$"
)
# Where an end of an interval can stand.
_BOUND_BEFORE = words(
    r"\b(?:between|begin\w*|starts?|intervals?|lower|lowest|highest|ends?|bottom|upper|bounds?|at least|rang\w+|from|"
    r"reach\w*|"
    r"up to|certain\w*)\b[^.;]{0,24}$|"
    r"\d ?%?\s*(?:to|–|-|,|;|and|\s)\s*[-+−–]?$"
)
_BOUND_AFTER = words(r" ?%?\s*(?:to|–|-|,|;|and|\s)\s*[-+−–]?\d")
_MISSED = words(
    r"\bmiss|fail|did not|didn't|wrong|not come|never came|fell short|false|not\b|nothing|no hit|"
    r"los(?:e|t)\b|do(?:es)?n't"
)
# What else happened is said of these.
_HAVE_COMPLEMENT = frozenset(["hit_rate", "precision_at_k", "confidence", "coverage", "probability_down"])
_UNSIGNED = frozenset(["max_drawdown", "drawdown_now", "worst_drawdown", "stop_loss"])
_LESS, _MORE = 1 - 6e-4, 1 + 6e-4
# How the figures of each kind are written in each unit: by what they are multiplied.
_SCALES: dict[str, tuple[tuple[frozenset[Kind], float], ...]] = {
    "%": ((frozenset({"ratio", "score"}), 100.0), (frozenset({"bps"}), 0.01)),
    "points": ((frozenset({"ratio", "score"}), 100.0), (frozenset({"score"}), 1.0)),
    "$": ((frozenset({"price"}), 1.0),),
    "bps": ((frozenset({"bps"}), 1.0), (frozenset({"ratio"}), 10_000.0)),
    "seconds": ((frozenset({"seconds"}), 1.0),),
    "": ((frozenset({"count", "index", "price", "bps", "seconds", "score", "ratio"}), 1.0),),
    "date": ((frozenset({"date"}), 1.0),),
    "share": ((frozenset({"ratio"}), 1.0),),
}
# Counts that are hardly alike by chance.
_MANY = 200
# What people count shares in.
_ROUND = frozenset([*range(2, 13), 15, 20, 25, 50, 100])


def of_this_size(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return the facts of the size that was written, in its unit, and those that the words turn into it."""
    number = claim.number
    if number.unit == "pair":
        yield from (fact for fact in facts.pairs(claim.tickers) if _is_pair(claim, fact))
        yield from _of_hundred(claim, facts)
        yield from _of_two_counts(claim, facts)
        return
    for least, most in sizes(number):
        yield from (fact for fact in facts.between(least, most, claim.tickers or claim.named) if is_size(number, fact))
    low, high = (end / 100 for end in number.range)
    if number.unit == "" and number.digits > 1:
        # "A confidence of 37.6" leaves the sign out.
        yield from (one for one in facts.between(low, high, claim.tickers) if _is_ratio(one, claim.keys))
    if number.unit == "%" and claim.says(_MISSED):
        keys = claim.keys & _HAVE_COMPLEMENT
        yield from (one for one in facts.between(1 - high, 1 - low, claim.tickers) if _is_ratio(one, keys))


def _is_ratio(fact: Fact, keys: frozenset[str]) -> bool:
    return fact.kind == "ratio" and fact.key in keys


def sizes(number: Number) -> Iterator[tuple[float, float]]:
    """Return between which sizes the facts can be that a number is, one pair for each way of counting."""
    low, high = number.range
    for _, scale in _SCALES.get(number.unit, ()):
        yield low / scale * _LESS, high / scale * _MORE


def can_be_in(unit: str, fact: Fact) -> bool:
    """Tell whether a fact can be written in a unit."""
    return any(fact.kind in kinds for kinds, _ in _SCALES.get(unit, ()))


def is_size(number: Number, fact: Fact) -> bool:
    """Tell whether a number is the size of a fact, in its unit."""
    if number.unit == "pair":
        return fact.kind == "pair" and (number.value, number.of) == (fact.value, fact.of)
    low, high = number.range
    for kinds, scale in _SCALES.get(number.unit, ()):
        size = abs(fact.value) * scale
        # An analyst reads figures of four digits, and may round them again.
        if fact.kind in kinds and (low <= size <= high or low <= _four_digits(size, fact) <= high):
            return True
    return False


def _four_digits(size: float, fact: Fact) -> float:
    return size if fact.kind == "date" else float(f"{size:.4g}")


def can_be_so_written(claim: Claim, fact: Fact) -> bool:
    """Tell whether the words leave room for a fact: an end of an interval, a ratio without percent, its sign."""
    if claim.number.unit == "pair":
        return True
    if fact.bound and not (_BOUND_BEFORE.search(claim.before) or _BOUND_AFTER.match(claim.after)):
        return False
    return _sign_fits(claim, fact)


def _is_pair(claim: Claim, fact: Fact) -> bool:
    number = claim.number
    hits = {number.value} | ({number.of - number.value} if claim.says(_MISSED) else set())
    return number.of == fact.of and fact.value in hits


def _of_two_counts(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return the count that "1,775 of 14,917" names, where both are large counts of a result, or told by a warning."""
    number = claim.number
    if any(one.kind == "count" for one in facts.between(number.of, number.of)):
        for fact in facts.between(number.value, number.value):
            if fact.kind == "count" and not fact.ticker and (number.value >= _MANY or fact.key in (TOLD, "hits")):
                yield fact


def _of_hundred(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return the ratios that "4 in 10" or "44 of 100" say, within half of the last unit and an eighth."""
    number = claim.number
    low, high = share_of(number)
    yield from (one for one in facts.between(low, high, claim.tickers) if one.kind == "ratio" and not one.bound)
    if number.of == 100:
        yield from (one for one in facts.between(number.value - 0.5, number.value + 0.5) if one.kind == "index")
    if high and claim.says(_MISSED):
        keys = claim.keys & _HAVE_COMPLEMENT
        yield from (one for one in facts.between(1 - high, 1 - low, claim.tickers) if _is_ratio(one, keys))


def share_of(number: Number) -> tuple[float, float]:
    """Return between which ratios the share lies that "4 in 10" says, 0 and 0 for what is a mere count."""
    if number.of not in _ROUND and number.value != 1:
        return 0.0, 0.0
    share, slack = number.value / number.of, 0.501 * number.step / number.of
    slack = min(slack, 0.12 * share) if number.of < 100 else slack
    if number.hedge in ("under", "over"):
        slack = max(slack, 0.1 * share)
    return share - slack, share + slack


def _sign_fits(claim: Claim, fact: Fact) -> bool:
    if fact.key in _UNSIGNED or not fact.key or fact.value == 0 or fact.bound and not claim.number.sign:
        return True
    if claim.number.sign:
        below = (claim.number.sign < 0) == (fact.value < 0)
        return below or bool(claim.number.sign < 0 and _NEGATIVE.search(claim.before))
    if _LOST.search(claim.before):
        return fact.value < 0
    # A loss written without its sign needs a word that says so; one that rounds to zero does not.
    said = claim.before + " " + claim.after[:40]
    return fact.value > 0 or claim.number.value == 0 or bool(_NEGATIVE.search(said))
