"""Systems that others would run: a REST API on loopback that pages, asks for a secret, and fails when it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class FakeApi:
    """Records by path, given out in pages of at most `cap`; `faults`: (status, headers, body) answered first, one a request."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    token: str = ""
    cap: int = 1000
    key: str = "data"
    faults: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, params: dict[str, str], token: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append({"path": path, **params})
        if self.faults:
            return self.faults.pop(0)
        if self.token and token != self.token:
            return 401, {}, b"no"
        if path not in self.records:
            return 404, {}, b"nothing here"
        size, page = min(self.cap, int(params.get("soLuong", 100))), int(params.get("trang", 1))
        found = self.records[path][(page - 1) * size: page * size]
        return 200, {"content-type": "application/json"}, json.dumps({self.key: found}, ensure_ascii=False).encode()


@contextmanager
def serving(api: FakeApi) -> Iterator[FakeApi]:
    """The API on a free port of loopback, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, headers, body = api.answer(parts.path, params, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class names it)
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02})
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
