"""What the AI reads of models: how they did, beside each other and beside luck."""

from collections.abc import Mapping
from typing import Any

from mltrainer.agent.shortening import Part
from mltrainer.agent.tabled import as_json, key, table, with_interval

_OF_STRATEGY = tuple(f"portfolio.{name}" for name in ("sharpe", "cagr", "max_drawdown", "turnover"))
_EVALUATION = (
    *map(key, ("model", "folds", "fits", "test_rows", "base_rate")),
    *map(with_interval, ("auc", "brier_skill")),
    key("ece"),
    *map(with_interval, ("information_coefficient", "rank_ic", "precision_at_k")),
    *map(key, ("highest_probability", *_OF_STRATEGY, "portfolio.mean_cost_bps")),
)
_EVALUATION_SHORT = (
    *map(key, ("model", "test_rows", "base_rate")),
    with_interval("auc"),
    key("brier_skill"),
    with_interval("rank_ic"),
    *map(key, ("precision_at_k", "highest_probability", *_OF_STRATEGY)),
)
_KEYS_OF_MODELS = ("model", "base_rate", "auc", "brier_skill", "rank_ic", "highest_probability", "portfolio.sharpe")
_EVALUATION_LEAST = tuple(map(key, (*_KEYS_OF_MODELS, "portfolio.max_drawdown")))
_PROMOTED = tuple(map(key, ("model", "figure", "before", "holdout", "lower", "upper", "verdict")))
_BENCHMARKS = tuple(map(key, ("name", "portfolio.sharpe", "portfolio.cagr", "portfolio.max_drawdown")))
_LEADERBOARD = ("rank", "model", "brier_skill", "auc", "rank_ic")
_DIFFERENCES = ("to_best", "to_best_q", "to_volatility", "to_volatility_q")
_SEARCH = ("model", "tries", "failed", "before.auc", "best.auc", "difference", "difference_p", "use")


def model_parts(document: Mapping[str, Any]) -> list[Part]:
    """Return what is known of the models: how they did, beside each other and beside luck."""
    parts = []
    if significance := document.get("significance"):
        meaning = "p of luck, q after all tries; deflated_sharpe: probability that it is more than luck"
        parts.append(Part("significance", ([f"significance ({meaning}): {as_json(significance)}"],)))
    models, baselines = document.get("evaluation", []), document.get("baselines", [])
    if comparison := document.get("comparison"):
        known = ("rank", "model") if models else _LEADERBOARD
        title = f"comparison by brier_skill over {comparison['test_dates']} dates"
        title += ", differences of the Brier score: below 0 is better"
        failed = [f"failed: {one['model']}: {one['message']}" for one in comparison.get("failed", [])]
        shorter = [f"failed: {', '.join(one['model'] for one in comparison['failed'])}"] if failed else []
        rows, full, least = comparison["rows"], (*known, *_DIFFERENCES), ("model", "to_volatility", "to_volatility_q")
        whole, short = (table(title, rows, list(map(key, one))) for one in (full, least))
        ways = ([*whole, *failed], [*whole, *shorter], [*short, *shorter])
        parts.append(Part("leaderboard", ways, "comparison"))
    if searches := document.get("search"):
        lines = table("search", searches, list(map(key, _SEARCH)))
        params = [f"{one['model']}: before {as_json(one['before']['params'])}" for one in searches]
        parts.append(Part("search", ([*lines, *params], lines), "search", more=True))
    rows, line = [*models, *baselines], (len(models), "baselines:")
    columns = (_EVALUATION, _EVALUATION_SHORT, _EVALUATION_LEAST)
    scored = tuple(table("evaluation, 90 % intervals", rows, one, separated=line) for one in columns)
    parts.append(Part("evaluation", scored, "evaluation"))
    if promoted := document.get("promotion"):
        seen = "looked at before" if promoted["contaminated"] else "not looked at before"
        title = f"holdout {promoted['first']} to {promoted['last']}, {promoted['dates']} dates, {seen}"
        main = [one for one in promoted["figures"] if one.get("figure") in ("auc", "rank_ic")]
        told = (table(title, promoted["figures"], _PROMOTED), table(title, main, _PROMOTED))
        parts.append(Part("promotion", told, "promotion"))
    parts.append(
        Part("benchmarks", (table("benchmarks", document.get("benchmarks", []), _BENCHMARKS), []), "portfolio")
    )
    if past := document.get("at_threshold"):
        fewer = {name: past[name] for name in ("model", "threshold", "n", "hits", "highest") if name in past}
        said = tuple([f"at_threshold, past predictions that reached it: {as_json(one)}"] for one in (past, fewer))
        parts.append(Part("at_threshold", said, "calibration"))
    if held := document.get("coverage"):
        title = f"coverage of the {100 * held['level']:.0f} % intervals of the return"
        fewer = {name: held[name] for name in ("coverage", "error", "n") if name in held}
        parts.append(Part("coverage", (*([f"{title}: {as_json(one)}"] for one in (held, fewer)), []), "calibration"))
    return [part for part in parts if part.ways[0]]
