"""`/console/cameras/review`: what cameras detected and CT-02 say is confirmed or rejected by a person who looks at the picture, or corrected."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.alerts.board import Alert, open_alerts
from ioc.api.alert_words import Hand
from ioc.api.alerts_json import Board, reach
from ioc.api.answers import answer
from ioc.api.bodies import json_of
from ioc.api.cameras import PATH, PREFIX, Hall
from ioc.api.cameras_words import CONDITIONS, Teller
from ioc.cameras.reach import NEEDS, UNLISTED
from ioc.cameras.sites import Camera
from ioc.db.connect import Connection
from ioc.decisions.decide import Office
from ioc.decisions.detections import VERDICTS, Detection, Done, Eyes, Review, Waiting, done, judge, waiting
from ioc.decisions.verdicts import ConflictError
from ioc.people.principal import Principal
from ioc.words import unix

UNMANNED = "CT-02"
"""The rule whose alerts a person checks against the picture (domain notes §0.4)."""
MAX_BODY, READ_S = 10_000, 10.0
_PRIVATE = {"Cache-Control": "no-store"}


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    camera: Annotated[str, msgspec.Meta(max_length=200)]
    detection: Annotated[str, msgspec.Meta(max_length=500)]
    verdict: Literal["confirmed", "rejected"]
    reason: str = ""
    corrects: Annotated[str, msgspec.Meta(max_length=200)] = ""


assert {"confirmed", "rejected"} == set(VERDICTS)


def add_cameras_review(server: FastAPI, hall: Hall, board: Board, office: Office) -> None:
    """Put the page and its verdicts on the server."""
    @server.get(PATH + "/review")
    async def page(request: Request) -> Response:
        names = {code: hall.desk.text(name) for code, name in CONDITIONS.items()}
        return hall.desk.page(request, "cameras_review.html", "Xem lại phát hiện của camera", conditions=names)

    @server.get(PREFIX + "review.json")
    async def listing(request: Request) -> Response:
        return await answer(_listing(hall, board, office, request))

    @server.post(PREFIX + "review")
    async def judged(request: Request) -> Response:
        return await answer(_judged(hall, office, request))


def eyes_of(hall: Hall, who: Principal) -> Eyes:
    return Eyes(seen=tuple(hall.shelf.seen_by(who)), listed=tuple(camera.code for camera in hall.shelf.cameras),
                others=who.may(NEEDS[UNLISTED]) and who.scope(NEEDS[UNLISTED]).unlimited)


async def _listing(hall: Hall, board: Board, office: Office, request: Request) -> Response:
    desk, who, teller = hall.desk, hall.desk.who(request), await hall.teller()
    now, eyes, seen = desk.clock.now(), eyes_of(hall, who), hall.shelf.seen_by(who)

    def found(conn: Connection) -> tuple[Sequence[Waiting], Sequence[Done], list[Alert]]:
        alerts = [alert for alert in open_alerts(conn, reach(who)) if alert.rule_id == UNMANNED and alert.state == "raised"]
        return waiting(conn, eyes, now), done(conn, eyes, office), alerts

    detections, reviewed, alerts = await desk.database.ask(found)
    watching = {alert.alert_id: [c for c in seen.values() if c.point_id and c.point_id == alert.subject_ref] for alert in alerts}
    await hall.shelf.want({camera.code for those in watching.values() for camera in those})
    stand = await hall.shelf.stand()

    def pictured(camera: Camera) -> Mapping[str, Any]:
        return {**teller.card(camera), **teller.stands(stand.cameras.get(camera.code), stand.now_s)}

    lines = [{**board.line(board.teller(who), alert, Hand()), "point": _point(hall, alert, teller),
              "cameras": [pictured(camera) for camera in watching[alert.alert_id]]} for alert in alerts]
    told = [_detection(one, hall, seen, teller) for one in detections]
    again = [{**_detection(one, hall, seen, teller), "verdict": one.verdict, "reason": one.reason, "by": one.name, "at": unix(one.reviewed_at),
              "event_id": one.event_id, "turn": one.turn} for one in reviewed]
    return JSONResponse({"detections": told, "all": detections[0].all_waiting if detections else 0, "done": again, "alerts": lines,
                         "now": stand.now_s, "clock": unix(now)}, headers=_PRIVATE)


def _point(hall: Hall, alert: Alert, teller: Teller) -> str:
    """Name of the place that an alert is about: for whoever checks it, never for a wall."""
    point = next((point for point in hall.desk.profile.points if point.code == alert.subject_ref), None)
    if point is None:
        return alert.subject_ref or ""
    return point.name_en if teller.words.language == "en" else point.name


def _detection(one: Detection, hall: Hall, seen: Mapping[str, Camera], teller: Teller) -> Mapping[str, Any]:
    camera = seen.get(one.camera_id)
    unit = hall.desk.profile.unit_name(one.unit_code, one.unit_valid_on, teller.words.language)
    return {"camera": one.camera_id, "name": teller.name(camera) if camera else one.camera_id, "unit": unit, "detection": one.detection,
            "kind": teller.detection(one.kind), "from": unix(one.from_at), "to": unix(one.to_at), "phase": one.phase or "",
            "confidence": one.confidence_ratio, "method": one.method or "", "media_ref": one.media_ref or "", "simulated": one.simulated}


async def _judged(hall: Hall, office: Office, request: Request) -> Response:
    asked = await json_of(request, _Asked, "verdict", MAX_BODY, READ_S)
    who, by = hall.desk.who(request), hall.desk.by(request)
    review = Review(camera_id=asked.camera, detection=asked.detection, verdict=asked.verdict, reason=asked.reason, corrects=asked.corrects,
                    key=request.headers.get("idempotency-key", "").strip('"'))
    eyes = eyes_of(hall, who)
    try:
        reviewed = await hall.desk.database.ask(lambda conn: judge(conn, review, who, eyes, office, address=by.address))
    except ConflictError as faster:
        changes = [{"fact": c.fact, "at": c.at.isoformat(), "by": c.by} for c in faster.changes]
        return JSONResponse({"error": str(faster), "state": faster.state, "changes": changes}, 409, headers=_PRIVATE)
    return JSONResponse({"event_id": reviewed.event_id, "verdict": reviewed.verdict}, headers=_PRIVATE)
