"""What viewers of the desk of reports are told when one of them reads slowly."""

import asyncio

import psycopg

from ioc.api.reports_stream import Told, Watch
from ioc.clock import FrozenClock
from tests.integration.streams_wire import NOW


async def nothing() -> psycopg.AsyncConnection[object]:
    raise AssertionError("nothing is asked here")


def test_only_who_reads_too_slowly_looks_at_everything_anew() -> None:
    async def told() -> list[list[bool]]:
        watch, queues = Watch(nothing, FrozenClock(NOW)), [asyncio.Queue[Told](most) for most in (1, *[9] * 8)]
        watch._viewers = set(queues)
        for _ in range(2):
            watch._tell(Told((), None))
        return [[queue.get_nowait().many for _ in range(queue.qsize())] for queue in queues]

    assert asyncio.run(told()) == [[True], *[[False, False]] * 8]
