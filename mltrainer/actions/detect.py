"""What a text puts forward: actions with every parameter that its sentences state.

Detection is a pure function of the text and of what must be known to understand it. It reads prose only: quotations,
code, tables and results are nobody's proposal. A sentence is parted into clauses; one that denies, doubts, tells of
the past or explains puts nothing forward. What is left is read for actions, models and values.
"""

from dataclasses import replace
from typing import Any

from mltrainer.actions import detect_mood as mood
from mltrainer.actions.detect_actions import COMPARES_THEM, asked_lookups
from mltrainer.actions.detect_clauses import Clause, introduces, live_clauses
from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detect_number_patterns import SETTING_NOUNS
from mltrainer.actions.detect_patterns import words
from mltrainer.actions.detect_prose import Sentence, read_prose
from mltrainer.actions.detect_reading import Found, is_short_order, quote_of, read_clause, read_parameter_line, united
from mltrainer.actions.detect_values import read_values
from mltrainer.actions.detection import Detection, DetectionContext
from mltrainer.actions.registry import ACTIONS

# "Proposal:" and then, on a line of its own, no more than the name of what is proposed.
_SHORT = 60

_NOT_USING = words(
    r"\b(?:(?:do\s+not|don't|not|never)\s+(?:use|using|with|include|including|run|try)|not)\s+(?:the\s+)?"
)

_INSTEAD_OF = words(r"\b(?:use|with|using)\s+(?P<new>[^,.;]+?)\s+(?:instead|in\s+place)\s+of\s+(?P<old>[^,.;]+)")

# Nobody types an order of more characters than this.
LONGEST_ORDER = 1_000

__all__ = ["LONGEST_ORDER", "Detection", "DetectionContext", "detect", "read_change"]


def detect(text: str, context: DetectionContext) -> list[Detection]:
    """Return the actions that a text proposes (the AI) or asks for (the user), in order of appearance.

    Sentences that speak of the same action make one detection: their arguments are united, and where they contradict
    each other the last one holds.

    Parameters
    ----------
    text
        A reply of the AI or a message of the user, Markdown allowed.
    context
        Settings, tickers and sectors to understand it with, and who wrote it. What a user wrote at length is taken for
        pasted text, in which nothing is asked for.
    """
    if context.speaker == "user" and len(text) > LONGEST_ORDER:
        return []
    sentences = read_prose(text)
    offered = _offered(sentences)
    found: list[Found] = []
    it = ""
    before_list: Found | None = None
    them: list[str] = []
    for sentence in sentences:
        in_list = sentence.role == "item" and offered[sentence.block] is True
        trial: Found | None = None
        more = read_parameter_line(sentence, before_list, context) if in_list else None
        if more is None:
            more = []
            for clause in _clauses(sentence, offered[sentence.block], context):
                trial, read = read_clause(sentence, clause, trial, context, it)
                more += read
                context = _with_models(context, read)
        if not more and context.speaker == "user":
            more = [
                Found(one.action, sentence.places[one.start], quote_of(sentence), one.stated)
                for one in asked_lookups(sentence.text)
            ]
        for one in more:
            if one.action == "model_comparison" and them and COMPARES_THEM.search(sentence.text):
                one.stated.setdefault("models", them)
        them = [model.name for model in find_models(sentence.text)] or them
        found += more
        if sentence.role != "item":
            before_list = trial
        it = _last_noun(sentence.text) or it
    return [Detection(one.action, one.stated, text[one.quote[0] : one.quote[1]], *one.quote) for one in _merged(found)]


def _clauses(sentence: Sentence, offered: bool | None, context: DetectionContext) -> list[Clause]:
    if offered is False:
        return []
    if sentence.role == "heading" and not mood.STRONG.search(sentence.text):
        return []
    is_option = offered is True and (sentence.role == "item" or len(sentence.text) <= _SHORT)
    clauses = live_clauses(sentence.text, context.speaker, offered=is_option)
    if not clauses and context.speaker == "user" and is_short_order(sentence.text, context):
        return [Clause(0, len(sentence.text), True, is_order=True)]
    return clauses


def read_change(text: str, action: str, context: DetectionContext) -> dict[str, Any]:
    """Return the arguments of an action that a few words change, such as "with 90 %"; empty where none can be read."""
    text = _INSTEAD_OF.sub(r"replace \g<old> with \g<new>", _without(text))
    denied = mood.NEGATION.search(mood.NOT_NEGATION.sub(" ", text)) or mood.UNREAL.search(text)
    if denied:
        return {}
    values = read_values(text, context, analysed=action == "deep_analysis", bare=True)
    fields = ACTIONS[action].arguments.model_fields
    return {value.name: value.value for value in values if value.name in fields}


def _without(text: str) -> str:
    """Return the text with "don't use XGBoost" as "without XGBoost"."""
    for match in _NOT_USING.finditer(text):
        if any(model.start == match.end() for model in find_models(text)):
            return _without(f"{text[: match.start()]}without {text[match.end() :]}")
    return text


def _offered(sentences: list[Sentence]) -> dict[int, bool | None]:
    """Return for each block whether it stands in a list of options or next steps (True) or of other things (False)."""
    offered: dict[int, bool | None] = {}
    heading: bool | None = None
    before: bool | None = None
    waiting: list[int] = []
    announced = False
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
            offered.setdefault(sentence.block, True if announced and before and len(sentence.text) <= _SHORT else None)
            is_lead = bool(says) or sentence.text.rstrip().endswith(":")
            before = offered[sentence.block] or (says if is_lead else None)
        announced = sentence.text.rstrip().endswith(":")
    return offered


def _with_models(context: DetectionContext, found: list[Found]) -> DetectionContext:
    """Return the context in which the models just named hold: "drop XGBoost, add LightGBM" goes step by step."""
    named = [one.stated["models"] for one in found if one.stated.get("models")]
    if not named:
        return context
    return replace(context, settings=context.settings.model_copy(update={"models": tuple(named[-1])}))


def _merged(found: list[Found]) -> list[Found]:
    """Return one of each action, in order of appearance."""
    merged: dict[str, Found] = {}
    for one in sorted(found, key=lambda found: found.place):
        if one.action not in merged:
            merged[one.action] = one
        elif one is not merged[one.action]:
            kept = merged[one.action].stated
            for name, value in one.stated.items():
                kept[name] = united(name, kept.get(name), value)
    return list(merged.values())


def _last_noun(text: str) -> str | None:
    places = [(match.start(), name) for name, pattern in SETTING_NOUNS for match in pattern.finditer(text)]
    return max(places)[1] if places else None
