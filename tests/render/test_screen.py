import io
from typing import Any

import pyte
import pytest

from mltrainer.render.console import make_console
from mltrainer.render.screen import Screen
from mltrainer.settings import events
from mltrainer.settings.stream import EventStream
from tests.render.documents import screening


class Terminal:
    """A screen that listens to a stream, and the terminal that it writes to."""

    def __init__(self, columns: int = 100, live: bool = True, said: str = "") -> None:
        self.out = io.StringIO()
        self.now = 0.0
        self.columns = columns
        console = make_console(self.out, color=True, width=columns)
        self.screen = Screen(console, live=live, said=said, clock=lambda: self.now)
        self.stream = EventStream("S1", self.screen)

    def emit(self, kind: type[events.Event], /, **fields: Any) -> None:
        self.stream.emit(kind, **fields)

    def lines(self) -> list[str]:
        screen = pyte.Screen(self.columns, 80)
        pyte.Stream(screen).feed(self.out.getvalue().replace("\n", "\r\n"))
        return [line.rstrip() for line in screen.display if line.strip()]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_an_answer_streams_in_and_stands_once(terminal: Terminal) -> None:
    terminal.screen.begin()
    text = "# Result\n\nThe best is **NVDA**.\n\n- one\n- two"
    for letter in text:
        terminal.now += 0.05
        terminal.emit(events.TextDelta, text=letter)
        terminal.screen.tick()
    terminal.emit(events.Message, role="assistant", text=text)
    terminal.screen.end()
    assert terminal.lines() == ["Result", "The best is NVDA.", " • one", " • two"]


def test_an_answer_that_came_whole_is_shown(terminal: Terminal) -> None:
    terminal.emit(events.Message, role="assistant", text="All of it.")
    assert terminal.lines() == ["All of it."]


def test_thinking_is_seen_while_it_lasts_and_leaves_nothing(terminal: Terminal) -> None:
    terminal.screen.begin()
    terminal.emit(events.TextDelta, text="weighing the folds", kind="thinking")
    terminal.now = 3
    terminal.screen.tick()
    assert terminal.lines() == ["(3 s) weighing the folds"]
    terminal.emit(events.TextDelta, text="Done.")
    terminal.screen.end()
    assert terminal.lines() == ["Done."]


def test_waiting_for_an_answer_is_seen(terminal: Terminal) -> None:
    terminal.screen.begin()
    terminal.screen.tick()
    assert terminal.lines() == []
    terminal.now = 12
    terminal.screen.tick()
    assert terminal.lines() == ["(12 s)"]
    terminal.screen.end()
    assert terminal.lines() == []


def test_a_trial_moves_one_line_and_ends_in_its_result(terminal: Terminal) -> None:
    terminal.screen.begin()
    terminal.emit(events.ActionStarted, action="momentum_screening", trial_id="T1")
    for done in range(4):
        terminal.emit(events.ActionProgress, trial_id="T1", stage="fit", done=done, total=4, model="xgboost", fold=done)
        terminal.now += 1
        terminal.screen.tick()
    assert terminal.lines()[-1] == "fit xgboost fold 3 [############....] 3/4 4.0 s"
    terminal.emit(events.ActionCompleted, action="momentum_screening", trial_id="T1", result=screening(simulated=True))
    terminal.screen.end()
    lines = terminal.lines()
    assert lines[:2] == ["Running trial T1: momentum screening", "SIMULATED Trial T1: momentum screening, succeeded"]
    assert not any("fold 3" in line for line in lines)


def test_a_notice_during_a_trial_stands_above_the_moving_line(terminal: Terminal) -> None:
    terminal.emit(events.ActionProgress, trial_id="T1", stage="fit", done=1, total=4)
    terminal.emit(events.Notice, text="a worker was started again")
    terminal.screen.tick()
    lines = terminal.lines()
    assert lines[0] == "a worker was started again"
    assert lines[1].startswith("fit [####")


def test_the_notice_of_the_session_waits_for_the_turn_and_is_said_once() -> None:
    fresh, told = Terminal(), Terminal(said="Offline analyst.\nType /help.")
    for terminal in (fresh, told):
        terminal.emit(events.SessionStarted, agent="offline", notice="Offline analyst.")
        assert terminal.lines() == []
        terminal.screen.begin()
    assert fresh.lines() == ["Offline analyst."]
    assert told.lines() == []


def test_without_cursor_movements_nothing_moves() -> None:
    terminal = Terminal(live=False)
    terminal.screen.begin()
    terminal.emit(events.TextDelta, text="One.\n\nTwo")
    terminal.emit(events.ActionProgress, trial_id="T1", stage="fit", done=1, total=4)
    terminal.now = 10
    terminal.screen.tick()
    terminal.screen.end()
    for movement in ("\r", "\x1b[J", "\x1b[K", "A\r"):
        assert movement not in terminal.out.getvalue()
    assert [line.split()[0] for line in terminal.lines()] == ["One.", "Two", "fit"]


def test_settings_approval_usage_and_errors_are_each_a_line(terminal: Terminal) -> None:
    terminal.emit(events.SettingsChanged, before={"top_k": 10}, after={"top_k": 20}, by="ai")
    terminal.emit(events.Approval, proposal="P1", decision="declined", by="user", reason="not now")
    terminal.emit(events.Usage, input_tokens=900, output_tokens=80, cached_tokens=700, dollars=0.01, total_dollars=0.5)
    terminal.emit(
        events.ActionFailed, action="regime_detection", trial_id="T1", code="x", message="no bars", hint="get"
    )
    told = {"text": "42 %", "around": "it is 42 % now", "reason": "nothing seen says so"}
    against = {"text": "0.9", "around": "AUC 0.9", "reason": "T1 has 0.7 as auc of pls", "contradicted": True}
    sources = {"T1": 1, "T1 and T2": 1}
    terminal.emit(events.Grounding, checked=4, unsupported=[told, against], sources=sources)
    assert terminal.lines() == [
        "Setting top_k: 10 -> 20 (by the approved proposal)",
        "Declined P1",
        "900 tokens in (700 cached), 80 out, $0.0100 ($0.5000 in all)",
        "Error: trial T1: regime detection failed: no bars",
        "Hint: get",
        "4 numbers: 1 from trial T1, 1 from trials T1 and T2, 2 unsupported (1 against what is stored)",
        '  ? 42 % in "it is 42 % now": nothing seen says so',
        '  ! 0.9 in "AUC 0.9": T1 has 0.7 as auc of pls',
    ]
