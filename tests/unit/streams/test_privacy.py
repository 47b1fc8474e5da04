"""What tells of a person stays outside, in whatever way its key is written; what does not stays as it was."""

import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.streams.engine.privacy import DROPPED, IMPERSONAL, PERSONAL, is_personal, masked, personal_kind, without_persons
from ioc.streams.engine.registry import streams

WORDS = [(kind, word) for kind, words in PERSONAL.items() for word in words.split()]
NAME = "Nguyễn Văn A"
LEAVES = st.none() | st.booleans() | st.integers(-999_999, 999_999) | st.text("aáđ 1-", max_size=5)
KEYS = st.sampled_from(["code", "hoTen", "phone", "title", "chu_ho", "lines", "Ngày sinh", DROPPED])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12)


def written(word: str) -> list[str]:
    """One key as the systems of a province write it."""
    parts = word.split("_")
    camel = "".join(part.title() for part in parts)
    return [word, word.upper(), word.replace("_", "-"), word.replace("_", " "), "".join(parts), camel, camel[0].lower() + camel[1:], f"{word}_1"]


def entries(value: object) -> Iterator[tuple[str, object]]:
    """All keys with their values, however deep."""
    for part in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from entries(part)
    yield from value.items() if isinstance(value, dict) else ()


@pytest.mark.parametrize("word", [word for _, word in WORDS])
def test_personal_key_is_found_in_every_way_of_writing_it(word: str) -> None:
    assert not [key for key in written(word) if not is_personal(key, NAME)]


@pytest.mark.parametrize("key", [
    "Họ và tên", "HọTên", "CHỦ_HỘ", "ChuHoSo", "TenChuHoSo", "HoTenNguoiNop", "hotennguoinop", "NguoiXuLy", "nguoi_xu_ly_hien_tai", "Số điện thoại",
    "SĐT", "SĐTNguoiNop", "phone2", "contactPhone", "e-mail", "emailAddress", "SoCCCD", "so_can_cuoc", "cccd_so", "MaDoiTuong", "NgaySinhCon",
    "dia_chi_thuong_tru", "ĐịaChỉThườngTrú", "applicantFullName", "Tên", "TEN", "ｐｈｏｎｅ", "Đối tượng nộp",
])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_personal_key_is_found_with_accents_roles_and_numbers(key: str, form: Any) -> None:
    assert is_personal(unicodedata.normalize(form, key), NAME)


@pytest.mark.parametrize("key", [
    "TenTTHC", "ten_tthc", "service_name", "station_name", "TenTram", "file_name", "PhongBanXuLy", "DonViXuLy", "LoaiDoiTuong", "MaHoSo", "so_ho_so",
    "applicant_kind", "reporter_kind", "signer_role", "person_ref", "automobiles", "hotel_rooms", "ho_chua", "kho_ten_lua", "ma_dinh_danh", "dia_chi",
    "description", "address", "", "___", "đ", "\u200b",
])
def test_key_of_a_thing_is_not_taken_for_a_person(key: str) -> None:
    assert not is_personal(key, NAME)


def test_no_field_of_any_schema_is_taken_for_a_person() -> None:
    assert not [(s.name, key) for s in streams().values() for key in s.schema.__struct_encode_fields__ if personal_kind(key)]


@pytest.mark.parametrize("word", [word for kind, word in WORDS if kind not in {"whole", "birth"}])
@pytest.mark.parametrize("value", [None, True, False, 0, 12, 3.5, -7])
def test_count_and_yes_or_no_are_kept_under_any_key(word: str, value: object) -> None:
    assert without_persons({word: value}) == {word: value}


@pytest.mark.parametrize("part", sorted(IMPERSONAL))
def test_impersonal_part_makes_a_key_harmless(part: str) -> None:
    assert not is_personal(f"applicant_{part}", NAME)


@pytest.mark.parametrize("value", [NAME, 912345678, 84912345678.0, [], {}, [NAME], {"a": NAME}, ""])
def test_person_is_dropped_whatever_it_is_written_as(value: object) -> None:
    assert without_persons({"nguoi_nop": value, "x": 1}) == {"x": 1, DROPPED: ["nguoi_nop"]}


def test_year_of_birth_is_dropped_though_it_is_a_small_number() -> None:
    assert without_persons({"namSinh": 1985}) == {DROPPED: ["namSinh"]}


def test_persons_in_lists_and_objects_are_told_once_by_their_path() -> None:
    given_ = {"case": {"ho_ten": NAME, "parts": [{"phone": "1", "k": 1}, {"phone": "2", "k": 2}, [{"sdt": "3"}]]}}
    assert without_persons(given_) == {
        "case": {"parts": [{"k": 1}, {"k": 2}, [{}]]}, DROPPED: ["case.ho_ten", "case.parts[].phone", "case.parts[][].sdt"]}


def test_word_of_the_source_is_kept_beside_ours() -> None:
    assert without_persons({DROPPED: "x", "dropped_": 1, "sdt": NAME}) == {DROPPED: "x", "dropped_": 1, "dropped__": ["sdt"]}
    assert without_persons({DROPPED: "x"}) == {DROPPED: "x"}


def test_key_that_is_itself_a_number_of_a_person_is_told_without_it() -> None:
    assert without_persons({"phones": 2, "0912345678": {"x": 1}, "094085001234": 1.5e9}) == {"phones": 2, DROPPED: ["***"]}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_nothing_personal_is_left_at_any_depth(unknown: dict[str, Any]) -> None:
    assert not [key for key, value in entries(without_persons(unknown)) if is_personal(key, value)]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_something_is_told_when_and_only_when_something_was_dropped(unknown: dict[str, Any]) -> None:
    found = without_persons(unknown)
    assert (found == unknown) == (not any(is_personal(key, value) for key, value in entries(unknown)))
    assert len(found.keys() - unknown.keys()) == (found != unknown)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_what_is_left_is_left_as_it_is_the_next_time(unknown: dict[str, Any]) -> None:
    assert without_persons(without_persons(unknown)) == without_persons(unknown)


@pytest.mark.parametrize("text", [
    "0912345678", "gọi 0912345678 nhé", "ĐT:0912345678.", "0912.345.678", "0912 345 678", "(0912-345-678)", "+84 912 345 678", "84912345678", "0084912345678",
    "094085001234", "CCCD 096185012345", "a.b+c@tinh.gov.vn", "<x@y.vn>",
])
def test_number_or_mail_of_a_person_is_masked(text: str) -> None:
    assert "***" in masked(text)
    assert not any(part in masked(text) for part in ("345", "085", "185", "@"))


@pytest.mark.parametrize("text", [
    "84.912.345.678 đồng", "1200000000", "912345678", "H51-0912345678", "000.00.22.H51-231120-00042", "https://x/0912345678.jpg", "?id=0912345678",
    "2026-11-20T01:00:00+07:00", "0299 3822 333", "20261120010000", "097185012345", "000185012345", "0.0912345678", "09123456789", "a @ b",
    "3f2c0912-3456-7890-a912-345678901234", "",
])
def test_figure_code_or_hotline_is_not_masked(text: str) -> None:
    assert masked(text) == text


def test_words_around_a_number_stay() -> None:
    assert without_persons({"open311": {"description": "Hố ga hở, gọi 0912345678 hoặc a@b.vn"}}) == {
        "open311": {"description": "Hố ga hở, gọi *** hoặc ***"}}


@pytest.mark.parametrize("text", ["a" * 900_000, "0" * 900_000, "a@" * 450_000, "09 " * 300_000, "+84" * 300_000, "a." * 450_000 + "@"])
def test_hostile_text_is_read_in_time_that_grows_with_its_length_alone(text: str) -> None:
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 10
