"""What events say beside what they must: each thing only sometimes, so that its absence is tried too."""

from collections.abc import Callable
from random import Random
from typing import Any

After = Callable[..., str]
"""One of the given minutes after the event, as on the wire."""

CAUSES = ("slow_data_entry", "technical_fault", "applicant_unreachable", "complex_verification", "inter_agency", "weather")


def _some(random: Random, said: dict[str, Any], one_in: int = 3) -> dict[str, Any]:
    return {name: value for name, value in said.items() if random.randrange(one_in) == 0}


def _dossier(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del subject
    said = _some(random, {
        "due_at": after(0, 30, 90, 1500, 5000), "new_due_at": after(4000), "delivered_at": after(5, 700), "late_cause": random.choice(CAUSES),
        "channel": random.choice(("online", "2", "counter", "1", "3", "app", "zalo")), "service_level": random.choice(("full", "partial")),
        "statutory_n": random.randrange(6), "statutory_unit": "working_day", "digitised": bool(random.randrange(2)),
        "reused": bool(random.randrange(2)), "fee_due": bool(random.randrange(4)), "electronic_result": bool(random.randrange(2)),
        "provider": random.choice(("momo", "cash")), "to_unit": "U3", "step_due_at": after(30), "rating": random.randint(1, 5),
        "org_code": random.choice(("SNV", "STC")),
        "procedure_code": random.choice(("S1", "S2", "S3")),
    }, 2)
    if random.randrange(2):  # a term is told whole
        said |= {"committed_n": random.randrange(1, 4), "committed_unit": random.choice(("working_day", "working_hour", "calendar_day"))}
    if fact == "extended":
        said.pop("due_at", None)  # an extension that does not extend is a dead letter
    return said


def _report(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del fact, subject
    return _some(random, {
        "due_at": after(30, 90, 1500), "approved": bool(random.randrange(3)), "reason_code": random.choice(("spam", "vague")),
        "category": random.choice(("TR-ROAD", "EM-WIRE", "rac")), "channel": random.choice(("app", "web")), "priority": random.randint(1, 4),
        "rating": random.randint(1, 3), "unit_code": "",
    }) | _some(random, {"jurisdiction": "elsewhere"}, 12)


def _counter(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del fact, after, subject
    return {"counter_no": random.choice(("1", "2")), "rating": random.randint(1, 4)}


def _camera(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del fact, after, subject
    return {"online": bool(random.randrange(3)), "waiting": random.randrange(4), "staff_present": random.randrange(3)}


def _document(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del fact, subject
    return _some(random, {
        "urgency": random.choice(("normal", "urgent", "very_urgent", "express")), "level": random.choice(("central", "province", "commune")),
        "signed": bool(random.randrange(2)), "electronic": bool(random.randrange(2)), "due_at": after(30, 1500, 5000),
    }, 2)


def _task(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del subject
    said = _some(random, {"due_at": after(30, 90, 1500, 5000), "new_due_at": after(4000), "owner_org": random.choice(("STC", "SNV"))}, 2)
    if fact == "extended":
        said.pop("due_at", None)
    return said


def _meeting(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del fact, subject
    return _some(random, {"started_at": after(-600, -5, 0, 90, 1500), "level": random.choice(("province", "commune"))})


def _indicator(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del after
    indicator, unit, period = subject.split("/")
    said = {"indicator_id": indicator, "period": period, "unit_code": "" if unit == "province" else unit, "org_code": ""}
    if fact == "target_set":
        return said
    whole = {"numerator": random.randrange(5), "denominator": random.randint(5, 9)} if random.randrange(2) else {}
    return {**said, **whole, "value": float(random.randrange(99)), **_some(random, {"published_value": random.randrange(99)})}


def _service(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del after
    level = {"level": random.choice(("full", "partial", "information"))}
    return {"service_code": subject, "channel": random.choice(("web", "app", "zalo", "qr")), "count": random.randrange(9),
            **(level if fact == "published" else _some(random, level)), **_some(random, {
                "national_integrated": bool(random.randrange(2)), "online_payment": bool(random.randrange(2)), "qr": bool(random.randrange(2))}, 2)}


def _platform(random: Random, fact: str, after: After, subject: str) -> dict[str, Any]:
    del random, fact, after
    return {"source_id": "portal", "dossier_code": subject, "reason": "no answer"}


EXTRAS: dict[str, Callable[[Random, str, After, str], dict[str, Any]]] = {
    "dossier": _dossier, "report": _report, "counter": _counter, "camera": _camera, "document": _document, "task": _task, "meeting": _meeting,
    "indicator": _indicator, "service": _service, "platform": _platform}
