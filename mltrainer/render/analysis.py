"""Deep analysis as pages that a person can read, one for each ticker."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.numbers import count, dollars, percent, signed_percent


def analysis_blocks(document: dict[str, Any]) -> list[Block]:
    """Return a page for each ticker that was analysed."""
    analysis = document.get("analysis")
    if not analysis:
        return []
    head = f"Deep analysis of {analysis['screening']}: predictions of {analysis['model']}"
    blocks: list[Block] = [Line(head, "title")]
    for facts in analysis["tickers"]:
        blocks += [Line(""), *_page(facts)]
    return blocks


def _page(facts: dict[str, Any]) -> list[Block]:
    head = f"{facts['ticker']}  rank {facts['rank']}, close {dollars(facts['last_close'])}, "
    blocks: list[Block] = [Line(f"{head}confidence {percent(facts['confidence'])}", "accent")]
    others = {"down": facts.get("probability_down"), "volatility alone": facts.get("confidence_volatility_only")}
    said = [
        f"{name} {percent(value)}" for name, value in (facts.get("by_model", {}) | others).items() if value is not None
    ]
    blocks.append(Line(f"Also said: {', '.join(said)}."))
    if drivers := facts.get("drivers"):
        named = ", ".join(f"{one['feature']} {one['share']:+.2f}" for one in drivers)
        blocks.append(Line(f"Drivers, as shares of what moves the score away from the day's middle: {named}."))
    blocks += [_record("Its own past predictions", facts["own_record"]), _record("Like confidence", facts["analogues"])]
    blocks += _outcomes(facts)
    blocks += [Line(f"What would change the verdict: {said}.") for said in facts.get("would_change", [])]
    return [*blocks, *_sensitivity(facts), *_ruin(facts), *_regimes(facts), *_alike(facts), _risk(facts["risk"])]


def _record(name: str, record: dict[str, Any]) -> Line:
    if not record["n"]:
        return Line(f"{name}: none with a known outcome.")
    low, high = record["hit_rate_interval"]
    text = f"{count(record['hits'])} of {count(record['n'])} came true ({percent(record['hit_rate'])}, 90 % interval "
    return Line(
        f"{name}: {text}{percent(low)} to {percent(high)}), where {percent(record['mean_probability'])} had been said."
    )


def _outcomes(facts: dict[str, Any]) -> list[Block]:
    found = facts.get("outcome_distribution")
    if not found:
        return [Line("Distribution of outcomes: unavailable, too little past.", "warn")]
    shares = ", ".join(f"{float(q):.0%} below {signed_percent(value)}" for q, value in found["quantiles"].items())
    text = f"Return at the end of the horizon: {shares}; above zero in {percent(found['chance_of_gain'])} "
    return [Line(f"{text}(from {count(found['n'])} similar predictions, worth {found['n_eff']:.0f}).")]


def _sensitivity(facts: dict[str, Any]) -> list[Block]:
    rows = facts.get("sensitivity")
    if not rows:
        return []
    targets = list(rows[0]["probabilities"])
    columns = [Column("sessions", 0), *(Column(f"+{percent(float(one))}", 1, right=True) for one in targets)]
    cells = [
        [f"{one['horizon'][0]}-{one['horizon'][1]}", *(percent(value) for value in one["probabilities"].values())]
        for one in rows
    ]
    return [
        Line("Probability by target and sessions, from similar predictions, anchored at its confidence:"),
        Grid(columns, cells),
    ]


def _ruin(facts: dict[str, Any]) -> list[Block]:
    rows = facts.get("risk_of_ruin")
    if not rows:
        return []
    sizes = [name for name in rows[0] if name.startswith("size")]
    columns = [Column("stop", 0), Column("mean outcome", 1, right=True), *(Column(one, 1, right=True) for one in sizes)]
    cells = [
        [one["stop"], signed_percent(one["mean_outcome"], 2), *(percent(one[size]) for size in sizes)] for one in rows
    ]
    return [Line("Risk of losing half the capital in 100 such trades, by stop and size of each:"), Grid(columns, cells)]


def _regimes(facts: dict[str, Any]) -> list[Block]:
    rows = facts.get("by_regime")
    if not rows:
        return []
    names = ("regime", "predictions", "worth", "said", "came true", "90%")
    cells = [
        [
            one["regime"],
            count(one["n"]),
            f"{one['n_eff']:.0f}",
            percent(one["mean_probability"]),
            percent(one["hit_rate"]),
            f"{percent(one['lower'])}..{percent(one['upper'])}",
        ]
        for one in rows
    ]
    columns = [Column(name, place, right=place > 0) for place, name in enumerate(names)]
    return [Line("Similar predictions by the regime of their day:"), Grid(columns, cells)]


def _alike(facts: dict[str, Any]) -> list[Block]:
    found = facts.get("historical_analogues")
    if not found:
        return [Line("Historical analogues: unavailable.", "dim")]
    hits = f"; {percent(found['hit_rate'])} of them reached the target" if "hit_rate" in found else ""
    middle = signed_percent(found["return_quantiles"]["0.5"])
    columns = [
        Column("date", 0),
        Column("ticker", 1),
        Column("best close", 2, right=True),
        Column("at the end", 3, right=True),
    ]
    cells = [
        [one["date"], one["ticker"], signed_percent(one["best_close"]), signed_percent(one["return"])]
        for one in found["examples"]
    ]
    text = f"The {found['n']} past days most like today (all features){hits}; median return {middle}. The nearest:"
    return [Line(text), Grid(columns, cells)]


def _risk(risk: dict[str, float]) -> Line:
    shown = {
        "annual volatility": risk.get("annual_volatility"),
        "below its high": risk.get("drawdown_now"),
        "worst fall": risk.get("worst_drawdown"),
        "worst over the horizon": risk.get("worst_return_over_horizon"),
        "best": risk.get("best_return_over_horizon"),
    }
    return Line(
        "Its last year: "
        + ", ".join(f"{name} {percent(value)}" for name, value in shown.items() if value is not None)
        + "."
    )
