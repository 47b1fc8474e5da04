"""Panel 6 in words: serious incidents by unit alone, few casualties without a count, nothing compared with a year that nobody told."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ioc.moment import now_moment
from ioc.panels._incident_map import IncidentRow, RoadRow, SpotRow
from ioc.panels.engine.card import collection, for_guests
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.contract import Face, Figures
from ioc.panels.engine.registry import panels
from ioc.panels.security_traffic import HeatRow, render, snapshot
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

VI = words("vi")
PANEL = panels()["security_traffic"]


def incident(kind: str = "fire", *, unit: str = "99004", serious: bool = False, minutes: float = 5, state: str = "reported") -> IncidentRow:
    return IncidentRow(subject=f"{kind}-{unit}-{minutes}", kind=kind, state=state, unit_code=unit, lon_deg=85.14531, lat_deg=-20.17514,
                       reported_at=NOW - timedelta(minutes=minutes), serious=serious)


def figures(**rows: Any) -> Figures:
    return snapshot({name: rows.get(name, []) for name in PANEL.spec.rows}, now_moment(NOW), PROFILE)


def face(language: str = "vi", values: dict[str, dict[str, Any]] | None = None, **rows: Any) -> Face:
    made = figures(**rows)
    empty = snapshot_of("security_traffic")
    numbers = {**empty.numbers, **made.numbers}
    numbers |= {name: msgspec.structs.replace(numbers[name], **changes) for name, changes in (values or {}).items()}
    return render(snapshot_of("security_traffic", numbers=numbers, tables={**empty.tables, **made.tables}, features=made.features), words(language), PROFILE)


def shown(drawn: Face, key: str) -> tuple[str, str, str]:
    return next((n.text, n.beside, n.turn) for n in drawn.numbers if n.key == key)


def states(made: Figures) -> list[tuple[str, str]]:
    return [(f["properties"]["kind"], f["properties"]["state"]) for f in made.features]


def test_sentence_names_the_unit_with_most_serious_incidents_and_guests_none() -> None:
    drawn = face(open_incidents=[incident(serious=True), incident(unit="99007", serious=True), incident("rescue", unit="99007", serious=True)])
    assert drawn.sentence == "Xã Mây Trắng: 2 vụ nghiêm trọng"
    assert for_guests(PANEL, drawn).sentence == "3 vụ nghiêm trọng"
    assert face().sentence == "Không có vụ nghiêm trọng"


@pytest.mark.parametrize(("now", "then", "told"), [(3, 9, ("<5", "cùng kỳ: 9", "")), (7, 2, ("7", "cùng kỳ: <5", "")), (0, 6, ("0", "cùng kỳ: 6", "better")),
                                                   (8, 6, ("8", "cùng kỳ: 6", "worse"))])
def test_few_dead_are_not_counted_out(now: float, then: float, told: tuple[str, str, str]) -> None:
    values = {"dead": {"value": now, "then": then}, "reported_month": {"then": 40.0}}
    assert shown(face(values=values), "dead") == told


def test_year_that_nobody_told_is_no_year_without_accidents() -> None:
    drawn = face(values={"accidents": {"value": 12.0, "then": 0.0}, "reported_month": {"then": 0.0}})
    assert shown(drawn, "accidents") == ("12", "cùng kỳ: chưa có số liệu", "")


def test_guests_see_no_casualties_and_no_units() -> None:
    seen = for_guests(PANEL, face(open_incidents=[incident(serious=True)]))
    assert {n.key for n in seen.numbers} & {"dead", "injured", "unreviewed"} == set()
    assert (seen.lists, set(seen.charts)) == ([], {"heat", "response", "cameras"})


def test_map_tells_serious_from_waiting_from_reached() -> None:
    made = figures(open_incidents=[incident(serious=True), incident("rescue", minutes=40), incident("traffic_accident", minutes=41, state="arrived")])
    assert states(made) == [("incident", "late"), ("incident", "due"), ("incident", "open")]


def test_what_happens_at_home_stands_at_the_point_of_its_unit() -> None:
    made = figures(open_incidents=[incident("medical"), incident("order"), incident("a word of the source")])
    assert [f["geometry"]["coordinates"] for f in made.features] == [[85.145, -20.175]]
    assert PANEL.point(made.features[0]["properties"], VI, PROFILE, now_moment(NOW).day) == ("Vụ việc", "Phường Sao Khuê: 3 vụ đang xử lý")
    assert "source" not in str(made.features[0]["properties"])


def test_fire_stands_on_the_grid_and_not_where_it_burns() -> None:
    lon, lat = figures(open_incidents=[incident()]).features[0]["geometry"]["coordinates"]
    assert 0 < abs(lon - 85.14531) + abs(lat + 20.17514) < 0.004


@pytest.mark.parametrize(("online", "speed", "state", "line"), [
    (True, 40.0, "open", "Tốc độ 40 km/h"), (True, 10.0, "late", "Ùn tắc, 10 km/h"), (True, None, "open", "Camera trực tuyến"),
    (False, None, "offline", "Camera mất tín hiệu")])
def test_road_camera_says_how_fast_it_is(*, online: bool, speed: float | None, state: str, line: str) -> None:
    made = figures(roads=[RoadRow(camera_id="C", unit_code="99004", point_id="RD-01", online=online, speed_kmh=speed, free_kmh=50.0 if speed else None)])
    assert states(made) == [("camera", state)]
    assert PANEL.point(made.features[0]["properties"], VI, PROFILE, now_moment(NOW).day)[1] == line
    assert made.numbers["congested"].value == (None if speed is None else state == "late")


def test_black_spot_is_a_place_not_a_unit_with_many_accidents() -> None:
    rows = [SpotRow(unit_code="99004", accidents=4, densest=3, lon_deg=85.1, lat_deg=-20.1),
            SpotRow(unit_code="99007", accidents=5, densest=2, lon_deg=85.1, lat_deg=-20.0)]
    made = figures(spots=rows)
    assert (made.numbers["black_spots"].value, states(made)) == (1, [("site", "due")])


def test_hour_without_an_incident_is_a_zero_only_where_something_was_told() -> None:
    heat = face(heat=[HeatRow(weekday=7, hour=23, incidents=4)]).charts["heat"]
    nothing = face().charts["heat"]
    assert isinstance(heat, Heat)
    assert isinstance(nothing, Heat)
    assert (heat.values[6][23], heat.values[0][0], nothing.values[0][0]) == (4, 0, None)


def test_guests_map_shows_neither_incidents_nor_cameras() -> None:
    rows = {"open_incidents": [incident()], "roads": [RoadRow("C", "99004", "RD-01", online=True, speed_kmh=None, free_kmh=None)]}
    features = [{**f, "properties": {**f["properties"], "id": "x"}} for f in figures(**rows).features]
    whole = snapshot_of("security_traffic", features=features)
    assert len(collection(PANEL, whole, VI, PROFILE)["features"]) == 2
    assert collection(PANEL, whole, VI, PROFILE, guests=True)["features"] == []
