"""Long histories for the watches' tests, stored in one batch: what was known when is not their matter."""

from collections.abc import Sequence

from ioc.db.connect import Connection
from ioc.streams.engine.batch import BatchWriter, Reader
from ioc.streams.engine.event import DeadLetter
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of
from tests.alerts.world import Told, message, soc_trang


def store_together(conn: Connection, told: Sequence[Told]) -> None:
    """Events as if all were learnt with the last of them."""
    reader, writer = Reader(streams(), refuse_simulated=False), BatchWriter(conn, streams(), rules_of(soc_trang()))
    now = max(event.at for event in told)
    items = [reader.read(message(event), now) for event in sorted(told, key=lambda event: event.at)]
    assert not any(isinstance(item.meaning, DeadLetter) for item in items)
    writer.write(items, now)
