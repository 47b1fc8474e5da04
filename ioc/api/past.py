"""The time machine: which moments of the past can be shown, and what a panel's page or card is filled with at one of them."""

import asyncio
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

from ioc.api.identity import seen_by_guests
from ioc.api.routes import Doors
from ioc.clock import start_of
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.moment import Moment
from ioc.panels.engine.card import Props, props
from ioc.panels.engine.contract import Snapshot
from ioc.words import Words

AT_ONCE = 3
"""So many panels of the past are asked at a time: one connection of the pool stays free for whoever asks something else."""


class Past:
    """Of one web process."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._first_day: date | None = None

    async def moment(self, key: str, query: Mapping[str, str], words: Words) -> Moment:
        """The moment of a panel that a query asks for.

        Raises:
            InputError: it is none, has not come yet, or lies before everything that is known; `known` without `at`; a jurisdiction where the
                panel has none.
            UnavailableError: the database does not answer.

        """
        moment, now = self._doors.moment(key, query), self._doors.clock.now()
        if moment.live:
            return moment
        if (latest := max(moment.at, moment.known) if moment.time_machine else moment.at) > now:
            raise InputError(words("Chưa tới {at}: hãy chọn một thời điểm trước {now}.", at=words.moment(latest), now=words.moment(now)))
        first = await self.beginning()
        if first and not moment.jurisdiction and moment.at <= start_of(first):
            raise InputError(words("Lúc {at} chưa có số liệu nào: số liệu bắt đầu từ ngày {day}, hãy chọn một thời điểm sau đó.",
                                   at=words.moment(moment.at), day=f"{first:%d/%m/%Y}"))
        return moment

    async def props(self, key: str, query: dict[str, str], words: Words) -> Props:
        """Properties of a panel at the moment that a query asks for.

        Raises:
            InputError: as `moment`; nothing of the panel was known then.
            UnavailableError: the database does not answer.

        """
        moment = await self.moment(key, query, words)
        async with self._turns:
            snapshot = await self._doors.snapshot(key, query)
        if moment.time_machine and _knew_nothing(snapshot):
            raise InputError(words("Lúc {at} hệ thống chưa ghi nhận số liệu nào của chuyên đề này: hãy bỏ “Như đã biết lúc đó”.",
                                   at=words.moment(moment.known)))
        guests = seen_by_guests(query.get("guests"))
        return props(self._doors.panel(key), snapshot, words, self._doors.profile, guests=guests, asked=query)

    async def beginning(self) -> date | None:
        """The first local day that anything is known of; None = nothing is known yet."""
        # It only ever moves back, by a history that is told later: whoever waits for that starts the process again.
        if self._first_day is None:
            self._first_day = await self._doors.database.ask(_first_day)
        return self._first_day


@cache
def _sql() -> Mapping[str, str]:
    return named(resources.files("ioc.api").joinpath("past.sql"))


def _knew_nothing(snapshot: Snapshot) -> bool:
    """Whether its figures would be zeros of a time before the centre listened, that nobody could tell from a calm day's."""
    return not any(s.heard_at for s in snapshot.sources) and not any(n.value for n in snapshot.numbers.values())


def _first_day(conn: Connection) -> date | None:
    row = conn.execute(_sql()["beginning"].encode()).fetchone()
    found: date | None = row[0] if row else None
    return found
