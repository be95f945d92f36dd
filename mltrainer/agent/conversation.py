"""The conversation: a person and an analyst, proposals between them, trials that really run."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date
from itertools import count
from typing import IO, Any, Literal

from mltrainer.actions.approval import Approve, Change, Decision, Edit, read_decision
from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.permissions import read_permission
from mltrainer.actions.proposals import Proposal, propose
from mltrainer.actions.session_settings import SessionSettings, SettingsDiff
from mltrainer.actions.undo import asks_undo
from mltrainer.agent.analyst import Analyst, Briefing, Turn
from mltrainer.agent.budget import Budget
from mltrainer.agent.checking import Checker
from mltrainer.agent.compact import compact_lookup
from mltrainer.agent.desk import By, Desk
from mltrainer.agent.listening import Ear, Reply
from mltrainer.agent.lookups import look_up
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.permissions import Permissions
from mltrainer.agent.policy import ASK, Limits, Policy
from mltrainer.agent.reading import (
    Fault,
    Lookup,
    Session,
    Waiting,
    changed_proposal,
    read_reply,
    user_changes,
)
from mltrainer.agent.resume import Past, greeting
from mltrainer.agent.running import Runner
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.stream import EventStream

# How often the AI may go on by itself in one turn (look-ups, corrections) before the user has the word again.
MAX_ROUNDS = 8

# How many trials permissions of the user's let run in one turn before he has the word again.
MAX_UNASKED = 5

Finished = Literal["", "answered", "proposed", "failed", "limit", "interrupted"]


class Conversation:
    """One conversation. It knows no terminal: everything goes out as events of the stream.

    Attributes
    ----------
    failure
        What went wrong in the latest turn, or None.
    finished_reason
        How the latest turn ended.
    interrupt_code
        The exit code that a cancelled run reports; a handler of SIGTERM sets 143 before it cancels.

    Parameters
    ----------
    past
        What a stored conversation comes back with, where this one goes on with it.
    held
        What keeps other processes from going on with the same session; it is let go at the end.
    """

    def __init__(
        self,
        *,
        facilitator: Facilitator,
        analyst: Analyst,
        stream: EventStream,
        settings: SessionSettings | None = None,
        policy: Policy = ASK,
        limits: Limits | None = None,
        past: Past | None = None,
        held: IO[str] | None = None,
    ) -> None:
        self.facilitator = facilitator
        self.analyst = analyst
        self.stream = stream
        self.settings = past.settings if past else settings or SessionSettings()
        self.policy = policy
        self.budget = Budget(limits or Limits(), stream, lambda: (len(self.trials), self.dollars))
        self.data: dict[str, Any] = {}
        self.failure: MltrainerError | None = None
        self.finished_reason: Finished = ""
        self.interrupt_code = 130
        self._outbox = Outbox()
        self._desk = Desk(stream, self._outbox)
        self._checker = Checker(stream, facilitator.store, self._outbox)
        self._ear = Ear(analyst, stream, self._checker.document)
        self.permissions = Permissions(stream)
        self._unasked = 0
        self._editing = ""
        self._past = past
        self._held = held
        self._ids = count(past.proposals + 1 if past else 1)
        self._runner = Runner(facilitator, stream, self.settings, self._desk, self._outbox)
        if past:
            self._ear.dollars = past.dollars
            self._runner.trials += past.trials

    @property
    def waiting(self) -> list[Proposal]:
        """Return the proposals that wait for a decision, in the order in which they are numbered."""
        return self._desk.proposals

    @property
    def trials(self) -> list[str]:
        """Return the ids of the trials that were started, in order."""
        return self._runner.trials

    @property
    def dollars(self) -> float | None:
        """Return what the AI cost so far, or None where no price is known."""
        return self._ear.dollars

    async def start(self) -> None:
        """Look at the data, brief the analyst, and say that the session begins.

        Raises
        ------
        MltrainerError
            If the data cannot be read.
        """
        self.data = await self.facilitator.describe_data()
        models = self.facilitator.models()
        self._checker.open(self.data, models)
        await self.analyst.open(Briefing(self.stream.session_id, self.data, models))
        settings, request = self.settings.current.model_dump(mode="json"), self.facilitator.request
        self._outbox.note(f"Today is {date.today().isoformat()}. Settings now: {settings}")
        self.stream.emit(
            events.SessionStarted,
            agent=self.analyst.name,
            model=self.analyst.model,
            data={key: value for key, value in self.data.items() if key != "names"},
            settings=settings,
            adjusted=sorted(self.settings.adjusted),
            request=request.model_dump(mode="json", exclude_none=True) if request else {},
            resumed=self._past is not None,
            notice=self.analyst.notice,
        )
        if self._past:
            self.stream.emit(events.Notice, text=greeting(self._past, self.stream.session_id))
            self._runner.go_on(self._past)

    async def close(self) -> None:
        """Let go of the analyst and the machinery."""
        await self.analyst.close()
        await self.facilitator.close()
        if self._held:
            self._held.close()

    # What the user does

    async def say(self, text: str) -> None:
        """Handle what the user says, to the end of the turn.

        What goes wrong is emitted and kept in ``failure``; the conversation goes on. A cancelled turn leaves it
        usable as well, and the cancellation passes on to the caller.
        """
        if not text.strip() and not self.waiting:
            return
        self._unasked = 0
        self.stream.emit(events.Message, role="user", text=text)
        if permission := read_permission(text):
            self.permissions.allow(permission)
            await self._guarded(self._run_permitted())
        else:
            await self._guarded(self._decide(text) if self.waiting else self._hear(text))

    @property
    def editing(self) -> Proposal | None:
        """Return the proposal whose arguments the user asked to edit, or None."""
        return next((one for one in self.waiting if one.id == self._editing), None)

    async def amend(self, stated: dict[str, Any]) -> None:
        """Change the proposal that is edited, and show it again; nothing runs."""
        id, self._editing = self._editing, ""

        async def change() -> None:
            if stated:
                self._change([id], stated)
            else:
                self.stream.emit(events.Notice, text="Nothing was changed; the proposal still waits.")

        await self._guarded(change())

    async def approve(self, ids: Sequence[str]) -> None:
        """Run waiting proposals by id, and let the analyst explain the results."""
        await self._guarded(self._run(self._desk.chosen(ids), "user"))

    def decline(self, reason: str = "", said: str = "") -> None:
        """Decline everything that waits; the AI hears of it with the next turn, in the words of ``said``."""
        by: By = "user" if self.policy.kind == "ask" else "policy"
        self._desk.decline(self._desk.waiting, by, reason, said)
        self._editing = ""

    def propose(self, action: str, stated: dict[str, Any]) -> Proposal:
        """Put forward a trial of the user's own; it waits like any other, instead of what waited before.

        Raises
        ------
        UsageError
            If an argument is wrong, or the action is none that waits for approval.
        """
        adjusted = self.settings.adjusted
        proposal = propose(action, stated, self.settings.current, id=f"P{next(self._ids)}", adjusted=adjusted)
        if not proposal.needs_approval:
            raise UsageError(f"{proposal.action} is no trial: it needs no approval")
        self.decline("the user proposed something else")
        self._desk.put([Waiting(proposal)])
        return proposal

    def change_settings(self, changes: dict[str, Any], by: Literal["user", "command"] = "command") -> SettingsDiff:
        """Change settings at once: the user's own word needs no approval.

        Raises
        ------
        UsageError
            If a value is impossible; then nothing changes.
        """
        if not changes:
            return SettingsDiff({}, {})
        checked = propose("adjust_settings", changes, self.settings.current).arguments
        return self._runner.changed(self.settings.change(checked), by)

    def undo_settings(self, by: Literal["user", "command"] = "command") -> SettingsDiff:
        """Go back to the settings before the last change."""
        return self._runner.changed(self.settings.undo(), by)

    # One turn

    async def _guarded(self, turn: Awaitable[None]) -> None:
        """Run a turn to its end, whatever the end is."""
        self.failure, self.finished_reason = None, ""
        try:
            await turn
        except asyncio.CancelledError:
            self.decline("the user interrupted")
            self._outbox.note("The user interrupted the last turn; an answer or a trial may be missing.")
            self.finished_reason = "interrupted"
            self.stream.emit(events.Notice, text="Interrupted. The conversation goes on.")
            raise
        except MltrainerError as error:
            self.failure = self.failure or error
            self.stream.emit(events.ErrorEvent, **error.as_dict())
        if not self.finished_reason:
            self.finished_reason = "failed" if self.failure else "proposed" if self.waiting else "answered"

    async def _decide(self, text: str) -> None:
        """Take the user's words as the decision about what waits."""
        decision = self._read_decision(text)
        if isinstance(decision, Approve):
            await self._run(self._desk.chosen(decision.ids), "user")
        elif isinstance(decision, Change):
            self._change(decision.ids, decision.stated)
        elif isinstance(decision, Edit):
            self._editing = decision.id
            self.stream.emit(events.Notice, text="Say what to change, such as: 90 % confidence, horizon 5-7, LightGBM")
        elif decision.reason:
            self.decline(decision.reason, "The user declined; their words follow.")
            await self._hear(decision.reason, kind="declined")
        else:
            self.decline()
            self.stream.emit(events.Notice, text="Nothing was run.")

    def _change(self, ids: Sequence[str], stated: dict[str, Any]) -> None:
        for old in self._desk.chosen(ids):
            new = changed_proposal(old.proposal, stated, self._session(), f"P{next(self._ids)}")
            self._desk.replace(old, new)

    def _read_decision(self, text: str) -> Decision:
        context = self._context("user")
        if self._editing:
            # After "edit" the bare change is enough: "90 % confidence".
            self._editing = ""
            changed = read_decision(f"yes, but with {text}", self.waiting, self.settings.current, context)
            if isinstance(changed, Change):
                return changed
        return read_decision(text, self.waiting, self.settings.current, context)

    async def _hear(self, text: str, kind: Literal["user", "declined"] = "user") -> None:
        """Take in the user's words: their own settings at once, the rest is for the analyst."""
        undone = SettingsDiff({}, {})
        if asks_undo(text):
            undone = self.undo_settings("user")
            if not undone:
                self.stream.emit(events.Notice, text="There is no earlier change of settings to take back.")
        diff = self.change_settings(user_changes(text, self._context("user")), by="user")
        await self._ask(self._turn(kind, text=text, changed=undone.after | diff.after))

    async def _ask(self, turn: Turn) -> None:
        """Let the analyst answer, and do what the answer asks for, until the user has the word."""
        for _ in range(MAX_ROUNDS):
            self.budget.check()
            reply = await self._ear.listen(turn)
            self.budget.warn()
            if not await self._take_in(reply):
                break
            turn = self._turn("answers")
        await self._run_permitted()

    async def _run_permitted(self) -> None:
        """Run what needs no asking: by the policy of the whole run, or by a permission of the user's."""
        permitted, reason = self.policy.first_permitted(self.waiting), ""
        if self.failure or not (permitted or self.waiting):
            return
        if limit := self.budget.for_a_trial():
            if permitted and limit.code != "max_trials":
                raise limit
            self.finished_reason = "limit" if permitted else ""
            return
        if not permitted and self._unasked < MAX_UNASKED and (found := self.permissions.use(self.waiting)):
            permitted, reason = found
            self._unasked += 1
        if permitted:
            await self._run(self._desk.chosen([permitted.id]), "policy", reason)

    async def _take_in(self, reply: Reply) -> bool:
        """Do what a reply asks for; tell whether the AI goes on by itself."""
        # What was cut may end in the middle of a number: nothing is read out of it.
        reading = read_reply("" if reply.cut else reply.text, reply.calls, self._session(), self._ids)
        proposals = [*reading.settings, *(one.proposal for one in reading.trials)]
        self._checker.check(reply.text, reply.cited, [one.arguments for one in proposals])
        for proposal in reading.settings:
            self._desk.show(proposal)
        self._outbox.answer(tuple(reading.nothing_new), "The settings are already so.")
        self._desk.put(reading.trials)
        for fault in reading.faults:
            self._refuse(fault)
        for lookup in reading.lookups:
            await self._look_up(lookup)
        return not self.waiting and bool(self._outbox or reading.faults or reading.lookups)

    # Trials

    async def _run(self, chosen: Sequence[Waiting], by: By, reason: str = "") -> None:
        """Run approved proposals one after another; their results go to the analyst by themselves."""
        if not chosen:
            raise UsageError("no such proposal waits", code="nothing_waits")
        others = [one for one in self._desk.waiting if one not in chosen]
        self._desk.decline(others, by, "another proposal was chosen")
        batch = await self._runner.run(chosen, by, self.budget.for_a_trial, reason)
        self.budget.warn()
        if batch.limit:
            self.finished_reason = "limit"
            if not batch.documents:
                raise batch.limit
        self.failure = batch.failure
        kind: Literal["result", "failed"] = "failed" if batch.failure else "result"
        said = batch.failure.message if batch.failure else ""
        await self._ask(self._turn(kind, text=said, documents=batch.documents))

    # Small steps

    async def _look_up(self, lookup: Lookup) -> None:
        self.stream.emit(events.ActionStarted, action=lookup.action, arguments=lookup.arguments)
        try:
            found = await look_up(
                lookup.action, lookup.arguments, self.facilitator, self.settings.current, self.stream.session_id
            )
        except MltrainerError as error:
            fields = {"code": error.code, "message": error.message, "hint": error.hint}
            self.stream.emit(events.ActionFailed, action=lookup.action, **fields)
            said = f"{lookup.action} failed: {error.message}. {error.hint}".strip()
            self._outbox.tell(lookup.calls, said, is_error=True)
            return
        self.stream.emit(events.ActionCompleted, action=lookup.action, result=found)
        self._outbox.tell(lookup.calls, compact_lookup(lookup.action, found))

    def _refuse(self, fault: Fault) -> None:
        text = f"{fault.action}: {fault.error.message}. {fault.error.hint}".strip()
        self.stream.emit(events.Notice, text=f"The AI's proposal cannot be run. {text}")
        self._outbox.tell(fault.calls, f"This cannot be run. {text}", is_error=True)

    def _turn(self, kind: Literal["user", "result", "failed", "declined", "answers"], **fields: Any) -> Turn:
        return self._outbox.take(
            kind=kind,
            settings=self.settings.current,
            adjusted=self.settings.adjusted,
            last_action=self._runner.last if self.trials else None,
            **({"text": ""} | fields),
        )

    def _session(self) -> Session:
        return Session(self.settings.current, self.settings.adjusted, self._runner.last, self._context("ai"))

    def _context(self, speaker: Literal["ai", "user"]) -> DetectionContext:
        return DetectionContext(
            settings=self.settings.current,
            tickers=frozenset(self.data.get("names", ())),
            sectors=tuple(self.data.get("sectors", ())),
            speaker=speaker,
        )
