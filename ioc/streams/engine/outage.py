"""What may be away is waited for: one line in the log when it goes, one when it is back, and the work begun anew."""

import logging
import threading
from collections.abc import Callable

import psycopg

from ioc.db.connect import Connection
from ioc.errors import UnavailableError


class Outage:
    """One thing that is waited for. `away` and `back`: what the log says, the first with the reason after a colon."""

    def __init__(self, log: logging.Logger, away: str, back: str, *, level: int = logging.ERROR) -> None:
        self._log = log
        self._away = away
        self._back = back
        self._level = level
        self._lasts = False

    @property
    def lasts(self) -> bool:
        return self._lasts

    def began(self, why: Exception | str) -> None:
        """Log the reason, unless it is away already."""
        if not self._lasts:
            self._log.log(self._level, "%s: %s", self._away, why)
        self._lasts = True

    def ended(self) -> None:
        """Log that it is back, where it was away."""
        if self._lasts:
            self._log.info("%s", self._back)
        self._lasts = False


def through_outages(connect: Callable[[], Connection], stop: threading.Event, outage: Outage, work: Callable[[Connection, Connection], None]) -> None:
    """Do work on a connection that listens and one that asks, until told to stop; an absent database is waited for, and the work begun anew."""
    while not stop.is_set():
        try:
            with connect() as listening, connect() as asking:
                outage.ended()
                work(listening, asking)
        except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
            outage.began(str(error).partition("\n")[0])
            stop.wait(0.5)


def gathered(listening: Connection, stop: threading.Event, wait_s: float, coalesce_s: float) -> set[str]:
    """Payloads of what was notified, once a moment has gathered them; nothing after a while without."""
    found = {n.payload for n in listening.notifies(timeout=wait_s, stop_after=1)}
    if found:
        stop.wait(coalesce_s)
        found |= {n.payload for n in listening.notifies(timeout=0)}
    return found
