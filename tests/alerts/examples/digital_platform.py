"""How each rule of the digital platform is raised and cleared."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

NINE = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
"""Nine o'clock of a Tuesday, local time."""
MONITOR = "/vn/92/monitor"
WARD, COMMUNE = "31507", "31561"


def minute(n: float) -> datetime:
    return NINE + timedelta(minutes=n)


def platform(fact: str, subject: str, at: datetime, **data: Any) -> Told:
    return Told(stream="platform", fact=fact, subject=subject, at=at, data=data)


def probe(n: float, status: str, portal: str = "portal") -> Told:
    return platform("probe", portal, minute(n), source_id=portal, status=status)


def calls(n: float, errors: int, number: int = 100, service: str = "population-db", **data: Any) -> Told:
    given = {"source_id": "lgsp", "service": service, "calls": number, "errors": errors, "interval_s": 300}
    return platform("api_call_stats", service, minute(n), **given | data)


def certificate(code: str, expires_on: str, at: datetime = NINE, unit: str = WARD) -> Told:
    return platform("certificate_expiring", code, at, source_id="signing-register", expires_on=expires_on, holder_kind="person", unit_code=unit)


def attack(fact: str, n: float, subject: str = "SOC-1", severity: int = 3, unit: str = "") -> Told:
    told = {"severity": severity, "reason": "Khai thác lỗ hổng ứng dụng web"} if fact == "security_event" else {}
    return platform(fact, subject, minute(n), source_id="soc", unit_code=unit, **told)


def camera(n: float, subject: str = "RD-01-C1", **data: Any) -> Told:
    place = {"unit_code": COMMUNE, "unit_valid_on": "2026-11-10", "online": True}
    return Told(stream="camera", fact="status", subject=subject, at=minute(n), data=place | data)


def refused(number: int, n: float) -> list[Told]:
    """As many messages that use the identity of one that is accepted for another content: these are refused."""
    return [camera(n, latency_ms=k) for k in range(number + 1)]


EXAMPLES = {
    "DP-01": Example(
        raising=[camera(0)], silent=frozenset({"camera"}), raised_at=minute(3.5), severity=2, subject="/vn/92/camera-gateway", clearing=[camera(5)],
        cleared_at=minute(6),
    ),
    "DP-02": Example(
        raising=[probe(0, "up"), probe(5, "down"), probe(10, "down")], looks=[minute(6)], raised_at=minute(11), severity=3, subject="portal",
        clearing=[probe(15, "up")], cleared_at=minute(16),
    ),
    "DP-03": Example(
        raising=[calls(0, 20), calls(5, 20)], looks=[minute(1)], raised_at=minute(6.5), severity=3, subject="lgsp",
        clearing=[calls(10, 0), calls(15, 0)], cleared_at=minute(11),
    ),
    "DP-04": Example(
        raising=[certificate("CTS-1", "2026-11-15"), certificate("CTS-2", "2026-12-01")], raised_at=minute(1), severity=3, subject=WARD,
        clearing=[certificate("CTS-1", "2029-11-15", minute(9)), certificate("CTS-2", "2029-12-01", minute(9))], cleared_at=minute(20),
    ),
    "DP-05": Example(
        raising=[attack("security_event", 0), attack("security_event", 0.1, "SOC-2", 2)], raised_at=minute(1), severity=3, subject="",
        clearing=[attack("security_contained", 90)], cleared_at=minute(91),
    ),
    "DP-06": Example(
        raising=refused(12, 0), raised_at=minute(1), severity=3, subject="", clearing=[], cleared_at=minute(61),
    ),
    "DP-07": Example(
        raising=[platform("heartbeat", "one-stop", NINE, source_id="one-stop", status="up", recorded_at=minute(5).isoformat())],
        raised_at=minute(1), severity=2, subject=MONITOR, clearing=[], cleared_at=minute(11),
    ),
}
