"""`/console/hotline`: a call becomes a report by keyboard alone: who calls, what, where, in what words; the receipt is read out."""

from typing import Annotated

import msgspec
import orjson
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.api.answers import answer
from ioc.api.bodies import json_of
from ioc.api.citizen import Counter
from ioc.contacts.fields import LONGEST, TEXT
from ioc.errors import InputError
from ioc.people.roles import Permission
from ioc.places.names import folded
from ioc.reports.callers import caller
from ioc.reports.filing import Filing, file
from ioc.reports.landmarks import landmarks_on, told
from ioc.reports.states import STATES
from ioc.reports.typed import line_typed, words_typed
from ioc.words import Words

PAGE = "/console/hotline"
MOST_BODY, READ_S = 64_000, 10.0
_PRIVATE = {"Cache-Control": "no-store"}
_Line = Annotated[str, msgspec.Meta(max_length=300)]


class _Call(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a call that is filed. `landmark`: a code of the list; `unit`: of a commune or ward."""

    category: _Line
    text: Annotated[str, msgspec.Meta(max_length=LONGEST[TEXT])]
    telephone: _Line = ""
    name: _Line = ""
    landmark: _Line = ""
    unit: _Line = ""
    address: _Line = ""


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    telephone: _Line


def add_hotline(server: FastAPI, at: Counter) -> None:
    """Put the page and what it asks for on the server."""
    @server.get(PAGE)
    async def page(request: Request) -> Response:
        text = at.desk.words()
        return at.desk.page(request, "hotline.html", "Tiếp nhận cuộc gọi", given=_given(at, text), hotline=at.rules.hotline)

    @server.post("/api/hotline/caller")
    async def earlier(request: Request) -> Response:
        return await answer(_earlier(at, request))

    @server.post("/api/hotline")
    async def filed(request: Request) -> Response:
        return await answer(_filed(at, request))


def _given(at: Counter, text: Words) -> str:
    """What the page searches without the network, as JSON: categories, places, units."""
    profile, day, english = at.desk.profile, at.today(), text.language == "en"
    units = {u.code: u.name_en if english else u.name for u in profile.units_on(day)}
    categories = [{"code": c.code, "name": c.name_en if english else c.name, "priority": c.priority, "key": folded(f"{c.name} {c.name_en} {c.code}"),
                   "contact": c.code in at.rules.contact_for} for c in profile.categories]
    places = told(landmarks_on(at.landmarks, day), units, text.language)
    whole = [{"code": "", "unit": code, "name": name, "unitName": "", "kind": "unit", "key": folded(name)} for code, name in units.items()]
    return orjson.dumps({"categories": categories, "places": [*places, *whole]}).decode()


async def _earlier(at: Counter, request: Request) -> Response:
    asked = await json_of(request, _Asked, "call", MOST_BODY, READ_S)
    desk, text, who = at.desk, at.desk.words(), at.desk.who(request)
    found = await desk.database.ask(lambda conn: caller(conn, desk.seals(), who, asked.telephone))
    last = [{"subject": one.subject, "category": desk.profile.category_name(one.category, text.language), "state": text(STATES[one.state]),
             "at": text.minute(one.submitted_at), "open": one.is_open} for one in found.last]
    return JSONResponse({"reports": found.reports, "open": found.open, "rejected": found.rejected, "last": last,
                         "share": text.share(found.rejected, found.reports)}, headers=_PRIVATE)


async def _filed(at: Counter, request: Request) -> Response:
    key = request.headers.get("idempotency-key", "").strip('"')
    if not key:
        raise InputError("the header Idempotency-Key is missing: give each call a key of its own, so that it counts once")
    who, call = at.desk.who(request), await json_of(request, _Call, "call", MOST_BODY, READ_S)
    made = _filing(at, call, who.actor, key)
    if not who.may(Permission.REPORTS_TRIAGE):
        raise InputError("calls are taken by those who take reports in")
    filed = await at.desk.database.ask(lambda conn: file(conn, made, at.door()))
    return JSONResponse({"subject": filed.subject, "receipt": filed.receipt}, 201 if filed.is_new else 200, headers=_PRIVATE)


def _filing(at: Counter, call: _Call, actor: str, key: str) -> Filing:
    profile, day = at.desk.profile, at.today()
    if call.category not in {c.code for c in profile.categories}:
        raise InputError(f"'{call.category[:40]}' is no category of this province")
    place = next((one for one in landmarks_on(at.landmarks, day) if one.code == call.landmark), None)
    unit = profile.units.at(call.unit or (place.unit_code if place else ""), day)
    if (call.landmark and place is None) or (call.unit and unit is None):
        raise InputError("the place is none of the list: choose it again")
    text = words_typed(call.text)
    address = ", ".join(part for part in (line_typed(call.address), place.name if place else "", unit.name if unit else "") if part)
    if not text or not address:
        raise InputError("a report needs words and a place")
    contact = {"telephone": line_typed(call.telephone), "name": line_typed(call.name)}
    if call.category in at.rules.contact_for and not contact["telephone"]:
        raise InputError("this category is not taken without a telephone number")
    return Filing(
        category=call.category, channel="phone", text=text, actor=actor, key=key, contact={n: v for n, v in contact.items() if v},
        address=address[:500], lon_deg=place.lon_deg if place else None, lat_deg=place.lat_deg if place else None,
        accuracy_m=place.accuracy_m if place else None,
        reporter_kind="enterprise" if call.category.startswith("BU-") else "citizen", unit_code=unit.code if unit else "")
