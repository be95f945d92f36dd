"""Numbers that claim nothing about a result: small counts of what a text lists, and what it only proposes."""

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.amounts import is_an_amount
from mltrainer.agent.grounding.counts import counts_a_side, is_a_tally
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.vocabulary import COUNTS, keys_in
from mltrainer.settings.parameters import Settings

_PROSPECTIVE = words(
    r"\b(?:let'?s|let us|suggest|propose|recommend|shall we|should we|would you|do you want|"
    r"what (?:would|if|about)|how about|would \d|could (?:also )?(?:try|run|use|lower|raise|look)|"
    r"try(?:ing)?|(?:we|you|i) (?:could|can|might|may|should)|(?:could|can|should|may) (?:we|you|i)|next step|"
    r"i'?d (?:like|run|try|raise|lower|set|use)|"
    r"(?:increase|rais|lower|reduc|drop|cut|set|mov|chang|switch|bring|relax|tighten|stretch)(?:e|"
    r"ing)?\b[^.;]{0,40}\b"
    r"(?:to|by|from)|such as|e\.g\.|for example|for instance|if (?:we|you|i|the)|say (?:yes|no)|want(?:s|"
    r"ed)? (?:me|to|a)|"
    r"instead of|rather than|imagine|if\b[^.;]{0,60}\b(?:were|was|had)|suppose|assuming|a (?:threshold|bar|target|"
    r"model|stock|name|prediction) (?:of|at|with)|(?:at|with) an? [\w-]+ threshold|requires?|would (?:need|"
    r"have to|take))\b"
)
_OPTION = words(
    r"\W*(?:(?:next|then|or|and|also)[:,]? )?(?:lower|raise|increase|reduce|use|try|switch|add|longer|shorter|higher|"
    r"wider|narrower|test|run|move|set|"
    r"change|"
    r"drop|relax|tighten|loosen|stretch|extend|restrict|keep|compare|re-?run|repeat|train|screen|ask)\b"
)
_REASON = words(
    r"\b(?:since|because|given|which|whose|where|as (?:it|they|the)|after|now that|but|and (?:the|it|its)|"
    r"with (?:its|an?) (?:auc|brier|sharpe))\b"
)
_INSTEAD = words(r"\b(?:instead of|rather than)\b")
_QUESTION = words(r"\W*(?:would|should|shall|could|can|may|do you|want|how about|what about|what if|why not)\b")
_IMAGINED = words(r"\W*(?:if|suppose|imagine|assuming)\b[^.;]*\b(?:were|was|had|would|could|might)\b")
_LEVEL = words(r"\ban? (?:\w+ )?(?:threshold|bar|cut-?off) of (?:about )?#?$|\ban? (?:about )?#")
_AT_LEVEL = words(r"\W*at (?:[^.]*(?:[,;] |\band |\bbut )at )?(?:about )?$")
_THRESHOLD = words(r" ?(?:confidence )?(?:threshold|bar|cut-?off)")
_HYPOTHETICAL = words(r"[^.;\d]{0,40}\bwould\b")
_AT = words(r"\b(?:at|with|of|above|over|by|to)\s*$")
# What the nouns for settings may also stand for: a sentence that proposes means the setting.
_MAY_BE_SET = (
    (COUNTS - {"folds", "fits", "cached_fits"})
    | Settings.model_fields.keys()
    | keys_in(
        "confidence target_price highest_probability probability_down base_rate hit_rate precision_at_k luck pbo "
        "deflated_sharpe probabilistic_sharpe regime_probability learning_rate fall_risk expected_return"
    )
)
# Counts that are worth checking however small they are.
_STRICT = keys_in("num_leaves folds fits cached_fits qualified regime_score trials_in_family seed max_depth episodes")
_LOOSE = COUNTS - {"n_estimators", "seconds", "cost_bps"}
_MODELS = words(r" (?:[a-z]+ )?models?\b")
_OF_CASES = words(
    r"qualif|reach|c[ao]me true|hit\b|hits\b|predictions|succe|clear|pass|cases|times|signals|wrong|right|miss|calls"
)


def is_no_claim(number: Number, keys: frozenset[str], text: str, *, named: bool) -> bool:
    """Tell whether a number claims nothing about a result.

    Parameters
    ----------
    keys
        What it is said to be.
    text
        The sentence that it stands in.
    named
        Whether it is said of a ticker.
    """
    return (
        is_an_amount(number, text)
        or _only_counts(number, keys, text)
        or _is_a_level(number, text)
        or (not named and _only_proposed(number, keys, text))
    )


def _only_counts(number: Number, keys: frozenset[str], text: str) -> bool:
    """Tell whether a number only counts things that stand around it: "3 models", "the 5 names"."""
    if number.unit not in ("", "pair") or counts_a_side(number, text):
        return False
    if number.unit == "pair":
        few = number.of <= 12 and not _OF_CASES.search(text) and " in " not in number.text
        return few and not is_a_tally(text[number.end :])
    if number.step < 1:
        return False
    if number.spelled:
        return not keys & _STRICT or "candidates" in keys
    if number.value <= 12 and keys <= _LOOSE | _STRICT:
        return not keys & _STRICT or bool(_MODELS.match(text, number.end))
    return 1990 <= number.value <= 2039 and number.text.strip().isdigit() and not keys & COUNTS


def _is_a_level(number: Number, text: str) -> bool:
    """Tell whether a number is a threshold to think of: "At 45 % three names are left, at 30 % eight"."""
    if number.unit != "%" or number.step < 1 or number.value % 5:
        return False
    opening = text[: number.start]
    if _THRESHOLD.match(text, number.end):
        opening += "#"
    return bool(_LEVEL.search(opening) or _AT_LEVEL.fullmatch(opening))


def _only_proposed(number: Number, keys: frozenset[str], text: str) -> bool:
    """Tell whether a number is a setting that the sentence puts forward, and no figure of a result."""
    if _IMAGINED.match(text):
        return True
    if (keys and not keys & _MAY_BE_SET) or number.unit in ("pair", "share", "times", "$"):
        return False
    opening = text[: number.start]
    if _OPTION.match(text) or _INSTEAD.search(text):
        return not _REASON.search(opening)
    if _QUESTION.match(text) and text.rstrip().endswith("?"):
        return True
    if _HYPOTHETICAL.match(text[number.end :]) and _AT.search(opening):
        return True
    found = list(_PROSPECTIVE.finditer(opening))
    return bool(found) and not _REASON.search(opening[found[-1].end() :])
