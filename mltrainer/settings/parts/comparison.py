"""What a result document says of models, or of their parameters, beside each other."""

from typing import Any

from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.settings.parts.part import Part


class Compared(Part):
    """One line of a leaderboard, the highest Brier skill first.

    A difference is that of the daily Brier score, this model's minus the other's: below 0 this model is better. ``p``
    is that of Diebold & Mariano (1995), two-sided, with Newey-West errors over dates, absent where these hold fewer
    than four blocks of twice the horizon; ``q`` is ``p`` after Benjamini & Hochberg (1995) over all tests of the table.
    ``tested_from`` is the first date of the tests of an ensemble whose members were chosen by their skill before it.
    """

    rank: int
    model: str
    brier_skill: float | None = None
    auc: float | None = None
    rank_ic: float | None = None
    to_best: float | None = None
    to_best_p: float | None = None
    to_best_q: float | None = None
    to_volatility: float | None = None
    to_volatility_p: float | None = None
    to_volatility_q: float | None = None
    tested_from: str | None = None


class FailedModel(Part):
    """A model that could not be compared, and why."""

    model: str
    code: str
    message: str


class Comparison(Part):
    """A leaderboard of models on the same folds, with every difference tested over ``test_dates`` dates."""

    best: str
    test_dates: int
    rows: list[Compared]
    failed: list[FailedModel] = []


class Tried(Part):
    """One set of parameters in a search: its AUC in each block of the first training window, and their mean."""

    params: dict[str, Any]
    auc: float
    auc_by_block: list[float]


class Searched(Part):
    """The search of one model's parameters between the dates ``first`` and ``last``, and what it is worth afterwards.

    ``space`` holds the lowest and the highest value searched, or the choices. ``before`` are the parameters that held
    so far, ``top`` the best tries. ``evaluation`` of the document has the walk-forward figures of the best parameters,
    ``evaluation_before`` those of the earlier ones on the same rows; ``difference`` is that of their daily Brier score,
    below 0 where the best ones are better, with the p-value of Diebold & Mariano. ``use`` is what ``--params`` takes.
    """

    model: str
    tries: int
    failed: int
    first: str
    last: str
    space: dict[str, list[Any]]
    before: Tried
    best: Tried
    top: list[Tried]
    evaluation_before: EvaluationRow
    difference: float
    difference_p: float | None = None
    use: str
