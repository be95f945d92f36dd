"""The names of rows, states, groups and features that figures of results belong to: "calm", "high volatility"."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.names import Mention

# Words for thirds of the rows by their volatility.
_LEVELS = {
    "low": r"(?:low(?:est)?|small(?:est)?)[- ]volatility|quiet(?:est)?|least volatile|"
    r"calm(?:er|est)?(?= (?:stocks|names|thirds?|terciles?|tickers|ones))",
    "middle": r"(?:middle|medium|mid|average|moderate)[- ](?:volatility|third|tercile)",
    "high": r"(?:high(?:est)?|large(?:st)?)[- ]volatility|(?:most |more )?volatile(?= (?:stocks|names|ones|"
    r"thirds?|terciles?|tickers)|[.,;)]|$)|wild(?:est)?",
}
_STATES = {"turbulent": r"turbulen(?:t|ce)\w*"}


def find_labels(text: str, labels: Collection[str]) -> Iterator[Mention]:
    """Return where a text names one of the labels of the results that were seen."""
    if pattern := _pattern(frozenset(labels)):
        for match in pattern.finditer(text):
            place = int(str(match.lastgroup)[1:])
            yield Mention(match.start(), match.end(), "label", frozenset({sorted(labels)[place]}))


@lru_cache(maxsize=32)
def _pattern(labels: frozenset[str]) -> re.Pattern[str] | None:
    said = (_LEVELS.get(one) or _STATES.get(one) or re.escape(one).replace("_", "[ _-]") for one in sorted(labels))
    return words("|".join(rf"(?P<l{place}>\b(?:{one})\b)" for place, one in enumerate(said))) if labels else None
