"""Pictures on their way to the database: the newest of each camera, and those kept as proof."""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources

from ioc.cameras.contract import Frame
from ioc.db.connect import Connection
from ioc.db.queries import named

MOST_KEPT = 64
"""Proofs that wait to be stored; of more the oldest goes, and its event has no picture."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A frame that is to be made unreadable and stored. `then` is called with the reference by which it is kept as proof; None = it is not kept."""

    camera: str
    frame: Frame
    then: Callable[[str], None] | None = None


class Tray:
    """Frames on their way to the database: one newest a camera, and some proofs. Bounded whatever happens to the database or the cores.

    A camera that is being worked on is given to nobody else: what moves is known from its pictures in their order.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: dict[str, Raw] = {}
        self._proofs: deque[Raw] = deque(maxlen=MOST_KEPT)
        self._at_work: set[str] = set()

    def put(self, raw: Raw) -> None:
        with self._changed:
            if raw.then is not None:
                if len(self._proofs) == MOST_KEPT and (lost := self._proofs[0].then) is not None:
                    lost("")
                self._proofs.append(raw)
            else:
                self._newest[raw.camera] = raw  # in the place of the one that waited: its turn stays
            self._changed.notify()

    def take(self, wait_s: float) -> Raw | None:
        """The next one, proofs first; it is the caller's until `done`. None = there was nothing in that time."""
        with self._changed:
            if (found := self._next()) is None:
                self._changed.wait(wait_s)
                found = self._next()
            if found is not None:
                self._at_work.add(found.camera)
            return found

    def done(self, raw: Raw) -> None:
        with self._changed:
            self._at_work.discard(raw.camera)
            self._changed.notify()

    def _next(self) -> Raw | None:
        for raw in self._proofs:
            if raw.camera not in self._at_work:
                self._proofs.remove(raw)
                return raw
        camera = next((camera for camera in self._newest if camera not in self._at_work), None)
        return None if camera is None else self._newest.pop(camera)


def store(conn: Connection, shot: Shot, keep_until: datetime) -> None:
    """Bring a picture into the database; a proof until its day."""
    given = {"camera": shot.camera, "jpeg": shot.jpeg, "width": shot.width, "height": shot.height, "picture_at": shot.picture_at,
             "received_at": shot.received_at}
    with conn.transaction():
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
