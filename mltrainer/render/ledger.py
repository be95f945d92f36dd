"""The ledger for people: predictions with what came of them, and whether the models kept what they promised."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.numbers import count, decimal, dollars, percent, signed_percent, span
from mltrainer.render.simulated import SIMULATED, simulated_line


def prediction_blocks(predictions: list[dict[str, Any]], *, total: int) -> list[Block]:
    """Return predictions as a table in the order they are given; ``total`` is how many there are."""
    if not predictions:
        return [Line("The ledger has no such prediction.", "dim")]
    columns: tuple[Column, ...] = (
        Column("ticker", 0),
        Column("as of", 1),
        Column("confidence", 2, right=True),
        Column("event", 6),
        Column("close", 5, right=True),
        Column("target", 8, right=True),
        Column("outcome", 3),
        Column("return", 4, right=True),
        Column("model", 7),
        Column("trial", 9),
        Column("data", 10),
    )
    quoted = any("now" in one for one in predictions)
    if quoted:
        columns += (Column("now", 4, right=True), Column("since", 4, right=True), Column("price", 9))
    rows = [
        [
            one["ticker"],
            one["as_of"],
            percent(one["confidence"]),
            event_of(one),
            dollars(one["price"]),
            dollars(one.get("target_price")),
            outcome_of(one),
            signed_percent(one.get("realized_return")),
            one["model"],
            one["trial"],
            SIMULATED if one["simulated"] else "real",
            *(_quote_cells(one) if quoted else ()),
        ]
        for one in predictions
    ]
    styles = [{"hit": "good", "void": "warn"}.get(outcome_of(one).partition(":")[0], "") for one in predictions]
    if total > len(rows):
        more = f"{count(total - len(rows))} more; all of them: mltrainer predictions list --limit {total}"
        return [Grid(columns, rows, styles), Line(more, "dim")]
    return [Grid(columns, rows, styles)]


def _quote_cells(one: dict[str, Any]) -> list[str]:
    if "now" not in one:
        return ["-", "-", "-"]
    return [dollars(one["now"]), signed_percent(one["now"] / one["price"] - 1), one["now_is"]]


def event_of(one: dict[str, Any]) -> str:
    """Return the event of a prediction in a few characters: ``+7.0% in 7-10``."""
    first, last = one["horizon"]
    window = f"in {first}-{last}" if first != last else f"in {last}"
    target = signed_percent(one["target_return"])
    if one["label"] == "triple_barrier":
        return f"{target} before {signed_percent(-one['stop_return'])} {window}"
    return f"{target} {window}" if one["label"] == "hit" else f"{one['label']} {window}"


def outcome_of(one: dict[str, Any]) -> str:
    """Return what came of a prediction in a word or two."""
    if one["status"] == "resolved":
        return "hit" if one["outcome"] else "miss"
    return f"void: {one['reason']}" if one["status"] == "void" else str(one["status"])


def record_blocks(record: list[dict[str, Any]]) -> list[Block]:
    """Return what was promised beside what came true, by model."""
    if not record:
        return [Line("No prediction has been scored yet.", "dim")]
    columns = (
        Column("model", 0),
        Column("kind", 2),
        Column("scored", 4, right=True),
        Column("worth", 6, right=True),
        Column("dates", 8, right=True),
        Column("promised", 1, right=True),
        Column("came true", 1, right=True),
        Column("90%", 3),
        Column("Brier", 7, right=True),
        Column("mean return", 9, right=True),
        Column("verdict", 5),
    )
    rows = [
        [
            one["model"],
            SIMULATED if one["kind"] == "simulated" else one["kind"],
            count(one["n"]),
            decimal(one["n_eff"], 1),
            count(one["dates"]),
            percent(one["promised"]),
            percent(one["hit_rate"]),
            span((one["lower"] * 100, one["upper"] * 100), 0),
            decimal(one["brier"]),
            signed_percent(one["mean_return"]),
            one["verdict"],
        ]
        for one in record
    ]
    style = {"kept": "good", "promised too much": "bad", "promised too little": "warn"}
    legend = (
        "live: written down before the horizon had passed; hindsight: as of a day that was long past. Promised: mean "
        "confidence. Worth: independent cases, which neighbouring days and tickers of one day are not. Of several "
        "predictions by a model for one event the first counts."
    )
    return [
        Line("What was promised, and what came true", "title"),
        Grid(columns, rows, [style.get(one["verdict"], "") for one in record]),
        Line(legend, "dim"),
    ]


def score_blocks(found: dict[str, Any]) -> list[Block]:
    """Say what was scored now, and why the rest was not."""
    lines = [f"{count(found['resolved'])} predictions resolved, {count(found['void'])} void."]
    if found["other_price"]:
        lines.append(
            f"{count(found['other_price'])} of them had another price on their day than the data have now, as after a "
            "split; the return is that of the data."
        )
    lines += [f"{count(number)} still open: {reason}." for reason, number in found["open"].items()]
    if found["of_other_data"]:
        lines.append(f"{count(found['of_other_data'])} open ones are of other data than these.")
    mark = [simulated_line()] if found["simulated"] else []
    return [*mark, *map(Line, lines), Line("")]


def chain_line(entries: int, head: str, faults: list[str]) -> Line:
    """Say whether the ledger is as it was written."""
    if faults:
        return Line(f"The ledger was edited: {'; '.join(faults)}", "bad")
    return Line(f"Ledger: {count(entries)} entries, unbroken, last hash {head[:16]}", "dim")
