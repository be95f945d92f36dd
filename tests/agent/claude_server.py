"""A server on the loopback that speaks Claude's API by a script, for tests with the real SDK."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal


@dataclass(frozen=True)
class Reply:
    """A streamed answer.

    ``ending`` is how it ends: ``whole``; ``open`` leaves the connection open after the stop reason; ``cut`` closes it
    in mid-text; ``error`` sends an SSE error event in mid-text; ``hang`` says nothing more.
    """

    text: str = ""
    tools: Sequence[tuple[str, str, dict[str, Any]]] = ()
    thinking: str = ""
    stop_reason: str | None = None
    ending: Literal["whole", "open", "cut", "error", "hang"] = "whole"
    error_type: str = "overloaded_error"
    usage: dict[str, int] = field(default_factory=lambda: {"input_tokens": 100, "cache_read_input_tokens": 900})
    stop_details: dict[str, Any] | None = None
    partial_tool: bool = False


@dataclass(frozen=True)
class Refusal:
    """An answer that is none: a status with a body."""

    status: int
    type: str = "error"
    message: str = "no"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


def say(text: str, *tools: tuple[str, str, dict[str, Any]], **fields: Any) -> Reply:
    """Return an answer of text and tool calls ``(id, name, input)``."""
    return Reply(text, tools, **fields)


class ClaudeServer:
    """Serves the scripted answers in order; ``requests`` are the bodies that came, ``headers`` their headers."""

    def __init__(self, script: Sequence[Reply | Refusal]) -> None:
        self.script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # noqa: N802
                length = int(self.headers["content-length"])
                server.requests.append(json.loads(self.rfile.read(length)))
                server.headers.append({key.lower(): value for key, value in self.headers.items()})
                step = server.script.pop(0) if server.script else Refusal(500, "api_error", "the script is over")
                try:
                    self._refuse(step) if isinstance(step, Refusal) else self._stream(step)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _refuse(self, step: Refusal) -> None:
                body = step.body
                if body is None:
                    error = {"type": step.type, "message": step.message}
                    body = json.dumps({"type": "error", "error": error}).encode()
                self.send_response(step.status)
                for name, value in ({"content-type": "application/json"} | step.headers).items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _stream(self, step: Reply) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("connection", "close")
                self.end_headers()
                self.close_connection = True
                for event in _events(step):
                    kind = event["type"]
                    self.wfile.write(f"event: {kind}\ndata: {json.dumps(event)}\n\n".encode())
                    self.wfile.flush()
                if step.ending in ("hang", "open"):
                    server.released.wait(20)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "ClaudeServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _events(step: Reply) -> Iterator[dict[str, Any]]:
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"output_tokens": 1} | step.usage,
    }
    yield {"type": "message_start", "message": message}
    index = 0
    if step.thinking:
        yield _start(index, {"type": "thinking", "thinking": "", "signature": ""})
        yield _delta(index, {"type": "thinking_delta", "thinking": step.thinking})
        yield _delta(index, {"type": "signature_delta", "signature": "c2lnbmF0dXJl"})
        yield {"type": "content_block_stop", "index": index}
        index += 1
    if step.text:
        yield _start(index, {"type": "text", "text": ""})
        half = len(step.text) // 2
        yield _delta(index, {"type": "text_delta", "text": step.text[:half]})
        if step.ending in ("cut", "hang"):
            return
        if step.ending == "error":
            yield {"type": "error", "error": {"type": step.error_type, "message": "it broke"}}
            return
        yield _delta(index, {"type": "text_delta", "text": step.text[half:]})
        yield {"type": "content_block_stop", "index": index}
        index += 1
    for id, name, given in step.tools:
        yield _start(index, {"type": "tool_use", "id": id, "name": name, "input": {}})
        written = json.dumps(given)
        yield _delta(index, {"type": "input_json_delta", "partial_json": written[: len(written) // 2]})
        if not step.partial_tool:
            yield _delta(index, {"type": "input_json_delta", "partial_json": written[len(written) // 2 :]})
            yield {"type": "content_block_stop", "index": index}
        index += 1
    reason = step.stop_reason or ("tool_use" if step.tools else "end_turn")
    delta = {"stop_reason": reason, "stop_sequence": None, "stop_details": step.stop_details}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 50}}
    if step.ending != "open":
        yield {"type": "message_stop"}


def _start(index: int, block: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}
