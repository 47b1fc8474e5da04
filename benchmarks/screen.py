"""A screen for a benchmark: paired in the database of a running centre, revoked at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from ioc.api.identity import Cookies
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.demo.join import joined
from ioc.people import screens
from ioc.people.accounts import By
from ioc.settings import read_settings


@contextmanager
def screen_cookie(port: int) -> Iterator[tuple[str, str]]:
    """(name, value) of the cookie that lets a viewer see the wall of the centre on this port."""
    by = By(actor="system:bench", at=SystemClock().now())
    with connect(joined(read_settings()).dsn(), application="ioc-bench", autocommit=True) as conn:
        device, code = screens.ask_for_pairing(conn, "127.0.0.1", by.at)
        number = screens.confirm(conn, code, "benchmark", by)
        token = screens.collect(conn, device, by.at)
        assert token
        try:
            yield Cookies(secure=False, port=port).name("screen"), token
        finally:
            screens.end(conn, number, "benchmark over", by)
