"""The keys of the prompt."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition, is_searching
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

    # In a search through the history (Ctrl-R) the library's own keys end it.
    @keys.add("enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c", filter=~is_searching)
    @keys.add("<sigint>", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            hint("Ctrl-D or /quit leaves")

    @keys.add("c-d", filter=Condition(lambda: not get_app().current_buffer.text))
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    return keys
