"""Proposals: an action with complete, validated arguments that waits for a decision."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from mltrainer.actions.checking import checked_settings, read_arguments, with_params
from mltrainer.actions.registry import Action, find_action
from mltrainer.models.registry import members_of
from mltrainer.settings.events import ProposalMade
from mltrainer.settings.parameters import Settings

Source = Literal["tool", "text", "user"]


@dataclass(frozen=True)
class Proposal:
    """An action that somebody put forward.

    Parameters
    ----------
    arguments
        Complete: for a trial every setting it depends on, and what the action has of its own.
    stated
        Names of the arguments that were said in the proposal itself.
    defaulted
        Names of the settings that neither the proposal nor the user ever stated.
    digest
        SHA-256 over action and arguments: the approval is bound to it.
    changes
        Settings that differ from the session's, name to (before, after).
    quote
        The words that were understood as this proposal, empty for a tool call.
    edited
        Names of the arguments that the user changed in a proposal of the AI's.
    """

    id: str
    source: Source
    action: str
    arguments: dict[str, Any]
    stated: tuple[str, ...]
    defaulted: tuple[str, ...]
    digest: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    quote: str = ""
    edited: tuple[str, ...] = ()

    @property
    def needs_approval(self) -> bool:
        """Tell whether the user must agree before it runs."""
        return find_action(self.action).needs_approval


def propose(
    action: str,
    stated: dict[str, Any],
    settings: Settings,
    *,
    id: str = "P1",
    source: Source = "user",
    adjusted: frozenset[str] = frozenset(),
    quote: str = "",
) -> Proposal:
    """Validate what was stated, complete it from the settings, and bind it to a digest.

    Parameters
    ----------
    stated
        Arguments as they were said: a tool's input, a command's options, or what detection found.
    adjusted
        Settings that the user or an approved proposal set earlier in the session: they are not defaults.

    Raises
    ------
    UsageError
        If an argument is unknown, out of bounds, or names an unknown model.
    """
    entry = find_action(action)
    checked = read_arguments(entry, stated)
    before = settings.model_dump(mode="json")
    if entry.kind == "lookup" or not _takes_settings(entry):
        arguments = checked
        changes: dict[str, tuple[Any, Any]] = {}
        defaulted: tuple[str, ...] = ()
    else:
        own = {key: value for key, value in checked.items() if key not in before}
        said = {key: value for key, value in checked.items() if key in before}
        if "model_params" in said:
            said["model_params"] = with_params(before["model_params"], said["model_params"], (before | said)["models"])
        after = checked_settings(before | said)
        complete = after.model_dump(mode="json")
        changes = {key: (before[key], complete[key]) for key in said if before[key] != complete[key]}
        defaulted = tuple(key for key in complete if key not in said and key not in adjusted)
        arguments = own | (complete if entry.kind == "trial" else {key: complete[key] for key in said})
    return Proposal(
        id=id,
        source=source,
        action=entry.name,
        arguments=arguments,
        stated=tuple(checked),
        defaulted=defaulted,
        digest=digest_of(entry.name, arguments),
        changes=changes,
        quote=quote,
    )


def from_event(event: ProposalMade) -> Proposal:
    """Return the proposal that an event shows."""
    return Proposal(
        id=event.id,
        source=event.source,
        action=event.action,
        arguments=event.arguments,
        stated=tuple(event.stated or event.changes),
        defaulted=tuple(event.defaulted),
        digest=event.digest,
        changes=dict(event.changes),
        edited=tuple(event.edited),
    )


def amend(
    proposal: Proposal, stated: dict[str, Any], settings: Settings, *, adjusted: frozenset[str] = frozenset()
) -> Proposal:
    """Return the proposal with some arguments changed; what it had stated before stays stated.

    Raises
    ------
    UsageError
        If an argument is unknown, out of bounds, or names an unknown model.
    """
    before = {name: proposal.arguments[name] for name in proposal.stated}
    changed = read_arguments(find_action(proposal.action), stated)
    if "models" in changed and "model_params" in before:
        members = {member for model in changed["models"] for member in members_of(model)}
        before["model_params"] = {name: params for name, params in before["model_params"].items() if name in members}
    return propose(
        proposal.action,
        before | changed,
        settings,
        id=proposal.id,
        source=proposal.source,
        adjusted=adjusted,
        quote=proposal.quote,
    )


def _takes_settings(action: Action) -> bool:
    """Tell whether the action's arguments include settings."""
    return not set(Settings.model_fields).isdisjoint(action.arguments.model_fields)


def digest_of(action: str, arguments: dict[str, Any]) -> str:
    """Return the SHA-256 of the action and its arguments in canonical JSON."""
    canonical = json.dumps([action, arguments], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
