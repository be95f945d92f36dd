"""Where the sealed holdout of a dataset begins."""

from collections.abc import Sequence
from typing import Any

from mltrainer.settings.parameters import Settings
from mltrainer.trials.walk import CALIBRATION_DATES

LABELLED = 126


def holdout_start(dates: Sequence[str]) -> dict[str, Any]:
    """Return the first date to keep sealed, as ``holdout_from``: 126 sessions with a known outcome lie behind it.

    ``holdout_sessions`` counts the sessions from it on.

    Nothing where the data are so short that too few sessions would be left to calibrate on. Lengths are those of the
    default settings: the date must not depend on what is tried.
    """
    settings = Settings()
    first = len(dates) - LABELLED - settings.horizon[1]
    least = settings.initial_train + CALIBRATION_DATES + settings.horizon[1]
    return {"holdout_from": dates[first], "holdout_sessions": len(dates) - first} if first >= least else {}
