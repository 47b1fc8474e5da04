"""The figures of panel 5 in plain Python: documents, tasks, conferences, and what is told of them for a whole period."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ioc.clock import local_day
from tests.oracle import CALENDAR, Fields
from tests.truth.expected import Counts, Figures, Formula, Made, View, add, by_formula, same

Told = Iterator[tuple[str, datetime | None, dict[str, Any]]]
"""(unit, moment, what it adds to the moment's day)."""

URGENCIES = ("normal", "urgent", "very_urgent", "express")
LEVELS = ("central", "province", "district", "commune")
HELD = {"arrived", "accepted", "assigned", "processing"}
TASK_OPEN = {"assigned", "acknowledged", "in_progress", "returned"}

DOCUMENTS_TASKS = same(
    "sent", "arrived", *(f"{way}_{kind}" for way in ("sent", "arrived") for kind in (*URGENCIES, *LEVELS)), "finished", "recalled", "open",
    "unregistered", "unregistered_late", "overdue", "tasks_assigned", "tasks_on_time", "tasks_late", "tasks_undated", "tasks_in_time",
    "tasks_overdue", "tasks_unacknowledged", "tasks_unacknowledged_late", "tasks_open", "tasks_due_soon", "tasks_extended", "tasks_returned",
    "tasks_cancelled", "tasks_reopened", "sessions", "points_joined", "points_absent", "long_losses", "sessions_running", "points_connected",
    "points_lost",
) | {
    "signed_rate": Formula(("sent_signed",), ("sent",), 100),
    "registered_on_time_rate": Formula(("registered_on_time",), ("registered_on_time", "registered_late"), 100),
    "refused_rate": Formula(("refused",), ("arrived",), 100),
    "on_time_rate": Formula(("on_time",), ("on_time", "late"), 100),
    "finish_hours": Formula(("finish_s",), ("finished",), 1 / 3600),
    "online_rate": Formula(("finished_online",), ("finished_online", "finished_paper"), 100),
    "tasks_on_time_rate": Formula(("tasks_on_time",), ("tasks_on_time", "tasks_late"), 100),
    "tasks_first_on_time_rate": Formula(("tasks_first_on_time",), ("tasks_on_time", "tasks_late"), 100),
    "tasks_acknowledged_late_rate": Formula(("tasks_acknowledged_late",), ("tasks_acknowledged",), 100),
    "tasks_days": Formula(("complete_s",), ("tasks_completed",), 1 / 86_400),
    "session_hours": Formula(("session_s",), ("sessions",), 1 / 3600),
    "points_connected_rate": Formula(("joined_invited",), ("invited",), 100),
    "lost_rate": Formula(("lost_s",), ("line_s",), 100),
}


def documents_tasks(view: View) -> Figures:
    """Panel 5."""
    counts: Counts = Counter()
    for stream, tell, stand in (("document", _document, _held), ("task", _task, _given), ("meeting", _meeting, _running)):
        for f in view.subjects(stream):
            for unit, at, told in tell(f):
                if view.holds(at):
                    add(counts, unit, told)
            add(counts, f["unit_code"], stand(view, f))
    for unit in {unit for unit, _ in counts}:
        counts[unit, "joined_invited"] = min(counts[unit, "points_joined"], counts[unit, "invited"])
    return by_formula(DOCUMENTS_TASKS, counts) | _reported(view)


def _document(f: Fields) -> Told:
    kinds = (f["urgency"] or "normal", f["level"])
    if f["sent_at"]:
        yield f["from_unit"], f["sent_at"], {"sent": 1, "sent_signed": f["signed"] and f["electronic"], **{f"sent_{kind}": 1 for kind in kinds}}
    if not f["arrived_at"]:
        yield f["from_unit"] or "", f["recalled_at"], {"recalled": 1}
        return
    yield f["unit_code"], f["arrived_at"], {"arrived": 1, **{f"arrived_{kind}": 1 for kind in kinds}}
    if f["registered_at"]:
        yield f["unit_code"], f["registered_at"], {f"registered_{_judged(f['registered_at'], f['register_due_at'])}": 1}
    yield f["unit_code"], f["refused_at"], {"refused": 1}
    yield f["unit_code"], f["recalled_at"], {"recalled": 1}
    if f["finished_at"]:
        how = {True: "finished_online", False: "finished_paper", None: ""}[f["finished_online"]]
        yield f["unit_code"], f["finished_at"], {"finished": 1, how: 1, _judged(f["finished_at"], f["due_at"]): 1,
                                                 "finish_s": (f["finished_at"] - f["last_arrived_at"]).total_seconds()}


def _judged(done: datetime, due: datetime | None) -> str:
    return "undated" if due is None else "late" if done > due else "on_time"


def _held(view: View, f: Fields) -> dict[str, Any]:
    if f["state"] not in HELD:
        return {}
    new = f["state"] == "arrived"
    return {"open": 1, "unregistered": new, "unregistered_late": new and f["register_due_at"] < view.at,
            "overdue": f["due_at"] and f["due_at"] < view.at}


def _task(f: Fields) -> Told:
    for fact in ("assigned", "extended", "cancelled", "reopened"):
        yield f["unit_code"], f[f"{fact}_at"], {f"tasks_{fact}": 1}
    if f["returned_at"]:
        yield f["returned_unit"], f["returned_at"], {"tasks_returned": 1}
    if f["acknowledged_at"]:
        yield f["unit_code"], f["acknowledged_at"], {"tasks_acknowledged": 1,
                                                     "tasks_acknowledged_late": f["acknowledged_at"] > f["acknowledge_due_at"]}
    if f["completed_at"]:
        yield f["unit_code"], f["completed_at"], {
            "tasks_completed": 1, f"tasks_{_judged(f['completed_at'], f['due_at'])}": 1,
            "tasks_first_on_time": _judged(f["completed_at"], f["first_due_at"]) == "on_time",
            "complete_s": (f["completed_at"] - f["assigned_at"]).total_seconds()}


def _given(view: View, f: Fields) -> dict[str, Any]:
    if f["state"] not in TASK_OPEN:
        return {}
    new, overdue = f["state"] == "assigned", bool(f["due_at"] and f["due_at"] < view.at)
    soon = CALENDAR.closing(CALENDAR.next_working_day(view.day))
    return {"tasks_open": 1, "tasks_overdue": overdue, "tasks_unacknowledged": new and not overdue, "tasks_in_time": not new and not overdue,
            "tasks_unacknowledged_late": new and f["acknowledge_due_at"] < view.at,
            "tasks_due_soon": not overdue and f["due_at"] and f["due_at"] <= soon}


def _meeting(f: Fields) -> Told:
    begun = f["started_at"] or f["joined_at"] or f["invited_at"]
    if not f["point_id"]:
        held_s = (f["ended_at"] - begun).total_seconds() if f["ended_at"] else 0
        yield f["unit_code"], begun, {"sessions": 1, "session_s": max(0, held_s)}
        return
    lost_s = f["lost_s"] or 0
    yield f["unit_code"], begun, {"invited": bool(f["invited_at"]), "points_joined": bool(f["joined_at"]), "points_absent": f["state"] == "absent",
                                  "long_losses": f["long_losses"], "lost_s": lost_s, "line_s": lost_s + (f["connected_s"] or 0)}


def _running(view: View, f: Fields) -> dict[str, Any]:
    # What was left open on an earlier day is a missing event.
    name = {"running": "sessions_running", "joined": "points_connected", "lost": "points_lost"}.get(f["state"], "")
    return {name: local_day(f["told_at"]) == view.day}


REPORTS = ("work_dossiers_online", "plans_issued", "guidance_issued", "legal_documents", "document_levels")
"""Indicators that are told as they are, for a whole period."""


def _reported(view: View) -> Figures:
    """Of the periods that begin within the one asked for, the longest, then the newest; for the province, and for each unit."""
    found: Figures = {}
    told = [f for f in view.subjects("indicator") if f["state"] == "observed" and view.first <= f["first_day"] <= view.last]
    for f in sorted(told, key=lambda f: (f["last_day"] - f["first_day"], f["last_day"])):
        unit, value, published = f["unit_code"] or "*", f["value"], f["published_value"]
        if f["indicator_id"] == "work_dossiers_online":
            over, under = f["numerator"], f["denominator"]
            found["work_files_online_rate", unit] = Made(100 * over / under if under and over is not None else None, over, under)
            found["work_files_online_published", unit] = Made(value if published is None else published)
        else:
            found[f["indicator_id"], unit] = Made(published if value is None else value)
    nothing = {(key, "*"): Made(None) for key in ("work_files_online_rate", "work_files_online_published", *REPORTS[1:])}
    return nothing | found
