"""What the parts of `ioc cameras` hand to each other: a source gives frames, an analyst makes findings of them."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ioc.errors import UnavailableError

Picture = NDArray[np.uint8]
"""Height × width × 3, blue-green-red, as OpenCV has it."""
LOST_AFTER_S = 6.0
"""A camera whose next picture is so late has no signal: a second to say so and two for the page, and it looks dead within ten."""


class Cause(StrEnum):
    """Why there is no picture."""

    REFUSED = "refused"  # nobody listens, no route, no such name
    TIMEOUT = "timeout"  # it does not answer, or stopped in the middle
    UNAUTHORISED = "unauthorised"
    MISSING = "missing"  # the system knows no such camera
    GARBAGE = "garbage"  # what came is no picture
    OFFLINE = "offline"  # the system itself says that the camera is off
    ENDED = "ended"  # the stream came to its end


class Condition(StrEnum):
    """How a camera sees."""

    STARTING = "starting"
    OK = "ok"
    DRIFT = "drift"  # it sees, and its clock is wrong
    DARK = "dark"  # nearly nothing to be seen: night without light, a covered lens
    FROZEN = "frozen"  # pictures come, and they are the same one
    NO_SIGNAL = "no_signal"


SEES = frozenset({Condition.OK, Condition.DRIFT, Condition.DARK})
"""Conditions told as online: a live picture arrives."""


class SourceError(UnavailableError):
    """A source gives no picture now; `cause` is told on the tile, the message goes to the log and names no secret."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture. `picture_at`: when it was taken, as the source's protocol tells; None = it does not. `received_at`: by our clock."""

    picture: Picture = field(repr=False)
    received_at: datetime
    picture_at: datetime | None = None


class Source(Protocol):
    """A camera's pictures. `beat_s`: seconds between two of them; who changes it is heard with the next one."""

    beat_s: float

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Pictures as they come, paced by the source's own beat, until told to stop. Never waits longer than its time-out.

        Raises:
            SourceError: there is none now. Whoever reads waits and calls again: each call connects anew.

        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one camera observed: a fact of the stream `camera` with its data, but for the place, which the gateway adds.

    `keep`: the frame just looked at is kept as proof; the gateway adds its `media_ref`.
    """

    fact: str
    at: datetime
    data: Mapping[str, Any]
    keep: bool = False


class Analyst(Protocol):
    """Looks at one camera's frames, in their order."""

    def look(self, frame: Frame) -> Sequence[Finding]:
        """What is to be told now; nothing for most frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How one camera stands. `since`: of the condition; `clock_offset_s`: its clock minus ours; None = it shows no time."""

    condition: Condition = Condition.STARTING
    cause: Cause | None = None
    since: datetime
    received_at: datetime | None = None
    picture_at: datetime | None = None
    clock_offset_s: float | None = None
