from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.errors import InputError
from ioc.indicators import cells


@pytest.mark.parametrize(("typed", "meant"), [
    ("99,79", "99.79"), ("605859", "605859"), ("4.141.711.500", "4141711500"), ("1.234,5", "1234.5"), ("1 234 567,8", "1234567.8"),
    ("1\u00a0234", "1234"), ("99.79", "99.79"), ("0.123", "0.123"), ("\u22123,2", "-3.2"), ("0,0", "0.0"), ("26,210", "26.210"), ("1234.567", "1234.567"),
])
def test_number_is_read_in_the_vietnamese_way(typed: str, meant: str) -> None:
    assert cells.number(typed) == Decimal(meant)


def test_number_keeps_the_zeros_that_were_printed() -> None:
    assert str(cells.number("99,80")) == "99.80"


@pytest.mark.parametrize("typed", ["1.234", "605.859", "-1.234", "999.000"])
def test_number_that_can_mean_two_things_is_asked_back(typed: str) -> None:
    with pytest.raises(InputError, match=f"can be {typed.replace('.', '')} or {typed.replace('.', ',')}: write"):
        cells.number(typed)


@pytest.mark.parametrize("typed", ["abc", "", "1,2,3", "1.23.456", "1,234,567", "12.34,5", "1e3", "nan", "5%", "1.2345.678", "--1", "٣", "10000000000000000"])
def test_number_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="is no number"):
        cells.number(typed)


@pytest.mark.parametrize("value", [True, None, float("nan"), float("inf"), date(2026, 11, 1)])
def test_number_refuses_what_a_spreadsheet_may_hold_instead(value: cells.Value) -> None:
    with pytest.raises(InputError, match="is no number"):
        cells.number(value)


def test_number_may_carry_its_sign_when_it_is_per_cent() -> None:
    assert cells.number("99,79 %", percent=True) == Decimal("99.79")


@settings(max_examples=100, deadline=None)
@given(st.integers(-10**9, 10**9).map(lambda n: n / 1000))
def test_number_of_a_spreadsheet_comes_back_from_what_is_shown(value: float) -> None:
    assert cells.number(cells.shown(value)) == Decimal(repr(value))


@pytest.mark.parametrize("value", ["14/11/2026", "2026-11-14", "14/11/2026 ", datetime(2026, 11, 14), date(2026, 11, 14)])  # noqa: DTZ001 (as a spreadsheet has it)
def test_day_is_read_as_it_is_written_here(value: cells.Value) -> None:
    assert cells.day(value) == date(2026, 11, 14)


@pytest.mark.parametrize("value", ["31/02/2026", "11-14-2026", "14/11/26", 46000, "hôm nay"])
def test_day_that_is_none_is_refused(value: cells.Value) -> None:
    with pytest.raises(InputError, match="write 14/11/2026"):
        cells.day(value)


def test_whole_number_has_no_fraction() -> None:
    assert cells.whole(18.0) == 18
    with pytest.raises(InputError, match="'18,5' is no whole number"):
        cells.whole(18.5)
