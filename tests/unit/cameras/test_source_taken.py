"""When a picture was taken, as headers tell."""

from datetime import UTC, datetime

import pytest

from ioc.cameras.sources.taken import OF_A_PART, OF_AN_ANSWER, taken_at

AT = datetime(2026, 11, 23, 1, 15, 42, tzinfo=UTC)


@pytest.mark.parametrize("text", [
    str(int(AT.timestamp())), f"{AT.timestamp():.3f}", str(int(AT.timestamp() * 1000)), "2026-11-23T08:15:42+07:00", "2026-11-23T01:15:42Z",
    "Mon, 23 Nov 2026 01:15:42 GMT",
])
def test_moment_is_read_in_each_form(text: str) -> None:
    assert taken_at({"x-timestamp": text}, OF_A_PART) == AT


@pytest.mark.parametrize("text", ["", "yesterday", "nan", "inf", "1e400", "-1e30", "9" * 100, "0001-01-01", "Mon, 99 Nov"])
def test_what_is_no_moment_tells_none(text: str) -> None:
    assert taken_at({"x-timestamp": text}, OF_A_PART) is None


def test_own_header_of_a_camera_goes_before_the_servers_date() -> None:
    headers = {"date": "Mon, 23 Nov 2026 09:00:00 GMT", "x-timestamp": str(AT.timestamp())}
    assert taken_at(headers, OF_A_PART) == AT
    assert taken_at({"date": headers["date"]}, OF_AN_ANSWER) is None
