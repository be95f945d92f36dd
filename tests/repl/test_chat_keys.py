"""The chat with keys as a person types them, without a terminal: a pipe for the keys and nothing that draws."""

import asyncio
import os
import signal
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output import DummyOutput

from mltrainer.repl.app import chat
from mltrainer.repl.prompt import APPROVAL_PROMPT, PROMPT
from mltrainer.settings import events
from mltrainer.settings.errors import DataError
from tests.render.documents import screening
from tests.repl.scripted import ScriptedConversation, setup_of

CTRL_C, CTRL_D, ALT_ENTER = "\x03", "\x04", "\x1b\r"
LONGEST_SECONDS = 5


class Prompts(DummyOutput):
    """An output that only counts what was drawn."""

    def __init__(self) -> None:
        self.drawn = ""

    def write(self, data: str) -> None:
        self.drawn += data


class Person:
    """Someone who types, and looks whether the prompt is there."""

    def __init__(self, keys: PipeInput, output: Prompts, conversation: ScriptedConversation) -> None:
        self.keys, self.output, self.conversation = keys, output, conversation

    async def sees(self, prompt: str) -> None:
        """Wait until the prompt is drawn, and forget it for the next time."""
        await until(lambda: prompt.strip() in self.output.drawn)
        self.output.drawn = ""

    async def says(self, text: str) -> None:
        """Type a line at the prompt."""
        await self.sees(PROMPT)
        self.keys.send_text(text + "\r")

    async def answers(self, text: str) -> None:
        """Type a line at the question whether to run a proposal."""
        await self.sees(APPROVAL_PROMPT)
        self.keys.send_text(text + "\r")

    async def leaves(self) -> None:
        await self.sees(PROMPT)
        self.keys.send_text(CTRL_D)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while not true():
            await asyncio.sleep(0.005)


def talk(
    act: Callable[[Person], Awaitable[None]], home: Path, conversation: ScriptedConversation | None = None, **more: Any
) -> tuple[int, ScriptedConversation]:
    """Let a person act in a chat, and return its exit code and the conversation."""

    async def both() -> tuple[int, ScriptedConversation]:
        talked = conversation or ScriptedConversation([screening()])
        talked.in_trial = asyncio.Event()
        output = Prompts()
        with create_pipe_input() as keys, create_app_session(input=keys, output=output):
            person = asyncio.ensure_future(act(Person(keys, output, talked)))
            code = await asyncio.wait_for(chat(setup_of(talked, home, **more)), LONGEST_SECONDS)
            await asyncio.wait_for(person, LONGEST_SECONDS)
        return code, talked

    return asyncio.run(both())


def test_a_proposal_runs_after_yes_and_ctrl_d_leaves(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def act(person: Person) -> None:
        await person.says("Start momentum analysis")
        await person.answers("yes")
        await person.leaves()

    code, conversation = talk(act, home)
    assert code == 0
    assert conversation.heard == ["Start momentum analysis", "yes"]
    assert conversation.ran[0]["confidence_threshold"] == 0.85
    assert conversation.closed
    out = capsys.readouterr().out
    assert out.index("I suggest momentum screening.") < out.index("Proposal P1") < out.index("Nothing qualifies.")


@pytest.mark.parametrize("early", ["yes\r", "yes", "\x1b[200~yes\n\x1b[201~\r", "go\ryes\r"])
def test_what_was_typed_before_the_question_never_answers_it(early: str, home: Path) -> None:
    async def act(person: Person) -> None:
        say = person.conversation.say

        async def interrupted(text: str) -> None:
            # The keys come while the answer streams in, before the proposal is on the screen.
            if not person.conversation.waiting:
                person.keys.send_text(early)
            await say(text)

        person.conversation.say = interrupted  # type: ignore[method-assign]
        await person.says("Start momentum analysis")
        await person.answers("no")
        await person.leaves()

    _, conversation = talk(act, home)
    assert conversation.ran == []
    assert conversation.declined == ["no"]


def test_what_was_typed_early_for_the_chat_is_kept(home: Path) -> None:
    async def act(person: Person) -> None:
        await person.sees(PROMPT)
        person.keys.send_text("/trials\r")
        await person.leaves()

    assert talk(act, home)[0] == 0


@pytest.mark.parametrize("keys", ["\r", CTRL_D])
def test_empty_input_and_its_end_decline(keys: str, home: Path) -> None:
    async def act(person: Person) -> None:
        await person.says("Start momentum analysis")
        await person.sees(APPROVAL_PROMPT)
        person.keys.send_text(keys)
        if keys != CTRL_D:
            await person.leaves()

    code, conversation = talk(act, home)
    assert code == 0
    assert conversation.ran == []
    assert len(conversation.declined) == 1


def test_ctrl_c_stops_the_trial_and_not_the_chat(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def act(person: Person) -> None:
        await person.says("Start momentum analysis")
        await person.answers("yes")
        await person.conversation.in_trial.wait()
        os.kill(os.getpid(), signal.SIGINT)
        await person.says("/trials")
        await person.leaves()

    code, conversation = talk(act, home, ScriptedConversation(trial_seconds=60))
    assert code == 0
    assert conversation.cancelled == 1
    assert "Cancelled trial T1" in capsys.readouterr().out


def test_ctrl_c_at_the_prompt_clears_the_line_and_stays(home: Path) -> None:
    async def act(person: Person) -> None:
        await person.sees(PROMPT)
        person.keys.send_text("something else" + CTRL_C + CTRL_C + "/data\r")
        await person.leaves()

    code, conversation = talk(act, home)
    assert code == 0
    assert conversation.heard == []


def test_a_paste_of_several_lines_waits_for_enter(home: Path) -> None:
    async def act(person: Person) -> None:
        await person.sees(PROMPT)
        person.keys.send_text("\x1b[200~one\ntwo\n\x1b[201~")
        await until(lambda: "two" in person.output.drawn)
        person.keys.send_text("three\r")
        await person.answers("no")
        await person.leaves()

    assert talk(act, home)[1].heard[0] == "one\ntwo\nthree"


def test_alt_enter_breaks_the_line(home: Path) -> None:
    async def act(person: Person) -> None:
        await person.sees(PROMPT)
        person.keys.send_text("one" + ALT_ENTER + "two\r")
        await person.answers("no")
        await person.leaves()

    assert talk(act, home)[1].heard[0] == "one\ntwo"


def test_a_wrong_command_is_one_line_and_the_chat_goes_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def act(person: Person) -> None:
        await person.says("/setings")
        await person.says("/settings confidence=150%")
        await person.says("/settings confidence=90%")
        await person.leaves()

    code, conversation = talk(act, home)
    assert code == 0
    assert conversation.settings.current.confidence_threshold == 0.9
    out = capsys.readouterr().out
    assert "Error: there is no command /setings\nHint: did you mean /settings?" in out
    assert "Setting confidence_threshold: 85 % -> 90 %" in out


def test_a_command_proposes_and_yes_runs_it(home: Path) -> None:
    async def act(person: Person) -> None:
        await person.says("/walk-forward-test models=lightgbm")
        await person.answers("yes")
        await person.leaves()

    assert talk(act, home)[1].ran[0]["models"] == ["lightgbm"]


def test_several_proposals_are_numbered_and_yes_says_that_it_means_all(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def act(person: Person) -> None:
        async def two(text: str) -> None:
            person.conversation.propose("momentum_screening", {})
            first = list(person.conversation.waiting)
            person.conversation.propose("regime_detection", {})
            person.conversation.waiting[:0] = first

        person.conversation.say = two  # type: ignore[method-assign]
        await person.says("both")
        await person.sees("Type 'yes' to execute all 2, numbers to pick")
        person.keys.send_text(CTRL_D)

    talk(act, home)
    assert "Waiting: 1: P1 momentum screening, 2: P1 regime detection" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["/quit", "exit"])
def test_words_that_leave(word: str, home: Path) -> None:
    async def act(person: Person) -> None:
        await person.says(word)

    code, conversation = talk(act, home)
    assert code == 0
    assert conversation.heard == []


@pytest.mark.parametrize("terminal", ["xterm-256color", "dumb"])
def test_a_conversation_that_cannot_open_ends_the_chat_at_once_with_its_code(
    terminal: str, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", terminal)

    async def fails() -> Any:
        raise DataError("prices.csv has no column 'close'", hint="name it close")

    async def act(person: Person) -> None:
        await person.sees(PROMPT)

    code, _ = talk(act, home, open=fails)
    assert code == 6
    assert "Error: prices.csv has no column 'close'\nHint: name it close\n" in capsys.readouterr().out


def test_a_fault_of_the_program_is_logged_and_the_chat_goes_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def act(person: Person) -> None:
        async def broken(text: str) -> None:
            raise ZeroDivisionError("oh \x1b[2J")

        person.conversation.say = broken  # type: ignore[method-assign]
        await person.says("hello")
        await person.leaves()

    assert talk(act, home)[0] == 0
    assert "Error: ZeroDivisionError: oh \\x1b[2J" in capsys.readouterr().out
    log = home / "errors.log"
    assert "ZeroDivisionError" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_history_is_kept_for_the_owner_alone(home: Path) -> None:
    async def act(person: Person) -> None:
        await person.says("/trials")
        await person.leaves()

    talk(act, home)
    assert "/trials" in (home / "history").read_text()
    assert stat.S_IMODE((home / "history").stat().st_mode) == 0o600


def test_simulated_data_are_marked_before_the_first_prompt(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def act(person: Person) -> None:
        await person.leaves()

    talk(act, home, simulated=True, notice="Offline analyst.")
    assert capsys.readouterr().out.startswith("Offline analyst.\nSIMULATED data")


def test_what_happened_to_holdings_stands_above_the_prompt(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = ScriptedConversation()
    held.facilitator.store.held = [{"key": "H1", "ticker": "AAPL", "target": 200.0}]
    told: list[str] = []

    def said() -> bool:
        told.append(capsys.readouterr().out)
        return "H1 AAPL reached its target of 200.00" in "".join(told)

    async def act(person: Person) -> None:
        # Nobody has typed anything yet.
        await until(said)
        await person.leaves()

    assert talk(act, home, held)[0] == 0


def test_a_dumb_terminal_gets_its_prompt_back_below_what_ends_in_the_background(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")

    async def act(person: Person) -> None:
        await person.says("/trials")
        await person.sees(PROMPT)
        person.keys.send_text("half a li")
        await until(lambda: person.output.drawn.endswith("li"))
        person.output.drawn = ""
        stream = person.conversation.stream
        started = {"action": "model_execution", "arguments": {}, "trial_id": "T1"}
        stream.emit(events.ActionStarted, **started, background=True)
        stream.emit(events.ActionProgress, trial_id="T1", stage="fit", done=1, total=2)
        stream.emit(events.ActionCancelled, action="model_execution", trial_id="T1")
        await until(lambda: person.output.drawn.endswith("> half a li"))
        assert person.output.drawn.count("half a li") == 1
        person.keys.send_text(CTRL_C)
        await person.leaves()

    assert talk(act, home)[0] == 0
    assert "Cancelled trial T1 in the background" in capsys.readouterr().out
