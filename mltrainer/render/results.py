"""A result document as blocks: the verdict first, then the proof."""

from typing import Any

from mltrainer.render.analysis import analysis_blocks
from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.calibration import calibration_blocks
from mltrainer.render.candidates import candidate_blocks
from mltrainer.render.certificate import certificate_blocks
from mltrainer.render.comparison import comparison_blocks, search_blocks
from mltrainer.render.evaluation import evaluation_blocks
from mltrainer.render.faults import fault_blocks, fault_summary
from mltrainer.render.holdout import holdout_blocks, promotion_blocks
from mltrainer.render.numbers import count, decimal, duration, percent
from mltrainer.render.portfolio import portfolio_blocks
from mltrainer.render.significance import significance_blocks
from mltrainer.render.simulated import SIMULATED, simulated_line


def result_blocks(document: dict[str, Any], *, section: str | None = None) -> list[Block]:
    """Return the document as blocks.

    Parameters
    ----------
    document
        A result document as JSON has it.
    section
        One part of it (``settings``, ``data``, ``comparison``, ``search``, ``evaluation``, ``baselines``,
        ``candidates``, ``calibration``, ``portfolio``, ``regime``, ``warnings``, ``provenance``); ``all`` for
        everything; None for what fits a screen: ten candidates, and the tables behind them are left to their sections.
    """
    whole, brief = section in (None, "all"), section is None and bool(document.get("candidates"))
    blocks: list[Block] = [*_heading(document)]
    parts: dict[str, list[Block]] = {
        "settings": settings_blocks(document) if section in ("settings", "all") else [],
        "comparison": comparison_blocks(document),
        "search": search_blocks(document),
        "evaluation": evaluation_blocks(document) if section != "baselines" else [],
        "baselines": evaluation_blocks(document | {"evaluation": []}) if section == "baselines" else [],
        "candidates": candidate_blocks(document, 10 if section is None else None),
        "calibration": [] if brief else calibration_blocks(document),
        "portfolio": [] if brief else portfolio_blocks(document),
        "regime": regime_blocks(document, brief=brief),
        "promotion": promotion_blocks(document),
        "analysis": analysis_blocks(document),
        "significance": significance_blocks(document, brief=brief),
        "data": _data(document, detailed=section in ("data", "all")),
        "leak_certificate": certificate_blocks(document, detailed=section in ("leak_certificate", "all")),
        "holdout": holdout_blocks(document),
        "more": _more(document) if brief else [],
        "warnings": _warnings(document, brief=brief),
        "provenance": _provenance(document, detailed=section in ("provenance", "all")),
    }
    for name, part in parts.items():
        if part and (whole or name == section):
            # The closing lines belong together; everything else is set apart.
            if name not in ("leak_certificate", "holdout", "more", "warnings", "provenance"):
                blocks.append(Line(""))
            blocks += part
    if not whole and not parts.get(section or ""):
        blocks.append(Line(f"This trial has no {section}.", "warn"))
    return blocks


def is_simulated(document: dict[str, Any]) -> bool:
    """Tell whether the figures of a document come from simulated data."""
    return bool(document.get("data", {}).get("simulated"))


def _heading(document: dict[str, Any]) -> list[Block]:
    name = document["action"].replace("_", " ")
    title = f"Trial {document['trial_id']}: {name}" if "trial_id" in document else name.capitalize()
    mark = f"{SIMULATED} " if is_simulated(document) else ""
    blocks: list[Block] = [Line(f"{mark}{title}, {document['status']}", "title")]
    if is_simulated(document):
        blocks.append(simulated_line())
    if error := document.get("error"):
        blocks.append(Line(f"{error['message']} [{error['code']}]", "bad"))
        if error.get("hint"):
            blocks.append(Line(error["hint"]))
    if headline := document.get("headline"):
        blocks.append(Line(headline, "good" if document.get("qualified") else "accent"))
    if event := document.get("event"):
        blocks.append(Line(f"Event: {event}"))
    return blocks


def settings_blocks(document: dict[str, Any]) -> list[Block]:
    """Return the settings of a trial with those that nobody stated marked as defaults."""
    from mltrainer.actions.describe import show_value

    settings = dict(document.get("settings", {}))
    if not settings:
        return []
    defaulted = set(settings.pop("defaulted", []))
    rows = [[name, show_value(name, value), "default" if name in defaulted else ""] for name, value in settings.items()]
    styles = ["dim" if name in defaulted else "" for name in settings]
    columns = (Column("setting", 0), Column("value", 1, wrap=True), Column("origin", 2, initials=True))
    return [Line("Settings", "title"), Grid(columns, rows, styles)]


def regime_blocks(document: dict[str, Any], *, brief: bool = False) -> list[Block]:
    """Return the regime: score, label, filtered probabilities, components unless brief, and what is missing."""
    regime = document.get("regime")
    if not regime:
        return []
    style = {"calm": "good", "normal": "", "nervous": "warn", "crisis": "bad"}.get(regime["label"], "")
    text = f"Regime: {decimal(regime['score'], 0)} of 100, {regime['label']}, as of {regime['as_of']}"
    blocks: list[Block] = [Line(text, style or "title")]
    if probabilities := regime.get("probabilities"):
        shares = ", ".join(f"{name} {percent(value, 0)}" for name, value in probabilities.items())
        blocks.append(Line(f"Filtered probabilities: {shares}"))
    components = regime.get("components")
    if components and not brief:
        # A component is a share of the days before it, not the probability or the level that it is named after.
        columns = (Column("component", 0), Column("past days below", 1, right=True))
        blocks.append(Grid(columns, [[name, percent(value, 0)] for name, value in components.items()]))
    if regime.get("missing"):
        blocks.append(Line(f"Unavailable: {', '.join(regime['missing'])}", "warn"))
    history = regime.get("history") or {}
    if risk := history.get("fall_risk"):
        blocks.append(
            Line(
                f"A close {percent(risk['fall'], 0)} or more below today's within {risk['within_sessions']} sessions: "
                f"{percent(risk['probability'], 0)} (base rate {percent(risk['base_rate'], 0)}, "
                f"independent falls in this history: {count(risk['episodes'])})"
            )
        )
    if recession := regime.get("recession"):
        blocks.append(
            Line(
                f"Recession in 12 months, from the yield curve alone: {percent(recession['probability'], 0)} "
                f"(10 years less 3 months: {recession['spread']:+.2f} points over the last quarter)"
            )
        )
    # Beside candidates the table of the past would take their place.
    return blocks if document.get("candidates") else blocks + _followed(history)


def _followed(history: dict[str, Any]) -> list[Block]:
    """Return what the month after each decade of the score was like."""
    decades = history.get("next_month")
    if not decades:
        return []
    columns = (
        Column("score", 0),
        *(Column(name, 1, right=True) for name in ("days", "volatility", "drawdown", "rose")),
    )
    rows = [
        [
            f"{one['score_from']:.0f}-{one['score_to']:.0f}",
            f"{one['sessions']:,}",
            *(percent(one[key], 0) for key in ("volatility", "drawdown", "rose")),
        ]
        for one in decades
    ]
    return [Line("The 21 sessions after such scores", "title"), Grid(columns, rows)]


def _data(document: dict[str, Any], *, detailed: bool) -> list[Block]:
    data = document.get("data")
    if not data:
        return []
    source = SIMULATED if data["simulated"] else data["source"]
    counts = data.get("fault_counts", {})
    excluded = data.get("excluded", [])
    text = (
        f"Data: {source}, as of {data['as_of']} (from {data['first']}), "
        f"{count(data['tickers'])} tickers, {count(data['sessions'])} sessions, {count(data['rows'])} rows, "
        f"delay: {data['delay']}"
    )
    faults = f"Faults: {fault_summary(counts) or 'none found'}. Excluded tickers: {len(excluded)}."
    blocks: list[Block] = [Line(text), Line(faults, "warn" if counts else "")]
    absent = data.get("absent")
    if absent and detailed:
        blocks.append(Line(f"Absent: {', '.join(absent['columns'])}.", "warn"))
        blocks.append(Line(f"Features left out: {', '.join(absent['features'])}."))
        blocks.append(Line(f"Faults not looked for: {', '.join(absent['checks'])}."))
    if not detailed:
        return blocks
    blocks.append(Line(f"Fingerprint: {data['fingerprint']}"))
    if path := data.get("path"):
        blocks.append(Line(f"Path: {path}"))
    if excluded:
        rows = [[item["ticker"], item["reason"]] for item in excluded]
        blocks += [Line("Excluded", "title"), Grid((Column("ticker", 0), Column("reason", 1, wrap=True)), rows)]
    if data.get("faults"):
        blocks += [Line("Faults", "title"), *fault_blocks(data["faults"])]
    return blocks


def _more(document: dict[str, Any]) -> list[Block]:
    trial = document.get("trial_id")
    return [Line(f"Calibration, portfolios and all else: mltrainer trials show {trial}")] if trial else []


def _warnings(document: dict[str, Any], *, brief: bool) -> list[Block]:
    # That the data are simulated stands above everything already.
    told = [one for one in document.get("warnings", []) if not (brief and one["code"] == "simulated")]
    return [Line(f"Warning: {one['message']} [{one['code']}]", "warn") for one in told]


def _provenance(document: dict[str, Any], *, detailed: bool) -> list[Block]:
    proof = document.get("provenance")
    if not proof:
        return []
    trial = document.get("trial_id")
    again = f"; prove it with: mltrainer trials rerun {trial}" if trial else ""
    cached = f"{count(proof['cached_fits'])} {'more ' if proof['cached_fits'] else ''}from the cache"
    text = (
        f"Proof: {count(proof['fits'])} fits ({cached}) in "
        f"{duration(proof['wall_seconds'])} (the fits alone: {duration(proof['fit_seconds'])}), "
        f"seed {proof['seed']}, peak memory {count(proof['peak_memory_mb'])} MB{again}"
    )
    blocks: list[Block] = [Line(text, "dim")]
    if detailed:
        libraries = ", ".join(f"{name} {version}" for name, version in proof["libraries"].items())
        if "devices" in proof:
            blocks.append(Line(f"Fitted on: {', '.join(proof['devices'])}", "dim"))
        blocks += [
            Line(f"Started {proof['started']}, mltrainer {proof['version']}, code {proof['code']}, {libraries}", "dim"),
            Line(f"Digest: {proof['digest']}", "dim"),
        ]
    return blocks
