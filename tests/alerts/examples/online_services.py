"""What raises and clears the rules of online services, payment and synchronisation."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

UNIT, AGENCY, DEPARTMENT = "31528", "H13.1528", "H13.02"
TUESDAY = datetime(2026, 11, 10, tzinfo=UTC)
"""Seven o'clock in Sóc Trăng."""
PLACE = {"org_code": AGENCY, "unit_code": UNIT, "unit_valid_on": "2026-11-10"}
DUE = "2026-11-20T10:00:00Z"


def at(minutes: float = 0, days: float = 0) -> datetime:
    return TUESDAY + timedelta(minutes=minutes, days=days)


def received(numbers: Iterable[int], when: datetime, channel: str = "counter", **data: Any) -> Sequence[Told]:
    """Dossiers by number, a second apart."""
    return [Told(stream="dossier", fact="received", subject=f"{data.get('org_code', AGENCY)}-261110-{n:05}", at=when + timedelta(seconds=k),
                 data=PLACE | {"channel": channel, "due_at": DUE} | data) for k, n in enumerate(numbers)]


def paid(numbers: Iterable[int], when: datetime) -> Sequence[Told]:
    return [Told(stream="dossier", fact="paid", subject=f"{AGENCY}-261110-{n:05}", at=when + timedelta(seconds=k), data=PLACE | {"provider": "momo"})
            for k, n in enumerate(numbers)]


def offered(code: str, when: datetime, level: str = "full", org_code: str = DEPARTMENT) -> Told:
    return Told(stream="service", fact="published", subject=code, at=when, data={"org_code": org_code, "service_code": code, "level": level})


def synced(fact: str, dossier: str, when: datetime) -> Told:
    told = {"source_id": "national-portal", "dossier_code": dossier, "unit_code": UNIT} | ({"reason": "mã lỗi 500"} if fact == "sync_failed" else {})
    return Told(stream="platform", fact=fact, subject=dossier, at=when, data=told)


def called(when: datetime, calls: int, errors: int, service: str = "payment") -> Told:
    data = {"source_id": "lgsp", "service": service, "calls": calls, "errors": errors, "interval_s": 300}
    return Told(stream="platform", fact="api_call_stats", subject="lgsp", at=when, data=data)


def catalogue(when: datetime, full: int, partial: int, information: int, total: int) -> Sequence[Told]:
    """The catalogue's four figures of 2025."""
    levels = {"services_full": full, "services_partial": partial, "services_information": information}
    return [
        Told(stream="indicator", fact="observed", subject="services_total/province/2025", at=when,
             data={"indicator_id": "services_total", "period": "2025", "value": total}),
        *(Told(stream="indicator", fact="observed", subject=f"{name}/province/2025", at=when + timedelta(seconds=n + 1),
               data={"indicator_id": name, "period": "2025", "numerator": level, "denominator": total, "unit": "%"})
          for n, (name, level) in enumerate(levels.items())),
    ]


def decided(**parameters: Any) -> dict[str, Any]:
    """What the province has to decide, decided."""
    return {"unset": (), "parameters": parameters}


TARGET = decided(window_d=90, least_cases=10, target_pct=80)
PAYMENT = decided(window_min=15, least_cases=20, services=["payment"])

EXAMPLES = {
    "ON-01": Example(
        raising=[*received(range(6), at(), "online"), *received(range(6, 10), at(5))], raised_at=at(10), severity=2, subject=UNIT,
        clearing=received(range(10, 16), at(20), "app"), cleared_at=at(30), changed=TARGET,
    ),
    "ON-02": Example(
        raising=[*received(range(20), at(), fee_due=True), *paid([0], at(5))], raised_at=at(10), severity=2, subject="",
        clearing=paid(range(1, 4), at(20)), cleared_at=at(30), changed=TARGET,
    ),
    "ON-03": Example(
        raising=[offered("9.500001.01", at(days=-120)), *received(range(20), at(), procedure_code="9.500001")], raised_at=at(10), severity=2,
        subject=DEPARTMENT, clearing=received([20], at(20), "online", procedure_code="9.500001"), cleared_at=at(300),
    ),
    "ON-04": Example(
        raising=[*received(range(20), at()), synced("sync_failed", "HS-1", at(5))], looks=[at(6)], raised_at=at(12), severity=3, subject="",
        clearing=[synced("sync_ack", "HS-1", at(15))], cleared_at=at(16),
    ),
    "ON-05": Example(
        raising=[called(at(), 60, 2), called(at(5), 60, 10)], raised_at=at(6), severity=3, subject="payment", clearing=[], cleared_at=at(25),
        changed=PAYMENT,
    ),
    "ON-06": Example(
        raising=catalogue(at(), 5, 3, 1, 10), raised_at=at(5), severity=2, subject="", clearing=catalogue(at(10), 5, 3, 2, 10), cleared_at=at(30),
    ),
}
