"""What the bar store holds: one small database that says which file is valid and what was asked for."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mltrainer.data.spans import Span
from mltrainer.settings.errors import DataError
from mltrainer.store.home import make_private, make_private_file

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    kind TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL,
    first TEXT NOT NULL, last TEXT NOT NULL, fetched_at REAL NOT NULL, basis TEXT NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE TABLE IF NOT EXISTS asked (
    kind TEXT NOT NULL, name TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS asked_of ON asked (kind, name);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Manifest:
    """Which file is valid for each ticker, day and macro series, with its fingerprint.

    A file is written first, under a name that no other has, and becomes valid with one transaction: whoever is killed
    in between leaves the old state behind. Without a write-ahead log, reading changes no file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = make_private(folder) / "manifest.db"
        make_private_file(self.path)
        with self._clear_errors():
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA synchronous=NORMAL")
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone():
                self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Give the database for one change that happens whole or not at all."""
        with self._clear_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def files(self, kind: str, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Return the valid files of a kind, sorted by name; of these names only, where given."""
        return [dict(row) for row in self._rows("SELECT * FROM files", kind, names, "name")]

    def asked(self, kind: str, names: Iterable[str] | None = None) -> dict[str, list[Span]]:
        """Return the spans that were asked for and answered, by name; of these names only, where given."""
        found: dict[str, list[Span]] = {}
        for row in self._rows("SELECT name, first, last FROM asked", kind, names, "first"):
            found.setdefault(row["name"], []).append((row["first"], row["last"]))
        return found

    def _rows(self, select: str, kind: str, names: Iterable[str] | None, order: str) -> list[sqlite3.Row]:
        """Return the rows of a kind; a few names are looked up one by one, so that each costs the same in any store."""
        with self._clear_errors():
            if names is None:
                return self._db.execute(f"{select} WHERE kind = ? ORDER BY {order}", (kind,)).fetchall()
            one = f"{select} WHERE kind = ? AND name = ? ORDER BY {order}"
            return [row for name in sorted(set(names)) for row in self._db.execute(one, (kind, name))]

    def fact(self, name: str) -> str | None:
        """Return a single fact, None if it was never stated."""
        with self._clear_errors():
            row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row["value"] if row else None

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DataError(
                f"the bar store {self.path.parent} cannot be used ({error})",
                hint="free some space, or move the folder away and fetch again",
                code="bars_unusable",
            ) from error


def set_asked(database: sqlite3.Connection, kind: str, name: str, spans: Iterable[Span]) -> None:
    """Replace the spans of a name, within a change."""
    database.execute("DELETE FROM asked WHERE kind = ? AND name = ?", (kind, name))
    rows = [(kind, name, first, last) for first, last in spans]
    database.executemany("INSERT INTO asked VALUES (?, ?, ?, ?)", rows)


def set_file(database: sqlite3.Connection, **fields: Any) -> None:
    """Make a file the valid one of its kind and name, within a change."""
    names = ("kind", "name", "file", "sha256", "rows", "first", "last", "fetched_at", "basis")
    marks = ", ".join("?" * len(names))
    database.execute(f"INSERT OR REPLACE INTO files VALUES ({marks})", [fields[name] for name in names])


def set_fact(database: sqlite3.Connection, name: str, value: str) -> None:
    """State a fact, within a change."""
    database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
