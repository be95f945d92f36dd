"""The ensembles that go with all models: one of each kind over the three best so far.

"Best so far" is decided on the first half of the test dates. What the ensembles show there is flattered by the choice;
the dates after it are fair.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.differences import daily_brier
from mltrainer.models.registry import ENSEMBLES, MODELS, ensemble_id
from mltrainer.settings.result import Warned
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import Scored
from mltrainer.trials.walk import Walk

BEST = 3


class Selection(NamedTuple):
    """Ensembles of models chosen by skill, and the first session (a position) whose figures the choice did not see."""

    ensembles: tuple[str, ...]
    fair_from: int


def are_all(models: Sequence[str]) -> bool:
    """Tell whether every model of the registry is among these."""
    return set(models) >= set(MODELS)


def best_so_far(walk: Walk, scored: Scored, said: dict[str, Confidence], models: Sequence[str]) -> Selection | None:
    """Return the ensembles of the models with the lowest daily Brier score; None where there are fewer than three."""
    if len(models) < BEST:
        return None
    days = np.unique(scored.date)
    end = len(days) // 2
    losses = {name: daily_loss(scored, said[name])[:end].mean() for name in models}
    best = sorted(models, key=lambda name: losses[name])[:BEST]
    # What was decided on the first half saw outcomes up to the end of its labels.
    first = min(int(np.searchsorted(days, days[end] + walk.settings.horizon[1])), len(days) - 1)
    return Selection(tuple(ensemble_id(best, kind) for kind in ENSEMBLES), int(days[first]))


def daily_loss(scored: Scored, said: Confidence) -> FloatArray:
    """Return the Brier score of every scored date, (n_dates,)."""
    return daily_brier(scored.date, said.probability[scored.rows], scored.event)


def selected_warning(walk: Walk, selection: Selection) -> Warned:
    """Return what must be known to read the figures of such ensembles."""
    day = walk.panel.dates[selection.fair_from]
    text = (
        f"the members of {', '.join(selection.ensembles)} are the three best of the first half of the test dates: "
        f"figures of these ensembles before {day} are flattered by the choice"
    )
    return Warned(code="members_selected", message=text)
