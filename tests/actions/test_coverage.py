"""No action, setting or parameter of a model is out of reach of plain words."""

import pytest

from mltrainer.actions.detect import DetectionContext, detect
from mltrainer.actions.registry import ACTIONS
from mltrainer.models.registry import MODELS
from mltrainer.settings.parameters import AI_MAY_CHANGE, Settings

from .sentences import ASKED, PROPOSED, SEED
from .unseen_natural import NATURAL, NATURAL_ASKED

CONTEXT = DetectionContext(Settings())
STATED = [one for _, expected in SEED + PROPOSED + ASKED + NATURAL + NATURAL_ASKED for one in expected]


def test_the_table_holds_every_action() -> None:
    assert {action for action, _ in STATED} == set(ACTIONS)


def test_the_table_holds_every_setting_that_the_ai_may_change() -> None:
    assert {name for _, stated in STATED for name in stated} >= AI_MAY_CHANGE


@pytest.mark.parametrize("entry", MODELS.values(), ids=lambda entry: entry.name)
def test_every_name_of_a_model_is_read(entry) -> None:  # type: ignore[no-untyped-def]
    for name in (entry.name, entry.title.partition(" (")[0], entry.name.replace("_", " ")):
        (one,) = detect(f"Let's try {name}.", CONTEXT)
        assert one.stated == {"models": [entry.name]}, name


@pytest.mark.parametrize(("model", "param"), [(entry.name, name) for entry in MODELS.values() for name in entry.params])
def test_every_parameter_is_read_by_its_own_name(model: str, param: str) -> None:
    value = MODELS[model].params[param].default
    (one,) = detect(f"Let's use {model} with {param} = {value}.", CONTEXT)
    assert one.stated == {"models": [model], "model_params": {model: {param: value}}}


def test_long_pasted_text_asks_for_nothing() -> None:
    text = "Raise the target to 9%. " * 60
    assert detect(text, DetectionContext(Settings(), speaker="user")) == []
    assert detect(text, CONTEXT) != []
