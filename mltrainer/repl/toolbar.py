"""The line below the prompt: which data, which settings, who answers. A pure function of its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mltrainer.render.blocks import cell_width
from mltrainer.render.safe import safe_line

if TYPE_CHECKING:
    from mltrainer.agent.jobs import Job

Fragment = tuple[str, str]  # style class and text
_GAP = "  "


@dataclass(frozen=True)
class ToolbarState:
    """What the tool bar shows; what is not known yet is empty."""

    data: str
    agent: str
    simulated: bool = False
    as_of: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    dollars: float | None = None
    waiting: int = 0
    jobs: str = ""
    hint: str = ""
    price: str = ""


def toolbar(state: ToolbarState, width: int) -> list[Fragment]:
    """Return the fragments that fit in ``width`` columns; what matters least goes first, SIMULATED never."""
    data = f"{state.data} {state.as_of}".strip()
    parts = [
        (0, "class:simulated", "SIMULATED" if state.simulated else ""),
        (1, "class:hint", state.hint),
        (2, "class:waiting", f"{state.waiting} waiting" if state.waiting else ""),
        (2, "", state.jobs),
        (4, "", data),
        (3, "", short_settings(state.settings)),
        (5, "", state.agent),
        (7, "", state.price),
        (6, "", "" if state.dollars is None else f"${state.dollars:.2f}"),
    ]
    kept = [(rank, style, safe_line(text)) for rank, style, text in parts if text]
    while len(kept) > 1 and sum(cell_width(text) + len(_GAP) for _, _, text in kept) - len(_GAP) > width:
        kept.remove(max(kept, key=lambda part: part[0]))
    fragments: list[Fragment] = []
    for _, style, text in kept:
        fragments += [("", _GAP)] * bool(fragments) + [(style, text[:width])]
    return fragments


def jobs_in_short(active: "Sequence[Job]") -> str:
    """Return what runs in the background in a few words: ``job 2 fit 3/17, 1 waits``."""
    running = [f"job {job.number} {job.stage}".strip() for job in active if job.state == "running"]
    waiting = len(active) - len(running)
    return ", ".join([*running, *([f"{waiting} wait{'s' * (waiting == 1)}"] if waiting else [])])


def short_settings(settings: Mapping[str, Any]) -> str:
    """Return the settings that matter most in a few words: ``random_forest+xgboost 7-10 +7% at 85%``."""
    if not settings:
        return ""
    first, last = settings["horizon"]
    horizon = f"{first}-{last}" if first != last else str(first)
    target = f"+{_percent(settings['target_return'])}" if settings["label"] == "hit" else settings["label"]
    threshold = _percent(settings["confidence_threshold"])
    return f"{'+'.join(settings['models'])} {horizon} {target} at {threshold} {settings['universe']}"


def _percent(ratio: float) -> str:
    return f"{round(ratio * 100, 6):g}%"
