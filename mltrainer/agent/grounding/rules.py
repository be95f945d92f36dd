"""Numbers that hold everywhere: the AUC of chance, customary levels of a test, the days of a year."""

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.rounding import is_written


def is_true_by_rule(claim: Claim) -> bool:
    """Tell whether a number is one that holds everywhere, such as the AUC of chance."""
    number = claim.number
    if number.value not in _VALUES:
        return False
    said = claim.says(_BY_RULE)
    if number.unit in ("", "%") and number.value in (0.5, 50.0) and ("auc" in claim.keys or said):
        return True
    if number.unit == "" and number.value in (0, 1) and (said or number.step < 1):
        return said
    if number.unit == "" and number.value in (0.01, 0.025, 0.05, 0.1) and claim.told & {"p_value", "q_value"}:
        return bool(_LIMIT.search(claim.before) or _NEEDED.match(claim.after))
    if number.unit == "" and number.value == 0.95 and claim.told & {"deflated_sharpe", "confidence_threshold"}:
        return bool(_BAR.search(claim.before) or _NEEDED.match(claim.after))
    if number.unit == "" and number.value in (2, 3) and "rank_ic_t" in claim.told:
        return bool(_BEYOND.search(claim.before))
    if number.unit == "%" and number.value in (1, 5, 10) and claim.says(_TEST):
        return bool(_AT_LEVEL.search(claim.before) or _LEVEL_BEHIND.match(claim.after))
    if number.unit == "" and number.value == 252 and claim.says(_YEAR):
        return True
    return (
        said
        and is_written(number, number.value)
        and number.value in (2.0, 1.96, 1.645, 3.0)
        and number.unit == ""
        and (not claim.keys or "rank_ic_t" in claim.keys)
    )


_VALUES = frozenset([0, 0.01, 0.025, 0.05, 0.1, 0.5, 0.95, 1, 1.645, 1.96, 2, 3, 5, 10, 50, 252])
_BY_RULE = words(
    r"chance|coin|random|luck|guess|would|means?\b|no skill|conventional|usual|significan|one half|toss|perfect|"
    r"rule of thumb|by definition|customary|textbook"
)
_LIMIT = words(r"\b(?:below|under|less than|level of|threshold of|usual|conventional|above|required|needed) $|< ?$")
_BAR = words(r"\b(?:bar|threshold|hurdle|usual|need(?:s|ed)?|require[sd]?|want\w*|at least|level)\b[^.;\d]{0,20}$")
_NEEDED = words(r" (?:bar|level|limit|threshold|needed|required)\b")
_BEYOND = words(r"\b(?:above|over|beyond|than|least|below|under|usual|reach\w*) $")
_TEST = words(r"\b[pq]\b ?[=<>(]|\b[pq][- ]values?\b|significan|\blevel\b")
_AT_LEVEL = words(r"\blevels?\b[^.;]{0,40}$|\b(?:at|below|under|not at)(?: the)? ?$")
_LEVEL_BEHIND = words(r" ?(?:significance )?level\b")
_YEAR = words(r"\b(?:trading days|sessions|dates|annual\w*|year)\b")
