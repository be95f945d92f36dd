"""AdaBoost."""

from typing import Any

from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

from mltrainer.models.scaled import WeighedClassifier
from mltrainer.models.scaling import ClippedScaler


class AdaBoost(WeighedClassifier):
    """P(event) by boosting trees of depth 2 on rows weighted by past errors (Freund & Schapire 1997).

    Features are rounded to quarters of a standard deviation, since most of a tree's time goes into sorting them: on a
    simulated market a fit took 4.5 instead of 15 CPU seconds, and the AUC was 0.537 instead of 0.538.

    Parameters
    ----------
    n_estimators
        Boosting rounds.
    max_rows
        Most rows to learn from.
    """

    def __init__(self, n_estimators: int = 50, max_rows: int = 20_000, random_state: int = 0) -> None:
        self.n_estimators = n_estimators
        self.max_rows = max_rows
        self.random_state = random_state

    def _scaler(self) -> ClippedScaler:
        return ClippedScaler(step=0.25)

    def _model(self, columns: int) -> Any:
        tree = DecisionTreeClassifier(max_depth=2, min_samples_leaf=50)
        return AdaBoostClassifier(tree, n_estimators=self.n_estimators, random_state=self.random_state)
