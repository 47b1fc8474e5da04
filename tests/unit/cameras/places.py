"""What tests of sources share: a camera's site, and a server on this machine that says to each connection what the test wrote."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import cv2
import numpy as np

from ioc.cameras.contract import Cause, Frame, Source, SourceError
from ioc.cameras.sites import Camera, Site, System
from ioc.cameras.sources import PacedSource, open_source
from ioc.clock import SystemClock

Answer = Callable[[socket.socket, str], None]
"""Says something on a connection; the text is the request's head. When it returns, the connection is closed."""


def site(kind: Any, address: str, *, password: str = "", interval_s: float = 0.1, job: Any = "", **system: Any) -> Site:
    camera = Camera(code="C-1", name="Một", name_en="One", kind="traffic", unit_code="1", lat_deg=0, lon_deg=0, interval_s=interval_s, job=job,
                    system="vms", channel="c1")
    return Site(camera=camera, system=System(kind=kind, address=address, source="/vn/99/cameras", **system), password=password)


def source(kind: Any, address: str, **more: Any) -> PacedSource:
    return open_source(site(kind, address, **more), SystemClock())


def first(found: Source, count: int = 1) -> list[Frame]:
    return list(islice(found.frames(threading.Event()), count))


def fails(found: Source, within_s: float) -> SourceError:
    """The error in which reading ends, and that it does in time."""
    began = time.monotonic()
    try:
        for _ in found.frames(threading.Event()):
            pass
    except SourceError as error:
        assert time.monotonic() - began < within_s
        return error
    raise AssertionError("it ended without a word")


def cause(found: Source, within_s: float = 3.0) -> Cause:
    return fails(found, within_s).cause


def jpeg(width: int = 64, height: int = 48, shade: int = 120) -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((height, width, 3), shade, np.uint8))[1])


def whole(body: bytes, headers: str = "", status: str = "200 OK", kind: str = "image/jpeg") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def stream_head(boundary: str = "b") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary={boundary}\r\n\r\n".encode()


def part(body: bytes, headers: str = "", boundary: str = "b") -> bytes:
    return f"--{boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body + b"\r\n"


@contextmanager
def serving(answer: Answer) -> Iterator[int]:
    """A port of this machine where each connection gets the answer."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def one(conn: socket.socket) -> None:
        with conn:
            conn.settimeout(10)
            try:
                answer(conn, conn.recv(65536).decode("latin-1"))
            except OSError:
                return

    def accept() -> None:
        while not ended.is_set():
            try:
                conn, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(conn,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def says(*texts: bytes) -> Answer:
    return lambda conn, _: conn.sendall(b"".join(texts))


def drips(text: bytes, *before: bytes) -> Answer:
    """Some at once, then one byte each tenth of a second."""

    def answer(conn: socket.socket, _: str) -> None:
        conn.sendall(b"".join(before))
        for byte in text:
            conn.sendall(bytes([byte]))
            time.sleep(0.1)

    return answer


def holds(*texts: bytes) -> Answer:
    """Says it and then nothing more, until the other goes away."""

    def answer(conn: socket.socket, _: str) -> None:
        conn.sendall(b"".join(texts))
        conn.recv(1)

    return answer
