"""What the engine remembers in the database: cursors, snapshots, events owed to Kafka, rejected records."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import resources
from typing import Any, NamedTuple

import msgspec
from psycopg.types.json import Jsonb

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import UnavailableError
from ioc.pull.engine.contract import Clean, Cursor, Known

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.pull.engine").joinpath("store.sql")).items()}


class Owed(NamedTuple):
    """A record for Kafka."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Snapshot(NamedTuple):
    """A subject as it was last seen. `digest`: of the source's record that said so."""

    subject: str
    digest: str
    known: Known


class Refused(NamedTuple):
    """A record that cannot be used, and why."""

    subject: str
    kind: str
    record: Clean
    reason: str


class Reject(NamedTuple):
    """A refused record as it is kept."""

    reject_id: int
    subject: str
    reason: str
    last_at: datetime
    record: Clean


class Read(NamedTuple):
    """What a page's records come to. `usable`: (subject, kind) of those that could be used; `rejects`: the others, each with the reason."""

    snapshots: dict[str, Snapshot]
    owed: list[Owed]
    usable: set[tuple[str, str]]
    rejects: list[Refused]


def digest(record: Mapping[str, Any]) -> str:
    """Digest of a record's content, whatever the order of its keys."""
    return hashlib.blake2b(msgspec.json.encode(record, order="deterministic"), digest_size=16).hexdigest()


class Store:
    """One source's memory. The connection is in autocommit; `page` is one transaction."""

    def __init__(self, conn: Connection, source: str) -> None:
        self._conn = conn
        self._source = source

    def start(self, at: datetime) -> Cursor:
        """Keep others away from this source and answer where to read from.

        Raises:
            UnavailableError: another process reads it now.

        """
        # crc32 is unsigned, PostgreSQL's integer is not.
        number = zlib.crc32(self._source.encode()) - 2**31
        row = self._conn.execute(_SQL["lock"], {"number": number}).fetchone()
        if row is None or not row[0]:
            raise UnavailableError(f"the source '{self._source}' is being pulled by another process: wait for it, or end it")
        cursor: Cursor = self._one("start", at=at)
        return cursor

    def known(self, subjects: Iterable[str]) -> dict[str, Snapshot]:
        """Snapshots of subjects that were seen before."""
        rows = self._all("known", subjects=sorted(set(subjects)))
        return {row[0]: Snapshot(row[0], row[1], msgspec.convert(row[2], Known)) for row in rows}

    def page(self, read: Read, cursor: Cursor | None, *, records: int, at: datetime) -> None:
        """Remember a page whole: what was seen, what is owed for it, what could not be used, where the cursor moves."""
        with self._conn.transaction(), self._conn.cursor() as many:
            many.executemany(_SQL["remember"], [
                {"source": self._source, "subject": s.subject, "digest": s.digest, "fields": Jsonb(msgspec.to_builtins(s.known)), "at": at}
                for s in read.snapshots.values()])
            many.executemany(_SQL["owe"], [
                {"source": self._source, "topic": o.topic, "key": o.key, "value": o.value,
                 "headers": Jsonb([[name, value.decode()] for name, value in o.headers])} for o in read.owed])
            self._do("mended", at=at, subjects=[subject for subject, _ in read.usable], kinds=[kind for _, kind in read.usable])
            many.executemany(_SQL["reject"], [
                {"source": self._source, "subject": r.subject, "kind": r.kind, "digest": digest(r.record), "record": Jsonb(r.record),
                 "reason": r.reason, "at": at} for r in read.rejects])
            self._do("plan", cursor=None if cursor is None else Jsonb(cursor), records=records, events=len(read.owed), rejects=len(read.rejects))

    def owed(self) -> tuple[int, list[Owed]]:
        """(position of the last, events) that are not known to be with Kafka."""
        rows = self._all("owed")
        return (rows[-1][0] if rows else 0), [Owed(r[1], r[2], r[3], [(name, value.encode()) for name, value in r[4]]) for r in rows]

    def delivered(self, position: int) -> None:
        """What was owed is with Kafka: the cursor may move."""
        with self._conn.transaction():
            self._do("paid", position=position)
            self._do("advance")

    def ended(self, at: datetime) -> None:
        self._do("ended", at=at)

    def rejects(self) -> list[Reject]:
        """Records that wait to be mended, oldest first."""
        return [Reject(*row) for row in self._all("rejects")]

    def _do(self, name: str, **values: Any) -> None:
        self._conn.execute(_SQL[name], {"source": self._source, **values})

    def _all(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._conn.execute(_SQL[name], {"source": self._source, **values}).fetchall()

    def _one(self, name: str, **values: Any) -> Any:
        return self._all(name, **values)[0][0]
