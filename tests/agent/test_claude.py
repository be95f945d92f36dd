"""Claude over the real SDK, against a server on the loopback: streaming, tools, every fault."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mltrainer.agent.analyst import Answer, Briefing, Cut, Part, Remark, Spent, TextPart, ToolCall, Turn
from mltrainer.agent.claude import ClaudeAnalyst, Patience
from mltrainer.settings.errors import CredentialsError, MltrainerError, TemporaryError
from mltrainer.settings.parameters import Settings
from mltrainer.store.store import Store

from .claude_server import ClaudeServer, Refusal, Reply, say

KEY = "sk-ant-api03-very-secret"
BRIEFING = Briefing("S1", {"source": "simulated", "sectors": ["Energy"]}, [])
AT_ONCE = {"retry-after": "0"}
BUSY = Refusal(529, "overloaded_error", "busy", AT_ONCE)


class Talk:
    """What one scripted talk with Claude gave: the parts or the error of each turn, and the server's requests."""

    def __init__(self, store: Store, script: list[Reply | Refusal], silence: float = 5.0) -> None:
        self.server = ClaudeServer(script)
        self.store = store
        self.claude = ClaudeAnalyst(
            api_key=KEY, store=store, base_url=self.server.base_url, patience=Patience(silence=silence)
        )

    async def turn(self, text: str = "", *answers: Answer) -> list[Part]:
        return [part async for part in self.claude.answer(Turn("user", text, Settings(), answers=answers))]


@pytest.fixture
def talk(tmp_path: Path) -> Callable[..., list[Any]]:
    """Return a function that says things against a script and returns what each gave: parts or the error."""

    def run(script: list[Reply | Refusal], *turns: str | tuple[Any, ...], **fields: Any) -> tuple[Talk, list[Any]]:
        store = Store(tmp_path / "home")
        session = store.new_session("claude", "m")
        assert session == "S1"

        async def whole() -> tuple[Talk, list[Any]]:
            talk = Talk(store, script, **fields)
            heard: list[Any] = []
            try:
                await talk.claude.open(BRIEFING)
                for said in turns:
                    try:
                        heard.append(await talk.turn(*(said if isinstance(said, tuple) else (said,))))
                    except MltrainerError as error:
                        heard.append(error)
                await talk.claude.close()
            finally:
                talk.server.close()
            return talk, heard

        return asyncio.run(whole())

    return run


def text_of(parts: list[Part]) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextPart) and part.kind == "text")


def test_text_thinking_tools_and_cost_arrive(talk: Any) -> None:
    call = ("call_1", "momentum_screening", {"confidence_threshold": 0.9})
    server, [parts] = talk([say("Let me propose.", call, thinking="What fits?")], "go on")
    assert parts[0] == TextPart("What fits?", "thinking")
    assert text_of(parts) == "Let me propose."
    assert parts[-1] == ToolCall("call_1", "momentum_screening", {"confidence_threshold": 0.9})
    # 100 fresh tokens at 2 $, 900 from the cache at 0.10 $, 50 out at 10 $ a million.
    assert [part for part in parts if isinstance(part, Spent)] == [
        Spent(1_000, 50, 900, pytest.approx((100 * 2 + 900 * 0.1 + 50 * 10) / 1e6))
    ]
    sent = server.server.requests[0]
    assert sent["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert "temperature" not in sent and "tool_choice" not in sent
    assert KEY in server.server.headers[0]["authorization"]


def test_each_request_extends_the_one_before_byte_for_byte(talk: Any) -> None:
    script = [
        say("One.", ("c1", "list_models", {}), thinking="hm"),
        say("Two."),
        Refusal(500, "api_error", "down", AT_ONCE),
        Refusal(500, "api_error", "down", AT_ONCE),
        Refusal(500, "api_error", "down", AT_ONCE),
        say("cut in the middle", ending="cut"),
        say("Three."),
    ]
    server, _ = talk(script, "a", ("b", Answer("c1", "the models")), "c", "d", "e")
    requests = server.server.requests
    for before, after in zip(requests, requests[1:], strict=False):
        assert json.dumps(after["messages"]).startswith(json.dumps(before["messages"])[:-1])
        fixed = ("system", "tools", "model", "max_tokens", "thinking", "output_config", "cache_control")
        assert all(json.dumps(after[key]) == json.dumps(before[key]) for key in fixed)
    assert requests[-1]["messages"] == server.store.messages("S1")[:-1]
    assert "cache_control" in requests[0]["system"][-1] and "cache_control" in requests[0]["tools"][-1]


def test_every_tool_call_is_answered_first_in_one_message(talk: Any) -> None:
    calls = [("c1", "list_models", {}), ("c2", "momentum_screening", {}), ("c3", "system_status", {})]
    server, _ = talk([say("Three things.", *calls), say("Thanks.")], "a", ("b", Answer("c2", "declined", True)))
    content = server.server.requests[1]["messages"][-1]["content"]
    assert [block.get("tool_use_id") for block in content] == ["c1", "c2", "c3", None]
    assert content[1]["content"] == "declined" and content[1]["is_error"]
    assert "interrupted" in content[0]["content"]


def test_an_orphan_in_a_stored_session_is_repaired_on_load(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    session = store.new_session("claude", "m")
    call = {"type": "tool_use", "id": "c1", "name": "list_models", "input": {}}
    for message in (
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [{"type": "text", "text": "no answer came"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Well."}, call | {"id": "c2"}]},
    ):
        store.add_message(session, message)

    async def whole(server: ClaudeServer) -> None:
        claude = ClaudeAnalyst(api_key=KEY, store=store, base_url=server.base_url)
        await claude.open(BRIEFING)
        assert [part async for part in claude.answer(Turn("user", "and now?", Settings()))]
        await claude.close()

    with ClaudeServer([say("Fine.")]) as server:
        asyncio.run(whole(server))
        messages = server.requests[0]["messages"]
    assert [block["type"] for block in messages[2]["content"]] == ["tool_result", "text"]
    assert messages[2]["content"][0]["tool_use_id"] == "c1"
    assert messages[4]["content"][0]["tool_use_id"] == "c2"


FAULTS: list[tuple[str, list[Reply | Refusal], type[MltrainerError], str, int]] = [
    ("401", [Refusal(401, "authentication_error", f"invalid {KEY}")], CredentialsError, "credentials", 77),
    ("403", [Refusal(403, "permission_error", "not allowed")], CredentialsError, "credentials", 77),
    ("429 long", [Refusal(429, "rate_limit_error", "slow", {"retry-after": "900"})], TemporaryError, "rate_limit", 75),
    ("500", [Refusal(500, "api_error", "broke", AT_ONCE)] * 3, TemporaryError, "api_error", 75),
    ("529", [BUSY] * 3, TemporaryError, "overloaded_error", 75),
    ("400", [Refusal(400, "invalid_request_error", "bad field")], MltrainerError, "invalid_request_error", 1),
    ("404", [Refusal(404, "not_found_error", "model: x")], MltrainerError, "failure", 1),
    ("too long", [Refusal(400, "invalid_request_error", "prompt is too long")], MltrainerError, "context_exceeded", 1),
    ("cut", [say("half of it", ending="cut")], TemporaryError, "cut_off", 75),
    ("error event", [say("half of it", ending="error")], TemporaryError, "overloaded_error", 75),
    (
        "key refused in mid-stream",
        [say("half of it", ending="error", error_type="authentication_error")],
        CredentialsError,
        "credentials",
        77,
    ),
    ("garbage", [Refusal(200, body=b"<html>hello</html>")], MltrainerError, "garbled_answer", 1),
    (
        "refusal",
        [say("", stop_reason="refusal", stop_details={"type": "refusal", "category": "frontier_llm"})],
        MltrainerError,
        "refusal",
        1,
    ),
    ("paused for ever", [say("wait", stop_reason="pause_turn")] * 4, TemporaryError, "paused", 75),
]


@pytest.mark.parametrize(
    ("script", "kind", "code", "exit_code"), [row[1:] for row in FAULTS], ids=[r[0] for r in FAULTS]
)
def test_after_a_fault_the_conversation_goes_on(
    talk: Any, script: list[Reply | Refusal], kind: type[MltrainerError], code: str, exit_code: int
) -> None:
    server, [error, parts] = talk([*script, say("Here again.")], "hello", "still there?")
    assert type(error) is kind and error.code == code and error.exit_code == exit_code
    assert KEY not in error.message + error.hint
    assert text_of(parts) == "Here again."
    assert not server.server.script


def test_a_hang_ends_by_itself(talk: Any) -> None:
    _, [error, parts] = talk([say("half of it", ending="hang"), say("Here.")], "a", "b", silence=0.3)
    assert isinstance(error, TemporaryError) and error.code == "timeout"
    assert text_of(parts) == "Here."


def test_the_end_of_the_stream_is_not_waited_for(talk: Any) -> None:
    _, [parts] = talk([say("All said.", ending="open")], "a", silence=10.0)
    assert text_of(parts) == "All said."


def test_a_short_wait_is_announced_and_tried_again(talk: Any) -> None:
    _, [parts] = talk([Refusal(429, "rate_limit_error", "slow", AT_ONCE), BUSY, say("Now.")], "a")
    assert sum(isinstance(part, Remark) for part in parts) == 2
    assert text_of(parts) == "Now."


def test_a_tool_call_that_was_cut_is_never_run(talk: Any) -> None:
    call = ("c1", "momentum_screening", {"confidence_threshold": 0.85, "top_k": 20})
    cut = say("I suggest", call, stop_reason="max_tokens", partial_tool=True)
    _, [parts] = talk([cut], "a")
    [found] = [part for part in parts if isinstance(part, ToolCall)]
    assert found.fault
    assert any(isinstance(part, Cut) for part in parts)


def test_a_pause_is_sent_again(talk: Any) -> None:
    server, [parts] = talk([say("Wait. ", stop_reason="pause_turn"), say("Done.")], "a")
    assert text_of(parts) == "Wait. Done."
    assert server.server.requests[1]["messages"][-1]["role"] == "assistant"


def test_without_a_server_the_network_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    store.new_session("claude", "m")
    with ClaudeServer([]) as server:
        url = server.base_url

    async def whole() -> None:
        claude = ClaudeAnalyst(api_key=KEY, store=store, base_url=url, patience=Patience(retries=0))
        await claude.open(BRIEFING)
        with pytest.raises(TemporaryError, match="cannot be reached"):
            assert [part async for part in claude.answer(Turn("user", "a", Settings()))]
        await claude.close()

    asyncio.run(whole())


def test_no_key_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="no key"):
        ClaudeAnalyst(api_key=" ", store=Store(tmp_path / "home"))
