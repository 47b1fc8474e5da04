"""The national portal's field set: what becomes of a record, and what does not come in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from ioc.errors import InputError
from ioc.pull.dvcqg import ADAPTER, door
from tests.unit.pull.lives import CODE, Watcher

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
RECEIVED = {"MaHoSo": CODE, "MaTTHC": "1.004946.000.00.00.H51", "MaLinhVuc": "G03-GD10", "KenhThucHien": 2, "LoaiDoiTuong": "1",
            "NgayTiepNhan": "20261102083000", "NgayHenTra": "20261116170000", "TrangThaiHoSo": 2, "DonViXuLy": "000.00.04.H51",
            "ChuHoSo": "Nguyễn Văn Mười", "MaDoiTuong": "094012345678", "Email": "muoi@example.org", "TrichYeuHoSo": "của ông Mười"}
REQUESTED = {"HoSoBoSungId": 7, "NguoiYeuCauBoSung": "Trần Thị Chín", "NoiDungBoSung": "giấy của ông Mười", "NgayBoSung": "20261105090000",
             "NgayHenTraTruoc": "20261116170000"}
MET = REQUESTED | {"NgayTiepNhanBoSung": "20261109090000", "NgayHenTraMoi": "20261118170000"}


def changed(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (RECEIVED | changes).items() if value is not ...}


def data_of(watcher: Watcher, fact: str) -> dict[str, Any]:
    """Payload of the last event of a fact, as JSON."""
    found = [f.data for f in watcher.facts if f.fact == fact][-1]
    return dict(msgspec.json.decode(msgspec.json.encode(found)))


def test_received_dossier_carries_the_fields_under_the_streams_names() -> None:
    watcher = Watcher()
    assert watcher.see(changed(), NOW) == ["received"]
    assert data_of(watcher, "received") == {
        "org_code": "000.00.04.H51", "unit_code": "31507", "unit_valid_on": "2026-11-02", "procedure_code": "1.004946",
        "sector_code": "G03-GD10", "channel": "online", "applicant_kind": "1", "due_at": "2026-11-16T10:00:00Z"}


def test_record_passes_the_door_without_names() -> None:
    clean = door(changed(DanhSachHoSoBoSung=[MET], DanhSachGiayToKetQua=[{"DuongDanTepTinKetQua": "/Nguyen-Van-Muoi.pdf"}]), None)
    text = msgspec.json.encode(clean).decode()
    assert not [word for word in ("Mười", "Muoi", "muoi", "Chín", "0940") if word in text]
    assert clean[0]["electronic_result"] is True


def test_progress_passes_the_door_without_names() -> None:
    raw = {"MaHoSo": CODE, "NguoiXuLy": "Trần Thị Chín", "ThoiDiemXuLy": "20261103090000", "NoiDungXuLy": "gọi ông Mười", "TrangThai": "4"}
    assert door(raw, b"k") == [{"MaHoSo": CODE, "ThoiDiemXuLy": "20261103090000", "TrangThai": "4"}]


def test_person_becomes_a_keyed_hash_where_a_key_is_given() -> None:
    one, other = door(changed(), b"key")[0]["person_ref"], door(changed(), b"another key")[0]["person_ref"]
    assert one != other
    assert one == door(changed(MaDoiTuong=" 094012345678 "), b"key")[0]["person_ref"]
    assert len(one) == 64


def test_person_ref_of_the_source_itself_is_not_taken() -> None:
    assert "person_ref" not in door(changed(person_ref="Nguyễn Văn Mười"), None)[0]


def test_dossier_first_seen_in_processing_says_that_its_history_is_unknown() -> None:
    watcher = Watcher()
    assert watcher.see(changed(TrangThaiHoSo=4), NOW) == ["received", "transferred"]
    received, transferred = data_of(watcher, "received"), data_of(watcher, "transferred")
    assert "moment" not in received
    assert (transferred["moment"], transferred["history"]) == ("observed", "unknown")
    assert watcher.facts[1].at == NOW


def test_dossier_first_seen_finished_has_its_told_end_and_a_marked_step_before_it() -> None:
    watcher = Watcher()
    watcher.see(changed(TrangThaiHoSo=10, NgayKetThucXuLy="20261110100000", NgayTra="20261111090000"), NOW)
    assert [(f.fact, f.data.get("moment")) for f in watcher.facts] == [
        ("received", None), ("transferred", "at_latest"), ("result_ready", None), ("result_returned", None)]
    state = watcher.folded().state
    assert (state.finished_at, state.outcome) == (datetime(2026, 11, 10, 3, tzinfo=UTC), "early")
    assert data_of(watcher, "result_returned")["delivered_at"] == "2026-11-11T02:00:00Z"


def test_supplement_carries_the_deadlines_before_and_after() -> None:
    watcher = Watcher()
    watcher.see(changed(TrangThaiHoSo=4, NgayHenTra="20261118170000", DanhSachHoSoBoSung=[MET]), NOW)
    assert [f.fact for f in watcher.facts] == ["received", "supplement_requested", "supplemented"]
    assert data_of(watcher, "received")["due_at"] == "2026-11-16T10:00:00Z"
    met = data_of(watcher, "supplemented")
    assert (met["request_no"], met["old_due_at"], met["new_due_at"]) == (1, "2026-11-16T10:00:00Z", "2026-11-18T10:00:00Z")


def test_supplement_before_reception_waits_at_the_intake() -> None:
    watcher = Watcher()
    watcher.see(changed(TrangThaiHoSo=5, NgayTiepNhan=..., NgayHenTra=..., DanhSachHoSoBoSung=[REQUESTED]), NOW)
    assert watcher.folded().name == "awaiting_intake"


def test_deadline_moved_without_a_word_is_a_correction() -> None:
    watcher = Watcher()
    watcher.see(changed(), NOW)
    assert watcher.see(changed(NgayHenTra="20261125170000"), NOW + timedelta(hours=1)) == ["corrected"]
    assert data_of(watcher, "corrected")["changed"] == ["due_at"]
    assert watcher.folded().state.extension_count == 0


def test_fee_of_a_waiting_dossier_is_asked_for_and_paid() -> None:
    watcher, fee = Watcher(), {"MaPhiLePhi": "LP1", "LoaiPhiLePhi": "2", "HinhThucThu": "1", "Gia": "120000"}
    watcher.see(changed(TrangThaiHoSo=6, DanhSachLePhi=[fee]), NOW)
    assert data_of(watcher, "payment_requested")["amount_vnd"] == 120000
    assert watcher.see(changed(TrangThaiHoSo=6, DanhSachLePhi=[fee | {"TrangThai": "Đã thanh toán"}]), NOW + timedelta(hours=1)) == []
    assert watcher.see(changed(TrangThaiHoSo=4, DanhSachLePhi=[fee | {"TrangThai": "Đã thanh toán"}]), NOW + timedelta(hours=2)) == ["paid"]
    assert (watcher.folded().name, watcher.folded().irregularities) == ("processing", [])


def test_fee_paid_in_processing_is_told_once() -> None:
    watcher, fee = Watcher(), {"MaPhiLePhi": "LP1", "Gia": 120000, "TrangThai": "đã thanh toán"}
    watcher.see(changed(TrangThaiHoSo=4), NOW)
    assert watcher.see(changed(TrangThaiHoSo=4, DanhSachLePhi=[fee]), NOW + timedelta(hours=1)) == ["paid", "corrected"]
    assert data_of(watcher, "corrected")["changed"] == ["fee_due"]
    assert watcher.see(changed(TrangThaiHoSo=4, DanhSachLePhi=[fee]), NOW + timedelta(hours=2)) == []


def test_fee_found_paid_after_the_result_is_paid() -> None:
    watcher, fee = Watcher(), {"MaPhiLePhi": "LP1", "Gia": 120000}
    ready = {"TrangThaiHoSo": 9, "NgayKetThucXuLy": "20261110100000"}
    watcher.see(changed(**ready, DanhSachLePhi=[fee]), NOW)
    assert watcher.see(changed(**ready, DanhSachLePhi=[fee | {"TrangThai": "Đã thanh toán"}]), NOW + timedelta(hours=1)) == ["paid"]
    assert data_of(watcher, "paid")["amount_vnd"] == 120000
    assert watcher.folded().irregularities == []


def test_dossier_first_seen_finished_and_paid_was_paid_at_the_latest_before_its_result() -> None:
    watcher, fee = Watcher(), {"MaPhiLePhi": "LP1", "Gia": 120000, "TrangThai": "Đã thanh toán"}
    watcher.see(changed(TrangThaiHoSo=9, NgayKetThucXuLy="20261110100000", DanhSachLePhi=[fee]), NOW)
    assert [f.fact for f in watcher.facts] == ["received", "transferred", "paid", "result_ready"]
    assert watcher.folded().irregularities == []


def test_dossier_that_lies_with_another_agency_was_transferred() -> None:
    watcher = Watcher()
    watcher.see(changed(TrangThaiHoSo=4), NOW)
    assert watcher.see(changed(TrangThaiHoSo=4, DonViXuLy="000.00.09.H51"), NOW + timedelta(hours=1)) == ["transferred"]
    state = watcher.folded().state
    assert (state.org_code, state.holder_org) == ("000.00.04.H51", "000.00.09.H51")


def test_end_told_too_late_is_moved_behind_what_was_published_and_says_so() -> None:
    watcher = Watcher()
    watcher.see(changed(TrangThaiHoSo=4), NOW)
    watcher.see(changed(TrangThaiHoSo=9, NgayKetThucXuLy="20261110100000"), NOW + timedelta(hours=1))
    assert watcher.facts[-1].at == NOW
    assert (data_of(watcher, "result_ready")["moment"], data_of(watcher, "result_ready")["told_at"]) == ("adjusted", "2026-11-10T03:00:00+00:00")
    assert (watcher.folded().name, watcher.folded().irregularities) == ("result_ready", [])


def test_moment_told_otherwise_later_is_a_correction_once() -> None:
    watcher = Watcher()
    watcher.see(changed(), NOW)
    assert watcher.see(changed(NgayTiepNhan="20261102093000"), NOW + timedelta(hours=1)) == ["corrected"]
    assert watcher.see(changed(NgayTiepNhan="20261102093000"), NOW + timedelta(hours=2)) == []


def test_moment_told_in_another_zone_is_the_same_moment() -> None:
    watcher = Watcher()
    watcher.see(changed(), NOW)
    assert watcher.see(changed(NgayTiepNhan="2026-11-02T01:30:00Z"), NOW + timedelta(hours=1)) == []
    assert watcher.see(changed(NgayTiepNhan="2026-11-02T03:30:00+09:00"), NOW + timedelta(hours=2)) == ["corrected"]


def test_moment_kept_in_local_time_by_an_older_program_is_the_same_moment() -> None:
    watcher = Watcher()
    watcher.see(changed(), NOW)
    known = watcher.known[CODE]
    watcher.known[CODE] = msgspec.structs.replace(known, told=known.told | {"received": "2026-11-02T08:30:00+07:00"})
    assert watcher.see(changed(), NOW + timedelta(hours=1)) == []


def test_state_that_goes_back_is_the_sources_irregularity_once() -> None:
    watcher = Watcher()
    watcher.see(changed(TrangThaiHoSo=9, NgayKetThucXuLy="20261110100000"), NOW)
    watcher.see(changed(TrangThaiHoSo=3), NOW + timedelta(hours=1))
    assert [i.reason for i in watcher.folded().irregularities] == ["'refused' cannot follow 'result_ready'"]


def test_progress_gives_the_processing_its_moments() -> None:
    watcher = Watcher()
    watcher.see(changed(), NOW)
    step = {"MaHoSo": CODE, "ThoiDiemXuLy": "20261103090000", "PhongBanXuLy": "Phòng Thẩm định", "TrangThai": "4",
            "NgayKetThucTheoQuyDinh": "20261105170000"}
    assert watcher.see(step, NOW) == ["step_started"]
    assert watcher.see(step, NOW) == []
    said = data_of(watcher, "step_started")
    assert (said["step_no"], said["step_name"], said["step_due_at"]) == (1, "Phòng Thẩm định", "2026-11-05T10:00:00Z")
    assert watcher.folded().name == "processing"


def test_progress_waits_for_its_dossier() -> None:
    watcher = Watcher()
    assert watcher.see({"MaHoSo": CODE, "ThoiDiemXuLy": "20261103090000", "TrangThai": "4"}, NOW) == []
    assert watcher.see(changed(TrangThaiHoSo=2), NOW) == ["received", "step_started"]


def test_agency_is_known_by_its_name_where_the_province_says_so() -> None:
    watcher = Watcher(orgs={"sở tư pháp": "000.00.04.H51"})
    watcher.see(changed(DonViXuLy="Sở  Tư pháp"), NOW)
    assert data_of(watcher, "received")["org_code"] == "000.00.04.H51"


@pytest.mark.parametrize(("changes", "reason"), [
    ({"MaHoSo": "12"}, "is no dossier code"),
    ({"TrangThaiHoSo": 11}, "TrangThaiHoSo is '11': it must be 1 to 10"),
    ({"NgayTiepNhan": "2026-13-02"}, "NgayTiepNhan is '2026-13-02'"),
    ({"NgayTiepNhan": "20261102"}, "write yyyyMMddHHmmss"),
    ({"NgayTiepNhan": "20271102083000"}, "more than an hour ahead"),
    ({"NgayTiepNhan": "19871102083000"}, "before 1990"),
    ({"NgayTiepNhan": "9999-12-31T23:00:00-05:00"}, "outside the calendar"),
    ({"NgayTiepNhan": "9999-12-31T20:00:00Z"}, "outside the calendar"),
    ({"NgayHenTra": ...}, "it makes no valid 'received': 'received' needs 'due_at'"),
    ({"NgayNopHoSo": "20261103083000"}, "NgayNopHoSo (2026-11-03 08:30) lies after NgayTiepNhan (2026-11-02 08:30)"),
    ({"KenhThucHien": "fax"}, "KenhThucHien is 'fax': known are 1, 2, 3"),
    ({"DonViXuLy": "Sở Nào Đó"}, "add it to [sources.orgs]"),
    ({"DanhSachLePhi": [{"Gia": "-5"}]}, "it must be a whole number from 0"),
    ({"DanhSachLePhi": "[{"}, "DanhSachLePhi is no list of records"),
    ({"DanhSachHoSoBoSung": [{"NgayHenTraMoi": "20261118170000"}]}, "row 1: NgayBoSung is missing"),
])
def test_record_with_a_mistake_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        Watcher().see(changed(**changes), NOW)
    assert reason in str(caught.value)


def test_field_that_is_of_no_use_here_is_no_reason_to_refuse() -> None:
    assert Watcher().see(changed(TaiLieuNop="x"), NOW) == ["received"]


def test_lists_may_come_as_json_text_and_columns_in_small_letters() -> None:
    raw = {name.lower(): value for name, value in changed(TrangThaiHoSo=5, DanhSachHoSoBoSung=msgspec.json.encode([REQUESTED]).decode()).items()}
    watcher = Watcher()
    assert watcher.see(raw, NOW) == ["received", "supplement_requested"]


def test_record_comes_from_xml_as_from_json() -> None:
    text = "".join(f"<{k}>{v}</{k}>" for k, v in RECEIVED.items())
    rows = "<DanhSachHoSoBoSung><HoSo>" + "".join(f"<{k}>{v}</{k}>" for k, v in MET.items()) + "</HoSo></DanhSachHoSoBoSung>"
    [raw] = ADAPTER.xml(f"<DanhSach><HoSo>{text}{rows}</HoSo></DanhSach>".encode())
    assert door(raw, None) == door(changed(DanhSachHoSoBoSung=[MET]), None)


def test_xml_with_an_entity_is_not_read() -> None:
    with pytest.raises(InputError, match="a DTD or entities"):
        ADAPTER.xml(b'<!DOCTYPE x [<!ENTITY e "eeee">]><x><MaHoSo>&e;</MaHoSo></x>')
