"""Logistic regression with an elastic-net penalty."""

from typing import Any

from sklearn.linear_model import LogisticRegression

from mltrainer.models.scaled import WeighedClassifier


class ElasticNetLogistic(WeighedClassifier):
    """P(event) by logistic regression with an L1 and an L2 penalty, which drops features (Zou & Hastie 2005).

    Parameters
    ----------
    C
        Inverse strength of the penalty.
    l1_ratio
        Share of the L1 penalty.
    max_rows
        Most rows to learn from.
    """

    def __init__(self, C: float = 0.003, l1_ratio: float = 0.5, max_rows: int = 60_000, random_state: int = 0) -> None:
        self.C = C
        self.l1_ratio = l1_ratio
        self.max_rows = max_rows
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return LogisticRegression(
            solver="saga", C=self.C, l1_ratio=self.l1_ratio, max_iter=200, random_state=self.random_state
        )
