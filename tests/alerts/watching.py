"""Asking a rule's watch at a moment: now, or about a past moment later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ioc.alerts.reading import Reading, readings
from ioc.alerts.rule import Rule
from ioc.alerts.watch import watches
from ioc.db.connect import Connection
from ioc.moment import Moment, now_moment
from tests.alerts.world import register, soc_trang


def rule(number: str, changed: Mapping[str, Any] | None = None) -> Rule:
    return msgspec.convert({**msgspec.to_builtins(register().rules[number]), **(changed or {})}, Rule)


def at_present(conn: Connection, number: str, at: datetime, **changed: Any) -> Sequence[Reading]:
    return _found(conn, rule(number, changed), now_moment(at))


def in_the_past(conn: Connection, number: str, at: datetime, known: datetime, **changed: Any) -> Sequence[Reading]:
    """What the rule found at `at`, by all that is known at `known`."""
    return _found(conn, rule(number, changed), Moment(at=at, known=known, live=False))


def as_known(conn: Connection, number: str, at: datetime, **changed: Any) -> Sequence[Reading]:
    """What the rule found at `at`, by what was known then."""
    return _found(conn, rule(number, changed), Moment(at=at, known=at, live=False, time_machine=True))


def cases(found: Sequence[Reading]) -> dict[str, int]:
    """Subject → things that raise the lowest level."""
    return {r.subject: r.raised[0] for r in found if not r.unknown}


def _found(conn: Connection, rule_: Rule, moment: Moment) -> Sequence[Reading]:
    return readings(conn, rule_, watches()[rule_.watch], moment, soc_trang().calendar)
