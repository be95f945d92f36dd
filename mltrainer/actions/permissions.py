"""What the user lets run without being asked, for this session and within bounds. The AI's text never gets here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mltrainer.actions.proposals import Proposal
from mltrainer.actions.registry import ACTIONS, find_action
from mltrainer.models.registry import members_of
from mltrainer.settings.errors import UsageError

_ALWAYS = re.compile(
    r"(?:please\s+)?(?:always\s+)?allow\s+(?:the\s+)?(?P<action>[\w -]+?)(?:\s+trials?)?"
    r"\s+(?:for|in|during)\s+(?:this|the)\s+(?:whole\s+)?session[\s.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Permission:
    """An action that runs without asking.

    Parameters
    ----------
    max_models
        Most models that the trial may use, members of ensembles counted; None for any number.
    times
        How often it may run so; None for no limit.
    """

    action: str
    max_models: int | None = None
    times: int | None = None

    def __str__(self) -> str:
        bounds = [
            f"at most {count} {word}{'s' * (count != 1)}"
            for count, word in ((self.max_models, "model"), (self.times, "time"))
            if count is not None
        ]
        return self.action + (f" ({', '.join(bounds)})" if bounds else "")


def permits(permission: Permission, proposal: Proposal, used: int) -> bool:
    """Tell whether a permission that was used so often covers a proposal."""
    if permission.action != proposal.action or (permission.times is not None and used >= permission.times):
        return False
    members = {member for model in proposal.arguments.get("models", ()) for member in members_of(model)}
    return permission.max_models is None or len(members) <= permission.max_models


def first_permitted(
    permissions: Mapping[int, Permission], used: Mapping[int, int], waiting: Sequence[Proposal]
) -> tuple[int, Proposal] | None:
    """Return the first proposal that a permission covers, with the permission's number, or None."""
    for proposal in waiting:
        for number, permission in permissions.items():
            if permits(permission, proposal, used.get(number, 0)):
                return number, proposal
    return None


def make_permission(action: str, max_models: int | None = None, times: int | None = None) -> Permission:
    """Return a checked permission.

    Raises
    ------
    UsageError
        If there is no such action, it needs no approval anyway, or a bound is below 1.
    """
    entry = find_action(action)
    if not entry.needs_approval:
        raise UsageError(f"{entry.name} needs no permission: it runs no trial")
    if any(bound is not None and bound < 1 for bound in (max_models, times)):
        raise UsageError("a bound of a permission is at least 1")
    return Permission(entry.name, max_models, times)


def read_permission(text: str) -> Permission | None:
    """Return the permission that the user's whole text gives: ``always allow momentum screening for this session``."""
    match = _ALWAYS.fullmatch(text.strip())
    if not match:
        return None
    name = "_".join(match["action"].lower().replace("-", " ").split())
    entry = ACTIONS.get(name)
    return Permission(name) if entry and entry.needs_approval else None
