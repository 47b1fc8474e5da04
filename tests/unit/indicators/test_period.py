from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.calendar import written
from ioc.errors import InputError
from ioc.indicators.period import parse_period
from ioc.streams.indicator import IndicatorData


@pytest.mark.parametrize(("text", "kind", "first", "last"), [
    ("2024", "year", date(2024, 1, 1), date(2024, 12, 31)),
    ("2026-Q3", "quarter", date(2026, 7, 1), date(2026, 9, 30)),
    ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
    ("2026-W53", "week", date(2026, 12, 28), date(2027, 1, 3)),
    ("2026-11-21", "day", date(2026, 11, 21), date(2026, 11, 21)),
])
def test_period_runs_from_its_first_to_its_last_day(text: str, kind: str, first: date, last: date) -> None:
    assert parse_period(text) == (text, kind, first, last)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-13", "2025-W53", "2026-02-30", "11/2026", "", "2026-1", "0000", "2026-00", "2026-W00", "3026"])
def test_period_that_does_not_exist_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match="write e.g"):
        parse_period(text)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"(19|20)[0-9]{2}(-(Q[1-4]|W[0-5][0-9]|[01][0-9](-[0-3][0-9])?))?", fullmatch=True))
def test_period_is_the_one_that_the_stream_understands(text: str) -> None:
    def of_stream() -> tuple[object, ...] | None:
        try:
            msgspec.convert({"indicator_id": "x", "period": text}, IndicatorData)
            return (written.grain(text), written.first_day(text), written.last_day(text))
        except (msgspec.ValidationError, ValueError):
            return None

    try:
        found: tuple[object, ...] | None = parse_period(text)[1:]
    except InputError:
        found = None
    assert found == of_stream()
