"""A served web process that citizens come to: forms as a browser without a script sends them, and a sink that hears what was promised."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import NamedTuple

from ioc.api.app import create_app
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.people.seals import Seals, add_key, read_seals
from ioc.settings import Settings
from tests.integration.decisions_desk import owed_is_read
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask, multipart, serving
from tests.profiles import FICTIONAL

FORM, FOLLOW = "/phan-anh", "/phan-anh/tra-cuu"
HOLE = {"category": "TR-ROAD", "text": "Ổ gà sâu trước chợ", "place": "cho sao khue", "address": "gần số 12", "telephone": "0912 345 678"}


class House(NamedTuple):
    """What the tests knock at."""

    base: str
    dsn: str
    conn: Connection
    clock: FrozenClock
    seals: Seals

    def post(self, path: str, fields: Mapping[str, str], photos: Sequence[tuple[str, bytes]] = (), **headers: str) -> Answer:
        body, kind = multipart(fields.items(), [("photos", *photo) for photo in photos])
        return ask(self.base, path, method="POST", body=body, **{"Content-Type": kind, **headers})

    def form(self) -> str:
        return hidden(ask(self.base, FORM), "form")

    def file(self, photos: Sequence[tuple[str, bytes]] = (), changes: Mapping[str, str] | None = None) -> Answer:
        return self.post(FORM, {"form": self.form(), **HOLE, **(changes or {})}, photos)

    def filed(self, **changes: str) -> str:
        """The receipt code of a report that was filed."""
        return code_of(self.file(changes=changes))

    def look(self, code: str) -> Answer:
        return self.post(FOLLOW, {"code": code})

    def tell(self, code: str, act: str, photos: Sequence[tuple[str, bytes]] = (), **fields: str) -> Answer:
        return self.post(FOLLOW, {"code": code, "act": act, "form": self.form(), **fields}, photos)

    def sink(self) -> None:
        """Let what is owed to Kafka come in."""
        owed_is_read(self.dsn, self.conn, self.clock.at)


@contextmanager
def opened(dsn: str, folder: Path) -> Iterator[House]:
    keys = folder / "keys"
    add_key(keys)
    clock = FrozenClock(NOW)
    with connect(dsn, application="test", autocommit=True) as conn, \
            serving(create_app(Settings(database=dsn, profile=FICTIONAL, keys=str(keys)), clock)) as base:
        yield House(base, dsn, conn, clock, read_seals(str(keys)))


def hidden(answer: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.body.decode())
    assert found, answer.body.decode()[:2000]
    return unescape(found[1])


def code_of(answer: Answer) -> str:
    found = re.search(r'<output id="code">([0-9A-Z-]{14})</output>', answer.body.decode())
    assert found, problem(answer)
    return found[1]


def problem(answer: Answer) -> str:
    """What the page says is wrong."""
    found = re.search(r'<div class="problem".*?</div>', answer.body.decode(), re.DOTALL)
    return unescape(re.sub("<[^>]+>", " ", found[0])).strip() if found else ""


@contextmanager
def opened_without_keys(dsn: str) -> Iterator[str]:
    """The address of the same where no key file is named."""
    with serving(create_app(Settings(database=dsn, profile=FICTIONAL), FrozenClock(NOW))) as base:
        yield base


@contextmanager
def opened_without_database(folder: Path) -> Iterator[tuple[str, Callable[[Answer], Answer]]]:
    """The same where no database answers: its address, and what sends the form of a page."""
    keys = folder / "keys"
    add_key(keys)
    away = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1"
    with serving(create_app(Settings(database=away, profile=FICTIONAL, keys=str(keys)), FrozenClock(NOW))) as base:
        def post(page: Answer) -> Answer:
            body, kind = multipart({"form": hidden(page, "form"), **HOLE}.items())
            return ask(base, FORM, method="POST", body=body, **{"Content-Type": kind})

        yield base, post
