"""The out-of-sample figures of a result document."""

from typing import Any

from mltrainer.settings.parts.part import Part


class EvaluationRow(Part):
    """Out-of-sample figures of one model, all recomputable from the exported predictions.

    ``base_rate`` is the share of the event over the scored rows; ``intervals`` are 90 % from blocks of dates.
    ``reliability`` (ten bins of equal size) and ``bands`` (``from`` .. ``to``) say what came true of what was said:
    ``n`` rows on ``n_dates`` dates are worth ``n_eff`` independent ones, ``lower`` and ``upper`` are Wilson's 90 %.
    ``brier_parts``: brier = reliability - resolution + uncertainty + within (Murphy 1973, over the ten bins). Sharpe
    ratios of ``portfolio`` are annual, ``sharpe_error`` and ``sharpe_autocorrelated`` those of Lo (2002).
    """

    model: str
    folds: int
    fits: int
    train_rows: list[int]
    test_rows: int
    test_dates: int
    calibrated_share: float
    base_rate: float
    auc: float | None = None
    auc_by_date: float | None = None
    average_precision: float | None = None
    brier: float | None = None
    brier_skill: float | None = None
    log_loss: float | None = None
    ece: float | None = None
    ece_if_calibrated: float | None = None
    calibration_slope: float | None = None
    calibration_intercept: float | None = None
    information_coefficient: float | None = None
    icir: float | None = None
    ic_t: float | None = None
    rank_ic: float | None = None
    rank_ic_ir: float | None = None
    rank_ic_t: float | None = None
    precision_at_k: float | None = None
    decile_spread: float | None = None
    excess_return_at_k: float | None = None
    highest_probability: float | None = None
    reliability: list[dict[str, float]] = []
    bands: list[dict[str, float]] = []
    brier_parts: dict[str, float] | None = None
    portfolio: dict[str, float] | None = None
    intervals: dict[str, tuple[float, float]] = {}
    params: dict[str, Any] = {}
    calibrator: str | None = None
    seconds: float | None = None


class Benchmark(Part):
    """What takes no model, over the same days: ``equal_weight`` of all members, free of costs, ``buy_and_hold_spy``."""

    name: str
    portfolio: dict[str, float]
    intervals: dict[str, tuple[float, float]] = {}


class AtThreshold(Part):
    """What the past says about the confidence threshold: the ``n`` predictions of ``model`` at or above it.

    Of ``calibrated`` out-of-sample predictions with known outcome, ``n`` on ``n_dates`` dates, worth ``n_eff``
    independent ones, reached ``threshold``, and ``hits`` of them came true; ``lower`` and ``upper`` are Wilson's 90 %.
    ``n`` is 0 where it was never reached. ``highest`` is the highest of all, absent where none was calibrated.
    """

    model: str
    threshold: float
    calibrated: int
    n: int
    n_dates: int
    n_eff: float
    hits: int
    lower: float
    upper: float
    highest: float | None = None


class Coverage(Part):
    """How often the ranking model's intervals of the return held the outcome, as they would have been given that day.

    ``coverage`` of ``n`` predictions, to be compared with ``level`` within two of its ``error`` (blocks of dates;
    absent where dates are too few); ``by_year``, and ``by_volatility`` in thirds of the rows, with the ``errors`` of
    both. ``mean_width`` is a return, and so is ``interval_score`` (Winkler 1972): the mean width, and ten times what a
    missed outcome is away, so that the lower tells which of two kinds of intervals is better. ``quantiles_of`` is the
    model whose conformalised quantiles they are; without it they lie around what the ranking model expects.
    """

    level: float
    coverage: float
    error: float | None = None
    n: int
    n_dates: int
    mean_width: float
    interval_score: float | None = None
    by_year: dict[str, float]
    by_volatility: dict[str, float]
    errors: dict[str, float] = {}
    quantiles_of: str | None = None
