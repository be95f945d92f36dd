"""Result documents as trials give them, with figures made up for the tests of the screens."""

from typing import Any

from mltrainer.settings.result import ResultDocument


def evaluation_row(model: str, auc: float, **more: Any) -> dict[str, Any]:
    row = {
        "model": model,
        "folds": 16,
        "fits": 17,
        "train_rows": [50_000, 62_000],
        "test_rows": 190_412,
        "test_dates": 1_007,
        "calibrated_share": 0.75,
        "base_rate": 0.0981,
        "auc": auc,
        "brier_skill": 0.0213,
        "information_coefficient": 0.0117,
        "rank_ic": 0.0094,
        "rank_ic_t": 0.8,
        "precision_at_k": 0.187,
        "excess_return_at_k": 0.0012,
        "highest_probability": 0.412,
        "ece": 0.011,
        "intervals": {"auc": [auc - 0.02, auc + 0.02], "brier_skill": [0.004, 0.033]},
    }
    return row | more


def candidate(rank: int, ticker: str, confidence: float, verdict: str = "below") -> dict[str, Any]:
    return {
        "rank": rank,
        "ticker": ticker,
        "score": confidence,
        "confidence": confidence,
        "calibrated": True,
        "expected_return": 0.0123,
        "interval": [-0.061, 0.094],
        "last_close": 1234.5,
        "max_entry": 1248.1,
        "target_price": 1320.91,
        "stop_loss": 1159.2,
        "horizon": [7, 10],
        "probability_down": 0.11,
        "confidence_volatility_only": 0.29,
        "support": {"n": 812, "n_eff": 44.0, "hits": 251, "lower": 0.2, "upper": 0.43},
        "verdict": verdict,
    }


def screening(
    *, simulated: bool = False, tickers: tuple[str, ...] = ("NVDA", "AMD", "MU"), **more: Any
) -> dict[str, Any]:
    document = {
        "schema": "mltrainer.result/1",
        "trial_id": "T1",
        "action": "momentum_screening",
        "status": "succeeded",
        "headline": "0 of 200 qualify at 85 %; the best is NVDA with 31.2 % against a base rate of 9.8 %.",
        "event": "closes at least 7 % above today's close on at least one of sessions 7 to 10 from now",
        "settings": {"models": ["random_forest", "xgboost"], "horizon": [7, 10], "defaulted": ["horizon"]},
        "data": {
            "source": "simulated" if simulated else "files",
            "simulated": simulated,
            "as_of": "2018-02-07",
            "first": "2013-02-08",
            "last": "2018-02-07",
            "tickers": 402,
            "sessions": 1259,
            "rows": 251_000,
            "fingerprint": "sha256:abc",
            "delay": "none",
            "excluded": [{"ticker": "XYZ", "reason": "never among the 200 most traded"}],
            "faults": [
                {
                    "code": "stale",
                    "ticker": "AAPL",
                    "date": "2016-01-04",
                    "severity": "warning",
                    "detail": "5 equal bars",
                }
            ],
            "fault_counts": {"stale": 1},
        },
        "evaluation": [evaluation_row("random_forest", 0.712), evaluation_row("xgboost", 0.704)],
        "baselines": [
            evaluation_row("base_rate", 0.5),
            evaluation_row("volatility_only", 0.69),
            evaluation_row("momentum_12_1", 0.51),
        ],
        "candidates": [candidate(place + 1, name, 0.312 - place / 50) for place, name in enumerate(tickers)],
        "qualified": 0,
        "regime": {
            "score": 71.3,
            "label": "normal",
            "probabilities": {"calm": 0.4, "normal": 0.5, "crisis": 0.1},
            "components": {"realised_volatility": 0.23},
            "missing": ["vix"],
            "as_of": "2018-02-07",
        },
        "warnings": [{"code": "mostly_volatility", "message": "Most of the AUC is volatility: alone it has 0.690."}],
        "provenance": {
            "seed": 58,
            "version": "0.1.0",
            "code": "c0de",
            "libraries": {"numpy": "2.4.6"},
            "fits": 34,
            "cached_fits": 0,
            "workers": 2,
            "wall_seconds": 128.4,
            "fit_seconds": 171.0,
            "peak_memory_mb": 1812.0,
            "started": "2026-11-24T05:00:00+00:00",
            "cache": {},
            "digest": "sha256:def",
        },
    }
    document |= more
    ResultDocument.model_validate(document)
    return document
