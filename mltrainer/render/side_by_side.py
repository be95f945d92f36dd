"""Trials side by side: what differs in their settings, their figures, and whether the difference is real."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import by_chance, count, decimal, percent, signed, span
from mltrainer.render.simulated import simulated_line


def side_by_side_blocks(found: dict[str, Any]) -> list[Block]:
    """Return a comparison of trials; see ``trials.side_by_side``."""
    blocks: list[Block] = [simulated_line()] if found["simulated"] else []
    blocks += _differing("Settings that differ", found["trials"], found["settings"])
    blocks += _differing("Data that differ", found["trials"], found["data"])
    if held_out := found["held_out"]:
        text = f"Of the sealed holdout too: {', '.join(held_out)}; who chooses by these figures has used it up."
        blocks += [Line(text, "warn"), Line("")]
    blocks += [Line("Out of sample", "title"), _figures(found["figures"]), Line("")]
    blocks += [Line(f"Against {found['trials'][0]}, on the same tickers and days", "title")]
    for one in found["differences"]:
        blocks += [Line(text, style) for text, style in _said(one)]
    if any("brier" in one for one in found["differences"]):
        legend = (
            "Brier: daily score minus that of the first, in 1/1000, below 0 is better. p: how often chance alone gives "
            "such a difference (Diebold-Mariano, overlapping labels); q: the same over all pairs shown."
        )
        blocks.append(Line(legend, "dim"))
    return blocks


def _differing(title: str, trials: list[str], values: dict[str, list[Any]]) -> list[Block]:
    from mltrainer.actions.describe import show_value

    if not values:
        return [Line(f"{title}: none"), Line("")]
    columns = [Column("name", 0), *(Column(trial, place, wrap=True) for place, trial in enumerate(trials, start=1))]
    rows = [
        # Of a fingerprint the beginning tells two apart.
        [
            name,
            *(
                "-" if value is None else show_value(name, value)[: 20 if name == "fingerprint" else None]
                for value in row
            ),
        ]
        for name, row in values.items()
    ]
    return [Line(title, "title"), Grid(columns, rows), Line("")]


def _figures(figures: list[dict[str, Any]]) -> Grid:
    columns = (
        Column("trial", 0),
        Column("model", 1),
        Column("AUC", 2, right=True),
        Column("90%", 5),
        Column("Brier skill", 3, right=True),
        Column("rank IC", 4, right=True),
        Column("hit@k", 6, right=True),
        Column("base rate", 7, right=True),
        Column("highest", 8, right=True),
        Column("Sharpe", 9, right=True),
        Column("drawdown", 10, right=True),
        Column("rows", 11, right=True),
    )
    rows = [
        [
            one["trial"],
            one["model"],
            decimal(one.get("auc")),
            span(one.get("intervals", {}).get("auc"), 2),
            signed(one.get("brier_skill")),
            signed(one.get("rank_ic")),
            percent(one.get("precision_at_k")),
            percent(one.get("base_rate")),
            percent(one.get("highest_probability")),
            decimal(one.get("sharpe"), 2),
            percent(one.get("max_drawdown")),
            count(one.get("test_rows")),
        ]
        for one in figures
    ]
    return without_empty_columns(Grid(columns, rows))


def _said(one: dict[str, Any]) -> list[tuple[str, str]]:
    if reason := one.get("reason"):
        return [(f"{one['trial']}: not comparable: {reason}.", "warn")]
    said = [(f"{one['trial']} ({one['model']}), {count(one['rows'])} rows on {count(one['dates'])} dates:", "")]
    said.append(_tested("Brier", one["brier"], scale=1000, better_below=True))
    if "rank_ic" in one:
        said.append(_tested("rank IC", one["rank_ic"], scale=1, better_below=False))
    return said


def _tested(name: str, tested: dict[str, float], *, scale: int, better_below: bool) -> tuple[str, str]:
    size = f"  {name} {signed(tested['difference'] * scale)}"
    if "q" not in tested:
        return f"{size}: too few dates to test", "dim"
    shown = f"{size}, p {by_chance(tested['p'])}, q {by_chance(tested['q'])}"
    if tested["q"] >= 0.05:
        return f"{shown}: no difference that chance does not explain", "dim"
    better = (tested["difference"] < 0) == better_below
    return f"{shown}: {'better' if better else 'worse'} than the first", "good" if better else "bad"
