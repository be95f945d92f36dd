"""What steers a conversation, against the table of texts."""

from typing import Any

import pytest

from mltrainer.actions.approval import Approve, Change, Decision, read_decision
from mltrainer.actions.detect import DetectionContext, detect
from mltrainer.actions.detect_spelled import plain_numbers
from mltrainer.actions.proposals import propose
from mltrainer.actions.undo import asks_undo
from mltrainer.agent.reading import user_changes
from mltrainer.settings.parameters import Settings

from .sentences import LGBM, Expected
from .unseen_steering import CHANGES, LOOKED_UP, NOT_UNDO, ONE_WAITS, REPLIES, THREE_WAIT, UNDO

SETTINGS = Settings()
TICKERS = frozenset(["AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "A", "IT", "ALL", "ON", "KEY"])
SECTORS = ("Information Technology", "Health Care", "Energy", "Financials", "Utilities", "Industrials")
USER = DetectionContext(SETTINGS, TICKERS, SECTORS, "user")
PROPOSALS = [
    propose("momentum_screening", {}, SETTINGS, id="P1"),
    propose("momentum_screening", {"models": [LGBM]}, SETTINGS, id="P2"),
    propose("walk_forward_test", {}, SETTINGS, id="P3"),
]


@pytest.mark.parametrize(
    ("count", "text", "expected"), [(1, *one) for one in ONE_WAITS] + [(3, *one) for one in THREE_WAIT]
)
def test_an_answer_decides_what_it_says(count: int, text: str, expected: Decision | None) -> None:
    decision = read_decision(text, PROPOSALS[:count], SETTINGS, USER)
    assert (decision if isinstance(decision, Approve | Change) else None) == expected


@pytest.mark.parametrize(("text", "expected"), REPLIES)
def test_a_reply_proposes_what_it_says(text: str, expected: Expected) -> None:
    found = detect(text, DetectionContext(SETTINGS, TICKERS, SECTORS))
    assert [(one.action, one.stated) for one in found] == expected


@pytest.mark.parametrize(("text", "expected"), CHANGES)
def test_a_user_changes_what_he_says(text: str, expected: dict[str, Any]) -> None:
    assert user_changes(text, USER) == expected


@pytest.mark.parametrize("text", UNDO + NOT_UNDO)
def test_a_user_takes_back_what_he_says(text: str) -> None:
    assert asks_undo(text) == (text in UNDO)


def test_numbers_are_read_as_german_writes_them() -> None:
    text = "1.000 trees, 6,5 %, 0,08; but 1,5 and 7 days, AAPL,MSFT and 12,500 rows"
    plain = plain_numbers(text)
    assert plain == "1,000 trees, 6.5 %, 0.08; but 1,5 and 7 days, AAPL,MSFT and 12,500 rows"


@pytest.mark.parametrize(("text", "expected"), LOOKED_UP)
def test_a_user_is_shown_what_he_asks_for(text: str, expected: Expected) -> None:
    assert [(one.action, one.stated) for one in detect(text, USER)] == expected
