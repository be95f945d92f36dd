"""The check of an answer's figures: one line that sums it up, and each figure that nothing supports."""

import re
from typing import Any

from mltrainer.render.blocks import Block, Line
from mltrainer.settings.events import Grounding


def grounding_blocks(event: Grounding) -> list[Block]:
    """Return what the check found; what is unsupported is marked, with the words around it."""
    marks = [_mark(one) for one in event.unsupported]
    return [Line(summary(event), "warn" if marks else "dim"), *marks]


def _mark(one: dict[str, Any]) -> Line:
    sign, style = ("!", "bad") if one.get("contradicted") else ("?", "warn")
    return Line(f'  {sign} {one["text"]} in "{one["around"]}": {one["reason"]}', style)


def summary(event: Grounding) -> str:
    """Return the line that sums a check up, such as ``11 numbers: 10 from trial T12, 1 unsupported``."""
    named = sorted(event.sources.items(), key=lambda pair: -pair[1])
    parts = [f"{count} from {_named(source)}" for source, count in named]
    if event.unsupported:
        contradicted = sum(bool(one.get("contradicted")) for one in event.unsupported)
        against = f" ({contradicted} against what is stored)" if contradicted else ""
        parts.append(f"{len(event.unsupported)} unsupported{against}")
    return f"{event.checked} number{'s' * (event.checked != 1)}: {', '.join(parts)}"


def _named(source: str) -> str:
    """Return where figures are from, such as ``trial T3`` or ``trials T3 and T4``, which were reckoned together."""
    if not re.fullmatch(r"T\d+(?: and T\d+)*", source):
        return source
    return f"trial{'s' * (' and ' in source)} {source}"
