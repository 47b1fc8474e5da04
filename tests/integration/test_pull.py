"""`ioc pull` from a source to the broker: what is published, what a crash repeats, what is refused."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from ioc.pull.engine.config import FolderAccess, RestAccess
from ioc.pull.engine.run import Totals, keep_running
from ioc.pull.engine.store import Store
from ioc.pull.engine.wiring import pull
from ioc.streams.engine.memory import MemoryBroker
from tests.fake_sources import FakeApi, serving
from tests.integration.pull_desk import NOW, PROFILE, Desk, cursor, dossier
from tests.unit.pull.test_edxml import status


class FailingBroker(MemoryBroker):
    """A broker that takes records and then goes away before it confirms them."""

    def flush(self) -> None:
        raise UnavailableError("Kafka: publishing failed")


@pytest.fixture
def api() -> Iterator[FakeApi]:
    records = {"/DongBoHoSoMC": [dossier(n) for n in range(5)], "/CapNhatTienDoHoSoMC": []}
    with serving(FakeApi(records=records, token="Bearer 1")) as running:
        yield running


@pytest.fixture
def desk(dsn: str, api: FakeApi) -> Desk:
    return Desk(dsn, RestAccess(url=api.url, auth_env="TOKEN", page_size=2, attempts=2, backoff_s=0))


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
    [_] = Store(conn, "one-stop").rejects()
    assert conn.execute("select last_at - first_at from pull_reject").fetchall() == [(timedelta(seconds=60),)]
    api.records["/DongBoHoSoMC"][1] |= {"TrangThaiHoSo": 2}
    assert desk.pull().events == 1
    assert Store(conn, "one-stop").rejects() == []


def test_refused_progress_waits_until_it_is_mended_itself(desk: Desk, conn: Connection, api: FakeApi) -> None:
    code = dossier(1)["MaHoSo"]
    step = {"MaHoSo": code, "ThoiDiemXuLy": "20261103090000", "TrangThai": "4"}
    api.records["/CapNhatTienDoHoSoMC"] = [step | {"TrangThai": "44"}]
    desk.pull()
    api.records["/DongBoHoSoMC"][1] |= {"TrangThaiHoSo": 4}
    api.records["/CapNhatTienDoHoSoMC"] = [step | {"ThoiDiemXuLy": "20261104090000"}]
    desk.pull()
    assert [(x.subject, x.record["TrangThai"]) for x in Store(conn, "one-stop").rejects()] == [(code, "44")]
    api.records["/CapNhatTienDoHoSoMC"] = [step]
    desk.pull()
    assert Store(conn, "one-stop").rejects() == []


def test_refused_status_message_waits_though_another_of_the_copy_is_good(dsn: str, conn: Connection, tmp_path: Path) -> None:
    desk = Desk(dsn, FolderAccess(path=str(tmp_path), settle_s=0), adapter="edxml")
    for text, waiting in ((status("03", ""), 1), (status("01"), 1), (status("03"), 0)):
        (tmp_path / "1.xml").write_text(text["xml"], encoding="utf-8")
        os.utime(tmp_path / "1.xml", (NOW.timestamp() - 60,) * 2)
        desk.pull()
        assert len(Store(conn, "one-stop").rejects()) == waiting


def test_run_that_owes_nothing_does_not_connect_to_the_broker(desk: Desk) -> None:
    desk.pull()
    assert pull(desk.source, PROFILE, desk.secrets.get, lambda: connect(desk.dsn, application="test", autocommit=True),
                lambda: pytest.fail("it connects"), desk.clock, threading.Event()) == Totals(5, 0, 0)


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
