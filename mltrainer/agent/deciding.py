"""The user's decisions about what waits: reading them, and changing a proposal before it is decided."""

from collections.abc import Iterator, Sequence
from typing import Any

from mltrainer.actions.approval import Change, Decision, read_decision
from mltrainer.actions.proposals import Proposal
from mltrainer.agent.desk import Desk
from mltrainer.agent.reading import changed_proposal
from mltrainer.agent.steering import Steering


class Decisions:
    """Reads what the user's words decide.

    Attributes
    ----------
    edited
        Id of the proposal whose arguments the user asked to edit, empty where he did not.
    """

    def __init__(self, desk: Desk, steering: Steering, ids: Iterator[int]) -> None:
        self.edited = ""
        self._desk = desk
        self._steering = steering
        self._ids = ids

    @property
    def editing(self) -> Proposal | None:
        """Return the proposal that is edited, or None."""
        return next((one for one in self._desk.proposals if one.id == self.edited), None)

    def read(self, text: str) -> Decision:
        """Return what the user's words decide about the waiting proposals."""
        context, settings = self._steering.context("user"), self._steering.settings.current
        if self.edited:
            # After "edit" the bare change is enough: "90 % confidence".
            self.edited = ""
            changed = read_decision(f"yes, but with {text}", self._desk.proposals, settings, context)
            if isinstance(changed, Change):
                return changed
        return read_decision(text, self._desk.proposals, settings, context)

    def change(self, ids: Sequence[str], stated: dict[str, Any]) -> None:
        """Let changed proposals wait in the place of these, and show them; nothing runs.

        Raises
        ------
        UsageError
            If the change is impossible; the old proposal still waits.
        """
        for old in self._desk.chosen(ids):
            new = changed_proposal(old.proposal, stated, self._steering.session(), f"P{next(self._ids)}")
            self._desk.replace(old, new)
