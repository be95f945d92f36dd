"""How the figures of results are counted: as ratios, scores, counts, prices, times."""

from typing import Any

from mltrainer.agent.grounding.facts import Kind
from mltrainer.agent.grounding.vocabulary import PRICES, keys_in

_SCORES = keys_in(
    "auc auc_by_date information_coefficient rank_ic icir rank_ic_ir ic_t rank_ic_t brier log_loss sharpe sortino "
    "calmar sharpe_by_luck calibration_slope calibration_intercept turnover score n_eff ece ece_if_calibrated "
    "average_precision learning_rate"
)


def kind_of(key: str, value: float) -> Kind:
    """Return how the figure under a key of a result document is counted."""
    if key in PRICES or key.startswith("dollar_"):
        return "price"
    if key.endswith("seconds"):
        return "seconds"
    if key.startswith("size "):
        return "ratio"
    if key.endswith("_bps"):
        return "bps"
    if key == "regime_score":
        return "index"
    if key in _SCORES or key.endswith(("_p", "_q", "_q_session", "_q_store")):
        return "score"
    if isinstance(value, int) or (value.is_integer() and abs(value) > 1):
        return "count"
    return "ratio" if abs(value) <= 1 else "score"


def is_number(value: Any) -> bool:
    """Tell whether a value of a document is a figure."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
