"""What a chat starts with: what is known at once, and how to get the rest."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation
    from mltrainer.data.quotes import Quote


def is_interactive() -> bool:
    """Tell whether a person sits at a terminal on both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@dataclass(frozen=True)
class ChatSetup:
    """Everything that ``chat`` needs.

    Parameters
    ----------
    open
        The slow part: builds store, facilitator, analyst and conversation. It runs while the prompt is already on the
        screen. The conversation comes unstarted: ``chat`` adds its own listener to the stream and starts it.
    home
        Where the history of the input is kept.
    agent, data
        Labels of the tool bar, such as ``offline`` and ``files prices.parquet``.
    simulated
        Whether the data are simulated.
    notice
        Lines to show before the first prompt, such as who the analyst is.
    color
        False where colours are not wanted.
    price
        Asks for the delayed price of a ticker, for the tool bar; None where no vendor is at hand.
    resumed
        Whether the conversation goes on with a stored one: what it says about that comes before the first prompt.
    reopen
        Takes a stored session and returns what a chat that goes on with it starts with, for ``/resume``.
    json
        Whether lines are read and the events go out as JSON, for a program at the other end.
    interactive
        Whether there is a terminal; otherwise lines are read from standard input, and only options approve proposals.
    """

    open: Callable[[], Awaitable["Conversation"]]
    home: Path
    agent: str
    data: str
    simulated: bool = False
    notice: str = ""
    color: bool = True
    price: "Callable[[str], Quote] | None" = None
    resumed: bool = False
    reopen: Callable[[str], "ChatSetup"] | None = None
    json: bool = False
    interactive: bool = field(default_factory=is_interactive)
