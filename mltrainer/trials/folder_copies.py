"""Folders that another machine may or may not see: told by their content, and copied where they are not seen."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

CHUNK = 32 * 1024 * 1024
_known: dict[Path, str] = {}


def fingerprint(folder: Path) -> str:
    """Return a hash of the names and bytes of all files of a folder.

    Raises
    ------
    OSError
        If one cannot be read.
    """
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            whole.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def chunks(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a folder in pieces that fit into a message: (name, bytes), in order."""
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            piece = file.read(CHUNK)
            while True:
                yield path.name, piece
                if not (piece := file.read(CHUNK)):
                    break


def find(folder: Path, content: str, copies: Path) -> Path | None:
    """Return where a folder with this content lies: at its own path, or among the copies; None for nowhere."""
    for place in (folder, copies / content):
        if _known.get(place) == content and place.is_dir():
            return place
        try:
            if place.is_dir() and fingerprint(place) == content:
                _known[place] = content
                return place
        except OSError:
            # Somebody else's folder of the same name is as good as none.
            continue
    return None
