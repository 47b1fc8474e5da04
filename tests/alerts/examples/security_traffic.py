"""How each rule of order and traffic is raised and cleared."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

NINE = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
"""Nine o'clock of a Tuesday, local time."""
NIGHT = datetime(2026, 11, 9, 19, 0, tzinfo=UTC)
"""Two o'clock of the same night."""
WARD, COMMUNE = "31507", "31561"


def minute(n: float) -> datetime:
    return NINE + timedelta(minutes=n)


def camera(fact: str, at: datetime, subject: str = "RD-01-C1", unit: str = COMMUNE, **data: Any) -> Told:
    place = {"unit_code": unit, "unit_valid_on": "2026-11-10", "point_id": subject.removesuffix("-C1")}
    return Told(stream="camera", fact=fact, subject=subject, at=at, data=place | data)


def status(at: datetime, *, online: bool, subject: str = "RD-01-C1", unit: str = COMMUNE) -> Told:
    return camera("status", at, subject, unit, online=online)


def traffic(first: datetime, minutes: int, speed_kmh: float, subject: str = "RD-01-C1") -> Sequence[Told]:
    return [camera("traffic_count", first + timedelta(minutes=n), subject, vehicles=12, interval_s=60, mean_speed_kmh=speed_kmh, direction="both")
            for n in range(minutes)]


def incident(fact: str, at: datetime, subject: str = "SV-1", unit: str = WARD, **data: Any) -> Told:
    place = {"org_code": "H13", "unit_code": unit, "unit_valid_on": "2026-11-10"}
    return Told(stream="incident", fact=fact, subject=subject, at=at, data=place | data)


def accidents(first: datetime, deaths: Sequence[int]) -> Sequence[Told]:
    return [incident("reported", first + timedelta(hours=n), f"TN-{first:%y}-{n}", kind="traffic_accident", severity=2, dead=dead)
            for n, dead in enumerate(deaths)]


EXAMPLES = {
    "ST-01": Example(
        raising=[status(NINE, online=True), status(minute(1), online=False), status(minute(11), online=False)],
        raised_at=minute(12), severity=2, subject="RD-01", clearing=[status(minute(13), online=True)], cleared_at=minute(14),
    ),
    "ST-01C": Example(
        raising=[status(NINE, online=n == 0, subject=f"OS-{n}-C1") for n in range(4)], looks=[minute(1)], raised_at=minute(12), severity=3,
        subject="security", clearing=[status(minute(13), online=True, subject=f"OS-{n}-C1") for n in range(4)], cleared_at=minute(14),
    ),
    "ST-02": Example(
        raising=[*traffic(NIGHT, 5, 50), *traffic(NINE, 15, 10)], looks=[minute(4)], raised_at=minute(15), severity=2, subject="RD-01",
        clearing=traffic(minute(15), 15, 45), cleared_at=minute(21),
    ),
    "ST-03": Example(
        raising=[incident("reported", NINE, kind="traffic_accident", severity=3), incident("updated", minute(9), dead=1, injured=2)],
        raised_at=minute(10), severity=4, subject="SV-1", clearing=[incident("cleared", minute(50))], cleared_at=minute(51),
    ),
    "ST-03A": Example(
        raising=[incident("reported", NINE, kind="rescue", severity=4), incident("dispatched", minute(2))], raised_at=minute(20.1), severity=4,
        subject="SV-1", clearing=[incident("arrived", minute(25))], cleared_at=minute(26),
    ),
    "ST-04": Example(
        raising=[incident("reported", NINE, kind="fire", severity=3)], looks=[minute(0.5)], raised_at=minute(1.1), severity=4, subject="SV-1",
        clearing=[incident("dispatched", minute(2))], cleared_at=minute(3),
    ),
    "ST-04A": Example(
        raising=[incident("reported", NINE, kind="fire", severity=3), incident("dispatched", minute(0.6))], raised_at=minute(21), severity=4,
        subject="SV-1", clearing=[incident("arrived", minute(22))], cleared_at=minute(23),
        changed={"unset": (), "parameters": {"target_min": 20}},
    ),
    "ST-05": Example(
        raising=[*accidents(datetime(2025, 11, 4, 3, tzinfo=UTC), (1, 0, 1)), *accidents(datetime(2026, 11, 4, 3, tzinfo=UTC), (2, 1, 2))],
        raised_at=NINE, severity=3, subject="", clearing=[], cleared_at=datetime(2026, 12, 1, 2, tzinfo=UTC),
    ),
    "ST-06": Example(
        raising=[camera("detection", NINE - timedelta(days=1), kind="red_light", media_ref="sha256:a")], raised_at=minute(30), severity=2,
        subject=COMMUNE, clearing=[camera("detection", minute(40), kind="red_light", media_ref="sha256:a", reviewed_by="ca-giao-thong")],
        cleared_at=minute(41),
    ),
}
