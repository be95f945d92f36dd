"""Clean panels on disk: what the quality gate passed once need not be read and judged again by the next process."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from mltrainer.data.panel import Fault, IndexMembers, Macro, Panel
from mltrainer.settings.stream import utc_now
from mltrainer.trials.kept_values import load_arrays, save_arrays

# Bars as young as this may be of a session that was not over when they were read.
FRESH_DAYS = 5
_MACRO, _INDEX = "macro_", "index_"


def load_panel_copy(path: Path) -> Panel | None:
    """Return a panel that was kept, or None where it is absent, damaged, or what it holds depends on the hour."""
    arrays = load_arrays(path)
    if arrays is None:
        return None
    about = json.loads(str(arrays.pop("about")))
    if not about["simulated"] and not _settled(arrays["sessions"]):
        return None
    macro = {name: arrays.pop(f"{_MACRO}{name}") for name in ("series", "reference", "available", "values")
             if f"{_MACRO}{name}" in arrays}  # fmt: skip
    member = arrays.pop(f"{_INDEX}member", None)
    lag_note, index = about.pop("lag_note"), about.pop("index")
    return Panel(
        **arrays,
        **about
        | {
            "tickers": tuple(about["tickers"]),
            "sectors": tuple(about["sectors"]),
            "absent": tuple(about["absent"]),
            "faults": tuple(Fault(*one) for one in about["faults"]),
        },
        macro=Macro(**macro, lag_note=lag_note) if macro else None,
        index=IndexMembers(member, index["ever"], tuple(index["absent"])) if member is not None else None,
    )


def save_panel_copy(path: Path, panel: Panel) -> None:
    """Keep a panel, unless what it holds depends on the hour."""
    if not panel.simulated and not _settled(panel.sessions):
        return
    values = {one.name: getattr(panel, one.name) for one in fields(panel) if one.name not in ("macro", "index")}
    arrays: dict[str, Any] = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    about: dict[str, Any] = {name: value for name, value in values.items() if name not in arrays}
    about["faults"] = [list(asdict(one).values()) for one in panel.faults]
    about |= {"lag_note": panel.macro.lag_note if panel.macro else {}, "index": {}}
    if panel.macro:
        about_macro = ("series", "reference", "available", "values")
        arrays |= {f"{_MACRO}{name}": getattr(panel.macro, name) for name in about_macro}
    if panel.index:
        arrays[f"{_INDEX}member"] = panel.index.member
        about["index"] = {"ever": panel.index.ever, "absent": panel.index.absent}
    save_arrays(path, **arrays, about=np.array(json.dumps(about)))


def _settled(sessions: np.ndarray) -> bool:
    """Tell whether the last bar is so old that the session it is of was over in any case."""
    return bool(sessions[-1] < np.datetime64(utc_now()[:10], "D") - FRESH_DAYS)
