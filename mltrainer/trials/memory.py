"""The panel that the worker read last: a conversation works on the same data from trial to trial."""

from pathlib import Path

from mltrainer.data.load import load_panel
from mltrainer.data.panel import Panel
from mltrainer.settings.request import DataRequest

Stamp = tuple[str, tuple[tuple[str, int, int], ...]]
_last: dict[Stamp, Panel] = {}


def remembered_panel(request: DataRequest, *, fresh: bool = False) -> Panel:
    """Return the panel of a request; it is read again when the request or a file behind it has changed.

    Raises
    ------
    MltrainerError
        If the data cannot be read.
    """
    stamp = _stamp(request)
    if fresh or stamp not in _last:
        _last.clear()
        _last[stamp] = load_panel(request)
    return _last[stamp]


def _stamp(request: DataRequest) -> Stamp:
    """Return what tells that nothing changed: the request, and size and time of each file."""
    files: list[Path] = []
    for path in (request.data, request.macro, request.members):
        if path is not None:
            files += sorted(path.rglob("*")) if path.is_dir() else [path]
    seen = [(str(path), path.stat()) for path in files if path.exists()]
    return request.model_dump_json(), tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in seen)
