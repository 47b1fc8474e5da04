"""`ioc pull` from a source to the broker: what is published, what a crash repeats, what is refused."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import ConfigurationError, UnavailableError
from ioc.profiles import load_profile
from ioc.pull.engine.config import FolderAccess, RestAccess, SourceConfig, ViewAccess
from ioc.pull.engine.run import Totals, keep_running
from ioc.pull.engine.store import Store
from ioc.pull.engine.view import View
from ioc.pull.engine.wiring import pull
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.fake_sources import FakeApi, serving
from tests.unit.pull.test_dvcqg import RECEIVED
from tests.unit.pull.test_edxml import status

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PROFILE = load_profile("soc_trang")


class FailingBroker(MemoryBroker):
    """A broker that takes records and then goes away before it confirms them."""

    def flush(self) -> None:
        raise UnavailableError("Kafka: publishing failed")


def dossier(number: int, **changes: Any) -> dict[str, Any]:
    return RECEIVED | {"MaHoSo": f"000.00.04.H51-261102-{number:04d}"} | changes


@pytest.fixture
def api() -> Iterator[FakeApi]:
    records = {"/DongBoHoSoMC": [dossier(n) for n in range(5)], "/CapNhatTienDoHoSoMC": []}
    with serving(FakeApi(records=records, token="Bearer 1")) as running:
        yield running


class Desk:
    """A source, the database and a broker in memory; time stands still until it is moved."""

    def __init__(self, dsn: str, access: RestAccess | ViewAccess | FolderAccess, adapter: str = "dvcqg") -> None:
        self.dsn, self.broker, self.clock = dsn, MemoryBroker(), FrozenClock(NOW)
        self.source = SourceConfig(name="one-stop", kind="pull", adapter=adapter, source="/vn/92/one-stop", access=access)
        self.secrets = {"TOKEN": "Bearer 1"}

    def pull(self, broker: MemoryBroker | None = None, *, retry: bool = False) -> Totals:
        return pull(self.source, PROFILE, self.secrets.get, lambda: connect(self.dsn, application="test", autocommit=True),
                    lambda: broker or self.broker, self.clock, threading.Event(), retry=retry)

    def published(self, broker: MemoryBroker | None = None) -> list[tuple[str, str]]:
        """(id, fact) in order; each must be an event that the sink accepts."""
        found = []
        for log in (broker or self.broker).logs.values():
            decode = decoder(*(s for s in streams().values() if s.topic == log[0].topic))
            found += [(event.id, event.fact) for event in (decode(message, NOW) for message in log)]
        return found

    def facts(self) -> list[str]:
        return [fact for _, fact in self.published()]


@pytest.fixture
def desk(dsn: str, api: FakeApi) -> Desk:
    return Desk(dsn, RestAccess(url=api.url, auth_env="TOKEN", page_size=2, attempts=2, backoff_s=0))


def cursor(conn: Connection) -> Any:
    row = conn.execute("select cursor from pull_cursor").fetchone()
    return row[0] if row else None


def test_rest_source_is_published_and_its_cursor_moves(desk: Desk, conn: Connection) -> None:
    assert desk.pull() == Totals(5, 5, 0)
    assert desk.facts() == ["received"] * 5
    assert cursor(conn) == {"since": NOW.isoformat()}
    [(records, events, ended)] = conn.execute("select records, events, ended_at from pull_cursor").fetchall()
    assert (records, events, ended) == (5, 5, NOW)


def test_second_run_without_a_change_publishes_nothing(desk: Desk) -> None:
    desk.pull()
    desk.clock.advance(3600)
    assert desk.pull() == Totals(5, 0, 0)


def test_change_between_runs_is_published(desk: Desk, api: FakeApi) -> None:
    desk.pull()
    desk.clock.advance(3600)
    api.records["/DongBoHoSoMC"][3] |= {"TrangThaiHoSo": 4}
    assert desk.pull().events == 1
    assert desk.facts()[-1] == "transferred"


def test_progress_that_comes_before_its_dossier_is_published_with_it(desk: Desk, api: FakeApi) -> None:
    api.records["/CapNhatTienDoHoSoMC"] = [{"MaHoSo": dossier(9)["MaHoSo"], "ThoiDiemXuLy": "20261103090000", "TrangThai": "4"}]
    desk.pull()
    api.records["/DongBoHoSoMC"].append(dossier(9))
    assert desk.pull().events == 2
    assert desk.facts()[-2:] == ["received", "step_started"]


def test_broker_that_goes_away_keeps_the_cursor_and_repeats_the_same_events(desk: Desk, conn: Connection, api: FakeApi) -> None:
    lost = FailingBroker()
    with pytest.raises(UnavailableError):
        desk.pull(lost)
    assert cursor(conn) == {}
    desk.clock.advance(60)
    # What the source says meanwhile does not change what was decided: the same ids must never have other contents.
    api.records["/DongBoHoSoMC"][0] |= {"TrangThaiHoSo": 4}
    desk.pull()
    assert desk.published()[: len(desk.published(lost))] == desk.published(lost)
    sent, again = lost.logs["ioc.dossier", 0], desk.broker.logs["ioc.dossier", 0]
    assert [(m.key, m.headers, m.value) for m in again[: len(sent)]] == [(m.key, m.headers, m.value) for m in sent]
    assert desk.facts().count("received") == 5


def test_two_programs_do_not_read_one_source_at_once(desk: Desk, conn: Connection) -> None:
    Store(conn, "one-stop").start(NOW)
    with pytest.raises(UnavailableError, match="being pulled by another process"):
        desk.pull()


def test_record_with_a_mistake_is_kept_without_names_and_the_rest_goes_on(desk: Desk, conn: Connection, api: FakeApi) -> None:
    api.records["/DongBoHoSoMC"][1] |= {"TrangThaiHoSo": 44}
    assert desk.pull() == Totals(5, 4, 1)
    [reject] = Store(conn, "one-stop").rejects()
    assert (reject.subject, reject.reason) == (dossier(1)["MaHoSo"], "TrangThaiHoSo is '44': it must be 1 to 10")
    assert "Mười" not in msgspec.json.encode(reject.record).decode()


def test_same_mistake_again_is_one_reject_and_a_good_record_mends_it(desk: Desk, conn: Connection, api: FakeApi) -> None:
    api.records["/DongBoHoSoMC"][1] |= {"TrangThaiHoSo": 44}
    desk.pull()
    desk.clock.advance(60)
    desk.pull()
    [reject] = Store(conn, "one-stop").rejects()
    assert (reject.last_at - reject.first_at).total_seconds() == 60
    api.records["/DongBoHoSoMC"][1] |= {"TrangThaiHoSo": 2}
    assert desk.pull().events == 1
    assert Store(conn, "one-stop").rejects() == []


def test_rejects_are_read_again_once_the_name_is_known(desk: Desk, conn: Connection, api: FakeApi) -> None:
    api.records["/DongBoHoSoMC"] = [dossier(1, DonViXuLy="Phòng Nào Đó")]
    assert desk.pull().rejects == 1
    desk.source = msgspec.structs.replace(desk.source, orgs={"phòng nào đó": "000.00.04.H51"})
    assert desk.pull(retry=True) == Totals(1, 1, 0)
    assert Store(conn, "one-stop").rejects() == []


def test_waiting_progress_that_cannot_be_used_does_not_hold_its_dossier_up(desk: Desk, conn: Connection, api: FakeApi) -> None:
    code = dossier(9)["MaHoSo"]
    api.records["/CapNhatTienDoHoSoMC"] = [{"MaHoSo": code, "ThoiDiemXuLy": "20261103090000", "TrangThai": "4", "NgayKetThucTheoQuyDinh": "x"}]
    desk.pull()
    api.records["/CapNhatTienDoHoSoMC"] = []
    api.records["/DongBoHoSoMC"] = [dossier(9)]
    assert desk.pull() == Totals(1, 1, 1)
    assert "NgayKetThucTheoQuyDinh" in Store(conn, "one-stop").rejects()[0].reason


def test_simulated_source_marks_its_events(desk: Desk) -> None:
    desk.source = msgspec.structs.replace(desk.source, simulated=True)
    desk.pull()
    assert ("ce_simulated", b"true") in desk.broker.logs["ioc.dossier", 0][0].headers


def test_folder_of_edxml_messages_is_published_and_cleared(dsn: str, tmp_path: Path) -> None:
    for name, text in (("1.xml", status("01")["xml"]), ("2.xml", status("03")["xml"]), ("3.xml", "<a>")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        os.utime(tmp_path / name, (NOW.timestamp() - 60,) * 2)
    desk = Desk(dsn, FolderAccess(path=str(tmp_path)), adapter="edxml")
    assert desk.pull() == Totals(2, 2, 0)
    assert desk.facts() == ["arrived", "accepted"]
    assert [f.name for f in sorted(tmp_path.rglob("*.xml"))] == ["1.xml", "2.xml", "3.xml"]
    assert (tmp_path / "failed" / "3.xml.reason").exists()


def sql_url(dsn: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(dsn)
    return str(sa.URL.create("postgresql+psycopg", username=str(parts["user"]), database=str(parts["dbname"]), query={"host": str(parts["host"])}))


@pytest.fixture
def view(dsn: str, conn: Connection) -> Desk:
    """Dossiers in a view whose column names the database has folded to small letters."""
    conn.execute("create table their_dossier (MaHoSo text, TrangThaiHoSo int, NgayTiepNhan timestamp, NgayHenTra timestamptz, ChuHoSo text, "
                 "sua_luc timestamptz)")
    conn.execute("create view their_view as select * from their_dossier")
    conn.execute("insert into their_dossier select '000.00.04.H51-261102-000' || n, 2, '2026-11-02 08:30', '2026-11-16 17:00+07', 'Mười', "
                 "timestamptz '2026-11-20 00:00+00' from generate_series(1, 7) as n")
    desk = Desk(dsn, ViewAccess(view="their_view", key="mahoso", changed="sua_luc", url_env="THEIR_DATABASE", page_size=3))
    desk.secrets = {"THEIR_DATABASE": sql_url(dsn)}
    return desk


def test_view_is_read_in_pages_by_change_and_key(view: Desk, conn: Connection) -> None:
    assert view.pull() == Totals(7, 7, 0)
    assert cursor(conn) == {"changed": {"at": "2026-11-20T00:00:00+00:00"}}
    [event] = {m.value for m in view.broker.logs["ioc.dossier", 0]}
    assert event is not None
    assert msgspec.json.decode(event)["due_at"] == "2026-11-16T17:00:00+07:00"


def test_view_gives_only_what_changed_since(view: Desk, conn: Connection) -> None:
    view.pull()
    conn.execute("update their_dossier set sua_luc = '2026-11-20 07:00+00', TrangThaiHoSo = 4 where MaHoSo like '%%0002'")
    assert view.pull().events == 1
    assert view.pull() == Totals(1, 0, 0)


def test_view_without_a_column_of_changes_is_read_whole(view: Desk) -> None:
    assert isinstance(view.source.access, ViewAccess)
    view.source = msgspec.structs.replace(view.source, access=msgspec.structs.replace(view.source.access, changed=""))
    assert [view.pull(), view.pull()] == [Totals(7, 7, 0), Totals(7, 0, 0)]


def test_view_is_opened_read_only(view: Desk, conn: Connection) -> None:
    conn.execute("create function touch() returns text language sql as $$ insert into their_dossier (MaHoSo) values ('x') returning 'x' $$")
    conn.execute("create view writing_view as select touch() as mahoso")
    assert isinstance(view.source.access, ViewAccess)
    view.source = msgspec.structs.replace(view.source, access=ViewAccess(view="writing_view", key="mahoso", url_env="THEIR_DATABASE"))
    with pytest.raises(UnavailableError, match="read-only transaction"):
        view.pull()


@pytest.mark.parametrize(("access", "url", "reason"), [
    ({"view": "nowhere"}, None, "there is no view nowhere"),
    ({"view": "their_view", "changed": "sua"}, None, "the view their_view lacks sua"),
    ({}, "mysql+nosuch://u@h/d", "no driver for 'mysql' is installed"),
    ({}, "oracle+oracledb://u@h/d", "the package oracledb"),
    ({}, "their database", "is no SQLAlchemy URL"),
    ({}, "", "is empty or not set"),
])
def test_view_that_cannot_be_opened_says_what_is_missing(view: Desk, access: dict[str, str], url: str | None, reason: str) -> None:
    assert isinstance(view.source.access, ViewAccess)
    view.source = msgspec.structs.replace(view.source, access=msgspec.structs.replace(view.source.access, **access))
    view.secrets |= {} if url is None else {"THEIR_DATABASE": url}
    with pytest.raises(ConfigurationError) as caught:
        view.pull()
    assert reason in str(caught.value)


def test_database_that_is_away_is_unavailable() -> None:
    access = ViewAccess(view="v", key="k", url_env="X")
    with pytest.raises(UnavailableError, match="the view v cannot be read"):
        list(View(access, "postgresql+psycopg://u@127.0.0.1:1/d", (), ()).pages({}))


def test_source_that_is_away_is_waited_for_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    answers: list[UnavailableError | Totals] = [UnavailableError("it is away"), UnavailableError("it is away"), Totals(1, 1, 0)]

    def once() -> Totals:
        answer = answers.pop(0)
        if not answers:
            stop.set()
        if isinstance(answer, UnavailableError):
            raise answer
        return answer

    caplog.set_level("INFO")
    keep_running(once, 0, stop)
    assert caplog.messages == ["nothing is read for now: it is away", "the source is read again",
                                          "1 records read, 1 events published, 0 records refused"]
