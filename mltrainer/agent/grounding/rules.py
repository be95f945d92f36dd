"""Numbers that hold everywhere: the AUC of chance, customary levels of a test, the days of a year."""

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim

_BY_RULE = words(
    r"chance|coin|random|luck|guess|would|means?\b|no skill|conventional|usual|significan|one half|toss|perfect|"
    r"rule of thumb|by definition|customary|textbook"
)
_LIMIT = words(
    r"\b(?:below|under|less than|over|above|beyond|than|least|reach\w*|level of|threshold of|usual|conventional|"
    r"required|needed|bar|threshold|hurdle|want\w*|level)\b[^.;\d]{0,20}$|< ?$"
)
_NEEDED = words(r" ?(?:significance )?(?:bar|level|limit|threshold|needed|required)\b")
_YEAR = words(r"\b(?:trading days|sessions|dates|annual\w*|year)\b")
# By the keys that a sentence speaks of: what is asked of them by custom.
_CUSTOMARY = (
    (frozenset({"p_value", "q_value"}), frozenset([0.01, 0.025, 0.05, 0.1, 1, 5, 10])),
    (frozenset({"deflated_sharpe"}), frozenset([0.95, 95])),
    (frozenset({"rank_ic_t"}), frozenset([1.645, 1.96, 2, 3])),
)


def is_true_by_rule(claim: Claim) -> bool:
    """Tell whether a number is one that holds everywhere, such as the AUC of chance."""
    number = claim.number
    if number.unit not in ("", "%"):
        return False
    if number.value in (0.5, 50) and ("auc" in claim.keys or claim.says(_BY_RULE)):
        return True
    if number.unit == "" and number.value in (0, 1, 1.96):
        return claim.says(_BY_RULE)
    if number.unit == "" and number.value == 252:
        return claim.says(_YEAR)
    custom = any(claim.told & keys and number.value in values for keys, values in _CUSTOMARY)
    return custom and bool(_LIMIT.search(claim.before) or _NEEDED.match(claim.after))
