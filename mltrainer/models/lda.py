"""Linear discriminant analysis."""

from typing import Any

from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from mltrainer.models.scaled import ScaledClassifier


class LinearDiscriminant(ScaledClassifier):
    """P(event) by linear discriminant analysis (Fisher 1936) with a shrunk covariance (Ledoit & Wolf 2004)."""

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
