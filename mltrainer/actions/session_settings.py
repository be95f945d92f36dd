"""The settings of a conversation with their history: changes are diffs, and every one can be undone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from mltrainer.actions.checking import checked_settings
from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class SettingsDiff:
    """Only the settings that differ, before and after."""

    before: dict[str, Any]
    after: dict[str, Any]

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.after)

    def without(self, names: Collection[str]) -> "SettingsDiff":
        """Return what differs besides these settings."""
        before, after = ({k: v for k, v in one.items() if k not in names} for one in (self.before, self.after))
        return SettingsDiff(before, after)


@dataclass
class SessionSettings:
    """The current settings, which of them somebody chose, and what they were before."""

    current: Settings = field(default_factory=Settings)
    adjusted: frozenset[str] = frozenset()
    history: list[tuple[Settings, frozenset[str]]] = field(default_factory=list)

    @property
    def before(self) -> Settings | None:
        """Return the settings before the last change, or None where nothing was changed."""
        return next((one for one, _ in reversed(self.history) if one != self.current), None)

    def change(self, changes: dict[str, Any]) -> SettingsDiff:
        """Apply changes and return the diff.

        Raises
        ------
        UsageError
            If a value is impossible; then nothing changes.
        """
        after = checked_settings(self.current.model_dump(mode="json") | changes)
        diff = difference(self.current, after)
        if diff or not set(changes) <= self.adjusted:
            self.history.append((self.current, self.adjusted))
            self.current, self.adjusted = after, self.adjusted | frozenset(changes)
        return diff

    def fit_defaults(self, absent: Collection[str]) -> dict[str, str]:
        """Take other defaults where the data lack columns, and return those; what somebody chose stays as it is.

        Without volume nothing says who is most traded, nor how wide a spread is.
        """
        fitting = {"universe": "all", "slippage": "none"} if "volume" in absent else {}
        fitting = {name: value for name, value in fitting.items() if name not in self.adjusted}
        self.current = self.current.model_copy(update=fitting)
        return fitting

    def undo(self) -> SettingsDiff:
        """Go back to the settings before the last change; an empty diff where there was none."""
        before = self.current
        # A word that only confirmed a value changed nothing that could be taken back.
        while self.history and self.current == before:
            self.current, self.adjusted = self.history.pop()
        return difference(before, self.current)


def difference(before: Settings, after: Settings) -> SettingsDiff:
    """Return what differs between two settings."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = [key for key in new if old[key] != new[key]]
    return SettingsDiff({key: old[key] for key in changed}, {key: new[key] for key in changed})
