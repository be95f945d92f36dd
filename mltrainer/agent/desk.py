"""The desk on which proposals wait for a decision, shown and numbered in order."""

from collections.abc import Callable, Sequence
from typing import Literal

from mltrainer.actions.proposals import Proposal
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.reading import Waiting
from mltrainer.settings import events
from mltrainer.settings.stream import EventStream

By = Literal["user", "policy"]


class Desk:
    """Holds what waits; every arrival and every decision goes out as an event, a refusal also to the AI."""

    def __init__(self, stream: EventStream, outbox: Outbox, outlook: Callable[[Proposal], list[str]]) -> None:
        self.waiting: list[Waiting] = []
        self._stream = stream
        self._outbox = outbox
        self._outlook = outlook
        self._told: set[str] = set()

    @property
    def proposals(self) -> list[Proposal]:
        """Return what waits, in order."""
        return [one.proposal for one in self.waiting]

    def chosen(self, ids: Sequence[str]) -> list[Waiting]:
        """Return what waits under these ids, in the order of the ids."""
        return [one for id in ids for one in self.waiting if one.proposal.id == id]

    def show(self, proposal: Proposal, calls: Sequence[str] = ()) -> None:
        """Show a proposal: what is shown is what runs. The AI hears as well what the data could show at best."""
        found = self.outlook(proposal)
        self._stream.emit(
            events.ProposalMade,
            id=proposal.id,
            source=proposal.source,
            action=proposal.action,
            arguments=proposal.arguments,
            defaulted=list(proposal.defaulted),
            stated=list(proposal.stated),
            digest=proposal.digest,
            needs_approval=proposal.needs_approval,
            changes=proposal.changes,
            edited=list(proposal.edited),
            calls=list(calls),
            outlook=found,
        )

    def outlook(self, proposal: Proposal) -> list[str]:
        """Return what the data could show at best, and note for the AI what it was not told of it before."""
        found = self._outlook(proposal)
        if new := [one for one in found if one not in self._told]:
            self._outbox.note(f"What these data could show at best ({proposal.action}): {'; '.join(new)}.")
            self._told.update(new)
        return found

    def put(self, arrivals: Sequence[Waiting]) -> None:
        """Let these wait, instead of whatever waited before."""
        for one in arrivals:
            self.show(one.proposal, one.calls)
        self.waiting = list(arrivals)

    def replace(self, old: Waiting, proposal: Proposal) -> None:
        """Let a changed proposal wait in the place of the old one."""
        self._stream.emit(events.Approval, proposal=old.proposal.id, decision="edited", by="user")
        self.waiting[self.waiting.index(old)] = Waiting(proposal, old.calls)
        self.show(proposal, old.calls)

    def approve(self, one: Waiting, by: By, reason: str = "") -> None:
        """Take an approved proposal off the desk."""
        self._stream.emit(events.Approval, proposal=one.proposal.id, decision="approved", by=by, reason=reason)
        self.waiting.remove(one)

    def forget(self, one: Waiting, reason: str) -> None:
        """Take back an approval that led to nothing; everybody hears of it."""
        self._stream.emit(events.Approval, proposal=one.proposal.id, decision="declined", by="policy", reason=reason)
        self._outbox.tell(one.calls, f"{one.proposal.action} ({one.proposal.id}) was approved, but {reason}.")

    def decline(self, ones: Sequence[Waiting], by: By, reason: str, said: str = "") -> None:
        """Take declined proposals off the desk; the AI hears of it with the next turn, in the words of ``said``."""
        said = said or (f"It was not run: {reason}." if reason else "The user declined without a reason.")
        for one in list(ones):
            self._stream.emit(events.Approval, proposal=one.proposal.id, decision="declined", by=by, reason=reason)
            self.waiting.remove(one)
            self._outbox.tell(one.calls, said if one.calls else f"Your proposal of {one.proposal.action}: {said}")
