"""A web process to sign in to, with what a browser keeps of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ioc.api.app import create_app
from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.people.seals import add_key
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import PASSWORD, person
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Desk(NamedTuple):
    """A web process, its clock, its database and key file."""

    base: str
    clock: FrozenClock
    conn: Connection
    keys: Path

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> Answer:
        return self.post("/login", {"login": login, "password": password, **more})

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        given: dict[str, Any] = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html", **headers}
        return ask(self.base, path, method="POST", body=urlencode(form).encode(), **given)

    def get(self, path: str, **headers: str) -> Answer:
        wanted: dict[str, Any] = {"Accept": "text/html"} | headers
        return ask(self.base, path, **wanted)

    def actions(self) -> list[str]:
        return [line.action for line in lines(self.conn, limit=50)]


@contextmanager
def signing_in(postgres: str, tmp_path: Path) -> Iterator[Desk]:
    """One for the length of a block; lan is an operator."""
    add_key(tmp_path / "keys")
    clock = FrozenClock(NOW)
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        person(conn, "lan", ["operator"], NOW)
        settings = Settings(database=dsn, profile=FICTIONAL, keys=str(tmp_path / "keys"))
        with serving(create_app(settings, clock)) as base:
            yield Desk(base, clock, conn, tmp_path / "keys")


def cookie_of(answer: Answer, what: str = "session") -> str:
    """The named cookie that an answer sets, as a browser sends it back."""
    found = [c.partition(";")[0] for c in answer.cookies if c.startswith(f"ioc_{what}_")]
    assert found, answer.headers
    return found[-1]


def csrf(desk: Desk, cookie: str) -> str:
    page = desk.get("/console/me", Cookie=cookie).body.decode()
    return page.split('name="csrf" value="')[1].partition('"')[0]


def sentence(answer: Answer) -> str:
    """What a page says went wrong."""
    return answer.body.decode().split('role="alert">')[1].partition("<")[0]
