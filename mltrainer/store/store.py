"""The store: conversations and trials in SQLite, artefacts of trials in folders beside it."""

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import UsageError
from mltrainer.settings.stream import utc_now
from mltrainer.store.database import number_of
from mltrainer.store.holdouts import TOUCHES, Holdouts
from mltrainer.store.home import make_private
from mltrainer.store.ledger import Ledger
from mltrainer.store.sessions import Sessions

# A trial is of the session ?1 where it was started in it, or in the one that this is a branch of, before it was.
_BELONGS = (
    "session=?1 OR 'T' || id IN (SELECT json_extract(body, '$.trial_id') FROM events"
    " WHERE session=?1 AND type='action.started')"
)


class Store(Sessions, Ledger, Holdouts):
    """Everything that is kept for good. Several processes may use one home folder at the same time.

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
        super().__init__(home)
        if not self._only_read:
            self._end_orphans()

    def _end_orphans(self) -> None:
        """Mark trials as interrupted whose process was killed before it could say so."""
        for row in self._read("SELECT id, process FROM trials WHERE status='running' AND process IS NOT NULL"):
            if not lives(row["process"]):
                self._write("UPDATE trials SET status='interrupted' WHERE id=? AND status='running'", (row["id"],))

    def new_trial(
        self,
        action: str,
        arguments: dict[str, Any],
        request: dict[str, Any],
        *,
        defaulted: Sequence[str] = (),
        session_id: str | None = None,
        dataset: str | None = None,
        sealed_from: str | None = None,
    ) -> str:
        """Record that a trial begins and return its id, such as ``T1``.

        Parameters
        ----------
        dataset
            Which data it runs on, as the holdouts know them.
        sealed_from
            The date from which on it evaluates nothing, None where it evaluates all.
        """
        number = self._write(
            "INSERT INTO trials (session, action, status, created, arguments, defaulted, request, process,"
            " dataset, sealed_from) VALUES (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)",
            (
                session_id,
                action,
                utc_now(),
                json.dumps(arguments),
                json.dumps(list(defaulted)),
                json.dumps(request),
                os.getpid(),
                dataset,
                sealed_from,
            ),
        )
        return f"T{number}"

    def finish_trial(
        self,
        trial_id: str,
        document: dict[str, Any],
        *,
        seconds: float,
        tried: list[dict[str, Any]] | None = None,
        looked_to: str | None = None,
    ) -> None:
        """Record how a trial ended: its result document, and what it tried for later significance.

        Parameters
        ----------
        looked_to
            The last session that its figures may depend on where it evaluated all there was, None where its
            evaluation ended before the holdout.
        """
        digest = document.get("provenance", {}).get("digest")
        self._write(
            "UPDATE trials SET status=?, seconds=?, document=?, digest=?, tried=?, looked_to=? WHERE id=?",
            (
                document["status"],
                seconds,
                json.dumps(document),
                digest,
                json.dumps(tried or []),
                looked_to,
                number_of(trial_id),
            ),
        )

    def trial(self, trial_id: str) -> dict[str, Any]:
        """Return a trial with its document.

        Raises
        ------
        UsageError
            If there is no such trial.
        """
        rows = self._read("SELECT * FROM trials WHERE id=?", (number_of(trial_id),))
        if not rows:
            raise UsageError(f"there is no trial {trial_id!r}", hint="see: mltrainer trials list", code="unknown_trial")
        return _trial(rows[0])

    def latest_trial(self, session_id: str | None = None, action: str | None = None) -> dict[str, Any] | None:
        """Return the newest trial that succeeded, of a session and an action if given."""
        rows = self._read(
            f"SELECT * FROM trials WHERE status='succeeded' AND (?1 IS NULL OR {_BELONGS})"
            " AND (?2 IS NULL OR action=?2) ORDER BY id DESC LIMIT 1",
            (session_id, action),
        )
        return _trial(rows[0]) if rows else None

    def trials(self, limit: int = 50, session_id: str | None = None) -> list[dict[str, Any]]:
        """Return the newest trials without their documents, newest first."""
        rows = self._read(
            "SELECT 'T' || id AS trial_id, session AS session_id, action, status, created, seconds,"
            " json_extract(document, '$.headline') AS headline,"
            " json_extract(document, '$.data.simulated') AS simulated,"
            " json_extract(document, '$.error.message') AS error"
            f" FROM trials WHERE (?1 IS NULL OR {_BELONGS}) ORDER BY id DESC LIMIT ?2",
            (session_id, limit),
        )
        listed = [{key: row[key] for key in row.keys() if row[key] is not None} for row in rows]  # noqa: SIM118
        return [entry | ({"simulated": bool(entry["simulated"])} if "simulated" in entry else {}) for entry in listed]

    def evaluated(self, model: str) -> list[dict[str, Any]]:
        """Return each trial that evaluated a model, newest first, with the model's row; see ``models.record``."""
        rows = self._read(
            "SELECT 'T' || t.id AS trial, json_extract(t.document, '$.data.source') AS source,"
            " json_extract(t.document, '$.data.simulated') AS simulated,"
            " json_extract(t.document, '$.data.fingerprint') AS fingerprint,"
            " json_extract(t.document, '$.settings.label') AS label,"
            " json_extract(t.document, '$.settings.horizon') AS horizon, e.value AS row"
            " FROM trials t, json_each(t.document, '$.evaluation') e"
            " WHERE t.status='succeeded' AND json_extract(e.value, '$.model')=? ORDER BY t.id DESC",
            (model,),
        )
        parsed = ("horizon", "row")
        return [
            {name: json.loads(row[name]) if name in parsed else row[name] for name in row.keys()}  # noqa: SIM118
            | {"simulated": bool(row["simulated"])}
            for row in rows
        ]

    def tried(self) -> list[dict[str, Any]]:
        """Return what every stored trial tried: data span, label and Sharpe ratio of each evaluated model."""
        rows = self._read("SELECT id, session, tried FROM trials WHERE tried IS NOT NULL")
        return [
            entry | {"trial_id": f"T{row['id']}", "session": row["session"]}
            for row in rows
            for entry in json.loads(row["tried"])
        ]

    def deleted_trials(self) -> int:
        """Return how many trials somebody took out of the database: what they tried, and looked at, is not counted."""
        # SQLite remembers the highest number that it ever gave.
        rows = self._read(
            "SELECT s.seq - (SELECT COUNT(*) FROM trials) AS gone FROM sqlite_sequence s WHERE s.name='trials'"
        )
        return int(rows[0]["gone"]) if rows else 0

    def highest_probability(self, fingerprint: str, label: Mapping[str, Any], *, sealed: bool) -> float | None:
        """Return the highest calibrated probability that trials with this label on these data ever gave out of sample.

        Parameters
        ----------
        fingerprint
            Of the data.
        label
            The settings that make up the label, by name.
        sealed
            Leave out what comes from sessions that are held out.
        """
        rows = self._read(
            "SELECT arguments, json_extract(document, '$.at_threshold.highest') AS highest FROM trials t"
            " WHERE status='succeeded' AND json_extract(document, '$.data.fingerprint')=?"
            + (f" AND NOT {TOUCHES}" if sealed else ""),
            (fingerprint,),
        )
        told = [(json.loads(row["arguments"]), row["highest"]) for row in rows if row["highest"] is not None]
        wanted = json.loads(json.dumps(dict(label)))
        return max(
            (highest for given, highest in told if all(given.get(name) == value for name, value in wanted.items())),
            default=None,
        )

    def curves(self, trial_id: str) -> dict[str, Any]:
        """Return what a trial looked like over time, empty where it left no curves."""
        path = self.artefacts(trial_id) / "curves.json"
        return dict(json.loads(path.read_text())) if path.is_file() else {}

    def trial_folder(self, trial_id: str) -> Path:
        """Return the folder of a trial's artefacts, created for the owner alone."""
        return make_private(self.artefacts(trial_id))

    def artefacts(self, trial_id: str) -> Path:
        """Return where a trial leaves its artefacts, whether it left any or not."""
        return self.home / "trials" / f"T{number_of(trial_id, 'Tt')}"


def lives(process: int) -> bool:
    """Tell whether a process of this number is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _trial(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "trial_id": f"T{row['id']}",
        "session_id": row["session"],
        "action": row["action"],
        "status": row["status"],
        "created": row["created"],
        "seconds": row["seconds"],
        "arguments": json.loads(row["arguments"]),
        "defaulted": json.loads(row["defaulted"]),
        "data_request": json.loads(row["request"]),
        "sealed_from": row["sealed_from"],
        "document": json.loads(row["document"]) if row["document"] else None,
        "digest": row["digest"],
    }
