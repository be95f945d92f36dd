"""The words for figures: which nouns mean which keys of a result."""

import re
from collections.abc import Collection
from functools import lru_cache

from mltrainer.actions.detect_patterns import exactly
from mltrainer.agent.grounding.names import Mention, in_small_letters
from mltrainer.agent.grounding.vocabulary import COUNTS, NOUNS

# A noun begins where a word does: elsewhere nothing needs to be tried. Where one is, and then which one, is asked of
# small letters: patterns without groups that know the case fail at once where a word begins with another letter.
_ANY_NOUN = exactly(rf"(?<![^\W_])(?:{'|'.join(f'(?:{pattern})' for pattern, _ in NOUNS)})")
_WHICH_NOUN = exactly("|".join(f"(?P<q{place}>{pattern})" for place, (pattern, _) in enumerate(NOUNS)))
_KEYS = [frozenset(keys.split()) for _, keys in NOUNS]
_TOLD = frozenset().union(*_KEYS)


_ENDINGS = {"p_value": ("_p", "_p_value"), "q_value": ("_q", "_q_value", "_q_session", "_q_store")}


def find_nouns(text: str, keys: Collection[str] = ()) -> list[Mention]:
    """Return the nouns that name figures, in order.

    Parameters
    ----------
    keys
        Further keys of results: each is found under its own words, ``pinball_loss`` as "pinball loss".
    """
    found = []
    known = frozenset(keys)
    small = in_small_letters(text)
    for match in _ANY_NOUN.finditer(small):
        which = _WHICH_NOUN.match(small, match.start())
        if which and match.end() > match.start():
            place = int(str(which.lastgroup)[1:])
            found.append(Mention(match.start(), match.end(), "noun", _with_kin(place, known)))
    if own := _own_words(known):
        for match in own.finditer(text):
            key = match["exact"] or match["short"] or match["letter"] or re.sub(r"[ -]", "_", match["words"].lower())
            found = [one for one in found if one.end <= match.start() or match.end() <= one.start]
            found.append(Mention(match.start(), match.end(), "noun", frozenset({key})))
        found.sort(key=lambda one: one.start)
    return found


@lru_cache(maxsize=4_096)
def _with_kin(place: int, known: frozenset[str]) -> frozenset[str]:
    """Return the keys of a noun with those that results form from them: ``auc_by_block`` is an AUC too."""
    keys = _KEYS[place]
    kin = {one for one in known - _TOLD for key in keys - COUNTS if one.startswith(f"{key}_")}
    kin -= {one for one in kin if one.endswith(("_error", "_models"))}
    kin |= {one for one in known for key, ending in _ENDINGS.items() if key in keys and one.endswith(ending)}
    return keys | kin


@lru_cache(maxsize=32)
def _own_words(keys: frozenset[str]) -> re.Pattern[str] | None:
    """Return what finds keys by their own words; a key of one short word would be found in every sentence."""
    telling = sorted((key for key in keys - _TOLD if "_" in key), key=len, reverse=True)
    exact = "|".join(sorted((key for key in keys & _TOLD if "_" in key), key=len, reverse=True)) or "(?!)"
    assigned = sorted((key for key in keys - _TOLD if key.isidentifier() and "_" not in key), key=len, reverse=True)
    words = "|".join(re.escape(one).replace("_", "[ _-]") for one in telling) or "(?!)"
    short = "|".join(map(re.escape, assigned)) or "(?!)"
    letters = "|".join(one for one in assigned if len(one) == 1) or "(?!)"
    return re.compile(
        rf"\b(?:(?P<exact>{exact})\b|(?P<words>(?i:{words}))s?\b|(?P<short>{short})(?= ?[=:] ?[\d.])|"
        rf"(?P<letter>{letters})(?=,? (?:of|is|was|between|from|at|went|rose|fell)\b))"
    )
