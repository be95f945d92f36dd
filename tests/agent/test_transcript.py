"""A transcript in which every tool call is answered, whatever happened to it."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.agent.analyst import Turn
from mltrainer.agent.transcript import open_calls, repaired, user_message
from mltrainer.settings.parameters import Settings


@st.composite
def damaged(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return a transcript with calls of which some answers are missing."""
    messages: list[dict[str, Any]] = []
    for turn in range(draw(st.integers(0, 6))):
        calls = [f"c{turn}_{place}" for place in range(draw(st.integers(0, 3)))]
        blocks = [{"type": "tool_use", "id": call, "name": "list_models", "input": {}} for call in calls]
        messages.append({"role": "assistant", "content": [{"type": "text", "text": "x"}, *blocks]})
        kept = [call for call in calls if draw(st.booleans())]
        results = [{"type": "tool_result", "tool_use_id": call, "content": "ok"} for call in kept]
        if draw(st.booleans()):
            messages.append({"role": "user", "content": [*results, {"type": "text", "text": "y"}]})
    return messages


@settings(derandomize=True, max_examples=100, deadline=None)
@given(damaged())
def test_a_repaired_transcript_answers_every_call_right_after_it(messages: list[dict[str, Any]]) -> None:
    whole = repaired(messages)
    whole.append(user_message(Turn("user", "and now?", Settings()), open_calls(whole)))
    for place, message in enumerate(whole):
        if calls := open_calls(whole[: place + 1]):
            results = [block for block in whole[place + 1]["content"] if block["type"] == "tool_result"]
            assert sorted(block["tool_use_id"] for block in results) == sorted(calls)
            assert whole[place + 1]["content"][: len(results)] == results
        assert message["content"]


@settings(derandomize=True, max_examples=50, deadline=None)
@given(damaged())
def test_repairing_is_deterministic_and_done_once(messages: list[dict[str, Any]]) -> None:
    before = json.dumps(messages)
    once = repaired(messages)
    assert json.dumps(messages) == before
    assert repaired(messages) == once == repaired(once)
