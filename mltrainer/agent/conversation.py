"""The conversation: a person and an analyst, proposals between them, trials that really run."""

import time
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Literal

from mltrainer.actions.approval import Approve, Change, Decision, Edit, read_decision
from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.proposals import Proposal, digest_of, propose
from mltrainer.actions.session_settings import SessionSettings, SettingsDiff
from mltrainer.agent.analyst import Analyst, Answer, Briefing, Cut, Remark, Spent, TextPart, ToolCall, Turn
from mltrainer.agent.compact import compact, compact_lookup
from mltrainer.agent.lookups import look_up
from mltrainer.agent.policy import ASK, Limits, Policy
from mltrainer.agent.reading import Fault, Lookup, Session, Waiting, changed_proposal, read_reply, user_changes
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import ActionFailed, MltrainerError, UsageError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.stream import EventStream

# How often the AI may go on by itself in one turn (look-ups, corrections) before the user has the word again.
MAX_ROUNDS = 8

Finished = Literal["", "answered", "proposed", "failed", "limit", "interrupted"]


@dataclass(frozen=True)
class Reply:
    """A whole answer of the analyst. ``cut`` says why it ended early, empty if it did not."""

    text: str
    calls: tuple[ToolCall, ...]
    cut: str = ""


class Conversation:
    """One conversation. It knows no terminal: everything goes out as events of the stream.

    Attributes
    ----------
    waiting
        Proposals that wait for a decision, in the order in which they are numbered.
    trials
        Ids of the trials that were started, in order.
    failure
        What went wrong in the latest turn, or None.
    finished_reason
        How the latest turn ended.
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
    ) -> None:
        self.facilitator = facilitator
        self.analyst = analyst
        self.stream = stream
        self.settings = settings or SessionSettings()
        self.policy = policy
        self.limits = limits or Limits()
        self.data: dict[str, Any] = {}
        self.trials: list[str] = []
        self.failure: MltrainerError | None = None
        self.finished_reason: Finished = ""
        self.dollars: float | None = None
        # The exit code that a cancelled run reports; a handler of SIGTERM sets 143 before it cancels.
        self.interrupt_code = 130
        self._waiting: list[Waiting] = []
        self._editing: str | None = None
        self._answers: list[Answer] = []
        self._notes: list[str] = []
        self._last: tuple[str, dict[str, Any]] = ("momentum_screening", {})
        self._ids = count(1)
        self._begun = time.monotonic()
        stream.listeners.append(self._note_trial)

    @property
    def waiting(self) -> list[Proposal]:
        """Return the proposals that wait, in order."""
        return [one.proposal for one in self._waiting]

    async def start(self) -> None:
        """Look at the data, brief the analyst, and say that the session begins.

        Raises
        ------
        MltrainerError
            If the data cannot be read or the analyst cannot be reached at all.
        """
        self.data = await self.facilitator.describe_data()
        briefing = Briefing(self.stream.session_id, self.data, self.facilitator.models())
        await self.analyst.open(briefing)
        self._notes = [f"Today is {date.today().isoformat()}.", f"Settings now: {self._shown_settings()}"]
        self._emit(
            events.SessionStarted,
            agent=self.analyst.name,
            model=self.analyst.model,
            data={key: value for key, value in self.data.items() if key != "names"},
            settings=self.settings.current.model_dump(mode="json"),
            notice=self.analyst.notice,
        )

    async def say(self, text: str) -> None:
        """Handle what the user says, to the end of the turn.

        What goes wrong is emitted and kept in ``failure``; the conversation goes on. A cancelled turn leaves it
        usable as well, and the cancellation passes on to the caller.
        """
        if not text.strip() and not self._waiting:
            return
        self._emit(events.Message, role="user", text=text)
        await self._guarded(self._decide(text) if self._waiting else self._hear(text))

    async def approve(self, ids: list[str], by: Literal["user", "policy"] = "user") -> None:
        """Run waiting proposals by id, and let the analyst explain the results."""
        await self._guarded(self._run([one for one in self._waiting if one.proposal.id in ids], by))

    async def close(self) -> None:
        """Let go of the analyst and the machinery."""
        await self.analyst.close()
        await self.facilitator.close()

    def propose(self, action: str, stated: dict[str, Any]) -> Proposal:
        """Put forward an action of the user's own; it waits like any other.

        Raises
        ------
        UsageError
            If an argument is wrong, or the action is none that waits for approval.
        """
        proposal = propose(
            action, stated, self.settings.current, id=f"P{next(self._ids)}", adjusted=self.settings.adjusted
        )
        if not proposal.needs_approval:
            raise UsageError(f"{action} needs no approval: it is no trial")
        self.decline("the user proposed something else")
        self._show(Waiting(proposal))
        self._waiting = [Waiting(proposal)]
        return proposal

    def change_settings(self, changes: dict[str, Any], by: Literal["user", "command"] = "command") -> SettingsDiff:
        """Change settings at once; the user's own word needs no approval.

        Raises
        ------
        UsageError
            If a value is impossible; then nothing changes.
        """
        if not changes:
            return SettingsDiff({}, {})
        checked = propose("adjust_settings", changes, self.settings.current).arguments
        return self._changed(self.settings.change(checked), by)

    def undo_settings(self) -> SettingsDiff:
        """Go back to the settings before the last change."""
        return self._changed(self.settings.undo(), "command")

    def decline(self, reason: str = "", said: str = "") -> None:
        """Decline everything that waits; the AI hears of it with the next turn, in the words of ``said``."""
        if not reason:
            said = "The user declined without a reason."
        said = said or f"It was declined: {reason}"
        for one in self._waiting:
            self._emit(
                events.Approval, proposal=one.proposal.id, decision="declined", by=self._decider(), reason=reason
            )
            self._answer(one.calls, said)
            if not one.calls:
                self._notes.append(f"Your proposal of {one.proposal.action} was not run. {said}")
        self._waiting, self._editing = [], None

    # One turn

    async def _guarded(self, turn: Any) -> None:
        self.failure, self.finished_reason = None, ""
        done = False
        try:
            await turn
            done = True
        except MltrainerError as error:
            self.failure = self.failure or error
            self._emit(events.ErrorEvent, **error.as_dict())
            done = True
        finally:
            if not done:
                self._interrupted()
        if not self.finished_reason:
            self.finished_reason = "failed" if self.failure else "proposed" if self._waiting else "answered"

    def _interrupted(self) -> None:
        """Leave the conversation as it is after Ctrl-C: nothing waits, and the AI will hear why."""
        for one in self._waiting:
            self._answer(one.calls, "interrupted by the user", is_error=True)
        self._waiting, self._editing = [], None
        self._notes.append("The user interrupted the last turn; an answer or a trial may be missing.")
        self.finished_reason = "interrupted"
        self._emit(events.Notice, text="Interrupted. The conversation goes on.")

    async def _decide(self, text: str) -> None:
        def read(words: str) -> Decision:
            return read_decision(words, self.waiting, self.settings.current, self._context("user"))

        decision = read(text)
        if self._editing:
            # After "edit" the bare change is enough: "90 % confidence".
            changed = read(f"yes, but with {text}")
            decision, self._editing = changed if isinstance(changed, Change) else decision, None
        if isinstance(decision, Approve):
            await self._run([one for one in self._waiting if one.proposal.id in decision.ids], "user")
        elif isinstance(decision, Change):
            for id in decision.ids:
                self._change(id, decision.stated)
        elif isinstance(decision, Edit):
            self._editing = decision.id
            self._emit(events.Notice, text="Say what to change, such as: 90 % confidence, horizon 5-7, LightGBM")
        else:
            self.decline(decision.reason, "The user declined; their words follow.")
            if decision.reason:
                await self._hear(decision.reason, kind="declined")
            else:
                self._emit(events.Notice, text="Nothing was run.")

    def _change(self, id: str, stated: dict[str, Any]) -> None:
        place = next(place for place, one in enumerate(self._waiting) if one.proposal.id == id)
        old = self._waiting[place]
        new = Waiting(changed_proposal(old.proposal, stated, self._session(), f"P{next(self._ids)}"), old.calls)
        self._emit(events.Approval, proposal=id, decision="edited", by="user")
        self._waiting[place] = new
        self._show(new)

    async def _hear(self, text: str, kind: Literal["user", "declined"] = "user") -> None:
        """Take in the user's words: own settings at once, the rest is for the analyst."""
        changes = user_changes(text, self._context("user"))
        diff = self.change_settings(changes, by="user")
        await self._ask(self._turn(kind, text=text, changed=diff.after))

    async def _ask(self, turn: Turn) -> None:
        """Let the analyst answer, and do what the answer asks for, until the user has the word."""
        for _ in range(MAX_ROUNDS):
            reply = await self._listen(turn)
            if not await self._take_in(reply):
                break
            turn = self._turn("answers")
        permitted = self.policy.first_permitted(self.waiting)
        if permitted and self._limit():
            self.finished_reason = "limit"
        elif permitted and not self.failure:
            await self._run([one for one in self._waiting if one.proposal is permitted], "policy")

    async def _listen(self, turn: Turn) -> Reply:
        texts: list[str] = []
        calls: list[ToolCall] = []
        cut = ""
        async with aclosing(self.analyst.answer(turn)) as parts:  # type: ignore[type-var]
            async for part in parts:
                match part:
                    case TextPart():
                        self._emit(events.TextDelta, text=part.text, kind=part.kind)
                        if part.kind == "text":
                            texts.append(part.text)
                    case ToolCall():
                        calls.append(part)
                    case Cut():
                        cut = part.reason
                    case Spent():
                        self._spent(part)
                    case Remark():
                        self._emit(events.Notice, text=part.text)
        text = "".join(texts).strip()
        if text:
            self._emit(events.Message, role="assistant", text=text)
        if cut:
            self._emit(events.Notice, text=f"The answer ended early: {cut}.")
        return Reply(text, tuple(calls), cut)

    async def _take_in(self, reply: Reply) -> bool:
        """Do what a reply asks for; tell whether the AI goes on by itself."""
        # What was cut may end in the middle of a number: only whole tool calls count then.
        reading = read_reply("" if reply.cut else reply.text, reply.calls, self._session(), self._ids)
        for proposal in reading.settings:
            self._show(Waiting(proposal))
        for call in reading.nothing_new:
            self._answer((call,), "The settings are already so.")
        for one in reading.trials:
            self._show(one)
        self._waiting = list(reading.trials)
        for fault in reading.faults:
            self._refuse(fault)
        for lookup in reading.lookups:
            await self._look_up(lookup)
        return not self._waiting and bool(self._answers or reading.faults or reading.lookups)

    # Trials

    async def _run(self, chosen: list[Waiting], by: Literal["user", "policy"]) -> None:
        """Run approved proposals one after another; their results go to the analyst by themselves."""
        skipped = [one for one in self._waiting if one not in chosen]
        self._waiting = skipped
        if skipped:
            self.decline("another proposal was chosen")
        documents: list[dict[str, Any]] = []
        self._waiting = list(chosen)
        for one in chosen:
            if limit := self._limit():
                self.decline(limit.message)
                self.finished_reason = "limit"
                if not documents:
                    raise limit
                break
            self._approve(one.proposal, by)
            try:
                document = await self._trial(one.proposal)
            except MltrainerError as error:
                self.failure = error
                text, is_error = f"{one.proposal.action} failed: {error.message} {error.hint}".strip(), True
            else:
                documents.append(document)
                text, is_error = compact(document), False
            if one.proposal.source == "user":
                text = f"(The user proposed or changed this: {one.proposal.arguments})\n{text}"
            self._waiting.remove(one)
            self._emit(events.Message, role="system", text=text)
            self._tell(one.calls, text, is_error)
            if is_error:
                self.decline("the trial before it failed")
                break
        kind: Literal["result", "failed"] = "failed" if self.failure else "result"
        said = self.failure.message if self.failure else ""
        await self._ask(self._turn(kind, text=said, documents=tuple(documents)))

    def _approve(self, proposal: Proposal, by: Literal["user", "policy"]) -> None:
        if digest_of(proposal.action, proposal.arguments) != proposal.digest:
            raise ActionFailed("the proposal is not what was shown", hint="ask for it again", code="changed_proposal")
        self._emit(events.Approval, proposal=proposal.id, decision="approved", by=by)
        if proposal.changes:
            after = {key: value for key, (_, value) in proposal.changes.items()}
            self._changed(self.settings.change(after), "user" if proposal.source == "user" else "ai", tell=False)
        self.settings.adjusted |= frozenset(proposal.stated) & frozenset(Settings.model_fields)

    async def _trial(self, proposal: Proposal) -> dict[str, Any]:
        own = {key: value for key, value in proposal.arguments.items() if key in ("tickers", "top", "states")}
        self._last = (proposal.action, own)
        return await self.facilitator.run_trial(
            proposal.action,
            proposal.arguments,
            self.stream,
            defaulted=proposal.defaulted,
            session_id=self.stream.session_id,
        )

    def _note_trial(self, event: events.Event) -> None:
        if isinstance(event, events.ActionStarted) and event.trial_id:
            self.trials.append(event.trial_id)

    def _limit(self) -> MltrainerError | None:
        return self.limits.reached(len(self.trials), time.monotonic() - self._begun)

    # Small steps

    async def _look_up(self, lookup: Lookup) -> None:
        self._emit(events.ActionStarted, action=lookup.action, arguments=lookup.arguments)
        try:
            found = await look_up(lookup.action, lookup.arguments, self.facilitator, self.settings.current)
        except MltrainerError as error:
            self._emit(events.ActionFailed, action=lookup.action, **_without(error.as_dict(), "retryable"))
            self._tell(lookup.calls, f"{lookup.action} failed: {error.message} {error.hint}".strip(), is_error=True)
            return
        self._emit(events.ActionCompleted, action=lookup.action, result=found)
        self._tell(lookup.calls, compact_lookup(lookup.action, found))

    def _refuse(self, fault: Fault) -> None:
        text = f"{fault.action}: {fault.error.message}. {fault.error.hint}".strip()
        self._emit(events.Notice, text=f"The AI's proposal cannot be run. {text}")
        self._tell(fault.calls, f"This cannot be run. {text}", is_error=True)

    def _show(self, one: Waiting) -> None:
        proposal = one.proposal
        self._emit(
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
        )

    def _changed(self, diff: SettingsDiff, by: Literal["user", "ai", "command"], tell: bool = True) -> SettingsDiff:
        if diff:
            self._emit(events.SettingsChanged, before=diff.before, after=diff.after, by=by)
            if tell:
                self._notes.append(f"The user changed settings: {diff.after}")
        return diff

    def _tell(self, calls: tuple[str, ...], text: str, is_error: bool = False) -> None:
        """Answer the tool calls, or, where a sentence was meant, say it in the next turn."""
        self._answer(calls, text, is_error)
        if not calls:
            self._notes.append(text)

    def _answer(self, calls: tuple[str, ...], text: str, is_error: bool = False) -> None:
        self._answers += [Answer(call, text, is_error) for call in calls]

    def _turn(self, kind: Literal["user", "result", "failed", "declined", "answers"], **fields: Any) -> Turn:
        """Make the next turn out of what was noted and answered since the last one."""
        turn = Turn(
            kind=kind,
            text=fields.pop("text", ""),
            settings=self.settings.current,
            notes=tuple(self._notes),
            answers=tuple(self._answers),
            adjusted=self.settings.adjusted,
            last_action=self._last[0] if self.trials else None,
            **fields,
        )
        self._notes, self._answers = [], []
        return turn

    def _spent(self, spent: Spent) -> None:
        if spent.dollars is not None:
            self.dollars = (self.dollars or 0.0) + spent.dollars
        self._emit(
            events.Usage,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            cached_tokens=spent.cached_tokens,
            dollars=spent.dollars,
            total_dollars=self.dollars,
        )

    def _session(self) -> Session:
        return Session(self.settings.current, self.settings.adjusted, self._last, self._context("ai"))

    def _context(self, speaker: Literal["ai", "user"]) -> DetectionContext:
        return DetectionContext(
            settings=self.settings.current,
            tickers=frozenset(self.data.get("names", ())),
            sectors=tuple(self.data.get("sectors", ())),
            speaker=speaker,
        )

    def _shown_settings(self) -> dict[str, Any]:
        return self.settings.current.model_dump(mode="json")

    def _decider(self) -> Literal["user", "policy"]:
        return "user" if self.policy.kind == "ask" else "policy"

    def _emit(self, kind: type[events.Event], /, **fields: Any) -> None:
        self.stream.emit(kind, **fields)


def _without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}
