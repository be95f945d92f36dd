"""Keys of vendors: from the environment, or from a file that its owner alone can read."""

import os
import stat
from pathlib import Path

from mltrainer.settings.errors import CredentialsError

FILE = "keys"


def find_key(name: str, home: Path) -> str:
    """Return a key, empty where there is none.

    Parameters
    ----------
    name
        The variable, such as ``POLYGON_API_KEY``. In the file ``keys`` of the home folder it stands as
        ``POLYGON_API_KEY=...``, one a line. The environment comes first.
    home
        The home folder.

    Raises
    ------
    CredentialsError
        ``keys_exposed`` where others can read the file, ``keys_unreadable`` where it cannot be read.
    """
    if stated := os.environ.get(name, "").strip():
        return stated
    path = home / FILE
    try:
        with path.open(encoding="utf-8") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            if mode & 0o077:
                raise CredentialsError(
                    f"others can read the keys in {path} (mode {mode:o})", hint=f"chmod 600 {path}", code="keys_exposed"
                )
            lines = stream.read().splitlines()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise CredentialsError(
            f"{path} cannot be read", hint="write NAME=key, one a line", code="keys_unreadable"
        ) from None
    for line in lines:
        found, equals, value = line.partition("=")
        if equals and found.strip().removeprefix("export ").strip() == name:
            return value.strip().strip("\"'")
    return ""
