"""The ledger: a chain of entries that is only ever appended to, so that nothing in it can be edited in silence."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.stream import utc_now
from mltrainer.store.database import Database, number_of
from mltrainer.store.predictions import predictions_of, trial_entry

# What stands before the first entry.
START = "0" * 64
# Processes that write side by side, and clocks that are kept right, differ by less.
SAME_TIME = timedelta(minutes=1)
_OUTCOME = ("status", "outcome", "realized_return", "reason", "due", "hindsight", "delisted", "price_now")


class Ledger(Database):
    """Predictions, their outcomes, and the user's paper holdings.

    Every entry carries the SHA-256 of its number, kind, key, body and of the entry before it. A change, a deletion or
    an insertion breaks the chain where it happened. Who rewrites the whole chain from there on leaves it whole, but
    with another last hash: `head` shows it, to be noted down elsewhere. What was written under a clock that
    was set back counts from the latest time that any entry before it bears.
    """

    def record(self, document: dict[str, Any], session_id: str | None = None) -> None:
        """Keep the predictions of a result, before anybody sees them; a result without any leaves no trace."""
        time = utc_now()
        if found := predictions_of(document, time):
            new = len(self.append("prediction", found))
            entry = trial_entry(document, time, session_id, known=len(found) - new, new=new)
            self.append("trial", {document["trial_id"]: entry})

    def predictions(self) -> list[dict[str, Any]]:
        """Return every prediction in order, with its ``status`` and what came of it.

        Each also has what only its trial says: ``universe``, ``ranked_by`` and, of an artificial market,
        ``simulation``.
        """
        trials = {one["key"]: one for one in self.entries("trial")}
        outcomes = {int(one["key"]): one for one in self.entries("outcome")}
        written = {number: earliest for number, _, earliest in self._times()}
        found = []
        for one in self.entries("prediction"):
            trial, outcome = trials.get(one["trial"]), outcomes.get(one["number"])
            came = {name: outcome[name] for name in outcome if name in _OUTCOME} if outcome else {"status": "open"}
            more = {"universe": trial["settings"]["universe"], "ranked_by": trial["ranked_by"]} if trial else {}
            if trial and "simulation" in trial["data"]:
                more["simulation"] = trial["data"]["simulation"]
            found.append(one | {"time": written[one["number"]]} | more | came)
        return found

    def holdings(self) -> list[dict[str, Any]]:
        """Return the paper holdings that are open, in the order in which they were added."""
        closed = {one["key"] for one in self.entries("closed")}
        return [one for one in self.entries("holding") if one["key"] not in closed]

    def find_predictions(
        self,
        *,
        status: str | None = None,
        ticker: str | None = None,
        model: str | None = None,
        trial: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the predictions that are meant, the newest day first and the most confident of a day first.

        Parameters
        ----------
        status
            ``open``, or ``scored`` for those that are resolved or void.
        model
            Its registry id; without it, of each trial only what ranked its candidates.
        """
        found = [
            one
            for one in self.predictions()
            if (status is None or (one["status"] == "open") == (status == "open"))
            and (ticker is None or one["ticker"] == ticker.upper())
            and (one["model"] == model if model else "rank" in one)
            and (trial is None or one["trial"] == trial.upper())
        ]
        return sorted(found, key=lambda one: (one["as_of"], number_of(one["trial"]), one["confidence"]), reverse=True)

    def append(self, kind: str, items: Mapping[str, dict[str, Any]]) -> list[str]:
        """Add entries under their keys and return the keys that are new; what stands there already stays as it is.

        Parameters
        ----------
        kind
            What the entries are, such as ``prediction``.
        items
            Bodies by key; the key is unique within its kind.
        """
        with self._clear_errors():
            # The lock makes the last entry ours to build on, whichever other process appends as well.
            self._db.execute("BEGIN IMMEDIATE")
            try:
                new = [key for key in items if not self._find(kind, key)]
                last = self._db.execute("SELECT id, hash FROM ledger ORDER BY id DESC LIMIT 1").fetchone()
                first, previous = (last["id"] + 1, last["hash"]) if last else (1, START)
                for number, key in enumerate(new, start=first):
                    body = json.dumps(items[key], sort_keys=True)
                    digest = chained(number, kind, key, body, previous)
                    self._db.execute(
                        "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", (number, kind, key, body, previous, digest)
                    )
                    previous = digest
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return new

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """Return the bodies of all entries of a kind in order, each with its ``number`` and ``key``."""
        rows = self._read("SELECT id, key, body FROM ledger WHERE kind=? ORDER BY id", (kind,))
        return [{"number": row["id"], "key": row["key"]} | json.loads(row["body"]) for row in rows]

    def head(self) -> tuple[int, str]:
        """Return how many entries there are, and the hash of the last one."""
        rows = self._read("SELECT id, hash FROM ledger ORDER BY id DESC LIMIT 1")
        return (rows[0]["id"], rows[0]["hash"]) if rows else (0, START)

    def broken(self) -> list[str]:
        """Return what is wrong with the chain, one sentence for each place; empty where it is whole."""
        faults, expected, previous = [], 1, START
        for row in self._read("SELECT * FROM ledger ORDER BY id"):
            named = f"entry {row['id']} ({row['kind']} {row['key']})"
            if row["id"] > expected:
                faults.append(_missing(expected, row["id"] - 1))
            elif row["previous"] != previous:
                faults.append(f"{named} does not follow from the entry before it: one of them was put there")
            if row["hash"] != chained(row["id"], row["kind"], row["key"], row["body"], row["previous"]):
                faults.append(f"{named} was changed")
            expected, previous = row["id"] + 1, row["hash"]
        # SQLite remembers the highest number that it ever gave: a chain that was cut off at its end is told by it.
        given = self._read("SELECT seq FROM sqlite_sequence WHERE name='ledger'")
        if given and given[0]["seq"] >= expected:
            faults.append(_missing(expected, given[0]["seq"]))
        return faults

    def check(self) -> None:
        """Refuse a chain that is not whole.

        Raises
        ------
        MltrainerError
            If it was edited.
        """
        if faults := self.broken():
            shown = "; ".join(faults[:5]) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")
            raise MltrainerError(
                f"the ledger was edited: {shown}",
                hint="what stands in it proves nothing any more; bring back mltrainer.db from a backup",
                code="ledger_edited",
            )

    def set_back(self) -> list[str]:
        """Return in sentences where entries bear a time more than a minute before that of an entry ahead of them."""
        return [
            f"entry {number} is dated {time[:16]}, behind one of {earliest[:16]}: the clock was set back; it counts "
            "from the later time"
            for number, time, earliest in self._times()
            if time and datetime.fromisoformat(time) + SAME_TIME < datetime.fromisoformat(earliest)
        ]

    def _times(self) -> list[tuple[int, str, str]]:
        """Return the number of every entry, the time that it bears, and the earliest at which it can be written."""
        found, latest = [], ""
        for row in self._read("SELECT id, json_extract(body, '$.time') AS time FROM ledger ORDER BY id"):
            time = row["time"] or ""
            latest = max(latest, time)
            found.append((row["id"], time, latest))
        return found

    def _find(self, kind: str, key: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(
            "SELECT id FROM ledger WHERE kind=? AND key=?", (kind, key)
        ).fetchone()
        return row


def chained(number: int, kind: str, key: str, body: str, previous: str) -> str:
    """Return the SHA-256 of an entry, 64 hex digits."""
    return hashlib.sha256(json.dumps([number, kind, key, body, previous]).encode()).hexdigest()


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
