"""How tickets, desks, documents, tasks, meetings, services and synchronisations stand, told plainly from their events.

The life cycles of dossiers and reports are told in `tests/oracle/`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ioc.calendar.deadlines import Term, deadline
from ioc.calendar.written import first_day, last_day
from ioc.streams import counter, document, indicator, meeting, platform, service, task
from tests.oracle import CALENDAR, Fields, Wire, fact_of, moment
from tests.oracle.wire import in_order, next_state

TRANSITIONS = {"counter": counter.TRANSITIONS, "document": document.TRANSITIONS, "task": task.TRANSITIONS, "meeting": meeting.TRANSITIONS,
               "service": service.TRANSITIONS, "platform": platform.TRANSITIONS,
               "indicator": indicator.TRANSITIONS}


def told(stream: str, events: Iterable[Wire]) -> Fields:
    """Where a subject stands when these events of it, repeats among them, are all there are."""
    moves = TRANSITIONS[stream]
    fields: Fields = defaultdict(lambda: None, {"state": ""})
    for event in in_order((e for e in events if fact_of(e) in moves), moves):
        to = next_state(moves[fact_of(event)], fields["state"])
        if to is not None:
            fields["state"], fields["told_at"] = to, moment(event["time"])
            _TELL[stream](fact_of(event), fields, event["data"], moment(event["time"]))
    return fields


def _copy(f: Fields, data: Mapping[str, Any], names: str) -> None:
    f.update({name: data[name] for name in names.split() if data.get(name) not in {None, ""}})


def _seconds(since: datetime | None, until: datetime | None) -> int:
    return int((until - since).total_seconds()) if since and until else 0


def _counter(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if not f["point_id"]:
        _copy(f, data, "unit_code org_code point_id ticket_no")
    _copy(f, data, "counter_no service_group")
    stamp = {"ticket_taken": "taken_at", "ticket_called": "last_called_at", "service_started": "started_at", "service_ended": "ended_at",
             "ticket_abandoned": "abandoned_at", "rated": "rated_at", "opened": "opened_at", "closed": "closed_at"}[fact]
    f[stamp] = at
    if fact == "ticket_called":
        f["called_at"], f["abandoned_at"] = f["called_at"] or at, None
    if fact == "rated":
        f["rating"] = data["rating"]
    if fact == "opened":
        f["first_opened_at"], f["openings"] = f["first_opened_at"] or at, [*(f["openings"] or ()), (at, None)]
    if fact == "closed":
        f["openings"] = [*f["openings"][:-1], (f["opened_at"], at)]


def _document(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    f["due_at"] = moment(data.get("due_at")) or f["due_at"]
    if fact in {"sent", "arrived"}:
        _copy(f, data, "unit_code from_org to_org urgency level kind")
        f.update({name: data[name] for name in ("signed", "electronic") if data.get(name) is not None})
    if fact == "sent":
        f["sent_at"], f["from_unit"] = at, data["unit_code"]
    if fact == "arrived":
        hours = {"express": 1, "very_urgent": 2, "urgent": 4}.get(f["urgency"] or "normal")
        f["register_due_at"] = at + timedelta(hours=hours) if hours else deadline(CALENDAR, at, Term(1, "working_day"))
        f["arrived_at"], f["last_arrived_at"] = f["arrived_at"] or at, at
        f["registered_at"] = f["finished_at"] = f["finished_online"] = f["recalled_at"] = None
    if fact in {"refused", "accepted"}:
        f["registered_at"] = at
    if fact == "refused":
        f["refused_at"] = at
    if fact == "finished":
        f["finished_at"], f["finished_online"] = at, data.get("electronic")
    if fact == "update_agreed" or (fact == "recalled" and f["state"] == "recalled"):
        f["recalled_at"] = at


def _task(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact == "assigned":
        _copy(f, data, "unit_code org_code owner_org source_document progress_pct")
        f["first_due_at"] = f["first_due_at"] or moment(data.get("due_at"))
        f["due_at"] = moment(data.get("due_at")) or f["due_at"]
        f["assigned_at"], f["acknowledged_at"] = at, None
        f["acknowledge_due_at"] = deadline(CALENDAR, at, Term(1, "working_day"))
    if fact in {"acknowledged", "reported", "completed"}:
        f["acknowledged_at"] = f["acknowledged_at"] or at
    if fact in {"reported", "reopened"}:
        f["progress_pct"] = data.get("progress_pct")
    if fact == "extended":
        f["due_at"], f["extended_at"] = moment(data["new_due_at"]), at
    if fact == "completed":
        f["completed_at"] = at
    if fact == "returned":
        f["returned_at"], f["returned_by"], f["returned_unit"] = at, f["owner_org"], f["unit_code"]
    if fact == "cancelled":
        f["cancelled_at"] = at
    if fact == "reopened":
        f["completed_at"], f["reopened_at"] = None, at
        f["due_at"] = moment(data.get("new_due_at")) or moment(data.get("due_at")) or f["due_at"]


def _meeting(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if not f["meeting_id"]:
        _copy(f, data, "unit_code org_code meeting_id point_id level")
    f["started_at"] = moment(data.get("started_at")) or f["started_at"] or (at if fact == "started" else None)
    if fact == "point_invited":
        f["invited_at"] = at
    if fact in {"point_joined", "ended"} and f["lost_at"]:
        f["lost_s"] = (f["lost_s"] or 0) + _seconds(f["lost_at"], at)
        f["long_losses"] = (f["long_losses"] or 0) + (at - f["lost_at"] > timedelta(minutes=2))
        f["lost_at"] = None
    if fact in {"point_lost", "ended"} and f["up_since"]:
        f["connected_s"] = (f["connected_s"] or 0) + _seconds(f["up_since"], at)
        f["up_since"] = None
    if fact == "point_joined":
        f["joined_at"], f["up_since"], f["ended_at"] = f["joined_at"] or at, at, None
    if fact == "point_lost":
        f["lost_at"], f["losses"] = at, (f["losses"] or 0) + 1
    if fact == "ended":
        f["ended_at"] = at


def _service(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact == "withdrawn":
        f["withdrawn_at"] = at
        return
    _copy(f, data, "service_code org_code unit_code sector_code level")
    f.update({name: data[name] for name in ("national_integrated", "online_payment", "qr") if data.get(name) is not None})
    if fact == "published":
        f["published_at"], f["withdrawn_at"] = at, None
    if fact == "integrated":
        f["national_integrated"] = True


def _platform(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    _copy(f, data, "unit_code source_id severity dossier_code day measure value")
    if fact == "sync_ack":
        f["acknowledged_at"], f["failed_at"] = f["acknowledged_at"] or at, None
    if fact == "sync_failed":
        f["acknowledged_at"], f["failed_at"] = None, f["failed_at"] or at


def _indicator(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    del at
    _copy(f, data, "indicator_id unit_code period")
    f["first_day"], f["last_day"] = first_day(data["period"]), last_day(data["period"])
    if fact == "observed":
        f.update({name: data.get(name) for name in ("value", "numerator", "denominator", "published_value")})


_TELL: dict[str, Callable[[str, Fields, Mapping[str, Any], Any], None]] = {
    "counter": _counter, "document": _document, "task": _task, "meeting": _meeting, "service": _service, "platform": _platform,
    "indicator": _indicator}
