"""The keys of the prompt."""

import time
from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

# Keys that follow a line feed within this time were pasted: nobody types so fast.
_PASTE_SECONDS = 0.05


def make_keys(hint: Callable[[str], None]) -> KeyBindings:
    """Return the bindings: Enter sends, Alt-Enter breaks the line, Ctrl-C clears it, and a paste never sends itself.

    Parameters
    ----------
    hint
        Shows a short hint until the next key.
    """
    keys = KeyBindings()
    pasted_at = [0.0]

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        # More keys that wait behind Enter mean a paste from a terminal that does not mark pastes.
        now = time.monotonic()
        if event.app.key_processor.input_queue or now - pasted_at[0] < _PASTE_SECONDS:
            pasted_at[0] = now
            event.current_buffer.insert_text("\n")
        else:
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
