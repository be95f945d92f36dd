"""The user's answer to waiting proposals: only whole answers approve, and whatever is unclear declines.

An approval is built from the words ``yes``, ``execute``, ``proceed``, ``go``, ``run``, ``approve``, ``approved``,
``do it`` and ``let's go``, alone or together ("Yes, go!", "yes please", "ok, run it"), or it picks by number ("1-3",
"the second one", "all"). Any other word in the answer takes the approval away. A question, several lines or an empty
answer never approve. A plain "yes" to several waiting proposals approves them all, in their order: all of them are on
the screen with their arguments. "In the background", alone or with an approval, lets the conversation go on meanwhile.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mltrainer.actions.detect import read_change
from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.proposals import Proposal
from mltrainer.actions.selection import read_selection
from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class Approve:
    """Run these proposals, in this order; in the background where the conversation is to go on meanwhile."""

    ids: tuple[str, ...]
    background: bool = False


@dataclass(frozen=True)
class Change:
    """Show these proposals again with changed arguments; nothing runs yet.

    Parameters
    ----------
    stated
        The changed arguments only, with absolute values; see :func:`mltrainer.actions.proposals.amend`.
    """

    ids: tuple[str, ...]
    stated: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edit:
    """Open the arguments of this proposal."""

    id: str


@dataclass(frozen=True)
class Decline:
    """Run nothing. ``reason`` is what the user wrote; it goes to the AI."""

    reason: str


Decision = Approve | Change | Edit | Decline

_OBJECT = r"(?:\s+(?:it|this(?:\s+one)?|that(?:\s+one)?|them|both|all|these))?"
_CORE = (
    rf"(?:yes|execute{_OBJECT}|proceed(?:\s+with\s+(?:it|this|that|them))?|go(?:\s+ahead|\s+for\s+it)?|run{_OBJECT}|"
    rf"(?:i\s+)?approve{_OBJECT}|approved{_OBJECT}|do\s+(?:it|that|this|both)"
    r"|let'?s\s+(?:go|(?:do|run|execute)\s+(?:it|that|this)))"
)
_BEFORE = r"(?:(?:ok|okay|yeah|yep|sure|great|perfect|good|fine|alright|all\s+right|please|sounds\s+good)[\s,.!]+){0,2}"
_AFTER = r"(?:[\s,.!]*(?:please|now|then|thanks|thank\s+you)){0,2}"
_JOIN = r"(?:[\s,.!]+(?:and\s+)?|\s*[-–—]\s*)"
_APPROVAL = rf"{_BEFORE}{_CORE}(?:{_JOIN}{_CORE}){{0,3}}{_AFTER}"
_WHOLE = re.compile(rf"{_APPROVAL}[\s.!]*")
# "Ok" alone runs nothing; before a change, which is shown again, it is agreement enough.
_CHANGED = re.compile(
    rf"(?P<head>{_APPROVAL}|ok|okay|fine|sure|good)[\s,.!;:–—-]*\b(?P<rest>(?:but|with|using|at|on|and|only|just|except|without|for"
    rf"|over|use)\b.*)"
)
_PICK_CHANGED = re.compile(r"(?P<pick>[^,.;]{1,40}?)[\s,.;–—-]+(?P<rest>(?:but|with|using)\b.*)")
_PICK_AFTER_YES = re.compile(r"(?:yes|ok|okay|go|please)(?:\s+to\s+|[\s,.!:]+)(?P<pick>.+)")
_BY_NAME = re.compile(
    r"(?P<order>(?:(?:yes|ok|okay|please|go\s+with|run|do|execute|approve|take)[\s,.!]+)*)the\s+(?P<name>.+)"
)
_ID = re.compile(r"\bp\d+\b")
_BACKGROUND = re.compile(
    r"[\s,.!–—-]*(?:\bbut\s+)?\b(?:in\s+(?:the\s+)?background|as\s+a\s+(?:background\s+)?job)\b(?:\s+please)?",
    re.IGNORECASE,
)
_EDIT = re.compile(r"(?:please\s+)?edit(?:\s+(?P<which>.+?))?[\s.!]*")
_LONGEST = 200


def read_decision(text: str, waiting: Sequence[Proposal], settings: Settings, context: DetectionContext) -> Decision:
    """Return what the user's answer decides about the waiting proposals.

    Parameters
    ----------
    text
        The whole answer, as typed.
    waiting
        The proposals on the screen, in their order. Numbers in the answer count from 1 in this order.
    settings
        The session's settings, for proposals that carry none of their own.
    context
        Tickers and sectors with which a change ("yes, but only AAPL") is read. A change is relative to the
        proposal's own arguments.
    """
    said = text.strip()
    answer = " ".join(_unquoted(said).lower().replace("’", "'").split())
    if not waiting or not answer or "\n" in said or "?" in said or len(said) > _LONGEST:
        return Decline(said)
    if match := _EDIT.fullmatch(answer):
        return _edit(match["which"], waiting, said)
    ids = tuple(proposal.id for proposal in waiting)
    aside = _BACKGROUND.sub("", answer)
    if aside != answer:
        picked = ids if not aside.strip(" .!") or _WHOLE.fullmatch(aside) else _picked(aside, ids)
        if picked:
            return Approve(picked, background=True)
        # A change is shown again first, wherever it is to run.
        own = _BACKGROUND.sub("", _unquoted(said))
        return _change(aside, own, waiting, settings, context) or Decline(said)
    if _WHOLE.fullmatch(answer):
        return Approve(ids)
    if picked := _picked(answer, ids) or _named(answer, waiting):
        return Approve(picked)
    return _change(answer, _unquoted(said), waiting, settings, context) or Decline(said)


def _unquoted(text: str) -> str:
    """Take off one pair of quotes: the screen says "Type 'yes'", and some type it so."""
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"`" else text


def _named(answer: str, waiting: Sequence[Proposal]) -> tuple[str, ...]:
    """Return the one proposal that "run the screening" names; among several, its name alone picks it."""
    match = _BY_NAME.fullmatch(answer.rstrip(" .!"))
    if not match or not (match["order"] or len(waiting) > 1):
        return ()
    said = match["name"].replace("-", " ")
    named = [one.id for one in waiting if said in (one.action.replace("_", " "), one.action.rpartition("_")[2])]
    return tuple(named) if len(named) == 1 else ()


def _picked(answer: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    # "P7" is the name on the screen, "1" the place.
    answer = _ID.sub(lambda found: str(ids.index(found[0].upper()) + 1) if found[0].upper() in ids else "0", answer)
    positions = read_selection(answer, len(ids))
    if positions is None and (match := _PICK_AFTER_YES.fullmatch(answer)):
        positions = read_selection(match["pick"], len(ids))
    return tuple(ids[position - 1] for position in positions or ())


def _edit(which: str | None, waiting: Sequence[Proposal], said: str) -> Decision:
    if which is None or which in ("it", "this", "that"):
        return Edit(waiting[0].id)
    positions = read_selection(which, len(waiting)) or ()
    return Edit(waiting[positions[0] - 1].id) if len(positions) == 1 else Decline(said)


def _change(
    answer: str, said: str, waiting: Sequence[Proposal], settings: Settings, context: DetectionContext
) -> Change | None:
    """Read an approval with a change; the first chosen proposal is what the change is relative to."""
    ids = tuple(proposal.id for proposal in waiting)
    if match := _CHANGED.fullmatch(answer):
        chosen = ids
    elif match := _PICK_CHANGED.fullmatch(answer):
        chosen = _picked(match["pick"].strip(), ids)
    if not match or not chosen:
        return None
    first = next(proposal for proposal in waiting if proposal.id == chosen[0])
    own = {name: value for name, value in first.arguments.items() if name in Settings.model_fields}
    relative_to = Settings.model_validate(settings.model_dump() | own)
    # The spelling of the answer matters here: tickers are capitals.
    rest = " ".join(said.split())[match.start("rest") :]
    stated = read_change(rest, first.action, replace(context, settings=relative_to, speaker="user"))
    return Change(chosen, stated) if stated else None
