"""Which features move a model's score of a row: exactly where its library can say so, else by leaving them out."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.settings.arrays import FloatArray

# How many rows are asked about where each needs as many predictions as there are features.
ASKED = 40


def explain(estimator: Any, library: str, rows: npt.NDArray[np.float32], score: FloatArray) -> FloatArray:
    """Return the share of each feature in what moves the score of each row, (n_rows, n_features).

    Shares are signed, and their absolute values sum to 1 in each row. Trees of XGBoost and LightGBM give their exact
    Shapley values (Lundberg et al. 2020), linear models their products; of any other model each feature is put to the
    middle of the rows in turn, for the 40 rows of the highest score, and the other rows are NaN.

    Parameters
    ----------
    estimator
        A fitted model on tabular features.
    rows
        (n_rows, n_features), NaN where undefined.
    score
        What the model says of them, (n_rows,).
    """
    if not len(rows):
        return np.empty(rows.shape)
    if library == "xgboost":
        import xgboost

        moved = estimator.get_booster().predict(xgboost.DMatrix(rows), pred_contribs=True)[:, :-1]
    elif library == "lightgbm":
        moved = np.mean([one.predict(rows, pred_contrib=True)[:, :-1] for one in estimator.boosters_], axis=0)
    elif (weights := _weights(estimator, rows.shape[1])) is not None:
        moved = estimator.scaler_.transform(rows) * weights
    else:
        moved = _left_out(estimator, rows, score)
    moved = np.asarray(moved, dtype=np.float64)
    total = np.abs(moved).sum(axis=1, keepdims=True)
    shares: FloatArray = np.where(total > 0, moved / np.where(total > 0, total, 1.0), np.nan)
    return shares


def _weights(estimator: Any, columns: int) -> FloatArray | None:
    """Return the weights of a linear model on scaled features, None where it is none."""
    weights = np.ravel(getattr(getattr(estimator, "model_", None), "coef_", np.empty(0)))
    return weights if hasattr(estimator, "scaler_") and weights.shape == (columns,) else None


def _left_out(estimator: Any, rows: npt.NDArray[np.float32], score: FloatArray) -> FloatArray:
    """Return by how much the score falls where a feature is put to its middle among the rows."""
    moved = np.full(rows.shape, np.nan)
    asked = np.argsort(-score, kind="stable")[:ASKED]
    known = np.isfinite(rows).any(axis=0)
    middle = np.zeros(rows.shape[1], dtype=np.float32)
    middle[known] = np.nanmedian(rows[:, known], axis=0)
    changed = np.repeat(rows[asked][:, None], rows.shape[1], axis=1)
    features = np.arange(rows.shape[1])
    changed[:, features, features] = middle
    flat = changed.reshape(-1, rows.shape[1])
    if hasattr(estimator, "predict_proba"):
        without = np.asarray(estimator.predict_proba(flat))[:, 1]
    else:
        without = np.asarray(estimator.decision_function(flat))
    moved[asked] = score[asked][:, None] - without.reshape(len(asked), -1)
    return moved
