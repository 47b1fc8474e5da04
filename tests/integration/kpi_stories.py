"""Random stories of any stream's subjects, and a section's figures of them from the daily counts and from the intervals."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from ioc.calendar.periods import period_of
from ioc.db.connect import Connection
from ioc.kpi.engine.compute import Question, compute, parameters
from ioc.kpi.engine.contract import Scope
from ioc.kpi.engine.registry import sections
from ioc.moment import asked_moment, now_moment
from ioc.streams.engine.fold import permitted
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import NOW, Wire, event
from tests.integration.test_kpi import PROFILE, REGISTER

DAYS = ("2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")
MINUTES_BEFORE, MINUTES_AFTER = -4300, 1800
"""Three days before the wires' BASE, an hour before NOW."""

SCOPES: tuple[Scope, ...] = ("province", "unit", "agency")

Extras = Callable[[Random, str, float], dict[str, Any]]


def stories(random: Random, stream: str, subjects: int, extras: Extras) -> list[Wire]:
    """Stories that mostly keep to the transition table; `extras`: what an event of a fact may carry."""
    return [wire for n in range(subjects) for wire in _story(random, stream, f"{stream}-{n}", extras)]


def _story(random: Random, stream: str, subject: str, extras: Extras) -> list[Wire]:
    projection = streams()[stream].projection
    assert projection is not None
    facts = [fact for fact in streams()[stream].facts if fact not in projection.observations]
    tell = platform_event if stream == "platform" else partial(event, stream)
    name, minutes, told = "", float(random.randrange(MINUTES_BEFORE, 0)), []
    for n in range(random.randrange(1, 10)):
        allowed = [fact for fact in facts if permitted(projection, name, fact)]
        usual = allowed[:1] if random.random() < 0.3 else allowed
        fact = random.choice(usual if usual and random.random() < 0.9 else facts)
        told.append(tell(fact, minutes, subject=subject, id_=f"{subject}-{n:02}", unit_code=random.choice(("U1", "U2")),
                         **extras(random, fact, minutes)))
        name = permitted(projection, name, fact) or name
        minutes = min(minutes + random.choice((0, 7, 20, 55, 300, 1500)), MINUTES_AFTER)
    return told


def platform_event(fact: str, minutes: float, *, subject: str, id_: str = "", **data: Any) -> Wire:
    """An event about the synchronisation of a dossier, or another of the platform, with what any of its facts may need."""
    told: dict[str, Any] = {"source_id": "dvcqg", "dossier_code": subject, "reason": "timeout", "status": "up", "service": "sync", "calls": 1, "errors": 0,
            "expires_on": "2027-01-01", "holder_kind": "device", "severity": 2, "day": "2026-11-19", "measure": "open", "value": 1}
    wire = event("dossier", "withdrawn", minutes, subject=subject, id_=id_ or f"{subject}-{fact}-{minutes:g}", **told | data)
    return {**wire, "type": streams()["platform"].type_of(fact)}


def counted_and_remembered(conn: Connection, section: str, day: str) -> list[dict[tuple[str, ...], list[float | None]]]:
    """(scope, key, unit, agency) → a figure of the year up to a day's end: from the daily counts, and from the intervals as known now.

    What is 0 of a unit or agency is left out: a count that moved elsewhere leaves a 0 behind, an interval nothing.
    """
    found: list[dict[tuple[str, ...], list[float | None]]] = []
    for known in (None, NOW.isoformat()):
        moment = asked_moment(NOW, at=day, known=known)
        period = period_of("year", moment.day, PROFILE.periods)
        told = {(scope, f.key.split(".")[1], f.unit_code, f.org_code): [n if n is None else round(n, 6) for n in (f.value, f.numerator, f.denominator)]
                for scope in SCOPES for f in compute(conn, sections()[section], Question(period=period, moment=moment, scope=scope), PROFILE, REGISTER)}
        found.append({key: numbers for key, numbers in told.items() if key[0] == "province" or any(numbers)})
    return found


def answered(conn: Connection, section: str, query: str) -> list[dict[str, Any]]:
    """Rows of one query about this year, now, by the names of their columns."""
    moment = now_moment(NOW)
    asked = parameters(moment, period_of("year", moment.day, PROFILE.periods), PROFILE)
    cursor = conn.execute(sections()[section].sql[query].encode(), asked)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
