"""How many models beat a baseline: "none of the five models beats volatility alone"."""

from collections.abc import Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Facts
from mltrainer.models.registry import BASELINES

# In which of these they beat it is not always said.
_BY = frozenset(["auc", "brier_skill", "sharpe", "precision_at_k", "rank_ic", "cagr", "max_drawdown", "auc_by_date"])
_LESS_IS_BETTER = frozenset(["brier", "log_loss", "ece"])
_BEATEN = words(
    r"\W*(?:in T\d+ )?(?:(?:the|tested|compared|single) )*(?:models? )?(?:significantly |clearly |really |actually |"
    r"even )*"
    r"(?:beats?|outperform\w*|exceed\w*|tops?|(?:is|are|was|were) (?:better than|ahead of|above)|(?P<lost>trails?|"
    r"los\w+ (?:to|against)|(?:is|are|was|were|falls?) (?:below|behind|worse than|short of)))\b[^,.;:]*\b"
    r"(?:volatility|momentum)\b"
)


def is_a_tally(after: str) -> bool:
    """Tell whether the words behind a number say that so many models beat a baseline."""
    return bool(_BEATEN.match(after))


def tallied(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source in which so many models beat the baseline in some figure, or in the one that is named."""
    match = _BEATEN.match(claim.after)
    if claim.number.unit != "pair" or not match:
        return ""
    keys = claim.keys & (_BY | _LESS_IS_BETTER) or _BY
    baseline = "momentum_12_1" if "momentum" in match[0].lower() else "volatility_only"
    compared = False
    for facts in seen:
        for key in sorted(keys):
            of_model = {
                one.model: one
                for one in facts.under([key])
                if one.model and not (one.bound or one.inside or one.earlier or one.ticker)
            }
            bar = of_model.get(baseline)
            models = [one for name, one in of_model.items() if name not in BASELINES]
            if not bar or len(models) != claim.number.of:
                continue
            compared = True
            better = sum((one.value < bar.value) == (key in _LESS_IS_BETTER) for one in models)
            if claim.number.value in (len(models) - better if match["lost"] else better, 0):
                return bar.source
    return "" if compared else "rules"
