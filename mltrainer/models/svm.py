"""Support vector machine by the Nystroem method."""

import numpy as np
import numpy.typing as npt
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from mltrainer.models.blocks import score_in_blocks
from mltrainer.models.checked import TabularClassifier
from mltrainer.models.scaled import capped
from mltrainer.models.scaling import ClippedScaler


class NystroemSVM(TabularClassifier):
    """Support vector machine (Cortes & Vapnik 1995), its Gaussian kernel approximated from a sample of the rows.

    The score is the distance to the border, no probability. The Nystroem method is that of Williams & Seeger (2001).

    Parameters
    ----------
    C
        Inverse strength of the penalty.
    n_components
        Rows that span the kernel.
    max_rows
        Most rows to learn from, spread evenly over time.
    """

    def __init__(self, C: float = 0.01, n_components: int = 300, max_rows: int = 40_000, random_state: int = 0) -> None:
        self.C = C
        self.n_components = n_components
        self.max_rows = max_rows
        self.random_state = random_state

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64]) -> "NystroemSVM":
        """Fit on ``X`` (n_rows, n_features) in order of date and ``y`` (n_rows,) of two classes."""
        X, y, _ = self._to_learn(X, y)
        X, place, _ = capped(self, X, self._two_classes(y))
        self.scaler_ = ClippedScaler().fit(X)
        kernel = Nystroem(gamma=0.25 / X.shape[1], n_components=self.n_components, random_state=self.random_state)
        # The squared hinge loss orders rows on both sides of the border, also where the event is rare.
        self.model_ = make_pipeline(kernel, LinearSVC(C=self.C, dual=False)).fit(self.scaler_.transform(X), place)
        return self

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the scores (n_rows,), no probabilities; a row's does not depend on how many rows follow."""
        rows = self._to_score(X)
        return score_in_blocks(lambda part: self.model_.decision_function(self.scaler_.transform(part)), rows)

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the class on whose side of the border a row lies (n_rows,)."""
        side = self.decision_function(X) > 0
        return self.classes_[side.astype(int)]
