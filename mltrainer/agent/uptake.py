"""Doing what a reply of the analyst asks for: its proposals wait, its look-ups run, what cannot be is refused."""

from collections.abc import Iterator
from dataclasses import replace

from mltrainer.actions.proposals import Proposal, digest_of
from mltrainer.agent.checking import Checker
from mltrainer.agent.compact import compact_lookup
from mltrainer.agent.desk import Desk
from mltrainer.agent.listening import Reply
from mltrainer.agent.lookups import look_up
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.reading import Fault, Lookup, Waiting, read_reply
from mltrainer.agent.steering import Steering
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.stream import EventStream


def bound(proposal: Proposal, facilitator: Facilitator, session_id: str) -> Proposal:
    """Return a proposal in which a trial that was meant by a word, such as the best, is named by its id."""
    arguments = facilitator.bound(proposal.action, proposal.arguments, session_id)
    if arguments == proposal.arguments:
        return proposal
    return replace(proposal, arguments=arguments, digest=digest_of(proposal.action, arguments))


class Uptake:
    """Takes replies in; nothing in a reply runs but look-ups.

    Parameters
    ----------
    ids
        The numbers of proposals.
    """

    def __init__(
        self,
        facilitator: Facilitator,
        stream: EventStream,
        steering: Steering,
        desk: Desk,
        outbox: Outbox,
        checker: Checker,
        ids: Iterator[int],
    ) -> None:
        self._facilitator = facilitator
        self._stream = stream
        self._steering = steering
        self._desk = desk
        self._outbox = outbox
        self._checker = checker
        self._ids = ids

    async def take(self, reply: Reply) -> bool:
        """Do what a reply asks for; tell whether the AI goes on by itself."""
        # What was cut may end in the middle of a number: nothing is read out of it.
        reading = read_reply("" if reply.cut else reply.text, reply.calls, self._steering.session(), self._ids)
        proposals = [*reading.settings, *(one.proposal for one in reading.trials)]
        await self._checker.check(reply.text, reply.cited, [one.arguments for one in proposals])
        for proposal in reading.settings:
            self._desk.show(proposal)
        self._outbox.answer(tuple(reading.nothing_new), "The settings are already so.")
        bound = [self._bound(one) for one in reading.trials]
        self._desk.put([one for one in bound if isinstance(one, Waiting)])
        for fault in [*reading.faults, *(one for one in bound if isinstance(one, Fault))]:
            self._refuse(fault)
        for lookup in reading.lookups:
            await self._look_up(lookup)
        return not self._desk.waiting and bool(self._outbox or reading.faults or reading.lookups)

    def _bound(self, one: Waiting) -> Waiting | Fault:
        """Return what waits with the trial that it means by id: what is shown is what runs."""
        try:
            return Waiting(bound(one.proposal, self._facilitator, self._stream.session_id), one.calls)
        except UsageError as error:
            return Fault(one.proposal.action, error, one.calls)

    async def _look_up(self, lookup: Lookup) -> None:
        self._stream.emit(events.ActionStarted, action=lookup.action, arguments=lookup.arguments)
        settings, session = self._steering.settings.current, self._stream.session_id
        try:
            found = await look_up(lookup.action, lookup.arguments, self._facilitator, settings, session, for_user=False)
        except MltrainerError as error:
            fields = {"code": error.code, "message": error.message, "hint": error.hint}
            self._stream.emit(events.ActionFailed, action=lookup.action, **fields)
            said = f"{lookup.action} failed: {error.message}. {error.hint}".strip()
            self._outbox.tell(lookup.calls, said, is_error=True)
            return
        self._stream.emit(events.ActionCompleted, action=lookup.action, result=found)
        self._outbox.tell(lookup.calls, compact_lookup(lookup.action, found))

    def _refuse(self, fault: Fault) -> None:
        hint = f" ({fault.error.hint})" if fault.error.hint else ""
        text = f"{fault.action}: {fault.error.message}{hint}"
        self._stream.emit(events.Notice, text=f"The AI's proposal cannot be run: {text}")
        self._outbox.tell(fault.calls, f"This cannot be run: {text}", is_error=True)
