"""Detection against the table of texts."""

import pytest

from mltrainer.actions.detect import DetectionContext, detect
from mltrainer.settings.parameters import Settings

from .sentences import ASKED, PROPOSED, SEED, UNASKED, UNPROPOSED, Expected
from .unseen import UNSEEN, UNSEEN_ASKED, UNSEEN_EMPTY, UNSEEN_UNASKED
from .unseen_natural import NATURAL, NATURAL_ASKED, NATURAL_EMPTY, NATURAL_UNASKED, NATURAL_UNDO

TICKERS = frozenset(["AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "A", "IT", "ALL", "ON", "KEY", "S013", "S014"])
SECTORS = ("Information Technology", "Health Care", "Energy", "Financials", "Utilities", "Industrials")


def found(text: str, speaker: str) -> Expected:
    context = DetectionContext(Settings(), TICKERS, SECTORS, speaker)  # type: ignore[arg-type]
    return [(one.action, one.stated) for one in detect(text, context)]


@pytest.mark.parametrize(("text", "expected"), SEED + PROPOSED + UNSEEN + NATURAL)
def test_finds_what_the_ai_proposes(text: str, expected: Expected) -> None:
    assert found(text, "ai") == expected


@pytest.mark.parametrize(("text", "expected"), ASKED + UNSEEN_ASKED + NATURAL_ASKED)
def test_finds_what_the_user_asks_for(text: str, expected: Expected) -> None:
    assert found(text, "user") == expected


@pytest.mark.parametrize("text", UNPROPOSED + UNSEEN_EMPTY + NATURAL_EMPTY)
def test_leaves_alone_what_the_ai_does_not_propose(text: str) -> None:
    assert found(text, "ai") == []


@pytest.mark.parametrize("text", UNASKED + UNSEEN_UNASKED + NATURAL_UNASKED)
def test_leaves_alone_what_the_user_does_not_ask_for(text: str) -> None:
    assert found(text, "user") == []


@pytest.mark.parametrize(("text", "expected"), NATURAL_UNDO)
def test_the_ai_may_propose_the_settings_as_they_were(text: str, expected: Expected) -> None:
    before, now = Settings(), Settings(confidence_threshold=0.9)
    context = DetectionContext(now, TICKERS, SECTORS, previous=before)
    assert [(one.action, one.stated) for one in detect(text, context)] == expected


def test_the_table_is_large_and_has_both_sides() -> None:
    positive, negative = len(SEED + PROPOSED + ASKED), len(UNPROPOSED + UNASKED)
    assert positive + negative >= 250
    assert min(positive, negative) >= 110
