"""Names of models that are plain words as well."""

import pytest

from mltrainer.actions.detect import detect
from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detection import DetectionContext
from mltrainer.models.registry import MODELS
from mltrainer.settings.parameters import Settings


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Let's try ridge and lasso.", ["ridge", "lasso"]),
        ("Add a transformer to the ensemble.", ["transformer"]),
        ("use the Transformer model", ["transformer"]),
        ("Ridge did better than the forest.", ["ridge", "random_forest"]),
        ("raise the penalty of huber", ["huber"]),
        ("compare knn, svm and a neural network", ["k_nearest_neighbors", "svm_nystroem", "mlp"]),
        ("train a logistic model", ["logistic_regression"]),
    ],
)
def test_a_plain_word_names_a_model_where_a_model_is_meant(text: str, names: list[str]) -> None:
    assert [found.name for found in find_models(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "only electrical transformer makers",
        "buy transformer stocks",
        "companies along the Blue Ridge",
        "a ridge of high pressure over the coast",
        "use a forest of indicators",
        "the biggest logistic companies",
        "the nearest neighbors of AAPL",
        "momentum has a linear trend, a kernel of truth and a tree of options",
    ],
)
def test_a_plain_word_elsewhere_names_none(text: str) -> None:
    assert [found.name for found in find_models(text)] == []


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("compare all linear models", "linear"),
        ("Let's compare the tree-based models.", "trees"),
        ("I suggest we run a model comparison of our boosting models.", "boosting"),
        ("I suggest we compare every Bayesian model.", "bayes"),
    ],
)
def test_a_family_is_compared_as_the_registry_has_it(text: str, family: str) -> None:
    found = [(one.action, one.stated) for one in detect(text, DetectionContext(settings=Settings()))]
    assert found == [("model_comparison", {"models": [one.name for one in MODELS.values() if one.family == family]})]


@pytest.mark.parametrize("text", ["I do not recommend comparing all linear models.", "The linear models did better."])
def test_a_family_that_is_only_spoken_of_is_not_compared(text: str) -> None:
    assert detect(text, DetectionContext(settings=Settings())) == []
