"""What the AI reads: short, complete in what matters, cut only where it shows."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.actions.describe import tool_schemas
from mltrainer.actions.registry import ACTIONS
from mltrainer.agent.analyst import Briefing
from mltrainer.agent.citation.lookup import look_up
from mltrainer.agent.compact import compact, compact_lookup
from mltrainer.agent.policy import Limits
from mltrainer.agent.prompt import system_prompt
from mltrainer.agent.shortening import MAX_CHARACTERS
from mltrainer.facilitator.facilitator import model_facts
from mltrainer.models.registry import MODELS
from mltrainer.settings.parameters import Settings

from .world import document, evaluation_row

ARGUMENTS = Settings().model_dump(mode="json")


def big(action: str = "momentum_screening") -> dict[str, Any]:
    """Return a result with everything in it, as many times as it may be."""
    made = document("T12", action, ARGUMENTS)
    made["evaluation"] = [evaluation_row(model, 0.7) for model in [*MODELS, "mean(random_forest,xgboost)"]]
    made["candidates"] = [made["candidates"][0] | {"rank": rank, "ticker": f"TICK{rank}"} for rank in range(1, 501)]
    made["data"]["excluded"] = [{"ticker": f"X{place}", "reason": "too short"} for place in range(300)]
    made["data"]["faults"] = [{"code": "gap", "ticker": "X", "date": "2020-01-01", "detail": "x" * 50}] * 500
    made["warnings"] = [{"code": f"w{place}", "message": "read this with care " * 5} for place in range(8)]
    made["regime"] = {"score": 31.0, "label": "normal", "history": {"score": list(range(2000))}}
    return made


def test_a_result_fits_and_keeps_what_matters() -> None:
    text = compact(big())
    assert len(text) <= MAX_CHARACTERS
    for part in ("T12", "SIMULATED", "0 of 7 reach 85%", "0.312", "|TICK10\n", "qualified: 0 of 500"):
        assert part in text
    assert "TICK11" not in text and "read this with care" in text and "show_results" in text


def test_what_is_left_out_is_named() -> None:
    made = big()
    made["warnings"] = [{"code": "long", "message": "x" * 9_000}]
    text = compact(made)
    assert len(text) <= MAX_CHARACTERS and "long" in text and "xxx" not in text
    assert "Shortened or left out here" in text.splitlines()[-1] and "warnings" in text.splitlines()[-1]


def whole_lines_of(text: str) -> bool:
    """Tell whether every row of every table has as many cells as its head, and everything in JSON can be read."""
    width = 0
    for line in text.splitlines():
        if (start := line.find(": {")) > 0:
            json.loads(line[start + 2 :])
        if line.startswith(("model|", "rank|", "ticker|", "name|", "score|")):
            width = line.count("|")
        elif "|" in line and line.count("|") != width:
            return False
    return True


@settings(max_examples=40)
@given(
    models=st.integers(1, 32),
    candidates=st.integers(0, 60),
    tickers=st.integers(0, 24),
    warnings=st.integers(0, 12),
    universe=st.integers(0, 505),
    compared=st.booleans(),
)
def test_every_line_is_whole_and_the_figures_of_every_model_are_there(
    models: int, candidates: int, tickers: int, warnings: int, universe: int, compared: bool
) -> None:
    made = document("T12", "model_comparison", ARGUMENTS)
    names = [f"gradient_boosting_{place}" for place in range(models)]
    strategy = {"sharpe": 1.23456, "cagr": 0.2345, "max_drawdown": -0.31234, "turnover": 25.1234, "mean_cost_bps": 8.6}
    made["evaluation"] = [
        evaluation_row(name, 0.5 + place / 1000) | {"portfolio": strategy | {"sharpe": 1 + place / 100}}
        for place, name in enumerate(names)
    ]
    made["settings"] = made["settings"] | {
        "models": names,
        "universe": ",".join(f"TICK{place}" for place in range(universe)) or "top-200",
        "defaulted": ["label", "cost_bps", "model_params"],
    }
    made["candidates"] = [
        made["candidates"][0] | {"rank": at, "ticker": f"TICK{at}"} for at in range(1, candidates + 1)
    ]
    if compared:
        rows = [
            {
                "rank": at,
                "model": name,
                "to_best": 0.0012,
                "to_best_q": 0.4,
                "to_volatility": 0.1,
                "to_volatility_q": 0.1,
            }
            for at, name in enumerate(names, 1)
        ]
        made["comparison"] = {"best": names[0], "test_dates": 700, "rows": rows}
    made["analysis"] = {"tickers": [found(f"TICK{place}") for place in range(tickers)]} if tickers else {}
    made["warnings"] = [{"code": f"w{at}", "message": "read this with care " * at} for at in range(warnings)]
    made["significance"] = {"trials_in_family": 40, "summary": "40 tried: deflated Sharpe 0.42 (q 1.00)",
                            "deflated_sharpe": 0.4213, "pbo": 0.4712, "return_q_store": 0.9123}  # fmt: skip
    text = compact(made)
    assert len(text) <= MAX_CHARACTERS and whole_lines_of(text)
    assert "do not fit" not in text
    assert all(figure in text for figure in ("0.4213", "0.4712", "0.9123", "(q 1.00)"))
    for place, name in enumerate(names):
        row = next(line for line in text[text.index("evaluation") :].splitlines() if line.startswith(f"{name}|"))
        assert f"|{1 + place / 100:.4g}" in row or models == 1 or "portfolio.sharpe" in text
        assert f"{0.5 + place / 1000:.4g}" in row
    for place in range(tickers):
        assert re.search(rf"\nTICK{place}(\.|\||\n)", text)


def found(ticker: str) -> dict[str, Any]:
    """Return what a deep analysis finds of a ticker."""
    record = {"n": 738, "n_eff": 104.7, "hits": 258, "hit_rate": 0.3534, "hit_rate_interval": [0.264, 0.414],
              "mean_probability": 0.31, "return_quantiles": {"0.05": -0.2, "0.5": 0.01, "0.95": 0.18}}  # fmt: skip
    return {
        "ticker": ticker, "rank": 1, "confidence": 0.3123, "last_close": 12.5, "by_model": {"ridge": 0.3},
        "drivers": [{"feature": "atr_14", "share": 0.1234, "value": 0.06}] * 3,
        "sensitivity": [{"horizon": [2, 4], "probabilities": {"0.025": 0.36, "0.05": 0.17}}],
        "risk_of_ruin": [{"stop": one, "size 50%": size} for one, size in (("5%", 0.02), ("10%", 0.03))],
        "by_regime": [{"regime": one, "n": 10, "hit_rate": rate} for one, rate in (("calm", 0.3), ("crisis", 0.4))],
        "own_record": record, "analogues": record, "historical_analogues": {"n": 50, "hit_rate": 0.24, "examples": []},
        "risk": {"annual_volatility": 0.49, "worst_drawdown": -0.55}, "would_change": ["a threshold of 31 % or less"],
    }  # fmt: skip


def test_a_deep_analysis_of_five_tells_of_each_what_was_found() -> None:
    made = document("T2", "deep_analysis", ARGUMENTS)
    made["analysis"] = {"screening": "T1", "model": "ridge", "tickers": [found(name) for name in "ABCDE"]}
    text = compact(made)
    assert len(text) <= MAX_CHARACTERS
    for part in ("own_record", "analogues", "historical_analogues", "risk", "by_regime", "risk_of_ruin", "sensitivity"):
        block = text.split(f"analysis.TICKER.{part} (")[1].split("analysis.TICKER")[0]
        assert all(f"\n{name}" in block for name in "ABCDE")
    assert "losing half the capital within 100 such trades" in text


def test_what_is_asked_of_a_section_comes_in_whole_rows() -> None:
    asked = {"trial_id": "T1", "candidates": [{"ticker": f"TICK{place}", "confidence": 0.3} for place in range(500)]}
    lines = compact_lookup("show_results", asked).splitlines()
    assert lines[1] == "candidates, 500 rows:" and lines[-1].endswith("the store has them)")
    assert [json.loads(line)["ticker"] for line in lines[2:5]] == ["TICK0", "TICK1", "TICK2"]
    assert all(line.endswith("}") for line in lines[2:-1])


@pytest.mark.parametrize(
    ("row", "head", "reference"),
    [
        ("random_forest|", "|auc", "random_forest.auc"),
        ("random_forest|", "|portfolio.sharpe", "random_forest.portfolio.sharpe"),
        ("1|TICK1|", "|support.hits", "TICK1.support.hits"),
        ("A|", "|hit_rate", "analysis.A.own_record.hit_rate"),
        ("A.10%|", "|size 50%", "analysis.A.risk_of_ruin.10%.size 50%"),
        ("A.2-4|", "|probabilities.0.025", "analysis.A.sensitivity.2-4.probabilities.0.025"),
        ("A.calm|", "|hit_rate", "analysis.A.by_regime.calm.hit_rate"),
    ],
)
def test_what_heads_rows_and_columns_is_what_references_take(row: str, head: str, reference: str) -> None:
    made = document("T1", "momentum_screening", ARGUMENTS | {"models": ["random_forest"]})
    made["evaluation"][0]["portfolio"] = {"sharpe": 1.2}
    made["candidates"] = [one | {"ticker": "TICK1"} for one in made["candidates"][:1]]
    made["analysis"] = {"tickers": [found("A")]}
    text = compact(made)
    assert f"\n{row}" in text and head in text and look_up(made, reference)


def test_a_figure_keeps_four_digits() -> None:
    made = document("T1", "momentum_screening", ARGUMENTS)
    made["evaluation"][0]["auc"] = 0.7234567
    assert "0.7235" in compact(made)


def test_lookups_are_short_too() -> None:
    assert "min_samples_leaf" in compact_lookup("list_models", {"models": [model_facts(name) for name in MODELS]})
    assert len(compact_lookup("show_results", {"faults": ["x" * 100] * 1_000})) <= MAX_CHARACTERS
    assert "Result of trial T12" in compact_lookup("show_results", big())


def test_the_prompt_and_the_tools_are_the_same_bytes_every_time() -> None:
    facts = {"source": "files", "first": "2013-02-08", "last": "2018-02-07", "sectors": ["Energy"], "names": ["AAPL"]}
    models = [model_facts(name) for name in MODELS]
    first = system_prompt(Briefing("S1", facts, models))
    again = system_prompt(Briefing("S1", dict(reversed(facts.items())), models))
    assert first == again
    assert json.dumps(tool_schemas()) == json.dumps(tool_schemas())
    assert all(name in first for name in MODELS)
    assert "2018-02-07" in first and "AAPL" not in first


def test_the_prompt_tells_the_actions_the_regime_and_the_limits_where_there_are_some() -> None:
    bare = system_prompt(Briefing("S1", {"source": "files"}, []))
    assert all(f"- {name} (" in bare for name in ACTIONS)
    assert "regime of these data" not in bare and "Limits of" not in bare
    seen = document("T4", "regime_detection", {})
    told = system_prompt(Briefing("S1", {"source": "files"}, [], seen, str(Limits(max_trials=3, max_usd=0.5))))
    assert "Latest regime of these data: 37.2 of 100, normal, as of 2023-10-20 (trial T4)." in told
    assert "Limits of this conversation: 3 trials, $0.5." in told


def test_a_conversation_loads_nothing_heavy() -> None:
    code = (
        "import sys, mltrainer.agent.conversation, mltrainer.agent.oneshot, mltrainer.agent.claude, "
        "mltrainer.agent.offline\n"
        "print([name for name in ('anthropic', 'numpy', 'pandas', 'sklearn', 'torch', 'rich') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
