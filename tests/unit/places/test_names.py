"""Names as people write them fall on one key."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ioc.places.names import bare, folded, written_out


@pytest.mark.parametrize(("one", "other"), [
    ("Xã Thuận Hoà", "xã Thuận Hòa"),
    ("Hòa Tú II", "HOÀ TÚ 2"),
    ("hòa tú ii", "Hòa Tú 2"),
    ("Đại Ân  1", "dai an 1"),
    ("Phường 01", "phường 1"),
    ("Tân-Thạnh", "Tân Thạnh"),
])
def test_spellings_of_one_name_fold_to_one_key(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("Phường 1", "Phường 10"), ("Vĩnh Hải", "Vĩnh Hiệp"), ("Cẩm Vĩ", "Cẩm 6"), ("Long Phú", "Long Phúc")])
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize("text", ["P.1", "P1", "P. 01", "phường 1", "PHƯỜNG I"])
def test_abbreviated_kind_is_written_out(text: str) -> None:
    assert written_out(text) == "phuong 1"


def test_name_that_begins_like_a_kind_keeps_its_first_word() -> None:
    assert bare("Xã Xà Phiên") == "xa phien"


def test_name_without_its_kind_is_the_same_for_province_city_and_ward() -> None:
    assert {bare(n) for n in ("Tỉnh Sóc Trăng", "TP. Sóc Trăng", "Phường Sóc Trăng", "Sóc Trăng")} == {"soc trang"}


@settings(max_examples=100, deadline=None)
@example("0.II")
@example("0.IỊ")
@given(st.text(alphabet="aAăÂđĐệỊơừYý 0129IVX.-", max_size=20))
def test_key_is_the_same_however_the_marks_are_coded_and_folds_to_itself(text: str) -> None:
    key = folded(unicodedata.normalize("NFD", text))
    assert key == folded(unicodedata.normalize("NFC", text))
    assert folded(key) == key
