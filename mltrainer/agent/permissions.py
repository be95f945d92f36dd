"""The permissions of one session: given and taken back by the user, numbered, and counted."""

from collections import Counter
from collections.abc import Sequence

from mltrainer.actions.permissions import Permission, first_permitted
from mltrainer.actions.proposals import Proposal
from mltrainer.settings import events
from mltrainer.settings.errors import UsageError
from mltrainer.settings.stream import EventStream


class Permissions:
    """Holds what may run without asking. They end with the program: who resumes a session is asked again.

    Attributes
    ----------
    given
        Permissions by number, in the order in which they were given.
    used
        How often each was used.
    """

    def __init__(self, stream: EventStream) -> None:
        self.given: dict[int, Permission] = {}
        self.used: Counter[int] = Counter()
        self._stream = stream
        self._last = 0

    def allow(self, permission: Permission) -> int:
        """Add a permission and return its number."""
        self._last += 1
        self.given[self._last] = permission
        text = f"Permission {self._last}: {permission} runs without asking in this session."
        self._stream.emit(events.Notice, text=f"{text} /permissions revoke {self._last} takes it back.")
        return self._last

    def revoke(self, number: int) -> None:
        """Take a permission back.

        Raises
        ------
        UsageError
            If there is none with this number.
        """
        if number not in self.given:
            raise UsageError(f"there is no permission {number}", hint="/permissions lists them")
        self._stream.emit(events.Notice, text=f"Permission {number} is taken back: {self.given.pop(number)}.")

    def use(self, waiting: Sequence[Proposal]) -> tuple[Proposal, str] | None:
        """Return the first proposal that may run without asking, with the reason, and count it; or None."""
        found = first_permitted(self.given, self.used, waiting)
        if not found:
            return None
        number, proposal = found
        self.used[number] += 1
        return proposal, f"permission {number}"
