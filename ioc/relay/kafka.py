"""Records to Kafka: never given up, since the sinks of others live by them."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from ioc.relay.outbox import Channel
from ioc.relay.sender import Failure, Row
from ioc.streams.engine.broker import Publisher

_AWAY = 2
"""So many failures in turn are the broker's, not a record's; one of many records together is as good as that."""


class KafkaSender:
    """`publisher` connects to the broker and raises UnavailableError while it is away."""

    channel: Channel = "kafka"
    most = 200
    each_target = False
    longest = timedelta(minutes=1)
    gives_up_after: timedelta | None = None

    def __init__(self, publisher: Callable[[], Publisher]) -> None:
        self._connect = publisher
        self._publisher: Publisher | None = None

    def send(self, conn: Connection, rows: Sequence[Row]) -> list[Failure]:
        """New rows together; those that failed before one by one, so that a record the broker refuses keeps no other from going."""
        del conn
        batches = [[row for row in rows if row.attempts == 1], *([row] for row in rows if row.attempts > 1)]
        failures: list[Failure] = []
        in_turn, why = 0, ""
        for batch in batches:
            try:
                if in_turn < _AWAY:
                    self._publish(batch)
                    in_turn = 0
                    continue
            except UnavailableError as error:
                self.close()  # with what it has not sent: it comes again, in order
                in_turn = _AWAY if len(batch) > 1 else in_turn + 1
                why = str(error)
            failures += [Failure(row, why, "channel" if in_turn >= _AWAY else "row") for row in batch]
        return failures

    def _publish(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if self._publisher is None:
            self._publisher = self._connect()
        for row in rows:
            self._publisher.send(row.target, row.key or None, row.body, row.headers)
        self._publisher.flush()

    def close(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            with contextlib.suppress(UnavailableError):
                publisher.close()
