"""Serves simulated cameras over HTTP on this machine: /CHANNEL.jpg, /CHANNEL.mjpg, /CHANNEL.json."""

import base64
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from simulators.pictures.studio import FPS, Studio

HOST = "127.0.0.1"
MOST_CONNECTIONS = 600
IDLE_S = 60.0
LONGEST_S = 3600.0
"""A stream, a drip, a silence ends after this: a reader connects again."""
BOUNDARY = "ioc-simulated-camera"
_NOISE = bytes(range(256)) * 32


class CameraServer(ThreadingHTTPServer):
    """`user` and `password` = '' let everybody in."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, studio: Studio, port: int, *, user: str = "", password: str = "") -> None:
        super().__init__((HOST, port), Handler)
        self.studio = studio
        self.asked = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}" if user else ""
        self.ending = threading.Event()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that goes away is nothing to be told."""

    def end(self) -> None:
        """Stop serving."""
        self.ending.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ioc-simulated-camera", ""
    timeout = IDLE_S
    server: CameraServer
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Nothing: fifty cameras would write fifty lines each two seconds."""

    def do_GET(self) -> None:
        channel, _, kind = self.path.partition("?")[0].removeprefix("/").rpartition(".")
        studio = self.server.studio
        if not studio.has(channel) or kind not in {"jpg", "mjpg", "json"}:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"no such camera\n")
            return
        faults = studio.kinds(channel)
        if "unauthorised" in faults or not self._is_let_in():
            self._answer(HTTPStatus.UNAUTHORIZED, "text/plain", b"who are you?\n", {"WWW-Authenticate": 'Basic realm="simulated"'})
        elif kind == "json":
            self._answer(HTTPStatus.OK, "application/json", json.dumps({"online": "offline" not in faults, "simulated": True}).encode())
        elif "drop" in faults:
            self.close_connection = True
        elif "silent" in faults:
            self._hold(lambda: "silent" in studio.kinds(channel))
        elif kind == "jpg":
            self._snapshot(channel)
        else:
            self._stream(channel)

    def _is_let_in(self) -> bool:
        asked = self.server.asked
        return not asked or hmac.compare_digest(self.headers.get("Authorization", "").encode(), asked.encode())

    def _snapshot(self, channel: str) -> None:
        studio = self.server.studio
        faults = studio.kinds(channel)
        if "offline" in faults:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"the camera is off\n")
            return
        body = _NOISE if "garbage" in faults else studio.jpeg(channel)
        self._head(HTTPStatus.OK, "image/jpeg", {"Content-Length": str(len(body)), "X-Timestamp": f"{studio.shown_at(channel).timestamp():.3f}"})
        self._body(channel, body)

    def _stream(self, channel: str) -> None:
        studio, until = self.server.studio, time.monotonic() + LONGEST_S
        self.close_connection = True
        self._head(HTTPStatus.OK, f"multipart/x-mixed-replace; boundary={BOUNDARY}", {"Connection": "close"})
        due = time.monotonic()
        while not self.server.ending.is_set() and time.monotonic() < until:
            faults = studio.kinds(channel)
            if faults & {"drop", "offline", "unauthorised"}:
                return
            if "silent" in faults:
                self._hold(lambda: "silent" in studio.kinds(channel))
                return
            body = _NOISE if "garbage" in faults else studio.jpeg(channel)
            self.wfile.write(f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n"
                             f"X-Timestamp: {studio.shown_at(channel).timestamp():.3f}\r\n\r\n".encode())
            self._body(channel, body)
            self.wfile.write(b"\r\n")
            self.wfile.flush()
            due = max(due + 1 / FPS, time.monotonic() - 1 / FPS)
            self.server.ending.wait(max(0.0, due - time.monotonic()))

    def _body(self, channel: str, body: bytes) -> None:
        """The bytes; of a slow camera one a second."""
        sent = 0
        while sent < len(body) and "slow" in self.server.studio.kinds(channel):
            self.wfile.write(body[sent:sent + 1])
            self.wfile.flush()
            sent += 1
            if self.server.ending.wait(1.0):
                return
        self.wfile.write(body[sent:])
        self.wfile.flush()

    def _hold(self, holds: Callable[[], bool]) -> None:
        """Say nothing as long as something holds and the reader stays."""
        self.close_connection = True
        self.connection.settimeout(0.5)
        until = time.monotonic() + LONGEST_S
        while holds() and time.monotonic() < until and not self.server.ending.is_set():
            try:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    return
            except TimeoutError:
                continue
            self.server.ending.wait(0.5)

    def _answer(self, status: HTTPStatus, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self._head(status, kind, {"Content-Length": str(len(body)), **(more or {})})
        self.wfile.write(body)
        self.wfile.flush()

    def _head(self, status: HTTPStatus, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Cache-Control": "no-store", **more}.items():
            self.send_header(name, value)
        self.end_headers()
