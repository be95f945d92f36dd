"""Which values a number, as it was written and rounded, may stand for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mltrainer.agent.grounding.numbers import Number


def written_range(number: "Number") -> tuple[float, float]:
    """Return the lowest and the highest value that is written so: the rounding, and the room of "about" or "nearly"."""
    written = number.value
    if number.unit == "date":
        return written, written
    if number.unit == "share" or (number.unit == "times" and number.step == 0.5):
        low = 0.7 if number.hedge == "under" else 0.98 if number.hedge == "over" else 0.88
        high = 1.35 if number.hedge == "over" else 1.02 if number.hedge == "under" else 1.12
        return low * written, high * written
    slack = number.step / 2
    if number.step >= 1 and written >= 10 and number.unit not in ("%", "points"):
        zeros = len(f"{written:.0f}") - len(f"{written:.0f}".rstrip("0"))
        digits = len(f"{written:.0f}") - zeros
        if number.hedge == "about" or (written >= 1_000 and digits >= 2):
            slack = max(slack, min(10.0**zeros / 2, 0.1 * written))
    slack *= 1 + 1e-6
    if number.hedge == "about" and round(written / number.step) % 10 == 0:
        # "About 70 %" leaves room, "about 68 %" is only rounded.
        slack = max(slack, (0.07 if number.digits == 2 else 0.025) * written)
    # Who writes three digits means them: "up to 92.3 %" is not 85 %.
    room = max((0.1 if number.digits < 3 else 0.01) * written, slack)
    below = room if number.hedge == "under" else slack
    above = room if number.hedge == "over" else slack
    if number.hedge == "under" and round(written / number.step) == 1:
        # "Less than 0.1 %" is said of what is next to nothing.
        below = written
    return written - below, written + above


def is_written(number: "Number", value: float) -> bool:
    """Tell whether a value rounds to what was written."""
    low, high = number.range
    return low <= value <= high
