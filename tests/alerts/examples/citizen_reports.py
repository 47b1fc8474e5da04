"""How each rule of citizens' reports is raised and cleared."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

NINE = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
"""Nine o'clock of a Tuesday, local time; offices open from 7 to 11 and from 13 to 17."""
WARD, ITS_AGENCY = "31507", "H13.1507"


def minute(n: float) -> datetime:
    return NINE + timedelta(minutes=n)


def report(fact: str, at: datetime, subject: str = "PA-1", unit: str = WARD, **data: Any) -> Told:
    place = {"org_code": ITS_AGENCY, "unit_code": unit, "unit_valid_on": "2026-11-10"}
    return Told(stream="report", fact=fact, subject=subject, at=at, data=place | data)


def submitted(at: datetime, category: str = "EN-NOISE", subject: str = "PA-1", unit: str = WARD, **data: Any) -> Told:
    given = {"category": category, "channel": "app", "priority": 1 if category.startswith("EM-") else 2}
    return report("submitted", at, subject, unit, **given | data)


def taken_up(at: datetime, subject: str = "PA-1", unit: str = WARD) -> Sequence[Told]:
    """Verified, assigned and accepted, a minute apart."""
    return [*given_out(at, subject, unit), report("accepted", at + timedelta(minutes=2), subject, unit)]


def given_out(at: datetime, subject: str = "PA-1", unit: str = WARD, to_org: str = ITS_AGENCY) -> Sequence[Told]:
    return [report("verified", at, subject, unit), report("assigned", at + timedelta(minutes=1), subject, unit, to_org=to_org)]


def returned(at: datetime, subject: str = "PA-1", unit: str = WARD) -> Sequence[Told]:
    """Sent back, and given out again a minute later."""
    return [report("returned", at, subject, unit, reason_code="not_competent"),
            report("assigned", at + timedelta(minutes=1), subject, unit, to_org=ITS_AGENCY)]


EXAMPLES = {
    "CR-01": Example(
        raising=[submitted(minute(0), "TR-ROAD")], raised_at=minute(16), severity=2, subject=WARD,
        clearing=[report("verified", minute(20))], cleared_at=minute(21)),
    "CR-02": Example(  # four working hours, of which two before noon
        raising=[submitted(minute(0), "TR-ROAD"), *given_out(minute(4))], raised_at=minute(6 * 60 + 6), severity=3, subject=ITS_AGENCY,
        clearing=[report("accepted", minute(6 * 60 + 10))], cleared_at=minute(6 * 60 + 11)),
    "CR-03": Example(  # noise is to be dealt with in two working hours
        raising=[submitted(minute(0)), *taken_up(minute(4))], raised_at=minute(97), severity=2, subject=WARD,
        clearing=[report("resolved", minute(100))], cleared_at=minute(101)),
    "CR-04": Example(
        raising=[submitted(minute(0)), *taken_up(minute(4))], raised_at=minute(4 * 60 + 30), severity=3, subject=WARD,
        clearing=[report("resolved", minute(4 * 60 + 40))], cleared_at=minute(4 * 60 + 41)),
    "CR-05": Example(
        raising=[submitted(minute(5 * n), "WA-FLOOD", f"PA-{n}", lon_deg=105.99 + n / 1000, lat_deg=9.627) for n in range(5)],
        raised_at=minute(21), severity=3, subject=f"{WARD}/WA-FLOOD", clearing=(), cleared_at=minute(72)),
    "CR-06": Example(
        raising=[submitted(minute(0)), *taken_up(minute(4)), report("resolved", minute(30)), report("rated", minute(60), rating=1)],
        raised_at=minute(61), severity=2, subject=WARD, clearing=[report("reopened", minute(70))], cleared_at=minute(71)),
    "CR-07": Example(
        raising=[submitted(minute(0), "EM-WIRE")], raised_at=minute(0.1), severity=4, subject=f"{WARD}/EM-WIRE",
        clearing=taken_up(minute(3)), cleared_at=minute(6)),
    "CR-08": Example(
        raising=[submitted(minute(0), "TR-ROAD"), *given_out(minute(4)), *returned(minute(30)), *returned(minute(60))], raised_at=minute(62), severity=3,
        subject=WARD, clearing=[report("accepted", minute(70))], cleared_at=minute(71)),
    "CR-09": Example(  # from how many on is the province's to decide; here three
        raising=[told for n in range(3) for told in (submitted(minute(n), "OT-OTHER", f"PA-{n}"),
                                                     report("rejected", minute(n + 0.5), f"PA-{n}", reason_code="spam"))],
        raised_at=minute(10), severity=1, subject="app", clearing=(), cleared_at=minute((6 * 24 + 16) * 60),
        changed={"unset": (), "parameters": {"spam_limit": 3}}),
}
