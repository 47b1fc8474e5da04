"""Detections reviewed by a person: once, with a line of the ledger and a promised event, by whoever sees the camera."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
import pytest
from psycopg.rows import dict_row

from ioc.db.queries import named
from tests.integration.camera_desk import DESK, POLICE, Desk, desk, now, with_cameras
from tests.integration.contacts_desk import ledger
from tests.integration.decisions_desk import publish_owed
from tests.integration.streams_db import one, rows
from tests.integration.web_server import Answer

CONFIRMED = "coalesce(max(confirmed_at) > coalesce(max(rejected_at), '-infinity'), false)"
KPI = named(resources.files("ioc.kpi").joinpath("security_traffic.sql"))
PATH, LIST = "/api/cameras/review", "/api/cameras/review.json"


@pytest.fixture
def hall(dsn: str, province: Path) -> Iterator[Desk]:
    with desk(dsn, with_cameras(province)) as made:
        for minutes, phase in ((30, "new"), (28, "update"), (25, "end")):
            told(made, DESK, minutes, detection_id="d1", phase=phase, kind="crowd", media_ref=f"sha256:{phase}", confidence_ratio=0.8, method="hog")
        told(made, DESK, 20, kind="after_hours", media_ref="sha256:x")
        told(made, DESK, 15, kind="littering")
        told(made, POLICE, 10, detection_id="d2", kind="crowd", phase="new")
        made.story.hear(now())
        yield made


def told(at: Desk, camera: str, minutes: int, **data: Any) -> None:
    at.story.tell("camera", "detection", camera, now() - timedelta(minutes=minutes), **{"unit_code": "99004", **data})


def judged(at: Desk, detection: str = "d1", verdict: str = "confirmed", role: str = "operator", **more: Any) -> Answer:
    key, cookie = more.pop("key", "click-0001"), more.pop("cookie", at.cookies[role])
    body = {"camera": more.pop("camera", DESK), "detection": detection, "verdict": verdict, **more}
    return at.ask(PATH, method="POST", body=orjson.dumps(body), Cookie=cookie, **{"Content-Type": "application/json", "Idempotency-Key": key})


def listed(at: Desk, role: str = "operator") -> list[tuple[str, str]]:
    return [(row["camera"], row["detection"]) for row in at.ask(LIST, role).json["detections"]]


def test_detection_waits_once_whatever_its_phases_and_for_whom_its_camera_is_open_to(hall: Desk) -> None:
    mine = hall.ask(LIST).json["detections"]
    assert [(row["kind"], row["phase"], row["media_ref"]) for row in mine] == [
        ("tụ tập đông người", "end", "sha256:end"), ("có người ngoài giờ", "", "sha256:x"), ("xả rác", "", "")]
    assert len(listed(hall, "incident_command")) == 4
    assert {hall.ask(LIST, role).status for role in ("leader", "focal_point")} == {403}


def test_verdict_is_one_line_one_promise_and_heard_by_the_figures(hall: Desk) -> None:
    answer = judged(hall)
    assert answer.status == 200
    assert ("CAM-01", "d1") not in listed(hall)
    assert one(hall.conn, "select count(*) from outbox where target = 'ioc.camera'") == 1
    assert [line[1] for line in ledger(hall.conn, "detection.confirmed")] == [f"camera:{DESK}"]
    publish_owed(hall.conn, hall.story.broker)
    hall.story.hear(now())
    review = rows(hall.conn, "select kind, reviewed_by, verdict, unit_code, simulated from camera_event where detection_id = 'd1' and verdict is not null")
    assert review == [("crowd", "operator", "confirmed", "99004", True)]
    assert rows(hall.conn, f"select bool_or(reviewed), {CONFIRMED} from detection_hourly where detection = 'd1'") == [(True, True)]


@pytest.mark.parametrize("which", [1, 2])
def test_detection_without_an_id_is_one_with_its_review(hall: Desk, which: int) -> None:
    key = listed(hall)[which][1]
    assert judged(hall, key, "rejected", reason="người quét rác").status == 200
    publish_owed(hall.conn, hall.story.broker)
    hall.story.hear(now())
    found = rows(hall.conn, f"select count(*), bool_or(confirmed) from (select detection, bool_or(reviewed) as r, {CONFIRMED} as confirmed "
                            "from detection_hourly group by detection) as d where detection = %s and r", key)
    assert found == [(1, False)]


def figures(at: Desk) -> tuple[int, int, int]:
    """Of the unit: detections, confirmed ones, confirmed crowds; as the panel counts them this hour and the last."""
    until = now()
    asked = {"time_machine": False, "since": until - timedelta(hours=26), "until": until, "known": until}
    row = at.conn.cursor(row_factory=dict_row).execute(KPI["detections"].encode(), asked).fetchone()
    assert row is not None
    return row["detected"], row["confirmed"], row["crowd_confirmed"]


def done(at: Desk, role: str = "operator") -> list[Mapping[str, Any]]:
    return list(at.ask(LIST, role).json["done"])


def test_corrected_verdict_counts_and_all_that_was_said_stands(hall: Desk) -> None:
    first = judged(hall).json["event_id"]
    assert [(row["detection"], row["verdict"], row["by"], row["turn"], row["media_ref"]) for row in done(hall)] == [
        ("d1", "confirmed", "Operator", 0, "sha256:end")]
    second = judged(hall, verdict="rejected", reason="bấm nhầm", corrects=first, key="click-0002", role="shift_lead")
    assert second.status == 200
    third = judged(hall, verdict="confirmed", reason="xem lại: đúng", corrects=second.json["event_id"], key="click-0003")
    assert third.status == 200
    assert [(row["verdict"], row["turn"], row["reason"]) for row in done(hall)] == [("confirmed", 2, "xem lại: đúng")]
    assert ("CAM-01", "d1") not in listed(hall)
    assert rows(hall.conn, "select turn, verdict from camera_review order by turn") == [(0, "confirmed"), (1, "rejected"), (2, "confirmed")]
    told_before = [orjson.loads(line[2]).get("before") for action in ("detection.confirmed", "detection.rejected") for line in ledger(hall.conn, action)]
    assert [before and (before["verdict"], before["by"]) for before in told_before] == [None, ("rejected", "Shift-Lead"), ("confirmed", "Operator")]


@pytest.mark.parametrize("verdicts", [("confirmed", "rejected"), ("rejected", "confirmed"), ("confirmed", "rejected", "confirmed")])
@pytest.mark.parametrize("is_heard_between", [False, True])
def test_last_verdict_is_the_figures_in_whatever_order_they_arrive(hall: Desk, verdicts: tuple[str, ...], is_heard_between: bool) -> None:  # noqa: FBT001
    before, said = figures(hall), ""
    for n, verdict in enumerate(verdicts):
        said = judged(hall, verdict=verdict, reason="vì thế", corrects=said, key=f"click-000{n}").json["event_id"]
        if is_heard_between:
            publish_owed(hall.conn, hall.story.broker)
            hall.story.hear(now())
    assert one(hall.conn, "select count(distinct told_at) from camera_review") == len(verdicts)
    publish_owed(hall.conn, hall.story.broker)
    hall.story.hear(now())
    is_confirmed = int(verdicts[-1] == "confirmed")
    assert figures(hall) == (before[0], before[1] + is_confirmed, before[2] + is_confirmed)


@pytest.mark.parametrize(("more", "status"), [
    ({"corrects": "no such event"}, 409), ({}, 409), ({"corrects": "FIRST", "reason": ""}, 400), ({"corrects": "FIRST", "verdict": "confirmed"}, 400),
    ({"corrects": "FIRST", "detection": "d2", "camera": POLICE}, 404), ({"corrects": "FIRST", "role": "leader"}, 403)])
def test_correction_that_cannot_stand_is_refused_and_leaves_what_was_said(hall: Desk, more: dict[str, Any], status: int) -> None:
    first = judged(hall).json["event_id"]
    if more.get("corrects") == "FIRST":
        more = {**more, "corrects": first}
    answer = judged(hall, **{"verdict": "rejected", "reason": "vì thế", "key": "click-0002", **more})
    assert answer.status == status
    assert rows(hall.conn, "select verdict from camera_review") == [("confirmed",)]


def test_correction_of_what_nobody_reviewed_is_refused(hall: Desk) -> None:
    assert judged(hall, corrects="some event", reason="vì thế").status == 404


def test_of_two_corrections_at_once_one_stands_and_the_other_is_told(hall: Desk) -> None:
    first = judged(hall).json["event_id"]
    assert judged(hall, verdict="rejected", reason="a", corrects=first, key="click-0002").status == 200
    late = judged(hall, verdict="rejected", reason="b", corrects=first, key="click-0003", role="shift_lead")
    assert (late.status, [change["fact"] for change in late.json["changes"]]) == (409, ["rejected"])


def test_verdict_told_from_outside_can_be_corrected_here(hall: Desk) -> None:
    told(hall, DESK, 12, detection_id="d1", kind="crowd", reviewed_by="traffic_police", verdict="rejected")
    hall.story.hear(now())
    outside = judged(hall, verdict="confirmed")
    assert (outside.status, [change["by"] for change in outside.json["changes"]]) == (409, ["traffic_police"])
    event = one(hall.conn, "select event_id from camera_event where verdict = 'rejected'")
    assert judged(hall, verdict="confirmed", reason="có mặt tại chỗ", corrects=event, key="click-0002").status == 200


def test_same_click_counts_once_and_who_is_slower_is_told_who_was_faster(hall: Desk) -> None:
    first, again = judged(hall), judged(hall)
    assert (first.status, first.body) == (again.status, again.body)
    late = judged(hall, verdict="rejected", reason="nhầm", key="click-0002", role="shift_lead")
    assert late.status == 409
    assert [(change["fact"], change["by"]) for change in late.json["changes"]] == [("confirmed", "Operator")]
    assert judged(hall, listed(hall)[0][1]).status == 400  # the key of another verdict
    assert len(rows(hall.conn, "select 1 from camera_review")) == 1
    assert len(ledger(hall.conn, "detection.rejected")) == 0


@pytest.mark.parametrize(("more", "status"), [
    ({"verdict": "rejected"}, 400), ({"verdict": "perhaps"}, 400), ({"key": ""}, 400), ({"key": "short"}, 400), ({"detection": "d9"}, 404),
    ({"camera": POLICE, "detection": "d2"}, 404), ({"camera": "CAM-99"}, 404), ({"role": "leader"}, 403), ({"role": "focal_point"}, 403),
    ({"reason": "x" * 2001}, 400), ({"actor": "person:1"}, 400)])
def test_verdict_that_cannot_stand_is_refused_and_leaves_nothing(hall: Desk, more: dict[str, Any], status: int) -> None:
    assert judged(hall, **more).status == status
    assert rows(hall.conn, "select 1 from camera_review") == rows(hall.conn, "select 1 from decision_key") == []


def test_another_sites_page_reviews_nothing(hall: Desk) -> None:
    answer = hall.ask(PATH, method="POST", body=b"{}", Origin="http://elsewhere.example", **{"Content-Type": "application/json"})
    assert answer.status == 403


def test_reason_keeps_no_telephone_number(hall: Desk) -> None:
    assert judged(hall, verdict="rejected", reason="gọi 0912345678 rồi").status == 200
    assert "0912345678" not in ledger(hall.conn, "detection.rejected")[0][2]
    assert "0912345678" not in one(hall.conn, "select reason from camera_review")
