"""Figures that follow from several others by an operation that the words name: sums, widths, shares of a count."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from operator import neg

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts, is_among
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.rounding import is_written
from mltrainer.agent.grounding.sizes import is_size
from mltrainer.agent.grounding.vocabulary import COUNTS
from mltrainer.models.registry import BASELINES

_REPLY = "other figures of the reply"
_SUM = words(r"\b(?:together|combined|in total|in all|altogether|total\w*|sum\w*|add(?:s|ed|ing)? up|jointly|both)\b")
_MEAN = words(r"\b(?:averag\w*|mean)\b")
_OTHERS = words(r"\b(?:other|others|rest|remaining|without|except|excluding|leaving out)\b")
_WIDE = words(r"\b(?:wide|width|spans?|spanning|broad|narrow|from end to end)\b")
_OF_COUNT = words(r",? of (?:the |all |its |their |those |these )*(?:[\w,]+ )?(?:[\w-]+ )?")
_SO = words(
    r"\b(?:so|that['’]s|that is|that leaves|leaves?|i\.e\.|means|hence|makes?|would|times|total|of (?:them|which)|"
    r"arithmetic|reward|about)\b|[=×]"
)
_NEAR = 160
# Of so many results a price is set against a close.
_LATEST = 3


def combined(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim]) -> str:
    """Return the source of the figures that a sum, a width or a share of a count is made of, empty if there are none.

    Parameters
    ----------
    peers
        Supported figures of the same line.
    """
    if claim.says(_SUM) and (source := _summed(claim, seen, peers)):
        return source
    if claim.says(_MEAN) and (source := _averaged(claim, seen)):
        return source
    if claim.says(_WIDE) and (source := _width(claim, seen)):
        return source
    if claim.number.unit in ("%", "share", "pair") and (source := _share_of_count(claim, seen)):
        return source
    return _at_a_price(claim, seen) or _computed(claim, peers)


def _summed(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim]) -> str:
    alike = [one.number.value for one in peers if one.number.unit == claim.number.unit]
    for size in (2, 3, 4):
        if any(is_written(claim.number, sum(some)) for some in combinations(alike, size)):
            return _REPLY
    scale = 100.0 if claim.number.unit in ("%", "points") else 1.0
    for facts in seen:
        for values in _addends(claim, facts):
            if len(values) > 1 and is_written(claim.number, scale * sum(values)):
                return facts.all[0].source
    return ""


def _averaged(claim: Claim, seen: Sequence[Facts]) -> str:
    scale = 100.0 if claim.number.unit in ("%", "points") else 1.0
    for facts in seen:
        for values in _addends(claim, facts):
            if len(values) > 1 and is_written(claim.number, scale * sum(values) / len(values)):
                return facts.all[0].source
    return ""


def _addends(claim: Claim, facts: Facts) -> Iterator[list[float]]:
    """Return what may be added: the figures of all models, of those named, of the others, and of all parts."""
    keys = claim.keys or (frozenset({"seconds"}) if claim.number.unit == "seconds" else claim.keys)
    for key in sorted(keys):
        found = [one for one in facts.under([key]) if not (one.bound or one.inside or one.earlier or one.tried)]
        of_model = {one.model: one.value for one in found if one.model and not one.ticker}
        named = {name for name in of_model if name in claim.named or is_among(name, claim.models)}
        yield list(of_model.values())
        yield [value for name, value in of_model.items() if name in named]
        if claim.says(_OTHERS):
            yield [value for name, value in of_model.items() if name not in named]
            yield [
                value
                for name, value in of_model.items()
                if name not in named and "(" not in name and name not in BASELINES
            ]
        yield [value for name, value in of_model.items() if "(" not in name and name not in BASELINES]
        of_ticker = {one.ticker: one.value for one in found if one.ticker in claim.named and not one.model}
        yield list(of_ticker.values())


def _width(claim: Claim, seen: Sequence[Facts]) -> str:
    scale = 100.0 if claim.number.unit in ("%", "points") else 1.0
    for facts in seen:
        ends: dict[tuple[str, str, str, bool], list[float]] = {}
        for one in facts.under(sorted(claim.keys or facts.keys)):
            if one.bound and (not claim.models or is_among(one.model, claim.models | claim.named)):
                ends.setdefault((one.key, one.model, one.ticker, one.earlier), []).append(one.value)
        for pair in ends.values():
            if len(pair) == 2 and is_written(claim.number, scale * abs(pair[1] - pair[0])):
                return facts.all[0].source
    return ""


def _share_of_count(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source where a count is such a share of another: "a quarter of the 24 fits came from the cache"."""
    number = claim.number
    after = claim.text[claim.beside[claim.place].end :]
    if number.unit != "pair" and not _OF_COUNT.match(after):
        return ""
    for facts in seen:
        counts = [
            one
            for one in facts.under(sorted(claim.told & COUNTS - {"n"}))
            if one.kind in ("count", "seconds") and not one.ticker and one.value > 0
        ]
        for whole in counts:
            if not _is_whole(claim, whole):
                continue
            for part in counts:
                scale = 100.0 if number.unit == "%" else 1.0
                if part.key != whole.key and part.value < whole.value:
                    if number.unit == "pair" and part.value == number.value:
                        return part.source
                    if number.unit != "pair" and is_written(number, scale * part.value / whole.value):
                        return part.source
    return ""


def _is_whole(claim: Claim, fact: Fact) -> bool:
    """Tell whether a count is what a share is of: the number behind it, or its noun."""
    if claim.number.unit == "pair":
        return fact.value == claim.number.of
    following = claim.beside[claim.place + 1 : claim.place + 2]
    near = following and following[0].start - claim.beside[claim.place].end < 24
    return is_size(following[0], fact) if near else True


def _computed(claim: Claim, peers: Sequence[Claim]) -> str:
    """Return whether a number is what the words compute from two others: "2 % of $20,000 is $400", "62, so 49 more"."""
    number = claim.number
    if number.digits < 2 or not claim.says(_SO):
        return ""
    near = [one.number for one in peers if abs(one.number.start - number.start) < _NEAR]
    near += [one for place, one in enumerate(claim.beside) if place != claim.place]
    values = sorted({_plain(one) for one in near})
    if number.unit in ("%", "points", "pair", "share", "times"):
        return ""
    for first in values:
        for second in values:
            results = (first * second, first / second if second else 0.0, first - second, first + second)
            if first != second and any(is_written(number, abs(one)) for one in results):
                return _REPLY
    return ""


def _plain(number: Number) -> float:
    return number.value / 100 if number.unit in ("%", "points") else number.value


def _at_a_price(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source of a close of which a price is so many percent more or less: "a 5 % stop means $842.28"."""
    if claim.number.unit != "$":
        return ""
    tickers = claim.tickers or claim.named
    for facts in seen[:_LATEST]:
        changes = [_plain(one) for one in claim.beside if one.unit == "%"]
        changes += [one.value for one in facts.under(["target_return"]) if not one.ticker]
        for close in facts.under(["last_close"]):
            meant = close.ticker in tickers if tickers else any(is_size(one, close) for one in claim.beside)
            if meant and any(
                is_written(claim.number, close.value * (1 + one)) for one in (*changes, *map(neg, changes))
            ):
                return close.source
    return ""
