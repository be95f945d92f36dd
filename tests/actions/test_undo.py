"""Taking settings back in words, and what only speaks of it."""

import pytest

from mltrainer.actions.undo import asks_undo


@pytest.mark.parametrize(
    "text",
    [
        "go back to the previous settings",
        "Go back to the old threshold, please.",
        "undo",
        "undo that",
        "Undo the last change and run it again",
        "revert it",
        "please revert the settings",
        "restore the earlier settings",
        "return to the previous horizon",
        "change it back",
        "switch back to the former models",
        "roll back the last change",
        "undo and run again",
        "no, put it back",
    ],
)
def test_it_is_asked_for(text: str) -> None:
    assert asks_undo(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "don't undo that",
        "how do I undo a change?",
        "can I undo this later?",
        "go back to 85 % confidence",
        "what were the previous settings?",
        'the paper says "revert the settings"',
        "> undo that",
        "run it with the current settings",
        "prices go back to 2013",
        "does the strategy revert to the mean?",
        "test a mean reversion model",
        "never go back to the previous settings",
        "what happens if I undo it?",
    ],
)
def test_it_is_not_asked_for(text: str) -> None:
    assert not asks_undo(text)
