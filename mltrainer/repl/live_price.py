"""The delayed price in the tool bar: asked for now and then, in a thread that nobody waits for."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mltrainer.settings.errors import MltrainerError

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation
    from mltrainer.data.quotes import Quote

EVERY_SECONDS = 60.0
MARKET = "SPY"


def watched(conversation: "Conversation") -> str:
    """Return whose price is shown: the first candidate of the session's last screening, before any the market's."""
    store, session = conversation.facilitator.store, conversation.stream.session_id
    screening = store.latest_trial(session, "momentum_screening")
    candidates = screening["document"].get("candidates") if screening else None
    return str(candidates[0]["ticker"]) if candidates else MARKET


class LivePrice:
    """The newest price of one ticker.

    Parameters
    ----------
    ask
        Returns the price; it may take long, and raise what the vendor says.
    arrived
        Called, from the thread, when there is another one.
    """

    def __init__(self, ask: "Callable[[str], Quote]", arrived: Callable[[], None]) -> None:
        self._ask, self._arrived = ask, arrived
        self._ticker = ""
        self._quote: Quote | None = None
        self._again = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None

    def watch(self, ticker: str) -> None:
        """Ask for this ticker from now on."""
        if self._ended or ticker == self._ticker:
            return
        self._ticker = ticker
        self._again.set()
        if not self._thread:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ask no more."""
        self._ended = True
        self._again.set()

    def text(self, now: datetime) -> str:
        """Return the price with its age at a moment (aware), empty before the first."""
        quote = self._quote
        if not quote:
            return ""
        if not quote.traded_at:
            return f"{quote.ticker} {quote.price:g} {quote.kind}"
        minutes = max((now - quote.traded_at).total_seconds(), 0) / 60
        age = f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h"
        return f"{quote.ticker} {quote.price:g} {age} old"

    def _run(self) -> None:
        while not self._ended:
            self._again.clear()
            try:
                self._quote = self._ask(self._ticker)
                self._arrived()
            except MltrainerError as error:
                # A plan without delayed prices, or a refused key: asking again would change nothing.
                self._ended = not error.retryable and error.exit_code == 77
            self._again.wait(EVERY_SECONDS)
