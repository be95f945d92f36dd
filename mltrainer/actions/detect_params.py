"""Parameters of models in prose: "500 trees", "depth 6", "a learning rate of 0.03"."""

import re
from typing import Any

from mltrainer.actions.detect_models import NamedModel
from mltrainer.actions.detect_patterns import words
from mltrainer.models.registry import MODELS

_NUMBER = r"(?P<number>\d{1,7}(?:,\d{3})*(?:\.\d+)?)"
_OF = r"(?:\s+(?:of|in|for)\s+(?:the\s+)?[A-Za-z][\w ]{1,24}?)?(?:\s+(?:of|to|at|is|be)|\s*[=:])?\s*"


def _either(*patterns: str) -> re.Pattern[str]:
    # A group's name may stand once in a pattern, so each way of saying it gets its own number.
    numbered = [pattern.replace("?P<number>", f"?P<number{index}>") for index, pattern in enumerate(patterns)]
    return words("|".join(numbered))


# How people name the parameters; which model has which is read from the registry.
_SPOKEN: dict[str, re.Pattern[str]] = {
    "n_estimators": _either(
        rf"\b{_NUMBER}[\s-]+(?:decision\s+)?(?:trees?|estimators?|(?:boosting\s+)?(?:rounds?|iterations?))\b",
        rf"\btrees\s+\({_NUMBER}\)",
        rf"\b(?:n_estimators|number\s+of\s+(?:trees|rounds|estimators|boosting\s+rounds)|trees"
        rf"|(?:boosting\s+)?rounds|estimators){_OF}(?:to\s+)?{_NUMBER}\b",
    ),
    "max_depth": _either(
        rf"\b(?:max(?:imum|\.)?[\s_-]*)?(?:tree\s+)?depth(?:\s+limit)?{_OF}{_NUMBER}\b",
        rf"\bdepth[\s-]+{_NUMBER}\b",
        rf"\b{_NUMBER}\s+levels?\s+deep\b",
    ),
    "learning_rate": _either(rf"\b(?:learning[\s_]+rate|eta){_OF}(?P<number>0?\.\d+|1(?:\.0+)?)"),
    "num_leaves": _either(rf"\b{_NUMBER}\s+leaves\b", rf"\b(?:num_leaves|number\s+of\s+leaves|leaves){_OF}{_NUMBER}\b"),
    "epochs": _either(rf"\b{_NUMBER}[\s-]+epochs?\b", rf"\bepochs{_OF}{_NUMBER}\b"),
    "hidden": _either(
        rf"\b{_NUMBER}[\s-]+(?:hidden\s+(?:units?|neurons?|nodes?)|units)\b",
        rf"\bhidden(?:[\s_]+(?:size|units|dimension|state))?{_OF}{_NUMBER}\b",
    ),
    "min_samples_leaf": _either(
        rf"\bmin_samples_leaf{_OF}{_NUMBER}\b", rf"\b{_NUMBER}\s+(?:rows|samples)\s+(?:in\s+a|per|a)\s+leaf\b"
    ),
    "max_samples": _either(
        rf"\bmax_samples{_OF}{_NUMBER}\b", rf"\b{_NUMBER}\s+(?:rows|samples)\s+(?:for\s+each|per|a)\s+tree\b"
    ),
    "C": _either(rf"\bC\s*=\s*{_NUMBER}\b"),
}
# A parameter that people have no other words for is read by its own name.
_BY_NAME = {
    name: _either(rf"\b{name.replace('_', '[_ ]')}{_OF}{_NUMBER}\b")
    for entry in MODELS.values()
    for name in entry.params
    if name not in _SPOKEN
}
_ROUNDS = words(r"round|boosting|iteration")
_JOINS_MODEL = words(
    r"\s*(?:\(|with|using|at|to|of|=|:|and|has|having|model|models|classifier|,)?\s*(?:about\s+|an?\s+)?"
)


def read_params(text: str, named: list[NamedModel], models: list[str]) -> dict[str, dict[str, Any]]:
    """Return the stated parameters by model.

    A number that stands right at one model ("a random forest with 500 trees and XGBoost") is that model's; any other
    is for all of the models that have the parameter.

    Parameters
    ----------
    named
        The models that the text names, with their places.
    models
        The models that are meant where the text names none: those of the settings.
    """
    params: dict[str, dict[str, Any]] = {}
    scope = [model.name for model in named if model.name in MODELS] or [name for name in models if name in MODELS]
    for name, pattern in (_SPOKEN | _BY_NAME).items():
        for match in pattern.finditer(text):
            written = next(group for group in match.groups() if group)
            number = float(written.replace(",", ""))
            value = int(number) if number.is_integer() and name not in ("learning_rate", "C") else number
            for model in _owners(text, match, name, named, scope):
                params.setdefault(model, {})[name] = value
    return params


def _owners(text: str, match: re.Match[str], param: str, named: list[NamedModel], scope: list[str]) -> list[str]:
    """Return the models a parameter is for."""
    having = [model for model in scope if param in MODELS[model].params]
    if _ROUNDS.search(match[0]):
        having = [model for model in having if MODELS[model].family == "boosting"]
    for model in named:
        is_beside = (
            match.start() <= model.start < match.end()
            or (model.end <= match.start() and _JOINS_MODEL.fullmatch(text[model.end : match.start()]))
            or (match.end() <= model.start and not text[match.end() : model.start].strip(" -"))
        )
        if is_beside and model.name in having and not _is_list(text, model, named):
            return [model.name]
    # Nobody at hand has it: whose it is makes the refusal say what is missing.
    return having or [name for name, entry in MODELS.items() if param in entry.params][:1]


def _is_list(text: str, model: NamedModel, named: list[NamedModel]) -> bool:
    """Tell whether the model is the last of a list that shares what follows: "LightGBM and XGBoost with 500 trees"."""
    before = [other for other in named if other.end <= model.start]
    return (
        bool(before) and re.fullmatch(r"\s*(?:,|and|\+|&|/|, and)\s*", text[before[-1].end : model.start]) is not None
    )
