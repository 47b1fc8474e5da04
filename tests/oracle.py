"""What the figures must be, computed from the raw events the slowest and plainest way there is.

It borrows nothing from the engine but the transition tables, which are data, and the calendar, which has its own tests. The state at a
moment is the whole story up to it told anew; history is what changes between two moments; the counts of a day's end are made of the
states at that end, and what a day adds is what changes between two of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from ioc.calendar.deadlines import Term, deadline, is_early, resumed, suspended
from ioc.profiles import load_profile
from ioc.streams import dossier, report

Wire = Mapping[str, Any]
"""A CloudEvent as its structured JSON: id, source, type, subject, time, data; perhaps sequence, simulated."""

Fields = dict[str, Any]

TRANSITIONS = {"dossier": dossier.TRANSITIONS, "report": report.TRANSITIONS}
HISTORY = {name: module.STREAM.projection.history for name, module in (("dossier", dossier), ("report", report))}
START: dict[str, Fields] = {
    "dossier": {"state": "", "unit_code": "", "org_code": "", "holder_org": "", "holder_unit": "", "channel": "", "service_level": "",
                "extension_count": 0, "supplement_count": 0, "due_differs": False, "suspended_s": 0, "paid_online": False},
    "report": {"state": "", "jurisdiction": "", "unit_code": "", "org_code": "", "category": "", "channel": "", "note_count": 0,
               "returned_count": 0, "reopened_count": 0, "extension_count": 0, "due_given": False},
}
PROFILE = load_profile("soc_trang")
CALENDAR = PROFILE.calendar
TERMS = {c.code: Term(c.resolve_h, "clock_hour" if c.priority == 1 else "working_hour") for c in PROFILE.categories}


class Picture(NamedTuple):
    """What is true of a set of events. States hold what is not None; `daily`: (stream, day, as_of_day, key, measure) → count, never 0."""

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
        found.daily.update(_daily(stream, ordered))
        found.irregular.update((stream, subject, e["source"], e["id"]) for e in refused)
    return Picture(found.states, found.history, Counter({key: n for key, n in found.daily.items() if n}), found.irregular)


def told(stream: str, events: Iterable[Wire]) -> Fields:
    """Where a subject stands when these events of it, repeats among them, are all there are."""
    once = {(event["source"], event["id"]): event for event in events}
    return _told(stream, sorted(once.values(), key=_order))[0]


def facts(stream: str, fields: Fields) -> list[tuple[Any, ...]]:
    """What a subject adds to the counts: (day, place, measure, n)."""
    return _counted(stream, fields)


def _daily(stream: str, events: Sequence[Wire]) -> Counter[tuple[Any, ...]]:
    added: Counter[tuple[Any, ...]] = Counter()
    before: Counter[tuple[Any, ...]] = Counter()
    for as_of in sorted({_day(moment(e["time"])) for e in events}):  # type: ignore[arg-type]
        fields, _ = _told(stream, [e for e in events if _day(moment(e["time"])) <= as_of])  # type: ignore[arg-type]
        after: Counter[tuple[Any, ...]] = Counter()
        for day, place, measure, n in _counted(stream, fields):
            after[day, place, measure] += n
        for key in before.keys() | after.keys():
            added[(stream, key[0], as_of, *key[1:])] += after[key] - before[key]
        before = after
    return added


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


def _dossier(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"submitted", "received", "corrected"} or (fact in {"refused", "withdrawn", "stopped"} and not f["unit_code"]):
        _copy(f, data, "org_code unit_code unit_valid_on procedure_code sector_code service_level channel applicant_kind committed_n "
                       "committed_unit statutory_n statutory_unit digitised reused fee_due delivered_at")
    f["channel"] = {"1": "counter", "2": "online", "3": "post"}.get(f["channel"], f["channel"])
    if fact in {"submitted", "received"}:
        f["holder_org"], f["holder_unit"] = data["org_code"], data["unit_code"]
    stamp = {"submitted": "submitted_at", "received": "received_at", "result_ready": "finished_at", "result_returned": "returned_at",
             "refused": "ended_at", "withdrawn": "ended_at", "stopped": "ended_at", "rated": "rated_at"}.get(fact)
    if stamp:
        f[stamp] = at
    if fact == "submitted" and data.get("channel") in {"online", "2"}:
        f["reception_due_at"] = deadline(CALENDAR, at, Term(8, "working_hour"))
    if fact == "received":
        ours = deadline(CALENDAR, at, Term(data["committed_n"], data["committed_unit"])) if data.get("committed_n") is not None else None
        theirs = moment(data.get("due_at"))
        f["due_at"] = f["first_due_at"] = theirs or ours
        f["due_differs"] = ours is not None and theirs is not None and ours != theirs
    if fact == "corrected":
        _copy(f, data, "due_at")
    if fact in {"supplement_requested", "payment_requested", "suspended"}:
        f["suspended_at"] = at if f.get("received_at") else None
    if fact in {"supplemented", "resumed", "paid", "result_ready"}:
        _go_on(f, at, moment(data.get("new_due_at")) if fact != "result_ready" else None)
    if fact == "extended":
        f["due_at"] = moment(data["new_due_at"])
    if fact == "transferred":
        f["holder_org"], f["holder_unit"] = data["to_org"], data.get("to_unit") or f["holder_unit"]
    f["extension_count"] += fact == "extended"
    f["supplement_count"] += fact == "supplement_requested"
    if fact in {"payment_requested", "paid"}:
        f["fee_due"] = True
    if fact == "paid" and data.get("provider") not in {None, "", "cash"}:
        f["paid_online"] = True
    _dossier_work(fact, f, data, at)


def _dossier_work(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact == "step_started":
        f["step_no"], f["step_due_at"] = data["step_no"], moment(data.get("step_due_at"))
    if fact == "step_finished":
        if f.get("step_due_at") and at > f["step_due_at"]:
            f["late_org"] = f.get("late_org") or f["holder_org"]
        f["step_due_at"] = None
    if fact == "apology_issued":
        f.setdefault("apology_at", at)
    if fact == "result_ready":
        f["delivered_at"], f["late_cause"], f["electronic_result"] = moment(data.get("delivered_at")), data.get("late_cause"), data.get("electronic_result")
    if fact == "result_returned":
        f["delivered_at"] = f.get("delivered_at") or moment(data.get("delivered_at")) or at
    if fact == "rated":
        _copy(f, data, "rating")


def _go_on(f: Fields, at: datetime, given: datetime | None) -> None:
    since, f["suspended_at"] = f.get("suspended_at"), None
    if since is None:
        f["due_at"] = given or f.get("due_at")
        return
    term = Term(f.get("committed_n") or 0, f.get("committed_unit") or "working_day")
    for name in ("due_at", "first_due_at"):
        if f.get(name):
            f[name] = resumed(CALENDAR, at, suspended(CALENDAR, since, f[name], term))
    f["suspended_s"] += round(CALENDAR.working_seconds(since, at))
    if given:
        f["due_differs"] = f["due_differs"] or given != f.get("due_at")
        f["due_at"] = given
        f["first_due_at"] = f["first_due_at"] if f["extension_count"] else given


def _report(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"info_added", "verified", "rejected", "merged", "referred", "in_progress", "resolved", "reopened", "closed_by_source"}:
        since, f["suspended_at"] = f.get("suspended_at"), None
        if since and f.get("due_at"):
            f["due_at"] = resumed(CALENDAR, at, suspended(CALENDAR, since, f["due_at"], TERMS.get(f["category"], Term(1, "working_hour"))))
    if fact == "submitted":
        _copy(f, data, "jurisdiction org_code unit_code unit_valid_on category channel lon_deg lat_deg priority")
        f["submitted_at"] = at
        _report_due(f, data, at)
    if fact == "verified":
        changed = data.get("category") not in {None, f["category"]}
        _copy(f, data, "category priority")
        if data.get("due_at") or (changed and not f["due_given"] and f.get("submitted_at")):
            _report_due(f, data, f.get("submitted_at") or at)
    if fact == "needs_info" or (fact == "paused" and data.get("approved")):
        f["suspended_at"] = f.get("suspended_at") or at
    _report_end(fact, f, data, at)
    _copy(f, data, {"merged": "parent_id", "assigned": "due_at", "extended": "due_at", "rated": "rating"}.get(fact, ""))
    if fact == "assigned":
        f["org_code"], f["assigned_at"], f["due_given"] = data["to_org"], at, f["due_given"] or data.get("due_at") is not None
    if fact == "accepted":
        f["accepted_at"] = at
    for name, counted in (("note_count", "noted"), ("returned_count", "returned"), ("reopened_count", "reopened"), ("extension_count", "extended")):
        f[name] += fact == counted
    if fact in {"verified", "rejected", "merged", "referred", "assigned"}:
        f.setdefault("triaged_at", at)


def _report_end(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"rejected", "referred", "merged"}:
        f["ended_at"], f["ended_as"] = at, fact
    if fact in {"rejected", "referred"}:
        f["reason_code"] = data.get("reason_code")
    if fact in {"resolved", "closed_by_source"}:
        f["resolved_at"] = f["ended_at"] = at
    if fact == "reopened":
        f["resolved_at"] = f["ended_at"] = f["ended_as"] = f["reason_code"] = None
        f["due_at"] = moment(data.get("due_at")) or _half(f["category"], at) or f.get("due_at")


def _report_due(f: Fields, data: Mapping[str, Any], since: datetime) -> None:
    term = None if data.get("jurisdiction") else TERMS.get(f["category"])
    f["due_at"] = moment(data.get("due_at")) or (deadline(CALENDAR, since, term) if term else None)
    f["due_given"] = data.get("due_at") is not None


def _half(category: str, at: datetime) -> datetime | None:
    term = TERMS.get(category)
    return deadline(CALENDAR, at, Term(term.n / 2, term.unit)) if term else None


def _judge(stream: str, f: Fields) -> None:
    done, due = f.get("finished_at" if stream == "dossier" else "resolved_at"), f.get("due_at")
    if done is None or due is None:
        f["outcome"] = None
    elif done > due:
        f["outcome"] = "late"
    else:
        f["outcome"] = "early" if stream == "dossier" and is_early(CALENDAR, done, due) else "on_time"
    if stream == "dossier" and done and f["outcome"] and f.get("received_at"):
        f["used_s"] = max(0, round(CALENDAR.working_seconds(f["received_at"], done)) - f["suspended_s"])


def _day(at: datetime) -> date:
    return (at.astimezone(UTC) + timedelta(hours=7)).date()


def _counted(stream: str, f: Fields) -> list[tuple[Any, ...]]:
    key = ("unit_code", "org_code", "channel", "service_level") if stream == "dossier" else ("jurisdiction", "unit_code", "category", "channel")
    place = tuple(f[name] for name in key)
    facts: list[tuple[Any, ...]] = _dossier_facts(f) if stream == "dossier" else _report_facts(f)
    return [(_day(f[stamp]), place, measure, n) for stamp, measure, n in facts if n]


def _dossier_facts(f: Fields) -> list[tuple[str, str, int]]:
    facts: list[tuple[str, str, int]] = [("submitted_at", "submitted", bool(f.get("submitted_at")))]
    if f.get("received_at"):
        told = {"received": True, "supplemented": f["supplement_count"] > 0, "supplemented_again": f["supplement_count"] > 1,
                "digitised": f.get("digitised"), "reused": f.get("reused"), "fee_due": f.get("fee_due"),
                "paid_online": f.get("fee_due") and f["paid_online"], "due_differs": f["due_differs"]}
        facts += [("received_at", measure, int(bool(so))) for measure, so in told.items()]
        if f.get("committed_unit") == f.get("statutory_unit") == "working_day" and f.get("statutory_n"):
            facts += [("received_at", "committed_d", f.get("committed_n") or 0), ("received_at", "statutory_d", f["statutory_n"])]
    if f.get("finished_at"):
        facts += [("finished_at", measure, n) for measure, n in _result_facts(f).items()]
    if f["state"] in {"refused", "withdrawn", "stopped"}:
        never = f["state"] == "withdrawn" and not f.get("received_at")
        facts.append(("ended_at", "withdrawn_unreceived" if never else f["state"], 1))
    if f.get("rated_at"):
        facts += [("rated_at", "rated", 1), ("rated_at", "satisfied", f["rating"] > 3)]
    return facts


def _result_facts(f: Fields) -> dict[str, int]:
    late, known = f["outcome"] == "late", f.get("delivered_at")
    cause = f.get("late_cause") if f.get("late_cause") in {"slow_data_entry", "technical_fault", "applicant_unreachable", "complex_verification",
                                                           "inter_agency"} else "other"
    found = {"resolved": 1, "electronic_result": int(bool(f.get("electronic_result"))), f"late_{cause}": late,
             "in_time_first": bool(f.get("first_due_at")) and f["finished_at"] <= f["first_due_at"], "used_s": f.get("used_s") or 0,
             "apology_owed": late or f["extension_count"] > 0, "apologised": (late or f["extension_count"] > 0) and bool(f.get("apology_at")),
             "delivery_unknown": late and not known, "really_late": late and bool(known) and known > f["due_at"]}
    return found | ({f["outcome"]: 1} if f["outcome"] else {})


def _report_facts(f: Fields) -> list[tuple[str, str, int]]:
    facts = [("submitted_at", "submitted", 1), ("submitted_at", "reopened", f["reopened_count"] > 0)] if f.get("submitted_at") else []
    if not f.get("resolved_at"):
        spam = f.get("ended_as") == "rejected" and f.get("reason_code") == "spam"
        return [*facts, ("ended_at", f["ended_as"], 1), ("ended_at", "spam", spam)] if f.get("ended_as") else facts
    rating = f.get("rating") or 0
    facts += [("resolved_at", "resolved", 1), ("resolved_at", "rated", rating > 0), ("resolved_at", "satisfied", rating > 1)]
    return [*facts, ("resolved_at", f["outcome"], 1)] if f["outcome"] else facts
