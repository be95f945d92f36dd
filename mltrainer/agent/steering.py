"""The settings of a conversation: who changes them, and what words are read against."""

from typing import Any, Literal

from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.proposals import Proposal, propose
from mltrainer.actions.session_settings import SessionSettings, SettingsDiff
from mltrainer.actions.undo import asks_undo
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.reading import Session, user_changes
from mltrainer.settings import events
from mltrainer.settings.parameters import Settings
from mltrainer.settings.stream import EventStream

# Looks at a result or at the market: changed settings are no reason to do them again.
ASIDE = frozenset({"deep_analysis", "regime_detection", "promote", "save_results", "data_pipeline"})


class Steering:
    """Changes the session's settings, by the user's own word or by an approved proposal, and says what changed.

    Attributes
    ----------
    data
        What the data at hand are; empty until the conversation has begun.
    last
        The latest approved action that changed settings would be a reason to run again.
    """

    def __init__(self, settings: SessionSettings, stream: EventStream, outbox: Outbox) -> None:
        self.settings = settings
        self.data: dict[str, Any] = {}
        self.last = "momentum_screening"
        self._stream = stream
        self._outbox = outbox

    def look_at(self, data: dict[str, Any]) -> None:
        """Take in how the data at hand are now, and tell the AI, whose system prompt keeps to how they were."""
        changed = {key: value for key, value in data.items() if key != "names" and value != self.data.get(key)}
        self.data = data
        if changed:
            self._outbox.note(f"The data at hand have changed since the conversation began. Now: {changed}")

    def change(self, changes: dict[str, Any], by: Literal["user", "command"] = "command") -> SettingsDiff:
        """Change settings at once.

        Raises
        ------
        UsageError
            If a value is impossible; then nothing changes.
        """
        if not changes:
            return SettingsDiff({}, {})
        checked = propose("adjust_settings", changes, self.settings.current).arguments
        return self._say(self.settings.change(checked), by)

    def undo(self, by: Literal["user", "command"]) -> SettingsDiff:
        """Go back to the settings before the last change."""
        return self._say(self.settings.undo(), by)

    def hear(self, text: str) -> dict[str, Any]:
        """Do at once what the user's own words change, and return the settings that differ now."""
        undone = SettingsDiff({}, {})
        if asks_undo(text):
            undone = self.undo("user")
            if not undone:
                self._stream.emit(events.Notice, text="There is no earlier change of settings to take back.")
        return undone.after | self.change(user_changes(text, self.context("user")), "user").after

    def take_over(self, proposal: Proposal) -> None:
        """Make what was approved the settings of the session."""
        after = {key: value for key, (_, value) in proposal.changes.items()}
        diff = self.settings.change(after)
        if proposal.edited:
            self._say(diff.without(proposal.edited), "ai")
            diff = diff.without(set(diff.after) - set(proposal.edited))
        self._say(diff, "user" if proposal.source == "user" else "ai")
        self.settings.adjusted |= frozenset(proposal.stated) & frozenset(Settings.model_fields)
        if proposal.action not in ASIDE:
            self.last = proposal.action

    def session(self) -> Session:
        """Return what a reply of the AI is read against."""
        return Session(self.settings.current, self.settings.adjusted, self.last, self.context("ai"))

    def context(self, speaker: Literal["ai", "user"]) -> DetectionContext:
        """Return what a text of this speaker is understood with."""
        return DetectionContext(
            settings=self.settings.current,
            tickers=frozenset(self.data.get("names", ())),
            sectors=tuple(self.data.get("sectors", ())),
            speaker=speaker,
            previous=self.settings.before,
        )

    def _say(self, diff: SettingsDiff, by: Literal["user", "ai", "command"]) -> SettingsDiff:
        """Say that settings changed; the AI hears of what it did not propose itself."""
        if diff:
            self._stream.emit(events.SettingsChanged, before=diff.before, after=diff.after, by=by)
            if by != "ai":
                self._outbox.note(f"The user changed settings: {diff.after}")
        return diff
