"""Every value that a clause states: numbers, universe, models and their parameters."""

from mltrainer.actions.detect_models import NamedGroup, NamedModel, find_group, find_models
from mltrainer.actions.detect_numbers import Reading, Value, read_numbers
from mltrainer.actions.detect_params import read_params
from mltrainer.actions.detect_patterns import words
from mltrainer.actions.detect_spelled import plain_numbers
from mltrainer.actions.detect_universe import read_universe
from mltrainer.actions.detection import DetectionContext
from mltrainer.models.registry import MODELS, ensemble_id

_VERB_OF_MODELS = words(
    r"\b(?P<drop>drop(?:ping)?|remov(?:e|ing)|exclud(?:e|ing)|omit(?:ting)?|discard(?:ing)?|without|leav(?:e"
    r"|ing)\s+out|tak(?:e|ing)\s+out|minus|except|replac(?:e|ing)|swap(?:ping)?(?:\s+out)?|from)\b"
    r"|\b(?P<add>add(?:ing)?|includ(?:e|ing)|plus|bring(?:ing)?\s+in|also\s+(?:use|try|run|test))\b"
    r"|\b(?P<use>us(?:e|ing)|try(?:ing)?|switch(?:ing)?|ensembles?|combin(?:e|ing)|blend(?:ing)?|only|just"
    r"|go(?:ing)?\s+with|select(?:ing)?|choos(?:e|ing)|to)\b"
)
_PARAMS = sorted(
    {name.replace("_", "[_ ]") for entry in MODELS.values() for name in entry.params}, key=len, reverse=True
)
_OWNS = words(
    rf"\b(?:trees|rounds|estimators|depth|iterations|epochs|leaves|learning\s+rate|{'|'.join(_PARAMS)})\b"
    r"(?:(?:\s+(?:to|of|at)|\s*[=:])?\s*[\d.,]+)?\s+(?:for|of|in)\s+(?:the\s+|our\s+|a\s+)?\Z"
)
# A plain mean comes of itself where several models are chosen.
_ENSEMBLE_OF = words(
    r"\b(?:(?P<stack>stack(?:ing|ed)?(?:\s+(?:ensemble|model))?)|(?P<weighted>(?:skill[\s-]+)?weighted\s+(?:ensemble|mean|average))"
    r"|(?P<gated>(?:regime[\s-]+)?gated\s+(?:ensemble|mean)))\s*(?:(?:of|with|from|over|for|using|:)\s+)?(?:the\s+)?\Z"
)
_IN_ITS_PLACE = words(r"\b(?:with|by|for)\b")
_REPLACING = words(r"replac|swap")


def read_values(
    text: str,
    context: DetectionContext,
    *,
    analysed: bool = False,
    it: str = "",
    bare: bool = False,
) -> list[Value]:
    """Return the values that a text states, in order; a name may occur more than once.

    Parameters
    ----------
    analysed
        The text speaks of a deep analysis: tickers and "the top 5" are what is analysed, not the universe.
    it
        The setting that "it" means.
    bare
        Read a percentage without a name too.
    """
    text = plain_numbers(text)
    named = find_models(text)
    reading = Reading(text, [])
    if analysed:
        read_universe(reading, context, analysed=True)
    offhand = context.speaker == "user"
    numbers = read_numbers(reading.text, context.settings, it=it, bare=bare, offhand=offhand)
    if not analysed:
        # Names of models are no tickers.
        for model in named:
            numbers.text = numbers.text[: model.start] + "\x00" * (model.end - model.start) + numbers.text[model.end :]
        read_universe(numbers, context, analysed=False)
    values = reading.found + numbers.found
    group = find_group(text, but=bool(named))
    if group:
        # "Neural networks" name the family, though one of them alone is called so.
        named = [model for model in named if not group.start <= model.start < group.end]
    if group or named and not _only_owns(text, named, context):
        places: list[NamedModel | NamedGroup] = [*named, *([group] if group else [])]
        start, end = min(one.start for one in places), max(one.end for one in places)
        values.append(Value("models", _models(text, named, group, context), start, end))
    if params := read_params(text, named, list(context.settings.models)):
        values.append(Value("model_params", params, len(text), len(text)))
    return sorted(values, key=lambda value: value.start)


def _only_owns(text: str, named: list[NamedModel], context: DetectionContext) -> bool:
    """Tell whether models are named only as those whose parameters are meant: "set the trees of the forest to 800"."""
    at_hand = all(model.name in context.settings.models for model in named)
    return at_hand and all(_OWNS.search(text, 0, model.start) for model in named)


def _models(text: str, named: list[NamedModel], group: NamedGroup | None, context: DetectionContext) -> list[str]:
    """Return the models that are meant: those named, or the settings' with some added, dropped or replaced."""
    if group and group.is_all and not named:
        return ["all"]
    chosen: list[str] = []
    added: list[str] = []
    dropped: list[str] = []
    for model in named:
        verb = None
        for verb in _VERB_OF_MODELS.finditer(text, 0, model.start):  # noqa: B007 - the last one is meant
            pass
        if verb is None or verb["use"]:
            chosen.append(model.name)
        elif verb["add"] or _REPLACING.match(verb[0]) and _IN_ITS_PLACE.search(text, verb.end(), model.start):
            added.append(model.name)
        else:
            dropped.append(model.name)
    # "switch from XGBoost to LightGBM" names what is left and what is meant.
    base = chosen or (group.names if group else list(context.settings.models))
    meant = [name for name in dict.fromkeys([*base, *added]) if name not in dropped]
    return _joined(text[: named[0].start] if named else "", meant)


def _joined(before: str, models: list[str]) -> list[str]:
    """Return the models as the ensemble that the words before them name: "a stack of random forest and LightGBM"."""
    kind = _ENSEMBLE_OF.search(before)
    if not kind or len(models) < 2 or any(name not in MODELS for name in models):
        return models
    return [ensemble_id(models, "weighted" if kind["weighted"] else "gated" if kind["gated"] else "stack")]
