"""What detection in text works with and what it finds."""

from dataclasses import dataclass, field
from typing import Any, Literal

from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class DetectionContext:
    """What must be known to understand a text.

    Parameters
    ----------
    settings
        The session's settings: "lower it by 5 points" and "drop XGBoost" are relative to them.
    tickers
        Tickers of the data at hand, in capitals. Empty where unknown: then capitals are taken for tickers only where
        the sentence says so.
    sectors
        Names of the sectors of the data at hand.
    speaker
        Who wrote the text. A question of the AI is an offer, a question of the user is a question.
    previous
        The settings before their last change: "go back to the previous settings" means them. None where there are none.
    """

    settings: Settings
    tickers: frozenset[str] = frozenset()
    sectors: tuple[str, ...] = ()
    speaker: Literal["ai", "user"] = "ai"
    previous: Settings | None = None


@dataclass(frozen=True)
class Detection:
    """An action that a text puts forward.

    Parameters
    ----------
    stated
        The arguments that the text states, ready for :func:`mltrainer.actions.proposals.propose`.
    quote
        The words in which it was found: ``text[start:end]``.
    """

    action: str
    stated: dict[str, Any] = field(default_factory=dict)
    quote: str = ""
    start: int = 0
    end: int = 0
