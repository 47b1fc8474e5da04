"""`ioc relay`: a thread for each channel and one for what is done by the hour; start as many relays as you like."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.relay.duties import Duties
from ioc.relay.sender import Sender
from ioc.relay.worker import Worker


class Relay:
    """`connect` opens an autocommit connection and raises UnavailableError while there is none; `beside`: further loops of the process."""

    def __init__(self, connect: Callable[[], Connection], senders: Sequence[Sender], clock: Clock, *, syslog: str = "",
                 beside: Sequence[Callable[[threading.Event], None]] = ()) -> None:
        self._loops = [*beside, *(Worker(connect, sender, clock).run for sender in senders), Duties(connect, clock, syslog=syslog).run]

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop. A fault of ours in one loop ends them all, and is raised: a relay that half works would go unseen."""
        with ThreadPoolExecutor(len(self._loops), thread_name_prefix="relay") as threads:
            for work in [threads.submit(_until_stopped, loop, stop) for loop in self._loops]:
                work.result()


def _until_stopped(loop: Callable[[threading.Event], None], stop: threading.Event) -> None:
    try:
        loop(stop)
    finally:
        stop.set()
