"""The worker process: started lazily, kept warm, killed with all its children when work is cancelled."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from mltrainer.settings.child_environment import child_environment
from mltrainer.settings.errors import ActionFailed

LINE_LIMIT = 256 * 1024 * 1024
# How long a worker that has closed its pipe may take to end by itself.
EXIT_SECONDS = 1.0
# How much of what a dead worker wrote last is kept to be quoted.
TAIL_BYTES = 4096


class WorkerProcess:
    """A child process that answers requests with a stream of JSON lines."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._errors: asyncio.Task[bytes] | None = None

    async def ask(self, request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Send one request and yield its answers until the last, which has ``kind`` ``done`` or ``failed``.

        Whoever stops listening early, by cancellation or an error, ends the process and all its children.

        Raises
        ------
        ActionFailed
            If the process dies before it has answered.
        """
        process = await self._start()
        finished = False
        try:
            assert process.stdin and process.stdout
            with suppress(ConnectionError):
                process.stdin.write(json.dumps(request).encode() + b"\n")
                await process.stdin.drain()
            while line := await process.stdout.readline():
                answer = json.loads(line)
                finished = answer["kind"] in ("done", "failed")
                yield answer
                if finished:
                    return
            raise await self._death(process)
        finally:
            if not finished:
                await self.close()

    async def close(self) -> None:
        """End the process and its children at once."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # Shielded: a second Ctrl-C must not leave a child that nobody reaps.
        await asyncio.shield(process.wait())
        if self._errors:
            self._errors.cancel()

    async def _start(self) -> asyncio.subprocess.Process:
        if self._process and self._process.returncode is None:
            return self._process
        # A worker that died between requests has left its children behind.
        await self.close()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "mltrainer.facilitator.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment(),
            start_new_session=True,
            limit=LINE_LIMIT,
        )
        assert self._process.stderr
        self._errors = asyncio.create_task(_tail(self._process.stderr))
        return self._process

    async def _death(self, process: asyncio.subprocess.Process) -> ActionFailed:
        # The children of a worker that was killed hold its pipes open, and asyncio waits for those too.
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), EXIT_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = await process.wait()
        last = b""
        if self._errors:
            last = await self._errors
        reason = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        lines = last.decode(errors="replace").strip().splitlines()
        detail = f": {lines[-1]}" if lines else ""
        hint = "the machine may be out of memory; try fewer tickers or models" if code == -signal.SIGKILL else ""
        return ActionFailed(f"the worker process ended with {reason}{detail}", hint=hint, code="worker_died")


async def _tail(stream: asyncio.StreamReader) -> bytes:
    """Read a stream to its end and return its last bytes, so that a chatty library cannot block the worker."""
    last = b""
    while chunk := await stream.read(TAIL_BYTES):
        last = (last + chunk)[-TAIL_BYTES:]
    return last
