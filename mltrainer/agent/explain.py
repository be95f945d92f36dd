"""A result in plain words, verdict first. Every number comes from the document; the tables say the rest."""

from collections.abc import Sequence
from typing import Any

from mltrainer.agent.explain_parts import comparison_lines, promotion_lines, search_lines
from mltrainer.agent.spoken import model_list, model_name
from mltrainer.models.registry import ensemble_kind, members_of

# What changes how the figures are read comes first; what the text says itself is left out.
_FIRST = (
    "data_changed",
    "overconfident",
    "uncalibrated",
    "partly_uncalibrated",
    "explained_by_volatility",
    "no_direction_skill",
    "survivorship",
)
_SAID = ("simulated", "threshold_history")
_MOST_WARNINGS = 3
_ENSEMBLES = {"mean": "mean", "weighted": "skill-weighted mean", "stack": "stack", "gated": "regime-gated mean"}


def explain(document: dict[str, Any]) -> str:
    """Return what a result says: the verdict, the model that ranks, chances, regime, the warnings that matter most."""
    if "trial_id" not in document:
        return f"Done: {document['headline']}."
    parts: list[list[str]] = []
    if document.get("data", {}).get("simulated"):
        parts.append(["SIMULATED data: these figures say nothing about a real market."])
    opening = f"Trial {document.get('trial_id', '')} ended"
    # The first line already says what a mark in the headline would say again.
    headline = document.get("headline", "").removeprefix("SIMULATED: ")
    parts.append([f"{opening}: {headline}." if headline else f"{opening}."])
    parts.append(skill_lines(document))
    parts += [read(document) for read in (comparison_lines, search_lines, promotion_lines)]
    parts.append(confidence_lines(document))
    parts.append(regime_lines(document))
    parts.append(_analysis(document))
    parts += _warnings(document.get("warnings", []))
    parts.append(proof_line(document))
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def best_model(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the evaluation row with the highest AUC, or None where nothing was evaluated."""
    rows = [row for row in document.get("evaluation", []) if row.get("auc") is not None]
    return max(rows, key=lambda row: row["auc"], default=None)


def ranking_model(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the row of the model that ranks the candidates or leads a comparison, else the best one."""
    rows = document.get("evaluation", [])
    first = document.get("ranked_by") or (document.get("comparison") or {}).get("best")
    named = [row for row in rows if row["model"] == first]
    return next(iter(named), None) or best_model(document)


def apart(first: dict[str, Any], second: dict[str, Any]) -> bool | None:
    """Tell whether the 90 % intervals of two AUCs do not overlap; None where one has none, for want of test days."""
    one, other = first.get("intervals", {}).get("auc"), second.get("intervals", {}).get("auc")
    return (one[0] > other[1] or other[0] > one[1]) if one and other else None


def skill_lines(document: dict[str, Any]) -> list[str]:
    """Return the verdict on the model that ranks: against volatility, the base rate, costs, the others, and luck."""
    chosen = ranking_model(document)
    if not chosen or chosen.get("auc") is None:
        return []
    rows = [row for row in document["evaluation"] if row.get("auc") is not None and row is not chosen]
    lines = [_verdict(chosen, document), _against_base_rate(chosen), _after_costs(chosen), _others(rows)]
    return [line for line in [*lines, _luck(document.get("significance") or {})] if line]


def _verdict(chosen: dict[str, Any], document: dict[str, Any]) -> str:
    simple = next((row for row in document.get("baselines", []) if row["model"] == "volatility_only"), None)
    own = f"{_title(chosen['model'])} has AUC {_auc(chosen)}"
    if not simple or simple.get("auc") is None:
        return f"{own} out of sample."
    both = f"{own}, volatility alone {_auc(simple)}"
    if chosen["auc"] <= simple["auc"]:
        return f"Verdict: no better than volatility alone. {both}."
    differs = apart(chosen, simple)
    if differs is None:
        return f"Verdict: nothing is proven. {both}, from too few test days for intervals."
    if not differs:
        return f"Verdict: no proof of skill beyond volatility. {both}: within error, since the 90 % intervals overlap."
    return f"Verdict: better than volatility alone. {both}; the 90 % intervals do not overlap."


def _against_base_rate(chosen: dict[str, Any]) -> str:
    rate, skill = _percent(chosen["base_rate"]), chosen.get("brier_skill")
    if skill is None:
        return f"The base rate is {rate}."
    if skill < 0:
        return (
            f"Its probabilities are worse than always saying the base rate of {rate} (Brier skill {_percent(skill)})."
        )
    return f"Its probabilities gain {_percent(skill)} Brier skill on always saying the base rate of {rate}."


def _others(rows: Sequence[dict[str, Any]]) -> str:
    ordered = sorted(rows, key=lambda row: -row["auc"])
    if not ordered:
        return ""
    best, last = ordered[0], ordered[-1]
    if best is last:
        return f"Beside it, {_title(best['model'])} has AUC {best['auc']:.3f}."
    how = {True: "further apart than error", False: "within error of each other", None: "with too few days to tell"}
    return (
        f"Of the others, {_title(best['model'])} is highest with AUC {best['auc']:.3f} and {_title(last['model'])} "
        f"lowest with {last['auc']:.3f}, {how[apart(best, last)]}."
    )


def _title(model: str) -> str:
    """Return the name of a model, of an ensemble by its members."""
    kind = ensemble_kind(model)
    return f"The {_ENSEMBLES[kind]} of {model_list(members_of(model))}" if kind else model_name(model)


def _auc(row: dict[str, Any]) -> str:
    between = row.get("intervals", {}).get("auc")
    return f"{row['auc']:.3f} ({between[0]:.3f} to {between[1]:.3f})" if between else f"{row['auc']:.3f}"


def _after_costs(chosen: dict[str, Any]) -> str:
    figures = chosen.get("portfolio") or {}
    shown = [
        f"{title} {show(figures[key])}"
        for key, title, show in (
            ("cagr", "growth a year", _percent),
            ("sharpe", "Sharpe ratio", _two),
            ("max_drawdown", "largest drawdown", _percent),
        )
        if figures.get(key) is not None
    ]
    return f"Its picks after costs: {', '.join(shown)}." if shown else ""


def _luck(found: dict[str, Any]) -> str:
    summary = found.get("summary")
    return f"After everything tried: {summary}." if summary else ""


def confidence_lines(document: dict[str, Any]) -> list[str]:
    """Return how many candidates qualify, the highest probability, and what supports it."""
    candidates = document.get("candidates", [])
    if not candidates or document.get("qualified") is None:
        return []
    top = candidates[0]
    # The headline of a screening says how many qualify; without one it is said here.
    lines = [] if document.get("headline") else [f"{document['qualified']} of {len(candidates)} candidates qualify."]
    simple = top.get("confidence_volatility_only")
    beside = f"; volatility alone gives it {_percent(simple)}" if simple is not None else ""
    lines.append(f"The highest probability today is {_percent(top['confidence'])} for {top['ticker']}{beside}.")
    if support := top.get("support"):
        lines.append(past_line(support))
    return lines


def past_line(support: dict[str, Any]) -> str:
    """Return how often past predictions at the level of a candidate came true."""
    if not support["n"]:
        return "No calibrated prediction of the past was that high, so nothing out of sample supports it."
    return (
        f"In the past, {support['hits']:,} of {support['n']:,} predictions at about that level or higher came true "
        f"(at least {_percent(support['lower'])} with 90 % certainty)."
    )


def regime_lines(document: dict[str, Any]) -> list[str]:
    """Return the regime of the result in words, nothing where it has none."""
    regime = document.get("regime")
    if not regime:
        return []
    likely = max(regime["probabilities"].items(), key=lambda pair: pair[1], default=None)
    state = f"; the most probable state is {likely[0]} with {_percent(likely[1])}" if likely else ""
    lines = [f"Regime score {regime['score']:.0f} of 100 ({regime['label']}) as of {regime['as_of']}{state}."]
    if missing := regime.get("missing"):
        lines.append(f"Unavailable for the score: {', '.join(missing)}.")
    if risk := (regime.get("history") or {}).get("fall_risk"):
        lines.append(
            f"The probability that the market closes {_percent(risk['fall'])} or more below today's level within "
            f"{risk['within_sessions']} sessions is {_percent(risk['probability'])}, against a base rate of "
            f"{_percent(risk['base_rate'])}."
        )
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
    return lines


def _warnings(warnings: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Return the warnings that change most how the result is read, quoted: no advice in them is a proposal."""
    order = {code: place for place, code in enumerate(_FIRST)}
    told = sorted(
        (one for one in warnings if one["code"] not in _SAID), key=lambda one: order.get(one["code"], len(order))
    )
    if not told:
        return []
    more = ["More warnings stand with the result."] if len(told) > _MOST_WARNINGS else []
    quoted = [f"> - {one['message']}" for one in told[:_MOST_WARNINGS]]
    return [["Read these figures with care:"], quoted, more]


def proof_line(document: dict[str, Any]) -> list[str]:
    """Return how much was really computed, nothing where a result does not say."""
    proof = document.get("provenance")
    if not proof:
        return []
    rows = document.get("data", {}).get("rows")
    read = f" on {rows:,} rows" if rows else ""
    cached = f" and {proof['cached_fits']} others taken from the cache" if proof.get("cached_fits") else ""
    return [f"Proof: {proof['fits']} fits{cached}{read} in {proof['wall_seconds']:.1f} s, seed {proof['seed']}."]


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f} %"


def _two(value: float) -> str:
    return f"{value:.2f}"
