import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.contacts.fields import CONTACT, DOT, mask, normalised

NUMBERS = st.one_of(st.text(max_size=30), st.text(alphabet="0123456789+ .-()", max_size=25), st.from_regex(r"(\+84|0084|84|0)[35789][0-9]{8}", fullmatch=True))
MAILS = st.one_of(st.text(max_size=40), st.emails())


@pytest.mark.parametrize("written", [
    "0912345123", "0912 345 123", "0912.345.123", "+84 912 345 123", "+84 (0)912 345 123", "84912345123", "0084 912-345-123", "０９１２３４５１２３", " ٠٩١٢٣٤٥١٢٣",
])
def test_telephone_is_the_same_however_it_is_written(written: str) -> None:
    assert normalised("telephone", written) == "0912345123"


@pytest.mark.parametrize(("written", "form"), [
    ("+1 415 555 0100", "+14155550100"), ("0299 3822 123", "02993822123"), ("842993822123", "02993822123"), ("113", "113"), ("không có", ""),
    ("8491234", "8491234"),
])
def test_other_numbers_keep_what_tells_them_apart(written: str, form: str) -> None:
    assert normalised("telephone", written) == form


@given(NUMBERS)
def test_normalised_telephone_stays_as_it_is(value: str) -> None:
    assert normalised("telephone", normalised("telephone", value)) == normalised("telephone", value)


def test_mail_is_compared_without_capitals() -> None:
    assert normalised("email", " Nguyen.An@Example.VN ") == normalised("email", "nguyen.an@example.vn")


@pytest.mark.parametrize("field", ["name", "address", "text"])
def test_nobody_is_sought_by_name_home_or_words(field: str) -> None:
    assert normalised(field, "Nguyễn Văn An") == ""


@pytest.mark.parametrize(("field", "value", "shown"), [
    ("telephone", "+84 912 345 123", "09•• ••• 123"),
    ("telephone", "113", "•••"),
    ("email", "nguyen.an@example.vn", "n•••@•••.vn"),
    ("email", "an@nha-toi", "•••"),
    ("email", "an@0912345123", "•••"),
    ("name", "Nguyễn Văn An", "N. V. A."),
    ("name", "nguyễn  văn  ý", "N. V. •"),
    ("name", "0912 345 123", "• • •"),
    ("name", " ", "•••"),
    ("address", "12 Trần Hưng Đạo", "•••"),
    ("text", "Gọi tôi 0912345123", "•••"),
])
def test_mask_shows_enough_to_tell_two_apart(field: str, value: str, shown: str) -> None:
    assert mask(field, value) == shown


@given(NUMBERS)
def test_mask_of_a_telephone_hides_four_digits_and_shows_three_last_at_most(value: str) -> None:
    shown = mask("telephone", value)
    digits = normalised("telephone", value).removeprefix("+")
    tail = re.search(r"\d*$", shown)
    assert tail is not None
    assert len(tail[0]) <= 3
    assert sum(c.isdigit() for c in shown) <= min(5, max(0, len(digits) - 4))


@given(st.sampled_from(CONTACT), NUMBERS)
def test_no_mask_shows_more_than_three_last_digits_of_a_number(field: str, value: str) -> None:
    tail = re.search(r"[\d ]*$", mask(field, value))
    assert tail is not None
    assert sum(c.isdigit() for c in tail[0]) <= 3


@given(MAILS)
def test_mask_of_a_mail_shows_one_letter_of_who(value: str) -> None:
    shown = mask("email", value)
    assert shown == DOT * 3 or re.fullmatch(r".•••@•••\.[a-z]{2,4}", shown)


@given(st.text(max_size=60))
def test_mask_of_a_name_shows_one_letter_a_word(value: str) -> None:
    words = unicodedata.normalize("NFC", value).split()
    shown = mask("name", value).split()
    assert len(shown) <= max(1, min(6, len(words)))
    assert all(part in {DOT, DOT * 3} or part == f"{word[0].upper()}." for part, word in zip(shown, words, strict=False))
