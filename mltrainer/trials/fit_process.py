"""A process that fits what it is given, one task after the other. It can be killed at any time, which a thread cannot.

Run as ``python -m mltrainer.trials.fit_process`` by `FitProcess`; tasks come and results go as pickles through its own
pipes, which nobody else can write to.
"""

import os
import pickle
import queue
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable

from mltrainer.settings.child_environment import child_environment
from mltrainer.settings.errors import ActionFailed
from mltrainer.trials.engine import Outcome
from mltrainer.trials.fit_task import FitTask
from mltrainer.trials.fitting import run_fit
from mltrainer.trials.local_engine import outcome_of
from mltrainer.trials.versions import difference, versions

# How often a fit is asked whether anybody still waits for it.
POLL_SECONDS = 0.1
OTHER_VERSION = "other_version"
Given = tuple[FitTask, dict[str, str]]


class FitProcess:
    """Starts a process for fits with one library, without keys in its environment.

    Two OpenMP runtimes in one process can crash.
    """

    def __init__(self, library: str) -> None:
        self.library = library
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mltrainer.trials.fit_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )

    def fit(self, given: Given, wanted: Callable[[], bool]) -> Outcome | None:
        """Return what came of a fit; None where the process died, or was killed since nobody wants the fit any more."""
        process = self._process
        assert process.stdin and process.stdout
        try:
            pickle.dump(given, process.stdin)
            process.stdin.flush()
            while not select.select([process.stdout], [], [], POLL_SECONDS)[0]:
                if not wanted():
                    process.kill()
            found: Outcome = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            return None
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Fit until the input ends."""
    # Libraries print; only results may reach the parent's pipe.
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[Given] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(tasks,), daemon=True).start()
    mine = versions()
    while True:
        task, wanted = tasks.get()
        pickle.dump(_outcome(task, difference(mine, wanted)), results)
        results.flush()


def _read(tasks: "queue.SimpleQueue[Given]") -> None:
    while True:
        try:
            tasks.put(pickle.load(sys.stdin.buffer))
        except EOFError:
            # The parent is gone: nobody waits for the fit.
            os._exit(1)


def _outcome(task: FitTask, differs: str) -> Outcome:
    if differs:
        return ActionFailed(f"a worker changed while it ran: {differs}", hint="start it anew", code=OTHER_VERSION)
    try:
        return outcome_of(run_fit, task)
    except Exception as error:
        # Whatever a library raises ends in a line for the user, who is on another machine.
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"
        return ActionFailed(f"{task.model} broke in fold {task.fold}: {said}", code="internal_error")


if __name__ == "__main__":
    main()
