"""The figures of each panel in plain Python, from how its subjects stand."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ioc.clock import local_day
from tests import oracle
from tests.oracle import CALENDAR, Fields
from tests.truth import folds
from tests.truth.cameras import OBSERVED, online, staffed
from tests.truth.expected import Counts, Figures, Formula, Made, View, add, by_formula, days_overdue, quantile, same
from tests.truth.online import online_services
from tests.truth.papers import documents_tasks

DOSSIER_OPEN = {"received", "processing", "awaiting_supplement", "awaiting_payment", "suspended"}
REPORT_OPEN = {"submitted", "needs_info", "reopened", "verified", "assigned", "accepted", "returned", "in_progress", "paused"}
CAUSES = ("slow_data_entry", "technical_fault", "applicant_unreachable", "complex_verification", "inter_agency", "other")
BUCKETS = {"1": (1, 1), "2_3": (2, 3), "4_7": (4, 7), "8_15": (8, 15), "16": (16, 10**6)}


ONE_STOP = same(
    "received", "carried_in", "resolved", "refused", "withdrawn", "stopped", "early", "on_time", "late", "really_late", "delivery_unknown",
    "due_differs", "open", "open_in_time", "overdue", "due_soon", "overdue_unapologised", *(f"overdue_{name}" for name in BUCKETS),
) | {
    "on_time_rate": Formula(("early", "on_time"), ("resolved",), 100),
    "first_on_time_rate": Formula(("in_time_first",), ("resolved",), 100),
    "used_days": Formula(("used_s",), ("resolved",), 1 / (8 * 3600)),
    "shortened_rate": Formula(("saved_d",), ("statutory_d",), 100),
    "apology_rate": Formula(("apologised",), ("apology_owed",), 100),
    "supplement_rate": Formula(("supplemented",), ("received",), 100),
    "supplement_again_rate": Formula(("supplemented_again",), ("received",), 100),
    "satisfied_rate": Formula(("satisfied",), ("rated",), 100),
} | {f"late_{cause}": Formula((f"late_{cause}",), ("late",), 100) for cause in CAUSES}


def one_stop(view: View) -> Figures:
    """Panel 1."""
    counts: Counts = Counter()
    for f in view.subjects("dossier"):
        facts = [(measure, n) for day, _, measure, n in oracle.facts("dossier", f) if view.first <= day <= view.last]
        add(counts, f["unit_code"], dict(facts))
        add(counts, f["unit_code"], {"saved_d": dict(facts).get("statutory_d", 0) - dict(facts).get("committed_d", 0)})
        if f["state"] in DOSSIER_OPEN:
            add(counts, f["unit_code"], _open_dossier(view, f))
    for f in view.subjects("dossier", view.since):
        add(counts, f["unit_code"], {"carried_in": f["state"] in DOSSIER_OPEN})
    return by_formula(ONE_STOP, counts)


def _open_dossier(view: View, f: Fields) -> dict[str, bool]:
    waiting, due = f["state"] in {"awaiting_supplement", "awaiting_payment", "suspended"}, f.get("due_at")
    overdue = not waiting and due is not None and due < view.at
    days = days_overdue(view, due) if overdue and due else 0
    soon = CALENDAR.closing(CALENDAR.next_working_day(view.day))
    return {"open": True, "overdue": overdue, "open_in_time": not overdue, "overdue_unapologised": overdue and not f.get("apology_at"),
            "due_soon": not waiting and not overdue and due is not None and due <= soon,
            **{f"overdue_{name}": least <= days <= most for name, (least, most) in BUCKETS.items()}}


CITIZEN_REPORTS = same("submitted", "resolved", "late", "open", "overdue", "untriaged", "danger", "bounced") | {
    "handled_rate": Formula(("handled",), ("valid",), 100),
    "on_time_rate": Formula(("on_time",), ("on_time", "late"), 100),
    "satisfied_rate": Formula(("satisfied",), ("rated",), 100),
    "response_rate": Formula(("rated",), ("resolved",), 100),
    "reopened_rate": Formula(("reopened",), ("submitted",), 100),
    "duplicate_rate": Formula(("merged",), ("submitted",), 100),
    "rejected_rate": Formula(("rejected",), ("submitted",), 100),
    "spam_rate": Formula(("spam",), ("submitted",), 100),
}


def citizen_reports(view: View) -> Figures:
    """Panel 10; what belongs to another jurisdiction is not the province's."""
    counts: Counts = Counter()
    reports = [f for f in view.subjects("report") if not f["jurisdiction"]]
    for f in reports:
        add(counts, f["unit_code"], {measure: n for day, _, measure, n in oracle.facts("report", f) if view.first <= day <= view.last})
        if view.holds(f.get("submitted_at")):
            add(counts, f["unit_code"], {"handled": bool(f.get("resolved_at")), "valid": f.get("ended_as") not in {"rejected", "merged"}})
        if f["state"] in REPORT_OPEN:
            overdue = f.get("due_at") is not None and f["due_at"] < view.at and not f.get("suspended_at")
            add(counts, f["unit_code"], {"open": True, "overdue": overdue, "untriaged": f["state"] in {"submitted", "needs_info", "reopened"},
                                         "danger": f.get("priority") == 1, "bounced": f["returned_count"] >= 2})
    speeds = {(key, unit): made for unit in {"*", *(f["unit_code"] for f in reports)}
              for key, made in _speeds(view, [f for f in reports if unit in {"*", f["unit_code"]}]).items()}
    return by_formula(CITIZEN_REPORTS, counts) | speeds


def _speeds(view: View, reports: list[Fields]) -> dict[str, Made]:
    triage = [(f["triaged_at"] - f["submitted_at"]) / timedelta(minutes=1) for f in reports
              if view.holds(f.get("submitted_at")) and f.get("triaged_at")]
    solve = [(f["resolved_at"] - f["submitted_at"]) / timedelta(hours=1) for f in reports if view.holds(f.get("resolved_at"))]
    return {"triage_minutes": Made(quantile(triage, 0.5)), "resolve_hours": Made(quantile(solve, 0.5)),
            "resolve_hours_p90": Made(quantile(solve, 0.9))}


COUNTERS = same("taken", "served", "dissatisfied", "waiting", "being_served", "desks_open") | {
    "transactions": Formula(("called",)),
    "over_30": Formula(("over_30_min",)),
    "waiting_over_15": Formula(("waiting_over_15_min",)),
    "transactions_per_desk": Formula(("called",), ("desks",)),
    "wait_minutes": Formula(("wait_s",), ("waited",), 1 / 60),
    "within_15_rate": Formula(("within_15_min",), ("waited",), 100),
    "service_minutes": Formula(("service_s",), ("served",), 1 / 60),
    "abandoned_rate": Formula(("abandoned",), ("served", "abandoned"), 100),
    "satisfied_rate": Formula(("satisfied",), ("rated",), 100),
    "response_rate": Formula(("rated",), ("called",), 100),
    "waiting_per_desk": Formula(("waiting",), ("desks_open",)),
    "staffed_rate": Formula(("staffed_min",), ("open_min",), 100),
    "camera_online_rate": Formula(("online_min",), ("due_min",), 100),
}


def counters(view: View) -> Figures:
    """Panel 2: tickets and desks by what was told of each, cameras by the hour."""
    counts: Counts = Counter()
    for f in view.subjects("counter"):
        for at, told in _ticket(f):
            if view.holds(at):
                add(counts, f["unit_code"], told)
        today = Counter({"waiting": f["state"] == "waiting" and local_day(f["taken_at"]) == view.day})
        today["waiting_over_15_min"] = today["waiting"] and view.at - f["taken_at"] > timedelta(minutes=15)
        today["being_served"] = f["state"] in {"called", "serving"} and local_day(f["told_at"]) == view.day
        today["desks_open"] = f["state"] == "open" and local_day(f["opened_at"]) == view.day
        add(counts, f["unit_code"], today)
    return by_formula(COUNTERS, counts + staffed(view) + online(view))


def _ticket(f: Fields) -> Iterator[tuple[datetime | None, dict[str, Any]]]:
    taken, called = f["taken_at"], f["called_at"]
    yield taken, {"taken": 1}
    yield called, {"called": 1}
    if taken and called:
        wait = called - taken
        yield called, {"waited": 1, "wait_s": wait.total_seconds(), "within_15_min": wait <= timedelta(minutes=15),
                       "over_30_min": wait > timedelta(minutes=30)}
    if f["ended_at"]:
        yield f["ended_at"], {"served": 1, "service_s": (f["ended_at"] - f["last_called_at"]).total_seconds()}
    yield f["abandoned_at"], {"abandoned": 1}
    yield f["rated_at"], {"rated": 1, "satisfied": (f["rating"] or 0) >= 3, "dissatisfied": f["rating"] == 1}
    yield f["first_opened_at"], {"desks": 1}


PARTS: dict[str, dict[str, Mapping[str, Mapping[str, str]]]] = {
    "one_stop": {"dossier": oracle.TRANSITIONS["dossier"]},
    "citizen_reports": {"report": oracle.TRANSITIONS["report"]},
    "documents_tasks": {name: folds.TRANSITIONS[name] for name in ("document", "task", "meeting", "indicator")},
    "online_services": {"dossier": oracle.TRANSITIONS["dossier"], "service": folds.TRANSITIONS["service"] | {"lookup": {"": "=", "published": "="}},
                        "platform": {fact: folds.TRANSITIONS["platform"][fact] for fact in ("sync_ack", "sync_failed")}},
    "counters": {"counter": folds.TRANSITIONS["counter"], "camera": OBSERVED},
}
"""Section → transition tables of the streams that it is made of."""

SECTIONS: dict[str, Callable[[View], Figures]] = {"one_stop": one_stop, "citizen_reports": citizen_reports, "counters": counters,
                                                "documents_tasks": documents_tasks, "online_services": online_services}
