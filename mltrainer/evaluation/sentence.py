"""The sentence that says what a label means: generated, never typed."""

from collections.abc import Mapping
from typing import Any


def sentence_of(settings: Mapping[str, Any]) -> str:
    """Return the sentence of settings, or of the arguments of an action, by the names of their fields."""
    return event_sentence(
        settings["label"],
        tuple(settings["horizon"]),
        settings["target_return"],
        **{
            name: settings[name]
            for name in ("stop_return", "volatility_multiple", "touch", "entry")
            if name in settings
        },
    )


def event_sentence(
    label: str,
    horizon: tuple[int, int],
    target: float,
    *,
    stop_return: float = 0.05,
    volatility_multiple: float = 1.5,
    touch: str = "close",
    entry: str = "close",
) -> str:
    """Return the event that a probability is about, in words that follow "the ticker".

    Parameters
    ----------
    label
        A label of the settings, or ``hit_down``, the mirrored loss of ``hit``.

    Raises
    ------
    ValueError
        If the label is none of these.
    """
    first, last = horizon
    base = "today's close" if entry == "close" else "the next open"
    reaches = "closes" if touch == "close" else "trades"
    when = f"in {_sessions(last)}" if first == last else f"on at least one of sessions {first} to {last} from now"
    over = f"over the next {_sessions(last)}" if entry == "close" else f"from {base} to session {last} from now"
    if label in ("hit", "hit_down"):
        side = "above" if label == "hit" else "below"
        return f"{reaches} at least {_percent(target)} {side} {base} {when}"
    if label == "hit_vol_scaled":
        move = f"{volatility_multiple:g} of its own standard deviations over {_sessions(last)} (20-day volatility)"
        return f"{reaches} at least {move} above {base} {when}"
    if label == "triple_barrier":
        way = f"before it {reaches} {_percent(stop_return)} or more below"
        return f"{reaches} at least {_percent(target)} above {base} {way}, within {_sessions(last)}"
    if label == "beats_median":
        return f"returns more than the median of the universe {over}"
    if label == "xs_rank":
        return f"is in the top fifth of the universe by return {over}"
    if label == "fwd_return":
        return f"returns more than 0 % {over}"
    raise ValueError(f"no label is called {label!r}")


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _percent(ratio: float) -> str:
    return f"{round(ratio * 100, 6):g} %"
