"""Figures that follow from several others by an operation that the words name: sums, widths, shares of a count."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.differences import REPLY
from mltrainer.agent.grounding.facts import Facts, is_among
from mltrainer.agent.grounding.numbers import Number, is_written
from mltrainer.agent.grounding.sizes import is_size
from mltrainer.agent.grounding.vocabulary import COUNTS
from mltrainer.models.registry import BASELINES

_SUM = words(r"\b(?:together|combined|in total|in all|altogether|total\w*|sum\w*|add(?:s|ed|ing)? up|jointly|both)\b")
_MEAN = words(r"\b(?:averag\w*|mean)\b")
_WIDE = words(r"\b(?:wide|width|spans?|spanning|broad|narrow|from end to end)\b")
_OF_COUNT = words(r",? of (?:the |all |its |their |those |these )*(?:[\w,]+ )?(?:[\w-]+ )?")
_SO = words(
    r"\b(?:so|that['’]s|that is|that leaves|leaves?|i\.e\.|means|hence|makes?|would|times|total|of (?:them|which)|"
    r"arithmetic|reward|about)\b|[=×]"
)
_OF_IT = words(r" of (?:it|that|them|the (?:whole|sum|total|money))\b")
_NEAR = 160
_OF_A_TRIAL = frozenset({"fits", "cached_fits", "seconds"})
# Of so many results a price is set against a close.
_LATEST = 3


def computed(
    claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim], columns: Sequence[Sequence[Number]] = ()
) -> str:
    """Return the source of the figures that a sum, a width or a share of a count is made of, empty if there are none.

    Parameters
    ----------
    peers
        Supported figures of the same line.
    columns
        Those of the table above, column by column.
    """
    number = claim.number
    scale = 100.0 if number.unit in ("%", "points") else 1.0
    alike = [one.number.value for one in peers if one.number.unit == number.unit]
    if claim.says(_SUM) and any(is_written(number, sum(some)) for n in (2, 3, 4) for some in combinations(alike, n)):
        return REPLY
    for column in columns:
        total = sum(one.signed for one in column if one.unit == number.unit)
        if (claim.says(_SUM) and is_written(number, abs(total))) or (
            claim.says(_MEAN) and is_written(number, abs(total) / len(column))
        ):
            return REPLY
    for facts in seen:
        made: list[float] = []
        if claim.says(_SUM):
            made += map(sum, _addends(claim, facts))
        if claim.says(_MEAN):
            made += (sum(values) / len(values) for values in _addends(claim, facts))
        if claim.says(_WIDE):
            made += _widths(claim, facts)
        if any(is_written(number, scale * one) for one in made):
            return facts.source
    if not claim.trials and any(is_written(number, one) for one in _over_trials(claim, seen)):
        return REPLY
    return _share_of_count(claim, seen) or _at_a_price(claim, seen) or _of_two_written(claim, peers)


def _addends(claim: Claim, facts: Facts) -> Iterator[list[float]]:
    """Return what may be added: the figures of all models, of those that learn, of the models or tickers named."""
    for key in sorted(claim.keys or ({"seconds"} if claim.number.unit == "seconds" else ())):
        found = [one for one in facts.under([key]) if one.is_plain]
        of_model = {one.model: one.value for one in found if one.model and not one.ticker}
        some = [
            list(of_model.values()),
            [value for name, value in of_model.items() if "(" not in name and name not in BASELINES],
            [value for name, value in of_model.items() if name in claim.named or is_among(name, claim.models)],
            list({one.ticker: one.value for one in found if one.ticker in claim.named and not one.model}.values()),
            list({one.ticker: one.value for one in found if one.rank > 0 and not one.model}.values()),
        ]
        yield from (values for values in some if len(values) > 1)


def _over_trials(claim: Claim, seen: Sequence[Facts]) -> Iterator[float]:
    """Return what all trials that were seen came to together: their fits, their seconds."""
    for key in sorted(claim.keys & _OF_A_TRIAL or ({"seconds"} if claim.number.unit == "seconds" else set())):
        of_trial = [
            [one.value for one in facts.under([key]) if not (one.model or one.ticker or one.source == "settings")]
            for facts in seen
        ]
        some = [values for values in of_trial if values]
        if len(some) > 1:
            # The first of several is the whole: seconds on the clock stand before those of fitting.
            yield from (sum(values[0] for values in some), sum(values[-1] for values in some))


def _widths(claim: Claim, facts: Facts) -> Iterator[float]:
    ends: dict[tuple[str, str, str, bool], list[float]] = {}
    for one in facts.under(sorted(claim.keys or facts.keys)):
        if one.bound and (not claim.models or is_among(one.model, claim.models | claim.named)):
            ends.setdefault((one.key, one.model, one.ticker, one.earlier), []).append(one.value)
    yield from (abs(pair[1] - pair[0]) for pair in ends.values() if len(pair) == 2)


def _share_of_count(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source where a count is such a share of another: "a quarter of the 24 fits came from the cache"."""
    number = claim.number
    behind = claim.text[claim.beside[claim.place].end :]
    if number.unit not in ("%", "share", "pair") or (number.unit != "pair" and not _OF_COUNT.match(behind)):
        return ""
    scale = 100.0 if number.unit == "%" else 1.0
    following = claim.beside[claim.place + 1 : claim.place + 2]
    near = bool(following) and following[0].start - claim.beside[claim.place].end < 24
    for facts in seen:
        found = facts.under(sorted(claim.told & COUNTS - {"n"}))
        counts = [one for one in found if one.kind in ("count", "seconds") and not one.ticker and one.value > 0]
        for part, whole in permutations(counts, 2):
            if part.key == whole.key or part.value >= whole.value:
                continue
            if number.unit == "pair":
                right = (part.value, whole.value) == (number.value, number.of)
            else:
                right = is_written(number, scale * part.value / whole.value)
                right = right and (not near or is_size(following[0], whole))
            if right:
                return part.source
    return ""


def _of_two_written(claim: Claim, peers: Sequence[Claim]) -> str:
    """Return whether a number is what the words compute from two others: "2 % of $20,000 is $400", "62, so 49 more"."""
    number = claim.number
    of_it = number.unit == "%" and _OF_IT.match(claim.after)
    if not of_it and (number.unit in ("%", "points", "pair", "share", "times") or not claim.says(_SO)):
        return ""
    near = [one.number for one in peers if abs(one.number.start - number.start) < _NEAR]
    near += [one for place, one in enumerate(claim.beside) if place != claim.place]
    for first, second in permutations(sorted({one.plain for one in near}), 2):
        ratio = first / second if second else 0.0
        made = [100 * ratio] if of_it else [first * second, ratio, first - second, first + second]
        if any(is_written(number, abs(one)) for one in made):
            return REPLY
    return ""


def _at_a_price(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source of a close of which a price is so many percent more or less: "a 5 % stop means $842.28"."""
    if claim.number.unit != "$":
        return ""
    tickers = claim.tickers or claim.named
    changes = [one.plain for one in claim.beside if one.unit == "%"]
    for facts in seen[:_LATEST]:
        for close in facts.under(["last_close"]):
            meant = close.ticker in tickers if tickers else any(is_size(one, close) for one in claim.beside)
            if meant and any(is_written(claim.number, close.value * (1 + by)) for one in changes for by in (one, -one)):
                return close.source
    return ""
