"""Running what was approved: one trial at a time, through the one door, with the result on its way to the AI."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mltrainer.actions.proposals import Proposal, digest_of
from mltrainer.agent.compact import compact
from mltrainer.agent.desk import By, Desk
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.reading import Waiting
from mltrainer.agent.redaction import for_analyst
from mltrainer.agent.resume import Past
from mltrainer.agent.steering import Steering
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import ActionFailed, LimitReached, MltrainerError
from mltrainer.settings.result import SCHEMA
from mltrainer.settings.stream import EventStream


@dataclass(frozen=True)
class Batch:
    """What came of approved proposals: the results, and what ended the batch early."""

    documents: tuple[dict[str, Any], ...]
    failure: MltrainerError | None = None
    limit: LimitReached | None = None


async def run_approved(proposal: Proposal, facilitator: Facilitator, stream: EventStream) -> dict[str, Any]:
    """Run an approved proposal as it was shown, and return its result document; see `Facilitator.run_trial`."""
    return await facilitator.run_trial(
        proposal.action,
        proposal.arguments,
        stream,
        defaulted=proposal.defaulted,
        session_id=stream.session_id,
    )


class Runner:
    """Runs approved proposals and keeps the session's settings in step with them.

    Attributes
    ----------
    trials
        Ids of the trials that were started, in order.
    """

    def __init__(
        self, facilitator: Facilitator, stream: EventStream, steering: Steering, desk: Desk, outbox: Outbox
    ) -> None:
        self.trials: list[str] = []
        self._facilitator = facilitator
        self._stream = stream
        self._steering = steering
        self._desk = desk
        self._outbox = outbox
        stream.listeners.append(self._note_trial)

    async def run(
        self, chosen: Sequence[Waiting], by: By, reached: Callable[[], LimitReached | None], reason: str = ""
    ) -> Batch:
        """Run these one after another, up to the first failure or limit; the rest is declined.

        Parameters
        ----------
        reached
            Returns the limit that forbids one more trial, or None.
        reason
            Why they are approved, where nobody was asked.
        """
        documents: list[dict[str, Any]] = []
        failure = limit = None
        for one in chosen:
            if limit := reached():
                self._desk.decline(self._desk.waiting, by, limit.message)
                break
            try:
                documents.append(await self._trial(one, by, reason))
            except MltrainerError as error:
                failure = error
                self._report(one, f"{one.proposal.action} failed: {error.message}. {error.hint}".strip(), is_error=True)
                self._desk.decline(self._desk.waiting, by, "the trial before it failed")
                break
        return Batch(tuple(documents), failure, limit)

    def begin(self, one: Waiting, by: By, reason: str = "") -> Proposal:
        """Take an approved proposal off the desk and make its settings the session's.

        Raises
        ------
        ActionFailed
            If it is not what was shown.
        """
        proposal = one.proposal
        if digest_of(proposal.action, proposal.arguments) != proposal.digest:
            raise ActionFailed("the proposal is not what was shown", hint="ask for it again", code="changed_proposal")
        self._desk.approve(one, by, reason)
        self._steering.take_over(proposal)
        return proposal

    async def _trial(self, one: Waiting, by: By, reason: str) -> dict[str, Any]:
        proposal = self.begin(one, by, reason)
        try:
            document = await run_approved(proposal, self._facilitator, self._stream)
        except asyncio.CancelledError:
            self._outbox.tell(one.calls, f"{proposal.action} was interrupted by the user.", is_error=True)
            raise
        document = for_analyst(self._facilitator.store, document)
        self._report(one, compact(document))
        return document

    def go_on(self, past: Past) -> None:
        """Hand over what the AI may not have heard, end what was interrupted, and show again what waits."""
        for calls, text in past.unheard:
            self._outbox.tell(calls, text)
        for trial_id, one in past.interrupted.items():
            action = one.proposal.action
            document = {"schema": SCHEMA, "trial_id": trial_id, "action": action, "status": "cancelled"}
            self._facilitator.store.finish_trial(trial_id, document, seconds=0.0)
            self._stream.emit(events.ActionCancelled, action=action, trial_id=trial_id)
            self._outbox.tell(one.calls, f"{action} ({trial_id}) was interrupted: the program ended.", is_error=True)
        for one in past.unstarted:
            self._desk.forget(one, "the program ended before it started")
        self._desk.put(past.waiting)

    def _report(self, one: Waiting, text: str, *, is_error: bool = False) -> None:
        if one.proposal.source == "user":
            said = {name: one.proposal.arguments[name] for name in one.proposal.edited or one.proposal.stated}
            text = f"(The user proposed or changed this: {said})\n{text}"
        self._stream.emit(events.Message, role="system", text=text)
        self._outbox.tell(one.calls, text, is_error=is_error)

    def _note_trial(self, event: events.Event) -> None:
        if isinstance(event, events.ActionStarted) and event.trial_id:
            self.trials.append(event.trial_id)
