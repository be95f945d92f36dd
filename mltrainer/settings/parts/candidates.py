"""The candidates of a result document."""

from typing import Literal

from mltrainer.settings.parts.part import Part

# How far below a candidate's level the past predictions begin that tell what it is worth.
SUPPORT_MARGIN = 0.05


class Support(Part):
    """What came true of the past predictions from 0.05 below the confidence upwards, ``hits`` of ``n``.

    It is 0.05 below the confidence threshold where the confidence is above that. ``lower`` is the Wilson 90 % bound on
    ``n_eff``.
    """

    n: int
    n_eff: float
    hits: int
    lower: float
    upper: float


class Driver(Part):
    """A feature that moves a candidate's score.

    ``share`` is its signed part in all that moves the score (their absolute values sum to 1; the mean of the members of
    an ensemble), ``value`` the feature's value today.
    """

    feature: str
    share: float
    value: float | None = None


class Candidate(Part):
    """One ticker scored today. ``confidence`` is a calibrated probability, ``interval`` 80 % of the return.

    ``drivers`` are the three features with the largest shares in the score; ``dollar_volume`` is the median of close
    times volume a day over the last 63 sessions; ``correlation`` is the mean correlation of its daily returns with
    those of the other first ten candidates over the last 126 sessions.
    """

    rank: int
    ticker: str
    sector: str | None = None
    score: float
    confidence: float
    calibrated: bool
    expected_return: float
    interval: tuple[float, float] | None = None
    last_close: float
    max_entry: float | None = None
    target_price: float | None = None
    stop_loss: float | None = None
    horizon: tuple[int, int]
    probability_down: float | None = None
    confidence_volatility_only: float | None = None
    support: Support | None = None
    verdict: Literal["qualified", "unsupported", "below"]
    by_model: dict[str, float] = {}
    drivers: list[Driver] | None = None
    dollar_volume: float | None = None
    correlation: float | None = None
