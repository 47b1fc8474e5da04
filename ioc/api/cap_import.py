"""`ioc import cap FILE...`: warnings of others as CAP 1.2 files, published to Kafka."""

import argparse
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ioc.alerts.cap_ground import ground_of
from ioc.alerts.cap_xml import MOST_BYTES, cap_alert, text
from ioc.api.bulletins import Mail, Taken, mail, told
from ioc.clock import Clock, SystemClock
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.profiles import Profile, load_profile
from ioc.settings import Settings
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.event import Message
from ioc.streams.environment import STREAM


def import_cap(settings: Settings, options: argparse.Namespace, stop: threading.Event, *, publisher: Callable[[], Publisher] | None = None,
               clock: Clock | None = None) -> int:
    """`ioc import cap FILE...`: publish bulletins, all read before the first is sent."""
    del stop
    profile = load_profile(settings.profile)
    post = mail(profile, clock or SystemClock())
    source = options.source or _promised(profile)
    with connect(settings.dsn(), application="ioc-command", autocommit=True) as conn:
        found = _read_files(conn, options.file, source, post)
    _send([taken.record for taken in found if taken.record], publisher or (lambda: _kafka(settings)))
    for taken in found:
        shown = told(taken)
        sys.stdout.write(f"{shown['identifier']}: {shown['msg_type']} of {shown['bulletin']}, {shown['status']}"
                         f"{', known already' if shown['known_already'] else ''}\n" + "".join(f"  {remark}\n" for remark in shown["remarks"]))
    return 0


def _read_files(conn: Connection, files: Sequence[Path], source: str, post: Mail) -> list[Taken]:
    """The files in order of their sending, so that an update finds what an earlier file began."""
    ground, begun = ground_of(conn, post.profile), dict[str, str]()

    def subject(identifiers: Sequence[str]) -> str | None:
        return next((begun[name] for name in identifiers if name in begun), None) or ground.subjects(identifiers)

    found: list[Taken] = []
    known = replace(ground, subjects=subject)
    for file, data in sorted(((file, _content(file)) for file in files), key=lambda pair: _sent(pair[1])):
        try:
            taken = post.read(conn, data, source, ground=known)
        except InputError as wrong:
            raise InputError(f"{file.name}: {wrong}; nothing was published") from None
        begun[taken.bulletin.data["identifier"]] = taken.bulletin.subject
        found.append(taken)
    return found


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as wrong:
        raise InputError(f"{file} cannot be read: {wrong.strerror}") from None


def _sent(data: bytes) -> str:
    """When a message says it was sent, for the order of files; one that cannot be read is told so when its turn comes."""
    try:
        return text(cap_alert(data), "sent")
    except InputError:
        return ""


def _send(records: Sequence[Message], connect_: Callable[[], Publisher]) -> None:
    if not records:
        return
    publisher = connect_()
    try:
        for record in records:
            publisher.send(record.topic, record.key, record.value, record.headers)
        publisher.flush()
    finally:
        publisher.close()


def _promised(profile: Profile) -> str:
    source = next((s.source for s in profile.file.sources if s.stream == STREAM.name), None)
    if source is None:
        raise InputError(f"the profile names no source of '{STREAM.name}': give --source, e.g. --source /vn/92/hydromet")
    return source


def _kafka(settings: Settings) -> Publisher:
    from ioc.streams.engine.kafka import KafkaPublisher

    return KafkaPublisher(settings)
