"""Fetching from a vendor for a conversation: the same command that a person would type, in a process of its own."""

import asyncio
import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import BY_EXIT_CODE, ActionFailed, MltrainerError
from mltrainer.settings.events import ActionProgress
from mltrainer.settings.result import SCHEMA
from mltrainer.settings.stream import EventStream

_PROGRESS = re.compile(r"(\d+) of (\d+) +(.*)")
_ERROR = "mltrainer: error: "


async def fetch(arguments: dict[str, Any], home: Path, stream: EventStream) -> dict[str, Any]:
    """Fetch what is asked for into the store of bars, and return a result document that says what came.

    A cancelled fetch keeps what has come.

    Raises
    ------
    MltrainerError
        What the command says where it fails, of the class of its exit code.
    """
    vendor = arguments.get("source") or "polygon"
    asked = ["--source", vendor, "--home", str(home), "--json"]
    if tickers := arguments.get("tickers"):
        asked += ["--universe", ",".join(tickers)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mltrainer",
        "data",
        "fetch",
        *asked,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout and process.stderr
    said: list[str] = []
    try:
        report = asyncio.ensure_future(process.stdout.read())
        async for line in process.stderr:
            said.append(line.decode(errors="replace").strip())
            if found := _PROGRESS.fullmatch(said[-1]):
                stream.emit(ActionProgress, stage=f"fetch {found[3]}", done=int(found[1]), total=int(found[2]))
        written, code = await report, await process.wait()
    except asyncio.CancelledError:
        process.send_signal(signal.SIGTERM)
        await asyncio.shield(process.wait())
        raise
    if code:
        raise _failure(said, code)
    facts = json.loads(written)
    came = f"{facts['rows']:,} rows by {facts['requests']:,} requests"
    text = f"{vendor}: {came}; {facts['there']:,} of {facts['names']:,} are there"
    return {"schema": SCHEMA, "action": "data_pipeline", "status": "succeeded", "headline": text}


def _failure(said: list[str], code: int) -> MltrainerError:
    kind = BY_EXIT_CODE.get(code, ActionFailed)
    return kind(next((line.removeprefix(_ERROR) for line in said if line.startswith(_ERROR)), "the fetch failed"))
