"""How many are above or below a level, or beat a baseline: "3 of 36 names have a confidence of 15 % or more"."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import WORDS
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Facts
from mltrainer.agent.grounding.numbers import Number
from mltrainer.models.registry import BASELINES

_ABOVE = r"above|over|beyond|exceed\w*|(?:more|higher|greater|better) than|at least|reach\w*|clear\w*|pass\w*|>=?|≥"
_BELOW = r"below|under|beneath|(?:less|lower|fewer) than|at most|fall short of|<=?|≤"
_SIDE = words(
    rf"\b(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))(?: \w+)?(?: of| the)? ?[-−+]?$|(?P<at>\b(?:at|of)(?: about)? ?)$"
)
_OPEN_END = words(r" ?%? or (?:(?P<above>more|above|higher|better|over)|(?P<below>less|below|lower|under))\b")
_BASE = words(rf"\b(?:(?:{_ABOVE})|(?P<below>{_BELOW})) (?:the |its |their )?(?:base rate|average)\b")
_SIGN = words(r"\b(?:(?P<above>positive|profit\w*|gain\w*)|(?P<below>negative|los[es]\w*))\b")
# What stands behind a count that says how many of all are on one side of a level.
_ARE = words(
    r"(?: of (?:them|the [a-z]+))?,?"
    r"(?: (?:(?:of|the|these|tested|other) )*(?:names?|stocks?|tickers?|candidates?|models?|ones?|slopes|skills|AUCs|"
    r"portfolios|intervals|returns))?(?: that)?"
    r"(?: (?:would|will|could) (?:be|have))?"
    r"(?: (?:are|is|were|was|stand|sit|lie|come)(?: priced| quoted| trading)?)?"
    rf"(?: (?:already|still|now|only|well|[a-z]+ly))?"
    rf"(?: (?:{_ABOVE}|{_BELOW}|positive|negative)\b|"
    rf" (?:have|has|had|show|get) (?:an? |the |their |its )?(?:[a-z-]+ ){{0,3}}?(?:of (?:{_ABOVE})?|at |{_ABOVE}|"
    rf"{_BELOW}|positive|negative)\b)"
)
_LEVEL = words(r"[^.;]{0,30}\d| (?:the |its |their )?(?:base rate|average)\b")
_NO_COUNT = words(r"\b(?:all|both|each|these|those|in|step) (?:the )?$")
_OF_MODELS = words(r"\bmodels?\b|\bbaselines?\b")
_OF_NAMES = words(r"\b(?:names?|stocks?|tickers?|candidates?)\b")
# What may be compared with a level, beside confidences.
_OF_CANDIDATES = frozenset(["expected_return", "probability_down"])
_OF_MODELS_KEYS = frozenset(
    ["auc", "auc_by_date", "brier_skill", "rank_ic", "sharpe", "cagr", "precision_at_k", "max_drawdown"]
)
_LESS_IS_BETTER = frozenset(["brier", "log_loss", "ece"])
_BEATEN = words(
    r"\W*(?:in T\d+ )?(?:(?:the|tested|compared|single) )*(?:models? )?(?:significantly |clearly |really |actually |"
    r"even )*"
    r"(?:beats?|outperform\w*|exceed\w*|tops?|(?:is|are|was|were) (?:better than|ahead of|above)|(?P<lost>trails?|"
    r"los\w+ (?:to|against)|(?:is|are|was|were|falls?) (?:below|behind|worse than|short of)))\b[^,.;:]*\b"
    r"(?:volatility|momentum)\b"
)


def counts_a_side(number: Number, text: str) -> bool:
    """Tell whether the words behind a number say that so many are on one side of a level."""
    match = _ARE.match(text, number.end)
    level = match and (match[0].endswith("tive") or _LEVEL.match(text, match.end()))
    return bool(level) and " in " not in number.text and not _NO_COUNT.search(text[: number.start])


def is_counted(claim: Claim) -> bool:
    """Tell whether a number says how many are on one side of a level: nothing else can be meant."""
    own = claim.beside[claim.place]
    return _is_count(own) and counts_a_side(own, claim.text) and bool(_sides(claim, own, claim.beside))


def counted(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source in which as many as written are on a side of a level that the sentence names.

    The level is no figure of a result: it is taken as given where the count beside it is right.
    """
    numbers = claim.beside
    own = numbers[claim.place]
    if _is_count(own):
        return _source(claim, own, numbers, seen)
    side = own.unit == "%" and _side(claim.text, own)
    if side and side != "at":
        return next(filter(None, (_source(claim, one, [own], seen) for one in numbers if _is_count(one))), "")
    return ""


def _is_count(number: Number) -> bool:
    return number.unit in ("", "pair") and number.step == 1 and not number.sign


def _source(claim: Claim, count: Number, levels: Sequence[Number], seen: Sequence[Facts]) -> str:
    sides = _sides(claim, count, levels)
    if not sides and count.of:
        # Who says no level answers for the one that was asked for.
        asked = (fact for facts in seen for fact in facts.under([""]) if fact.source == WORDS)
        sides = [("above", fact.value) for fact in asked if fact.kind == "ratio"]
    for facts in seen:
        for values in _collections(claim, facts):
            if count.unit == "pair" and count.of != len(values):
                continue
            for side, level in sides:
                if level is None:
                    level = next((one.value for one in facts.under(["base_rate"]) if not one.bound), 0.0)
                strict = sum(value < level if side == "below" else value > level for value in values)
                if count.value in (strict, strict + values.count(level)):
                    return facts.source
    return ""


def _sides(claim: Claim, count: Number, levels: Sequence[Number]) -> list[tuple[str, float | None]]:
    """Return the sides of levels that a count can be of, without a level for the base rate."""
    levels = [
        one for one in levels if one is not count and (one.unit in ("%", "$") or (one.unit == "" and one.step < 1))
    ]
    sides: list[tuple[str, float | None]] = [
        (side, one.value / (100 if one.unit == "%" else 1)) for one in levels if (side := _side(claim.text, one))
    ]
    sign = _SIGN.search(claim.text, count.end)
    if sign:
        sides.append((str(sign.lastgroup), 0.0))
    if base := _BASE.search(claim.text, count.end):
        sides.append(("below" if base["below"] else "above", None))
    return sides


def _side(text: str, level: Number) -> str:
    """Return on which side of a number the words count: "above", "below", "at", or empty where they do not."""
    if match := _OPEN_END.match(text, level.end):
        return str(match.lastgroup)
    match = _SIDE.search(text[: level.start])
    return str(match.lastgroup) if match else ""


def _collections(claim: Claim, facts: Facts) -> Iterator[list[float]]:
    """Return the figures of all candidates, or of all models, that the words can speak of."""
    of_models = _OF_MODELS.search(claim.text) or (claim.told & _OF_MODELS_KEYS and not _OF_NAMES.search(claim.text))
    if not of_models:
        priced = any(one.unit == "$" for one in claim.beside)
        for key in ["last_close"] if priced else sorted({"confidence"} | _OF_CANDIDATES & claim.told):
            of_all = {
                one.ticker: one.value for one in facts.under([key]) if one.rank > 0 and not (one.model or one.bound)
            }
            if of_all:
                yield list(of_all.values())
        return
    for key in sorted(claim.told & facts.keys or _OF_MODELS_KEYS):
        values = _of_models(facts, key)
        yield [value for name, value in values.items() if name not in BASELINES]
        yield [value for name, value in values.items() if name not in BASELINES and "(" not in name]


def is_a_tally(after: str) -> bool:
    """Tell whether the words behind a number say that so many models beat a baseline."""
    return bool(_BEATEN.match(after))


def tallied(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source in which so many models beat the baseline in some figure, or in the one that is named."""
    match = _BEATEN.match(claim.after)
    if claim.number.unit != "pair" or not match:
        return ""
    keys = claim.keys & (_OF_MODELS_KEYS | _LESS_IS_BETTER) or _OF_MODELS_KEYS
    baseline = "momentum_12_1" if "momentum" in match[0].lower() else "volatility_only"
    compared = False
    for facts in seen:
        for key in sorted(keys):
            of_model = _of_models(facts, key)
            models = [value for name, value in of_model.items() if name not in BASELINES]
            if baseline not in of_model or len(models) != claim.number.of:
                continue
            compared = True
            better = sum((one < of_model[baseline]) == (key in _LESS_IS_BETTER) for one in models)
            if claim.number.value in (len(models) - better if match["lost"] else better, 0):
                return facts.source
    return "" if compared else "rules"


def _of_models(facts: Facts, key: str) -> dict[str, float]:
    """Return the figures of all models and baselines under a key."""
    return {one.model: one.value for one in facts.under([key]) if one.model and one.is_plain and not one.ticker}
