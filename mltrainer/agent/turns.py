"""One turn of a conversation: from what the user says to the moment he has the word again."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from itertools import count
from typing import Any, Literal

from mltrainer.actions.approval import Approve, Change, Edit
from mltrainer.actions.permissions import read_permission
from mltrainer.actions.registry import find_action
from mltrainer.actions.session_settings import SessionSettings
from mltrainer.agent.analyst import Analyst, Turn
from mltrainer.agent.budget import Budget
from mltrainer.agent.checking import Checker
from mltrainer.agent.deciding import Decisions
from mltrainer.agent.desk import By, Desk
from mltrainer.agent.jobs import Jobs
from mltrainer.agent.listening import Ear
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.outlook import outlook
from mltrainer.agent.permissions import Permissions
from mltrainer.agent.policy import MAX_UNASKED, Limits, Policy
from mltrainer.agent.reading import Waiting
from mltrainer.agent.resume import Past
from mltrainer.agent.running import Runner
from mltrainer.agent.steering import Steering
from mltrainer.agent.uptake import Uptake
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.stream import EventStream

# How often the AI may go on by itself in one turn (look-ups, corrections) before the user has the word again.
MAX_ROUNDS = 8

Finished = Literal["", "answered", "proposed", "failed", "limit", "interrupted"]


class Turns:
    """Takes the user's words, lets the analyst answer, runs what is approved, and tells the analyst.

    Attributes
    ----------
    failure
        What went wrong in the latest turn, or None.
    finished_reason
        How the latest turn ended.
    """

    def __init__(
        self,
        facilitator: Facilitator,
        analyst: Analyst,
        stream: EventStream,
        settings: SessionSettings,
        policy: Policy,
        limits: Limits,
        past: Past | None,
    ) -> None:
        self.policy = policy
        self.failure: MltrainerError | None = None
        self.finished_reason: Finished = ""
        self.ids = count(past.proposals + 1 if past else 1)
        self.outbox = Outbox()
        self.steering = Steering(settings, stream, self.outbox)
        self.desk = Desk(
            stream,
            self.outbox,
            lambda one: outlook(one, self.steering.data, facilitator, analyst.model, stream.session_id),
        )
        self.decisions = Decisions(self.desk, self.steering, self.ids)
        self.checker = Checker(stream, facilitator.store, self.outbox)
        self.ear = Ear(analyst, stream, self.checker.document)
        self.uptake = Uptake(facilitator, stream, self.steering, self.desk, self.outbox, self.checker, self.ids)
        self.runner = Runner(facilitator, stream, self.steering, self.desk, self.outbox)
        self.jobs = Jobs(facilitator, stream, self.outbox)
        self.permissions = Permissions(stream)
        self.budget = Budget(limits, stream, self._used)
        self._unasked = 0
        self._day: date | None = None
        self._facilitator = facilitator
        self._stream = stream
        if past:
            self.ear.dollars = past.dollars
            self.runner.trials += past.trials

    def _used(self) -> tuple[int, float | None]:
        """Return how many trials were approved, and what the AI has cost."""
        return len(self.runner.trials) + self.jobs.queued, self.ear.dollars

    def decline(self, reason: str = "", said: str = "") -> None:
        """Decline everything that waits; the AI hears of it with the next turn, in the words of ``said``."""
        by: By = "user" if self.policy.has_user else "policy"
        self.desk.decline(self.desk.waiting, by, reason, said)
        self.decisions.edited = ""

    async def guarded(self, turn: Awaitable[None]) -> None:
        """Run a turn to its end, whatever the end is."""
        self.failure, self.finished_reason = None, ""
        try:
            await turn
        except asyncio.CancelledError:
            self.decline("the user interrupted")
            self.outbox.note("The user interrupted the last turn; an answer or a trial may be missing.")
            self.finished_reason = "interrupted"
            self._stream.emit(events.Notice, text="Interrupted. The conversation goes on.")
            raise
        except MltrainerError as error:
            self.failure = self.failure or error
            self._stream.emit(events.ErrorEvent, **error.as_dict())
        if not self.finished_reason:
            self.finished_reason = "failed" if self.failure else "proposed" if self.desk.proposals else "answered"

    async def take(self, text: str) -> None:
        """Take what the user says: a permission, a decision about what waits, or something for the analyst."""
        self._unasked = 0
        if permission := read_permission(text):
            self.permissions.allow(permission)
            await self._run_permitted()
        elif self.desk.waiting:
            await self._decide(text)
        else:
            await self._hear(text)

    async def _decide(self, text: str) -> None:
        """Take the user's words as the decision about what waits."""
        decision = self.decisions.read(text)
        if isinstance(decision, Approve) and self.policy.kind == "dry_run":
            raise UsageError("nothing runs in a dry run", hint="start again without --dry-run", code="dry_run")
        if isinstance(decision, Approve) and decision.background:
            self._run_beside(self.desk.chosen(decision.ids))
        elif isinstance(decision, Approve):
            await self.run(self.desk.chosen(decision.ids), "user")
        elif isinstance(decision, Change):
            self.decisions.change(decision.ids, decision.stated)
        elif isinstance(decision, Edit):
            self.decisions.edited = decision.id
            self._stream.emit(events.Notice, text="Say what to change, such as: 90 % confidence, horizon 5-7, LightGBM")
        elif decision.reason:
            self.decline(decision.reason, "The user declined; their words follow.")
            await self._hear(decision.reason, kind="declined")
        else:
            self.decline()
            self._stream.emit(events.Notice, text="Nothing was run.")

    async def _hear(self, text: str, kind: Literal["user", "declined"] = "user") -> None:
        """Take in the user's words: their own settings at once, the rest is for the analyst."""
        changed = self.steering.hear(text)
        await self._ask(self._turn(kind, text=text, changed=changed))

    async def _ask(self, turn: Turn) -> None:
        """Let the analyst answer, and do what the answer asks for, until the user has the word."""
        for _ in range(MAX_ROUNDS):
            self.budget.check()
            reply = await self.ear.listen(turn)
            self.budget.warn()
            if not await self.uptake.take(reply):
                break
            turn = self._turn("answers")
        await self._run_permitted()

    async def _run_permitted(self) -> None:
        """Run what needs no asking: by the policy of the whole run, or by a permission of the user's."""
        asked_enough = self._unasked >= (self.policy.per_turn or MAX_UNASKED)
        permitted, reason = self.policy.first_permitted(self.desk.proposals), ""
        if self.policy.per_turn and asked_enough:
            permitted = None
        if self.failure or not (permitted or self.desk.proposals):
            return
        if limit := self.budget.for_a_trial():
            if permitted and limit.code != "max_trials":
                raise limit
            self.finished_reason = "limit" if permitted else ""
            return
        if not permitted and not asked_enough and (found := self.permissions.use(self.desk.proposals)):
            permitted, reason = found
        if permitted:
            self._unasked += 1
            await self.run(self.desk.chosen([permitted.id]), "policy", reason)

    async def run(self, chosen: Sequence[Waiting], by: By, reason: str = "") -> None:
        """Run approved proposals one after another; their results go to the analyst by themselves."""
        if not chosen:
            raise UsageError("no such proposal waits", code="nothing_waits")
        self._decline_others(chosen, by)
        batch = await self.runner.run(chosen, by, self.budget.for_a_trial, reason)
        if any(one.proposal.action == "data_pipeline" for one in chosen):
            await self._look_again()
        self.budget.warn()
        if batch.limit:
            self.finished_reason = "limit"
            if not batch.documents:
                raise batch.limit
        self.failure = batch.failure
        kind: Literal["result", "failed"] = "failed" if batch.failure else "result"
        said = batch.failure.message if batch.failure else ""
        await self._ask(self._turn(kind, text=said, documents=batch.documents))

    async def _look_again(self) -> None:
        """Take in how the data at hand are after a fetch."""
        data = await self._facilitator.describe_data()
        if data != self.steering.data:
            self.steering.look_at(data)
            self.checker.look_at(data)

    def _run_beside(self, chosen: Sequence[Waiting]) -> None:
        """Let approved proposals run in the background; the user has the word at once."""
        if tasks := [one for one in chosen if find_action(one.proposal.action).kind != "trial"]:
            raise UsageError(f"{tasks[0].proposal.action} is no trial: it is done at once", hint="say yes")
        self._decline_others(chosen, "user")
        for one in chosen:
            if limit := self.budget.for_a_trial():
                raise limit
            job = self.jobs.add(self.runner.begin(one, "user"))
            self._stream.emit(events.Notice, text=f"In the background: {job}. /jobs lists what runs there.")
            text = f"{job} is approved and runs in the background; its result comes with a later message."
            self.outbox.tell(one.calls, text)

    def _decline_others(self, chosen: Sequence[Waiting], by: By) -> None:
        others = [one for one in self.desk.waiting if one not in chosen]
        self.desk.decline(others, by, "another proposal was chosen")

    def tell_day(self) -> None:
        """Tell the analyst the day, once, and again when midnight has passed in an open conversation."""
        if self._day != (today := date.today()):
            self.outbox.note(f"Today is {today.isoformat()}.")
            self._day = today

    def _turn(self, kind: Literal["user", "result", "failed", "declined", "answers"], **fields: Any) -> Turn:
        self.tell_day()
        return self.outbox.take(
            kind=kind,
            settings=self.steering.settings.current,
            adjusted=self.steering.settings.adjusted,
            last_action=self.steering.last if self.runner.trials else None,
            **({"text": ""} | fields),
        )
