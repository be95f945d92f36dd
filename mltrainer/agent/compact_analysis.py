"""What the AI reads of a deep analysis: a table a part, with a line a ticker, so that no ticker is lost."""

from collections.abc import Mapping, Sequence
from typing import Any

from mltrainer.agent.citation.rows import Rows
from mltrainer.agent.shortening import Lines, Part
from mltrainer.agent.tabled import flat, key, table

_HEAD = ("ticker", "rank", "confidence", "confidence_volatility_only", "probability_down", "last_close")
# What a part means, its figures, and those of most worth: references take ``analysis.TICKER.PART.FIGURE``.
_PARTS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "own_record",
        "this ticker's own past predictions",
        ("n", "n_eff", "hits", "hit_rate", "hit_rate_interval", "mean_probability",
         "return_quantiles.0.05", "return_quantiles.0.5", "return_quantiles.0.95"),
        ("n", "hits", "hit_rate"),
    ),
    (
        "analogues",
        "the past predictions, of any ticker, nearest to its confidence",
        ("n", "n_eff", "hits", "hit_rate", "hit_rate_interval", "mean_probability", "probability_range",
         "return_quantiles.0.05", "return_quantiles.0.5", "return_quantiles.0.95"),
        ("n", "hits", "hit_rate"),
    ),
    (
        "outcome_distribution",
        "returns at the end of the horizon after similar predictions, in its own volatility",
        ("n", "n_eff", "chance_of_gain", "quantiles.0.05", "quantiles.0.25", "quantiles.0.5", "quantiles.0.75",
         "quantiles.0.95"),
        ("chance_of_gain", "quantiles.0.05", "quantiles.0.5", "quantiles.0.95"),
    ),
    (
        "risk",
        "the last 252 sessions",
        ("annual_volatility", "drawdown_now", "worst_drawdown", "worst_return_over_horizon",
         "best_return_over_horizon"),
        ("annual_volatility", "worst_drawdown"),
    ),
    (
        "historical_analogues",
        "the past days, of any ticker, whose features were most like today's",
        ("n", "hit_rate", "return_quantiles.0.05", "return_quantiles.0.5", "return_quantiles.0.95"),
        ("n", "hit_rate"),
    ),
)  # fmt: skip
# The same of parts with several rows for a ticker: ``analysis.TICKER.PART.ROW.FIGURE``.
_ROWS = (
    ("by_regime", "similar predictions by the regime of their day"),
    (
        "risk_of_ruin",
        "chance of losing half the capital within 100 such trades, by stop and by the share of the capital in each; "
        "mean_outcome is the mean return of one",
    ),
    ("sensitivity", "probability by horizon and target, from similar predictions"),
)
_OF_REGIMES = ("n", "hit_rate", "mean_probability")
# Of what is shortened first: names of parts.
ORDER = (
    "would_change", "sensitivity", "drivers", "by_regime", "historical_analogues", "risk_of_ruin", "analysis",
    "outcome_distribution", "own_record", "analogues", "risk", "by_regime", "sensitivity", "drivers", "would_change",
    "risk_of_ruin", "historical_analogues", "outcome_distribution", "own_record", "analogues", "risk", "by_regime",
    "sensitivity", "risk_of_ruin",
)  # fmt: skip


def analysis_parts(analysis: Mapping[str, Any]) -> list[Part]:
    """Return the parts in which the analysis of some tickers is told."""
    tickers: Sequence[Mapping[str, Any]] = analysis.get("tickers", [])
    if not tickers:
        return []
    whole = [key(name) for name in _HEAD] + _of("by_model", tickers)
    short = [key(name) for name in ("ticker", "confidence", "confidence_volatility_only")]
    of_whom = ", ".join(f"{name} {analysis[name]}" for name in ("screening", "model") if name in analysis)
    title = f"analysis.TICKER ({of_whom})" if of_whom else "analysis.TICKER"
    parts = [Part("analysis", (table(title, tickers, whole), table(title, tickers, short)), "analysis")]
    for name, meaning, full, least in _PARTS:
        title = f"analysis.TICKER.{name} ({meaning})"
        having = [{**one, name: dict(flat(one[name]))} for one in tickers if one.get(name)]
        ways = tuple(_figures(title, having, name, keys) for keys in (full, least))
        parts.append(Part(name, (*ways, []), "analysis", more=name == "historical_analogues" and bool(having)))
    for name, meaning in _ROWS:
        title = f"analysis.TICKER.{name} ({meaning})"
        rows = [one for ticker in tickers for one in _rows(ticker, name)]
        first = [one for one in rows if one["ticker"].startswith(f"{tickers[0].get('ticker')}.")]
        columns = [key("ticker"), *_columns(rows)]
        fewer = [one for one in columns if one[0] in ("ticker", *_OF_REGIMES)] if name == "by_regime" else columns
        ways = (table(title, rows, columns), table(title, rows, fewer), table(title, first, fewer), [])
        parts.append(Part(name, ways, "analysis"))
    for name, told in (("drivers", _drivers), ("would_change", _would_change)):
        lines = [f"{one.get('ticker')}: {told(one[name])}" for one in tickers if one.get(name)]
        lines = [f"analysis.TICKER.{name}:", *lines] if lines else []
        parts.append(Part(name, (lines, lines[:2], []), "analysis"))
    return [part for part in parts if part.ways[0]]


def _figures(title: str, tickers: Sequence[Mapping[str, Any]], part: str, keys: Sequence[str]) -> Lines:
    columns = [(name, lambda row, name=name: row[part].get(name)) for name in keys]
    return table(title, tickers, [key("ticker"), *columns]) if tickers else []


def _of(part: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    names = dict.fromkeys(name for row in rows for name in row.get(part) or {})
    return [(f"{part}.{name}", lambda row, name=name: (row.get(part) or {}).get(name)) for name in names]


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    names = dict.fromkeys(name for row in rows for name in row if name != "ticker")
    return [(name, lambda row, name=name: row.get(name)) for name in names]


def _rows(ticker: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    """Return the rows of a part, each with a name such as ``NVDA.calm``; what the name says is no figure."""
    rows = Rows(ticker.get(part) or [])
    return [
        {"ticker": f"{ticker.get('ticker')}.{name}"}
        | {path: value for path, value in flat(row) if path not in ("regime", "stop", "horizon")}
        for name, row in zip(rows.names(), rows.all, strict=True)
    ]


def _drivers(drivers: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(f"{one['feature']}:{one['share']:+.2f}" for one in drivers)


def _would_change(said: Sequence[str]) -> str:
    return "; ".join(said)
