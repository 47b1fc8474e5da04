"""What is seen in pictures: how a camera sees, what its clock shows, how many wait or pass; and pictures made unreadable. Counts, never persons."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ioc.cameras.contract import Analyst, Finding, Frame
from ioc.cameras.look.detections import AfterHours
from ioc.cameras.look.flow import Flow
from ioc.cameras.look.occupancy import Occupancy
from ioc.cameras.look.people import FAR, NEAR
from ioc.cameras.sites import Camera
from ioc.profiles import Profile

AROUND = timedelta(minutes=90)
"""Before opening and after closing somebody may still be at a counter; the lunch break is shorter than twice this."""
_STEPS = 6


class Together:
    """Several analysts of one camera, in their order."""

    def __init__(self, analysts: Sequence[Analyst]) -> None:
        self._analysts = analysts

    def look(self, frame: Frame) -> Sequence[Finding]:
        """What any of them tells now."""
        return [finding for analyst in self._analysts for finding in analyst.look(frame)]


def analyst(camera: Camera, profile: Profile) -> Analyst:
    """Whoever looks at a camera's pictures, by its job; counters are watched after hours too."""
    found: list[Analyst] = []
    if camera.job == "occupancy":
        found.append(Occupancy(camera, width=NEAR if camera.kind == "counter" else FAR))
    elif camera.job:
        found.append(Flow(camera))
    if camera.kind == "counter":
        found.append(AfterHours(camera, lambda at: closed(profile, at)))
    return found[0] if len(found) == 1 else Together(found)


def closed(profile: Profile, at: datetime) -> bool:
    """Whether nobody should be at a counter: no working time within AROUND."""
    return not any(profile.is_open(at + AROUND * step / _STEPS) for step in range(-_STEPS, _STEPS + 1))
