"""Numbers, rates and moments as a reader of either language expects them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.errors import ConfigurationError
from ioc.words import SMALL_SAMPLE, order, unix, words

VI, EN = words("vi"), words("en")


def test_number_groups_by_language() -> None:
    assert VI.number(605859) == "605.859"
    assert EN.number(605859) == "605,859"


def test_number_is_a_dash_when_absent() -> None:
    assert VI.number(None) == "—"


@pytest.mark.parametrize(("value", "decimals", "text"), [(0.5, 0, "1"), (2.5, 0, "3"), (0.25, 1, "0,3"), (1.005, 2, "1,01"), (12.0, 1, "12,0")])
def test_number_rounds_half_up(value: float, decimals: int, text: str) -> None:
    assert VI.number(value, decimals) == text


def test_share_has_two_decimals_and_no_space() -> None:
    assert VI.share(595_634, 596_864) == "99,79%"
    assert EN.share(595_634, 596_864) == "99.79%"


def test_share_rounds_half_up() -> None:
    assert VI.share(1, 800) == "0,13%"


def test_share_is_never_whole_while_something_is_missing() -> None:
    assert VI.share(999_999, 1_000_000) == "99,99%"
    assert VI.share(1_000_000, 1_000_000) == "100,00%"


def test_share_is_never_nothing_while_there_is_something() -> None:
    assert VI.share(1, 1_000_000) == "0,01%"
    assert VI.share(0, 1_000_000) == "0,00%"


def test_share_says_counts_when_the_sample_is_small() -> None:
    assert VI.share(1, 2) == "1 / 2"
    assert VI.share(29, 29) == "29 / 29"
    assert VI.share(15, SMALL_SAMPLE) == "50,00%"


@pytest.mark.parametrize(("numerator", "denominator"), [(None, 5), (5, None), (0, 0)])
def test_share_is_a_dash_when_there_is_nothing_to_divide(numerator: int | None, denominator: int | None) -> None:
    assert VI.share(numerator, denominator) == "—"


@given(st.integers(SMALL_SAMPLE, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_share_is_honest_at_both_ends(pair: tuple[int, int]) -> None:
    numerator, denominator = pair
    shown = Decimal(VI.share(numerator, denominator).removesuffix("%").replace(",", "."))
    assert (shown == 100) == (numerator == denominator)
    assert (shown == 0) == (numerator == 0)


@pytest.mark.parametrize(("seconds", "vi", "en"), [
    (None, "—", "—"), (0, "0 giây", "0 s"), (1.44, "1,4 giây", "1.4 s"), (12.6, "13 giây", "13 s"), (90, "1 phút", None), (5399, "89 phút", None),
    (5400, "1 giờ", None), (57_588.7, "15 giờ", None), (172_800, "2 ngày", None),
])
def test_span_is_told_in_the_largest_unit_that_says_enough(seconds: float | None, vi: str, en: str | None) -> None:
    assert words("vi").span(seconds) == vi
    assert en is None or words("en").span(seconds).startswith(en.split()[0])


def test_text_is_translated_and_filled() -> None:
    assert VI("{unit}: {n} quá hạn", unit="Xã A", n="12") == "Xã A: 12 quá hạn"
    assert EN("{unit}: {n} quá hạn", unit="Xã A", n="12") == "Xã A: 12 overdue"


def test_text_keeps_braces_of_a_value() -> None:
    assert VI("{unit}: {n} quá hạn", unit="${7*7}{n}", n="1") == "${7*7}{n}: 1 quá hạn"


def test_text_without_translation_stays_vietnamese() -> None:
    assert EN("chưa ai dịch") == "chưa ai dịch"


def test_moments_are_local() -> None:
    at = datetime(2026, 11, 20, 18, 5, 3, tzinfo=UTC)
    assert VI.time(at) == "01:05"
    assert VI.moment(at) == "01:05:03 21/11/2026"
    assert VI.time(None) == VI.moment(None) == "—"


def test_unix_seconds_are_those_of_the_moment() -> None:
    assert unix(datetime(1970, 1, 1, 0, 1, tzinfo=UTC)) == 60.0
    assert unix(None) is None


def test_words_refuse_a_language_without_translations() -> None:
    with pytest.raises(ConfigurationError, match="'fr'"):
        words("fr")


def test_names_sort_by_the_vietnamese_alphabet_and_then_by_tone() -> None:
    names = ["An", "Àn", "Ản", "Ãn", "Án", "Ạn", "Ăn", "Ân", "Bờ", "Da", "Đà", "Em", "Êm", "Phường 2", "Phường Ô Môn", "Phường Ơn", "Uy", "Ưng"]
    assert sorted(sorted(names, reverse=True), key=order) == names


def test_short_name_sorts_before_one_that_goes_on() -> None:
    assert sorted(["Xã Anh", "Xã An Thạnh", "Xã An"], key=order) == ["Xã An", "Xã An Thạnh", "Xã Anh"]
