"""Panel 7 in words: hours judged by what was promised, and the centre's own state."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from ioc.moment import now_moment
from ioc.panels._platform_grid import HeardRow, HoursRow, grid
from ioc.panels.digital_platform import HaltsRow, LettersRow, PortalsRow, PulseRow, ServicesRow, render, snapshot
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.contract import Face
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

HOUR = NOW.replace(minute=0)
CAMERAS = next(c for c in PROFILE.file.sources if c.stream == "camera")
TOURISM = next(c for c in PROFILE.file.sources if c.stream == "tourism")
ROWS: dict[str, list[Any]] = {name: [] for name in ("hours", "heard", "services", "portals", "lag", "certificates", "insecure", "letters")} | {
    "halts": [HaltsRow(lost=0, paused=0)], "pulse": [PulseRow(sinks=0, waiting=None)]}


def hours(source: Any, n: int, events: int, first: float = 0, last: float = 59.5) -> HoursRow:
    """Events of a source in the hour n hours ago, from one minute to another."""
    begins = HOUR - timedelta(hours=n)
    return HoursRow(stream=source.stream, source=source.source, hour=begins, events=events, first_at=begins + timedelta(minutes=first),
                    last_at=begins + timedelta(minutes=last), delay_p95_s=2.0)


def heard(source: Any, at: datetime) -> HeardRow:
    return HeardRow(stream=source.stream, source=source.source, occurred_at=at, heard_at=at)


def states(source: Any, rows: list[HoursRow], said: list[HeardRow]) -> list[str]:
    found = grid(rows, said, now_moment(NOW), PROFILE)
    return [c["state"] for c in found if c["source"] == source.source]


def face(language: str = "vi", **rows: list[Any]) -> Face:
    made = snapshot(ROWS | rows, now_moment(NOW), PROFILE)
    bare = snapshot_of("digital_platform")
    return render(msgspec.structs.replace(bare, numbers={**bare.numbers, **made.numbers}, tables={**bare.tables, **made.tables}), words(language), PROFILE)


def test_source_that_kept_its_promise_is_heard_and_one_that_fell_silent_late() -> None:
    rows = [hours(CAMERAS, n, 60) for n in range(23, 2, -1)]
    found = states(CAMERAS, rows, [heard(CAMERAS, HOUR - timedelta(hours=2))])
    assert found == ["heard"] * 21 + ["late"] * 3


def test_too_few_events_are_late_though_the_last_was_just_now() -> None:
    rows = [hours(CAMERAS, n, 60) for n in range(23, 1, -1)] + [hours(CAMERAS, 1, 10)]
    assert states(CAMERAS, rows, [heard(CAMERAS, NOW)])[22] == "late"


def test_nothing_is_asked_of_an_hour_in_which_nothing_was_promised() -> None:
    found = states(TOURISM, [hours(TOURISM, 5, 1)], [heard(TOURISM, HOUR - timedelta(hours=5))])
    assert found == ["quiet"] * 18 + ["heard"] + ["quiet"] * 5


def test_source_silent_for_longer_than_the_window_is_late_in_all_of_it() -> None:
    assert set(states(CAMERAS, [], [heard(CAMERAS, HOUR - timedelta(days=3))])) == {"late"}


def test_source_that_was_never_heard_is_unknown_not_late() -> None:
    assert set(states(CAMERAS, [], [])) == {"unknown"}


def test_sentence_names_the_source_that_is_silent_longest() -> None:
    said = [heard(c, NOW) for c in PROFILE.file.sources if c != CAMERAS]
    assert face(heard=[*said, heard(CAMERAS, NOW - timedelta(hours=3))]).sentence == "Hệ thống camera: im lặng 3 giờ"
    assert face(heard=said).sentence == "Hệ thống camera: chưa có số liệu"
    assert face(heard=[*said, heard(CAMERAS, NOW)]).sentence == "Mọi nguồn cập nhật đúng hạn"


def test_guests_are_told_how_many_sources_and_not_which() -> None:
    said = [heard(c, NOW) for c in PROFILE.file.sources if c != CAMERAS]
    assert face(heard=said).guest_sentence == "1 nguồn chậm hoặc chưa có số liệu"


@pytest.mark.parametrize(("calls", "errors", "alarm"), [(100, 6, True), (100, 5, False), (40, 40, False), (0, 0, False)])
def test_service_fails_from_five_in_a_hundred_of_enough_calls_on(calls: int, errors: int, *, alarm: bool) -> None:
    chart = face(services=[ServicesRow(service="civil-status", calls=calls, errors=errors, p95_ms=None)]).charts["services"]
    assert isinstance(chart, Heat)
    assert (chart.rows, chart.values[0][0] == 2.0, chart.texts[0][1]) == (["Hộ tịch điện tử"], alarm, "—")


def test_portal_with_failed_probes_stands_first_and_an_hour_without_a_look_is_a_hole() -> None:
    rows = [PortalsRow(portal=p, hour=HOUR - timedelta(hours=1), probes=12, down=d) for p, d in (("portal", 0), ("x.vn", 3))]
    chart = face(portals=rows).charts["portals"]
    assert isinstance(chart, Heat)
    assert chart.rows == ["x.vn", "Cổng thông tin điện tử"]
    assert (chart.values[0][22:], chart.values[1][22:], chart.texts[0][22]) == ([2.0, None], [1.0, None], "3")


def test_refused_messages_stand_by_reason_with_the_command_that_mends_them() -> None:
    row = LettersRow(topic="ioc.dossier", reason="schema", messages=12, oldest_at=NOW)
    listed = next(entry for entry in face(letters=[row]).lists if "dead-letters" in entry.title)
    assert [(r["reason"], r["count"], r["since"]) for r in listed.rows] == [("Sai khuôn dạng", "12", "20/11/2026 10:30")]


def test_what_the_centre_lost_and_stopped_is_counted() -> None:
    shown = {n.key: n.text for n in face(halts=[HaltsRow(lost=1200, paused=2)], pulse=[PulseRow(sinks=1, waiting=37)]).numbers}
    assert (shown["lost"], shown["paused"], shown["waiting"]) == ("1.200", "2", "37")


def test_nobody_who_reads_is_no_zero() -> None:
    assert {n.key: n.text for n in face().numbers}["waiting"] == "—"
