"""The sealed holdout of each dataset: from which date on nothing is evaluated, who opened it, and who looked."""

from typing import Any

from mltrainer.settings.stream import utc_now
from mltrainer.store.database import Database, number_of

TOUCHES = (
    "EXISTS (SELECT 1 FROM holdouts h WHERE h.dataset = t.dataset AND t.looked_to >= h.from_date"
    " AND t.status = 'succeeded')"
)


class Holdouts(Database):
    """Holdouts by dataset. A date that is fixed never moves; only a promotion on grown data fixes a later one."""

    def holdout(self, dataset: str) -> dict[str, Any] | None:
        """Return the dataset's holdout, None where none is fixed yet.

        Returns
        -------
        dict
            ``from`` (ISO date), ``looks`` (trials that were evaluated on it), and, once it was opened, ``opened_to``
            (its last session then) and ``opened_by`` (the trial that did).
        """
        rows = self._read(
            "SELECT h.*, (SELECT COUNT(*) FROM trials t WHERE t.dataset = h.dataset AND t.looked_to >= h.from_date"
            " AND t.status = 'succeeded') AS looks FROM holdouts h WHERE h.dataset = ? ORDER BY h.id DESC LIMIT 1",
            (dataset,),
        )
        if not rows:
            return None
        row = rows[0]
        opened = {"opened_to": row["opened_to"], "opened_by": row["opened_by"]} if row["opened_to"] else {}
        return {"from": row["from_date"], "looks": row["looks"]} | opened

    def fix_holdout(self, dataset: str, first: str) -> dict[str, Any]:
        """Fix the date from which the dataset is sealed, unless it is fixed already, and return the holdout."""
        self._write(
            "INSERT INTO holdouts (dataset, from_date, fixed) SELECT ?1, ?2, ?3"
            " WHERE NOT EXISTS (SELECT 1 FROM holdouts WHERE dataset = ?1 AND opened_to IS NULL)"
            " AND NOT EXISTS (SELECT 1 FROM holdouts WHERE dataset = ?1 AND opened_to >= ?2)",
            (dataset, first, utc_now()),
        )
        found = self.holdout(dataset)
        assert found
        return found

    def open_holdout(self, dataset: str, trial_id: str, last: str) -> None:
        """Record that a promotion opened the holdout; the first one stays on record."""
        self._write(
            "UPDATE holdouts SET opened_at = ?, opened_to = ?, opened_by = ? WHERE opened_to IS NULL AND dataset = ?",
            (utc_now(), last, trial_id, dataset),
        )

    def touches_holdout(self, trial_id: str) -> bool:
        """Tell whether figures of a trial come from sessions that are held out."""
        return self.look(trial_id) is not None

    def look(self, trial_id: str) -> dict[str, Any] | None:
        """Return the holdout that a trial's figures come from: ``from`` and ``looks``; None where they come from none.

        It may have been fixed after the trial was run; ``looks`` counts up to now.
        """
        rows = self._read(f"SELECT t.dataset FROM trials t WHERE t.id = ? AND {TOUCHES}", (number_of(trial_id),))
        return self.holdout(rows[0]["dataset"]) if rows else None

    def touching_holdouts(self) -> set[str]:
        """Return the trials whose figures come from sessions that are held out."""
        return {f"T{row['id']}" for row in self._read(f"SELECT t.id FROM trials t WHERE {TOUCHES}")}
