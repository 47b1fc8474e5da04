"""The fatigue ledger: how much of what the rules say is worth an operator's look, and which rules are to be mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import resources

import msgspec
from psycopg.rows import class_row

from ioc.calendar.periods import last_day_from
from ioc.clock import end_of, local_day, start_of
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people.roles import ROLES, Permission
from ioc.people.sessions import LONGEST

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerts").joinpath("fatigue.sql")).items()}
USUAL = timedelta(days=30)
HELD = tuple(sorted(role for role, may in ROLES.items() if Permission.ALERTS_ACT in may))
"""Roles whose presence counts as operator-hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """From where on a rule is to be mended. `fewest`: alerts under which nothing is said, since so few prove nothing. [D] = our design."""

    value: float
    fewest: int
    basis: str


LIMITS = {
    "alone": Limit(value=0.8, fewest=10, basis="thiết kế [D]"),
    "repeats": Limit(value=0.3, fewest=10, basis="thiết kế [D]"),
    "ignored": Limit(value=30, fewest=5, basis="thiết kế [D]"),  # days back from the period's end
    "a_day": Limit(value=20, fewest=20, basis="thiết kế [D]"),
    "an_hour": Limit(value=6, fewest=1, basis="EEMUA 191, ISA-18.2: khoảng 6 cảnh báo mỗi giờ cho một người trực [K]; áp dụng: thiết kế [D]"),
}


class Noise(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule raised in a period; `rule_id` None = all rules. `alone`: resolved by themselves before any person acted.

    `repeats`: raised again within an hour of the same condition's last raising. `noise`: repeats, and what was over without anybody having done
    a thing.
    `ack_s`: median seconds to the first acknowledgement. `lately`, `acted_lately`: of the days that 'ignored' looks back over.
    """

    rule_id: str | None
    raised: int
    acted: int
    alone: int
    repeats: int
    noise: int
    still_open: int
    acknowledged: int
    ack_s: float | None
    lately: int
    acted_lately: int
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a rule is to be mended: a key of `LIMITS`, and the counts that show it."""

    limit: str
    n: float
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A period's ledger. `days`: its length so far. `hours`: operator-hours, None = not to be known. `rules`: the noisiest first."""

    since: datetime
    until: datetime
    total: Noise
    rules: Sequence[Noise] = field(default=())
    hours: float | None

    @property
    def days(self) -> float:
        return (self.until - self.since) / timedelta(days=1)

    def an_hour(self, noise: Noise) -> float | None:
        """Alerts per operator-hour; None where nobody was there, or it is not known."""
        return noise.raised / self.hours if self.hours else None

    def faults(self, noise: Noise) -> tuple[Fault, ...]:
        return tuple(_faults(noise, self.days))

    @property
    def to_mend(self) -> tuple[tuple[Noise, tuple[Fault, ...]], ...]:
        """Rules to mend, with why."""
        return tuple((noise, found) for noise in self.rules if (found := self.faults(noise)))

    @property
    def is_too_much(self) -> bool:
        """Whether more came than persons can heed."""
        an_hour = self.an_hour(self.total)
        return an_hour is not None and an_hour > LIMITS["an_hour"].value


def ledger(conn: Connection, since: datetime, until: datetime, *, idle_minutes: int | None) -> Ledger:
    """The ledger of [since, until). What became of an alert is told as it stands today, also where that was after the period.

    `idle_minutes`: after which a session ends by itself; None = sessions say nothing of this period (a played clock), so no hours are counted.
    """
    asked = {"since": since, "until": until, "lately": until - timedelta(days=LIMITS["ignored"].value)}
    with conn.cursor(row_factory=class_row(Noise)) as cursor:
        found = cursor.execute(_SQL["rules"], asked).fetchall()
    total = next(n for n in found if n.rule_id is None)
    rules = [n for n in found if n.rule_id is not None and (n.raised or n.lately)]
    hours = None if idle_minutes is None else operator_hours(conn, since, until, idle_minutes)
    return Ledger(since=since, until=until, total=total, rules=rules, hours=hours)


def operator_hours(conn: Connection, since: datetime, until: datetime, idle_minutes: int) -> float:
    """Hours in which somebody who may act on alerts was signed in, added over persons."""
    asked = {"since": since, "until": until, "idle_minutes": idle_minutes, "roles": list(HELD), "longest": LONGEST}
    row = conn.execute(_SQL["hours"], asked).fetchone()
    return float(row[0]) if row else 0.0


def months(conn: Connection, now: datetime) -> list[date]:
    """First days of the months of which there may be a ledger, newest first, two years at most."""
    row = conn.execute(_SQL["first"]).fetchone()
    first = (local_day(row[0]) if row and row[0] else local_day(now)).replace(day=1)
    found = [local_day(now).replace(day=1)]
    while found[-1] > first and len(found) < 24:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def period(month: str, now: datetime) -> tuple[datetime, datetime]:
    """[since, until) of a month that is written 2026-11, up to now; of none, the last 30 days.

    Raises:
        InputError: the text is no month, or the month has not begun.

    """
    if not month:
        return now - USUAL, now
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise InputError(f"'{month}' is no month: write e.g. 2026-11") from None
    if not 1990 <= first.year < 2100 or start_of(first) > now:
        raise InputError(f"the month {month} has not begun, or lies too far back: there is nothing to tell of it")
    return start_of(first), min(end_of(last_day_from("month", first)), now)


def _faults(noise: Noise, days: float) -> Iterator[Fault]:
    raised = noise.raised
    if raised >= LIMITS["alone"].fewest and noise.alone > LIMITS["alone"].value * raised:
        yield Fault(limit="alone", n=noise.alone, of=raised)
    if raised >= LIMITS["repeats"].fewest and noise.repeats > LIMITS["repeats"].value * raised:
        yield Fault(limit="repeats", n=noise.repeats, of=raised)
    if noise.lately >= LIMITS["ignored"].fewest and not noise.acted_lately:
        yield Fault(limit="ignored", n=0, of=noise.lately)
    if raised >= LIMITS["a_day"].fewest and raised > LIMITS["a_day"].value * max(days, 1):
        yield Fault(limit="a_day", n=raised / max(days, 1), of=raised)
