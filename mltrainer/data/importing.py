"""Take over what people have: their bars as one Parquet file in the home folder, and the membership of the index."""

import hashlib
import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mltrainer.data.calendar import last_finished_before
from mltrainer.data.files import FileSource
from mltrainer.data.index import read_intervals
from mltrainer.data.quality import clean
from mltrainer.data.raw import FIELDS, RawBars
from mltrainer.store.home import import_file, index_file, make_private, unwritable


def import_bars(path: Path, home: Path) -> dict[str, Any]:
    """Read bars in any form that is understood, store them, and return what was understood.

    They are stored as they came, and the quality gate judges them again at every use: nothing is repaired.

    Parameters
    ----------
    path
        A file or a folder.
    home
        The home folder; the bars go to ``imports/NAME.parquet`` in it, what was understood beside them.

    Raises
    ------
    DataError
        Where the bars are missing, not understood, or none passes the gate.
    MltrainerError
        ``home_unwritable``.
    """
    source = FileSource(path)
    raw = source.read()
    panel = clean(raw, None, last_finished_before(raw.dates.max()))
    target = import_file(home, _name(path))
    facts: dict[str, Any] = {
        "read": str(path),
        "form": _form(source),
        "columns": {ours: str(theirs) for ours, theirs in source.columns.items() if theirs != ours} or "named as ours",
        "understood": sorted(raw.notes.values()) or "as it stands",
        "rows": len(raw.dates),
        "tickers": len(raw.tickers),
        "such_as": list(raw.tickers[:5]),
        "first": str(raw.dates.min()),
        "last": str(raw.dates.max()),
        **({"absent": list(raw.absent)} if raw.absent else {}),
        "faults": dict(Counter(fault.code for fault in panel.faults if fault.code not in raw.notes).most_common()),
        "left_out": sorted(panel.dropped),
        "stored": str(target),
        "imported": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if (before := _read_before(target)) not in (None, str(path)):
        facts["replaces"] = f"what was read from {before}"
    _store(raw, target, facts)
    # Who is most traded, the default, is not known without volume.
    universe = " --universe all" if "volume" in raw.absent else ""
    return facts | {"next": f"mltrainer run 'Start momentum analysis' --data {target.stem}{universe}"}


def imported(home: Path) -> list[dict[str, Any]]:
    """Return what was understood of every import, as it was kept beside the bars, by name."""
    kept = sorted((home / "imports").glob("*.json"))
    return [{"name": path.stem} | json.loads(path.read_text(encoding="utf-8")) for path in kept]


def import_membership(path: Path, home: Path) -> dict[str, Any]:
    """Read membership intervals of the S&P 500, store them, and return what was understood.

    Raises
    ------
    DataError
        Where the file is missing or not understood.
    MltrainerError
        ``home_unwritable``.
    """
    intervals = read_intervals(path)
    target = index_file(home)
    ends = ["" if np.isnat(day) else str(day) for day in intervals.end]
    frame = pd.DataFrame({"ticker": intervals.tickers, "start_date": intervals.start.astype(str), "end_date": ends})
    make_private(target.parent)
    _write(target, frame.to_csv(index=False).encode())
    return {
        "read": str(path),
        "intervals": len(intervals.tickers),
        "tickers": len(set(intervals.tickers)),
        "members_now": int(np.isnat(intervals.end).sum()),
        "first": str(intervals.start.min()),
        "stored": str(target),
        "next": "the universes sp500 and sp500-200 take the members of each day from it",
    }


def _read_before(target: Path) -> str | None:
    """Return from where an earlier import of the same name was read, None where there is none."""
    kept = target.with_suffix(".json")
    return str(json.loads(kept.read_text(encoding="utf-8"))["read"]) if kept.is_file() else None


def _form(source: FileSource) -> str:
    if source.path.is_dir() or source.files > 1:
        return f"{'a folder' if source.path.is_dir() else 'an archive'} of {source.files} files"
    if source.matrix:
        return "a matrix of closes, a column a ticker"
    return "one file of many tickers" if "ticker" in source.columns else "one file of one ticker, named by the file"


def _name(path: Path) -> str:
    stem = path.name.split(".")[0] or path.resolve().name
    return re.sub(r"[^A-Za-z0-9_-]+", "_", stem) or "bars"


def _store(raw: RawBars, target: Path, facts: dict[str, Any]) -> None:
    order = np.lexsort((raw.dates, raw.codes))
    columns = {name: getattr(raw, name)[order] for name in FIELDS if name not in raw.absent}
    dates = raw.dates[order].astype("datetime64[s]")
    frame = pd.DataFrame({"date": dates, "ticker": np.array(raw.tickers)[raw.codes[order]], **columns})
    make_private(target.parent)
    content = frame.to_parquet(index=False)
    _write(target, content)
    kept = facts | {"sha256": hashlib.sha256(content).hexdigest()}
    _write(target.with_suffix(".json"), json.dumps(kept, indent=1).encode())


def _write(target: Path, content: bytes) -> None:
    """Write a file in one step: at any moment the old one is there, or the new one."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.chmod(0o600)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise unwritable(target.parent, error) from None
