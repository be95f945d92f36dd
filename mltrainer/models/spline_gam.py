"""Generalised additive model."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer

from mltrainer.models.scaled import ScaledClassifier


class SplineLogistic(ScaledClassifier):
    """P(event) by a sum of smooth curves, one a feature, and a logistic link (Hastie & Tibshirani 1986).

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty on the curves.
    max_rows
        Most rows to learn from.
    """

    def __init__(self, C: float = 0.003, max_rows: int = 30_000, random_state: int = 0) -> None:
        self.C = C
        self.max_rows = max_rows
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        # Fixed knots on the standardised scale: a constant feature has no quantiles to put them at.
        knots = np.tile(np.array([-3.0, -1.5, 0.0, 1.5, 3.0])[:, None], (1, columns))
        curves = SplineTransformer(degree=2, knots=knots, extrapolation="linear", sparse_output=True)
        return make_pipeline(curves, LogisticRegression(C=self.C, max_iter=500))
