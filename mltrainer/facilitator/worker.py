"""The worker's side: read requests as JSON lines, do the work, answer with JSON lines.

Run as ``python -m mltrainer.facilitator.worker`` by :mod:`mltrainer.facilitator.process`.
"""

import json
import os
import queue
import signal
import sys
import threading
import traceback
from functools import partial
from typing import Any, TextIO

from mltrainer.settings.errors import MltrainerError


def main() -> None:
    """Answer requests until the input ends."""
    # Libraries print; only answers may reach the parent's pipe.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    while True:
        _answer(json.loads(requests.get()), answers)


def _read(requests: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        requests.put(line)
    # The parent is gone: nobody wants the answer, and no child may live on.
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _answer(request: dict[str, Any], answers: TextIO) -> None:
    def send(kind: str, **fields: Any) -> None:
        answers.write(json.dumps({"kind": kind} | fields) + "\n")
        answers.flush()

    try:
        from mltrainer.trials.requests import answer

        progress, notice = partial(send, "progress"), partial(send, "notice")
        result = answer(request, progress, lambda text: notice(text=text))
    except MltrainerError as error:
        send("failed", exit_code=error.exit_code, **error.as_dict())
    except MemoryError:
        send("failed", exit_code=4, code="out_of_memory", message="memory ran out", hint="try fewer tickers or models")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"
        send("failed", exit_code=4, code="internal_error", message=message, trace=traceback.format_exc())
    else:
        send("done", result=result)


if __name__ == "__main__":
    main()
