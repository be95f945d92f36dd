"""Whether the figures in a text are supported by what was seen: pure functions of the text and the facts."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from mltrainer.agent.grounding.amounts import amounts_in, of_amount
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.claims import read_claims
from mltrainer.agent.grounding.counts import counted, is_a_tally, is_counted, tallied
from mltrainer.agent.grounding.differences import REPLY, follows
from mltrainer.agent.grounding.facts import TOLD, Facts
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.ranges import of_interval
from mltrainer.agent.grounding.reasons import owned_by, stored_instead
from mltrainer.agent.grounding.rows import of_row
from mltrainer.agent.grounding.rules import is_true_by_rule
from mltrainer.agent.grounding.sums import computed
from mltrainer.agent.grounding.support import supporting

_AROUND = 30
# So far back a sentence goes on with what the one before spoke of, in letters.
_NEAR = 160


@dataclass(frozen=True)
class Beside:
    """What a figure can follow from beside its line: amounts of money, and the columns of the table above."""

    amounts: frozenset[float]
    columns: Sequence[Sequence[Number]]


@dataclass(frozen=True)
class Unsupported:
    """A figure that nothing seen supports, at ``text[start:end]``, with the words around it and the reason.

    ``contradicted`` says that a result holds another figure of just what the words name; without it the figure may
    still be right, and only cannot be told from what was seen.
    """

    text: str
    start: int
    end: int
    around: str
    reason: str
    contradicted: bool = False


@dataclass(frozen=True)
class Grounded:
    """What became of the figures of a text. ``sources`` counts the supported ones by what supports them."""

    checked: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    unsupported: tuple[Unsupported, ...] = ()


def ground(text: str, seen: Sequence[Facts], tickers: Collection[str] = ()) -> Grounded:
    """Look up every figure that a text claims.

    Parameters
    ----------
    seen
        What was shown, the most recent first.
    tickers
        Names that are tickers in this session.

    Notes
    -----
    A figure is supported where a fact rounds to it, in its unit, and belongs to the model, ticker and trial that the
    sentence gives it to, or where it follows from two such figures by one step. What is unsupported may still be true:
    it only cannot be told from what was seen.
    """
    keys, models, labels, actions = (
        frozenset().union(*(getattr(facts, name) for facts in seen)) for name in ("keys", "models", "labels", "actions")
    )
    claims = read_claims(text, tickers, keys - {TOLD}, models, labels, actions)
    sources = [_direct_source(claim, seen) for claim in claims]
    lines: dict[int, list[int]] = {}
    for place, claim in enumerate(claims):
        lines.setdefault(claim.line, []).append(place)
    amounts = amounts_in(text, seen)
    columns: dict[int, list[Number]] = {}
    in_table = False
    for line in lines.values():
        rows = claims[line[0]].in_table
        if rows and not in_table:
            columns = {}
        in_table = rows
        _follow_up(line, claims, sources, seen, Beside(amounts, list(columns.values())))
        for number in (claims[place].number for place in line if rows and sources[place]):
            column = text.count("|", text.rfind("\n", 0, number.start), number.start)
            columns.setdefault(column, []).append(number)
    unsupported = [_unsupported(text, claim, seen) for claim, source in zip(claims, sources, strict=True) if not source]
    return Grounded(len(claims), dict(Counter(filter(None, sources))), tuple(unsupported))


def _direct_source(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source of the fact that a number is."""
    if is_true_by_rule(claim):
        return "rules"
    if _only_counts(claim):
        return ""
    fact = supporting(claim, seen)
    return fact.source if fact else of_interval(claim, seen)


def _follow_up(
    line: Sequence[int], claims: Sequence[Claim], sources: list[str], seen: Sequence[Facts], beside: Beside
) -> None:
    """Put in the sources of what the figures of a line count, or follow from: of one another as well."""
    everybody = [claims[place] for place in line]
    for place in line:
        sources[place] = sources[place] or _source_beside(claims[place], seen, everybody)
    rest = [place for place in line if not sources[place]]
    while rest:
        peers = [claims[place] for place in line if sources[place]]
        for place in rest:
            sources[place] = _source_derived(claims[place], seen, peers, beside)
        left = [place for place in rest if not sources[place]]
        rest = left if len(left) < len(rest) else []


def _only_counts(claim: Claim) -> bool:
    """Tell whether a number says how many of all are so: nothing else can be meant."""
    return is_counted(claim) or (claim.number.unit == "pair" and is_a_tally(claim.after))


def _source_beside(claim: Claim, seen: Sequence[Facts], line: Sequence[Claim]) -> str:
    """Return the source of what a number counts, or of the row of a table that it stands in."""
    near = [
        one
        for one in line
        if one is not claim and (claim.in_table or 0 < claim.number.start - one.number.start < _NEAR)
    ]
    source = tallied(claim, seen) if is_a_tally(claim.after) else counted(claim, seen)
    return source if source or _only_counts(claim) else of_row(claim, seen, near)


def _source_derived(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim], beside: Beside) -> str:
    """Return the source of the figures that a number follows from; ``peers`` are the supported ones of its line."""
    if _only_counts(claim):
        return ""
    source = follows(claim, seen, peers) or computed(claim, seen, peers, beside.columns)
    return source or (REPLY if of_amount(claim, seen, peers, beside.amounts) else "")


def _unsupported(text: str, claim: Claim, seen: Sequence[Facts]) -> Unsupported:
    number, stored = claim.number, stored_instead(claim, seen)
    reason = ", and ".join(filter(None, [stored, owned_by(claim, seen)])) or "nothing seen says so"
    around = words_around(text, number.start, number.end)
    return Unsupported(number.text.strip(), number.start, number.end, around, reason, bool(stored))


def words_around(text: str, start: int, end: int) -> str:
    """Return the words around a place, in one line and whole."""
    before = text[max(0, start - _AROUND) : start]
    after = text[end : end + _AROUND]
    if start > _AROUND:
        before = before.partition(" ")[2]
    if end + _AROUND < len(text):
        after = after.rpartition(" ")[0]
    return " ".join(f"{before}{text[start:end]}{after}".split())
