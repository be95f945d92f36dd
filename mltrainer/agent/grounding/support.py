"""Whether a fact is what a claim says: the same number in its unit, the same thing, the same owner."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import OF_ALL, SHOWN, TOLD, Fact, Facts, Kind, is_among
from mltrainer.agent.grounding.names import ANY_MODEL, ANYBODY
from mltrainer.agent.grounding.nouns import COUNTS, OF_PREDICTIONS
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.stages import PARAMETERS, fits_stage, is_of_search
from mltrainer.models.registry import MODELS

# The source of what the user said.
WORDS = "your words"
_NEGATIVE = words(
    r"negative|minus|los[set]|losing|below|worse|under|f[ea]ll|drop|decline|down|behind|less|cost|shr[ai]nk|short|"
    r"beneath|"
    r"gave up|wors|no better|red\b|hurt|stop|from\b.*\bto\b|range"
)
_LOST = words(
    r"\b(?:lost|lose|loses|losing|fell|declined|shrank)(?: (?:about|around|roughly|only|just|almost|nearly|by))* ?$"
)
# Where an end of an interval can stand.
_BOUND_BEFORE = words(
    r"\b(?:between|begin\w*|starts?|intervals?|lower|lowest|highest|ends?|bottom|upper|bounds?|at least|rang\w+|from|"
    r"reach\w*|"
    r"up to|certain\w*)\b[^.;]{0,24}$|"
    r"\d ?%?\s*(?:to|–|-|,|;|and|\s)\s*[-+−–]?$"
)
_BOUND_AFTER = words(r" ?%?\s*(?:to|–|-|,|;|and|\s)\s*[-+−–]?\d")
_MISSED = words(
    r"\bmiss|fail|did not|didn't|wrong|not come|never came|fell short|false|not\b|nothing|no hit|"
    r"los(?:e|t)\b|do(?:es)?n't"
)
# Words by which a figure of a candidate can be meant where no ticker is named.
_ONE_OF_THEM = words(
    r"best|highest|top|first|lead|strongest|candidate|rang|lowest|last|next|second|third|closest|nearest|level|"
    r"\bits?\b|"
    r"today|name|pick|such|claim|list|three|four|both|each|all\b"
)
# Words by which several of them are meant.
_SEVERAL = words(r"\b(?:between|range\w*|rest|others|all|lies?|around|each)\b")
# Words that speak of parameters: further ones may be listed without their name.
_PARAMETERS = words(r"\b(?:trees|iterations|rounds|leaves|depth|learning rate|parameters|hyper-?parameters)\b")
# What is not calibrated is a figure of its own.
_HAS_COMPLEMENT = frozenset(["calibrated_share", "uncalibrated_share"])
_UNSIGNED = frozenset(["max_drawdown", "drawdown_now", "worst_drawdown", "stop_loss"])
# What the user has set may be spoken of beside anything.
_AS_SET = frozenset(["confidence_threshold", "target_return", "cost_bps"])
_INTERVAL = words(r"\b(?:intervals?|ranges?|bands?|between)\b")
# Behind these stands how far two are apart, and no figure of theirs.
_GAP = words(
    r"\b(?:gap|edge|lead|margin|difference|advantage|distance)\b[^.;\d]{0,60}?\b(?:is|was|of|at) "
    r"(?:about |only |just )?$"
)
_ADJUSTED = words(r"\b(?:correct|adjust|account)(?:s|ed|ing)? for\b")
_FITTING = words(r"\b(?:fits?|fitting|training)\b")
_ROSE = words(r"\b(?:lifted|raised|improved|rose|fell|slipped|dropped|increased|decreased|climbed)\b")
_BELOW = words(r"(?:<|below|under|less than|smaller than) ?$")
# How far two of these are apart is no other figure.
_SCORES = frozenset(["auc", "auc_by_date", "brier", "brier_skill", "rank_ic", "sharpe", "sharpe_by_luck", "log_loss"])
_OF_BASE = frozenset(["base_rate", "ece_if_calibrated", "fall_base_rate"])
# Figures that nobody means without saying so.
_NAMED_ONLY = frozenset(
    ["seed", "workers", "episodes", "simulation", "calibration_slope", "calibration_intercept", "error", "level"]
)
_DETAILS = frozenset(["reliability", "bands", "resolution", "uncertainty", "within"])
_BEFORE = words(
    r"→|->|=>|\b(?:before|from|earlier|previous\w*|untuned|default\w*|old|without|originally|both|same|rose|fell)\b"
)
_THEY = words(r"\b(?:they|both|it|these|those)\b")
# Counts of a part.
_COUNTED_PARTS = frozenset(["fits", "cached_fits", "excluded", "faults"])
# What is said of all, never of one ticker.
_OF_THE_WHOLE = frozenset(
    [
        *("deflated_sharpe", "probabilistic_sharpe", "luck", "pbo", "fall_risk", "highest_probability"),
        *("volatility_20", "vix", "drawdown", "weak_breadth", "credit_spread", "below_200_day_mean"),
    ]
)
_MEMBERS = words(r"\bmembers?\b|\bhalves\b|\bdisagree\w*|\bapart\b|\b(?:two|three) models\b")
# A number alone in brackets behind another one.
_ASIDE = words(r"\d ?%? \([^()]{0,3}#\)")
_LESS, _MORE = 1 - 6e-4, 1 + 6e-4
# What a number without a noun or a name can be.
_HEADLINE = frozenset(
    ["base_rate", "confidence", "confidence_threshold", "target_return", "regime_score", "horizon", ""]
)
# How the figures of each kind are written in each unit: by what they are multiplied.
_SCALES: dict[str, tuple[tuple[frozenset[Kind], float], ...]] = {
    "%": ((frozenset({"ratio", "score"}), 100.0),),
    "points": ((frozenset({"ratio"}), 100.0), (frozenset({"score"}), 1.0)),
    "$": ((frozenset({"price"}), 1.0),),
    "bps": ((frozenset({"bps"}), 1.0), (frozenset({"ratio"}), 10_000.0)),
    "seconds": ((frozenset({"seconds"}), 1.0),),
    "": ((frozenset({"count", "index", "price", "bps", "seconds", "score", "ratio"}), 1.0),),
    "date": ((frozenset({"date"}), 1.0),),
    "share": ((frozenset({"ratio"}), 1.0),),
}


def supporting(claim: Claim, seen: Sequence[Facts]) -> Fact | None:
    """Return the first fact that supports a claim, those of the most recent result first."""
    for place, facts in enumerate(seen):
        for fact in _of_this_size(claim, facts):
            # How far two are apart whom nobody names is said of the latest result.
            if place and _is_distance(fact) and not (claim.named or claim.trials) and _has_distances(seen[0]):
                continue
            fits = is_meant(claim, fact) and is_owned(claim, fact) and is_of_trial(claim, fact)
            if fits and _can_be_so_written(claim, fact) and fits_stage(claim, fact, facts, seen):
                return fact
    return None


def _is_distance(fact: Fact) -> bool:
    return (fact.key.startswith("to_") or "difference" in fact.key) and not fact.key.endswith(("_p", "_q"))


def _has_distances(facts: Facts) -> bool:
    return any(key.startswith("to_") or "difference" in key for key in facts.keys)


def same_number(claim: Claim, seen: Sequence[Facts]) -> Iterator[Fact]:
    """Return the facts that are the number that was written, whosever they are."""
    for facts in seen:
        yield from (fact for fact in _of_this_size(claim, facts) if _can_be_so_written(claim, fact))


def _of_this_size(claim: Claim, facts: Facts) -> Iterator[Fact]:
    number = claim.number
    if number.unit == "pair":
        yield from (fact for fact in facts.pairs(claim.tickers) if _is_pair(claim, fact))
        yield from _of_hundred(claim, facts)
        yield from _is_told_pair(claim, facts)
        yield from _of_counts(claim, facts)
        yield from _of_many(claim, facts)
        return
    low, high = number.range
    for least, most in sizes(number):
        yield from (fact for fact in facts.between(least, most, claim.tickers or claim.named) if is_size(number, fact))
    if "p_value" in claim.keys and _BELOW.search(claim.before):
        yield from (fact for fact in facts.between(0, number.value) if fact.key in claim.keys and fact.key != "p_value")
    said = claim.keys or claim.tickers
    if number.unit == "" and said:
        # "A confidence of 37.6" leaves the sign out.
        yield from (
            fact
            for fact in facts.between(low / 100, high / 100, claim.tickers)
            if fact.kind == "ratio" and fact.key in claim.keys
        )
    if number.unit == "%" and claim.says(_MISSED):
        yield from (
            fact
            for fact in facts.between(1 - high / 100, 1 - low / 100, claim.tickers)
            if fact.kind == "ratio" and fact.key in claim.keys - _HAS_COMPLEMENT and not fact.bound
        )


def sizes(number: Number) -> Iterator[tuple[float, float]]:
    """Return between which sizes the facts can be that a number is, one pair for each way of counting."""
    low, high = number.range
    for _, scale in _SCALES.get(number.unit, ()):
        yield low / scale * _LESS, high / scale * _MORE


def is_size(number: Number, fact: Fact) -> bool:
    """Tell whether a number is the size of a fact, in its unit."""
    if number.unit == "pair":
        return fact.kind == "pair" and (number.value, number.of) == (fact.value, fact.of)
    low, high = number.range
    for kinds, scale in _SCALES.get(number.unit, ()):
        size = abs(fact.value) * scale
        # An analyst reads figures of four digits, and may round them again.
        if fact.kind in kinds and (low <= size <= high or low <= _four_digits(size, fact) <= high):
            return True
    return False


def _four_digits(size: float, fact: Fact) -> float:
    return size if fact.kind == "date" else float(f"{size:.4g}")


def _can_be_so_written(claim: Claim, fact: Fact) -> bool:
    number = claim.number
    if number.unit == "pair":
        return True
    if fact.bound and not (_BOUND_BEFORE.search(claim.before) or _BOUND_AFTER.match(claim.after)):
        return False
    if fact.bound and claim.says(_ROSE) and not claim.says(_INTERVAL):
        return False
    if number.unit == "" and fact.kind in ("score", "ratio") and number.step >= 1 and fact.key not in claim.keys:
        return False
    return _sign_fits(claim, fact)


def _is_pair(claim: Claim, fact: Fact) -> bool:
    number = claim.number
    if number.of == fact.of:
        missed = claim.says(_MISSED) or not fact.key
        return number.value == fact.value or (missed and number.value == fact.of - fact.value)
    return False


def _of_counts(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return the count that "5 of its 10 fits" names, where the other is a count of the same, or the sum of two."""
    number = claim.number
    counted = [fact for fact in facts.under(sorted(claim.keys & COUNTS)) if fact.kind == "count" and not fact.ticker]
    values = {fact.value for fact in counted}
    if number.of in values or any(number.of - value in values for value in values):
        yield from (fact for fact in counted if fact.value == number.value and fact.key in _COUNTED_PARTS)


def _of_many(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return the count that "1,775 of 14,917" names, where both are counts of a result that nobody owns by chance."""
    number = claim.number
    if number.value >= _MANY and any(one.kind == "count" for one in facts.between(number.of, number.of)):
        for fact in facts.between(number.value, number.value):
            if fact.kind == "count" and not fact.ticker:
                yield fact


def _is_told_pair(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return what a warning says in two counts: "in the past 56 predictions ...; 24 of them came true"."""
    number, told = (
        claim.number,
        [fact for fact in facts.under([TOLD, "hits"]) if fact.kind == "count" and not fact.ticker],
    )
    if any(fact.value == number.of for fact in told):
        hits = {number.value} | ({number.of - number.value} if claim.says(_MISSED) else set())
        yield from (fact for fact in told if fact.value in hits)


# Counts that are hardly alike by chance.
_MANY = 200
# What people count shares in.
_ROUND = frozenset([*range(2, 13), 15, 20, 25, 50, 100])


def _of_hundred(claim: Claim, facts: Facts) -> Iterator[Fact]:
    """Return the ratios that "4 in 10" or "44 of 100" say, within half of the last unit and an eighth."""
    number = claim.number
    share, slack = number.value / number.of, 0.501 * number.step / number.of
    if not number.value or (number.of not in _ROUND and number.value != 1):
        return
    slack = min(slack, 0.12 * share) if number.of < 100 else slack
    if number.hedge in ("under", "over"):
        slack = max(slack, 0.1 * share)
    for fact in facts.between(share - slack, share + slack, claim.tickers):
        if fact.kind == "ratio" and not fact.bound:
            yield fact
    if number.of == 100:
        yield from (one for one in facts.between(number.value - 0.5, number.value + 0.5) if one.kind == "index")
    if claim.says(_MISSED):
        for fact in facts.between(1 - share - slack, 1 - share + slack, claim.tickers):
            if fact.kind == "ratio" and not fact.bound and fact.key in ("hit_rate", "confidence", "precision_at_k"):
                yield fact


def _sign_fits(claim: Claim, fact: Fact) -> bool:
    if fact.key in _UNSIGNED or not fact.key or fact.value == 0:
        return True
    if claim.number.sign:
        below = (claim.number.sign < 0) == (fact.value < 0)
        return below or bool(claim.number.sign < 0 and _NEGATIVE.search(claim.before))
    if _LOST.search(claim.before):
        return fact.value < 0 or fact.bound
    # A loss written without its sign needs a word that says so; one that rounds to zero does not.
    said = claim.before + " " + claim.after[:40]
    return fact.value > 0 or fact.bound or claim.number.value == 0 or bool(_NEGATIVE.search(said))


def is_meant(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what the words say that the number is."""
    if not fact.key or claim.number.unit == fact.kind in ("bps", "date"):
        return True
    if claim.number.unit == fact.kind == "seconds" and not claim.keys:
        return True
    if fact.key in _NAMED_ONLY and fact.key not in claim.keys | claim.told:
        return False
    if _is_as_set(claim, fact):
        return True
    loose = fact.bound and claim.number.digits >= 3 and not (claim.keys and claim.sure)
    if loose and claim.says(_INTERVAL):
        return True
    if fact.earlier and not claim.says(_BEFORE):
        return False
    if claim.number.unit == "pair" and fact.kind == "count":
        return True
    if fact.key == TOLD:
        return not claim.keys and claim.number.digits >= 3
    of_brier = not claim.keys <= _SCORES or bool(claim.keys & {"brier", "brier_skill"}) or not claim.keys
    is_distance = fact.key.startswith("to_") or "difference" in fact.key
    if claim.is_distance and is_distance and of_brier and not fact.key.endswith(("_p", "_q")):
        return True
    if claim.keys & _SCORES and len(claim.named) > 1 and _GAP.search(claim.before):
        return False
    if "p_value" in claim.keys and fact.key.startswith(("rank_q", "return_q")) and claim.says(_ADJUSTED):
        return True
    if claim.is_distance and claim.number.sign == 0 and not claim.keys:
        return False
    if fact.kind == "pair":
        return fact.key in claim.keys | {"qualified"} or not claim.keys or bool(claim.keys & OF_PREDICTIONS)
    if fact.key in claim.keys:
        return True
    if claim.number.unit in ("pair", "share"):
        return False
    # What a search compares is the AUC.
    if is_of_search(claim, fact) and claim.number.digits >= 3:
        return True
    if _is_told(claim, fact):
        return True
    if claim.keys and (claim.sure or (claim.is_distance and claim.keys <= _SCORES)):
        return False
    if fact.key in PARAMETERS and claim.says(_PARAMETERS):
        return True
    counted = (
        fact.kind == "count"
        and not fact.ticker
        and fact.key != "train_rows"
        and not fact.inside
        and claim.number.digits >= 2
    )
    if counted and not (claim.keys and claim.sure):
        return True
    if claim.models or claim.tickers:
        # The less is said of what a number is, the more of its digits must agree.
        if fact.key.startswith("auc_by_") or fact.key in _DETAILS:
            return False
        general = any(one.startswith(ANYBODY) for one in claim.models)
        return claim.number.digits >= (3 if general else 2) or fact.key in _HEADLINE
    if claim.trials and not claim.keys:
        owned = bool(fact.model or fact.ticker)
        return claim.number.digits >= 2 and (not owned or claim.says(_THEY))
    first = SHOWN if claim.says(_SEVERAL) else 1
    return fact.key in _HEADLINE and fact.rank <= first


def _is_told(claim: Claim, fact: Fact) -> bool:
    """Tell whether another noun of the sentence names a fact of those whom the words name."""
    if fact.key == "confidence" and not fact.model and fact.ticker in claim.tickers and claim.number.digits >= 3:
        # Nothing is said of a ticker as often as its confidence.
        return not claim.is_distance and claim.number.unit == "%" and claim.keys <= _OF_BASE
    named = fact.ticker in claim.tickers if fact.ticker else not fact.model or fact.model in claim.models
    return fact.key in claim.told and not claim.is_distance and named and claim.number.digits >= 3


def _is_as_set(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact is a setting that the words leave room for."""
    return (
        fact.key in _AS_SET
        and claim.number.unit in ("%", "bps")
        and not (claim.keys and claim.sure and not claim.number.sign)
    )


def is_owned(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what those have whom the words name."""
    if fact.source == WORDS or fact.kind == "date":
        return True
    if fact.rank == OF_ALL and (claim.tickers or claim.models):
        return False
    if _is_as_set(claim, fact):
        return True
    said = bool(fact.key) and fact.key in claim.keys and not (claim.tickers and fact.key in _OF_THE_WHOLE)
    if claim.tickers:
        if fact.ticker not in claim.tickers and (fact.ticker or not (said or not fact.key or fact.key == "qualified")):
            return False
    elif (
        fact.ticker
        and fact.ticker not in claim.named
        and (fact.rank > SHOWN or not (fact.rank <= 1 or claim.says(_ONE_OF_THEM)))
    ):
        return False
    if not fact.model:
        if not claim.models or ANYBODY in claim.models or fact.kind == "pair":
            return True
        if fact.ticker:
            return fact.kind == "price" or (said and fact.key != "confidence") or _are_several(claim.models)
        # What belongs to nobody may stand beside any name, where the words say what it is.
        return said
    if fact.key.endswith(("_p", "_q")):
        # A test is of one model against another.
        others = frozenset() if fact.key.startswith("difference") else claim.named
        return not claim.models or is_among(fact.model, claim.models | others)
    if ANYBODY in claim.models:
        return True
    if claim.models:
        return is_among(fact.model, claim.models)
    if fact.ticker in claim.tickers and claim.says(_MEMBERS):
        return True
    if fact.ticker and _ASIDE.search(claim.before + "#" + claim.after):
        return True
    # A figure of some model is meant only where the words say which figure.
    return (
        bool(claim.keys) or fact.bound or fact.inside or is_of_search(claim, fact) or _is_of_fits(claim, fact)
    ) and not fact.ticker


def _is_of_fits(claim: Claim, fact: Fact) -> bool:
    return claim.number.unit == fact.kind and (fact.kind == "bps" or (fact.kind == "seconds" and claim.says(_FITTING)))


def is_of_trial(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be of the trial that the words name."""
    of_trial = fact.source[:1] == "T" and fact.source[1:].isdecimal()
    return not claim.trials or not of_trial or fact.source in claim.trials


def _are_several(named: frozenset[str]) -> bool:
    """Tell whether the names are those of models together, or of their ensemble."""
    return ANY_MODEL in named or "ensemble" in named or any("(" in one for one in named) or len(named & set(MODELS)) > 1
