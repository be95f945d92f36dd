"""Two results that the labelled sentences speak of: a screening of a real market, and one with another model."""

import json
from pathlib import Path
from typing import Any

from mltrainer.settings.parameters import Settings
from mltrainer.settings.result import ResultDocument

# Where labelled sentences lie, and the results that they speak of.
FOLDER = Path(__file__).parent / "grounding"
# Real results of every action, the latest of each file first.
DOCUMENTS = [one for path in sorted(FOLDER.glob("*.json")) for one in json.loads(path.read_text())]
TICKERS = ("NVDA", "AMD", "MU", "INCY", "CHK", "FCX", "NFLX", "AAPL", "JPM", "XOM")
_HIDDEN = tuple(f"Z{place:03d}" for place in range(190))
ALL_TICKERS = TICKERS + _HIDDEN

_FIGURES = {
    "random_forest": {
        "auc": 0.7235,
        "brier": 0.0743,
        "brier_skill": 0.0312,
        "ece": 0.0121,
        "information_coefficient": 0.0187,
        "rank_ic": 0.0243,
        "rank_ic_t": 1.42,
        "precision_at_k": 0.1874,
        "highest_probability": 0.4713,
        "calibrated_share": 0.75,
    },
    "xgboost": {
        "auc": 0.7118,
        "brier": 0.0778,
        "brier_skill": -0.0145,
        "ece": 0.0264,
        "information_coefficient": -0.0064,
        "rank_ic": 0.0091,
        "rank_ic_t": 0.55,
        "precision_at_k": 0.1612,
        "highest_probability": 0.5829,
        "calibrated_share": 0.75,
    },
    "mean(random_forest,xgboost)": {
        "auc": 0.7279,
        "brier": 0.0745,
        "brier_skill": 0.0287,
        "ece": 0.0098,
        "information_coefficient": 0.0152,
        "rank_ic": 0.0201,
        "rank_ic_t": 1.17,
        "precision_at_k": 0.1931,
        "highest_probability": 0.4986,
        "calibrated_share": 0.75,
    },
    "lightgbm": {
        "auc": 0.7301,
        "brier": 0.0741,
        "brier_skill": 0.0335,
        "ece": 0.0107,
        "information_coefficient": 0.0216,
        "rank_ic": 0.0274,
        "rank_ic_t": 1.63,
        "precision_at_k": 0.2017,
        "highest_probability": 0.5148,
        "calibrated_share": 0.75,
    },
    "mean(lightgbm,random_forest)": {
        "auc": 0.7342,
        "brier": 0.0739,
        "brier_skill": 0.0361,
        "ece": 0.0093,
        "information_coefficient": 0.0229,
        "rank_ic": 0.0288,
        "rank_ic_t": 1.71,
        "precision_at_k": 0.2068,
        "highest_probability": 0.4892,
        "calibrated_share": 0.75,
    },
    "volatility_only": {
        "auc": 0.7156,
        "brier": 0.0751,
        "brier_skill": 0.0214,
        "ece": 0.0133,
        "precision_at_k": 0.1745,
        "highest_probability": 0.4457,
        "calibrated_share": 0.75,
    },
    "momentum_12_1": {"auc": 0.5312, "brier_skill": 0.0012, "precision_at_k": 0.0911, "calibrated_share": 0.75},
}
_INTERVALS = {
    "random_forest": {"auc": (0.7041, 0.7418), "precision_at_k": (0.1514, 0.2212)},
    "xgboost": {"auc": (0.6925, 0.7304), "precision_at_k": (0.1298, 0.1953)},
    "mean(random_forest,xgboost)": {"auc": (0.7089, 0.7461), "precision_at_k": (0.1567, 0.2276)},
    "lightgbm": {"auc": (0.7112, 0.7479)},
    "mean(lightgbm,random_forest)": {"auc": (0.7153, 0.7521)},
    "volatility_only": {"auc": (0.6962, 0.7339)},
    "momentum_12_1": {"auc": (0.5008, 0.5624)},
}
_PORTFOLIOS = {
    "random_forest": {"sharpe": 0.62, "cagr": 0.0841, "max_drawdown": -0.2317, "volatility": 0.1562, "turnover": 24.8},
    "xgboost": {"sharpe": 0.41, "cagr": 0.0517, "max_drawdown": -0.2764, "volatility": 0.1633, "turnover": 26.1},
    "mean(random_forest,xgboost)": {
        "sharpe": 0.57,
        "cagr": 0.0768,
        "max_drawdown": -0.2409,
        "volatility": 0.1591,
        "turnover": 25.3,
    },
    "lightgbm": {"sharpe": 0.66, "cagr": 0.0902, "max_drawdown": -0.2255, "volatility": 0.1577, "turnover": 27.4},
    "mean(lightgbm,random_forest)": {
        "sharpe": 0.69,
        "cagr": 0.0934,
        "max_drawdown": -0.2198,
        "volatility": 0.1549,
        "turnover": 25.9,
    },
    "volatility_only": {
        "sharpe": 0.48,
        "cagr": 0.0634,
        "max_drawdown": -0.2591,
        "volatility": 0.1702,
        "turnover": 21.5,
    },
}
_SCORED = {
    "NVDA": (0.4417, 0.3986, 0.0213, 228.8, (388, 142, 0.2417), (0.4302, 0.4533)),
    "AMD": (0.3871, 0.4012, 0.0184, 11.66, (512, 171, 0.2262), (0.3695, 0.4048)),
    "MU": (0.3526, 0.3441, 0.0169, 41.23, (604, 188, 0.2179), (0.3418, 0.3637)),
    "INCY": (0.2984, 0.3127, 0.0127, 89.37, (871, 233, 0.1934), (0.2856, 0.3109)),
    "CHK": (0.2741, 0.3318, 0.0096, 3.42, (943, 238, 0.1857), (0.2597, 0.2888)),
    "FCX": (0.2519, 0.2894, 0.0088, 18.53, (1014, 241, 0.1772), (0.2423, 0.2617)),
    "NFLX": (0.2276, 0.2471, 0.0075, 264.56, (1190, 262, 0.1668), (0.2184, 0.2371)),
    "AAPL": (0.0714, 0.0653, 0.0031, 159.54, (3120, 219, 0.0561), (0.0688, 0.0743)),
    "JPM": (0.0388, 0.0412, 0.0012, 112.87, (4075, 157, 0.0301), (0.0371, 0.0406)),
    "XOM": (0.0297, 0.0318, -0.0008, 76.94, (5210, 149, 0.0224), (0.0283, 0.0312)),
}


def _row(model: str) -> dict[str, Any]:
    row = {"model": model, "folds": 16, "fits": 17, "train_rows": [50_200, 62_800], "test_rows": 190_412}
    row |= {"test_dates": 1_007, "base_rate": 0.0823, "intervals": _INTERVALS[model], **_FIGURES[model]}
    return row | ({"portfolio": _PORTFOLIOS[model]} if model in _PORTFOLIOS else {})


def _candidate(rank: int, ticker: str, models: tuple[str, ...], shift: float) -> dict[str, Any]:
    confidence, simple, expected, close, (n, hits, lower), by = _SCORED.get(
        ticker, (0.02 - rank * 5e-5, 0.02, 0.0, 50.0, (900, 15, 0.01), (0.02, 0.02))
    )
    return {
        "rank": rank,
        "ticker": ticker,
        "score": confidence,
        "confidence": confidence + shift,
        "calibrated": True,
        "expected_return": expected,
        "interval": (expected - 0.1084, expected + 0.1129),
        "last_close": close,
        "target_price": round(close * 1.07, 2),
        "stop_loss": round(close * (1 + expected - 0.1084), 2),
        "horizon": (7, 10),
        "probability_down": confidence * 0.7,
        "confidence_volatility_only": simple,
        "support": {"n": n, "n_eff": 31.0, "hits": hits, "lower": lower, "upper": 0.6},
        "verdict": "below",
        "by_model": dict(zip(models, by, strict=True)),
    }


def _document(trial: str, models: tuple[str, str], shift: float, tried: int, deflated: float) -> dict[str, Any]:
    ensemble = f"mean({','.join(sorted(models))})"
    best = 0.4417 + shift
    settings = Settings(models=models).model_dump(mode="json")
    candidates = [
        _candidate(place, one, models, shift if place <= 7 else 0) for place, one in enumerate(ALL_TICKERS, 1)
    ]
    made = {
        "trial_id": trial,
        "action": "momentum_screening",
        "status": "succeeded",
        "headline": f"0 of 200 reach 85 %; the best is NVDA at {100 * best:.1f} %; the base rate is 8.2 %",
        "event": "closes at least 7 % above today's close on at least one of sessions 7 to 10 from now",
        "settings": settings | {"defaulted": ["seed", "cost_bps", "embargo"]},
        "data": {
            "source": "files",
            "simulated": False,
            "as_of": "2018-02-07",
            "first": "2013-02-08",
            "last": "2018-02-07",
            "tickers": 200,
            "sessions": 1_259,
            "rows": 251_774,
            "fingerprint": "sha256:" + "0" * 64,
            "delay": "end of day",
            "excluded": [{"ticker": "XYZ", "reason": "too short"}] * 5,
            "fault_counts": {"missing_session": 43},
        },
        "evaluation": [_row(one) for one in (*models, ensemble)],
        "baselines": [
            {
                "model": "base_rate",
                "folds": 16,
                "fits": 0,
                "train_rows": [],
                "test_rows": 190_412,
                "test_dates": 1_007,
                "calibrated_share": 1.0,
                "base_rate": 0.0823,
                "brier": 0.0767,
            },
            _row("volatility_only"),
            _row("momentum_12_1"),
        ],
        "candidates": candidates,
        "qualified": 0,
        "regime": {
            "score": 61.4,
            "label": "nervous",
            "as_of": "2018-02-07",
            "probabilities": {"calm": 0.04, "normal": 0.27, "turbulent": 0.69},
            "components": {"drawdown": 0.52},
        },
        "significance": {
            "trials_in_family": tried,
            "best_model": models[0],
            "sharpe": 0.62,
            "deflated_sharpe": deflated,
            "probabilistic_sharpe": 0.71,
            "pbo": 0.38,
        },
        "warnings": [
            {
                "code": "threshold_history",
                "message": "85 % was never reached in 190412 out-of-sample predictions; the highest was 49.9 %",
            }
        ],
        "provenance": {
            "seed": 58,
            "version": "0.1.0",
            "code": "0",
            "libraries": {},
            "fits": 51,
            "cached_fits": 17,
            "workers": 2,
            "wall_seconds": 94.3,
            "fit_seconds": 171.8,
            "peak_memory_mb": 812.0,
            "started": "2026-01-05T09:00:00Z",
            "cache": {},
            "digest": "sha256:0",
        },
    }
    return ResultDocument.model_validate(made).as_dict()


FIRST = _document("T1", ("random_forest", "xgboost"), 0.0, 7, 0.42)
SECOND = _document("T2", ("random_forest", "lightgbm"), 0.0191, 10, 0.47)
