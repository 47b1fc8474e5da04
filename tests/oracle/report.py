"""A report's life, told plainly: what each fact changes, how the end is judged, what is counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ioc.calendar.deadlines import Term, deadline, resumed, suspended
from tests.oracle.wire import CALENDAR, TERMS, Fields, copy, moment

KEY = ("jurisdiction", "unit_code", "category", "channel")
START: Fields = {
    "state": "", "jurisdiction": "", "unit_code": "", "org_code": "", "category": "", "channel": "", "note_count": 0, "returned_count": 0,
    "reopened_count": 0, "extension_count": 0, "due_given": False,
}


def tell(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"info_added", "verified", "rejected", "merged", "referred", "in_progress", "resolved", "reopened", "undone", "denied", "closed_by_source"}:
        since, f["suspended_at"] = f.get("suspended_at"), None
        if since and f.get("due_at"):
            f["due_at"] = resumed(CALENDAR, at, suspended(CALENDAR, since, f["due_at"], TERMS.get(f["category"], Term(1, "working_hour"))))
    if fact == "submitted":
        copy(f, data, "jurisdiction org_code unit_code unit_valid_on category channel lon_deg lat_deg priority")
        f["submitted_at"] = at
        _due(f, data, at)
    if fact == "verified":
        changed = data.get("category") not in {None, f["category"]}
        copy(f, data, "category priority")
        if data.get("due_at") or (changed and not f["due_given"] and f.get("submitted_at")):
            _due(f, data, f.get("submitted_at") or at)
    if fact == "needs_info" or (fact == "paused" and data.get("approved")):
        f["suspended_at"] = f.get("suspended_at") or at
    _tell_asked(fact, f, data, at)
    _tell_end(fact, f, data, at)
    copy(f, data, {"merged": "parent_id", "assigned": "due_at", "extended": "due_at", "rated": "rating"}.get(fact, ""))
    if fact == "assigned":
        f["org_code"], f["assigned_at"], f["due_given"] = data["to_org"], at, f["due_given"] or data.get("due_at") is not None
    if fact == "accepted":
        f["accepted_at"] = at
    for name, counted in (("note_count", "noted"), ("returned_count", "returned"), ("reopened_count", "reopened"), ("extension_count", "extended")):
        f[name] += fact == counted
    if fact in {"verified", "rejected", "merged", "referred", "assigned"}:
        f.setdefault("triaged_at", at)


def _tell_asked(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"in_progress", "resolved", "denied", "closed_by_source"} or (fact == "paused" and (data.get("approved") or f.get("suspended_at"))):
        f["pause_asked_at"] = None
    elif fact == "paused":
        f["pause_asked_at"] = f.get("pause_asked_at") or at
    if fact in {"extended", "resolved", "denied", "closed_by_source"}:
        f["extension_asked_at"] = f["wanted_due_at"] = None
    if fact == "extension_asked":
        f["extension_asked_at"], f["wanted_due_at"] = at, moment(data["wanted_due_at"])


def _tell_end(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"rejected", "referred", "merged"}:
        f["ended_at"], f["ended_as"] = at, fact
    if fact in {"rejected", "referred"}:
        f["reason_code"] = data.get("reason_code")
    if fact in {"resolved", "closed_by_source"}:
        f["resolved_at"] = f["ended_at"] = at
    if fact == "undone":
        f["ended_at"] = f["ended_as"] = f["reason_code"] = f["parent_id"] = None
    if fact == "reopened":
        f["resolved_at"] = f["ended_at"] = f["ended_as"] = f["reason_code"] = None
        f["due_at"] = moment(data.get("due_at")) or _half(f["category"], at) or f.get("due_at")


def _due(f: Fields, data: Mapping[str, Any], since: datetime) -> None:
    term = None if data.get("jurisdiction") else TERMS.get(f["category"])
    f["due_at"] = moment(data.get("due_at")) or (deadline(CALENDAR, since, term) if term else None)
    f["due_given"] = data.get("due_at") is not None


def _half(category: str, at: datetime) -> datetime | None:
    term = TERMS.get(category)
    return deadline(CALENDAR, at, Term(term.n / 2, term.unit)) if term else None


def judge(f: Fields) -> None:
    """Whether it was resolved in time."""
    done, due = f.get("resolved_at"), f.get("due_at")
    f["outcome"] = None if done is None or due is None else "late" if done > due else "on_time"


def facts(f: Fields) -> list[tuple[str, str, int]]:
    """What is counted of it: (field with the moment, measure, n)."""
    found = [("submitted_at", "submitted", 1), ("submitted_at", "reopened", f["reopened_count"] > 0)] if f.get("submitted_at") else []
    if not f.get("resolved_at"):
        spam = f.get("ended_as") == "rejected" and f.get("reason_code") == "spam"
        return [*found, ("ended_at", f["ended_as"], 1), ("ended_at", "spam", spam)] if f.get("ended_as") else found
    rating = f.get("rating") or 0
    found += [("resolved_at", "resolved", 1), ("resolved_at", "rated", rating > 0), ("resolved_at", "satisfied", rating > 1)]
    return [*found, ("resolved_at", f["outcome"], 1)] if f["outcome"] else found
