"""A conversation that follows a script, with the face of the real one: what the chat needs, and no machinery."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mltrainer.actions.proposals import Proposal, propose
from mltrainer.actions.session_settings import SessionSettings, SettingsDiff
from mltrainer.agent.policy import ASK
from mltrainer.facilitator.facilitator import model_facts
from mltrainer.models.registry import MODELS
from mltrainer.repl.app import ChatSetup
from mltrainer.settings import events
from mltrainer.settings.errors import UsageError
from mltrainer.settings.stream import EventStream

DATA = {
    "source": "files",
    "simulated": False,
    "first": "2013-02-08",
    "last": "2018-02-07",
    "tickers": 505,
    "sessions": 1259,
    "delay": "none",
    "faults": {"stale": 2},
    "macro": [],
    "sectors": ["Technology"],
    "names": ["AAPL", "MSFT"],
}


class Store:
    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self.documents = documents
        self.held: list[dict[str, Any]] = []

    def holdings(self) -> list[dict[str, Any]]:
        return self.held

    def trial(self, trial_id: str) -> dict[str, Any]:
        for document in self.documents:
            if document["trial_id"] == trial_id:
                return self._stored(document)
        raise UsageError(f"there is no trial {trial_id!r}")

    def latest_trial(self) -> dict[str, Any] | None:
        return self._stored(self.documents[-1]) if self.documents else None

    def trials(self, limit: int = 50) -> list[dict[str, Any]]:
        listed = [self._stored(document) for document in reversed(self.documents)][:limit]
        return [entry | {"headline": entry["document"].get("headline", "")} for entry in listed]

    def _stored(self, document: dict[str, Any]) -> dict[str, Any]:
        facts = {key: document[key] for key in ("trial_id", "action", "status")}
        return facts | {"created": "2026-11-24T05:00:00", "seconds": 12.0, "document": document, "simulated": False}


class ScriptedConversation:
    """Proposes a screening whatever is said, runs it on ``yes``, declines otherwise, and keeps what it heard."""

    def __init__(self, documents: Sequence[dict[str, Any]] = (), trial_seconds: float = 0.0, data: Any = DATA) -> None:
        self.stream = EventStream("S1")
        self.settings = SessionSettings()
        self.data = data
        self.waiting: list[Proposal] = []
        self.heard: list[str] = []
        self.declined: list[str] = []
        self.ran: list[dict[str, Any]] = []
        self.cancelled = 0
        self.dollars: float | None = None
        self.editing: Proposal | None = None
        self.policy = ASK
        self.failure = None
        self.trials: list[str] = []
        self.jobs = SimpleNamespace(active=[])
        self.started = self.closed = False
        self.trial_seconds = trial_seconds
        self.in_trial = asyncio.Event()
        self.facilitator = SimpleNamespace(
            store=Store(list(documents)),
            models=lambda: [model_facts(name) for name in MODELS],
            describe_data=self._data,
            follow=self._follow,
        )

    async def _data(self) -> dict[str, Any]:
        return self.data

    async def _follow(self, holdings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"key": one["key"], "target_reached": "2026-11-23"} for one in holdings]

    async def start(self) -> None:
        self.started = True
        self.stream.emit(events.SessionStarted, agent="offline", data=self.data, notice="I am a script.")

    async def say(self, text: str) -> None:
        self.heard.append(text)
        self.stream.emit(events.Message, role="user", text=text)
        if not self.waiting:
            await self._answer("I suggest **momentum screening**.\n\nIt takes a while.")
            if "slowly" in text:
                await asyncio.sleep(1)
            self.propose("momentum_screening", {"confidence_threshold": "85%"})
        elif text.strip() == "yes":
            await self._run(self.waiting.pop(0))
        else:
            self.decline(text)

    async def _answer(self, text: str) -> None:
        for letter in text:
            self.stream.emit(events.TextDelta, text=letter)
            await asyncio.sleep(0)
        self.stream.emit(events.Message, role="assistant", text=text)

    async def _run(self, proposal: Proposal) -> None:
        self.stream.emit(events.Approval, proposal=proposal.id, decision="approved", by="user")
        self.stream.emit(events.ActionStarted, action=proposal.action, trial_id="T1")
        self.stream.emit(events.ActionProgress, trial_id="T1", stage="fit", done=1, total=4, model="xgboost", fold=1)
        self.in_trial.set()
        try:
            await asyncio.sleep(self.trial_seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            self.stream.emit(events.ActionCancelled, action=proposal.action, trial_id="T1")
            raise
        self.ran.append(proposal.arguments)
        await self._answer("Nothing qualifies.")

    def propose(self, action: str, stated: dict[str, Any]) -> Proposal:
        one = propose(action, stated, self.settings.current, adjusted=self.settings.adjusted)
        self.waiting = [one]
        self.stream.emit(
            events.ProposalMade,
            id=one.id,
            source="user",
            action=one.action,
            arguments=one.arguments,
            defaulted=list(one.defaulted),
            stated=list(one.stated),
            digest=one.digest,
        )
        return one

    def change_settings(self, changes: dict[str, Any], by: str = "command") -> SettingsDiff:
        return self._changed(self.settings.change(propose("adjust_settings", changes, self.settings.current).arguments))

    def undo_settings(self) -> SettingsDiff:
        return self._changed(self.settings.undo())

    def _changed(self, diff: SettingsDiff) -> SettingsDiff:
        if diff:
            self.stream.emit(events.SettingsChanged, before=diff.before, after=diff.after, by="command")
        return diff

    def decline(self, reason: str = "") -> None:
        self.declined.append(reason)
        self.waiting = []

    async def close(self) -> None:
        self.closed = True


def setup_of(conversation: ScriptedConversation, home: Path, **more: Any) -> ChatSetup:
    async def open() -> Any:
        return conversation

    fields = {"open": open, "home": home, "agent": "offline", "data": "files", "interactive": True, "color": False}
    return ChatSetup(**fields | more)
