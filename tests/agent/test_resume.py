"""A stored conversation goes on where it ended, wherever that was."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from mltrainer.agent.analyst import TextPart, ToolCall
from mltrainer.agent.claude import ClaudeAnalyst
from mltrainer.agent.conversation import Conversation
from mltrainer.agent.offline import OfflineAnalyst
from mltrainer.agent.resume import Past, recall
from mltrainer.settings import events
from mltrainer.settings.errors import UsageError
from mltrainer.settings.events import AnyEvent, Event
from mltrainer.settings.stream import EventStream
from mltrainer.store.hold import hold_session
from mltrainer.store.store import Store
from tests.agent.claude_server import ClaudeServer, say
from tests.agent.world import InstantFacilitator, ScriptedAnalyst, World

READER = TypeAdapter[Event](AnyEvent)


def past_of(store: Store, session: str) -> Past:
    return recall([READER.validate_python(event) for event in store.events(session)])


class Resumed:
    """A conversation that goes on with a stored one, and what it emits."""

    def __init__(self, home: Path, session: str = "S1", analyst: Any = OfflineAnalyst) -> None:
        self.store = Store(home)
        self.facilitator = InstantFacilitator(self.store)
        self.events: list[Event] = []
        self.conversation = Conversation(
            facilitator=self.facilitator,  # type: ignore[arg-type]
            analyst=analyst(self.facilitator),
            stream=EventStream(session, self.store.add_event, self.events.append),
            past=past_of(self.store, session),
        )


def test_settings_history_trials_and_numbers_come_back(tmp_path: Path) -> None:
    async def before() -> None:
        world = await World(tmp_path).says("Start momentum analysis", "yes", "no", "use a confidence threshold of 60%")
        assert world.conversation.trials == ["T1"]

    asyncio.run(before())
    resumed = Resumed(tmp_path).conversation
    assert resumed.trials == ["T1"]
    assert resumed.settings.current.confidence_threshold == 0.6
    assert {"confidence_threshold", "models", "horizon"} <= resumed.settings.adjusted
    assert resumed.undo_settings().after == {"confidence_threshold": 0.85}
    # An undone change is undone for whoever goes on as well, and the next undo goes further back.
    assert past_of(resumed.facilitator.store, "S1").settings.current.confidence_threshold == 0.85


def test_what_waited_is_shown_again_undecided_and_runs_by_the_users_word(tmp_path: Path) -> None:
    async def talk() -> None:
        first = await World(tmp_path).says("Start momentum analysis")
        (waiting,) = first.conversation.waiting
        later = Resumed(tmp_path)
        await later.conversation.start()
        assert later.conversation.waiting == [replace(waiting, quote="")]
        kinds = [event.type for event in later.events]  # type: ignore[attr-defined]
        assert kinds == ["session.started", "notice", "proposal"]
        assert later.facilitator.ran == []
        await later.conversation.say("yes")
        assert later.facilitator.ran == [(waiting.action, waiting.arguments)]
        assert {one.id for one in later.conversation.waiting}.isdisjoint({waiting.id})

    asyncio.run(talk())


def test_a_trial_that_died_with_its_program_is_cancelled(tmp_path: Path) -> None:
    async def talk() -> None:
        world = World(tmp_path)
        world.facilitator.blocked = asyncio.Event()
        await world.says("Start momentum analysis")
        turn = asyncio.ensure_future(world.conversation.say("yes"))
        await world.facilitator.blocked.wait()
        assert world.store.trial("T1")["status"] == "running"
        later = Resumed(tmp_path)
        await later.conversation.start()
        assert later.store.trial("T1")["status"] == "cancelled"
        assert later.conversation.waiting == []
        assert [event.type for event in later.events][-1] == "action.cancelled"  # type: ignore[attr-defined]
        turn.cancel()
        await asyncio.wait({turn})

    asyncio.run(talk())


@pytest.mark.parametrize("cut", range(40))
def test_every_beginning_of_a_conversation_can_be_gone_on_with(cut: int, story: list[Event]) -> None:
    if cut > len(story):
        return
    past = recall(story[:cut])
    shown = [event for event in story[:cut] if isinstance(event, events.ProposalMade) and event.needs_approval]
    decided = {event.proposal for event in story[:cut] if isinstance(event, events.Approval)}
    assert [one.proposal.id for one in past.waiting] == [one.id for one in shown if one.id not in decided]
    ended = {event.trial_id for event in story[:cut] if isinstance(event, events.ActionCompleted)}
    begun = [event.trial_id for event in story[:cut] if isinstance(event, events.ActionStarted)]
    assert past.trials == begun
    assert set(past.interrupted) == set(begun) - ended


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    async def talk() -> list[Event]:
        world = await World(tmp_path_factory.mktemp("home")).says(
            "Start momentum analysis", "yes, but with 90 %", "yes", "yes", "use 5-7 days", "no"
        )
        return [READER.validate_python(event) for event in world.store.events("S1")]

    return asyncio.run(talk())


def test_claude_hears_everything_again_and_every_call_has_its_answer(tmp_path: Path) -> None:
    call = ("c1", "momentum_screening", {"confidence_threshold": "80%"})

    def claude(url: str) -> Any:
        return lambda facilitator: ClaudeAnalyst(api_key="k", store=facilitator.store, base_url=url)

    async def talk() -> None:
        with ClaudeServer([say("Let me screen.", call), say("It is done."), say("Fine.")]) as server:
            first = await World(tmp_path, claude(server.base_url)).says("Screen the market")
            await first.conversation.analyst.close()
            later = Resumed(tmp_path, analyst=claude(server.base_url))
            await later.conversation.start()
            await later.conversation.say("yes")
            sent = server.requests[1]["messages"]
            assert sent[:2] == server.requests[0]["messages"] + [sent[1]]
            assert sent[1]["content"][-1] == sent[1]["content"][-1] | {"type": "tool_use", "id": "c1"}
            result = sent[2]["content"][0]
            assert (result["type"], result["tool_use_id"]) == ("tool_result", "c1")
            assert "T1" in result["content"] and "is_error" not in result
            await later.conversation.close()

            # The same conversation again, ended between the result and the answer to it.
            told = later.store.events("S1")
            place = max(at for at, event in enumerate(told) if event["type"] == "action.completed")
            past = recall([READER.validate_python(event) for event in told[: place + 1]])
            ((calls, text),) = past.unheard
            assert calls == ("c1",) and "T1" in text

    asyncio.run(talk())


def test_nobody_else_goes_on_with_a_session_that_is_open(tmp_path: Path) -> None:
    store = Store(tmp_path)
    held = hold_session(store, "S1")
    with pytest.raises(UsageError, match="open in another process"):
        hold_session(store, "S1")
    held.close()
    hold_session(store, "S1").close()


def test_a_copy_goes_its_own_way(tmp_path: Path) -> None:
    parts = [TextPart("I suggest we run regime detection."), ToolCall("c1", "regime_detection", {})]
    asyncio.run(World(tmp_path, lambda _: ScriptedAnalyst(parts)).says("Start"))
    store = Store(tmp_path)
    store.add_message("S1", {"role": "user", "content": "Start"})
    copy = store.branch("S1")
    assert copy == "S2"
    assert [event | {"session_id": "S1"} for event in store.events(copy)] == store.events("S1")
    assert store.messages(copy) == store.messages("S1")
    store.add_message(copy, {"role": "user", "content": "Other"})
    assert len(store.messages("S1")) == 1
    assert {one["session_id"] for one in store.sessions()} == {"S1", "S2"}
    with pytest.raises(UsageError, match="S9"):
        store.branch("S9")


def test_search_finds_what_was_said(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stream = EventStream(store.new_session("offline"), store.add_event)
    stream.emit(events.Message, role="user", text="Ask about 100% of Utilities_X")
    stream.emit(events.Message, role="system", text="utilities")
    assert [one["session_id"] for one in store.search("UTILITIES_x")] == ["S1"]
    assert store.search("0%_of") == store.search("nothing") == []


def test_a_new_session_is_told_the_latest_regime_of_the_same_data(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst("hello")
    asyncio.run(World(tmp_path).says("run regime detection", "yes"))
    asyncio.run(World(tmp_path, lambda _: analyst).says("hi"))
    assert analyst.briefing.regime and analyst.briefing.regime["regime"]["score"] == 37.2


def test_a_branch_lists_the_trials_before_it_and_its_own(tmp_path: Path) -> None:
    async def talk() -> None:
        world = await World(tmp_path).says("Start momentum analysis", "yes")
        branch = world.store.branch(world.stream.session_id)
        await world.says("run regime detection", "yes")
        copy = Resumed(tmp_path, branch)
        await copy.conversation.start()
        await copy.conversation.say("what did we try?")
        assert [one["trial_id"] for one in copy.store.trials(session_id=branch)] == ["T1"]
        answer = [event.text for event in copy.events if isinstance(event, events.Message)][-1]
        assert "| T1 |" in answer and "T2" not in answer

    asyncio.run(talk())


def test_what_was_approved_and_never_started_is_told_once(tmp_path: Path) -> None:
    async def talk() -> None:
        analyst = ScriptedAnalyst("Let's run regime detection.\n\nLet's run the walk-forward test.")
        world = World(tmp_path, lambda _: analyst)
        world.facilitator.blocked = asyncio.Event()
        await world.says("go", "all in the background")
        await asyncio.wait_for(world.facilitator.blocked.wait(), 5)
        # Here the program is killed: the first one runs, the second one waits for it.
        later = Resumed(tmp_path)
        await later.conversation.start()
        [told] = [event for event in later.events if isinstance(event, events.Approval)]
        assert told.proposal == "P2" and told.reason == "the program ended before it started"
        again = Resumed(tmp_path)
        await again.conversation.start()
        assert not [event for event in again.events if isinstance(event, events.Approval)]
        await world.conversation.close()

    asyncio.run(talk())
