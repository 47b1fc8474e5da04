"""The line between a browser and a server, to be cut."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Cable:
    """Hands bytes on in both directions. A cut one has dropped every connection and refuses new ones, as a server's machine that was switched off does;
    a silent one keeps them and hands nothing on, as a switch without power does: nobody is told, and what was sent comes late.
    """

    def __init__(self, base: str) -> None:
        place = urlsplit(base)
        self._there = (str(place.hostname), int(place.port or 80))
        self._ends: set[socket.socket] = set()
        self._socket: socket.socket | None = None
        self._speaks = threading.Event()
        self.port = 0
        self.mend()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Let connections through, at the port of before."""
        self._speaks.set()
        if self._socket is not None:
            return
        self._socket = socket.create_server(("127.0.0.1", self.port))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, args=(self._socket,), daemon=True).start()

    def cut(self) -> None:
        """Drop all connections and refuse new ones."""
        self._speaks.set()
        for end in [self._socket, *self._ends]:
            if end is not None:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._ends.clear()
        self._socket = None

    def silence(self) -> None:
        """Hand nothing on, and say so to nobody."""
        self._speaks.clear()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                self._speaks.wait()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._there)
        except OSError:  # nobody is at the other end: this one is refused, the next one may find somebody
            near.close()
            return
        self._ends |= {near, far}
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._hand_on, args=(one, other), daemon=True).start()

    def _hand_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._speaks.wait()
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends -= {one}
        one.close()


@contextmanager
def cable(base: str) -> Iterator[Cable]:
    """A line to a server for the length of a block."""
    made = Cable(base)
    try:
        yield made
    finally:
        made.cut()
