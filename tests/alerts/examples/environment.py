"""How each rule of the environment is raised and cleared."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

NINE = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
"""Nine o'clock of a Tuesday, local time."""
SIGNS = {"salinity_gl": "g/l", "level_m": "m", "aqi": "VN_AQI"}
UNITS = {"TRAN-DE": "31673", "DAI-NGAI": "31645", "KK-31510": "31510"}


def hour(n: float) -> datetime:
    return NINE + timedelta(hours=n)


def reading(station: str, property_: str, at: datetime, value: float | None, **data: Any) -> Told:
    told = {"unit_code": UNITS[station], "unit_valid_on": "2026-11-10", "station_id": station, "property": property_, "unit": SIGNS[property_],
            "value": value, "quality": "good"}
    return Told(stream="environment", fact="observation", subject=f"{station}/{property_}", at=at, data=told | data)


def readings_of(station: str, since: datetime, n: int, property_: str = "level_m", *, flat: bool = False) -> Sequence[Told]:
    """Readings every quarter of an hour."""
    return [reading(station, property_, since + timedelta(minutes=15 * k), 1 if flat else 1 + k / 100) for k in range(n)]


def sluice(at: datetime, open_pct: float, name: str = "CONG-DAI-NGAI", unit: str = "31645", **data: Any) -> Told:
    told = {"unit_code": unit, "unit_valid_on": "2026-11-10", "sluice_id": name, "open_pct": open_pct, "limit_gl": 4.0}
    return Told(stream="environment", fact="sluice_state", subject=name, at=at, data=told | data)


def bulletin(at: datetime, risk_level: int, name: str = "BT-261110-01", *, hours: float = 36, **data: Any) -> Told:
    told = {"org_code": "KTTV", "identifier": name, "msg_type": "alert", "status": "exercise", "risk_level": risk_level, "phenomenon": "storm",
            "issuer": "KTTV", "effective_at": at.isoformat(), "expires_at": (at + timedelta(hours=hours)).isoformat(), "area": "Vùng ven biển"}
    return Told(stream="environment", fact="bulletin", subject=name, at=at, data=told | data)


EXAMPLES = {
    "EN-01": Example(
        raising=[reading("TRAN-DE", "salinity_gl", hour(0), 4.0)], raised_at=hour(0.1), severity=3, subject="TRAN-DE",
        clearing=[reading("TRAN-DE", "salinity_gl", hour(25), 3.9)], cleared_at=hour(25.1)),
    "EN-02": Example(
        raising=[reading("DAI-NGAI", "salinity_gl", hour(-12), 0.4), reading("DAI-NGAI", "salinity_gl", hour(0), 1.5)], raised_at=hour(0.1), severity=2,
        subject="DAI-NGAI", clearing=[reading("DAI-NGAI", "salinity_gl", hour(4), 1.6)], cleared_at=hour(4.1)),
    "EN-03": Example(
        raising=[reading("TRAN-DE", "level_m", hour(0), 2.2)], raised_at=hour(0.1), severity=4, subject="TRAN-DE",
        clearing=[reading("TRAN-DE", "level_m", hour(3), 2.19)], cleared_at=hour(3.1)),
    "EN-04": Example(
        raising=[reading("KK-31510", "aqi", hour(0), 151)], raised_at=hour(0.1), severity=2, subject="KK-31510",
        clearing=[reading("KK-31510", "aqi", hour(1), 139)], cleared_at=hour(1.1)),
    "EN-05": Example(
        raising=[bulletin(hour(0), 3)], raised_at=hour(0.1), severity=3, subject="BT-261110-01",
        clearing=[bulletin(hour(5), 3, msg_type="cancel")], cleared_at=hour(5.1)),
    "EN-06": Example(  # the other station goes on, so that it is not the source that is silent
        raising=[*readings_of("DAI-NGAI", hour(-3), 12), *readings_of("TRAN-DE", hour(-3), 20)], raised_at=hour(1.8), severity=2, subject="DAI-NGAI",
        clearing=readings_of("DAI-NGAI", hour(1.9), 1), cleared_at=hour(1.95)),
    "EN-07": Example(
        raising=[sluice(hour(-3), 100), reading("DAI-NGAI", "salinity_gl", hour(0), 4.0)], raised_at=hour(0.1), severity=3, subject="CONG-DAI-NGAI",
        clearing=[sluice(hour(1), 0)], cleared_at=hour(1.1)),
}
