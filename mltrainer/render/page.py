"""A trial as one page that needs nothing else: no network, no script; text is escaped, plots are drawn in place."""

from collections.abc import Mapping, Sequence
from typing import Any

from mltrainer.render import svg
from mltrainer.render.blocks import Block, Grid, Line
from mltrainer.render.curves import by_month, drawdown, growth_of, main_model
from mltrainer.render.numbers import count, percent, signed_percent
from mltrainer.render.page_style import STYLE
from mltrainer.render.results import is_simulated, result_blocks
from mltrainer.render.simulated import simulated_line
from mltrainer.render.svg import text

MOST_ROWS, FIRST_ROWS = 30, 15
# Nothing may be loaded or run, whatever a name in the data tries.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_page(document: dict[str, Any], curves: dict[str, Any]) -> str:
    """Return the page of a trial as HTML.

    Parameters
    ----------
    document
        A result document.
    curves
        What the trial looked like over time, empty where that is not stored; see ``trials.curves``.
    """
    blocks = result_blocks(document, section="all")
    # The heading ends at the first empty line.
    ends = next((place for place, one in enumerate(blocks) if isinstance(one, Line) and not one.text), len(blocks))
    # The first line is the page's own headline, and a simulated market has its banner.
    heading = [one for one in blocks[1:ends] if isinstance(one, Line) and one.style != "simulated"]
    name = f"Trial {document.get('trial_id', '')}: {document['action'].replace('_', ' ')}"
    banner = f'<p class="banner">{text(simulated_line().text)}</p>' if is_simulated(document) else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{text(name)}</title>
<style>{STYLE}</style>
</head>
<body>
{banner}
<main>
<h1>{text(name)}</h1>
{_html(heading)}
{"".join(_plots(document, curves))}
{_html(blocks[ends:])}
<footer>No investment advice, no orders. Past figures say nothing certain about the future.</footer>
</main>
{banner}
</body>
</html>
"""


def _plots(document: dict[str, Any], curves: dict[str, Any]) -> list[str]:
    found = []
    if document.get("evaluation"):
        main = main_model(document)
        row = next(row for row in document["evaluation"] if row["model"] == main)
        if points := row.get("reliability"):
            note = f"What {main} said against what came true, out of sample; bars are 90 % intervals."
            found.append(_figure("reliability", "Reliability", svg.reliability("Reliability", points), note))
        if curves.get("worth"):
            found += _worth(document, curves)
        if curves.get("skill", {}).get("rank_ic", {}).get(main):
            months = by_month(curves["skill"]["dates"], curves["skill"]["rank_ic"][main])
            plot = svg.bars("Rank IC by month", months, lambda value: f"{value:+.2f}")
            note = (
                f"Mean rank IC of {main} by month; {sum(v > 0 for v in months.values())} of {len(months)} are positive."
            )
            found.append(_figure("ic", "Rank IC by month", plot, note))
    if regime := curves.get("regime"):
        plot = svg.ribbon("Regime", regime["dates"], regime["label"])
        found.append(_figure("regime", "Regime", plot, "", _legend(["calm", "normal", "nervous", "crisis"])))
    if folds := curves.get("folds"):
        found.append(_folds(folds, document["evaluation"][0]["train_rows"]))
    if document.get("evaluation") and not curves:
        found.append("<p>This trial was stored without its curves: run it again to see them.</p>")
    return found


def _worth(document: dict[str, Any], curves: dict[str, Any]) -> list[str]:
    dates, grown = curves["worth"]["dates"], growth_of(document, curves)
    down = {name: drawdown(values) for name, values in list(grown.items())[:1]}
    ends = {f"{name} {signed_percent(values[-1] - 1)}": f"s{rank}" for rank, (name, values) in enumerate(grown.items())}
    note = (
        f"Growth of 1 in the first {document['settings'].get('top_k', 'k')} picks of each day, after costs, without "
        "leverage; equal_weight is the whole universe, without costs. No order was ever placed."
    )
    equity = svg.lines("Equity against baselines", dates, grown, lambda value: f"{value:.2f}")
    worst = min(next(iter(down.values())))
    fall = svg.lines("Drawdown", dates, down, lambda value: percent(value, 0))
    return [
        _figure("equity", "Equity against baselines", equity, note, _legend(ends)),
        _figure("drawdown", "Drawdown", fall, f"{next(iter(down))}: at worst {percent(worst)} below its highest day."),
    ]


def _figure(name: str, title: str, plot: str, note: str, legend: str = "") -> str:
    caption = f"<figcaption>{text(note)}</figcaption>" if note else ""
    return f'<section id="{name}"><h2>{text(title)}</h2><figure>{plot}{legend}{caption}</figure></section>\n'


def _legend(names: Sequence[str] | Mapping[str, str]) -> str:
    """Return names beside their colour; the class of a name is itself where no other is given."""
    classes = names if isinstance(names, Mapping) else {name: name for name in names}
    keys = [f'<li><span class="key {kind}"></span>{text(name)}</li>' for name, kind in classes.items()]
    return f'<ul class="legend">{"".join(keys)}</ul>'


def _folds(folds: list[dict[str, str]], train_rows: list[int]) -> str:
    rows = [
        [str(place), fold["train_end"], count(rows), fold["test_start"], fold["test_end"]]
        for place, (fold, rows) in enumerate(zip(folds, train_rows, strict=False), start=1)
    ]
    table = _table(["fold", "trained to", "rows", "tested from", "to"], rows)
    return (
        f'<section id="folds"><h2>Folds</h2><details><summary>{len(rows)} folds</summary>{table}</details></section>\n'
    )


def _html(blocks: Sequence[Block]) -> str:
    """Return blocks as HTML: the same lines and tables that a terminal shows."""
    written = []
    for block in blocks:
        if isinstance(block, Grid):
            written.append(_grid(block))
        elif block.text:
            tag = "h2" if block.style == "title" else "p"
            kind = f' class="{block.style}"' if block.style and tag == "p" else ""
            written.append(f"<{tag}{kind}>{text(block.text)}</{tag}>\n")
    return "".join(written)


def _grid(grid: Grid) -> str:
    """Return a table; of a long one the first rows, and the rest where the reader unfolds it."""
    names = [column.name for column in grid.columns]
    kinds = ["right" if column.right else "text" if column.wrap else "" for column in grid.columns]
    styles = list(grid.styles) or [""] * len(grid.rows)
    if len(grid.rows) <= MOST_ROWS:
        return _table(names, grid.rows, styles, kinds)
    rest = _table(names, grid.rows[FIRST_ROWS:], styles[FIRST_ROWS:], kinds)
    folded = f"<details><summary>{len(grid.rows) - FIRST_ROWS} more rows</summary>{rest}</details>\n"
    return _table(names, grid.rows[:FIRST_ROWS], styles[:FIRST_ROWS], kinds) + folded


def _table(
    names: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str] = (), kinds: Sequence[str] = ()
) -> str:
    side = [f' class="{kind}"' if kind else "" for kind in kinds] or [""] * len(names)
    head = "".join(f"<th{kind}>{text(name)}</th>" for name, kind in zip(names, side, strict=True))
    body = []
    for place, row in enumerate(rows):
        cells = "".join(f"<td{kind}>{text(cell)}</td>" for cell, kind in zip(row, side, strict=True))
        kind = f' class="{styles[place]}"' if styles and styles[place] else ""
        body.append(f"<tr{kind}>{cells}</tr>")
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>\n'
