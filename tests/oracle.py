"""What the figures must be, computed from the raw events the slowest and plainest way there is.

It borrows nothing from the engine but the transition tables, which are data. The state at a moment is the whole story up to it
told anew; history is what changes between two moments; counts are made of the last state alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from ioc.streams import dossier, report

Wire = Mapping[str, Any]
"""A CloudEvent as its structured JSON: id, source, type, subject, time, data; perhaps sequence, simulated."""

Fields = dict[str, Any]

TRANSITIONS = {"dossier": dossier.TRANSITIONS, "report": report.TRANSITIONS}
HISTORY = {
    "dossier": ("state", "unit_code", "org_code", "channel", "received_at", "due_at", "finished_at", "delivered_at", "outcome"),
    "report": ("state", "jurisdiction", "unit_code", "org_code", "category", "lon_deg", "lat_deg", "priority", "submitted_at",
               "triaged_at", "due_at", "resolved_at", "outcome", "rating"),
}
START: dict[str, Fields] = {
    "dossier": {"state": "", "unit_code": "", "org_code": "", "channel": "", "extension_count": 0, "supplement_count": 0},
    "report": {"state": "", "jurisdiction": "", "unit_code": "", "org_code": "", "category": "", "channel": "", "note_count": 0,
               "returned_count": 0, "reopened_count": 0},
}


class Picture(NamedTuple):
    """What is true of a set of events. States hold what is not None; `daily`: (stream, day, key, measure) → count, never 0."""

    states: dict[tuple[str, str], Fields]
    history: set[tuple[Any, ...]]
    daily: Counter[tuple[Any, ...]]
    irregular: set[tuple[str, str, str, str]]


def picture(events: Iterable[Wire]) -> Picture:
    """The picture that the accepted events draw, whatever their order and however often each is there."""
    stories: dict[tuple[str, str], dict[tuple[str, str], Wire]] = {}
    for event in events:
        stories.setdefault((stream_of(event), event["subject"]), {})[event["source"], event["id"]] = event
    found = Picture({}, set(), Counter(), set())
    for (stream, subject), story in stories.items():
        ordered = sorted(story.values(), key=_order)
        fields, refused = _told(stream, ordered)
        found.states[stream, subject] = {k: v for k, v in fields.items() if v is not None}
        found.history.update((stream, subject, *interval) for interval in _intervals(stream, ordered))
        found.daily.update(_counted(stream, fields))
        found.irregular.update((stream, subject, e["source"], e["id"]) for e in refused)
    return found


def stream_of(event: Wire) -> str:
    return str(event["type"].split(".")[2])


def fact_of(event: Wire) -> str:
    return str(event["type"].split(".")[3])


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _order(event: Wire) -> tuple[Any, ...]:
    rank = list(TRANSITIONS[stream_of(event)]).index(fact_of(event))
    return (moment(event["time"]), event.get("sequence", ""), rank, event["source"], event["id"])


def _told(stream: str, events: Sequence[Wire]) -> tuple[Fields, list[Wire]]:
    fields, refused = dict(START[stream]), []
    for event in events:
        moves = TRANSITIONS[stream][fact_of(event)]
        to = moves.get(fields["state"], moves.get("*", "") if fields["state"] else "")
        if not to:
            refused.append(event)
            continue
        fields["state"] = fields["state"] if to == "=" else to
        tell = _dossier if stream == "dossier" else _report
        tell(fact_of(event), fields, event["data"], moment(event["time"]))
    _judge(stream, fields)
    return fields, refused


def _intervals(stream: str, events: Sequence[Wire]) -> list[tuple[Any, ...]]:
    moments = sorted({moment(e["time"]) for e in events})  # type: ignore[type-var]
    changes: list[tuple[Any, tuple[Any, ...]]] = []
    for at in moments:
        fields, _ = _told(stream, [e for e in events if moment(e["time"]) <= at])  # type: ignore[operator]
        seen = tuple(fields.get(name) for name in HISTORY[stream])
        if fields["state"] and (not changes or changes[-1][1] != seen):
            changes.append((at, seen))
    ends = [*(at for at, _ in changes[1:]), None][: len(changes)]
    return [(at, end, *seen) for (at, seen), end in zip(changes, ends, strict=True)]


def _copy(fields: Fields, data: Mapping[str, Any], names: str) -> None:
    for name in names.split():
        if data.get(name) is not None:
            value = data[name]
            fields[name] = moment(value) if name.endswith("_at") else date.fromisoformat(value) if name == "unit_valid_on" else value


def _dossier(fact: str, f: Fields, data: Mapping[str, Any], at: datetime | None) -> None:
    if fact in {"submitted", "received", "corrected"} or (fact in {"refused", "withdrawn", "stopped"} and not f["unit_code"]):
        _copy(f, data, "org_code unit_code unit_valid_on procedure_code sector_code channel delivered_at")
    stamp = {"submitted": "submitted_at", "received": "received_at", "result_ready": "finished_at", "result_returned": "returned_at",
             "refused": "ended_at", "withdrawn": "ended_at", "stopped": "ended_at"}.get(fact)
    if stamp:
        f[stamp] = at
    if fact in {"received", "corrected"}:
        _copy(f, data, "due_at")
    if fact == "received":
        f["first_due_at"] = f["due_at"]
    if fact in {"supplemented", "resumed", "paid", "extended"} and data.get("new_due_at"):
        f["due_at"] = moment(data["new_due_at"])
    f["org_code"] = data["to_org"] if fact == "transferred" else f["org_code"]
    f["extension_count"] += fact == "extended"
    f["supplement_count"] += fact == "supplement_requested"
    if fact == "step_started":
        _copy(f, data, "step_no")
    if fact == "apology_issued":
        f.setdefault("apology_at", at)
    if fact == "result_ready":
        f["delivered_at"], f["late_cause"] = moment(data.get("delivered_at")), data.get("late_cause")
    if fact == "result_returned":
        f["delivered_at"] = f.get("delivered_at") or moment(data.get("delivered_at")) or at
    if fact == "rated":
        _copy(f, data, "rating")


def _report(fact: str, f: Fields, data: Mapping[str, Any], at: datetime | None) -> None:
    if fact == "submitted":
        _copy(f, data, "jurisdiction org_code unit_code unit_valid_on category channel lon_deg lat_deg priority due_at")
        f["submitted_at"] = at
    if fact in {"rejected", "referred", "merged"}:
        f["ended_at"], f["ended_as"] = at, fact
    if fact in {"resolved", "closed_by_source"}:
        f["resolved_at"] = f["ended_at"] = at
    if fact == "reopened":
        f["resolved_at"] = f["ended_at"] = f["ended_as"] = None
    _copy(f, data, {"merged": "parent_id", "verified": "category priority due_at", "assigned": "due_at", "extended": "due_at",
                    "rated": "rating", "reopened": "due_at"}.get(fact, ""))
    f["org_code"] = data["to_org"] if fact == "assigned" else f["org_code"]
    for name, counted in (("note_count", "noted"), ("returned_count", "returned"), ("reopened_count", "reopened")):
        f[name] += fact == counted
    if fact in {"verified", "rejected", "merged", "referred", "assigned"}:
        f.setdefault("triaged_at", at)


def _judge(stream: str, f: Fields) -> None:
    done, due = f.get("finished_at" if stream == "dossier" else "resolved_at"), f.get("due_at")
    if done is None or due is None:
        f["outcome"] = None
    elif done > due:
        f["outcome"] = "late"
    else:
        f["outcome"] = "early" if stream == "dossier" and _day(done) < _day(due) else "on_time"


def _day(at: datetime) -> date:
    return (at.astimezone(UTC) + timedelta(hours=7)).date()


def _counted(stream: str, f: Fields) -> list[tuple[Any, ...]]:
    key = ("unit_code", "org_code", "channel") if stream == "dossier" else ("jurisdiction", "unit_code", "category", "channel")
    place = tuple(f[name] for name in key)
    facts = _dossier_facts(f) if stream == "dossier" else _report_facts(f)
    return [(stream, _day(f[stamp]), place, measure) for stamp, measure in facts]


def _dossier_facts(f: Fields) -> list[tuple[str, str]]:
    facts = [(stamp, measure) for stamp, measure in (("submitted_at", "submitted"), ("received_at", "received"), ("finished_at", "resolved"))
             if f.get(stamp)]
    if f.get("finished_at") and f["outcome"]:
        facts.append(("finished_at", f["outcome"]))
    if f["outcome"] == "late" and f.get("delivered_at") is None:
        facts.append(("finished_at", "delivery_unknown"))
    elif f["outcome"] == "late" and f["delivered_at"] > f["due_at"]:
        facts.append(("finished_at", "really_late"))
    if f["state"] in {"refused", "withdrawn", "stopped"}:
        never = f["state"] == "withdrawn" and not f.get("received_at")
        facts.append(("ended_at", "withdrawn_unreceived" if never else f["state"]))
    return facts


def _report_facts(f: Fields) -> list[tuple[str, str]]:
    facts = [("submitted_at", "submitted")] if f.get("submitted_at") else []
    if f["reopened_count"] and f.get("submitted_at"):
        facts.append(("submitted_at", "reopened"))
    if not f.get("resolved_at"):
        return [*facts, ("ended_at", f["ended_as"])] if f.get("ended_as") else facts
    facts.append(("resolved_at", "resolved"))
    if f["outcome"]:
        facts.append(("resolved_at", f["outcome"]))
    if f.get("rating"):
        facts.append(("resolved_at", "rated"))
    return [*facts, ("resolved_at", "satisfied")] if f.get("rating", 0) > 1 else facts
