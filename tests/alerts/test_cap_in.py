"""CAP messages of others as bulletins: what is understood, what is assumed, and what is turned away with which remedy."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely

from ioc.alerts.cap_ground import ground_of
from ioc.alerts.cap_in import ASSUMED, Bulletin, Ground, read_bulletin
from ioc.alerts.cap_xml import MOST_BYTES
from ioc.db.connect import Connection
from ioc.errors import InputError, InvalidEvent
from ioc.places.boundaries import store
from ioc.places.importing import Request, prepare
from ioc.streams._areas import MOST_POINTS, check_area
from tests.alerts.cap_messages import GROUND, SENT, SOC_TRANG, SQUARE, area, cap, geocode, info, risk
from tests.integration.streams_wire import NOW
from tests.unit.places.layers import REFORM, REGISTER, cells, written


def read(data: bytes, ground: Ground = GROUND) -> Bulletin:
    return read_bulletin(data, ground)


def drawn(*inner: str, ground: Ground = GROUND) -> Any:
    found = read(cap(info(area(*inner))), ground).data["geometry"]
    return None if found is None else shapely.from_geojson(found)


def refused(data: bytes, ground: Ground = GROUND) -> str:
    with pytest.raises(InputError) as wrong:
        read(data, ground)
    return str(wrong.value)


def test_message_becomes_a_bulletin_that_the_stream_takes() -> None:
    found = read(cap(info("<headline>Triều cường\n  dâng cao</headline>", area(f"<polygon>{SQUARE}</polygon>", geocode("99001")))))
    assert {name: found.data[name] for name in ("identifier", "msg_type", "status", "risk_level", "phenomenon", "issuer", "headline", "area_units")} == {
        "identifier": "BT-1", "msg_type": "alert", "status": "actual", "risk_level": 3, "phenomenon": "spring_tide", "issuer": "Đài KTTV",
        "headline": "Triều cường dâng cao", "area_units": "99001"}
    assert (found.subject, found.sent_at, found.data["effective_at"]) == ("BT-1", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "2026-11-20T08:30:00+00:00")
    assert found.remarks == ()


def test_polygon_is_turned_to_longitude_first_and_closed_against_the_clock() -> None:
    shape = drawn(f"<polygon>{SQUARE}</polygon>")
    assert shape.bounds == (85.0, -20.3, 85.4, -20.0)
    assert shape.geoms[0].exterior.is_ccw
    check_area("geometry", shapely.to_geojson(shape))


def test_circle_is_a_polygon_of_its_size() -> None:
    west, south, east, north = drawn("<circle>-20.15,85.20 11.132</circle>").bounds
    assert (south, north) == pytest.approx((-20.25, -20.05), abs=1e-4)
    assert east - west == pytest.approx(0.2 / 0.9388, abs=1e-3)


def test_circle_without_a_radius_draws_nothing() -> None:
    assert drawn("<circle>-20.15,85.20 0</circle>") is None


def test_areas_that_overlap_become_one() -> None:
    shape = drawn(f"<polygon>{SQUARE}</polygon>", "<circle>-20.0,85.2 20</circle>", "<polygon>-21,86 -21,87 -20.5,87 -21,86</polygon>")
    assert len(shape.geoms) == 2
    assert shapely.is_valid(shape)


@pytest.mark.parametrize(("value", "level"), [("3", 3), ("Cấp 2", 2), ("cấp độ 5", 5), ("IV", 4), ("Level 1", 1)])
def test_level_of_disaster_risk_is_the_one_told_by_name(value: str, level: int) -> None:
    assert read(cap(info(risk(value), severity="Minor"))).data["risk_level"] == level


@pytest.mark.parametrize(("severity", "level"), [("Minor", 1), ("Moderate", 2), ("Severe", 3), ("Extreme", 4)])
def test_level_follows_the_severity_where_none_is_told(severity: str, level: int) -> None:
    assert read(cap(info(severity=severity))).data["risk_level"] == level


def test_vietnamese_is_read_and_the_gravest_of_it_counts() -> None:
    found = read(cap(info(language="en-US", severity="Extreme", event="Storm"), info(severity="Minor"), info(severity="Moderate", event="Gió mạnh"))).data
    assert (found["risk_level"], found["phenomenon"]) == (2, "strong_wind")


@pytest.mark.parametrize(("event", "code"), [("Cảnh báo bão", "storm"), ("Thông báo chung", "Thông báo chung"), ("MƯA LỚN DIỆN RỘNG", "heavy_rain"),
                                             ("Lu\u0303 trên sông", "flood")])
def test_hazard_is_known_by_its_name_with_tone_marks(event: str, code: str) -> None:
    assert read(cap(info(event=event))).data["phenomenon"] == code


def test_end_that_is_not_told_is_assumed_and_said() -> None:
    found = read(cap(info(area(geocode("99001")), expires="")))
    assert datetime.fromisoformat(found.data["expires_at"]) == found.sent_at + ASSUMED
    assert ["24 hours" in r for r in found.remarks] == [True]


def test_update_and_cancel_belong_to_what_the_first_message_began() -> None:
    references = "kttv@example,BT-1,2026-11-20T15:30:00+07:00 kttv@example,BT-2,2026-11-20T18:30:00+07:00"
    backwards = " ".join(reversed(references.split()))
    for msg_type in ("Update", "Cancel"):
        for named in (references, backwards):
            assert read(cap(info(), identifier="BT-3", msg_type=msg_type, references=named)).subject == "BT-1"


def test_update_that_names_only_the_one_before_finds_its_bulletin() -> None:
    ground = replace(GROUND, subjects=lambda names: "BT-1" if "BT-2" in names else None)
    assert read(cap(info(), identifier="BT-3", msg_type="Update", references=f"kttv@example,BT-2,{SENT}"), ground).subject == "BT-1"


def test_cancel_needs_no_info() -> None:
    found = read(cap(identifier="BT-2", msg_type="Cancel", references=f"kttv@example,BT-1,{SENT}")).data
    assert (found["msg_type"], found.get("risk_level"), found["issuer"]) == ("cancel", None, "kttv@example")


def test_long_references_are_kept_as_whole_ones() -> None:
    references = " ".join(f"kttv@example,BT-{n},{SENT}" for n in range(200))
    found = read(cap(info(), identifier="X", msg_type="Update", references=references))
    assert len(found.data["reference"]) <= 2000
    assert found.data["reference"].startswith("kttv@example,")
    assert found.subject == "BT-0"


def test_province_as_a_whole_is_all_its_units() -> None:
    found = read(cap(info(area(geocode("92")))), SOC_TRANG).data["area_units"]
    assert len(found.split(",")) == 43


@pytest.mark.parametrize("name", ["GSO", "VN-GSO", "Mã ĐVHC", "gso code"])
def test_unit_is_known_by_its_code_under_several_names(name: str) -> None:
    plain = name.replace("Mã ĐVHC", "ma_dvhc")
    assert read(cap(info(area(geocode("99004", plain))))).data["area_units"] == "99004"


def test_codes_of_elsewhere_are_no_units_of_ours_and_it_is_said() -> None:
    found = read(cap(info(area(geocode("00001"), geocode("X", "UGC")))))
    assert found.data["area_units"] is None
    assert "00001" in found.remarks[0]


@pytest.fixture
def outlined(conn: Connection, tmp_path: Path) -> Connection:
    request = Request(file=written(cells(), tmp_path / "ranh.gpkg"), level="commune", valid_from=REFORM, source="Sở Nội vụ", licence="nội bộ")
    store(conn, prepare(request, REGISTER), NOW)
    return conn


def test_units_follow_from_the_area_where_official_boundaries_are_known(outlined: Connection) -> None:
    ground = ground_of(outlined, GROUND.profile)
    everything = read(cap(info(area(f"<polygon>{SQUARE}</polygon>"))), ground).data["area_units"]
    assert everything.split(",") == [u.code for u in GROUND.profile.units_on(NOW.date())]
    small = read(cap(info(area("<circle>-20.175,85.145 0.5</circle>"))), ground)
    assert (small.data["area_units"], small.remarks) == ("99004", ())
    assert read(cap(info(area("<circle>-21.5,85.145 0.5</circle>"))), ground).remarks == ("its area meets no unit of this province",)


def test_without_official_boundaries_no_unit_is_guessed(conn: Connection) -> None:
    found = read(cap(info(area(f"<polygon>{SQUARE}</polygon>"))), ground_of(conn, GROUND.profile))
    assert found.data["area_units"] is None
    assert "ioc geo import" in found.remarks[0]


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(10)) + b"]><alert>&a9;</alert>"


@pytest.mark.parametrize(("data", "said"), [
    (b"", "no XML that can be read"), (b"{}", "no XML that can be read"), (cap(info()).replace(b"BT-1", b"BT\0-1"), "no XML that can be read"),
    (cap(info()).replace(b"BT-1", b"BT&#0;1"), "no XML that can be read"), (b"<alert>" * 10_000, "more than 16 deep"),
    (b"<a>" * 10_000 + b"</a>" * 10_000, "more than 16 deep"), (LAUGHS, "without <!DOCTYPE>"),
    (b'<!DOCTYPE alert SYSTEM "http://127.0.0.1/x.dtd">' + cap(info()).partition(b"\n")[2], "without <!DOCTYPE>"),
    (cap(info()).decode().encode("utf-16"), "no XML that can be read"), (cap(info()).replace(b"UTF-8", b"US-ASCII"), "no XML that can be read"),
    (cap(info()).replace(b"Ven", b"V\xff\xfe").replace("Triều".encode(), b"Tri\xe1"), "no XML that can be read"),
    (cap(info()).replace(b"UTF-8", b"KLINGON"), "no XML that can be read"), (b" " * (MOST_BYTES + 1), "at most 1048576 are taken"),
    (b"<feed/>", "its root is <feed>: send single CAP messages"), (b"<alert/>", "CAP 1.2 is asked for"),
    (cap(info()).replace(b"cap:1.2", b"cap:1.1"), "CAP 1.2 is asked for"),
])
def test_document_that_is_none_is_turned_away_with_the_remedy(data: bytes, said: str) -> None:
    assert said in refused(data)


@pytest.mark.parametrize(("data", "said"), [
    (cap(info(), identifier=""), "<identifier> is ''"), (cap(info(), identifier="a b"), "<identifier> is 'a b'"),
    (cap(info(), identifier="x" * 201), "at most 200 characters"), (cap(info()).replace(b"kttv@example", b"a,b"), "<sender> is 'a,b'"),
    (cap(info(), sent="2026-11-20T15:30:00"), "<sent> is '2026-11-20T15:30:00': write a moment with its zone"),
    (cap(info(), sent="20/11/2026"), "<sent> is '20/11/2026'"), (cap(info(), sent="9999-12-31T23:59:59-14:00"), "<sent> is"),
    (cap(info(), status="Draft"), "<status> is 'Draft'"), (cap(info(), status="actual"), "Actual, Exercise, Test are taken"),
    (cap(info(), msg_type="Ack"), "<msgType> is 'Ack'"), (cap(info(), msg_type="Update"), "<references> is ''"),
    (cap(info(), msg_type="Cancel", references="BT-1"), "<references> is 'BT-1': Cancel names there what it replaces"),
    (cap(), "<info> is missing"), (cap(info(event="")), "<event> is missing"), (cap(info(severity="Unknown")), "<severity> is 'Unknown'"),
    (cap(info(risk("6"))), "'Cấp độ rủi ro thiên tai' is '6': the level of disaster risk is 1 to 5"), (cap(info(risk(""))), "is ''"),
    (cap(info(expires=SENT)), "is not after <effective>"), (cap(info(expires="mai")), "<expires> is 'mai'"),
])
def test_element_that_is_wrong_is_named(data: bytes, said: str) -> None:
    assert said in refused(data)


@pytest.mark.parametrize(("inner", "said"), [
    ("<polygon>-20.3,85 -20.3,85.4 -20,85.4</polygon>", "<polygon> 1 of <area> 1 (Ven biển) is not closed"),
    ("<polygon>-20.3,85 -20.3,85.4 -20,85.4 -20,85</polygon>", "add the first one again at its end"),
    ("<polygon>-20.3,85 -20,85.4 -20.3,85.4 -20,85 -20.3,85</polygon>", "Self-intersection"),
    ("<polygon>-20,85 -20,85 -20,85 -20,85</polygon>", "is no area"),
    ("<polygon>85,-20.3 85.4,-20.3 85.4,-20 85,-20.3</polygon>", "latitude and longitude seem to have changed places"),
    ("<polygon>48.1,16.3 48.2,16.3 48.2,16.4 48.1,16.3</polygon>", "lies far outside"),
    ("<polygon>nan,85 -20,85.4 -20.3,85.4 nan,85</polygon>", "'nan,85' is no point"), ("<polygon></polygon>", "'' is no point"),
    ("<polygon>-20.3, 85 -20.3, 85.4</polygon>", "'-20.3,' is no point"), ("<polygon>-20.3;85</polygon>", "write latitude,longitude"),
    (f"<polygon>{'-20,85 ' * (MOST_POINTS + 1)}</polygon>", "have the outline simplified"),
    ("<circle>-20.1,85.2</circle>", "is no circle"), ("<circle>85.2,-20.1 5</circle>", "changed places"), ("<circle>-20.1,85.2 9000</circle>", "too far"),
    ("<circle>-20.1,85.2 -5</circle>", "is no circle"),
])
def test_area_that_cannot_be_drawn_is_named_with_the_remedy(inner: str, said: str) -> None:
    assert said in refused(cap(info(area(inner))))


def test_degrees_of_the_shipped_province_in_the_wrong_order_are_found() -> None:
    assert "changed places" in refused(cap(info(area("<polygon>106.2,9.5 106.3,9.5 106.3,9.6 106.2,9.5</polygon>"))), SOC_TRANG)
    assert drawn("<polygon>9.5,106.2 9.5,106.3 9.6,106.3 9.5,106.2</polygon>", ground=SOC_TRANG)


@pytest.mark.parametrize(("text", "said"), [
    ("[]", "no GeoJSON MultiPolygon"), ('{"type":"Point","coordinates":[1,2]}', "no GeoJSON MultiPolygon"), ("[" * 100_000, "no GeoJSON MultiPolygon"),
    ('{"type":"MultiPolygon","coordinates":[]}', "no GeoJSON"), ('{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,91],[0,0]]]]}', "no GeoJSON"),
    ('{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,1]]]]}', "not closed"),
    ('{"type":"MultiPolygon","coordinates":[[[[0,0],[1,1],[1,0],[0,1],[0,0]]]]}', "Self-intersection"),
    ('{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]],[[5,5],[6,5],[6,6],[5,5]]]]}', "is no area"),
    ('{"type":"MultiPolygon","coordinates":[[[' + "[0,0]," * (MOST_POINTS + 1) + "[0,0]]]]}", "at most 10000"),
])
def test_geometry_of_an_event_is_checked_whoever_sends_it(text: str, said: str) -> None:
    with pytest.raises(InvalidEvent, match=said):
        check_area("geometry", text)


def test_event_is_whole_json_without_empty_fields() -> None:
    assert None not in json.loads(read(cap(info())).body()).values()
