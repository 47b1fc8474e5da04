"""Detections reviewed by a person: once, with a line of the ledger and a promised event, by whoever sees the camera."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.integration.camera_desk import DESK, POLICE, Desk, desk, now, with_cameras
from tests.integration.contacts_desk import ledger
from tests.integration.decisions_desk import publish_owed
from tests.integration.streams_db import one, rows
from tests.integration.web_server import Answer

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
    assert rows(hall.conn, "select bool_or(reviewed), bool_or(confirmed) from detection_hourly where detection = 'd1'") == [(True, True)]


@pytest.mark.parametrize("which", [1, 2])
def test_detection_without_an_id_is_one_with_its_review(hall: Desk, which: int) -> None:
    key = listed(hall)[which][1]
    assert judged(hall, key, "rejected", reason="người quét rác").status == 200
    publish_owed(hall.conn, hall.story.broker)
    hall.story.hear(now())
    found = rows(hall.conn, "select count(*), bool_or(confirmed) from (select detection, bool_or(reviewed) as r, bool_or(confirmed) as confirmed "
                            "from detection_hourly group by detection) as d where detection = %s and r", key)
    assert found == [(1, False)]


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
