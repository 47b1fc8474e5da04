"""Pictures on their way to the database: the newest of each camera, and those kept as proof."""

import hashlib
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources

from ioc.db.connect import Connection
from ioc.db.queries import named

MOST_KEPT = 64
"""Proofs that wait for an absent database; of more the oldest goes, and its event says so by having no picture."""

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.cameras").joinpath("pictures.sql")).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One unreadable JPEG, ready to be stored. `media_ref`: where it is kept as proof, else ''."""

    camera: str
    jpeg: bytes = field(repr=False)
    width: int
    height: int
    picture_at: datetime | None
    received_at: datetime
    media_ref: str = ""


def media_ref(jpeg: bytes) -> str:
    """Reference of a kept picture: what it is, so that it cannot be another."""
    return f"sha256:{hashlib.sha256(jpeg).hexdigest()}"


class Tray:
    """What waits to be stored: one newest picture a camera, and some proofs. Bounded whatever happens to the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: dict[str, Shot] = {}
        self._proofs: deque[Shot] = deque(maxlen=MOST_KEPT)

    def put(self, shot: Shot) -> None:
        with self._lock:
            if shot.media_ref:
                self._proofs.append(shot)
            self._newest[shot.camera] = shot

    def take(self) -> list[Shot]:
        """All that waits, each once."""
        with self._lock:
            found = [*self._proofs, *(s for s in self._newest.values() if not s.media_ref)]
            self._proofs.clear()
            self._newest.clear()
            return found

    def back(self, shots: list[Shot]) -> None:
        """What could not be stored: proofs wait on, pictures only where no newer one has come."""
        with self._lock:
            for shot in shots:
                if shot.media_ref:
                    self._proofs.append(shot)
                else:
                    self._newest.setdefault(shot.camera, shot)


def store(conn: Connection, shots: list[Shot], keep_until: datetime) -> None:
    """Bring pictures into the database, all or none; proofs until their day."""
    with conn.transaction():
        for shot in shots:
            given = {"camera": shot.camera, "jpeg": shot.jpeg, "width": shot.width, "height": shot.height, "picture_at": shot.picture_at,
                     "received_at": shot.received_at}
            conn.execute(_SQL["show"], given)
            if shot.media_ref:
                conn.execute(_SQL["keep"], given | {"media_ref": shot.media_ref, "keep_until": keep_until})


def wanted(conn: Connection) -> Mapping[str, bool]:
    """Cameras that somebody looks at → whether as fast as pictures come."""
    return dict(conn.execute(_SQL["wanted"]).fetchall())


def purge(conn: Connection) -> None:
    """Forget what is over."""
    conn.execute(_SQL["unwant"])
    conn.execute(_SQL["purge"])
