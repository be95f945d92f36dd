"""What a reply proposes: tool calls and sentences, merged, validated and in order. Pure functions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby
from typing import Any

from mltrainer.actions.detect import detect
from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.proposals import Proposal, Source, amend, propose
from mltrainer.actions.registry import find_action
from mltrainer.agent.analyst import ToolCall
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import AI_MAY_CHANGE, Settings

# "Restate, using only technology stocks" asks for a change and for the same again.
_AGAIN_WITH = re.compile(
    r"\b(?:restate(?: (?:it|that))?|again|once more|redo (?:it|that)|repeat (?:it|that|this)|the same|same as before)"
    r"[,;:]?\s+(?:but\s+)?(?:using|with|at|on)\s+",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*(?:[*_]{1,2})?(\d+)[.)]\s")


@dataclass(frozen=True)
class Waiting:
    """A proposal that waits, and the tool calls that its outcome answers."""

    proposal: Proposal
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """A read-only action that runs at once."""

    action: str
    arguments: dict[str, Any]
    digest: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """A proposal that cannot be: what the AI is told, and the tool calls it answers."""

    action: str
    error: UsageError
    calls: tuple[str, ...] = ()


@dataclass
class Reading:
    """Everything a reply asked for. ``settings`` are shown as diffs; they run with the trials in ``trials``."""

    settings: list[Proposal] = field(default_factory=list)
    trials: list[Waiting] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    nothing_new: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    action: str
    stated: dict[str, Any]
    source: Source
    calls: tuple[str, ...] = ()
    quote: str = ""
    option: int | None = None


@dataclass(frozen=True)
class Session:
    """What a reply is read against.

    ``last`` is the action of the latest approved trial, which changed settings would run again.
    """

    settings: Settings
    adjusted: frozenset[str]
    last: str
    context: DetectionContext


def read_reply(text: str, calls: Sequence[ToolCall], session: Session, ids: Iterator[int] | None = None) -> Reading:
    """Read what a reply asks for.

    Settings that it changes are taken into the trials of the same reply; without a trial, the latest action is
    proposed again with them. Lines of a numbered list are alternatives: each stands for itself.
    """
    ids = ids or count(1)
    reading = Reading()
    for call in calls:
        if call.fault:
            reading.faults.append(Fault(call.name, UsageError(call.fault, code="cut"), (call.id,)))
    items = [_Item(call.name, call.input, "tool", (call.id,)) for call in calls if not call.fault]
    items += [
        _Item(found.action, found.stated, "text", quote=found.quote, option=_option(text, found.start))
        for found in detect(text, session.context)
    ]
    for _, group in groupby(sorted(items, key=lambda item: item.option or 0), key=lambda item: item.option):
        _read_group(list(group), session, reading)
    # Numbered at the end: what was found twice counts once.
    reading.settings = [replace(one, id=f"P{next(ids)}") for one in reading.settings]
    reading.trials = [replace(one, proposal=replace(one.proposal, id=f"P{next(ids)}")) for one in reading.trials]
    return reading


def _option(text: str, start: int) -> int | None:
    """Return the place of the numbered line that holds this position, or None."""
    begin = text.rfind("\n", 0, start) + 1
    # The quote may start before the number's line ends, or in an indented line below it.
    end = text.find("\n", start)
    line = text[begin : end if end >= 0 else None]
    while line.startswith(" ") and not _NUMBERED.match(line) and begin > 0:
        end, begin = begin - 1, text.rfind("\n", 0, begin - 1) + 1
        line = text[begin:end]
    return begin + 1 if _NUMBERED.match(line) else None


def _read_group(items: list[_Item], session: Session, reading: Reading) -> None:
    """Read what belongs together: the settings first, then the trials that run with them."""
    changes: dict[str, Any] = {}
    calls: tuple[str, ...] = ()
    trials: list[_Item] = []
    quote = ""
    for item in items:
        try:
            action = find_action(item.action)
            if action.needs_approval:
                trials.append(item)
            elif action.kind == "lookup":
                _add_lookup(reading, item, session)
            else:
                proposal = _validated(item, item.stated, session)
                if not proposal.changes:
                    reading.nothing_new += item.calls
                    continue
                if all(one.digest != proposal.digest for one in reading.settings):
                    reading.settings.append(proposal)
                changes |= {key: after for key, (_, after) in proposal.changes.items()}
                calls += item.calls
                quote = item.quote
        except UsageError as error:
            reading.faults.append(Fault(item.action, error, item.calls))
    if changes and not trials:
        source: Source = "tool" if calls else "text"
        trials = [_Item(session.last, {}, source, quote=quote)]
    for item in trials:
        _add_trial(reading, replace(item, calls=_union(item.calls, calls)), changes, session)


def _add_trial(reading: Reading, item: _Item, changes: dict[str, Any], session: Session) -> None:
    fields = find_action(item.action).arguments.model_fields
    try:
        stated = {key: value for key, value in changes.items() if key in fields} | item.stated
        proposal = _validated(item, stated, session)
    except UsageError as error:
        reading.faults.append(Fault(item.action, error, item.calls))
        return
    before = session.settings.model_dump(mode="json")
    carried = {key: (before[key], value) for key, value in changes.items() if key not in proposal.changes}
    # What the action itself does not depend on still takes effect with its approval.
    carried = {key: pair for key, pair in carried.items() if key not in fields}
    proposal = replace(proposal, changes=proposal.changes | carried)
    for place, other in enumerate(reading.trials):
        if _same(other.proposal, proposal, item.stated if item.source == "text" else None):
            reading.trials[place] = replace(other, calls=_union(other.calls, item.calls))
            return
    reading.trials.append(Waiting(proposal, item.calls))


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


def _same(first: Proposal, second: Proposal, stated: dict[str, Any] | None) -> bool:
    """Tell whether two are one: equal, or a sentence that only repeats what the tool call already says."""
    if first.digest == second.digest:
        return True
    if stated is None or first.source != "tool" or first.action != second.action:
        return False
    return all(first.arguments.get(key) == second.arguments[key] for key in second.stated)


def _add_lookup(reading: Reading, item: _Item, session: Session) -> None:
    proposal = propose(item.action, item.stated, session.settings)
    for place, other in enumerate(reading.lookups):
        if other.digest == proposal.digest:
            reading.lookups[place] = replace(other, calls=_union(other.calls, item.calls))
            return
    reading.lookups.append(Lookup(proposal.action, proposal.arguments, proposal.digest, item.calls))


def _validated(item: _Item, stated: dict[str, Any], session: Session) -> Proposal:
    """Return the proposal, refused where it changes what only the user may change."""
    proposal = propose(
        item.action, stated, session.settings, source=item.source, adjusted=session.adjusted, quote=item.quote
    )
    if foreign := sorted(set(proposal.changes) - AI_MAY_CHANGE):
        raise UsageError(
            f"only the user may change {', '.join(foreign)}",
            hint="leave it out, or ask the user to say it",
            code="not_yours",
        )
    return proposal


def changed_proposal(old: Proposal, stated: dict[str, Any], session: Session, id: str) -> Proposal:
    """Return the proposal with a change of the user's, validated anew.

    Raises
    ------
    UsageError
        If the change is impossible; the old proposal still waits.
    """
    proposal = amend(old, stated, session.settings, adjusted=session.adjusted)
    own = find_action(old.action).arguments.model_fields
    carried = {key: pair for key, pair in old.changes.items() if key not in own}
    is_own = old.source == "user" and not old.edited
    edited = () if is_own else tuple(sorted({*old.edited, *stated}))
    return replace(proposal, id=id, source="user", changes=proposal.changes | carried, edited=edited)


def user_changes(text: str, context: DetectionContext) -> dict[str, Any]:
    """Return the settings that the user's own words change, empty if none; the last word counts.

    What the AI may not change is taken at once as well where the user asks for a trial with it ("run it with seed 7").
    """
    changes: dict[str, Any] = {}
    for found in detect(_AGAIN_WITH.sub(". Use ", text), replace(context, speaker="user")):
        kind = find_action(found.action).kind
        if kind == "settings":
            changes |= found.stated
        elif kind == "trial":
            theirs = set(found.stated) & set(Settings.model_fields) - AI_MAY_CHANGE
            changes |= {key: found.stated[key] for key in theirs}
    return changes
