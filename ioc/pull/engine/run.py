"""One source: read, compare, remember, publish; in this order, so that a crash anywhere repeats and never loses or alters."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from msgspec.structs import replace

from ioc.clock import Clock
from ioc.errors import InputError, UnavailableError
from ioc.pull.engine.config import SourceConfig
from ioc.pull.engine.contract import Access, Adapter, Clean, Context, Known, Page, Raw
from ioc.pull.engine.events import records
from ioc.pull.engine.store import Owed, Read, Refused, Snapshot, Store, digest
from ioc.streams.engine.broker import Publisher

log = logging.getLogger(__name__)


class Totals(NamedTuple):
    """What a run read, published and refused."""

    records: int
    events: int
    rejects: int


class Place(NamedTuple):
    """What the province says of a source: its agencies (see Context), and the key for hashes of persons."""

    org_of: Callable[[str, datetime], str]
    unit_of: Callable[[str, datetime], str]
    person_key: bytes | None = None


class Puller:
    """Reads one source through its access, and publishes what changed; it connects to the broker once there is something to publish."""

    def __init__(self, source: SourceConfig, adapter: Adapter, place: Place, store: Store, connect: Callable[[], Publisher], clock: Clock) -> None:
        self._source, self._adapter, self._place = source, adapter, place
        self._store, self._connect, self._clock = store, connect, clock
        self._publisher: Publisher | None = None

    def run(self, access: Access, stop: threading.Event) -> Totals:
        """Publish what a crash left, then all that changed since the last run.

        Raises:
            UnavailableError: the source, the database or the broker is away, or another process reads this source.

        """
        cursor = self._store.start(self._clock.now())
        self._publish()
        return self._through(access.pages(cursor), stop, self._clean)

    def retry(self, stop: threading.Event) -> Totals:
        """Read the rejected records again, once what was wrong here (a name unknown, a program too old) is mended."""
        self._store.start(self._clock.now())
        self._publish()
        pages = iter([Page([reject.record for reject in self._store.rejects()])])
        return self._through(pages, stop, lambda clean: [clean])

    def close(self) -> None:
        if self._publisher is not None:
            self._publisher.close()

    def _through(self, pages: Iterator[Page], stop: threading.Event, clean: Callable[[Any], list[Clean]]) -> Totals:
        total = Totals(0, 0, 0)
        for page in pages:
            at = self._clock.now().replace(microsecond=0)
            read = self._compared([c for raw in page.records for c in clean(raw)], at)
            self._store.page(read, page.cursor, records=len(page.records), at=at)
            self._publish()
            page.settle()
            total = Totals(total.records + len(page.records), total.events + len(read.owed), total.rejects + len(read.rejects))
            if stop.is_set():
                return total
        self._store.ended(self._clock.now())
        return total

    def _clean(self, raw: Raw) -> list[Clean]:
        return self._adapter.door(raw, self._place.person_key)

    def _compared(self, cleans: list[Clean], at: datetime) -> Read:
        context = Context(observed_at=at, org_of=self._place.org_of, unit_of=self._place.unit_of)
        subjects = [self._adapter.subject(clean) for clean in cleans]
        before = self._store.known(subjects)
        read = Read({}, [], set(), [])
        for subject, clean in zip(subjects, cleans, strict=True):
            mark = digest(clean)
            snapshot = read.snapshots.get(subject) or before.get(subject) or Snapshot(subject, "", Known())
            if snapshot.digest == mark:
                continue
            try:
                self._see(clean, snapshot._replace(digest=mark), context, read)
            except InputError as error:
                read.rejects.append(self._refused(subject, clean, error))
        return read

    def _see(self, clean: Clean, snapshot: Snapshot, context: Context, read: Read) -> None:
        try:
            found, owed = self._seen(clean, snapshot, context)
        except InputError as error:
            if not snapshot.known.waiting:
                raise
            # What waited for this record may be what is wrong: it must not hold the subject up.
            alone = snapshot._replace(known=replace(snapshot.known, waiting=()))
            found, owed = self._seen(clean, alone, context)
            read.rejects.extend(self._refused(snapshot.subject, waited, error) for waited in snapshot.known.waiting)
        read.snapshots[snapshot.subject] = found
        read.usable.add((snapshot.subject, self._adapter.kind(clean)))
        read.owed.extend(owed)

    def _refused(self, subject: str, clean: Clean, error: InputError) -> Refused:
        return Refused(subject, self._adapter.kind(clean), clean, str(error))

    def _seen(self, clean: Clean, snapshot: Snapshot, context: Context) -> tuple[Snapshot, list[Owed]]:
        seen = self._adapter.see(clean, snapshot.known, context)
        owed = records(seen.facts, stream=self._adapter.stream, source=self._source.source, subject=snapshot.subject, context=context,
                       simulated=self._source.simulated)
        return snapshot._replace(known=seen.known), owed

    def _publish(self) -> None:
        position, owed = self._store.owed()
        if owed:
            self._publisher = self._publisher or self._connect()
            for record in owed:
                self._publisher.send(record.topic, record.key, record.value, record.headers)
            self._publisher.flush()
        self._store.delivered(position)


def keep_running(once: Callable[[], Totals], every_s: float, stop: threading.Event) -> None:
    """Run again and again; a part that is away is waited for, logged when it goes and when it is back."""
    down = False
    while not stop.is_set():
        try:
            total = once()
            if down:
                log.info("the source is read again")
            down = False
            if total.events or total.rejects:
                log.info("%d records read, %d events published, %d records refused", *total)
        except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
            if not down:
                log.error("nothing is read for now: %s", error)  # noqa: TRY400 (one sentence, no traceback)
            down = True
        stop.wait(every_s)
