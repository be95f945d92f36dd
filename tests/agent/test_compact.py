"""What the AI reads: short, complete in what matters, cut only where it shows."""

import json
import subprocess
import sys
from typing import Any

from mltrainer.actions.describe import tool_schemas
from mltrainer.actions.registry import ACTIONS
from mltrainer.agent.analyst import Briefing
from mltrainer.agent.compact import MAX_CHARACTERS, compact, compact_lookup
from mltrainer.agent.policy import Limits
from mltrainer.agent.prompt import system_prompt
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
    for part in (
        "T12",
        "SIMULATED",
        "0 of 7 reach 85%",
        "0.312",
        "TICK10|",
        "random_forest|16|17",
        "qualified: 0 of 500",
    ):
        assert part in text
    assert "TICK11|" not in text and "read this with care" in text and "show_results" in text


def test_what_is_cut_is_visible() -> None:
    made = big()
    made["warnings"] = [{"code": "long", "message": "x" * 9_000}]
    text = compact(made)
    assert len(text) <= MAX_CHARACTERS and "...(cut)" in text and text.endswith("show_results with trial T12.")


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
