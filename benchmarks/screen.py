"""Screens for a benchmark: paired in the database of a running centre, revoked at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from ioc.api.identity import Cookies
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.demo.join import joined
from ioc.people import screens
from ioc.people.accounts import By
from ioc.settings import read_settings


@contextmanager
def screen_cookies(port: int, number: int) -> Iterator[list[str]]:
    """Cookies, NAME=VALUE, of so many screens of their own, which let them see the wall of the centre on this port."""
    by = By(actor="system:bench", at=SystemClock().now())
    name = Cookies(secure=False, port=port).name("screen")
    with connect(joined(read_settings()).dsn(), application="ioc-bench", autocommit=True) as conn:
        paired = [_paired(conn, f"benchmark {n + 1}", by) for n in range(number)]
        try:
            yield [f"{name}={token}" for _, token in paired]
        finally:
            for screen, _ in paired:
                screens.end(conn, screen, "benchmark over", by)


@contextmanager
def screen_cookie(port: int) -> Iterator[tuple[str, str]]:
    """(name, value) of the cookie of one such screen."""
    with screen_cookies(port, 1) as (cookie,):
        name, _, token = cookie.partition("=")
        yield name, token


def _paired(conn: Connection, name: str, by: By) -> tuple[int, str]:
    device, code = screens.ask_for_pairing(conn, "127.0.0.1", by.at)
    number = screens.confirm(conn, code, name, by)
    token = screens.collect(conn, device, by.at)
    assert token
    return number, token
