"""What to suggest while somebody types: a pure function of the text and of what is known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

# In ordinary words a suggestion is noise until this much of a name is written.
_LEAST_LETTERS = 2
# More than anybody scrolls through; the next letter brings the others. A menu of 5,000 tickers takes longer than a key.
_MOST_NAMES = 200
_WORD = re.compile(r"\S*$")
_NAME = re.compile(r"[\w.]*$")


@dataclass(frozen=True)
class Known:
    """Everything that can be named.

    Parameters
    ----------
    commands
        Slash commands with what they do.
    arguments
        For each command that takes ``key=value``, the keys it takes.
    choices
        Values of single keys, such as those of ``label``.
    sections
        Parts of a result that ``/show`` opens.
    """

    commands: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    trials: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A text that would replace everything from ``start`` to the cursor."""

    text: str
    start: int
    help: str = ""


def suggest(text: str, cursor: int, known: Known) -> list[Suggestion]:
    """Return what may stand at the cursor, best first.

    Parameters
    ----------
    text
        The whole input.
    cursor
        Position in it, 0 to ``len(text)``. Only what stands before it counts.
    """
    before = text[:cursor]
    word = _WORD.search(before)[0]  # type: ignore[index]  # it matches the empty end
    if not before.startswith("/"):
        return _in_prose(word, cursor, known)
    command, *rest = before.split()
    if before == command:
        start = [Suggestion(name, 0, help) for name, help in known.commands.items() if name.startswith(before.lower())]
        return start
    if command == "/show":
        done = len(rest) - bool(word)
        return _matching(known.trials if done == 0 else known.sections, word, cursor) if done < 2 else []
    if command == "/models":
        return _matching(known.models, word, cursor)
    return _argument(command, word, cursor, known)


def _argument(command: str, word: str, cursor: int, known: Known) -> list[Suggestion]:
    keys = known.arguments.get(command, ())
    key, equals, value = word.partition("=")
    if not equals:
        return [Suggestion(f"{name}=", cursor - len(word)) for name in keys if name.startswith(word.lower())]
    if key not in keys:
        return []
    *before, part = re.split(r"[,+(]", value)
    given = set(before)
    return _matching((name for name in _values(key, known) if name not in given), part, cursor)


def _values(key: str, known: Known) -> tuple[str, ...]:
    if key in known.choices:
        return known.choices[key]
    by_key = {
        "models": known.models,
        "tickers": known.tickers,
        "universe": ("all", "top-50", "top-100", "top-200", *known.sectors, *known.tickers),
        "trial": known.trials,
        "model_params": tuple(f"{name}." for name in known.models),
    }
    return by_key.get(key, ())


def _in_prose(word: str, cursor: int, known: Known) -> list[Suggestion]:
    name = _NAME.search(word)[0]  # type: ignore[index]  # it matches the empty end
    if len(name) < _LEAST_LETTERS:
        return []
    if name[0] == "T" and name[1:].isdigit():
        return _matching(known.trials, name, cursor)
    # A ticker is meant where somebody writes capitals; in small letters it is a word.
    tickers = known.tickers if name.isupper() else ()
    return _matching((*tickers, *known.models), name, cursor)


def _matching(names: Iterable[str], part: str, cursor: int) -> list[Suggestion]:
    lower = part.lower()
    fitting = (name for name in names if name.lower().startswith(lower) and name != part)
    return [Suggestion(name, cursor - len(part)) for name in islice(fitting, _MOST_NAMES)]
