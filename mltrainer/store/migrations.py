"""The schema of the store as a list of named steps; each runs once and is recorded by its name."""

import sqlite3
from collections.abc import Callable


def m001_sessions(db: sqlite3.Connection) -> None:
    """Conversations, their events, and the AI's transcript word for word."""
    db.execute(
        "CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL, agent TEXT NOT NULL,"
        " model TEXT, first TEXT NOT NULL DEFAULT '')"
    )
    db.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL, type TEXT NOT NULL,"
        " body TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX events_by_session ON events (session)")
    db.execute(
        "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL, body TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX messages_by_session ON messages (session)")


def m002_trials(db: sqlite3.Connection) -> None:
    """Trials with what is needed to prove them and to run them again."""
    db.execute(
        "CREATE TABLE trials (id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT, action TEXT NOT NULL,"
        " status TEXT NOT NULL, created TEXT NOT NULL, seconds REAL, arguments TEXT NOT NULL, defaulted TEXT NOT NULL,"
        " request TEXT NOT NULL, document TEXT, digest TEXT, tried TEXT)"
    )
    db.execute("CREATE INDEX trials_by_session ON trials (session)")


def m003_trial_process(db: sqlite3.Connection) -> None:
    """Which process runs a trial, so that one whose process is gone does not run for ever."""
    db.execute("ALTER TABLE trials ADD COLUMN process INTEGER")


def m004_ledger(db: sqlite3.Connection) -> None:
    """What was predicted and what came of it, as a chain of entries that is only ever appended to."""
    db.execute(
        "CREATE TABLE ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL,"
        " body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (kind, key))"
    )


def m004_holdouts(db: sqlite3.Connection) -> None:
    """The sealed sessions of each dataset, and how far each trial was evaluated."""
    db.execute(
        "CREATE TABLE holdouts (id INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, from_date TEXT NOT NULL,"
        " fixed TEXT NOT NULL, opened_at TEXT, opened_to TEXT, opened_by TEXT)"
    )
    for column in ("dataset", "sealed_from", "looked_to"):
        db.execute(f"ALTER TABLE trials ADD COLUMN {column} TEXT")
    db.execute("CREATE INDEX trials_by_dataset ON trials (dataset)")


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_sessions,
    m002_trials,
    m003_trial_process,
    m004_ledger,
    m004_holdouts,
)


def migrate(db: sqlite3.Connection) -> None:
    """Run the steps that this store has not seen."""
    db.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
    done = {row[0] for row in db.execute("SELECT name FROM migrations")}
    if done.issuperset(step.__name__ for step in STEPS):
        return
    db.execute("BEGIN IMMEDIATE")
    # Another process may have been here between the first look and the lock.
    done = {row[0] for row in db.execute("SELECT name FROM migrations")}
    for step in STEPS:
        if step.__name__ not in done:
            step(db)
            db.execute("INSERT INTO migrations VALUES (?)", (step.__name__,))
    db.execute("COMMIT")
