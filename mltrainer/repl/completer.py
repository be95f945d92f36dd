"""The completion of prompt_toolkit over the pure function that knows what to suggest."""

from collections.abc import Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from mltrainer.repl.completion import Known, suggest


class InputCompleter(Completer):
    """Completes from what is known at the moment."""

    def __init__(self, known: Callable[[], Known]) -> None:
        self._known = known

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the suggestions for the text before the cursor."""
        cursor = document.cursor_position
        for one in suggest(document.text, cursor, self._known()):
            yield Completion(one.text, start_position=one.start - cursor, display_meta=one.help)
