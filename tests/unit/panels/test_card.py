"""From a face to what a browser is sent: states, feet, pills, marks, maps."""

from datetime import timedelta
from typing import Any

import pytest

from ioc.live.frames import encode
from ioc.panels.engine.card import collection, props
from ioc.panels.engine.contract import Attention, Number, Snapshot
from ioc.panels.engine.registry import panels
from ioc.panels.engine.wording import since_yesterday, text_of
from ioc.words import Words, unix, words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

VI, EN = words("vi"), words("en")
KEY = "citizen_reports"


def foot(snapshot: Snapshot, language: Words = VI) -> str:
    return encode(props(panels()[KEY], snapshot, language, PROFILE)[f"{KEY}--foot"]).decode()


def state(snapshot: Snapshot) -> dict[str, Any]:
    return props(panels()[KEY], snapshot, VI, PROFILE)[f"card--{KEY}"]


def number(value: float | None, **more: Any) -> Number:
    return Number(value=value, unit=more.pop("unit", "reports"), as_of=NOW, **more)


def test_card_carries_its_state_and_when_it_turns() -> None:
    found = state(snapshot_of(KEY))
    late_at = NOW + timedelta(seconds=3 * 1800)
    assert (found["data-state"], found["data-late-at"]) == ("fresh", unix(late_at))


def test_card_of_the_past_has_no_state_that_could_turn() -> None:
    found = state(snapshot_of(KEY, at=NOW - timedelta(days=1)))
    assert (found["data-state"], found["data-late-at"]) == ("past", None)


@pytest.mark.parametrize(("hours", "word"), [(0, "Đang cập nhật"), (2, "Chậm cập nhật"), (8, "Số liệu cũ"), (23, "Mất nguồn")])
def test_foot_says_the_state_in_words(hours: float, word: str) -> None:
    # The promise of the reports' source is half an hour by day and an hour by night.
    assert word in foot(snapshot_of(KEY, heard_at=NOW - timedelta(hours=hours)))


@pytest.mark.parametrize(("hours", "named"), [(0, False), (2, True), (8, True), (23, True)])
def test_foot_names_the_only_source_unless_it_is_in_time(hours: float, named: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    found = snapshot_of(KEY, heard_at=NOW - timedelta(hours=hours))
    assert len(found.sources) == 1
    assert (found.sources[0].name in foot(found)) == named
    assert (found.sources[0].name_en in foot(found, EN)) == named


def test_foot_tells_the_map_of_which_stream_a_source_is_and_since_when_it_is_silent() -> None:
    silent_since = NOW - timedelta(hours=23)
    told = foot(snapshot_of(KEY, heard_at=silent_since))
    assert '"data-stream":"report"' in told
    assert f'"data-heard":"{silent_since.isoformat()}"' in told


def test_foot_says_when_nothing_was_ever_heard() -> None:
    assert "Chưa có số liệu" in foot(snapshot_of(KEY, heard_at=None))


def test_foot_of_the_past_says_which_moment_it_shows() -> None:
    assert "Số liệu tại thời điểm 10:30:00 19/11/2026" in foot(snapshot_of(KEY, at=NOW - timedelta(days=1)))


@pytest.mark.parametrize(("kind", "vietnamese", "english"), [
    ("gap", "Mất 1.200 sự kiện · ioc.report/3", "Events lost: 1,200 · ioc.report/3"),
    ("pause", "Tạm dừng đọc · ioc.report/3", "Reading paused · ioc.report/3"),
])
def test_foot_shows_what_needs_a_person(kind: Any, vietnamese: str, english: str) -> None:
    snapshot = snapshot_of(KEY, attention=[Attention(kind=kind, topic="ioc.report", partition=3, count=1200, since=NOW)])
    assert vietnamese in foot(snapshot)
    assert english in foot(snapshot, EN)


@pytest.mark.parametrize("key", sorted(panels()))
@pytest.mark.parametrize(("simulated", "mark"), [(True, "mô phỏng"), (False, "")])
def test_mark_of_simulation_stands_on_card_charts_and_lists(key: str, simulated: bool, mark: str) -> None:  # noqa: FBT001
    given = props(panels()[key], snapshot_of(key, simulated=simulated), VI, PROFILE)
    assert given[f"{key}--mark"]["children"] == mark
    marked = [name for name in given if "--figure--" in name or name.endswith("--lists")]
    assert all(("mô phỏng" in encode(given[name]).decode()) == simulated for name in marked)


def test_map_carries_words_and_the_mark() -> None:
    feature = {"type": "Feature", "id": "1", "geometry": {"type": "Point", "coordinates": [85.1, -20.1]},
               "properties": {"id": "1", "state": "open", "category": "TR-ROAD", "unit_code": "99004"}}
    found = collection(panels()[KEY], snapshot_of(KEY, features=[feature]), EN, PROFILE)
    assert found["mark"] == "simulated"
    assert found["features"][0]["properties"] | {"label": "Pothole, damaged road", "detail": "Sao Khuê ward"} == found["features"][0]["properties"]


@pytest.mark.parametrize(("now", "then", "trend", "turn"), [(5, 3, "up", "worse"), (3, 5, "down", "better"), (4, 4, "flat", ""), (None, 4, "", "")])
def test_comparison_says_which_way_and_whether_that_is_good(now: float | None, then: float, trend: str, turn: str) -> None:
    found = since_yesterday(number(now), number(then), VI)
    assert (found.trend, found.turn) == (trend, turn)


def test_comparison_gives_the_difference_without_a_sign() -> None:
    assert since_yesterday(number(3), number(1200), EN).text.startswith("1,197 ")


def test_number_is_shown_by_its_unit() -> None:
    assert text_of(number(1234), VI) == "1.234"
    assert text_of(number(2.25, unit="minutes"), VI) == "2,3"
    assert text_of(number(50.0, unit="%", numerator=1, denominator=2), VI) == "1 / 2"
