import io
import json
import os
from typing import Any

import pytest

from mltrainer.render.plain import JsonConsumer, PlainConsumer
from mltrainer.settings import events
from mltrainer.settings.stream import EventStream
from tests.render.documents import screening


class Pipe:
    """A stream of events with both consumers listening, and what they wrote."""

    def __init__(self) -> None:
        self.out, self.err, self.json = io.StringIO(), io.StringIO(), io.StringIO()
        self.emit = EventStream("S1", PlainConsumer(self.out, self.err), JsonConsumer(self.json)).emit

    def answer(self, *pieces: str) -> None:
        for piece in pieces:
            self.emit(events.TextDelta, text=piece)
        self.emit(events.Message, role="assistant", text="".join(pieces))


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


def test_a_reply_is_byte_exact(pipe: Pipe) -> None:
    pipe.emit(events.SessionStarted, agent="offline", notice="I am offline.")
    pipe.emit(events.Message, role="user", text="ping")
    pipe.answer("PO", "NG")
    assert pipe.out.getvalue() == "PONG\n"
    assert pipe.err.getvalue() == "I am offline.\n"


def test_a_reply_that_came_whole_is_written_as_well(pipe: Pipe) -> None:
    pipe.emit(events.Message, role="assistant", text="PONG\n")
    assert pipe.out.getvalue() == "PONG\n"


def test_thinking_is_no_answer(pipe: Pipe) -> None:
    pipe.emit(events.TextDelta, text="hm", kind="thinking")
    pipe.answer("yes")
    assert pipe.out.getvalue() == "yes\n"


def test_control_characters_are_shown_across_pieces(pipe: Pipe) -> None:
    pipe.answer("a\x1b", "[31mb\r", "\nc")
    assert pipe.out.getvalue() == "a\\x1b[31mb\nc\n"


def test_proposals_and_progress_go_to_the_other_stream(pipe: Pipe) -> None:
    pipe.answer("Let me run it.")
    pipe.emit(
        events.ProposalMade,
        id="P1",
        source="text",
        action="regime_detection",
        arguments={"states": 3},
        defaulted=[],
        digest="d",
    )
    pipe.emit(events.Approval, proposal="P1", decision="approved", by="policy")
    pipe.emit(events.ActionStarted, action="regime_detection", trial_id="T1")
    for done in range(3):
        pipe.emit(events.ActionProgress, trial_id="T1", stage="fit", done=done, total=3, model="hmm")
    pipe.emit(events.ActionCompleted, action="regime_detection", trial_id="T1", result=screening(simulated=True))
    pipe.emit(events.FinalResult, status="succeeded", exit_code=0, trial_ids=["T1"])
    out, err = pipe.out.getvalue(), pipe.err.getvalue()
    assert out.startswith("Let me run it.\n\nSIMULATED Trial T1")
    assert "Proposal P1: regime detection" in err
    assert "Approved P1 by policy" in err
    assert err.count("fit hmm") == 1
    assert "\x1b" not in out + err


def test_answer_and_table_are_set_apart_by_an_empty_line(pipe: Pipe) -> None:
    pipe.answer("one")
    pipe.answer("two\n")
    assert pipe.out.getvalue() == "one\n\ntwo\n"


def test_an_error_in_the_middle_of_an_answer_starts_its_own_line(pipe: Pipe) -> None:
    pipe.emit(events.TextDelta, text="half an ans")
    pipe.emit(events.ErrorEvent, code="temporary", message="the connection was cut", hint="try again")
    assert pipe.out.getvalue() == "half an ans\n"
    assert pipe.err.getvalue() == "mltrainer: error: the connection was cut (try again)\n"


def test_json_has_one_event_a_line_and_pieces_only_where_wanted(pipe: Pipe) -> None:
    with_deltas = io.StringIO()
    stream = EventStream("S1", JsonConsumer(with_deltas, deltas=True))
    for target in (pipe.emit, stream.emit):
        target(events.TextDelta, text="a")
        target(events.Message, role="assistant", text="a\u202e\x9b\nb")
        target(events.FinalResult, status="succeeded", exit_code=0, trial_ids=[])
    lines = [json.loads(line) for line in pipe.json.getvalue().splitlines()]
    assert [line["type"] for line in lines] == ["message", "result"]
    assert lines[0]["text"] == "a\u202e\x9b\nb"
    assert pipe.json.getvalue().isascii()
    assert len(with_deltas.getvalue().splitlines()) == 3


def test_json_never_has_null(pipe: Pipe) -> None:
    pipe.emit(events.Usage, input_tokens=1, output_tokens=1, cached_tokens=0)
    assert "null" not in pipe.json.getvalue()


def test_a_closed_pipe_is_the_callers_to_handle() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out: Any = open(writing, "w")  # noqa: SIM115
    stream = EventStream("S1", PlainConsumer(out, io.StringIO()))
    with pytest.raises(BrokenPipeError):
        stream.emit(events.Message, role="assistant", text="x")
    with pytest.raises(BrokenPipeError):
        out.close()
