"""Whom a text names: models, baselines, ensembles, tickers, trials."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mltrainer.actions.detect_models import find_models
from mltrainer.actions.detect_patterns import exactly, words

# Stands for whoever is not named by name: "both models", "the others".
ANYBODY = "*"

_BASELINES = words(
    r"(?P<volatility_only>volatility[- _]only(?: (?:baseline|model|benchmark))?|vol\.?[- ]only|"
    r"(?:plain )?volatility alone|"
    r"(?:plain|simple|mere|raw|pure) volatility|(?:the )?volatility (?:baseline|benchmark)|"
    r"(?:(?<=\bon )|(?<=\bby )|(?<=\bwith )|(?<=\bfor )|(?<=\bfrom )|(?<=\bof )|(?<=\bover )|(?<=\bagainst )|"
    r"(?<=\bthan )|(?<=\bbeat )|(?<=\bbeats )|(?<=\bto )|(?<=\babove )|(?<=\bbelow )|(?<=\bvs )|(?<=\bvs\. ))"
    r"volatility\b(?! of))"
    r"|(?P<momentum_12_1>(?:12[-_ ]1[- ])?momentum(?:-only)? (?:baseline|benchmark|rule)|"
    r"12[-_ ]1[- ](?:month )?momentum(?: baseline| rule)?|momentum[ _-]\(?12[-_]1\)?|\b12[-_]1\b|"
    r"(?:(?<=\bby )|(?<=\bthan )|(?<=\bof ))plain momentum)"
)
_ENSEMBLE = words(
    r"\b(?:mean|weighted|stack|gated)\([\w, .:()-]*?\)|\b(?:ensembles?|(?:their|simple|equal-weight) (?:mean|"
    r"average)|(?:the|its) (?:mean|average)"
    r"(?= (?:of (?:the )?(?:two|both|three|models|them|all)|ensemble|model|reach|has|gets|scores|is))|"
    r"mean of|average of the (?:two|models)|blend|combination|combined model|stack(?:ed|"
    r"ing)?(?: model)?)\b(?! reversion)"
)
_ANY_MODEL = words(
    r"\b(?:both|all|each|every|neither|either|none|any|the|these|those|our|two|three|four)(?: of)?(?: the| these| our)?"
    r"(?: (?:two|three|four|five|other|tree|boosted|linear|tested|single|trained|learned|individual|candidate|"
    r"remaining))*"
    r" (?:models?|baselines?|trees|learners|classifiers|members|algorithms|rest|others|of them)\b(?! of)|"
    r"\b(?:the others|everything else|the competition|the runner-up|the (?:best|worst|weakest|strongest|winning|top) "
    r"(?:single |individual )?(?:model|one|row|learner))\b"
)
_TRIAL = exactly(r"\b(?:[Tt]rial )?T(\d+)\b|\b[Tt]rial (\d+)\b")


@dataclass(frozen=True)
class Mention:
    """Something named at ``text[start:end]``: a model's id, a ticker, a trial, or the keys a noun stands for."""

    start: int
    end: int
    kind: str
    names: frozenset[str]


def find_names(text: str, tickers: frozenset[str]) -> list[Mention]:
    """Return the models, baselines, tickers and trials that a text names, in order."""
    found = [Mention(one.start, one.end, "model", frozenset({one.name})) for one in find_models(text)]
    found += [Mention(*match.span(), "model", frozenset({str(match.lastgroup)})) for match in _BASELINES.finditer(text)]
    found += [Mention(*match.span(), "model", _members(match[0])) for match in _ENSEMBLE.finditer(text)]
    found += [Mention(*match.span(), "model", frozenset({ANYBODY})) for match in _ANY_MODEL.finditer(text)]
    for match in _TRIAL.finditer(text):
        found.append(Mention(*match.span(), "trial", frozenset({f"T{match[1] or match[2]}"})))
    found += _tickers(text, tickers)
    return sorted(_outermost(found), key=lambda one: one.start)


def names_of(kind: str, mentions: Sequence[Mention]) -> frozenset[str]:
    """Return the names of one kind among mentions, without those that stand for anybody."""
    return frozenset().union(*(one.names for one in mentions if one.kind == kind)) - {ANYBODY}


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
