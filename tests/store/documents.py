"""Results as small as they may be for the ledger."""

from typing import Any


def screening(
    trial_id: str = "T1", *, as_of: str = "2018-02-07", data: str = "sha256:a", **more: Any
) -> dict[str, Any]:
    """Return a screening of two tickers by the mean of two models; ``more`` replaces settings."""
    settings = {
        "models": ["random_forest", "xgboost"],
        "label": "hit",
        "horizon": [7, 10],
        "target_return": 0.07,
        "confidence_threshold": 0.85,
        "top_k": 10,
        "universe": "all",
        "seed": 58,
    } | more
    return {
        "trial_id": trial_id,
        "action": "momentum_screening",
        "status": "succeeded",
        "settings": settings | {"defaulted": ["seed"]},
        "data": {"source": "files", "simulated": False, "as_of": as_of, "fingerprint": data},
        "evaluation": [{"model": "random_forest", "params": {"n_estimators": 300}}, {"model": "xgboost"}],
        "ranked_by": "mean(random_forest,xgboost)",
        "candidates": [candidate("AAPL", 1, 0.5, 160.0), candidate("MSFT", 2, 0.25, 90.0)],
        "provenance": {"code": "c0de", "digest": "sha256:d"},
    }


def candidate(ticker: str, rank: int, confidence: float, close: float) -> dict[str, Any]:
    return {
        "rank": rank,
        "ticker": ticker,
        "confidence": confidence,
        "expected_return": 0.01,
        "last_close": close,
        "target_price": close * 1.25,
        "verdict": "below",
        "by_model": {"random_forest": confidence + 0.1, "xgboost": confidence - 0.1},
    }
