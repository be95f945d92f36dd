"""The panel that the worker read last, in memory and on disk: trial after trial works on the same data."""

import json
from collections.abc import Callable
from pathlib import Path

from mltrainer.data.panel import Panel
from mltrainer.settings.request import DataRequest
from mltrainer.trials.engine import content_key
from mltrainer.trials.freed import give_back
from mltrainer.trials.kept_panel import load_panel_copy, save_panel_copy
from mltrainer.trials.versions import code_version, libraries

Stamp = tuple[str, tuple[tuple[str, int, int], ...]]
_last: dict[Stamp, Panel] = {}


def remembered_panel(
    request: DataRequest,
    universe: str,
    cache: Path,
    *,
    fresh: bool = False,
    reading: Callable[[], None] = lambda: None,
) -> Panel:
    """Return the panel of a request; it is read again when the request or a file behind it has changed.

    Parameters
    ----------
    universe
        What the panel is for: of a bar store only the tickers that it needs are read.
    cache
        Folder of what trials keep; ``fresh`` passes by what is there.
    reading
        Called before the data are read and checked, which takes a while, where no copy is kept.

    Raises
    ------
    MltrainerError
        If the data cannot be read.
    """
    chosen = _wanted(request, universe)
    stamp = _stamp(request, chosen)
    if fresh or stamp not in _last:
        _last.clear()
        about = json.dumps([stamp, code_version(), libraries()], sort_keys=True)
        path = cache / "panels" / f"{content_key('panel', about)}.npz"
        panel = None if fresh else load_panel_copy(path)
        if panel is None:
            # Not needed for what is kept, and slow to import.
            from mltrainer.data.load import load_panel

            reading()
            panel = load_panel(request, chosen)
            save_panel_copy(path, panel)
        _last[stamp] = panel
        give_back()
    return _last[stamp]


def _wanted(request: DataRequest, universe: str) -> frozenset[str] | None:
    if request.source != "polygon":
        return None
    from mltrainer.data.load import wanted_of

    return wanted_of(request, universe)


def _stamp(request: DataRequest, chosen: frozenset[str] | None) -> Stamp:
    """Return what tells that nothing changed: the request, the tickers, and size and time of each file."""
    files: list[Path] = []
    for path in (request.data, request.macro, request.members):
        if path is not None and request.source == "polygon" and path == request.data:
            # Its files never change; which of them are valid stands there.
            files.append(path / "manifest.db")
        elif path is not None:
            files += sorted(path.rglob("*")) if path.is_dir() else [path]
    seen = [(str(path), path.stat()) for path in files if path.exists()]
    tickers = "" if chosen is None else ",".join(sorted(chosen))
    return f"{request.model_dump_json()} {tickers}", tuple(
        (name, stat.st_mtime_ns, stat.st_size) for name, stat in seen
    )
