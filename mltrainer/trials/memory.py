"""The panel that the worker read last: a conversation works on the same data from trial to trial."""

from pathlib import Path

from mltrainer.data.load import load_panel, wanted_of
from mltrainer.data.panel import Panel
from mltrainer.settings.request import DataRequest

Stamp = tuple[str, tuple[tuple[str, int, int], ...]]
_last: dict[Stamp, Panel] = {}


def remembered_panel(request: DataRequest, universe: str, *, fresh: bool = False) -> Panel:
    """Return the panel of a request; it is read again when the request or a file behind it has changed.

    Parameters
    ----------
    universe
        What the panel is for: of a bar store only the tickers that it needs are read.

    Raises
    ------
    MltrainerError
        If the data cannot be read.
    """
    chosen = wanted_of(request, universe)
    stamp = _stamp(request, chosen)
    if fresh or stamp not in _last:
        _last.clear()
        _last[stamp] = load_panel(request, chosen)
    return _last[stamp]


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
