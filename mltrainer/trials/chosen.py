"""The candidates of a finished screening that a deep analysis looks at."""

from typing import Any

from mltrainer.settings.errors import UsageError


def chosen_candidates(screening: dict[str, Any], arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the candidates that are named, or those at the top.

    Raises
    ------
    UsageError
        If there are none, or a ticker was not among them.
    """
    candidates = screening.get("candidates")
    if not candidates:
        raise UsageError(
            "there is no screening with candidates to analyse",
            hint="run momentum_screening first, or name one with trial",
            code="no_screening",
        )
    named = arguments.get("tickers")
    if not named:
        return list(candidates[: arguments.get("top") or 5])
    by_ticker = {candidate["ticker"]: candidate for candidate in candidates}
    if missing := [name for name in named if name.upper() not in by_ticker]:
        raise UsageError(
            f"{missing[0]} is not among the candidates of {screening['trial_id']}",
            hint=f"its candidates begin with {', '.join(list(by_ticker)[:10])}",
            code="unknown_ticker",
        )
    return [by_ticker[name.upper()] for name in named]
