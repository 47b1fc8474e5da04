"""What screens say of themselves, held in memory and written together: a hundred screens cost the database one statement in five seconds.

The latest word of each is kept until it is written, over an outage of the database too, and written when the process ends.
"""

import asyncio
from contextlib import suppress

from ioc.api.ask import Database
from ioc.clock import Clock
from ioc.errors import InputError, UnavailableError
from ioc.people.heartbeats import Beat, Heard, read_beat, store_beats

WRITE_S = 5.0
"""A screen that was just heard counts as silent after thirty; to write costs the web process more than to hear."""
MOST = 2000
"""Names that wait to be written; who is not paired names himself."""


class Beats:
    """The words that are not written yet. Everything runs on one event loop."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: dict[str, Heard] = {}
        self._lock = asyncio.Lock()

    def hear(self, raw: bytes, paired: str | None, newest: tuple[str, int]) -> None:
        """Take a heartbeat. `paired`: who speaks, where a screen's cookie says it; `newest`: (epoch, number) of the newest frame that there is.

        Raises:
            InputError: it is none, or nobody's.
            UnavailableError: nothing more can be held while the database is away.

        """
        beat, body = read_beat(raw)
        screen = paired or _name(beat)
        if len(self._waiting) >= MOST and screen not in self._waiting:
            raise UnavailableError("no more heartbeats can be held: the database does not answer")
        epoch, number = newest
        heard = Heard(screen=screen, heard_at=self._clock.real(), beat=beat, body=body, newest=number if epoch and beat.epoch == epoch else None)
        self._waiting[screen] = heard

    async def write(self) -> None:
        """Write what waits.

        Raises:
            UnavailableError: the database does not answer; it waits on.

        """
        async with self._lock:
            taken, self._waiting = self._waiting, {}
            if not taken:
                return
            is_written = False
            try:
                await self._database.ask(lambda conn: store_beats(conn, list(taken.values())))
                is_written = True
            finally:
                if not is_written:  # or it was called off: to write something twice does no harm
                    self._waiting = {**taken, **self._waiting}

    async def keep_writing(self) -> None:
        """Write now and then, for ever."""
        while True:
            await asyncio.sleep(WRITE_S)
            with suppress(UnavailableError):
                await self.write()


def _name(beat: Beat) -> str:
    if beat.screen is None:
        raise InputError("a heartbeat is a JSON object with 'screen'")
    return beat.screen[:64].replace(":", " ")  # nobody speaks for a paired one
