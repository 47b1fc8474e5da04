"""The way that events take in these tests: a broker and one sink on a database, whose clock the test moves."""

import threading
from collections.abc import Sequence
from random import Random

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.streams.engine.broker import Publisher, Source
from ioc.streams.engine.registry import streams
from ioc.streams.engine.sink import Sink
from tests.integration.streams_db import empty, rows
from tests.integration.streams_wire import binary, structured
from tests.oracle import stream_of
from tests.rules import RULES
from tests.truth.lives import NOW, Piece

MOST_POLLS = 300
"""A poll of a real broker waits 0.2 s; joining its group may take some seconds."""


class Path:
    """One sink that takes in example after example; events lie in any partition, half of them in binary mode."""

    def __init__(self, dsn: str, conn: Connection, publisher: Publisher, source: Source) -> None:
        self.conn = conn
        self._random = Random(1)
        self._clock = FrozenClock(NOW)
        self._publisher = publisher
        self._sink = Sink(source, lambda: connect(dsn, application="test-sink"), self._clock, RULES)

    def bring(self, pieces: Sequence[Piece]) -> None:
        """Begin anew and take in each piece at its moment; a dead letter is an error."""
        empty(self.conn)
        for piece in pieces:
            self._clock.at = piece.recorded_at
            self._take_in(piece)
        assert rows(self.conn, "select detail from dead_letter") == []

    def _take_in(self, piece: Piece) -> None:
        due = sum(self._sink.totals) + len(piece.wires)
        for wire in map(dict, piece.wires):
            headers, value = self._random.choice((binary, structured))(wire)
            self._publisher.send(streams()[stream_of(wire)].topic, self._random.randbytes(4), value, headers)
        self._publisher.flush()
        for _ in range(MOST_POLLS):
            if sum(self._sink.totals) == due:
                return
            self._sink.step(threading.Event())
        raise AssertionError(f"{due - sum(self._sink.totals)} of {len(piece.wires)} events did not come through")
