"""The audit of a trial: what survives, and what the leak checks found."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.certificate import certificate_blocks
from mltrainer.render.numbers import decimal, span


def audit_blocks(trial: str, report: dict[str, Any]) -> list[Block]:
    """Return the figures of the trial beside those under each change, the verdicts, and the leak checks."""
    changes = list(dict.fromkeys(change for line in report["figures"] for change in line["changes"]))
    # A letter a change: the names are long, and the columns are many.
    letters = [chr(ord("A") + place) for place in range(len(changes))]
    columns = [Column("figure", 0), Column("trial", 1, right=True), Column("90%", 3)]
    columns += [Column(letter, 4 + place, right=True) for place, letter in enumerate(letters)]
    columns.append(Column("verdict", 2, wrap=True))
    rows = [
        [
            line["figure"].replace("_", " "),
            decimal(line["trial"]),
            span((line["lower"], line["upper"]), 2) if "lower" in line else "-",
            *(decimal(line["changes"].get(change)) for change in changes),
            _lettered(line["verdict"], dict(zip(changes, letters, strict=True))),
        ]
        for line in report["figures"]
    ]
    styles = ["good" if line["verdict"] == "survives" else "" for line in report["figures"]]
    survived = sum(line["verdict"] == "survives" for line in report["figures"])
    blocks: list[Block] = [
        Line(f"Audit of {trial}: {survived} of {len(rows)} figures of {report['model']} survive", "title"),
        Grid(columns, rows, styles),
        Line("; ".join(f"{letter}: {change}" for letter, change in zip(letters, changes, strict=True)), "dim"),
    ]
    blocks += [Line(f"Not possible: {name}: {why}", "warn") for name, why in report["unavailable"].items()]
    return [*blocks, Line(""), *certificate_blocks({"leak_certificate": report["checks"]}, detailed=True)]


def _lettered(verdict: str, letters: dict[str, str]) -> str:
    head, colon, names = verdict.partition(": ")
    return f"{head}{colon}{', '.join(letters[name] for name in names.split(', '))}" if colon else verdict
