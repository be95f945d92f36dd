"""Estimators on the feature matrix keep scikit-learn's conventions, as its own checks see them.

Left out: networks, sequences and histories, whose ``fit`` needs dates or returns; XGBoost, which is the library's own
estimator and does not pass them itself. One model of each kind is tried always, all of them nightly.
"""

import pytest
from sklearn.utils.estimator_checks import check_estimator

from mltrainer.models.registry import MODELS

ALWAYS = ("logistic_regression", "lda", "ridge", "lightgbm")
CHECKED = [
    name
    for name, entry in MODELS.items()
    if entry.inputs == "tabular" and entry.library in ("sklearn", "lightgbm") and "dates" not in entry.fit_takes
]
_BIASED = "rows are drawn, binned or visited in an order: a row of weight 2 is not two rows"
_SMALL = "leaves of at least fifty rows and more learn nothing from a few dozen"
_LIBRARY = "the library refuses it in words of its own"
_SCORE = "trials read the score of whatever learns returns by decision_function"
WEIGHTS = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")
REASONS: dict[str, dict[str, str]] = {
    "elastic_net": {WEIGHTS[0]: _BIASED},
    "principal_component_regression": {"check_fit2d_1sample": _LIBRARY},
    "random_forest": dict.fromkeys(WEIGHTS, _BIASED),
    "extra_trees": dict.fromkeys(WEIGHTS, _BIASED) | {"check_classifiers_train": _SMALL},
    "hist_gradient_boosting": {"check_classifiers_train": _SMALL},
    "quantile_boosting": {WEIGHTS[0]: _BIASED, "check_fit2d_1sample": _LIBRARY},
    "adaboost": dict.fromkeys(
        (
            "check_sample_weights_shape",
            "check_pipeline_consistency",
            "check_estimators_pickle",
            "check_n_features_in",
        ),
        _SMALL,
    ),
    "gaussian_naive_bayes": {WEIGHTS[0]: "the library's smoothing of the variances knows no weights"},
}


def reasons(name: str) -> dict[str, str]:
    """Return the checks that a model cannot pass, and why."""
    of_returns = {"check_regressors_no_decision_function": _SCORE} if MODELS[name].learns_returns else {}
    return REASONS.get(name, {}) | of_returns


@pytest.mark.parametrize(
    "name", [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.nightly) for name in CHECKED]
)
@pytest.mark.filterwarnings("ignore")
def test_a_model_keeps_the_conventions(name: str) -> None:
    excused = reasons(name)
    done = check_estimator(MODELS[name].estimator(0, {}), on_skip=None, on_fail=None)
    failed = {one["check_name"]: str(one["exception"])[:200] for one in done if one["status"] == "failed"}
    assert {check: why for check, why in failed.items() if check not in excused} == {}
    # An excuse that is no longer needed goes.
    assert set(excused) == set(failed)
    assert len(done) > 40
