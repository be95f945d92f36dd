"""Actions named in prose: by their names, or by the verb and the thing that stand for them."""

import re
from dataclasses import dataclass, field
from typing import Any

from mltrainer.actions.detect_models import NamedModel
from mltrainer.actions.detect_patterns import exactly, spaced_words, words
from mltrainer.actions.detect_universe import names_ticker


@dataclass(frozen=True)
class Mention:
    """An action that a text names at ``text[start:end]``."""

    action: str
    start: int
    end: int
    stated: dict[str, Any] = field(default_factory=dict)


_LOOK = (
    r"(?:analy[sz](?:e|ing)|examin(?:e|ing)|investigat(?:e|ing)|study(?:ing)?|"
    r"inspect(?:ing)?|assess(?:ing)?|explor(?:e|ing))"
)
_NAMED = {
    "momentum_screening": spaced_words(
        r"""\bmomentum[\s_-]+(?:screen(?:ing|er)?|analysis|scan(?:ning)?|trial|search|run)s?\b
        |\b(?:re-?)?screening\b(?!\s+(?:results?|out\b))
        |\b(?:re-?)?screen(?:ing)?\s+(?:(?:for|the|all|our|today's|whole|entire)\s+)*(?:momentum|universe|market
            |stocks|names|tickers|top\s+\w+|s&p)
        |\b(?:the|an?|new|another|this|momentum)\s+screen\b|\bscan(?:ning)?\s+(?:for
            |the)\s+(?:\w+\s+)?(?:momentum|universe|market)"""
    ),
    "regime_detection": spaced_words(
        r"""\b(?:market[\s_-]+)?regime[\s_-]+(?:detection|analysis|check|identification|reading|assessment
            |classification|scoring|detector|scan|trial)\b
        |\b(?:detect|check|assess|identify|determin|analy[sz]|look(?:ing)?\s+at|examin|classif|measur|see|score
            |scor|get|gaug|evaluat)[a-z]*\s+
          (?:(?:the|what|which|current|market|market's|today's|prevailing|volatility|at|in|our)\s+){0,4}regimes?\b"""
    ),
    "walk_forward_test": spaced_words(
        r"""\bwalk[\s_-]*forward(?:[\s_-]+(?:test(?:s|ing)?|validation|analysis|evaluation|back-?test(?:s|ing)?
            |run|trial|check|assessment))?\b
        |\bback-?test(?:s|ing)?\b"""
    ),
    "model_comparison": spaced_words(
        r"""\bmodel[\s_-]+(?:comparison|leader-?board)s?\b|\bleader-?board\b
        |\bcompar(?:e|ing)\s+(?:(?:the|all|all\s+of|our|several|these|those|different|available|every|other)\s+){0,3}
          models?\b"""
    ),
    "hyperparameter_search": spaced_words(
        r"""\bhyper[\s_-]*parameter[\s_-]+(?:search|tuning|optimi[sz]ation|sweep)(?:es)?\b|\bparameter[\s_-]+search\b
        |\b(?:tun(?:e|ing)|optimi[sz](?:e|ing)|search(?:ing)?)\s+(?:(?:for|the|its|their|our|better|best)\s+){0,3}
          hyper[\s_-]*parameters?\b"""
    ),
    "deep_analysis": spaced_words(
        rf"""\bdeep(?:er)?[\s_-]+(?:analys[ei]s|dives?|look|investigation|examination|inspection|dig)\b
            |\b(?:clos(?:er|e)|detailed|harder)\s+(?:look|analysis|examination|inspection)\b
        |\bin-depth\s+(?:analys[ei]s|look|review)|\bdig(?:ging)?\s+(?:deeper|further|more\s+deeply)?\s*into\b
            |\bdrill(?:ing)?\s+(?:down\s+)?into\b|\bdiv(?:e|ing)\s+(?:deep(?:er)?\s+)?into\b
            |\bzoom(?:ing)?\s+in(?:to)?\s+on\b
        |\blook(?:ing)?\s+(?:more\s+)?(?:closely|deeper|deeply|closer|carefully|further|hard(?:er)?)\s+(?:at|into)\b
        |\b{_LOOK}\s+(?=(?:(?:the|just|only|all|more|our|these|those|each|of)\s+)*(?:top\b|best\b|first\b
            |\d+\s+(?:best|top)|candidates?\b|picks?\b|names\b|leading\b|deeper|(?:them|these|those
            |it)\b(?=.{{0,30}}\b(?:depth|detail|deep(?:ly|er)|close(?:ly|r)|further))))
        |\blook(?:ing)?\s+at\b(?=[^.;]{{0,60}}\bin\s+(?:more\s+|greater\s+)?(?:depth|detail)\b)
        |\b{_LOOK}\s+(?-i:(?=\$?[A-Z]{{2,5}}\b(?!\s+(?:model|stocks|sector))))"""
    ),
    "promote": spaced_words(
        r"\bpromot(?:e|ing|ion\s+of)\s+(?:trial\s+)?T\d+\b"
        r"|\bopen(?:ing)?\s+the\s+(?:sealed\s+)?hold-?out\s+(?:for|with)\s+(?:trial\s+)?T\d+\b"
    ),
    "model_execution": spaced_words(r"\bmodel[\s_-]+execution\b|\bexecut(?:e|ing)\s+(?:the\s+|an?\s+)?models?\b"),
    "list_models": spaced_words(
        r"\b(?:list|show|display)(?:ing)?\s+(?:me\s+|us\s+)?(?:all\s+)?(?:of\s+)?(?:the\s+|your\s+"
        r"|available\s+|known\s+|registered\s+){0,3}models?\b(?!\s+(?:with|of|on))|\blist_models\b"
    ),
    "system_status": spaced_words(
        r"\b(?:system[\s_]+)status\b|\b(?:check|show|display|see|get|give\s+me)\s+(?:me\s+)?(?:the\s+"
        r"|your\s+|current\s+)*status\b"
    ),
    "show_predictions": spaced_words(
        r"""\b(?:show|display|open|see|view|check|list|look(?:ing)?\s+(?:at|into|up))\s+(?:me\s+|us\s+)?(?:(?:the|all|of|my
            |our|your|past|open|scored|earlier|previous)\s+)*(?:ledger\b|predictions?\b(?!\s+(?:of|from|for|by|file)))
        |\bshow_predictions\b"""
    ),
    "show_results": spaced_words(
        r"""\b(?:show|display|open|pull(?:ing)?\s+up|view|bring(?:ing)?\s+up|see|look(?:ing)?\s+(?:again\s+)?at
            |go(?:ing)?\s+back\s+to|return(?:ing)?\s+to|revisit(?:ing)?)\s+
        (?:(?:me|us|again|the|all|of|for|from|in|full|detailed|complete|stored|earlier|first|last|latest
            |previous|\d+|trial|results?|candidates?|evaluation|settings|baselines?|warnings?|provenance|rows?|details
            |metrics|regime|data|section)\s+)*
        (?:T\d+\b|results?\b|trial\b)|\bshow_results\b"""
    ),
}
_ASKED_MODELS = spaced_words(
    r"""\b(?:what|which)\s+(?:\w+\s+){0,2}models?\s+(?:are|do|can|could|is|does
        |have)\b(?=[^.?!]{0,60}\b(?:available|disposal|have|use|exist|there|offer|support|know|choose|run|train|registry
        |at\s+hand|provide)\b)
    |\bmodels\s+(?:are|do\s+you\s+have)\s+(?:available|at\s+(?:your|my|our)\s+disposal|there)\b"""
)
_ASKED_STATUS = spaced_words(
    r"""^\W*(?:the\s+|system\s+|show\s+)*status\b\W*(?:please\W*)?$|\breport\s+(?:me\s+)?(?:on\s+)?(?:the\s+
        |your\s+)?(?:current\s+)?(?:progress|status)\b|\bwhat(?:'s|\s+is)\s+the\s+(?:current\s+|system\s+)*status\b
    |\bwhat\s+data\s+(?:do|are|is|have)\b"""
)
_ASKED_RESULTS = spaced_words(
    r"\bwhat\s+(?:were|are|was)\s+the\s+(?:\w+\s+)?results?\s+(?:of|for|from)\b|\bresults?\s+(?:of|for"
    r"|from)\s+(?:trial\s+)?T\d+\b"
)
_TRIAL = exactly(r"\bT\d+\b")
_SECTIONS = ("settings", "data", "evaluation", "baselines", "candidates", "regime", "warnings", "provenance")
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
    for action, pattern in _NAMED.items():
        for match in pattern.finditer(text):
            if action in _FREE:
                mention = _lookup(action, match, text, speaker)
                mentions += [mention] if mention else []
            elif not _is_thing(text, match.start(), match.end()) and (
                action != "deep_analysis" or _looks_at_stocks(match[0], text[match.end() :])
            ):
                stated = {"trial": trial[0]} if action == "promote" and (trial := _TRIAL.search(match[0])) else {}
                mentions.append(Mention(action, match.start(), match.end(), stated))
    mentions = _without_overlaps(mentions)
    if not any(mention.action not in _FREE for mention in mentions):
        runs = [model for model in named if _RUN_MODEL.search(text[: model.start])]
        mentions += [Mention("model_execution", runs[0].start, runs[0].end)] if runs else []
    return sorted(mentions, key=lambda mention: mention.start)


def asked_lookups(text: str) -> list[Mention]:
    """Return the look-ups that a user's question asks for: "What models are at your disposal?"."""
    mentions = []
    for action, pattern in (("list_models", _ASKED_MODELS), ("system_status", _ASKED_STATUS)):
        mentions += [Mention(action, match.start(), match.end()) for match in [pattern.search(text)] if match]
    if match := _ASKED_RESULTS.search(text):
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
    sections = [name for name in _SECTIONS if re.search(rf"\b{name.removesuffix('s')}s?\b", lower)]
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


def _looks_at_stocks(said: str, after: str) -> bool:
    """Tell whether a look goes at candidates or tickers: a closer look at the AUC is no deep analysis."""
    return bool(_ANALYSIS.search(said) or _STOCKS.search(after) or names_ticker(after))


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda found: (found.start, found.start - found.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
