"""Commands that train nothing load nothing heavy, and start as fast as they may."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "anthropic",
    "pandas",
    "sklearn",
    "torch",
    "numpy",
    "xgboost",
    "lightgbm",
    "pyarrow",
    "scipy",
    "prompt_toolkit",
)
REPORT = """
import json, sys
sys.argv = ["mltrainer", *json.loads(sys.argv[1])]
from mltrainer.__main__ import main
try:
    main()
except SystemExit as done:
    code = done.code or 0
else:
    code = 0
print(json.dumps({"code": code, "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""
LIGHT = (
    ["--version"],
    ["--help"],
    ["models", "list"],
    ["models", "show", "xgboost"],
    ["trials", "list"],
    ["predictions", "list"],
    ["sessions", "list"],
    ["status"],
    ["config"],
)


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_a_command_that_trains_nothing_imports_nothing_heavy(arguments: list[str], home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REPORT, json.dumps(arguments)], capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout.splitlines()[-1])

    assert report["code"] == 0
    assert not set(report["modules"]) & set(HEAVY)


def test_a_worker_of_which_everything_is_kept_imports_no_library_for_it(home: Path) -> None:
    code = "from mltrainer.trials.requests import runner; runner('momentum_screening'); import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "mltrainer.trials.forecast" in loaded
    assert not loaded & {"pandas", "sklearn", "torch", "xgboost", "hmmlearn", "scipy.optimize", "scipy.stats"}


def cpu_seconds(command: list[str]) -> float:
    """Return the least CPU time of three runs."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


@pytest.mark.parametrize(
    ("arguments", "most"), [(["--version"], 2), (["--help"], 10), (["models", "list"], 18), (["trials", "list"], 18)]
)
def test_a_cold_command_costs_at_most_so_many_bare_interpreters(arguments: list[str], most: float, home: Path) -> None:
    bare = cpu_seconds([sys.executable, "-c", "pass"])

    # A third on top: the ratio is measured beside whatever else the machine is doing.
    assert cpu_seconds([sys.executable, "-m", "mltrainer", *arguments]) <= most * bare * 1.33
