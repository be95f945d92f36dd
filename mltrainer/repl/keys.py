"""The keys of the prompt."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent


def make_keys(hint: Callable[[str], None]) -> KeyBindings:
    """Return the bindings: Enter sends, Alt-Enter breaks the line, Ctrl-C clears it.

    A paste that the terminal marks as one never sends itself, whatever line feeds it holds.

    Parameters
    ----------
    hint
        Shows a short hint until the next key.
    """
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            hint("Ctrl-D or /quit leaves")

    @keys.add("c-d", filter=Condition(lambda: not get_app().current_buffer.text))
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    return keys
