"""What was observed, on its way to Kafka: a bounded queue that waits for an absent broker."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ioc.cameras.contract import Finding
from ioc.cameras.sites import Site
from ioc.clock import local_day
from ioc.errors import UnavailableError
from ioc.streams.camera import STREAM
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

MOST_WAITING = 200_000
"""Events that wait for the broker: 50 cameras for a day and more. Of more the oldest go, and the log says how many."""
EVERY_S = 0.5

Record = tuple[bytes, bytes, list[tuple[str, bytes]]]


def record(site: Site, finding: Finding, event_id: str, more: Mapping[str, Any]) -> Record:
    """Key, value and headers of an event. `more`: what the gateway adds to a finding's data."""
    camera, system = site.camera, site.system
    place = {"unit_code": camera.unit_code, "unit_valid_on": local_day(finding.at)} | ({"point_id": camera.point_id} if camera.point_id else {})
    headers = write_headers(event_id=event_id, source=system.source, type_=STREAM.type_of(finding.fact), subject=camera.code, time=finding.at,
                            simulated=system.simulated)
    return camera.code.encode(), msgspec.json.encode({**place, **finding.data, **more}), headers


class Outgoing:
    """Publishes records in their order; `publisher` raises UnavailableError while there is no broker."""

    def __init__(self, publisher: Callable[[], Publisher]) -> None:
        self._new_publisher = publisher
        self._publisher: Publisher | None = None
        self._waiting: deque[Record] = deque()
        self._lock = threading.Lock()
        self._lost = 0
        self._outage = Outage(log, "observations wait for the broker", "observations are published again")

    def put(self, found: Record) -> None:
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self._lost += 1
            self._waiting.append(found)

    def run(self, stop: threading.Event) -> None:
        """Publish until told to stop, and then once more what still waits."""
        while not stop.wait(EVERY_S):
            self.step()
        self.step()
        if self._publisher is not None:
            self._publisher.close()

    def step(self) -> None:
        """Publish what waits; what could not be goes first the next time. An observation told twice is one: its identity is the same."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), 2000))]
        if not batch:
            return
        try:
            if self._publisher is None:
                self._publisher = self._new_publisher()
            for key, value, headers in batch:
                self._publisher.send(STREAM.topic, key, value, headers)
            self._publisher.flush()
        except UnavailableError as error:
            with self._lock:
                self._waiting.extendleft(reversed(batch))
            self._outage.began(error)
            return
        if self._lost:
            log.error("%d observations were lost: the broker was away for too long", self._lost)
            self._lost = 0
        self._outage.ended()
