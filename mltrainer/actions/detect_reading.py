"""Reads clauses: which action is meant, and which values it is given."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from mltrainer.actions.detect_actions import Mention, find_mentions
from mltrainer.actions.detect_clauses import Clause
from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detect_mood import INSTEAD, LOOKING, MANNER, SELECTING
from mltrainer.actions.detect_numbers import Value
from mltrainer.actions.detect_patterns import exactly, words
from mltrainer.actions.detect_prose import Sentence
from mltrainer.actions.detect_values import read_values
from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.registry import ACTIONS
from mltrainer.actions.session_settings import difference
from mltrainer.actions.undo import speaks_of_undo
from mltrainer.settings.parameters import Settings

_TRIAL_ID = exactly(r"\bT\d+\b")
_SELECTION = frozenset({"models", "model_params"})
_PARAMETER_LINE = words(
    r"^(?:models?|ensemble|(?:prediction\s+)?horizon|time\s*frame|holding\s+period|target(?:\s+(?:return"
    r"|event))?|return\s+target|"
    r"(?:minimum\s+)?confidence(?:\s+(?:threshold|level))?|threshold|universe|stocks|tickers|label|seed"
    r"|top[\s_-]?k|picks|trees|epochs|depth|"
    r"max_depth|learning[\s_]rate|rounds|n_estimators|parameters|settings)\s*(?::|=|–|—|\s-\s)"
)
# Words that may stand between the values of a short order such as "momentum screening, LightGBM, 5-7 days please".
_FILLERS = frozenset(
    (
        "a", "an", "the", "and", "with", "for", "on", "of", "to", "at", "in", "only", "just", "please", "instead",
        "now", "again", "without", "using", "stocks", "model", "models", "ensemble", "horizon", "target", "confidence",
        "day", "days", "next", "ok", "okay", "over", "into", "mean", "average", "stack", "stacked", "weighted", "gated",
        "everything", "except", "but", "s", "p", "universe",
    )
)  # fmt: skip


@dataclass
class Found:
    """An action as it is put together from clauses.

    Parameters
    ----------
    place
        Where in the text it stands.
    quote
        Start and end of the words in which it was found.
    """

    action: str
    place: int
    quote: tuple[int, int]
    stated: dict[str, Any] = field(default_factory=dict)


def read_clause(
    sentence: Sentence, clause: Clause, trial: Found | None, context: DetectionContext, it: str
) -> tuple[Found | None, list[Found]]:
    """Read one clause; ``trial`` is the last action that the sentence named before it, and that is returned anew."""
    part = sentence.text[clause.start : clause.end]
    mentions = find_mentions(part, find_models(part), context.speaker)
    found: list[Found] = []
    if context.speaker == "ai" and context.previous and speaks_of_undo(part):
        restored = difference(context.settings, context.previous).after
        found = [Found("adjust_settings", sentence.places[clause.start], quote_of(sentence), restored)]
        return trial, found
    if (
        not mentions
        and trial is not None
        and (not clause.separate or MANNER.match(part) or _only_for(trial, part, context))
    ):
        found = [trial, *_give(trial, part, sentence, clause.start, context, it)]
    elif not mentions and not LOOKING.search(part):
        values = read_values(part, context, it=it)
        chosen = [one for one in values if one.name not in _SELECTION or clause.is_order or SELECTING.search(part)]
        found = _settings(chosen, sentence, clause.start)
    starts = [0, *(mention.start for mention in mentions[1:]), len(part)]
    for index, mention in enumerate(mentions):
        trial = Found(mention.action, sentence.places[clause.start + mention.start], quote_of(sentence))
        trial.stated |= mention.stated
        # What stands before the second action belongs to the first, and so on.
        words = part[starts[index] : starts[index + 1]]
        found += [trial, *_give(trial, words, sentence, clause.start + starts[index], context, it)]
    _keep_others(found, sentence.text[clause.end :], context)
    return trial, found


def _only_for(trial: Found, part: str, context: DetectionContext) -> bool:
    """Tell whether a clause states what only this action takes: "tune XGBoost: shall I try 25 parameter sets?"."""
    own = ACTIONS[trial.action].arguments.model_fields.keys() - Settings.model_fields.keys()
    return any(value.name in own for value in read_values(part, context))


def _keep_others(found: list[Found], after: str, context: DetectionContext) -> None:
    """Keep the models that stay: "use LightGBM instead of XGBoost" says nothing of the forest beside it."""
    if not INSTEAD.match(after):
        return
    now = list(context.settings.models)
    replaced = [model.name for model in find_models(after.partition(",")[0])]
    for one in found:
        chosen = one.stated.get("models")
        if chosen and replaced and set(replaced) <= set(now) and set(now).isdisjoint(chosen):
            one.stated["models"] = [name for name in now if name not in replaced] + chosen


def _give(trial: Found, words: str, sentence: Sentence, start: int, context: DetectionContext, it: str) -> list[Found]:
    """Give an action the values of some words; settings that it does not take are changed on their own."""
    if ACTIONS[trial.action].kind == "lookup":
        return []
    analysed = "tickers" in ACTIONS[trial.action].arguments.model_fields
    fields = ACTIONS[trial.action].arguments.model_fields
    if trial.action == "data_pipeline":
        # What is fetched need not be among the data at hand.
        context = replace(context, tickers=frozenset())
    values = read_values(words, context, analysed=analysed, it=it)
    unite(trial.stated, [value for value in values if value.name in fields])
    if trial.action == "deep_analysis" and (named := _TRIAL_ID.search(words)):
        trial.stated["trial"] = named[0]
    return _settings([value for value in values if value.name not in fields], sentence, start)


def _settings(values: list[Value], sentence: Sentence, start: int) -> list[Found]:
    """Return the changes of settings and of models that some values make."""
    found = []
    for action, wanted in (
        ("select_models", [value for value in values if value.name in _SELECTION]),
        ("adjust_settings", [value for value in values if value.name in Settings.model_fields.keys() - _SELECTION]),
    ):
        if wanted:
            place = sentence.places[min(start + wanted[0].start, len(sentence.places) - 1)]
            one = Found(action, place, quote_of(sentence))
            unite(one.stated, wanted)
            found.append(one)
    return found


def unite(stated: dict[str, Any], values: list[Value]) -> None:
    """Add values to what was stated; a later one takes the place of an earlier one."""
    for value in values:
        stated[value.name] = united(value.name, stated.get(value.name), value.value)


def united(name: str, before: Any, after: Any) -> Any:
    """Return the value that holds when one was stated after another: parameters of models are joined."""
    if name == "model_params" and before:
        return before | {model: before.get(model, {}) | params for model, params in after.items()}
    return after


def quote_of(sentence: Sentence) -> tuple[int, int]:
    """Return where the sentence begins and ends in the whole text."""
    return sentence.span(0, len(sentence.text.rstrip()))


def read_parameter_line(sentence: Sentence, trial: Found | None, context: DetectionContext) -> list[Found] | None:
    """Read "Horizon: 5-7 days" in a list that goes with a proposal, or return None where it is no such line.

    Parameters
    ----------
    trial
        The action that the words before the list proposed; without one, the line changes the settings.
    """
    if not _PARAMETER_LINE.match(sentence.text):
        return None
    if trial is not None:
        return [trial, *_give(trial, sentence.text, sentence, 0, context, "")]
    return _settings(read_values(sentence.text, context), sentence, 0)


def is_short_order(text: str, context: DetectionContext) -> bool:
    """Tell whether all that a user wrote are names and values: "walk-forward test with random forest"."""
    named = find_models(text)
    mentions = find_mentions(text, named, "user")
    analysed = any(mention.action == "deep_analysis" for mention in mentions)
    spans: list[Mention | Value] = [*mentions, *read_values(text, context, analysed=analysed)]
    left = list(text)
    for span in (*spans, *named):
        left[span.start : span.end] = " " * (span.end - span.start)
    words = re.findall(r"[^\W_]+", "".join(left).lower())
    return bool(spans) and not text.rstrip().endswith("?") and all(word in _FILLERS for word in words)
