"""A trial whose process was killed does not run for ever."""

import subprocess
import sys
from pathlib import Path

from mltrainer.store.store import Store

BEGIN = """
import os, signal, sys
from pathlib import Path
from mltrainer.store.store import Store
Store(Path(sys.argv[1])).new_trial("momentum_screening", {}, {})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_trial_of_a_killed_process_is_shown_as_interrupted(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", BEGIN, str(tmp_path / "home")], check=False)

    store = Store(tmp_path / "home")

    assert store.trials()[0]["status"] == "interrupted"


def test_a_trial_that_runs_stays_running_for_those_who_look_on(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    store.new_trial("momentum_screening", {}, {})

    assert Store(tmp_path / "home").trials()[0]["status"] == "running"
