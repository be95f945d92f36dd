"""A server on loopback that answers as Polygon and FRED do: from stored answers, from made ones, and with faults."""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Fields = dict[str, str]
Reply = tuple[int, bytes, Fields]
Maker = Callable[[str, Fields], Any]

CUT = "cut"
"""A fault that closes the connection in the middle of an answer."""


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """Return an answer with a JSON body, or with the bytes themselves."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, data, {name.replace("_", "-"): value for name, value in headers.items()}


class VendorServer:
    """Answers GET requests by path; ``faults`` come first, one a request, in order.

    ``asked`` lists every request as path and fields, with the key in neither the one nor the other; ``now`` is what
    its clock shows, and ``after`` is called with the number of each request.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.answers: dict[str, Any] = {}
        self.makers: list[tuple[str, Maker]] = []
        self.faults: list[Any] = []
        self.asked: list[tuple[str, Fields]] = []
        self.now: datetime | None = None
        self.after: Callable[[int], None] = lambda count: None
        self._server = _Quiet(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "VendorServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, fields: Fields, given_key: str) -> Any:
        """Return the answer to one request, or ``CUT``."""
        self.asked.append((path, fields))
        self.after(len(self.asked))
        if given_key != self.key:
            if path.startswith("/fred/"):
                return reply(
                    {"error_code": 400, "error_message": "The value for variable api_key is not registered."}, 400
                )
            return reply({"status": "ERROR", "request_id": "x", "error": f"Unknown API Key {given_key}"}, 401)
        if self.faults and (fault := self.faults.pop(0)) is not None:
            return fault
        for name in (f"{path}?cursor={fields.get('cursor')}", path):
            if name in self.answers:
                return _whole(self.answers[name])
        for start, make in self.makers:
            if path.startswith(start):
                return _whole(make(path, fields))
        return reply({"status": "NOT_FOUND", "request_id": "x", "message": "Ticker not found."}, 404)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that give up are part of the tests."""


def _whole(answer: Any) -> Reply:
    return answer if isinstance(answer, tuple) else reply(answer)


def _handler(server: VendorServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802
            parts = urlsplit(self.path)
            fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
            given = fields.pop("api_key", self.headers.get("Authorization", "").removeprefix("Bearer "))
            answer = server.answer(parts.path, fields, given)
            status, data, headers = reply({"status": "OK"}) if answer == CUT else answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) + 100 * (answer == CUT)))
            self.end_headers()
            self.wfile.write(data)
            if answer == CUT:
                self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(server.now.timestamp() if server.now else timestamp)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
