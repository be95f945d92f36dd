"""The sentence that says what a label means: generated, never typed."""


def event_sentence(label: str, horizon: tuple[int, int], target: float) -> str:
    """Return the sentence that tells a reader what ``label`` means: ``hit``, ``hit_down`` or ``beats_median``.

    Raises
    ------
    ValueError
        If the label is none of these.
    """
    first, last = horizon
    if label == "beats_median":
        return f"returns more than the median of the universe over the next {_sessions(last)}"
    if label not in ("hit", "hit_down"):
        raise ValueError(f"no label is called {label!r}")
    side = "above" if label == "hit" else "below"
    when = f"in {_sessions(last)}" if first == last else f"on at least one of sessions {first} to {last} from now"
    return f"closes at least {_percent(target)} {side} today's close {when}"


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _percent(ratio: float) -> str:
    return f"{round(ratio * 100, 6):g} %"
