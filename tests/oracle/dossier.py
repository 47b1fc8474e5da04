"""A dossier's life, told plainly: what each fact changes, how the end is judged, what is counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ioc.calendar.deadlines import Term, deadline, is_early, resumed, suspended
from tests.oracle.wire import CALENDAR, Fields, copy, moment

KEY = ("unit_code", "org_code", "channel", "service_level")
START: Fields = {
    "state": "", "unit_code": "", "org_code": "", "holder_org": "", "holder_unit": "", "channel": "", "service_level": "", "extension_count": 0,
    "supplement_count": 0, "due_differs": False, "suspended_s": 0, "paid_online": False,
}


def tell(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
    if fact in {"submitted", "received", "corrected"} or (fact in {"refused", "withdrawn", "stopped"} and not f["unit_code"]):
        copy(f, data, "org_code unit_code unit_valid_on procedure_code sector_code service_level channel applicant_kind committed_n "
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
        copy(f, data, "due_at")
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
    _tell_work(fact, f, data, at)


def _tell_work(fact: str, f: Fields, data: Mapping[str, Any], at: Any) -> None:
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
        copy(f, data, "rating")


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


def judge(f: Fields) -> None:
    """Whether the result came in time, and how much working time it took."""
    done, due = f.get("finished_at"), f.get("due_at")
    if done is None or due is None:
        f["outcome"] = None
        return
    f["outcome"] = "late" if done > due else "early" if is_early(CALENDAR, done, due) else "on_time"
    if f.get("received_at"):
        f["used_s"] = max(0, round(CALENDAR.working_seconds(f["received_at"], done)) - f["suspended_s"])


def facts(f: Fields) -> list[tuple[str, str, int]]:
    """What is counted of it: (field with the moment, measure, n)."""
    found: list[tuple[str, str, int]] = [("submitted_at", "submitted", bool(f.get("submitted_at")))]
    if f.get("received_at"):
        told = {"received": True, "supplemented": f["supplement_count"] > 0, "supplemented_again": f["supplement_count"] > 1,
                "digitised": f.get("digitised"), "reused": f.get("reused"), "fee_due": f.get("fee_due"),
                "paid_online": f.get("fee_due") and f["paid_online"], "due_differs": f["due_differs"]}
        found += [("received_at", measure, int(bool(so))) for measure, so in told.items()]
        if f.get("committed_unit") == f.get("statutory_unit") == "working_day" and f.get("statutory_n"):
            found += [("received_at", "committed_d", f.get("committed_n") or 0), ("received_at", "statutory_d", f["statutory_n"])]
    if f.get("finished_at"):
        found += [("finished_at", measure, n) for measure, n in _result_facts(f).items()]
    if f["state"] in {"refused", "withdrawn", "stopped"}:
        never = f["state"] == "withdrawn" and not f.get("received_at")
        found.append(("ended_at", "withdrawn_unreceived" if never else f["state"], 1))
    if f.get("rated_at"):
        found += [("rated_at", "rated", 1), ("rated_at", "satisfied", f["rating"] > 3)]
    return found


def _result_facts(f: Fields) -> dict[str, int]:
    late, known = f["outcome"] == "late", f.get("delivered_at")
    cause = f.get("late_cause") if f.get("late_cause") in {"slow_data_entry", "technical_fault", "applicant_unreachable", "complex_verification",
                                                           "inter_agency"} else "other"
    found = {"resolved": 1, "electronic_result": int(bool(f.get("electronic_result"))), f"late_{cause}": late,
             "in_time_first": bool(f.get("first_due_at")) and f["finished_at"] <= f["first_due_at"], "used_s": f.get("used_s") or 0,
             "apology_owed": late or f["extension_count"] > 0, "apologised": (late or f["extension_count"] > 0) and bool(f.get("apology_at")),
             "delivery_unknown": late and not known, "really_late": late and bool(known) and known > f["due_at"]}
    return found | ({f["outcome"]: 1} if f["outcome"] else {})
