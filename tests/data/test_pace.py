import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.data.pace import Pace, read_pace
from mltrainer.settings.errors import UsageError


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def pause(self, seconds: float) -> None:
        self.time += seconds


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.integers(1, 7), st.lists(st.floats(0, 40), min_size=1, max_size=40))
def test_no_window_wherever_it_starts_holds_more_than_the_permitted_requests(count: int, work: list[float]) -> None:
    clock = Clock()
    pace = Pace(count, 60.0, clock=lambda: clock.time, pause=clock.pause)
    starts = []
    for seconds in work:
        pace.wait()
        starts.append(clock.time)
        clock.time += seconds

    times = np.array(starts)
    for start in times:
        assert ((times >= start) & (times < start + 59.999)).sum() <= count


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 60))
def test_the_estimate_is_what_requests_without_work_take(count: int, requests: int) -> None:
    clock = Clock()
    pace = Pace(count, 60.0, clock=lambda: clock.time, pause=clock.pause)
    for _ in range(requests):
        pace.wait()

    assert clock.time == pytest.approx(pace.estimate(requests))


def test_two_hundred_histories_on_the_free_plan_take_thirty_nine_minutes() -> None:
    assert read_pace("5/min").estimate(200) == 39 * 60


@pytest.mark.parametrize(
    ("text", "shown"), [("5/min", "5 a minute"), ("Unlimited", "no limit"), ("10 / s", "10 a second")]
)
def test_rates_are_read_as_people_write_them(text: str, shown: str) -> None:
    assert str(read_pace(text)) == shown


@pytest.mark.parametrize("text", ["fast", "0/min", "5", "5/fortnight", "-1/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no rate"):
        read_pace(text)
