"""A long conversation is sent as a summary and its recent turns; nothing that is stored is lost."""

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.agent.claude import ClaudeAnalyst
from mltrainer.agent.context import ContextSize, recent_from, size_of, summary_of, windowed
from mltrainer.agent.transcript import open_calls
from mltrainer.settings import events
from tests.agent.claude_server import ClaudeServer, Refusal, say
from tests.agent.world import World

CALL = ("c1", "momentum_screening", {"confidence_threshold": "80%"})


def text(role: str, said: str) -> dict[str, Any]:
    return {"role": role, "content": [{"type": "text", "text": said}]}


def call(id: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": "list_models", "input": {}}]}


def result(id: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": "it is done"}]}


EXCHANGES = st.lists(
    st.one_of(
        st.text("ab", min_size=1, max_size=80).map(lambda said: [text("user", said), text("assistant", said)]),
        st.integers(0, 9).map(lambda n: [text("user", "run"), call(f"c{n}"), result(f"c{n}"), text("assistant", "ok")]),
    ),
    max_size=12,
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(EXCHANGES, st.integers(1, 2000))
def test_what_is_sent_begins_with_the_user_and_every_result_has_its_call(exchanges: list[Any], kept: int) -> None:
    messages = [message for exchange in exchanges for message in exchange] + [text("user", "the last word")]
    begin = recent_from(messages, kept)
    sent = windowed(messages, begin, "summary")
    assert sent[-1]["content"][-1]["text"] == "the last word"
    assert sent[0]["role"] == "user"
    for before, after in zip(sent, sent[1:], strict=False):
        answered = [block["tool_use_id"] for block in after["content"] if block["type"] == "tool_result"]
        assert answered == open_calls([before])
    if begin:
        assert sent[0]["content"][0]["text"] == "summary"
        assert sent[1:] == messages[begin + 1 :]
        assert size_of(messages[begin:]) <= kept or begin == len(messages) - 1
    else:
        assert sent == messages


def test_a_summary_has_the_facts_of_the_store_and_an_end() -> None:
    told: list[dict[str, Any]] = [
        {"type": "message", "role": "user", "text": "Start\nnow"},
        {"type": "message", "role": "assistant", "text": "Long prose."},
        {"type": "settings.changed", "before": {"top_k": 10}, "after": {"top_k": 5}, "by": "user"},
        {"type": "approval", "proposal": "P1", "decision": "declined", "by": "user", "reason": "too slow"},
        {"type": "action.started", "action": "momentum_screening", "trial_id": "T1", "arguments": {"models": ["lstm"]}},
    ]
    trials = [{"trial_id": "T1", "status": "succeeded", "headline": "0 of 200 reach 85 %"}]
    assert summary_of(told, trials).splitlines()[1:] == [
        "- the user said: Start now",
        '- settings changed by the user: {"top_k": 5}',
        "- P1 declined: too slow",
        '- T1 momentum_screening {"models":["lstm"]}: 0 of 200 reach 85 %',
    ]
    long = summary_of(told * 500, trials)
    assert len(long) < 20_000
    assert "older facts are left out" in long


def test_claude_is_sent_less_and_the_prefix_stays_between_two_compactions(tmp_path: Path) -> None:
    long = "word " * 300
    script = [say("Let me screen.", CALL), say("Done. " + long), *[say(f"Answer {n}. {long}") for n in range(8)]]

    async def talk(server: ClaudeServer) -> World:
        def claude(facilitator: Any) -> ClaudeAnalyst:
            size = ContextSize(longest=9_000, kept=4_000)
            return ClaudeAnalyst(api_key="k", store=facilitator.store, base_url=server.base_url, context=size)

        world = await World(tmp_path, claude).says("Screen the market", "yes", *[f"Question {n}" for n in range(8)])
        await world.conversation.close()
        return world

    with ClaudeServer(script) as server:
        world = asyncio.run(talk(server))
    sent = [request["messages"] for request in server.requests]
    assert max(map(size_of, sent)) < 12_000
    # Everything is stored word for word, and the trial is in the summary.
    stored = world.store.messages("S1")
    assert size_of(stored) > 14_000
    assert "T1 momentum_screening" in sent[-1][0]["content"][0]["text"]
    assert len([one for one in world.of(events.Notice) if "as a summary" in one.text]) <= 3
    moved = [later[0] != earlier[0] for earlier, later in zip(sent, sent[1:], strict=False)]
    assert 1 <= sum(moved) <= 3
    for earlier, later, new in zip(sent, sent[1:], moved, strict=False):
        assert new or later[: len(earlier)] == earlier


def test_a_conversation_that_is_too_long_for_the_model_goes_on_with_a_summary(tmp_path: Path) -> None:
    too_long = Refusal(400, "invalid_request_error", "prompt is too long")
    script = [say("One."), say("Two."), too_long, say("Three."), say("Four.")]

    async def talk(server: ClaudeServer) -> World:
        def claude(facilitator: Any) -> ClaudeAnalyst:
            return ClaudeAnalyst(api_key="k", store=facilitator.store, base_url=server.base_url)

        world = await World(tmp_path, claude).says("First", "Second", "Third", "Fourth")
        await world.conversation.close()
        return world

    with ClaudeServer(script) as server:
        world = asyncio.run(talk(server))
    sent = [request["messages"] for request in server.requests]
    assert [len(messages) for messages in sent] == [1, 3, 5, 1, 3]
    assert "the user said: First" in sent[3][0]["content"][0]["text"]
    assert world.conversation.failure is None
    assert len(world.store.messages("S1")) == 8
