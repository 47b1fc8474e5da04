"""One camera in full; cameras near a report; `/console/cameras/around`: reports, incidents, detections, cameras on one map and one line of time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.api.answers import answer
from ioc.api.cameras import PATH, PREFIX, Hall
from ioc.api.cameras_words import CONDITIONS, Teller
from ioc.cameras import around, shown
from ioc.cameras.around import Happening, Place
from ioc.cameras.sites import Camera
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.kpi.security_traffic import INCIDENTS
from ioc.people.principal import Principal
from ioc.places.distance import metres
from ioc.reports.states import STATES
from ioc.words import unix

BESIDE = timedelta(hours=2)
"""Before and after a report or an incident."""
DAY = timedelta(hours=24)
KINDS = {"traffic_accident": "accident"}
"""Words of the stream → of the catalogue, where they differ."""
STEPS = {"reported": "đã báo", "dispatched": "đã điều lực lượng", "arrived": "đã tới nơi", "cleared": "đã xử lý xong"}
_PRIVATE = {"Cache-Control": "no-store"}


def add_cameras_around(server: FastAPI, hall: Hall) -> None:
    """Put the paths on the server."""
    @server.get(PREFIX + "one.json")
    async def one(request: Request) -> Response:
        return await answer(_one(hall, request))

    @server.get(PREFIX + "near.json")
    async def near(request: Request) -> Response:
        return await answer(_near(hall, request))

    @server.get(PREFIX + "around.json")
    async def beside(request: Request) -> Response:
        return await answer(_around(hall, request))

    @server.get(PATH + "/around")
    async def page(request: Request) -> Response:
        text = hall.desk.text
        return hall.desk.page(request, "cameras_around.html", "Camera và diễn biến quanh đây",
                              conditions={code: text(name) for code, name in CONDITIONS.items()})


async def _one(hall: Hall, request: Request) -> Response:
    """A camera with its counts of the last hour, its last day, and what happened around it."""
    who, now, teller = hall.desk.who(request), hall.desk.clock.now(), await hall.teller()
    camera = hall.camera(who, request.query_params.get("camera", ""))
    place = (camera.lon_deg, camera.lat_deg)

    def found(conn: Connection) -> dict[str, Any]:
        beside = around.happenings(conn, who, place, now - DAY, now)[:8]
        return {"hour": shown.hour(conn, camera.code, now), "events": _camera_events(conn, {camera.code: camera}, now - DAY, now, teller),
                "beside": [_told(one, place, teller) for one in beside]}

    await hall.shelf.want([camera.code])
    told = await hall.desk.database.ask(found)
    stand = await hall.shelf.stand()
    return JSONResponse({**teller.card(camera), "stands": teller.stands(stand.cameras.get(camera.code), stand.now_s), "now": stand.now_s, **told},
                        headers=_PRIVATE)


async def _near(hall: Hall, request: Request) -> Response:
    """The cameras nearest to a report that this person may read, of those whose pictures they may see."""
    who, subject = hall.desk.who(request), request.query_params.get("report", "").replace("\0", "")
    report = await hall.desk.database.ask(lambda conn: around.report(conn, who, subject))
    teller, seen = await hall.teller(), hall.shelf.seen_by(who)
    found = around.nearest(seen.values(), report.place)[:around.MOST_CAMERAS] if report.place else []
    stand = await hall.shelf.stand()
    cameras = [{**teller.card(c), **teller.stands(stand.cameras.get(c.code), stand.now_s), "distance_m": round(far)} for far, c in found]
    names = {code: teller.words(name) for code, name in CONDITIONS.items()}
    return JSONResponse({"cameras": cameras, "conditions": names, "place": report.place is not None}, headers=_PRIVATE)


async def _around(hall: Hall, request: Request) -> Response:
    who, now, teller = hall.desk.who(request), hall.desk.clock.now(), await hall.teller()
    query = {name: request.query_params.get(name, "").replace("\0", "")[:200] for name in ("report", "incident", "camera")}
    if sum(map(bool, query.values())) != 1:
        raise InputError("name one thing to look around: report=…, incident=… or camera=…")
    seen = hall.shelf.seen_by(who)
    camera = hall.camera(who, query["camera"]) if query["camera"] else None

    def found(conn: Connection) -> dict[str, Any]:
        centre = _camera_as_one(camera, now) if camera else _centre(conn, who, query)
        if centre.place is None:
            return {"centre": _told(centre, None, teller), "cameras": [], "events": [], "since": unix(now), "until": unix(now)}
        since, until = centre.at - BESIDE, min(now, centre.at + BESIDE)
        near = around.nearest(seen.values(), centre.place, around.EVENTS_WITHIN_M)
        beside = [one for one in around.happenings(conn, who, centre.place, since, until) if one.subject != centre.subject]
        events = [*(_told(one, centre.place, teller) for one in beside),
                  *_camera_events(conn, {c.code: c for _, c in near}, since, until, teller)]
        return {"centre": _told(centre, None, teller, camera), "since": unix(since), "until": unix(until),
                "events": sorted(events, key=lambda one: -one["at"]),
                "cameras": [(round(far), c) for far, c in near]}

    told = await hall.desk.database.ask(found)
    stand = await hall.shelf.stand()
    told["cameras"] = [{**teller.card(c), **teller.stands(stand.cameras.get(c.code), stand.now_s), "distance_m": far,
                        "place": [c.lon_deg, c.lat_deg]} for far, c in told["cameras"]]
    return JSONResponse({**told, "now": unix(now)}, headers=_PRIVATE)


def _centre(conn: Connection, who: Principal, query: Mapping[str, str]) -> Happening:
    return around.report(conn, who, query["report"]) if query["report"] else around.incident(conn, who, query["incident"])


def _camera_as_one(camera: Camera, now: datetime) -> Happening:
    return Happening(kind="camera", subject=camera.code, what=camera.kind, state="", at=now, place=(camera.lon_deg, camera.lat_deg), simulated=False)


def _told(one: Happening, centre: Place | None, teller: Teller, camera: Camera | None = None) -> dict[str, Any]:
    """A report or an incident in words; `distance_m` from a centre, None = it has no place, or is the centre itself."""
    if one.kind == "report":
        title, state = teller.profile.category_name(one.what, teller.words.language), STATES.get(one.state, "")
    else:
        title = teller.name(camera) if camera else teller.words(INCIDENTS.get(KINDS.get(one.what, one.what), INCIDENTS["other"]))
        state = STEPS.get(one.state, "")
    return {"kind": one.kind, "id": one.subject, "title": title, "state": teller.words(state) if state else "", "at": unix(one.at),
            "place": one.place, "distance_m": round(metres(centre, one.place)) if centre and one.place else None, "simulated": one.simulated}


def _camera_events(conn: Connection, cameras: Mapping[str, Camera], since: datetime, until: datetime, teller: Teller) -> list[dict[str, Any]]:
    """What some cameras told: turns of their condition, and detections with what a person said of them; the newest first."""
    if not cameras:
        return []
    found: list[dict[str, Any]] = [_event("condition", cameras[row["camera_id"]], row["at_s"], teller, condition=row["condition"],
                                          title=teller.words(CONDITIONS.get(row["condition"], CONDITIONS["unknown"])))
                                   for row in shown.turns(conn, list(cameras), since, until)]
    found += [_event("detection", cameras[row["camera_id"]], row["from_s"], teller, title=teller.detection(row["kind"]), until=row["to_s"],
                     confidence=row["confidence_ratio"], media_ref=row["media_ref"] or "", verdict=teller.verdict(row["verdict"]),
                     reviewed=row["verdict"] is not None) for row in shown.detections(conn, list(cameras), since, until)]
    return _newest_first(found)


def _event(kind: str, camera: Camera, at_s: float, teller: Teller, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": camera.code, "camera": teller.name(camera), "at": at_s, "place": [camera.lon_deg, camera.lat_deg], **more}


def _newest_first(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda one: -one["at"])
