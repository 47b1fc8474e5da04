"""Pictures of cameras over HTTP: who may see which, what each look leaves behind, and how many may look live."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ioc.cameras.reach import may_see
from ioc.db.connect import connect
from ioc.people import sessions
from ioc.people.accounts import By, add_person
from ioc.people.principal import Grant, Principal
from tests.integration.camera_desk import DESK, POLICE, ROAD, Desk, desk, jpeg, keeps, now, shows, stands, with_cameras
from tests.integration.cast import NAME, PASSWORD
from tests.integration.contacts_desk import ledger
from tests.integration.streams_db import one, rows
from tests.integration.web_server import eventually

PICTURE, LIVE, MEDIA = "/api/cameras/picture/", "/api/cameras/live/", "/api/cameras/media/"
ALL = (DESK, ROAD, POLICE)


@pytest.fixture
def hall(dsn: str, province: Path) -> Iterator[Desk]:
    with desk(dsn, with_cameras(province)) as made:
        for camera in ALL:
            stands(made.conn, camera)
            shows(made.conn, camera, jpeg(camera))
        yield made


def limited(at: Desk, login: str, **limits: Any) -> str:
    """Header of a focal point with these limits."""
    by = By(actor="system:test", at=now())
    person = add_person(at.conn, login, login.title(), [Grant(role="focal_point", **limits)], by, password=PASSWORD)[0]
    return f"{NAME.name('session')}={sessions.begin(at.conn, person, by)}"


@contextmanager
def watching(at: Desk, camera: str, cookie: str) -> Iterator[http.client.HTTPResponse]:
    """A live view for the length of a block."""
    connection = http.client.HTTPConnection(urlsplit(at.base).netloc, timeout=10)
    connection.request("GET", LIVE + camera, headers={"Cookie": cookie})
    try:
        yield connection.getresponse()
    finally:
        if connection.sock:
            connection.sock.close()
        connection.close()


def test_role_sees_the_kinds_of_cameras_that_are_its_own(hall: Desk) -> None:
    for role, seen in (("operator", (DESK, ROAD)), ("shift_lead", (DESK, ROAD)), ("incident_command", ALL), ("focal_point", ())):
        assert [hall.ask(PICTURE + camera, role).status for camera in ALL] == [200 if camera in seen else 404 for camera in ALL], role
        told = hall.ask(f"/api/cameras.json?shown={','.join(ALL)}", role).json
        assert (set(told["cameras"]), told["of"]) == (set(seen), len(seen))
    assert {hall.ask(path, "leader").status for path in (PICTURE + DESK, "/api/cameras.json", "/console/cameras", LIVE + DESK)} == {403}
    assert {hall.ask(path, Cookie="").status for path in (PICTURE + DESK, "/api/cameras.json", LIVE + DESK, MEDIA + "x")} == {401}


def test_what_is_out_of_reach_looks_like_what_is_not_there(hall: Desk) -> None:
    keeps(hall.conn, POLICE, "sha256:aa", jpeg("kept"))
    for path, nothing in ((PICTURE + POLICE, PICTURE + "CAM-99"), (LIVE + POLICE, LIVE + "CAM-99"), (MEDIA + "sha256:aa", MEDIA + "sha256:bb"),
                          (f"/api/cameras/one.json?camera={POLICE}", "/api/cameras/one.json?camera=CAM-99"),
                          (f"/api/cameras/around.json?camera={POLICE}", "/api/cameras/around.json?camera=CAM-99")):
        here, there = hall.ask(path), hall.ask(nothing)
        assert (here.status, here.body) == (404, there.body), path
        assert there.status == 404
    assert ledger(hall.conn, "camera.media_seen") == ledger(hall.conn, "camera.watched") == []


def test_focal_point_sees_the_counters_of_its_own_unit_alone(hall: Desk) -> None:
    own, other, agency = (limited(hall, "one", units=frozenset({"99004"})), limited(hall, "two", units=frozenset({"99001"})),
                          limited(hall, "three", units=frozenset({"99004"}), agencies=frozenset({"X99.9001"})))
    assert [hall.ask(PICTURE + camera, Cookie=own).status for camera in ALL] == [200, 404, 404]
    assert [hall.ask(PICTURE + DESK, Cookie=cookie).status for cookie in (other, agency)] == [404, 404]


@pytest.mark.parametrize("kind", ["counter", "traffic", "security"])
def test_screen_on_a_wall_sees_no_picture(kind: Any) -> None:
    assert not may_see(Principal(kind="screen", id="1", name="Phòng họp", grants=(Grant(role="incident_command"),)), kind, "99004")


def test_picture_is_sent_once_and_kept_by_nobody(hall: Desk) -> None:
    first = hall.ask(PICTURE + DESK)
    assert (first.headers["content-type"], first.headers["cache-control"]) == ("image/jpeg", "no-store")
    assert first.body[:2] == b"\xff\xd8"
    again = hall.ask(PICTURE + DESK, **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    shows(hall.conn, DESK, jpeg("next"))
    assert eventually(lambda: hall.ask(PICTURE + DESK, **{"If-None-Match": first.headers["etag"]}).status == 200, within_s=3)


def test_camera_of_which_nobody_has_spoken_for_ten_seconds_is_unknown(hall: Desk) -> None:
    stands(hall.conn, ROAD, checked=timedelta(seconds=10))
    stands(hall.conn, DESK, "frozen", since=timedelta(minutes=12))
    told = hall.ask(f"/api/cameras.json?shown={DESK},{ROAD}").json
    assert [told["cameras"][camera]["condition"] for camera in (DESK, ROAD)] == ["frozen", "unknown"]
    assert told["troubled"] == {DESK: "frozen", ROAD: "unknown"}
    assert told["now"] - told["cameras"][DESK]["since"] == pytest.approx(720, abs=3)
    assert told["cameras"][ROAD]["cause"] == "dịch vụ camera im lặng"


def test_what_is_looked_at_is_asked_for_once_however_many_look(hall: Desk) -> None:
    for role in ("operator", "shift_lead", "operator"):
        hall.ask(f"/api/cameras.json?shown={DESK},{POLICE}", role)
    wanted = rows(hall.conn, "select camera_id, wanted_until > clock_timestamp(), live_until::text, xmin::text from camera_wanted")
    assert [row[:2] for row in wanted] == [(DESK, True)]
    hall.ask(PICTURE + DESK, "shift_lead")
    assert rows(hall.conn, "select camera_id, wanted_until > clock_timestamp(), live_until::text, xmin::text from camera_wanted") == wanted


def test_live_view_is_a_line_of_the_ledger_and_pictures_as_they_come(hall: Desk) -> None:
    with watching(hall, DESK, hall.cookies["operator"]) as answer:
        assert answer.status == 200
        assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=ioc-frame"
        for n in range(3):
            head = {line.partition(b": ")[0]: line.partition(b": ")[2].strip() for line in iter(answer.readline, b"\r\n")}
            assert answer.read(int(head[b"Content-Length"]) + 2)[:2] == b"\xff\xd8"
            shows(hall.conn, DESK, jpeg(f"picture {n}"))
        assert one(hall.conn, "select live_until > clock_timestamp() from camera_wanted where camera_id = %s", DESK)
    assert [line[1] for line in ledger(hall.conn, "camera.watched")] == [f"camera:{DESK}"]


def test_person_watches_one_camera_and_a_process_four(hall: Desk) -> None:
    with watching(hall, DESK, hall.cookies["operator"]) as answer:
        assert answer.status == 200
        second = hall.ask(LIVE + ROAD)
        assert (second.status, "cửa sổ khác" in second.json["error"]) == (429, True)
        others = [hall.signed(f"more-{n}", "operator") for n in range(4)]
        with watching(hall, DESK, others[0]), watching(hall, DESK, others[1]), watching(hall, ROAD, others[2]) as third:
            assert third.status == 200
            fifth = hall.ask(LIVE + DESK, Cookie=others[3])
            assert (fifth.status, "đủ số người" in fifth.json["error"]) == (503, True)
    assert len(ledger(hall.conn, "camera.watched")) == 4

    def begins() -> bool:
        with watching(hall, ROAD, hall.cookies["operator"]) as again:
            return again.status == 200

    eventually(begins)


def test_live_view_ends_with_the_session(hall: Desk, dsn: str) -> None:
    with watching(hall, DESK, hall.cookies["operator"]) as answer, connect(dsn, application="test", autocommit=True) as conn:
        answer.readline()
        person = one(conn, "select person_id from person where login = 'operator'")
        sessions.end_others(conn, person, "test", By(actor="system:test", at=now()))
        shows(conn, DESK, jpeg("after"))
        assert b"--ioc-frame--" in answer.read()


def test_kept_picture_is_seen_with_a_line_by_whom_its_camera_is_open_to(hall: Desk) -> None:
    for camera, ref in ((DESK, "sha256:a"), (POLICE, "sha256:b"), ("OLD-7", "sha256:c")):
        keeps(hall.conn, camera, ref, jpeg(ref))
    seen = {role: [hall.ask(MEDIA + ref, role).status for ref in ("sha256:a", "sha256:b", "sha256:c")] for role in ("operator", "incident_command")}
    assert seen == {"operator": [200, 404, 404], "incident_command": [200, 200, 200]}
    assert [line[1] for line in ledger(hall.conn, "camera.media_seen")] == [f"camera:{camera}" for camera in (DESK, DESK, POLICE, "OLD-7")]
    hall.conn.execute("update camera_media set keep_until = clock_timestamp()")
    assert hall.ask(MEDIA + "sha256:a").status == 404


def test_report_names_its_nearest_cameras_to_whom_it_is_open(hall: Desk) -> None:
    hall.story.tell("report", "submitted", "PA-1", now() - timedelta(minutes=5), lon_deg=85.1450, lat_deg=-20.1752, channel="web", category="TR-ROAD")
    hall.story.tell("report", "submitted", "PA-2", now() - timedelta(minutes=3), lon_deg=85.3, lat_deg=-20.3)
    hall.story.tell("incident", "reported", "VV-1", now() - timedelta(minutes=9), kind="fire", unit_code="99004", unit_valid_on="2025-07-01",
                    org_code="X99.9001", lon_deg=85.1461, lat_deg=-20.1762)
    hall.story.hear(now())
    near = hall.ask("/api/cameras/near.json?report=PA-1").json["cameras"]
    assert [(camera["id"], camera["condition"]) for camera in near] == [(DESK, "ok"), (ROAD, "ok")]
    assert near[0]["distance_m"] == pytest.approx(22, abs=2)
    assert hall.ask("/api/cameras/near.json?report=PA-2").json["cameras"] == []
    assert [hall.ask(f"/api/cameras/near.json?report={code}", role).status for code, role in
            (("PA-9", "operator"), ("PA-1", "incident_command"))] == [404, 404]
    around = {role: hall.ask(f"/api/cameras/around.json?camera={DESK}", role).json for role in ("operator", "incident_command")}
    kinds = {role: [(event["kind"], event["id"]) for event in told["events"]] for role, told in around.items()}
    assert kinds == {"operator": [("report", "PA-1"), ("incident", "VV-1")], "incident_command": [("incident", "VV-1")]}
    # Whoever handles incidents sees where it is; all others see the point of the grid of 250 m.
    assert around["incident_command"]["events"][0]["place"] == [85.1461, -20.1762] != around["operator"]["events"][1]["place"]
    assert hall.ask("/api/cameras/around.json").status == hall.ask(f"/api/cameras/around.json?camera={DESK}&report=PA-1").status == 400


def test_opened_camera_tells_counts_turns_and_detections(hall: Desk) -> None:
    at = now() - timedelta(minutes=20)
    for minutes, waiting in ((0, 4), (6, 9), (12, 7)):
        hall.story.tell("camera", "occupancy", DESK, at + timedelta(minutes=minutes), waiting=waiting, staff_present=2, unit_code="99004")
    for minutes, condition in ((0, "ok"), (1, "ok"), (2, "frozen"), (3, "frozen"), (4, "ok")):
        hall.story.tell("camera", "status", DESK, at + timedelta(minutes=minutes), online=condition == "ok", condition=condition, unit_code="99004")
    for minutes, phase in ((5, "new"), (6, "update"), (8, "end")):
        hall.story.tell("camera", "detection", DESK, at + timedelta(minutes=minutes), kind="crowd", detection_id="d1", phase=phase, confidence_ratio=0.9,
                        unit_code="99004")
    hall.story.hear(now())
    told = hall.ask(f"/api/cameras/one.json?camera={DESK}").json
    assert told["hour"]["last"]["waiting"] == 7
    assert max(row["waiting"] for row in told["hour"]["bins"]) == 9
    assert [(event["kind"], event.get("condition") or event["title"]) for event in told["events"]] == [
        ("detection", "tụ tập đông người"), ("condition", "ok"), ("condition", "frozen"), ("condition", "ok")]
    assert told["events"][0]["until"] - told["events"][0]["at"] == pytest.approx(180, abs=1)
