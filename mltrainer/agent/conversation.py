"""The conversation: a person and an analyst, proposals between them, trials that really run."""

from collections.abc import Sequence
from typing import IO, Any, Literal

from mltrainer.actions.proposals import Proposal, propose
from mltrainer.actions.session_settings import SessionSettings, SettingsDiff
from mltrainer.agent.analyst import Analyst, Briefing
from mltrainer.agent.policy import ASK, Limits, Policy
from mltrainer.agent.reading import Waiting
from mltrainer.agent.redaction import for_analyst
from mltrainer.agent.resume import Past, greeting
from mltrainer.agent.turns import Finished, Turns
from mltrainer.agent.uptake import bound
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events
from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.stream import EventStream


class Conversation:
    """One conversation. It knows no terminal: everything goes out as events of the stream.

    Attributes
    ----------
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
        self.interrupt_code = 130
        self._turns = Turns(facilitator, analyst, stream, self.settings, policy, limits or Limits(), past)
        self.policy = policy
        self.budget = self._turns.budget
        self.permissions = self._turns.permissions
        self.jobs = self._turns.jobs
        self._past = past
        self._held = held

    @property
    def failure(self) -> MltrainerError | None:
        """Return what went wrong in the latest turn, or None."""
        return self._turns.failure

    @property
    def finished_reason(self) -> Finished:
        """Return how the latest turn ended."""
        return self._turns.finished_reason

    @property
    def data(self) -> dict[str, Any]:
        """Return what the data at hand are, empty until the conversation has begun."""
        return self._turns.steering.data

    @property
    def waiting(self) -> list[Proposal]:
        """Return the proposals that wait for a decision, in the order in which they are numbered."""
        return self._turns.desk.proposals

    @property
    def trials(self) -> list[str]:
        """Return the ids of the trials that were started, in order."""
        return self._turns.runner.trials

    @property
    def dollars(self) -> float | None:
        """Return what the AI cost so far, or None where no price is known."""
        return self._turns.ear.dollars

    async def start(self) -> None:
        """Look at the data, brief the analyst, and say that the session begins.

        Raises
        ------
        MltrainerError
            If the data cannot be read.
        """
        self._turns.steering.data = await self.facilitator.describe_data()
        fitted = {} if self._past else self.settings.fit_defaults(self.data.get("absent", ()))
        models = self.facilitator.models()
        regime = self._latest_regime()
        self._turns.checker.open(self.data, models, regime)
        limits = str(self.budget.limits)
        await self.analyst.open(Briefing(self.stream.session_id, self.data, models, regime, limits))
        settings, request = self.settings.current.model_dump(mode="json"), self.facilitator.request
        self._turns.tell_day()
        self._turns.outbox.note(f"Settings now: {settings}")
        outlook = self._turns.desk.outlook(propose("momentum_screening", {}, self.settings.current))
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
            outlook=outlook,
        )
        if fitted:
            chosen = ", ".join(f"{name} {value}" for name, value in fitted.items())
            absent = ", ".join(self.data["absent"])
            self.stream.emit(events.Notice, text=f"These data have no {absent}: the defaults here are {chosen}.")
        if self._past:
            self.stream.emit(events.Notice, text=greeting(self._past, self.stream.session_id))
            self._turns.runner.go_on(self._past)

    def _latest_regime(self) -> dict[str, Any] | None:
        """Return the newest stored result that says the regime of these very data, as the analyst may see it."""
        store = self.facilitator.store
        for action in ("regime_detection", "momentum_screening"):
            stored = store.latest_trial(action=action)
            document = for_analyst(store, stored["document"]) if stored else {}
            same = document.get("data", {}).get("fingerprint") == self.data.get("fingerprint")
            if same and document.get("regime"):
                return document
        return None

    async def close(self) -> None:
        """Let go of the analyst and the machinery."""
        await self.jobs.close()
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
        # A terminal or a pipe whose encoding is not that of its text gives bytes that no file can keep.
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if not text.strip() and not self.waiting:
            return
        self.stream.emit(events.Message, role="user", text=text)
        await self._turns.guarded(self._turns.take(text))

    @property
    def editing(self) -> Proposal | None:
        """Return the proposal whose arguments the user asked to edit, or None."""
        return self._turns.decisions.editing

    async def amend(self, stated: dict[str, Any]) -> None:
        """Change the proposal that is edited, and show it again; nothing runs."""
        id, self._turns.decisions.edited = self._turns.decisions.edited, ""

        async def change() -> None:
            if stated:
                self._turns.decisions.change([id], stated)
            else:
                self.stream.emit(events.Notice, text="Nothing was changed; the proposal still waits.")

        await self._turns.guarded(change())

    async def approve(self, ids: Sequence[str]) -> None:
        """Run waiting proposals by id, and let the analyst explain the results."""
        await self._turns.guarded(self._turns.run(self._turns.desk.chosen(ids), "user"))

    def decline(self, reason: str = "", said: str = "") -> None:
        """Decline everything that waits; the AI hears of it with the next turn, in the words of ``said``."""
        self._turns.decline(reason, said)

    def propose(self, action: str, stated: dict[str, Any]) -> Proposal:
        """Put forward a trial of the user's own; it waits like any other, instead of what waited before.

        Raises
        ------
        UsageError
            If an argument is wrong, or the action is none that waits for approval.
        """
        adjusted = self.settings.adjusted
        proposal = propose(action, stated, self.settings.current, id=f"P{next(self._turns.ids)}", adjusted=adjusted)
        if not proposal.needs_approval:
            raise UsageError(f"{proposal.action} is no trial: it needs no approval")
        proposal = bound(proposal, self.facilitator, self.stream.session_id)
        self.decline("the user proposed something else")
        self._turns.desk.put([Waiting(proposal)])
        return proposal

    def change_settings(self, changes: dict[str, Any], by: Literal["user", "command"] = "command") -> SettingsDiff:
        """Change settings at once: the user's own word needs no approval.

        Raises
        ------
        UsageError
            If a value is impossible; then nothing changes.
        """
        return self._turns.steering.change(changes, by)

    def undo_settings(self) -> SettingsDiff:
        """Go back to the settings before the last change."""
        return self._turns.steering.undo("command")
