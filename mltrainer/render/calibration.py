"""Whether the confidence of the ranking model came true: by bands of probability, and at the threshold."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.numbers import count, decimal, percent, signed, span

_COLUMNS = (
    Column("said", 0),
    Column("mean", 3, right=True),
    Column("came true", 1, right=True),
    Column("90%", 2),
    Column("predictions", 4, right=True),
    Column("dates", 5, right=True),
    Column("worth", 6, right=True),
)


def calibration_blocks(document: dict[str, Any]) -> list[Block]:
    """Return the record of the model that the threshold is about; nothing where there is none."""
    past = document.get("at_threshold")
    row = next((row for row in document.get("evaluation", []) if past and row["model"] == past["model"]), None)
    if not past or not row or not row.get("bands"):
        return []
    rows = [_row(band) for band in row["bands"]]
    threshold = percent(past["threshold"], 0)
    at = f"{threshold} or more: never reached"
    if past["n"]:
        share = percent(past["hits"] / past["n"])
        at = f"{threshold} or more: {count(past['hits'])} of {count(past['n'])} came true ({share})"
    highest = f"; the highest was {percent(past['highest'])}" if past.get("highest") is not None else ""
    at += f", in {count(past['calibrated'])} calibrated predictions{highest}"
    title = f"What came true of what {row['model']} said, calibrated or not"
    return [Line(title, "title"), Grid(_COLUMNS, rows), Line(at), *_summary(row), *_coverage(document)]


def _row(band: dict[str, float]) -> list[str]:
    bounds = [100 * band["lower"], 100 * band["upper"]]
    return [
        f"{percent(band['from'], 0)} to {percent(band['to'], 0)}",
        percent(band["mean_probability"]),
        percent(band["hit_rate"]),
        f"{span(bounds, 1)}%",
        count(band["n"]),
        count(band["n_dates"]),
        count(band["n_eff"]),
    ]


def _summary(row: dict[str, Any]) -> list[Block]:
    """Return the figures of the calibration in one line, each with what is ideal."""
    intervals = row.get("intervals", {})

    def beside(name: str) -> str:
        return f" ({span(intervals[name], 2)})" if name in intervals else ""

    said = [
        f"calibration error {decimal(row.get('ece'))} (a perfect model: {decimal(row.get('ece_if_calibrated'))})",
        f"slope {decimal(row.get('calibration_slope'), 2)}{beside('calibration_slope')}, ideal 1",
        f"intercept {signed(row.get('calibration_intercept'), 2)}{beside('calibration_intercept')}, ideal 0",
    ]
    if parts := row.get("brier_parts"):
        names = ("reliability", "resolution", "uncertainty")
        shown = ", ".join(f"{name} {decimal(parts[name], 4)}" for name in names)
        said.append(f"Brier {decimal(row.get('brier'), 4)}: {shown}")
    text = "; ".join(said)
    return [Line(f"{text[0].upper()}{text[1:]}. Worth: independent predictions that these count for.", "dim")]


def _coverage(document: dict[str, Any]) -> list[Block]:
    """Return how often the intervals of the return held what happened."""
    found = document.get("coverage")
    if not found:
        return []
    error = f", give or take {percent(2 * found['error'])}" if found.get("error") is not None else ""
    shares = found["by_year"] | {f"{name} volatility": value for name, value in found["by_volatility"].items()}
    errors = {name: found.get("errors", {}).get(name.removesuffix(" volatility")) for name in shares}
    off = [name for name, value in shares.items() if (one := errors[name]) and abs(value - found["level"]) > 2 * one]
    parts = [f"{name} {percent(value, 0)}" for name, value in shares.items()]
    between = f" between conformalised quantiles of {found['quantiles_of']}" if "quantiles_of" in found else ""
    text = f"{percent(found['level'], 0)} intervals of the return{between} held {percent(found['coverage'])}{error}, of"
    text += f" {count(found['n'])} outcomes: {', '.join(parts)}."
    text += f" More than two errors away: {', '.join(off)}." if off else ""
    if "interval_score" in found:
        text += f" Mean width {percent(found['mean_width'])}; interval score (the width, and ten times what was missed)"
        text += f" {percent(found['interval_score'])}."
    return [Line(text, "dim")]
