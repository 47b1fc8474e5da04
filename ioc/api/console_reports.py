"""`/console/reports`: the desk of citizens' reports, worked by keyboard."""

from typing import Any

from fastapi import FastAPI, Request, Response

from ioc.api.access import CAMERAS, may
from ioc.api.desk import Desk
from ioc.api.reports_json import Counter, add_reports_json
from ioc.api.reports_stream import Watch
from ioc.clock import local_day
from ioc.panels._citizen_reports_pictures import CHANNELS
from ioc.people.roles import Permission
from ioc.reports.public import REASONS
from ioc.reports.replies import load_replies
from ioc.reports.states import STATES
from ioc.streams.engine.rules import rules_of
from ioc.words import Words, order


def add_console_reports(server: FastAPI, desk: Desk, watch: Watch) -> None:
    """Put the page and what it asks for on the server."""
    add_reports_json(server, Counter(desk=desk, rules=rules_of(desk.profile), watch=watch))
    replies = load_replies(desk.profile.folder)

    @server.get("/console/reports")
    async def reports(request: Request) -> Response:
        who, text = desk.who(request), desk.words()
        told = [{"code": r.code, "fact": r.fact, "text": r.text_en if text.language == "en" else r.text} for r in replies]
        return desk.page(
            request, "reports.html", "Tiếp nhận phản ánh", choices=_choices(desk, text) | {"replies": told, "names": _names(text)},
            may={"triage": who.may(Permission.REPORTS_TRIAGE), "cameras": may(who, CAMERAS)},
            states={code: text(name) for code, name in STATES.items()})


def _names(text: Words) -> dict[str, dict[str, str]]:
    """Names of codes, by kind."""
    kinds = {"states": STATES, "reasons": REASONS, "channels": CHANNELS}
    contact = {"name": text("Họ tên"), "telephone": text("Điện thoại"), "email": text("Thư điện tử"), "address": text("Địa chỉ")}
    return {kind: {code: text(name) for code, name in names.items()} for kind, names in kinds.items()} | {"contact": contact}


def _choices(desk: Desk, text: Words) -> dict[str, list[dict[str, Any]]]:
    """What is chosen from, by the names of the day."""
    profile, day, is_english = desk.profile, local_day(desk.clock.now()), text.language == "en"
    agencies = sorted((a for a in profile.agencies if a.valid_on(day)), key=lambda a: (a.unit_code != "", order(a.name)))
    return {
        "agencies": [{"code": a.code, "name": a.name_en if is_english else a.name} for a in agencies],
        "categories": [{"code": c.code, "name": c.name_en if is_english else c.name, "priority": c.priority} for c in profile.categories],
        "units": [{"code": u.code, "name": u.name_en if is_english else u.name} for u in sorted(profile.units_on(day), key=lambda u: order(u.name))]}
