"""The SQLite database of the store: opened, migrated, and clear about trouble."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import MltrainerError
from mltrainer.store.home import make_private, make_private_file
from mltrainer.store.migrations import migrate

_DAMAGED = "its file mltrainer.db is damaged: put a copy of it back, or choose another folder with --home"


class Database:
    """One database in a home folder. Several processes may use it at the same time.

    Parameters
    ----------
    home
        The folder of the store; created for the owner alone if it is not there.

    Raises
    ------
    MltrainerError
        If the folder cannot be written or its database cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self.home = make_private(home)
        path = home / "mltrainer.db"
        make_private_file(path)
        with self._clear_errors():
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            migrate(self._db)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            damaged = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
            raise MltrainerError(
                f"the store in {self.home} cannot be used ({error})",
                hint=_DAMAGED if damaged else "free some space, or choose another folder with --home",
                code="store_damaged" if damaged else "store_unusable",
            ) from error

    def _write(self, sql: str, values: Sequence[Any]) -> int:
        with self._clear_errors():
            return self._db.execute(sql, values).lastrowid or 0

    def _read(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._clear_errors():
            return self._db.execute(sql, values).fetchall()


def number_of(id: str, letters: str = "Tt") -> int:
    """Return the number in an id such as ``T3``, -1 where there is none."""
    text = id.strip().lstrip(letters)
    return int(text) if text.isdecimal() and len(text) < 18 else -1
