"""Where the sealed holdout of a dataset begins."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from mltrainer.settings.parameters import Settings
from mltrainer.trials.walk import CALIBRATION_DATES

LABELLED = 126


def holdout_start(dates: Sequence[str], fixed: str | None = None) -> dict[str, Any]:
    """Return the first date to keep sealed, as ``holdout_from``: 126 sessions with a known outcome lie behind it.

    ``holdout_sessions`` counts the sessions from it on. Where the data are so short that too few sessions would be left
    to calibrate on there is only ``holdout_needs``, the sessions that it takes. Lengths are those of the default
    settings: the date must not depend on what is tried.

    Parameters
    ----------
    dates
        The sessions of the data (ISO).
    fixed
        The date that is fixed already, whatever has been added to the data since.
    """
    settings = Settings()
    kept = LABELLED + settings.horizon[1]
    least = settings.initial_train + CALIBRATION_DATES + settings.horizon[1]
    if fixed:
        return {"holdout_from": fixed, "holdout_sessions": len(dates) - bisect_left(dates, fixed)}
    if len(dates) < least + kept:
        return {"holdout_needs": least + kept}
    return {"holdout_from": dates[-kept], "holdout_sessions": kept}
