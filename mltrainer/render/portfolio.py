"""The table of what the picks would have earned: models, baselines, and what takes no model."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import decimal, percent, signed_percent, span

_COLUMNS = (
    Column("portfolio", 0),
    Column("Sharpe", 1, right=True),
    Column("90%", 2),
    Column("with autocorr.", 8, right=True),
    Column("Sortino", 7, right=True),
    Column("growth", 3, right=True),
    Column("volatility", 5, right=True),
    Column("drawdown", 4, right=True),
    Column("Calmar", 7, right=True),
    Column("turnover", 6, right=True),
    Column("invested", 9, right=True),
    Column("cost a side", 8, right=True),
)
_LEGEND = (
    "A year, net of costs (equal weight: free of them; half the spread in them is an estimate), without dividends, "
    "picks bought at the next {price} and held to the end of the horizon. 90%: of the Sharpe ratio, from blocks of "
    "days; with autocorr.: the ratio if returns go on as autocorrelated (Lo 2002)."
)


def portfolio_blocks(document: dict[str, Any]) -> list[Block]:
    """Return the table of the portfolios; nothing where there are none."""
    models = [(row["model"], row) for row in document.get("evaluation", []) if row.get("portfolio")]
    others = [(row["model"], row) for row in document.get("baselines", []) if row.get("portfolio")]
    others += [(row["name"], row) for row in document.get("benchmarks", [])]
    if not models:
        return []
    rows = [_row(name, row["portfolio"], row.get("intervals", {})) for name, row in [*models, *others]]
    grid = Grid(_COLUMNS, rows, [""] * len(models) + ["dim"] * len(others))
    absent = document.get("data", {}).get("absent", {}).get("columns", [])
    legend = _LEGEND.format(price="close" if "open" in absent else "open")
    return [Line("What the picks would have earned", "title"), without_empty_columns(grid), Line(legend, "dim")]


def _row(name: str, figures: dict[str, float], intervals: dict[str, list[float]]) -> list[str]:
    cost, turnover = figures.get("mean_cost_bps"), figures.get("turnover")
    return [
        name,
        decimal(figures.get("sharpe"), 2),
        span(intervals.get("sharpe"), 2),
        decimal(figures.get("sharpe_autocorrelated"), 2),
        decimal(figures.get("sortino"), 2),
        signed_percent(figures.get("cagr")),
        percent(figures.get("volatility")),
        percent(figures.get("max_drawdown")),
        decimal(figures.get("calmar"), 2),
        "-" if turnover is None else f"{turnover:.1f}x",
        percent(figures.get("exposure"), 0),
        "-" if cost is None else f"{cost:.1f} bp",
    ]
