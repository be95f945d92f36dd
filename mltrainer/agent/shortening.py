"""Choosing what fits: each part of a text may be told in several ways, and what is worth least is shortened first."""

from collections.abc import Sequence
from dataclasses import dataclass

# Text full of figures has about 2.8 characters a token: these are under 2,000 tokens.
MAX_CHARACTERS = 5_600

Lines = list[str]


@dataclass(frozen=True)
class Part:
    """A part of a text.

    Parameters
    ----------
    name
        As the order of shortening calls it.
    ways
        The lines in which it is told: the fullest first, each shorter than the one before.
    section
        What show_results opens for the whole of it, empty where nothing is lost.
    more
        Whether something is missing in the fullest way already.
    """

    name: str
    ways: tuple[Lines, ...]
    section: str = ""
    more: bool = False


def shorten(parts: Sequence[Part], order: Sequence[str], trial: str) -> str:
    """Return whole lines that fit, and at their end which sections were shortened and how to open them.

    Parameters
    ----------
    order
        The names of parts; each stands as often as it may be told more shortly, what is worth least first.
    """
    used = {part.name: 0 for part in parts}
    text = _written(parts, used, trial)
    for name in order:
        if len(text) <= MAX_CHARACTERS:
            return text
        part = next((one for one in parts if one.name == name), None)
        if part and used[name] + 1 < len(part.ways):
            used[name] += 1
            text = _written(parts, used, trial)
    return text if len(text) <= MAX_CHARACTERS else "\n".join(_first_lines(text.split("\n")))


def whole_lines(lines: Sequence[str], room: int = MAX_CHARACTERS) -> Lines:
    """Return the first lines that fit as they are."""
    kept: Lines = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _first_lines(lines: Lines) -> Lines:
    """Return the first lines and the last, with a word on how many were left out between them."""
    *body, ending = lines
    kept = whole_lines(body, MAX_CHARACTERS - len(ending) - 40)
    return [*kept, f"({len(body) - len(kept)} more lines do not fit)", ending]


def _written(parts: Sequence[Part], used: dict[str, int], trial: str) -> str:
    lines = [line for part in parts for line in part.ways[used[part.name]]]
    shortened = [part.section for part in parts if part.section and (used[part.name] or part.more)]
    sections = ", ".join(dict.fromkeys(shortened))
    what = f" Shortened or left out here, to be opened by section: {sections}." if sections else ""
    return "\n".join([*lines, f"More is in the store: show_results with trial {trial}.{what}"])
