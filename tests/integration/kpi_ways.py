"""What the tests of figures share: made-up events, the figures they make, and whether daily counts and history tell the same of them."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from random import Random
from typing import Any

from ioc.calendar.periods import period_of
from ioc.db.connect import Connection
from ioc.kpi.engine.compute import Question, compute, parameters
from ioc.kpi.engine.contract import Figure, Scope
from ioc.kpi.engine.registry import sections
from ioc.moment import asked_moment, now_moment
from ioc.places.register import load_register
from ioc.profiles import load_profile
from ioc.streams.engine.fold import permitted
from ioc.streams.engine.registry import streams
from tests.integration.streams_db import empty, sunk
from tests.integration.streams_wire import NOW, PLACE, Wire, at, event

PROFILE = load_profile("soc_trang")
REGISTER = load_register(PROFILE)

Asked = dict[str, str]
MOMENTS: tuple[Asked, ...] = ({}, {"at": "2026-11-20"}, {"at": "2026-11-20T09:00"}, {"at": "2026-11-20", "known": "2026-11-20"})
"""Now, a day's end, within a day, and as it was known then."""

LATER = "2026-11-21T09:00:00Z"
"""Past all that was brought in, so that `known` = LATER means everything that is known."""

DAY_MINUTES = 1440
DAYS = ("2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")
MINUTES_BEFORE, MINUTES_AFTER = -4300, 1800
"""Three days before the wires' BASE, an hour before NOW."""

SCOPES: tuple[Scope, ...] = ("province", "unit", "agency")

Data = Callable[[Random], dict[str, Any]]
Extras = Callable[[Random, str, float], dict[str, Any]]
Parts = tuple[float | None, ...]
NOTHING: Parts = (None, None, None)


def figures(conn: Connection, section: str, kind: str = "year", day: date | None = None, **asked: Any) -> dict[str, Figure]:
    return {f"{f.key.split('.')[1]}{'@' + f.unit_code if f.unit_code else ''}": f for f in computed(conn, section, kind, day, **asked)}


def computed(conn: Connection, section: str, kind: str = "year", day: date | None = None, *, at: str | None = None, known: str | None = None,
             **asked: Any) -> Sequence[Figure]:
    """A section's figures of the period of a day, or of the moment's own."""
    moment = asked_moment(NOW, at=at, known=known)
    question = Question(period=period_of(kind, day or moment.day, PROFILE.periods), moment=moment, **asked)  # type: ignore[arg-type]
    return compute(conn, sections()[section], question, PROFILE, REGISTER)


def asked_figures(conn: Connection, section: str, asked: Asked, kind: str = "year", scope: str = "province") -> dict[str, Figure]:
    return figures(conn, section, kind, at=asked.get("at"), known=asked.get("known"), scope=scope)


def parts(figure: Figure) -> Parts:
    """Value, numerator and denominator, free of the last digits of sums taken in another order."""
    return tuple(None if part is None else round(part, 9) for part in (figure.value, figure.numerator, figure.denominator))


def both_ways(conn: Connection, section: str, *, day: str = "2026-11-20", kind: str = "year",
              scope: str = "province") -> tuple[dict[tuple[str, str, str], Parts], ...]:
    """(key, unit, agency) → parts of a figure at a day's end: from counts and sums, and (asking for all that was ever known) from intervals and events.

    What is 0 of a unit or agency is left out: a count that moved elsewhere leaves a 0 behind, an interval nothing. A quotient
    of nothing is none, whether its parts are 0 or not there.
    """
    ways = ({(f.key.split(".")[1], f.unit_code, f.org_code): parts(f) if f.value is not None or f.numerator or f.denominator else NOTHING for f in computed(conn, section, kind, at=day, known=known, scope=scope)}
            for known in (None, LATER))
    return tuple({place: numbers for place, numbers in found.items() if scope == "province" or any(numbers)} for found in ways)


def told(stream: str, fact: str, minutes: float = 0, *, subject: str = "S1", id_: str = "", source: str = "/test/a", simulated: bool = False,
         **data: Any) -> Wire:
    """A CloudEvent `minutes` after BASE with a place and the data given; None = not said."""
    wire: Wire = {
        "specversion": "1.0", "id": id_ or f"{subject}-{fact}-{minutes:g}", "source": source, "type": f"vn.ioc.{stream}.{fact}.v1",
        "subject": subject, "time": at(minutes), "data": {name: value for name, value in {**PLACE, **data}.items() if value is not None},
    }
    return wire | ({"simulated": "true"} if simulated else {})


def lives(random: Random, stream: str, facts: tuple[str, ...], subjects: int, data: Data) -> list[Wire]:
    """Facts in any order over the three days before Saturday 21 November, of which the table of transitions forbids some."""
    return [event(stream, random.choice(facts), round(random.uniform(-2 * DAY_MINUTES, DAY_MINUTES)), subject=f"{stream}-{n}", id_=f"{stream}-{n}-{k}",
                  unit_code=random.choice(["U1", "U2"]), sequence=random.choice(["", "", "1"]), **data(random))
            for n in range(subjects) for k in range(random.randrange(1, 7))]


def bring(dsn: str, conn: Connection, random: Random, wires: list[Wire]) -> None:
    """Sink them into an empty database before NOW, out of order and in small batches."""
    empty(conn)
    sunk(dsn, random.sample(wires, len(wires)), seconds=-60, batch=7)


def stories(random: Random, stream: str, subjects: int, extras: Extras) -> list[Wire]:
    """Stories that mostly keep to the transition table; `extras`: what an event of a fact may carry."""
    return [wire for n in range(subjects) for wire in _story(random, stream, f"{stream}-{n}", extras)]


def _story(random: Random, stream: str, subject: str, extras: Extras) -> list[Wire]:
    projection = streams()[stream].projection
    assert projection is not None
    facts = [fact for fact in streams()[stream].facts if fact not in projection.observations]
    tell = platform_event if stream == "platform" else partial(event, stream)
    name, minutes, wires = "", float(random.randrange(MINUTES_BEFORE, 0)), []
    for n in range(random.randrange(1, 10)):
        allowed = [fact for fact in facts if permitted(projection, name, fact)]
        usual = allowed[:1] if random.random() < 0.3 else allowed
        fact = random.choice(usual if usual and random.random() < 0.9 else facts)
        wires.append(tell(fact, minutes, subject=subject, id_=f"{subject}-{n:02}", unit_code=random.choice(("U1", "U2")),
                         **extras(random, fact, minutes)))
        name = permitted(projection, name, fact) or name
        minutes = min(minutes + random.choice((0, 7, 20, 55, 300, 1500)), MINUTES_AFTER)
    return wires


def platform_event(fact: str, minutes: float, *, subject: str, id_: str = "", **data: Any) -> Wire:
    """An event about the synchronisation of a dossier, or another of the platform, with what any of its facts may need."""
    given: dict[str, Any] = {"source_id": "dvcqg", "dossier_code": subject, "reason": "timeout", "status": "up", "service": "sync", "calls": 1, "errors": 0,
            "expires_on": "2027-01-01", "holder_kind": "device", "severity": 2, "day": "2026-11-19", "measure": "open", "value": 1}
    wire = event("dossier", "withdrawn", minutes, subject=subject, id_=id_ or f"{subject}-{fact}-{minutes:g}", **given | data)
    return {**wire, "type": streams()["platform"].type_of(fact)}


def answered(conn: Connection, section: str, query: str) -> list[dict[str, Any]]:
    """Rows of one query about this year, now, by the names of their columns."""
    moment = now_moment(NOW)
    asked = parameters(moment, period_of("year", moment.day, PROFILE.periods), PROFILE)
    cursor = conn.execute(sections()[section].sql[query].encode(), asked)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
