"""The leak certificate in a result: one line where all is well, the reasons where it is not."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line


def certificate_blocks(document: dict[str, Any], *, detailed: bool) -> list[Block]:
    """Return the certificate: a line, and what was found for each check that failed, or for all of them."""
    checks = document.get("leak_certificate")
    if not checks:
        return []
    bad = [one for one in checks if not one["passed"]]
    kept = sum("kept_from" in one for one in checks)
    head = f"{len(bad)} of {len(checks)} checks FAILED" if bad else f"all {len(checks)} checks passed"
    head += f" ({kept} made by earlier trials, of the same bars and code)" if kept else ""
    blocks: list[Block] = [Line(f"Leak certificate: {head}", "bad" if bad else "dim")]
    shown = checks if detailed else bad
    if shown:
        rows = [[one["check"].replace("_", " "), "ok" if one["passed"] else "FAILED", _found(one)] for one in shown]
        columns = (Column("check", 0), Column("mark", 1), Column("what was found", 2, wrap=True))
        blocks.append(Grid(columns, rows, ["" if one["passed"] else "bad" for one in shown]))
    return blocks


def _found(one: dict[str, Any]) -> str:
    """Return what a check found, and when it was made where that was in an earlier trial."""
    return one["detail"] + (f" (checked {one['kept_from'][:16].replace('T', ' ')} UTC)" if "kept_from" in one else "")
