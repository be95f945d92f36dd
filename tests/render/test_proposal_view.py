from typing import Any

from mltrainer.actions.proposals import propose
from mltrainer.render.blocks import as_plain
from mltrainer.render.proposal import proposal_blocks
from mltrainer.render.settings_diff import diff_blocks
from mltrainer.settings.events import ProposalMade
from mltrainer.settings.parameters import Settings


def event_of(stated: dict[str, Any], adjusted: frozenset[str] = frozenset()) -> ProposalMade:
    one = propose("momentum_screening", stated, Settings(horizon=(5, 7), seed=7), adjusted=adjusted)
    return ProposalMade(
        time="t",
        session_id="S1",
        id=one.id,
        source=one.source,
        action=one.action,
        arguments=one.arguments,
        defaulted=list(one.defaulted),
        stated=list(one.stated),
        digest=one.digest,
        changes=one.changes,
    )


def rows_of(text: str) -> dict[str, str]:
    return {line.split()[0]: line for line in text.splitlines() if line}


def test_every_argument_that_will_run_is_shown_with_its_origin() -> None:
    event = event_of({"confidence_threshold": "90%"}, adjusted=frozenset({"horizon"}))
    text = as_plain(proposal_blocks(event))
    rows = rows_of(text)
    defaults = text.partition("\nDefaults: ")[2].split("; ")
    others = {one.split()[0] for one in defaults}
    assert set(event.arguments) == set(rows) & set(event.arguments) | others
    assert others <= set(event.defaulted) and "test_block 63 sessions" in defaults
    assert rows["confidence_threshold"].split()[1:] == ["90", "%", "stated"]
    assert rows["horizon"].endswith("adjusted")
    assert rows["target_return"].endswith("default")


def test_a_long_value_is_wrapped_and_never_shortened() -> None:
    universe = ",".join(f"TICK{number}" for number in range(60))
    text = as_plain(proposal_blocks(event_of({"universe": universe})), 40)
    assert max(map(len, text.splitlines())) <= 40
    for number in range(60):
        assert f"TICK{number}" in text.replace("\n", "").replace(" ", "")


def test_in_a_narrow_window_defaults_are_still_marked() -> None:
    text = as_plain(proposal_blocks(event_of({"top_k": 20}, adjusted=frozenset({"seed"}))), 40)
    assert "no room" not in text
    assert "(o: origin; a: adjusted; d: default; s:\nstated)" in text
    rows = rows_of(text)
    assert [rows[name][-3:].strip() for name in ("top_k", "seed", "universe")] == ["s", "a", "d"]


def test_the_words_of_the_event_and_the_mark_of_simulated_data_stand_above() -> None:
    lines = as_plain(proposal_blocks(event_of({}), simulated=True, sentence="closes higher")).splitlines()
    assert lines[:2] == ["Proposal P1: momentum screening on SIMULATED data", "Event: closes higher"]


def test_changes_of_settings_show_before_and_after() -> None:
    lines = as_plain(proposal_blocks(event_of({"confidence_threshold": 0.9}))).splitlines()
    assert "Changes confidence_threshold: 85 % -> 90 %" in lines
    assert as_plain(diff_blocks({"horizon": [7, 10]}, {"horizon": [5, 7]}, by="you")) == (
        "Setting horizon: 7-10 sessions -> 5-7 sessions (by you)\n"
    )


def test_a_change_of_settings_by_itself_is_a_line_and_no_table() -> None:
    event = event_of({"top_k": 20}).model_copy(update={"needs_approval": False, "action": "adjust_settings"})
    assert as_plain(proposal_blocks(event, simulated=True)).splitlines() == [
        "Change proposed P1: adjust settings",
        "Changes top_k: 10 -> 20",
    ]


def test_what_the_data_could_show_stands_above_the_table() -> None:
    event = event_of({}).model_copy(update={"outlook": ["400 test days detect a rank IC of 0.05 to 0.08"]})
    assert "400 test days detect a rank IC of 0.05 to 0.08.\n" in as_plain(proposal_blocks(event))
