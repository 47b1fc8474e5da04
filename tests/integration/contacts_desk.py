"""What the tests of personal data share: keys, people, reports that were begun and ended, and everything the database holds as text."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg

from ioc.clock import FrozenClock
from ioc.contacts.vault import Look, Subject, keep
from ioc.db.connect import Connection
from ioc.people.principal import Grant, Principal
from ioc.people.seals import Seals
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import NOW, event

OLD, NEW = bytes(32), bytes(range(32))
SEALS = Seals([OLD])
PERSON = {"name": "Nguyễn Văn Ổn", "telephone": "0912 345 123", "email": "On.Nguyen@example.vn", "address": "12 Trần Hưng Đạo"}
WORDS = "Ổ gà trước nhà tôi, gọi 0987654321 gặp chị Hạnh"
ONE, TWO, THREE = (Subject("report", name) for name in ("PA-1", "PA-2", "PA-3"))
DAY = timedelta(days=1)


def person(role: str = "operator", **limits: Any) -> Principal:
    return Principal(kind="person", id="12", name="Trực ban", grants=(Grant(role=role, **limits),))


def look(who: Principal | None = None, reason: str = "gọi lại hỏi vị trí") -> Look:
    return Look(who=who or person(), reason=reason, at=NOW, address="10.1.2.3")


def kept(conn: Connection, subject: Subject = ONE, seals: Seals = SEALS, **values: str) -> None:
    """A contact and the words of a report, or only the values given."""
    keep(conn, seals, subject, values or PERSON | {"text": WORDS}, purpose="answer", at=NOW)


def submitted(dsn: str, *subjects: Subject) -> None:
    sunk(dsn, [event("report", "submitted", subject=subject.id) for subject in subjects])


def ended(dsn: str, *subjects: Subject, fact: str = "rejected", **data: Any) -> None:
    """Reports that came and ended ten minutes later, a day before NOW."""
    submitted(dsn, *subjects)
    sunk(dsn, [event("report", fact, 10, subject=subject.id, **data) for subject in subjects])


def clock() -> FrozenClock:
    return FrozenClock(NOW)


def ledger(conn: Connection, action: str) -> list[tuple[str, str, str]]:
    """Actor, subject and content of the ledger's lines of an action, oldest first."""
    return conn.execute("select actor, subject, content from audit_line where action = %s order by line", (action,)).fetchall()


def count(conn: Connection, table: str) -> int:
    row = conn.execute(f"select count(*) from {table}".encode()).fetchone()
    assert row
    return int(row[0])


def everything(conn: Connection) -> str:
    """All tables of the database as COPY writes them."""
    names = conn.execute("select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'").fetchall()
    return "".join(part for (name,) in names for part in _copied(conn, name))


def _copied(conn: Connection, table: str) -> Iterator[str]:
    with conn.cursor() as cursor, cursor.copy(psycopg.sql.SQL("copy {} to stdout").format(psycopg.sql.Identifier(table))) as copy:
        for part in copy:
            yield bytes(part).decode()


def traces(value: str) -> set[str]:
    """Ways in which a value would stand in a dump: as text, as bytes in hexadecimal, in base64."""
    plain = value.encode()
    return {value.lower(), plain.hex(), value.lower().encode().hex(), value.encode("utf-16-le").hex(), base64.b64encode(plain).decode().rstrip("=")[:-1].lower()}
