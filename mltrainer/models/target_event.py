"""What the target event is, for models that compute its probability instead of learning it from past events."""

from dataclasses import dataclass
from typing import Literal

from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class TargetEvent:
    """The label of a trial; what its label does not look at is as the settings have it.

    Parameters
    ----------
    label
        ``hit``, ``beats_median`` ...
    horizon
        First and last session of the window after a row's own.
    target, stop
        Return to reach, and loss that ends a trade, fractions.
    multiple
        Target of ``hit_vol_scaled`` in standard deviations of the return over the horizon.
    touch
        What reaches a target: closes, or highs (and lows for a stop).
    """

    label: str
    horizon: tuple[int, int]
    target: float
    stop: float = 0.05
    multiple: float = 1.5
    touch: Literal["close", "high"] = "close"

    @property
    def ends_early(self) -> bool:
        """Whether the label of one row may look at fewer sessions than that of another."""
        return self.label == "triple_barrier"

    @classmethod
    def of(cls, settings: Settings) -> "TargetEvent":
        """Return the event of a trial's settings."""
        return cls(
            label=settings.label,
            horizon=settings.horizon,
            target=settings.target_return,
            stop=settings.stop_return,
            multiple=settings.volatility_multiple,
            touch=settings.touch,
        )
