import io

import pyte

from mltrainer.render.live import LiveLines
from mltrainer.render.progress import Progress, progress_line
from mltrainer.settings.events import ActionProgress


def progress(done: int, **more: object) -> ActionProgress:
    fields = {"time": "t", "session_id": "S1", "trial_id": "T1", "stage": "fit", "done": done, "total": 16}
    return ActionProgress.model_validate(fields | {"model": "random_forest", "fold": done} | more)


def shown(text: str, columns: int = 80) -> list[str]:
    screen = pyte.Screen(columns, 10)
    stream = pyte.Stream(screen)
    # A terminal turns the line feeds of programs into both movements.
    stream.feed(text.replace("\n", "\r\n"))
    return [line.rstrip() for line in screen.display if line.strip()]


def test_the_line_says_stage_model_fold_and_times() -> None:
    line = progress_line(progress(8, elapsed=62.0, remaining=58.0), elapsed=63.0)
    assert line == "fit random_forest fold 8 [########........] 8/16 1 min 03 s about 57.0 s left"


def test_in_a_narrow_window_the_least_important_goes_first() -> None:
    event = progress(8, remaining=58.0)
    assert progress_line(event, elapsed=63.0, width=60) == "fit random_forest fold 8 [########........] 8/16 1 min 03 s"
    for width in range(1, 90):
        assert len(progress_line(event, elapsed=63.0, width=width)) <= width


def test_a_name_from_outside_cannot_break_the_line() -> None:
    assert "\x1b" not in progress_line(progress(1, model="x\x1b[2J\n"), elapsed=0.0)


def test_one_line_moves_in_place_and_nothing_is_left() -> None:
    now = [100.0]
    out = io.StringIO()
    line = Progress(out, live=True, clock=lambda: now[0], width=lambda: 80)
    line.update(progress(1, elapsed=1.0))
    line.update(progress(2, elapsed=2.0))
    now[0] = 103.5
    line.tick()
    assert shown(out.getvalue()) == ["fit random_forest fold 2 [##..............] 2/16 4.5 s"]
    line.finish()
    assert shown(out.getvalue()) == []
    assert not line.running


def test_without_a_terminal_each_stage_and_model_is_said_once() -> None:
    out = io.StringIO()
    line = Progress(out, live=False)
    for event in (progress(1), progress(2), progress(3, model="xgboost"), progress(1, trial_id="T2", model="xgboost")):
        line.update(event)
        line.tick()
    assert [text.split()[1] for text in out.getvalue().splitlines()] == ["random_forest", "xgboost", "xgboost"]


def test_a_window_made_narrower_is_cleared_whole() -> None:
    out = io.StringIO()
    width = [80]
    lines = LiveLines(out, lambda: width[0])
    out.write("before\n")
    lines.show(["x" * 60, "y" * 60])
    width[0] = 30
    out.write("\x1b[0m")
    lines.clear()
    # On 30 columns the two lines take four rows: the cursor goes up three.
    assert out.getvalue().endswith("\r\x1b[3A\x1b[J")
