"""`/console/alerts`: the desk of whoever answers alerts; `/console/alerts/rules`: how each rule stands, and what it goes by."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response

from ioc.alerts.board import rule_states
from ioc.alerts.rule import Rule
from ioc.alerts.wording import title
from ioc.api.access import EXACT, may
from ioc.api.alert_words import span, thresholds
from ioc.api.alerts_json import Board, add_alerts_json
from ioc.clock import local_day
from ioc.decisions.acts import LONGEST_SILENCE
from ioc.people.roles import Permission
from ioc.words import NONE, Words

FATIGUE = "/console/alerts/fatigue"


def add_console_alerts(server: FastAPI, board: Board, titles: Mapping[str, str]) -> None:
    """Put the pages and what they ask for on the server. `titles`: of the panels, by key."""
    add_alerts_json(server, board)

    @server.get("/console/alerts")
    async def alerts(request: Request) -> Response:
        who, text = board.desk.who(request), board.desk.words()
        permissions = {"act": Permission.ALERTS_ACT, "grave": Permission.ALERTS_CLOSE_4, "task": Permission.TASKS_GIVE}
        shown = sorted({rule.panel for rule in board.register.rules.values()})
        sound = board.register.sound
        return board.desk.page(
            request, "alerts.html", "Cảnh báo đang mở", may={name: who.may(p) for name, p in permissions.items()},
            panels=[(key, text(titles[key]) if key in titles else key) for key in shown], agencies=_agencies(board, text),
            sound={"severity": sound.severity, "from": sound.quiet_from, "until": sound.quiet_until, "grave": sound.grave},
            longest_h=LONGEST_SILENCE.total_seconds() / 3600, fatigue=_fatigue(request, board))

    @server.get("/console/alerts/rules")
    async def rules(request: Request) -> Response:
        found = await board.desk.database.ask(rule_states)
        text = board.desk.words()
        rows = [_row(rule, found.get(number), board, text) for number, rule in board.register.rules.items()]
        return board.desk.page(request, "alert_rules.html", "Quy tắc cảnh báo", rows=rows, titles=titles, fatigue=_fatigue(request, board))


def _fatigue(request: Request, board: Board) -> str:
    """Address of the page of alerts that tire; '' where there is none for this person."""
    return FATIGUE if FATIGUE in EXACT and may(board.desk.who(request), EXACT[FATIGUE]) else ""


def _agencies(board: Board, text: Words) -> list[tuple[str, str]]:
    day = local_day(board.desk.clock.now())
    there = [a for a in board.desk.profile.agencies if a.valid_on(day)]
    return [(a.code, a.name_en if text.language == "en" else a.name) for a in sorted(there, key=lambda a: (a.unit_code != "", a.code))]


def _row(rule: Rule, found: Mapping[str, Any] | None, board: Board, text: Words) -> Mapping[str, Any]:
    """How a rule stands: what the register says, else what the engine wrote down, else that it was never looked at."""
    given = board.register.state(rule)
    state = given if given != "watching" else found["state"] if found else "never"
    return {
        "id": rule.id, "panel": rule.panel, "title": title(rule, text), "state": state, "note": _note(rule, state, found, text),
        "levels": thresholds(rule, board.register.watch(rule).unit, text), "basis": rule.basis, "kind": rule.basis_kind,
        "parameters": {**rule.parameters, **dict.fromkeys(rule.unset, NONE)}, "every": span(rule.every_s, text),
        "open": found["open_count"] if found else 0, "at": text.moment(found["evaluated_at"]) if found else NONE,
        "took": text.number(found["took_ms"], 0) if found and found["took_ms"] is not None else NONE,
    }


def _note(rule: Rule, state: str, found: Mapping[str, Any] | None, text: Words) -> str:
    if state == "unset":
        return text("thiếu: {names}", names=", ".join(rule.unset))
    return str(found["note"]) if found and state in {"held", "failed"} else ""
