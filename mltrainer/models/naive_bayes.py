"""Gaussian naive Bayes."""

from typing import Any

from sklearn.naive_bayes import GaussianNB

from mltrainer.models.scaled import WeighedClassifier


class GaussianNaiveBayes(WeighedClassifier):
    """P(event) as if features were normal and independent in each class; far too sure before calibration.

    Each variance is raised by that of the widest feature, so that no single one decides alone.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return GaussianNB(var_smoothing=1.0)
