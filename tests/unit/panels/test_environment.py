"""Panel 11 in words: the gravest first, a silent station never calm."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ioc.moment import now_moment
from ioc.panels.engine.charts.bands import Bands
from ioc.panels.engine.contract import Face, Number, Snapshot
from ioc.panels.environment import BulletinRow, HourRow, SluiceRow, StationRow, point, render, snapshot
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

STATION = StationRow(station_id="CUA-GIO", property="salinity_gl", unit_code="99013", value=5.2, told_at=NOW, heard_at=NOW, value_max=15.6, silent=False,
                     still=False, bd1_m=1.4, bd2_m=1.7, bd3_m=2.0)
INLAND = replace(STATION, station_id="SAO-KHUE", unit_code="99004", value=0.3, value_max=0.4)
LEVEL = replace(STATION, property="level_m", value=1.2, value_max=1.8)
SLUICE = SluiceRow(sluice_id="C1", unit_code="99013", station_id="CUA-GIO", open_pct=100, limit_gl=4, told_at=NOW, is_known=True,
                   since_at=NOW - timedelta(days=2), salinity_gl=1)
BULLETIN = BulletinRow(bulletin="B", risk_level=3, phenomenon="spring_tide", issuer="KTTV", issued_at=NOW, expires_at=NOW + timedelta(hours=3),
                       is_exercise=False)


def shown(*stations: StationRow, sluices: tuple[SluiceRow, ...] = (), bulletins: tuple[BulletinRow, ...] = (), **numbers: Number) -> Snapshot:
    hours = [HourRow(station_id=s.station_id, property=s.property, hour=NOW, value=s.value) for s in stations if s.value is not None]
    rows: dict[str, Any] = {"stations": stations, "hours": hours, "forecasts": [], "salt_line": [], "sluices": sluices, "bulletins": bulletins}
    figures, empty = snapshot(rows, now_moment(NOW), PROFILE), snapshot_of("environment")
    most = max((s.value_max or 0 for s in stations if s.property == "salinity_gl"), default=None)
    salt = Number(value=most, unit="g/l", as_of=NOW, against="yesterday", then=3)
    return snapshot_of("environment", numbers={**empty.numbers, "salinity": salt, **figures.numbers, **numbers}, features=figures.features,
                       tables={**empty.tables, **figures.tables})


def face(*stations: StationRow, language: str = "vi", **given: Any) -> Face:
    return render(shown(*stations, **given), words(language), PROFILE)


def test_headline_is_the_saltiest_station_of_the_day() -> None:
    made = face(STATION, INLAND)
    assert (made.headline, made.of, made.sentence) == ("15,6", "salinity", "Cửa Gió")
    assert made.comparison.endswith("so với hôm qua")


def test_alarm_level_comes_before_salt_and_counts_only_sound_gauges() -> None:
    made = face(STATION, replace(LEVEL, value=1.75))
    assert (made.headline, made.of, made.sentence) == ("II", "alarm", "Cửa Gió: 1,75 m")
    assert face(STATION, replace(LEVEL, value=1.75, silent=True)).of == "salinity"


def test_gauge_whose_lower_levels_are_unknown_reaches_the_third() -> None:
    assert face(replace(LEVEL, value=2.1, bd1_m=None, bd2_m=None)).headline == "III"


def test_bulletin_from_level_2_comes_before_all() -> None:
    made = face(replace(LEVEL, value=2.5), bulletins=(BULLETIN,))
    assert (made.headline, made.of, made.sentence) == ("3", "risk", "Triều cường, KTTV, đến 13:30 20/11")
    assert face(STATION, bulletins=(replace(BULLETIN, risk_level=1),)).of == "salinity"


def test_silent_station_is_told_of_and_stands_grey_before_calm_ones() -> None:
    made = face(INLAND, replace(STATION, silent=True, value_max=None, heard_at=NOW - timedelta(hours=5)))
    strips = made.charts["salt"]
    assert isinstance(strips, Bands)
    assert [(s.name, s.quiet, s.said) for s in strips.strips] == [("Cửa Gió", True, "im lặng 5 giờ"), ("Sao Khuê", False, "0,3")]
    assert made.sentence.endswith("1 trạm mất tín hiệu")


def test_flat_station_is_offline_on_the_map_and_says_why() -> None:
    feature = shown(replace(STATION, still=True)).features[0]
    assert feature["properties"]["state"] == "offline"
    assert point(feature["properties"], words("vi"), PROFILE, NOW.date()) == ("Cửa Gió", "Độ mặn: 5,2 g/l (đứng yên)")


@pytest.mark.parametrize(("value", "state"), [(0.9, "open"), (1.0, "due"), (3.9, "due"), (4.0, "late"), (None, "offline")])
def test_state_of_a_station_follows_the_lines_of_salt(value: float | None, state: str) -> None:
    assert shown(replace(STATION, value=value)).features[0]["properties"]["state"] == state


@pytest.mark.parametrize(("value", "state"), [(100, "open"), (101, "due"), (150, "due"), (151, "late")])
def test_state_of_a_station_follows_the_classes_of_the_air(value: float, state: str) -> None:
    assert shown(replace(STATION, property="aqi", value=value)).features[0]["properties"]["state"] == state


def test_map_says_the_newest_values_and_their_age() -> None:
    old = replace(LEVEL, told_at=NOW - timedelta(minutes=20))
    name, line = point(shown(STATION, old).features[0]["properties"], words("vi"), PROFILE, NOW.date())
    assert (name, line) == ("Cửa Gió", "Độ mặn: 5,2 g/l (0 giây trước) · Mực nước: 1,20 m (20 phút trước)")


@pytest.mark.parametrize(("changes", "state", "word"), [
    ({}, "open", "Mở"), ({"salinity_gl": 4.0}, "late", "▲ Mở, nước mặn"), ({"open_pct": 0, "salinity_gl": 9}, "done", "Đóng"),
    ({"salinity_gl": None}, "open", "Mở"), ({"is_known": False, "salinity_gl": 9}, "offline", "Không rõ")])
def test_sluice_is_judged_by_its_own_limit_and_only_while_it_is_known(changes: dict[str, Any], state: str, word: str) -> None:
    given = shown(STATION, sluices=(replace(SLUICE, **changes),))
    assert given.tables["sluices"][0]["state"] == state
    assert render(given, words("vi"), PROFILE).lists[0].rows[0]["state"] == word


def test_sluice_open_to_salt_stands_first_and_in_the_sentence() -> None:
    made = face(INLAND, sluices=(SLUICE, replace(SLUICE, sluice_id="C2", salinity_gl=6)))
    assert made.lists[0].rows[0]["salt"] == "6,0 / 4,0"
    assert made.sentence == "Sao Khuê; 1 cống mở khi mặn"


def test_no_bulletin_is_said_only_while_the_source_speaks() -> None:
    assert face(STATION).lists[1].rows[0]["hazard"] == "Không có bản tin còn hiệu lực"
    dead = snapshot_of("environment", heard_at=None)
    assert list(render(dead, words("vi"), PROFILE).lists[1].rows) == []


def test_salt_line_that_no_station_reaches_is_not_unknown() -> None:
    def text(cases: int | None) -> str:
        made = face(INLAND, salt_line_4=Number(value=None, unit="km", as_of=NOW, cases=cases))
        return next(n.text for n in made.numbers if n.key == "salt_line_4")

    assert (text(8), text(None)) == ("không", "—")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("given", [{}, {"bulletins": (replace(BULLETIN, issuer="Trung tâm Dự báo khí tượng thủy văn quốc gia", phenomenon="tropical_depression"),)},
                                   {"sluices": (replace(SLUICE, salinity_gl=9),)}])
def test_sentence_is_short_enough_for_the_wall(language: str, given: dict[str, Any]) -> None:
    unnamed = replace(STATION, station_id="A-STATION-THAT-NOBODY-KNOWS-WITH-A-LONG-CODE", unit_code="", silent=True)
    assert 0 < len(face(unnamed, language=language, **given).sentence) <= 60
