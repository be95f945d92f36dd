"""Names of models in prose, read with the registry's own names."""

import re
from dataclasses import dataclass

from mltrainer.actions.detect_patterns import words
from mltrainer.models.registry import ENSEMBLES, MODELS

# Models that people and Claude name and that the registry may lack. They are handed on as they were written, so that
# validation refuses them in the open; a name that the registry knows is read from the registry.
_ELSEWHERE = frozenset(["catboost", "prophet", "nbeats", "ngboost"])
# Names that are plain words as well: one names a model only where what stands beside it lets it.
_PLAIN_WORDS = frozenset(
    [
        "ridge",
        "lasso",
        "transformer",
        "forest",
        "huber",
        "logistic",
        "extratree",
        "nearestneighbor",
        "nearestneighbour",
        "gam",
        "autoencoder",
        "neuralnetwork",
        "neuralnet",
        "theta",
        "montecarlo",
        "montecarlosimulation",
        "exponentialsmoothing",
    ]
)
_BEFORE_A_NAME = re.compile(
    r"(?:\A|[,;:.!?(+/=\"'`*|-]|\b(?:tr(?:y|ied|ying)|us(?:e|es|ed|ing)|add(?:ed|ing)?|drop(?:ped|ping)?|run(?:ning)?|fit"
    r"|train(?:ed|ing)?|with|without|and|or|plus|to|vs|versus|than|beats?|like|as|the|an?|of|for|by|from|is|only|also|both"
    r"|either|just|include|remove|compare|test|from|models?|ensemble|regression|list|show|about))\s*\Z",
    re.IGNORECASE,
)
_NOT_AFTER_A_NAME = re.compile(
    r"\s+(?:of|stocks?|shares?|compan(?:y|ies)|makers?|manufacturers?|producers?|names|tickers?|sector|industry|fires?)\b",
    re.IGNORECASE,
)
_BESIDE = 24
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
# An ensemble by its id, as results and the settings show it.
_ENSEMBLE = re.compile(rf"\b(?:{'|'.join(ENSEMBLES)})\([a-z_0-9]+(?:, ?[a-z_0-9]+)+\)")
_NOT_IN_LOWER_CASE = frozenset({"lr", "rf"})
_LONGEST = 4


# "all linear models", "the tree-based models", "our Bayesian models": a family as the registry calls it.
_FAMILY = words(
    r"\b(?:(?:all|every|each|the|our|your)\s+"
    r"|(?:only|just|use|using|try|with)\s+(?=[\w -]{1,30}?\b(?:models|methods)\b))(?P<family>"
    + "|".join(sorted({entry.family.removesuffix("s") for entry in MODELS.values()}, key=len, reverse=True))
    + r")\w*(?:-based)?\s+(?:models?|methods?)\b"
)
_OF_NETWORKS = ("tabular network", "neural")
_NETWORKS = words(
    r"\b(?:all\s+|every\s+|the\s+|our\s+|your\s+)*(?:neural|deep)\s+(?:networks|nets|learning\s+models)\b"
)
_ALL = words(
    r"\b(?:all|every|each)\s+(?:of\s+)?(?:(?:the|our|your|its|single|available|registered|known|\d{2}|different)\s+)*models?\b"
    r"|\b(?:whole|entire|full)\s+(?:model\s+)?registry\b|\bevery(?:thing)?\s+in\s+the\s+registry\b"
    r"|\bensemble\s+of\s+(?:all|everything)\b(?!\s+(?:of\s+)?(?:them|these|those|the|our|three|four)\b)"
)


_ALL_BUT = words(r"\beverything(?=\s+(?:but|except|without)\b)")


@dataclass(frozen=True)
class NamedModel:
    """A model named in a text, at ``text[start:end]``; ``name`` is the registry id, or what was written."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class NamedGroup:
    """Models named as a whole, at ``text[start:end]``; ``is_all`` where it is the whole registry."""

    names: list[str]
    start: int
    end: int
    is_all: bool


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_NAMES = {_key(alias): entry.name for entry in MODELS.values() for alias in (entry.name, entry.title, *entry.aliases)}

_BEGINNINGS = frozenset(name[:2] for name in (*_NAMES, *_ELSEWHERE))


def find_models(text: str) -> list[NamedModel]:
    """Return the models that a text names, in order: "random forests", "RandomForest", "RF", "light GBM"."""
    found = [NamedModel(match[0].replace(" ", ""), *match.span()) for match in _ENSEMBLE.finditer(text)]
    inside = [range(one.start, one.end) for one in found]
    words = [match.span() for match in _WORD.finditer(text) if not any(match.start() in one for one in inside)]
    index = 0
    while index < len(words):
        size, name = _longest_name(text, words[index : index + _LONGEST])
        if name:
            found.append(NamedModel(name, words[index][0], words[index + size - 1][1]))
        index += max(size, 1)
    found.sort(key=lambda one: one.start)
    return [one for one, after in zip(found, [*found[1:], None], strict=False) if not _is_told(text, one, after)]


def _is_told(text: str, model: NamedModel, after: NamedModel | None) -> bool:
    """Tell whether brackets behind a name say which model is meant: "gradient boosting (LightGBM)"."""
    return after is not None and text[model.end : after.start].strip() == "(" and text[after.end : after.end + 1] == ")"


def find_group(text: str, *, but: bool = False) -> NamedGroup | None:
    """Return the models that a text names as a whole, in the registry's order: all, a family, the neural networks.

    Parameters
    ----------
    but
        The text names models besides: then "everything except" means all the others.
    """
    for pattern in (_ALL_BUT, _ALL) if but else (_ALL,):
        if match := pattern.search(text):
            return NamedGroup(list(MODELS), match.start(), match.end(), True)
    if match := _NETWORKS.search(text):
        families: tuple[str, ...] = _OF_NETWORKS
    elif match := _FAMILY.search(text):
        families = (match["family"].lower(), match["family"].lower() + "s")
    else:
        return None
    return NamedGroup([one.name for one in MODELS.values() if one.family in families], *match.span(), False)


def _longest_name(text: str, words: list[tuple[int, int]]) -> tuple[int, str]:
    """Return how many of the words make a model's name, and the name; (0, "") where none do."""
    # Most words begin no model's name; the few that do are tried in earnest.
    if _key(text[words[0][0] : words[0][0] + 4])[:2] not in _BEGINNINGS:
        return 0, ""
    for size in range(len(words), 0, -1):
        written = text[words[0][0] : words[size - 1][1]]
        if not re.fullmatch(r"[A-Za-z0-9]+(?:[ _-]{1,3}[A-Za-z0-9]+)*", written) or written in _NOT_IN_LOWER_CASE:
            continue
        key = _key(written)
        for candidate in (key, key.removesuffix("s"), key.removesuffix("model"), key.removesuffix("classifier")):
            if candidate in _NAMES and _can_be_meant(text, words[0][0], words[size - 1][1]):
                return size, _NAMES[candidate]
        if key in _ELSEWHERE or key.removesuffix("s") in _ELSEWHERE:
            return size, written
    return 0, ""


def _can_be_meant(text: str, start: int, end: int) -> bool:
    """Tell whether a name at a place means the model: "try ridge", not "the Blue Ridge" or "transformer makers"."""
    if _key(text[start:end]).removesuffix("s") not in _PLAIN_WORDS:
        return True
    before = text[start - _BESIDE : start] if start > _BESIDE else "." + text[:start]
    return bool(_BEFORE_A_NAME.search(before)) and not _NOT_AFTER_A_NAME.match(text, end)
