"""Events on their way to the screen: what ends in the background is said above the prompt, never inside a turn."""

from typing import TYPE_CHECKING

from mltrainer.render.background import announcement
from mltrainer.repl.prompt import ChatPrompt
from mltrainer.settings.events import ActionStarted, Event

if TYPE_CHECKING:
    from mltrainer.render.blocks import Block
    from mltrainer.render.screen import Screen


class Announcer:
    """Listens for the screen."""

    def __init__(self, screen: "Screen", prompt: ChatPrompt) -> None:
        self._screen = screen
        self._prompt = prompt
        self._trials: set[str] = set()
        self._held: list[Block] = []

    def __call__(self, event: Event) -> None:
        """Hand an event on, or announce it."""
        if isinstance(event, ActionStarted) and event.background and event.trial_id:
            self._trials.add(event.trial_id)
        if getattr(event, "trial_id", None) not in self._trials:
            self._screen(event)
            return
        self.say(announcement(event))

    def say(self, blocks: "list[Block]") -> None:
        """Say something above the prompt, at once where it waits, else before it comes."""
        self._held += blocks
        self._prompt.redraw()
        if self._held:
            self._prompt.above(self.release)

    def release(self) -> None:
        """Say what was held back."""
        held, self._held = self._held, []
        self._screen.show(held)
