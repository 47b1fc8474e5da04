"""Events that tell a place and no unit get the unit in which they lie, by the official boundaries of their day; never by a schematic."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.event import Event

if TYPE_CHECKING:
    from ioc.places.tagging import Tagger

LOOK_AGAIN = timedelta(minutes=1)


class Placing:
    """Knows the imported boundaries and looks for new ones each minute. Without any, nothing is placed."""

    def __init__(self) -> None:
        self._tagger: Tagger | None = None
        self._imported: object = None
        self._looked_at: datetime | None = None

    def place(self, conn: Connection, stream: Stream, events: list[Event[Any]], now: datetime) -> list[Event[Any]]:
        """The events, those with a place and without a unit given theirs; `unit_by_place`: True = found, False = outside every unit."""
        lost = [n for n, e in enumerate(events) if _is_lost(e)] if stream.placed else []
        if not lost or (tagger := self._current(conn, now)) is None:
            return events
        days = [local_day(events[n].occurred_at) for n in lost]
        tags = tagger.tag([events[n].data.lon_deg for n in lost], [events[n].data.lat_deg for n in lost], days)
        placed = list(events)
        for n, tag, day in zip(lost, tags, days, strict=True):
            if isinstance(tag, str):
                placed[n] = _with(events[n], unit_code=tag, unit_valid_on=day, unit_by_place=True)
            elif tag is None:
                placed[n] = _with(events[n], unit_by_place=False)
        return placed

    def _current(self, conn: Connection, now: datetime) -> "Tagger | None":
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < LOOK_AGAIN:
            found = conn.execute("select count(*), max(imported_at), max(layer_id), max(replaced_at) from boundary_layer "
                                 "where level = 'commune'").fetchone()
            assert found is not None
            if found != self._imported:
                from ioc.places.tagging import load_tagger

                self._tagger = load_tagger(conn) if found[0] else None
            self._imported, self._looked_at = found, now
        return self._tagger


def _is_lost(event: Event[Any]) -> bool:
    data = event.data
    return not data.unit_code and data.lon_deg is not None and data.lat_deg is not None and not getattr(data, "jurisdiction", "")


def _with(event: Event[Any], **changes: object) -> Event[Any]:
    known = {name: value for name, value in changes.items() if name in event.data.__struct_fields__}
    return msgspec.structs.replace(event, data=msgspec.structs.replace(event.data, **known))


def fields_missing(stream: Stream) -> Sequence[str]:
    """Fields that a placed stream's schema lacks."""
    return sorted({"lon_deg", "lat_deg", "unit_code", "unit_valid_on"} - set(stream.schema.__struct_fields__))
