"""The year to date in one row: what is counted, what is computed of it, and that it says which."""

from typing import Any

import pytest

from ioc.moment import now_moment
from ioc.panels.engine.registry import panels
from ioc.panels.one_stop import BacklogRow, DayFactsRow, YearRow, YesterdayRow
from tests.unit.panels.snapshots import NOW, PROFILE


def year_to_date(still_open: int, **counts: int) -> dict[str, Any]:
    year = dict.fromkeys(("received", "resolved", "in_time", "late", "really_late", "delivery_unknown", "withdrawn", "stopped"), 0) | counts
    rows: dict[str, list[Any]] = {"backlog": [BacklogRow("1", "X", still_open, 0, 0, None)], "day_facts": [DayFactsRow(0, 0)], "yesterday": [YesterdayRow(0)],
            "year": [YearRow(**year)], **{name: [] for name in ("ages", "stages", "recent", "days")}}
    (row,) = panels()["one_stop"].snapshot(rows, now_moment(NOW), PROFILE).tables["year_to_date"]
    return row


def test_the_published_year_2023_gives_what_the_report_computes() -> None:
    row = year_to_date(8_995, received=605_859, resolved=596_864, in_time=595_634, late=1_230, really_late=49)
    assert (row["in_time_pct"], row["open"], row["carried_in"]) == (99.79, 8_995, 0)
    assert {"open", "in_time_pct"} <= set(row["computed"])
    assert not {"received", "resolved", "in_time", "late", "really_late"} & set(row["computed"])


def test_what_was_open_before_the_year_is_what_the_other_counts_leave() -> None:
    assert year_to_date(40, received=100, resolved=70, withdrawn=5, stopped=2)["carried_in"] == 17


@pytest.mark.parametrize(("part", "whole", "percent"), [(0, 0, None), (1, 1, 100.0), (99_999, 100_000, 99.99), (1, 100_000, 0.01), (0, 5, 0.0), (1, 8, 12.5), (1, 3, 33.33), (2, 3, 66.67), (1, 800, 0.13)])
def test_the_rate_is_half_up_and_never_whole_while_something_is_missing(part: int, whole: int, percent: float | None) -> None:
    assert year_to_date(0, resolved=whole, in_time=part)["in_time_pct"] == percent
