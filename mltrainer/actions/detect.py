"""What a text puts forward: actions with every parameter that its sentences state.

Detection is a pure function of the text and of what must be known to understand it. It reads prose only: quotations,
code, tables and results are nobody's proposal. A sentence is parted into clauses; one that denies, doubts, tells of
the past or explains puts nothing forward. What is left is read for actions, models and values.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from mltrainer.actions import detect_mood as mood
from mltrainer.actions.detect_actions import asked_lookups, find_mentions
from mltrainer.actions.detect_clauses import Clause, introduces, live_clauses
from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detect_mood import LOOKING, MANNER, SELECTING
from mltrainer.actions.detect_numbers import SETTING_NOUNS, Value
from mltrainer.actions.detect_prose import Sentence, read_prose
from mltrainer.actions.detect_values import read_values
from mltrainer.actions.detection import Detection, DetectionContext
from mltrainer.actions.registry import ACTIONS
from mltrainer.settings.parameters import Settings

__all__ = ["Detection", "DetectionContext", "detect", "read_change"]

_TRIAL_ID = re.compile(r"\bT\d+\b")
_SELECTION = frozenset({"models", "model_params"})


@dataclass
class _Found:
    """An action as it is put together from clauses."""

    action: str
    place: int
    quote: tuple[int, int]
    stated: dict[str, Any] = field(default_factory=dict)


def detect(text: str, context: DetectionContext) -> list[Detection]:
    """Return the actions that a text proposes (the AI) or asks for (the user), in order of appearance.

    Sentences that speak of the same action make one detection: their arguments are united, and where they contradict
    each other the last one holds.

    Parameters
    ----------
    text
        A reply of the AI or a message of the user, Markdown allowed.
    context
        Settings, tickers and sectors to understand it with, and who wrote it.
    """
    sentences = read_prose(text)
    offered = _offered(sentences)
    found: list[_Found] = []
    it = "confidence_threshold"
    for sentence in sentences:
        clauses = (
            []
            if offered[sentence.block] is False
            else live_clauses(
                sentence.text, context.speaker, offered=offered[sentence.block] is True and sentence.role == "item"
            )
        )
        trial: _Found | None = None
        if clauses:
            for clause in clauses:
                trial, more = _read_clause(sentence, clause, trial, context, it)
                found += more
                context = _with_models(context, more)
        elif context.speaker == "user":
            found += [
                _Found(one.action, one.start, _quote(sentence), one.stated) for one in asked_lookups(sentence.text)
            ]
        it = _last_noun(sentence.text) or it
    return [Detection(one.action, one.stated, text[one.quote[0] : one.quote[1]], *one.quote) for one in _merged(found)]


def read_change(text: str, action: str, context: DetectionContext) -> dict[str, Any]:
    """Return the arguments of an action that a few words change, such as "with 90 %"; empty where none can be read."""
    denied = mood.NEGATION.search(mood.NOT_NEGATION.sub(" ", text)) or mood.UNREAL.search(text)
    if denied:
        return {}
    values = read_values(text, context, analysed=action == "deep_analysis", bare=True)
    fields = ACTIONS[action].arguments.model_fields
    return {value.name: value.value for value in values if value.name in fields}


def _offered(sentences: list[Sentence]) -> dict[int, bool | None]:
    """Return for each block whether it stands in a list of options or next steps (True) or of other things (False)."""
    offered: dict[int, bool | None] = {}
    heading: bool | None = None
    before: bool | None = None
    waiting: list[int] = []
    for sentence in sentences:
        says = introduces(sentence.text)
        if sentence.role == "heading":
            heading, before, waiting = says, None, []
            offered[sentence.block] = None
        elif sentence.role == "item" or sentence.block in waiting:
            offered.setdefault(sentence.block, before if before is not None else heading)
            if sentence.block not in waiting:
                waiting.append(sentence.block)
        else:
            if waiting and says and not sentence.text.rstrip().endswith(":"):
                # "Which one would you like?" after a list makes it a choice.
                offered |= {block: True for block in waiting if offered[block] is None}
            waiting = []
            before = says if sentence.text.rstrip().endswith(":") or says else None
            offered.setdefault(sentence.block, None)
    return offered


def _read_clause(
    sentence: Sentence, clause: Clause, trial: _Found | None, context: DetectionContext, it: str
) -> tuple[_Found | None, list[_Found]]:
    """Read one clause; ``trial`` is the last action that the sentence named before it, and that is returned anew."""
    part = sentence.text[clause.start : clause.end]
    mentions = find_mentions(part, find_models(part), context.speaker)
    if not mentions:
        if trial is not None and not (clause.separate and not MANNER.match(part)):
            return trial, [trial, *_give(trial, part, sentence, clause.start, context, it)]
        return trial, [] if LOOKING.search(part) else _settings(_new_values(part, context, it), sentence, clause.start)
    found: list[_Found] = []
    starts = [0, *(mention.start for mention in mentions[1:]), len(part)]
    for index, mention in enumerate(mentions):
        trial = _Found(mention.action, sentence.places[clause.start + mention.start], _quote(sentence))
        trial.stated |= mention.stated
        # What stands before the second action belongs to the first, and so on.
        words = part[starts[index] : starts[index + 1]]
        found += [trial, *_give(trial, words, sentence, clause.start + starts[index], context, it)]
    return trial, found


def _with_models(context: DetectionContext, found: list[_Found]) -> DetectionContext:
    """Return the context in which the models just named hold: "drop XGBoost, add LightGBM" goes step by step."""
    named = [one.stated["models"] for one in found if one.stated.get("models")]
    if not named:
        return context
    return replace(context, settings=context.settings.model_copy(update={"models": tuple(named[-1])}))


def _give(
    trial: _Found, words: str, sentence: Sentence, start: int, context: DetectionContext, it: str
) -> list[_Found]:
    """Give an action the values of some words; settings that it does not take are changed on their own."""
    if ACTIONS[trial.action].kind == "lookup":
        return []
    analysed = trial.action == "deep_analysis"
    fields = ACTIONS[trial.action].arguments.model_fields
    values = read_values(words, context, analysed=analysed, it=it)
    _unite(trial.stated, [value for value in values if value.name in fields])
    if analysed and (named := _TRIAL_ID.search(words)):
        trial.stated["trial"] = named[0]
    return _settings([value for value in values if value.name not in fields], sentence, start)


def _new_values(part: str, context: DetectionContext, it: str) -> list[Value]:
    values = read_values(part, context, it=it)
    return [value for value in values if value.name not in _SELECTION or SELECTING.search(part)]


def _settings(values: list[Value], sentence: Sentence, start: int) -> list[_Found]:
    """Return the changes of settings and of models that some values make."""
    found = []
    for action, wanted in (
        ("select_models", [value for value in values if value.name in _SELECTION]),
        ("adjust_settings", [value for value in values if value.name in Settings.model_fields.keys() - _SELECTION]),
    ):
        if wanted:
            place = sentence.places[min(start + wanted[0].start, len(sentence.places) - 1)]
            one = _Found(action, place, _quote(sentence))
            _unite(one.stated, wanted)
            found.append(one)
    return found


def _unite(stated: dict[str, Any], values: list[Value]) -> None:
    for value in values:
        stated[value.name] = _united(value.name, stated.get(value.name), value.value)


def _united(name: str, before: Any, after: Any) -> Any:
    if name == "model_params" and before:
        return before | {model: before.get(model, {}) | params for model, params in after.items()}
    return after


def _merged(found: list[_Found]) -> list[_Found]:
    """Return one of each action, in order of appearance."""
    merged: dict[str, _Found] = {}
    for one in sorted(found, key=lambda found: found.place):
        if one.action not in merged:
            merged[one.action] = one
        elif one is not merged[one.action]:
            kept = merged[one.action].stated
            for name, value in one.stated.items():
                kept[name] = _united(name, kept.get(name), value)
    return list(merged.values())


def _quote(sentence: Sentence) -> tuple[int, int]:
    return sentence.span(0, len(sentence.text.rstrip()))


def _last_noun(text: str) -> str | None:
    places = [(match.start(), name) for name, pattern in SETTING_NOUNS for match in pattern.finditer(text)]
    return max(places)[1] if places else None
