"""Actions named in prose: by their names, or by the verb and the thing that stand for them."""

import re
from dataclasses import dataclass, field
from typing import Any

from mltrainer.actions.detect_models import NamedModel, find_group
from mltrainer.actions.detect_names import ASKED, ASKED_RESULTS, NAMED
from mltrainer.actions.detect_patterns import exactly, words
from mltrainer.actions.detect_universe import names_ticker
from mltrainer.settings.sections import SECTIONS


@dataclass(frozen=True)
class Mention:
    """An action that a text names at ``text[start:end]``."""

    action: str
    start: int
    end: int
    stated: dict[str, Any] = field(default_factory=dict)


# A bare "compare" or "tune" is an action only where models are what it goes at.
_BARE = words(
    r"(?:compar(?:e|ing)|benchmark(?:ing)?|comparison\s+\w+|leader\s*boards?|tun(?:e|ing)|optimi[sz](?:e|ing))\Z"
)
_THEM = words(r"\W*(?:the\s+)?(?:them|both|two|these|those|all\s+of\s+them|models)\b")
COMPARES_THEM = words(r"\bcompar\w+\s+(?:the\s+)?(?:them|both|two|these|those)\b")
_PATH = exactly(r"(?<![\w/])[\w~./-]*\w\.(?:json|csv|parquet|html?)\b")
_FORM = words(r"\b(?:as|to|into|in)\s+(?:an?\s+)?(?P<form>json|csv|parquet|html)\b(?:\s+(?:file|report|format))?")
_MACRO = words(r"\b(?:macro|economic|FRED)\b")
_TRIAL = exactly(r"\bT\d+\b")
_BEST = words(r"\b(?:best|strongest|winn(?:er|ing)|top)\b")
_LIMIT = words(r"\b(?:first|top)\s+(\d{1,3})\b")

# A look is a deep analysis where it goes at stocks.
_ANALYSIS = words(r"analys|investigation|examination")
_STOCKS = words(r"\b(?:top|best|candidates?|picks?|names?|stocks?|tickers?|leading|leaders?|them|these|those)\b")
# "the results of the screening" names a thing, "a run of the screening" an action.
_OF = words(
    r"(?:^|\s)(?P<what>\w+\s+)?(?:of|from|in|after|during|by|behind|than|since|(?<!how\s)about|under|per"
    r"|within|on)\s+(?:(?:the|our|this|that|last|latest|previous|recent|first|earlier|a|an|most|whole"
    r"|completed|finished|above|both|same)\s+)*$"
)
_RUN_OF = frozenset(
    ["run", "round", "pass", "set", "series", "bit", "sort", "kind", "type", "version", "out", "variant", "form"]
)
_THING = words(
    r"[\s-]*(?:results?|output|scores?|folds?|auc|brier|numbers|figures|report|table|findings?|metrics"
    r"|document|predictions?|candidates?|itself\s+(?:was|is)|above|mode)\b|'s\b|\s+(?:found|showed|ran|was"
    r"|were|is(?!\s+(?:the|an?|my|our|worth)\b)|are|has|had|gave|returned|did|produced|took|identified"
    r"|suggests|shows|came|completed|finished|yielded|said|says|tells|would(?!\s+be\s+(?:the|an?|my|our"
    r"|worth|useful|good)\b)|will|flagged|failed)\b"
)
_RUN_MODEL = words(
    r"\b(?:run|rerun|train|retrain|fit|refit|evaluate|execute|test|score|benchmark|measure|start|running"
    r"|rerunning|training|retraining|fitting|evaluating|executing|testing|scoring)\s+"
    r"(?:(?:an?|the|our|both|single|new|plain|default|simple|also|just|only|again|simple|equal|weighted|mean"
    r"|average|combined|ensembles?|combination|blend|of|models?|sequence|separate|small|larger|deeper|bigger"
    r"|stacked|tuned|fresh|\d+-tree|out)\s+)*\W{0,2}$"
)


_STATUS = words(r"\b(?:open|scored)\b(?=\s+predictions?)")
_FREE = frozenset({"list_models", "system_status", "show_results", "show_predictions"})


def find_mentions(text: str, named: list[NamedModel], speaker: str) -> list[Mention]:
    """Return the actions that a clause names, in order; things that only bear an action's name are left out."""
    mentions = []
    for action, pattern in NAMED.items():
        for match in pattern.finditer(text):
            if action in _FREE:
                mention = _lookup(action, match, text, speaker)
                mentions += [mention] if mention else []
            elif not _is_thing(text, match.start(), match.end()) and _goes_at_its_own(action, match, text, named):
                mentions.append(Mention(action, match.start(), match.end(), _own_arguments(action, text, named)))
    mentions = _without_overlaps(mentions)
    if not any(mention.action not in _FREE for mention in mentions):
        runs = [model for model in named if _RUN_MODEL.search(text[: model.start])]
        mentions += [Mention("model_execution", runs[0].start, runs[0].end)] if runs else []
    return sorted(mentions, key=lambda mention: mention.start)


def asked_lookups(text: str) -> list[Mention]:
    """Return the look-ups that a user's question asks for: "What models are at your disposal?"."""
    mentions = []
    for action, pattern in ASKED:
        mentions += [Mention(action, match.start(), match.end()) for match in [pattern.search(text)] if match]
    if match := ASKED_RESULTS.search(text):
        mentions.append(Mention("show_results", match.start(), match.end(), _result_arguments(text)))
    return mentions[:1]


def _lookup(action: str, match: re.Match[str], text: str, speaker: str) -> Mention | None:
    if action == "show_predictions":
        stated = {"status": status[0].lower()} if (status := _STATUS.search(match[0])) else {}
        return Mention(action, match.start(), match.end(), stated)
    if action != "show_results":
        return Mention(action, match.start(), match.end())
    stated = _result_arguments(text)
    return Mention(action, match.start(), match.end(), stated) if speaker == "user" or "trial" in stated else None


def _result_arguments(text: str) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    if trial := _TRIAL.search(text):
        stated["trial"] = trial[0]
    lower = text.lower()
    sections = [name for name in SECTIONS[1:] if re.search(rf"\b{name.removesuffix('s')}s?\b", lower)]
    if len(sections) == 1:
        stated["section"] = sections[0]
    if limit := _LIMIT.search(text):
        stated["limit"] = int(limit[1])
    return stated


def _is_thing(text: str, start: int, end: int) -> bool:
    before = _OF.search(text[:start])
    if before and (before["what"] or "").strip().lower() not in _RUN_OF:
        return True
    return bool(_THING.match(text, end))


def _goes_at_its_own(action: str, match: re.Match[str], text: str, named: list[NamedModel]) -> bool:
    """Tell whether words that may mean an action go at what it is for: a look at stocks, a comparison at models."""
    after = text[match.end() :]
    if action == "deep_analysis":
        return _looks_at_stocks(match[0], after)
    if _BARE.match(match[0]):
        return bool(named or find_group(text) or _THEM.match(after))
    return True


def _own_arguments(action: str, text: str, named: list[NamedModel]) -> dict[str, Any]:
    """Return the arguments of an action that no other has."""
    if action == "model_comparison" and not named and (group := find_group(text)):
        return {"models": ["all"] if group.is_all else group.names}
    trial = _TRIAL.search(text)
    if action == "promote":
        named_all = ", ".join(dict.fromkeys(match[0] for match in _TRIAL.finditer(text)))
        return {"trial": named_all} if trial else {"trial": "best"} if _BEST.search(text) else {}
    if action == "save_results":
        path, form = _PATH.search(text), _FORM.search(text)
        file = path[0] if path else f"{trial[0] if trial else 'results'}.{form['form'].lower()}" if form else ""
        return ({"trial": trial[0]} if trial else {}) | ({"path": file} if file else {})
    if action == "data_pipeline" and _MACRO.search(text):
        return {"source": "fred"}
    return {}


def _looks_at_stocks(said: str, after: str) -> bool:
    """Tell whether a look goes at candidates or tickers: a closer look at the AUC is no deep analysis."""
    return bool(_ANALYSIS.search(said) or _STOCKS.search(after) or names_ticker(after))


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda found: (found.start, found.start - found.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
