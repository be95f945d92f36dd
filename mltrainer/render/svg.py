"""Plots as SVG text: no script, no font, no colour of its own; the page's style sheet gives those."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from mltrainer.render.safe import safe_line

WIDTH, HEIGHT = 480, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 22
# A line of more points than this is no smoother on any screen.
MOST_POINTS = 400

Number = Callable[[float], str]


def text(words: object) -> str:
    """Return foreign text as it may stand in a page: controls shown, nothing that a browser would obey."""
    return escape(safe_line(words), quote=True)


def lines(title: str, dates: Sequence[str], series: Mapping[str, Sequence[float]], number: Number) -> str:
    """Return a plot of several lines over dates.

    Parameters
    ----------
    series
        Values by name, one for each date; the first is drawn thickest.
    number
        Writes a value at the axis.
    """
    low = min(min(values) for values in series.values())
    high = max(max(values) for values in series.values())
    place = _Place(low, high, len(dates))
    drawn = [place.axis(number), *place.dates(dates)]
    for rank, values in enumerate(series.values()):
        step = max(len(values) // MOST_POINTS, 1)
        kept = sorted({*range(0, len(values), step), len(values) - 1})
        points = " ".join(f"{place.x(day):.1f},{place.y(values[day]):.1f}" for day in kept)
        drawn.append(f'<polyline class="line s{rank}" points="{points}"/>')
    return _picture(title, drawn)


def bars(title: str, values: Mapping[str, float], number: Number) -> str:
    """Return a plot of one bar for each label; what is below zero hangs from the line of zero."""
    place = _Place(min(0.0, *values.values()), max(0.0, *values.values()), len(values))
    width = max((WIDTH - LEFT - RIGHT) / len(values) - 1, 1)
    drawn = [place.axis(number), *place.dates(list(values))]
    for rank, (label, value) in enumerate(values.items()):
        top, foot = sorted((place.y(value), place.y(0)))
        sign = "up" if value >= 0 else "down"
        x = LEFT + rank * (WIDTH - LEFT - RIGHT) / len(values)
        drawn.append(
            f'<rect class="{sign}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{foot - top:.1f}">'
            f"<title>{text(label)}: {text(number(value))}</title></rect>"
        )
    return _picture(title, drawn)


def reliability(title: str, points: Sequence[Mapping[str, float]]) -> str:
    """Return what came true against what was said, with 90 % intervals; the diagonal is a promise kept."""
    reached = [point[key] for point in points for key in ("mean_probability", "hit_rate", "upper") if key in point]
    most = max([*reached, 0.05])

    def x(value: float) -> float:
        return LEFT + value / most * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM)

    drawn = [f'<line class="diagonal" x1="{x(0):.1f}" y1="{y(0):.1f}" x2="{x(most):.1f}" y2="{y(most):.1f}"/>']
    for share, side in ((0.0, "start"), (most / 2, "middle"), (most, "end")):
        drawn.append(f'<text class="end" x="{LEFT - 4}" y="{y(share) + 4:.1f}">{share:.0%}</text>')
        drawn.append(f'<text class="{side}" x="{x(share):.1f}" y="{HEIGHT - 6}">{share:.0%}</text>')
    for point in points:
        at = x(point["mean_probability"])
        if "lower" in point:
            drawn.append(
                f'<line class="whisker" x1="{at:.1f}" y1="{y(point["lower"]):.1f}" x2="{at:.1f}"'
                f' y2="{y(point["upper"]):.1f}"/>'
            )
        drawn.append(f'<circle class="dot" cx="{at:.1f}" cy="{y(point["hit_rate"]):.1f}" r="4"/>')
    return _picture(title, drawn)


def ribbon(title: str, dates: Sequence[str], levels: Sequence[str]) -> str:
    """Return a band whose colour is the level of each date, with the first and the last date under it."""
    drawn, start = [], 0
    span = (WIDTH - LEFT - RIGHT) / len(levels)
    for stop in range(1, len(levels) + 1):
        if stop == len(levels) or levels[stop] != levels[start]:
            drawn.append(
                f'<rect class="{text(levels[start])}" x="{LEFT + start * span:.1f}" y="4"'
                f' width="{(stop - start) * span + 0.2:.1f}" height="26">'
                f"<title>{text(dates[start])} to {text(dates[stop - 1])}: {text(levels[start])}</title></rect>"
            )
            start = stop
    drawn += _Place(0, 1, len(dates), height=56).dates(dates)
    return _picture(title, drawn, height=56)


class _Place:
    """Where values lie in the picture."""

    def __init__(self, low: float, high: float, count: int, height: int = HEIGHT) -> None:
        self._low = low
        self._span = (high - low) or 1.0
        self._count = max(count - 1, 1)
        self._height = height

    def x(self, place: int) -> float:
        return LEFT + place / self._count * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return self._height - BOTTOM - (value - self._low) / self._span * (self._height - TOP - BOTTOM)

    def axis(self, number: Number) -> str:
        drawn = []
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            value = self._low + share * self._span
            at = self.y(value)
            drawn.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>')
            drawn.append(f'<text class="end" x="{LEFT - 4}" y="{at + 4:.1f}">{text(number(value))}</text>')
        return "".join(drawn)

    def dates(self, dates: Sequence[str]) -> list[str]:
        return [
            f'<text class="start" x="{LEFT}" y="{self._height - 6}">{text(dates[0])}</text>',
            f'<text class="end" x="{WIDTH - RIGHT}" y="{self._height - 6}">{text(dates[-1])}</text>',
        ]


def _picture(title: str, drawn: Sequence[str], height: int = HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{text(title)}"><title>{text(title)}</title>'
        f"{''.join(drawn)}</svg>"
    )
