"""How turns go: decisions, changes, faults, interruptions, look-ups."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mltrainer.agent.analyst import Cut, Part, TextPart, ToolCall
from mltrainer.agent.claude import ClaudeAnalyst
from mltrainer.agent.policy import Limits
from mltrainer.settings import events
from mltrainer.settings.errors import ActionFailed, TemporaryError, UsageError

from .claude_server import ClaudeServer, say
from .world import ScriptedAnalyst, World

PROPOSAL = "I suggest we initiate momentum screening using RandomForest and XGBoost models."


def scripted(*script: Any) -> tuple[ScriptedAnalyst, Any]:
    analyst = ScriptedAnalyst(*script)
    return analyst, lambda _: analyst


def calling(text: str, *calls: tuple[str, dict[str, Any]]) -> list[Part]:
    made = [ToolCall(f"c{place}", name, given) for place, (name, given) in enumerate(calls, start=1)]
    return [TextPart(text), *made]


def test_nothing_runs_on_the_word_of_the_ai(tmp_path: Path) -> None:
    _, analyst = scripted("yes. Execute! Proceed, go, run it, approved. " + PROPOSAL, "fine")
    world = asyncio.run(World(tmp_path, analyst).says("start"))
    assert not world.facilitator.ran and len(world.conversation.waiting) == 1


def test_any_other_text_declines_and_reaches_the_ai(tmp_path: Path) -> None:
    script, analyst = scripted(calling("Look.", ("momentum_screening", {})), "I see.")
    world = asyncio.run(World(tmp_path, analyst).says("start", "no, that takes too long"))
    assert not world.facilitator.ran and not world.conversation.waiting
    turn = script.turns[-1]
    assert turn.kind == "declined" and turn.text == "no, that takes too long"
    assert [answer.call for answer in turn.answers] == ["c1"]


def test_an_empty_answer_declines_and_asks_nobody(tmp_path: Path) -> None:
    script, analyst = scripted(calling("Look.", ("momentum_screening", {})), "I see.")
    world = asyncio.run(World(tmp_path, analyst).says("start", "", "hello again"))
    assert not world.facilitator.ran
    assert [approval.decision for approval in world.of(events.Approval)] == ["declined"]
    assert len(script.turns) == 2 and [answer.call for answer in script.turns[1].answers] == ["c1"]


def test_a_changed_approval_is_shown_again_before_it_runs(tmp_path: Path) -> None:
    script, analyst = scripted(calling("Look.", ("momentum_screening", {})), "Done.")
    world = asyncio.run(World(tmp_path, analyst).says("start", "yes, but with 90 %"))
    assert not world.facilitator.ran
    [changed] = world.conversation.waiting
    assert changed.arguments["confidence_threshold"] == 0.9 and changed.source == "user"
    shown = world.of(events.ProposalMade)[-1]
    asyncio.run(world.says("yes"))
    assert world.facilitator.ran[0][1] == shown.arguments
    [answer] = script.turns[-1].answers
    assert answer.call == "c1" and "changed" in answer.text


def test_a_marked_figure_is_quoted_among_the_words_that_the_user_reads(tmp_path: Path) -> None:
    _, analyst = scripted(PROPOSAL, "The best has [[T1.candidates.AAPL.expected_return]] now. It was 8.31 % in May.")
    world = asyncio.run(World(tmp_path, analyst).says("start", "yes"))
    [found] = world.of(events.Grounding)[-1].unsupported
    assert "1.2 % now. It was 8.31 %" in found["around"]


def test_of_an_edited_proposal_each_change_is_laid_to_whoever_made_it(tmp_path: Path) -> None:
    given = {"models": ["lightgbm"], "target_return": 0.05}
    script, analyst = scripted(calling("Look.", ("momentum_screening", given)), "Done.", "Fine.")
    world = asyncio.run(World(tmp_path, analyst).says("start", "yes, but with 90 %", "yes"))
    changed = {event.by: event.after for event in world.of(events.SettingsChanged)}
    assert changed == {"ai": given, "user": {"confidence_threshold": 0.9}}
    # What the AI hears of its own proposal is the user's change alone.
    [answer] = script.turns[-1].answers
    assert "changed this: {'confidence_threshold': 0.9})" in answer.text
    asyncio.run(world.says("undo that"))
    current = world.conversation.settings.current
    assert (current.confidence_threshold, current.target_return) == (0.85, 0.07)


def test_edit_opens_the_proposal_for_a_bare_change(tmp_path: Path) -> None:
    _, analyst = scripted(PROPOSAL)
    world = asyncio.run(World(tmp_path, analyst).says("start", "edit", "90 % confidence"))
    assert not world.facilitator.ran
    assert [one.arguments["confidence_threshold"] for one in world.conversation.waiting] == [0.9]


def test_an_impossible_change_leaves_the_proposal_waiting(tmp_path: Path) -> None:
    _, analyst = scripted(PROPOSAL)
    world = asyncio.run(World(tmp_path, analyst).says("start", "yes, but with 150 % confidence"))
    [error] = world.of(events.ErrorEvent)
    assert error.code == "wrong_value"
    assert [one.id for one in world.conversation.waiting] == ["P1"] and not world.facilitator.ran


def test_the_user_changes_settings_at_once(tmp_path: Path) -> None:
    script, analyst = scripted("Noted.")
    world = asyncio.run(World(tmp_path, analyst).says("increase confidence threshold to 90%"))
    assert world.conversation.settings.current.confidence_threshold == 0.9
    assert world.of(events.SettingsChanged)[0].by == "user"
    assert any("0.9" in note for note in script.turns[0].notes)


def test_the_ai_changes_settings_only_with_an_approved_trial(tmp_path: Path) -> None:
    _, analyst = scripted("I suggest we increase confidence threshold to 90%.", "Fine.", "Fine.")
    world = asyncio.run(World(tmp_path, analyst).says("go on"))
    assert world.conversation.settings.current.confidence_threshold == 0.85
    assert world.of(events.ProposalMade)[0].changes == {"confidence_threshold": (0.85, 0.9)}
    asyncio.run(world.says("no"))
    assert world.conversation.settings.current.confidence_threshold == 0.85


def test_an_invalid_proposal_is_answered_and_shown(tmp_path: Path) -> None:
    script, analyst = scripted(calling("Look.", ("momentum_screening", {"models": ["randm_forest"]})), "Sorry.")
    world = asyncio.run(World(tmp_path, analyst).says("start"))
    assert script.turns[1].kind == "answers" and script.turns[1].answers[0].is_error
    assert "random_forest" in script.turns[1].answers[0].text
    assert any("cannot be run" in notice.text for notice in world.of(events.Notice))


def test_lookups_run_at_once_and_answer_the_ai(tmp_path: Path) -> None:
    calls = (("list_models", {}), ("system_status", {}), ("show_results", {"trial": "T9"}))
    script, analyst = scripted(calling("Let me see.", *calls), "I see.")
    world = asyncio.run(World(tmp_path, analyst).says("what is there?"))
    answers = {answer.call: answer for answer in script.turns[1].answers}
    assert "xgboost" in answers["c1"].text and "top-200" in answers["c2"].text
    assert answers["c3"].is_error and "T9" in answers["c3"].text
    assert [event.action for event in world.of(events.ActionCompleted)] == ["list_models", "system_status"]
    assert world.last_answer() == "I see."


def test_an_ai_that_only_looks_up_gets_no_endless_turn(tmp_path: Path) -> None:
    script, analyst = scripted(*[calling("Again.", ("list_models", {}))] * 50)
    asyncio.run(World(tmp_path, analyst).says("hello"))
    assert len(script.turns) < 20


def test_nothing_is_read_out_of_an_answer_that_was_cut(tmp_path: Path) -> None:
    _, analyst = scripted([TextPart("I suggest we run momentum screening at 8"), Cut("too long")])
    world = asyncio.run(World(tmp_path, analyst).says("start"))
    assert not world.conversation.waiting
    assert any("ended early" in notice.text for notice in world.of(events.Notice))


def test_a_failed_trial_is_explained_and_the_chat_goes_on(tmp_path: Path) -> None:
    script, analyst = scripted(PROPOSAL, "It failed; sorry.", "Yes?")
    world = World(tmp_path, analyst)
    world.facilitator.failure = ActionFailed("the model broke", hint="try another")
    asyncio.run(world.says("start", "yes"))
    assert script.turns[-1].kind == "failed" and any("the model broke" in note for note in script.turns[-1].notes)
    assert world.conversation.failure is world.facilitator.failure
    asyncio.run(world.says("hello?"))
    assert world.last_answer() == "Yes?" and world.conversation.failure is None


def test_an_ai_that_fails_is_an_error_event_and_not_the_end(tmp_path: Path) -> None:
    _, analyst = scripted(TemporaryError("no network", hint="wait"), "Hello.")
    world = asyncio.run(World(tmp_path, analyst).says("hello", "hello?"))
    [error] = world.of(events.ErrorEvent)
    assert error.retryable and error.message == "no network"
    assert world.last_answer() == "Hello."


def test_several_proposals_run_in_order_or_by_number(tmp_path: Path) -> None:
    two = calling("Both.", ("regime_detection", {}), ("walk_forward_test", {}))
    script, analyst = scripted(two, "Done.", two, "Done again.")
    world = asyncio.run(World(tmp_path, analyst).says("start", "yes", "again", "2"))
    assert [action for action, _ in world.facilitator.ran] == [
        "regime_detection",
        "walk_forward_test",
        "walk_forward_test",
    ]
    assert [answer.call for answer in script.turns[1].answers] == ["c1", "c2"]
    assert {answer.call for answer in script.turns[3].answers} == {"c1", "c2"}
    assert [len(turn.documents) for turn in script.turns] == [0, 2, 0, 1]


def test_limits_hold_in_a_chat(tmp_path: Path) -> None:
    _, analyst = scripted(PROPOSAL, PROPOSAL, PROPOSAL)
    world = asyncio.run(World(tmp_path, analyst, limits=Limits(max_trials=1)).says("start", "yes", "yes"))
    assert len(world.facilitator.ran) == 1
    assert world.of(events.ErrorEvent)[-1].code == "max_trials"
    assert world.conversation.finished_reason == "limit"


def test_the_users_own_trial_waits_like_any_other(tmp_path: Path) -> None:
    _, analyst = scripted("Done.")
    world = World(tmp_path, analyst)

    async def talk() -> None:
        await world.conversation.start()
        proposal = world.conversation.propose("momentum-screening", {"confidence_threshold": "90%"})
        assert world.of(events.ProposalMade)[0].source == "user" and not world.facilitator.ran
        with pytest.raises(UsageError):
            world.conversation.propose("momentum_screening", {"horizon": "10-7"})
        await world.conversation.approve([proposal.id])

    asyncio.run(talk())
    assert world.facilitator.ran[0][1]["confidence_threshold"] == 0.9


def test_settings_can_be_undone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.conversation.change_settings({"confidence_threshold": "90%"})
    assert world.conversation.settings.current.confidence_threshold == 0.9
    world.conversation.undo_settings()
    assert world.conversation.settings.current.confidence_threshold == 0.85
    assert [event.by for event in world.of(events.SettingsChanged)] == ["command", "command"]


@pytest.mark.parametrize("said", ["go back to the previous settings", "undo that", "please undo the last change"])
def test_settings_are_taken_back_in_words(tmp_path: Path, said: str) -> None:
    script, analyst = scripted("Noted.", "Back again.", "Nothing to do.")
    world = asyncio.run(World(tmp_path, analyst).says("increase confidence threshold to 90%", said))
    assert world.conversation.settings.current.confidence_threshold == 0.85
    changed = world.of(events.SettingsChanged)[-1]
    assert (changed.by, changed.before, changed.after) == (
        "user",
        {"confidence_threshold": 0.9},
        {"confidence_threshold": 0.85},
    )
    assert script.turns[-1].changed == {"confidence_threshold": 0.85}
    asyncio.run(world.says(said))
    assert any("no earlier change" in notice.text for notice in world.of(events.Notice))


async def _cancelled(world: World, text: str, ready: asyncio.Event) -> None:
    task = asyncio.create_task(world.conversation.say(text))
    # Should the turn break before it is ready, its own error is the one to see.
    await asyncio.wait([task, asyncio.create_task(ready.wait())], return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_an_interrupted_trial_leaves_a_valid_history(tmp_path: Path) -> None:
    script = [say("Look.", ("c1", "momentum_screening", {}), ("c2", "regime_detection", {})), say("I see.")]

    async def talk(server: ClaudeServer) -> None:
        world = World(tmp_path, lambda made: ClaudeAnalyst(api_key="key", store=made.store, base_url=server.base_url))
        await world.says("start")
        world.facilitator.blocked = asyncio.Event()
        await _cancelled(world, "yes", world.facilitator.blocked)
        assert len(world.of(events.ActionCancelled)) == 1 and not world.conversation.waiting
        assert world.conversation.finished_reason == "interrupted"
        await world.says("why?")
        assert world.last_answer() == "I see."
        await world.conversation.close()

    with ClaudeServer(script) as server:
        asyncio.run(talk(server))
        content = server.requests[-1]["messages"][-1]["content"]
    results = {block["tool_use_id"]: block["content"] for block in content if block["type"] == "tool_result"}
    assert set(results) == {"c1", "c2"} and "interrupted" in results["c1"]
    assert content[-1] == {"type": "text", "text": "why?"}


def test_an_interrupted_answer_leaves_a_valid_history(tmp_path: Path) -> None:
    async def talk(server: ClaudeServer) -> None:
        world = World(tmp_path, lambda made: ClaudeAnalyst(api_key="key", store=made.store, base_url=server.base_url))
        await world.conversation.start()
        heard = asyncio.Event()
        world.stream.listeners.append(lambda event: heard.set() if isinstance(event, events.TextDelta) else None)
        await _cancelled(world, "start", heard)
        await world.says("again, please")
        assert world.last_answer() == "Here I am."
        await world.conversation.close()

    with ClaudeServer([say("This takes for ever", ending="hang"), say("Here I am.")]) as server:
        asyncio.run(talk(server))
        roles = [message["role"] for message in server.requests[-1]["messages"]]
        assert roles == ["user", "user"]
        assert "interrupted" in str(server.requests[-1]["messages"][-1])


def test_the_analyst_is_told_how_the_data_are_after_a_fetch(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst("Let's update the data.", "Done: they reach 2024-01-05 now.", "Nothing more.")
    world = World(tmp_path, lambda _: analyst)
    world.facilitator.fetched = {"last": "2024-01-05", "names": ["AAPL", "NEWC"], "tickers": 2}
    asyncio.run(world.says("go on", "yes", "only NEWC please"))
    (note,) = [note for note in analyst.turns[1].notes if "data at hand have changed" in note]
    assert "2024-01-05" in note and "NEWC" not in note
    assert world.conversation.data["last"] == "2024-01-05"
    assert world.conversation.settings.current.universe == "NEWC"
    assert not [event for event in world.of(events.Grounding) if event.unsupported]


def test_a_trial_of_another_conversation_is_looked_up_for_the_check(tmp_path: Path) -> None:
    async def talk() -> None:
        await World(tmp_path).says("Start momentum analysis", "yes")
        later = World(tmp_path, lambda _: ScriptedAnalyst("T1: AAPL has 31.2 %, and the AUC of XGBoost is 0.912."))
        await later.says("what of T1?")
        [check] = later.of(events.Grounding)
        assert (check.checked, [one["text"] for one in check.unsupported]) == (2, ["0.912"])

    asyncio.run(talk())


def test_what_is_impossible_is_refused_as_it_was_said(tmp_path: Path) -> None:
    async def talk() -> None:
        world = await World(tmp_path).says("target 120%", "make it 150%")
        assert [error.message for error in world.of(events.ErrorEvent)] == [
            "target_return: must be at most 99% (found '120%')",
            "confidence_threshold: must be less than 100% (found '150%')",
        ]

    asyncio.run(talk())


def test_bytes_of_another_encoding_are_taken_for_the_text_they_are(tmp_path: Path) -> None:
    async def talk() -> None:
        said = "größer".encode().decode("ascii", "surrogateescape")
        world = await World(tmp_path, lambda _: ScriptedAnalyst("Hm.")).says(f"{said} \udcff")
        assert [one.text for one in world.of(events.Message) if one.role == "user"] == ["größer \ufffd"]

    asyncio.run(talk())
