"""The audit of a trial: what survives, and what the leak checks found."""

from statistics import median
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
    columns.append(Column("volatility", 4, right=True))
    columns += [Column(letter, 5 + place, right=True) for place, letter in enumerate(letters)]
    columns.append(Column("verdict", 2, wrap=True))
    rows = [
        [
            line["figure"].replace("_", " "),
            decimal(line["trial"]),
            span((line["lower"], line["upper"]), 3) if "lower" in line else "-",
            decimal(line.get("volatility")),
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
        Line("Volatility: the same figure of volatility alone, which takes no skill.", "dim"),
    ]
    blocks += _path_blocks(report)
    blocks += [Line(f"Not possible: {name}: {why}", "warn") for name, why in report["unavailable"].items()]
    return [*blocks, Line(""), *certificate_blocks({"leak_certificate": report["checks"]}, detailed=True)]


def _path_blocks(report: dict[str, Any]) -> list[Block]:
    """Return how the figures vary over the paths of combinatorial purged cross-validation; nothing where not done."""
    found = report.get("paths")
    if not found:
        return []
    columns = [Column("figure", 0), *(Column(name, 2, right=True) for name in ("trial", "lowest", "median", "highest"))]
    columns += [Column(f"above {name}", 1, right=True) for name in ("nothing", "volatility")]
    rows = []
    for line in found["figures"]:
        paths = sorted(line["paths"])
        above = sum(value > line["nothing"] for value in paths)
        beyond = sum(value > alone for value, alone in zip(line["paths"], line["volatility"], strict=True))
        spread = [decimal(value) for value in (line["trial"], paths[0], median(paths), paths[-1])]
        rows.append([line["figure"].replace("_", " "), *spread, *(f"{n} of {len(paths)}" for n in (above, beyond))])
    count = len(found["figures"][0]["paths"]) if found["figures"] else 0
    title = f"{found['model']} on {count} backtest paths: the same dates, predicted from other parts of the past and"
    text = (
        f"Combinatorial purged cross-validation: {found['splits']} splits of {found['groups']} groups of sessions, "
        f"{found['tested']} tested at a time by models of the others; it cost {found['cost']:.1f} times the fits of "
        "the trial. It says how much the figures owe to the one order of events, not what could have been known. "
        "Above: on how many paths the figure beats nothing learned, and volatility alone on the same path."
    )
    blocks: list[Block] = [Line(""), Line(f"{title} future", "title"), Grid(columns, rows), Line(text, "dim")]
    if pbo := found.get("pbo"):
        paths, chance = sorted(pbo["paths"]), span(pbo["by_chance"], 2)
        text = (
            f"Probability of backtest overfitting over {len(pbo['models'])} models: {decimal(median(paths), 2)} (median"
        )
        text += f" of the paths, {span((paths[0], paths[-1]), 2)}); without skill it is anywhere in {chance}"
        blocks.append(Line(text))
    return [*blocks, Line("")]


def _lettered(verdict: str, letters: dict[str, str]) -> str:
    head, colon, names = verdict.partition(": ")
    return f"{head}{colon}{', '.join(letters[name] for name in names.split(', '))}" if colon else verdict
