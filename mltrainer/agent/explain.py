"""A result in plain words. Every number comes from the document; nothing is judged beyond what it holds."""

from typing import Any

from mltrainer.agent.spoken import model_list, model_name
from mltrainer.models.registry import members_of

_BASELINES = {
    "base_rate": "the base rate alone",
    "volatility_only": "the volatility-only baseline",
    "momentum_12_1": "the 12-1 momentum baseline",
}


def explain(document: dict[str, Any]) -> str:
    """Return what a result says: headline, models against baselines, confidence, regime, warnings."""
    lines: list[str] = []
    data = document.get("data", {})
    if data.get("simulated"):
        lines += ["SIMULATED data: these figures say nothing about a real market.", ""]
    opening = f"Trial {document.get('trial_id', '')} ended"
    # The first line already says what a mark in the headline would say again.
    headline = document.get("headline", "").removeprefix("SIMULATED: ")
    lines.append(f"{opening}: {headline}." if headline else f"{opening}.")
    lines += _models(document)
    lines += confidence_lines(document)
    lines += regime_lines(document)
    lines += _analysis(document)
    if warnings := document.get("warnings"):
        # Quoted, so that no advice in a warning is taken for a proposal.
        lines += ["", "Read these figures with care:", "", *(f"> - {one['message']}" for one in warnings)]
    if proof := document.get("provenance"):
        lines += ["", _proof(document, proof)]
    return "\n".join(lines)


def best_model(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the evaluation row with the highest AUC, or None where nothing was evaluated."""
    rows = [row for row in document.get("evaluation", []) if row.get("auc") is not None]
    return max(rows, key=lambda row: row["auc"], default=None)


def _models(document: dict[str, Any]) -> list[str]:
    rows = document.get("evaluation", [])
    if not rows:
        return []
    lines = ["", f"Out of sample, over {rows[0]['folds']} folds and {rows[0]['test_rows']:,} rows:"]
    lines += [f"- {_title(row['model'])}: {_metrics(row)}" for row in rows]
    baselines = [row for row in document.get("baselines", []) if row["model"] != "base_rate"]
    lines += [f"- {_BASELINES.get(row['model'], row['model'])}: {_metrics(row)}" for row in baselines]
    lines.append(f"The base rate was {_percent(rows[0]['base_rate'])}.")
    worse = [row["model"] for row in rows if row.get("brier_skill") is not None and row["brier_skill"] < 0]
    lines += [f"Always saying the base rate was better than the probabilities of {_title(one)}." for one in worse]
    best = best_model(document)
    simple = next((row for row in baselines if row["model"] == "volatility_only" and row.get("auc") is not None), None)
    if best and simple:
        lines.append(_against_volatility(best, simple))
    lines += [_portfolio(row) for row in rows if row.get("portfolio")]
    lines += _luck(document.get("significance") or {})
    return lines


def _title(model: str) -> str:
    """Return the name of a model, an ensemble as the mean of its members."""
    members = members_of(model)
    return model_name(model) if len(members) == 1 else f"mean of {model_list(members)}"


def _portfolio(row: dict[str, Any]) -> str:
    figures = row["portfolio"]
    shown = [
        f"{title} {show(figures[key])}"
        for key, title, show in (
            ("cagr", "growth a year", _percent),
            ("sharpe", "Sharpe ratio", _two),
            ("max_drawdown", "largest drawdown", _percent),
        )
        if figures.get(key) is not None
    ]
    return f"After costs the picks of {_title(row['model'])} had: {', '.join(shown)}." if shown else ""


def _luck(found: dict[str, Any]) -> list[str]:
    tried, deflated = found.get("trials_in_family"), found.get("deflated_sharpe")
    if not tried or deflated is None:
        return []
    return [
        f"With {tried} strategies tried on these data, the chance that the best is more than luck is {deflated:.2f}."
    ]


def _against_volatility(best: dict[str, Any], simple: dict[str, Any]) -> str:
    name, own, other = _title(best["model"]), best["auc"], simple["auc"]
    if own <= other:
        return f"{name} was no better than volatility alone (AUC {own:.3f} against {other:.3f})."
    low, high = best.get("intervals", {}).get("auc"), simple.get("intervals", {}).get("auc")
    if low and high and low[0] <= high[1]:
        return (
            f"{name} was above volatility alone (AUC {own:.3f} against {other:.3f}), but the 90 % intervals overlap: "
            "that is no proof of skill."
        )
    return f"{name} was above volatility alone (AUC {own:.3f} against {other:.3f})."


def _metrics(row: dict[str, Any]) -> str:
    intervals = row.get("intervals", {})
    shown = []
    for key, title, show in (
        ("auc", "AUC", _plain),
        ("brier_skill", "Brier skill", _percent),
        ("information_coefficient", "IC", _plain),
        ("rank_ic", "rank IC", _plain),
        ("precision_at_k", "precision of the picks", _percent),
    ):
        if row.get(key) is not None:
            between = f" ({show(intervals[key][0])} to {show(intervals[key][1])})" if key in intervals else ""
            shown.append(f"{title} {show(row[key])}{between}")
    return ", ".join(shown) or "no figures"


def confidence_lines(document: dict[str, Any]) -> list[str]:
    """Return how many candidates qualify, the highest probability, and what supports it."""
    candidates = document.get("candidates", [])
    if not candidates or document.get("qualified") is None:
        return []
    top = candidates[0]
    # The headline of a screening says how many qualify; without one it is said here.
    counted = [] if document.get("headline") else [f"{document['qualified']} of {len(candidates)} candidates qualify."]
    lines = ["", *counted]
    simple = top.get("confidence_volatility_only")
    beside = f"; volatility alone gives it {_percent(simple)}" if simple is not None else ""
    lines.append(f"The highest probability today is {_percent(top['confidence'])} for {top['ticker']}{beside}.")
    if support := top.get("support"):
        lines.append(
            f"In the past, {support['hits']:,} of {support['n']:,} predictions at that level came true "
            f"(at least {_percent(support['lower'])} with 90 % certainty)."
        )
    return lines


def regime_lines(document: dict[str, Any]) -> list[str]:
    """Return the regime of the result in words, nothing where it has none."""
    regime = document.get("regime")
    if not regime:
        return []
    likely = max(regime["probabilities"].items(), key=lambda pair: pair[1], default=None)
    state = f"; the most probable state is {likely[0]} with {_percent(likely[1])}" if likely else ""
    lines = ["", f"Regime score {regime['score']:.0f} of 100 ({regime['label']}) as of {regime['as_of']}{state}."]
    if missing := regime.get("missing"):
        lines.append(f"Unavailable for the score: {', '.join(missing)}.")
    return lines


def _analysis(document: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for one in (document.get("analysis") or {}).get("tickers", []):
        said = [f"confidence {_percent(one['confidence'])}"] if one.get("confidence") is not None else []
        for key, title in (
            ("own_record", "of its own earlier predictions"),
            ("analogues", "of the most similar predictions"),
        ):
            record = one.get(key) or {}
            if record.get("n"):
                said.append(f"{record['hits']:,} of {record['n']:,} {title} came true ({_percent(record['hit_rate'])})")
        lines.append(f"- {one['ticker']}: {'; '.join(said) or 'no figures'}")
    return ["", *lines] if lines else []


def _proof(document: dict[str, Any], proof: dict[str, Any]) -> str:
    rows = document.get("data", {}).get("rows")
    read = f" on {rows:,} rows" if rows else ""
    cached = f", {proof['cached_fits']} taken from the cache" if proof.get("cached_fits") else ""
    return f"Proof: {proof['fits']} fits{cached}{read} in {proof['wall_seconds']:.1f} s, seed {proof['seed']}."


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f} %"


def _plain(value: float) -> str:
    return f"{value:.3f}"


def _two(value: float) -> str:
    return f"{value:.2f}"
