"""XGBoost."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from xgboost import DataIter, QuantileDMatrix, XGBClassifier

from mltrainer.models import large

_FIXED: dict[str, Any] = {
    "subsample": 0.7,
    "colsample_bytree": 0.5,
    "min_child_weight": 100,
    "max_bin": 64,
    "tree_method": "hist",
    "n_jobs": 1,
}


class XGBoost(XGBClassifier):
    """Gradient boosting by histograms (Chen & Guestrin 2016): few shallow trees, rows and columns sampled.

    Twice the rounds at depth 4 cost 1.7 times as much and fitted the training window better than what came after it
    (S&P 500 bars of 2013-2018: AUC 0.762 against 0.767).

    Parameters
    ----------
    n_estimators
        Boosting rounds.
    max_depth
        Depth of a tree.
    learning_rate
        Shrinkage of each round.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        max_depth: int = 3,
        learning_rate: float = 0.05,
        random_state: int = 0,
        **others: Any,
    ) -> None:
        # The others are the library's own; they come back here when an estimator is cloned.
        super().__init__(
            n_estimators=n_estimators,
            max_depth=max_depth,
            learning_rate=learning_rate,
            random_state=random_state,
            **(_FIXED | others),
        )

    def _create_dmatrix(self, ref: Any, **given: Any) -> Any:
        """Return the binned rows; the library's own way where they are in memory."""
        rows = given["data"]
        if not isinstance(rows, large.LargeRows):
            return super()._create_dmatrix(ref, **given)
        parts = _Parts(rows, given["label"], given["weight"])
        return QuantileDMatrix(parts, ref=ref, nthread=self.n_jobs, max_bin=self.max_bin, missing=given["missing"])


class _Parts(DataIter):
    """Rows as XGBoost asks for them, all of them several times: the same bins as from an array, bit for bit."""

    def __init__(
        self, rows: large.LargeRows, label: npt.NDArray[np.float64], weight: npt.NDArray[np.float64] | None
    ) -> None:
        super().__init__()
        self.rows, self.label, self.weight, self.first = rows, label, weight, 0

    def next(self, input_data: Callable[..., None]) -> bool:
        """Hand over the next rows; False where there are none left."""
        part = slice(self.first, min(self.first + large.AT_ONCE, len(self.rows)))
        if part.start == part.stop:
            return False
        weight = None if self.weight is None else self.weight[part]
        input_data(data=self.rows.part(part.start, part.stop), label=self.label[part], weight=weight)
        self.first = part.stop
        return True

    def reset(self) -> None:
        """Begin anew."""
        self.first = 0
