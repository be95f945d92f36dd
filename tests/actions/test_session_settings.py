"""Settings change by visible diffs, and every change can be undone."""

import pytest

from mltrainer.actions.session_settings import SessionSettings
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings


def test_a_change_is_a_diff_and_can_be_undone() -> None:
    session = SessionSettings()
    diff = session.change({"confidence_threshold": 0.9})
    assert (diff.before, diff.after) == ({"confidence_threshold": 0.85}, {"confidence_threshold": 0.9})
    assert session.adjusted == {"confidence_threshold"}
    back = session.undo()
    assert back.after == {"confidence_threshold": 0.85}
    assert session.current == Settings()
    assert session.adjusted == frozenset()
    assert not session.undo()


def test_stating_the_default_makes_it_adjusted_and_changes_nothing() -> None:
    session = SessionSettings()
    assert not session.change({"target_return": 0.07})
    assert session.adjusted == {"target_return"}


def test_an_impossible_change_leaves_everything_as_it_was() -> None:
    session = SessionSettings()
    with pytest.raises(UsageError):
        session.change({"horizon": [10, 7]})
    assert session == SessionSettings()


def test_data_without_volume_have_other_defaults_and_what_was_chosen_stays() -> None:
    settings = SessionSettings(Settings(slippage="half_spread"))
    settings.change({"slippage": "half_spread"})
    assert settings.fit_defaults(["open", "volume"]) == {"universe": "all"}
    assert (settings.current.universe, settings.current.slippage) == ("all", "half_spread")
    # A default, not a change that could be taken back.
    assert "universe" not in settings.adjusted
    assert SessionSettings().fit_defaults(["open"]) == {}
