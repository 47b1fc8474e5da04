"""REST access against a server on loopback: pages, secrets, patience, bounds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.errors import ConfigurationError, UnavailableError
from ioc.pull.engine.config import RestAccess
from ioc.pull.engine.contract import Query
from ioc.pull.engine.rest import Rest
from tests.fake_sources import FakeApi, serving

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving(FakeApi(records={"/a": [{"n": n} for n in range(5)], "/b": []}, token="Bearer 1")) as running:
        yield running


class Waits(list[float]):
    """Waits nothing and remembers what was asked of it."""

    def __call__(self, seconds: float) -> bool:
        self.append(seconds)
        return False


def rest(api: FakeApi, waits: Waits | None = None, *, secret: str | None = None, queries: tuple[str, ...] = ("a",), **options: Any) -> Rest:
    access = RestAccess(url=options.pop("url", api.url), page_size=2, **options)
    return Rest(access, [Query(path=path) for path in queries], secret or api.token, FrozenClock(NOW), Waits() if waits is None else waits)


def test_all_pages_of_all_queries_are_read_then_the_cursor_moves(api: FakeApi) -> None:
    pages = list(rest(api, queries=("a", "b")).pages({}))
    assert [r["n"] for page in pages for r in page.records] == [0, 1, 2, 3, 4]
    assert [page.cursor for page in pages] == [None, None, None, {"since": NOW.isoformat()}]
    assert "tuNgay" not in api.asked[0]


def test_server_that_gives_smaller_pages_than_asked_loses_nothing(api: FakeApi) -> None:
    api.cap = 1
    assert sum(len(page.records) for page in rest(api).pages({})) == 5


def test_server_that_knows_no_pages_is_read_once(api: FakeApi) -> None:
    access = RestAccess(url=api.url)
    found = Rest(access, [Query(path="a", page="p", size="s")], "Bearer 1", FrozenClock(NOW), Waits()).pages({})
    assert sum(len(page.records) for page in found) == 5


def test_later_run_asks_from_a_little_before_the_last_one(api: FakeApi) -> None:
    list(rest(api).pages({"since": "2026-11-20T07:00:00+00:00"}))
    assert api.asked[0]["tuNgay"] == "20261120135000"


def test_busy_server_is_asked_again_with_growing_pauses(api: FakeApi) -> None:
    api.faults, waits = [(503, {}, b""), (500, {}, b""), (502, {}, b"")], Waits()
    assert sum(len(page.records) for page in rest(api, waits).pages({})) == 5
    assert waits == [1, 2, 4]


@pytest.mark.parametrize(("header", "wait_s"), [("7", 7.0), ("Fri, 20 Nov 2026 08:00:30 GMT", 30.0), ("99999", 300.0), ("soon", 1.0)])
def test_servers_own_word_on_when_to_ask_again_is_kept(api: FakeApi, header: str, wait_s: float) -> None:
    api.faults, waits = [(429, {"Retry-After": header}, b"")], Waits()
    list(rest(api, waits).pages({}))
    assert waits == [wait_s]


def test_server_that_stays_away_is_unavailable(api: FakeApi) -> None:
    api.faults = [(503, {}, b"")] * 3
    with pytest.raises(UnavailableError, match="does not answer after 3 attempts: it answers 503"):
        list(rest(api, attempts=3).pages({}))


def test_closed_port_is_unavailable(api: FakeApi) -> None:
    with pytest.raises(UnavailableError, match="ConnectError"):
        list(rest(api, url="http://127.0.0.1:1", attempts=2).pages({}))


def test_wrong_secret_names_the_setting_and_is_not_tried_again(api: FakeApi) -> None:
    with pytest.raises(ConfigurationError, match="refuses the secret \\(401\\)"):
        list(rest(api, secret="Bearer 2").pages({}))
    assert len(api.asked) == 1


def test_redirect_is_not_followed_with_the_secret(api: FakeApi) -> None:
    api.faults = [(302, {"Location": "http://127.0.0.1:1/elsewhere"}, b"")]
    with pytest.raises(ConfigurationError, match="answers 302"):
        list(rest(api).pages({}))


def test_answer_larger_than_allowed_is_cut_off(api: FakeApi) -> None:
    api.faults = [(200, {}, b'[{"x": "' + b"y" * 200_000 + b'"}]')]
    with pytest.raises(UnavailableError, match="more than 0.1 MB"):
        list(rest(api, max_mb=0.1).pages({}))


@pytest.mark.parametrize(("body", "error", "reason"), [
    (b"<html>sign in</html>", UnavailableError, "what is no JSON"),
    (b'{"rows": []}', ConfigurationError, "without a list of records under data, result, items"),
    (b"[1, 2]", ConfigurationError, "without a list of records"),
])
def test_answer_that_holds_no_records_is_an_error(api: FakeApi, body: bytes, error: type[Exception], reason: str) -> None:
    api.faults = [(200, {}, body)]
    with pytest.raises(error, match=reason):
        list(rest(api).pages({}))


def test_secret_is_not_sent_in_clear_text_to_another_machine(api: FakeApi) -> None:
    with pytest.raises(ConfigurationError, match="use https"):
        rest(api, url="http://one-stop.example/api")
