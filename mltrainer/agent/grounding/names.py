"""Whom a text names: models, baselines, ensembles, tickers, trials."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detect_patterns import exactly, words
from mltrainer.models.registry import MODELS

# Stand for those who are not named by name: "the others", "both models", "the baseline".
ANYBODY, ANY_MODEL, ANY_BASELINE = "*", "*model", "*baseline"
_GENERAL = {"anybody": ANYBODY, "all": ANYBODY, "model": ANY_MODEL, "baseline": ANY_BASELINE}

_BASELINES = exactly(
    r"(?P<volatility_only>volatility[- _]only(?: (?:baseline|model|benchmark))?|vol\.?[- ](?:only|alone)|"
    r"(?:(?<=, )|(?<=\()|(?<=and )|(?<=; )|(?<=then ))(?<!sessions, )volatility(?= ?[-−+]?[\d.])|"
    r"volatility(?=['’]s\b)|"
    r"its volatility (?:explains|says|"
    r"gives)|(?<!['’]s )volatility(?= (?:gets|got|has|had|reach\w+|"
    r"manages|gives|gave|says|does|hits|earns|would))|"
    r"(?:plain )?volatility alone|"
    r"(?:plain|simple|mere|raw|pure) volatility|(?:the )?volatility (?:baseline|benchmark|model|rule)|"
    r"(?:(?<=\bon )|(?<=\bby )|(?<=\bwith )|(?<=\bfor )|(?<=\bfrom )|(?<=\bof )|(?<=\bover )|(?<=\bagainst )|"
    r"(?<=\bthan )|(?<=\bbeat )|(?<=\bbeats )|(?<=\bto )|(?<=\babove )|(?<=\bbeyond )|(?<=\bbelow )|(?<=\bvs )|"
    r"(?<=\bvs\. ))"
    r"volatility\b(?! (?:of|thirds?|terciles?|groups?|bands?)))"
    r"|(?P<equal_weight>holding (?:everything|all)\b|the market itself|buy[- ]and[- ]hold\w*|the market average|"
    r"equal[- _]weight(?:ed)?(?: (?:benchmark|portfolio|index|market))?)"
    r"|(?P<momentum_12_1>(?:12[-_ ]1[- ])?momentum(?:-only)? (?:baseline|benchmark|rule)|"
    r"12[-_ ]1[- ](?:month )?momentum(?: baseline| rule)?|momentum[ _-]\(?12[-_]1\)?|\b12[-_]1\b|"
    r"(?:plain|simple|pure) momentum\b|(?:(?<=\bfor )|(?<=\bof )|(?<=\bthan )|(?<=\bby ))momentum(?=[.,;:)]|$)|"
    r"momentum(?: alone)?(?='s|’s| (?:and|or|has|had|is|was|hits?|reach|got|gets|"
    r"earn|grew|return|lost|"
    r"with|leads?|does|did|gave|gives|comes|stands|(?:(?:in|at|on|to|only|just) )*[-−]?\d))"
    r"(?! (?:and|or) (?:trend|mean|value|reversal|volume)))"
)
_ENSEMBLE = exactly(
    r"\b(?:mean|weighted|stack|gated)\([\w, .:()-]*?\)|\b(?:ensembles?|(?:their|simple|equal-weight|"
    r"[a-z]+-(?:member|model)) (?:mean|"
    r"average)|(?:the|its) (?:mean|average)"
    r"(?=['’]s\b|[:,;)]| (?:of (?:the )?(?:two|both|three|models|them|all)|ensemble|model|reach|has|gets|scores|"
    r"is|said|"
    r"says|ever|never|beats?|trails?|ranks|lost|made|earned|gives|gave)\b)|"
    r"(?<=, )mean(?= [-−+]?[\d.])|mean of|average of the (?:two|models)|blend|combination|combined model|stack(?:ed|"
    r"ing)?(?: model)?)\b(?! reversion)"
)
_SOME = (
    r"\b(?:the|our|this|that|your|either|neither|each|every|any|no|none|both|all|these|those|two|three|"
    r"four)(?: of)?(?: the| our)?"
    r"(?: (?:two|three|four|five|tree|boosted|linear|tested|single|trained|learned|individual|remaining|best|"
    r"worst|weakest|"
    r"strongest|other|winning|top|simple|better|weaker|stronger|learning|plain|registered|chosen))*"
)
_IN_GENERAL = exactly(
    rf"(?P<all>\b(?:all|every|each)(?: of)?(?: the)? (?:models?|of them)\b)|(?P<model>{_SOME} (?:models?|trees|"
    rf"learners?|classifiers?|portfolios|methods|algorithms?|members)\b(?! of))|"
    rf"(?P<baseline>{_SOME} (?:baselines?|benchmarks?)\b)|"
    r"(?P<anybody>\b(?:the (?:(?:two|three|four|five|six) )?others|the other (?:two|three|four|five|six|ones)|"
    r"the rest|(?:all|both|each|either|neither|none) of (?:them|these|those)|"
    r"everything else|the competition|the runner-up)\b)"
)
# "RandomForest is the best model": nobody else is named.
_SAME = words(r"[\s,]*(?:(?:is|was|remains|being|as|again|still|clearly|comes out as|by far|once more)\s*)*[\s,]*")
_LOGIT = words(r"\blog\.? ?reg(?:r\.?|ression)?\b")
_TRIAL = exactly(r"\b(?:[Tt]rial )?T(\d+)\b|\b[Tt]rial (\d+)\b")

# What trials are called by what they did.
_ACTIONS = {
    "momentum_screening": r"screen(?:ing)?",
    "model_comparison": r"(?:model )?comparison|leaderboard",
    "walk_forward_test": r"walk[- ]forward test",
    "hyperparameter_search": r"(?:hyper-?parameter |parameter )?search|tuning",
}
_ACTION = words(
    r"\b(?:the|this|that|our|your|today['’]s|(?:last|latest|previous|earlier|first)) (?:[a-z]+ )?(?:"
    + "|".join(f"(?P<{action}>{said})" for action, said in _ACTIONS.items())
    + r")\b"
)

_NONE: Mapping[str, str] = {}
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
# Words in the names of models that mean something else as well.
_COMMON = frozenset(
    ["regression", "model", "linear", "random", "gradient", "local", "level", "process", "momentum", "average", "trees"]
)


@dataclass(frozen=True)
class Mention:
    """Something named at ``text[start:end]``: a model's id, a ticker, a trial, or the keys a noun stands for."""

    start: int
    end: int
    kind: str
    names: frozenset[str]


def in_small_letters(text: str) -> str:
    """Return a text, as long as before, in small letters: patterns that know the case are several times as fast."""
    return text.translate(_SMALL)


def find_names(text: str, tickers: frozenset[str], short: Mapping[str, str] = _NONE) -> list[Mention]:
    """Return the models, baselines, tickers and trials that a text names, in order."""
    found = [Mention(one.start, one.end, "model", frozenset({one.name})) for one in find_models(text)]
    small = in_small_letters(text)
    found += [
        Mention(*match.span(), "model", frozenset({str(match.lastgroup)})) for match in _BASELINES.finditer(small)
    ]
    found += [Mention(*match.span(), "model", _members(match[0])) for match in _ENSEMBLE.finditer(small)]
    for match in _IN_GENERAL.finditer(small):
        before = [one for one in found if one.end <= match.start()]
        if not (before and _SAME.fullmatch(text[max(one.end for one in before) : match.start()])):
            found.append(Mention(*match.span(), "model", frozenset({_GENERAL[str(match.lastgroup)]})))
    for match in _TRIAL.finditer(text):
        found.append(Mention(*match.span(), "trial", frozenset({f"T{match[1] or match[2]}"})))
    found += [Mention(*match.span(), "model", frozenset({"logistic_regression"})) for match in _LOGIT.finditer(text)]
    found += _tickers(text, tickers)
    for match in re.finditer(r"[a-z]+", text, re.IGNORECASE) if short else ():
        if match[0].lower() in short and not text.startswith(" depth", match.end()):
            found.append(Mention(*match.span(), "model", frozenset({short[match[0].lower()]})))
    return sorted(_outermost(found), key=lambda one: one.start)


def find_actions(text: str, actions: Collection[tuple[str, str]]) -> Iterator[Mention]:
    """Return the trials that a text names by what they did, the search or the screening; given is what each did."""
    for match in _ACTION.finditer(text):
        if trials := frozenset(trial for action, trial in actions if action == match.lastgroup):
            yield Mention(*match.span(), "trial", trials)


def nicknames(models: Collection[str]) -> dict[str, str]:
    """Return the words that name just one of these models: "boosting", "forest", "logistic"."""
    single = sorted({one for one in models if one in MODELS})
    words_of = {one: {word for word in one.split("_") if len(word) >= 4 and word not in _COMMON} for one in single}
    return {
        word: one
        for one in single
        for word in words_of[one]
        if not any(word in words_of[other] for other in single if other != one)
    }


def names_of(kind: str, mentions: Sequence[Mention]) -> frozenset[str]:
    """Return the names of one kind among mentions, without those that stand for anybody."""
    return frozenset().union(*(one.names for one in mentions if one.kind == kind)) - {ANYBODY}


def with_more(own: Sequence[Mention], others: Sequence[Mention]) -> list[Mention]:
    """Return some names with those of other kinds."""
    return [*own, *(one for one in others if all(one.kind != other.kind for other in own))]


def _members(written: str) -> frozenset[str]:
    """Return the id of an ensemble that is written as one, else the word for any."""
    opened = re.fullmatch(r"(\w+)\((.*)\)", written)
    if not opened:
        return frozenset({"ensemble"})
    members = sorted(one.name for one in find_models(opened[2]))
    return frozenset({f"{opened[1].lower()}({','.join(members)})"})


def _tickers(text: str, tickers: frozenset[str]) -> Iterator[Mention]:
    for match in re.finditer(r"(?<![\w$])\$?([A-Z][A-Z0-9]*(?:[.-][A-Z]{1,2})?)(?![\w])", text):
        # A letter may be a word, and so may a name at the start: it is a ticker where what stands beside it fits one.
        if match[1] in tickers and (len(match[1]) > 1 or _can_be_a_letter(text, match)):
            yield Mention(match.start(), match.end(), "ticker", frozenset({match[1]}))


def _can_be_a_letter(text: str, match: re.Match[str]) -> bool:
    """Tell whether a single letter is a ticker: "M (37.5 %)", "AMAT, M and CMG", not "I think" or "A model"."""
    if match[1] not in "AI":
        return True
    return bool(re.match(r"[*(`|,]", text[match.start() - 1 : match.start()])) or text[match.end() :][:2] in (
        " (",
        ", ",
    )


def _outermost(found: list[Mention]) -> list[Mention]:
    """Leave out what lies within something longer of the same kind."""
    kept: list[Mention] = []
    for one in sorted(found, key=lambda one: one.start - one.end):
        if not any(other.kind == one.kind and other.start < one.end and one.start < other.end for other in kept):
            kept.append(one)
    return kept
