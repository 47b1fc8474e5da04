"""The engine's loop: woken by NOTIFY and by the clock, it looks at each rule as often as that rule asks, and misses nothing while it was away."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg

from ioc.alerting import books
from ioc.alerting.duty import on_the_clock
from ioc.alerting.look import Desk, Sight, look
from ioc.alerting.post import Post
from ioc.alerting.silence import held_by, silent
from ioc.alerts.register import Register
from ioc.alerts.rule import Rule
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.moment import Moment, now_moment
from ioc.panels.engine.freshness import Freshness
from ioc.profiles import Profile
from ioc.streams.engine.batch import CHANNEL
from ioc.streams.engine.outage import Outage, gathered, through_outages
from ioc.streams.engine.rules import Rules

log = logging.getLogger(__name__)

COALESCE_S = 0.1
WAKE_S = 0.5
IDLE_S = 10.0
"""How often a rule is looked at though nothing it watches has changed: time alone makes things late."""
CLOCK_S = 3.0
URGENT_S = 1.0
"""Rules that are looked at so often never wait for the others: of these only so many are looked at in one turn as `BUDGET_S` allows."""
BUDGET_S = 0.3
AWAY = timedelta(minutes=3)
STEPS = 30
"""After having been away, at most so many moments between are looked at."""


class Engine:
    """`connect` opens autocommit connections and raises UnavailableError while there is no database. `source`: of the alerts' events."""

    def __init__(self, connect: Callable[[], Connection], clock: Clock, profile: Profile, register: Register, rules: Rules, *, source: str) -> None:
        self._connect = connect
        self._clock = clock
        self._profile = profile
        self._register = register
        self._rules = rules
        self._source = source
        self._outage = Outage(log, "database away, waiting for it", "database is back", level=logging.WARNING)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; an absent database is waited for, and what happened meanwhile is looked at afterwards."""
        def work(listening: Connection, asking: Connection) -> None:
            listening.execute(f"listen {CHANNEL}")
            session = self.session(asking)
            while not stop.is_set():
                session.turn(gathered(listening, stop, 0.0 if session.is_behind else WAKE_S, COALESCE_S))

        through_outages(self._connect, stop, self._outage, work)

    def session(self, conn: Connection) -> "Session":
        """Work on one connection."""
        post = Post(conn, self._clock, self._profile, self._register, self._rules, self._source)
        return Session(conn, self._clock, self._profile, Desk(register=self._register, calendar=self._profile.calendar, post=post))


class Session:
    """One connection's work: when each rule was last looked at, by the machine's clock."""

    def __init__(self, conn: Connection, clock: Clock, profile: Profile, desk: Desk) -> None:
        self._conn = conn
        self._clock = clock
        self._profile = profile
        self._desk = desk
        # What is grave and looked at often comes first, so that a long way back does not hold it up.
        register = desk.register
        self._rules = sorted(register.rules.values(), key=lambda r: (r.every_s, -r.levels[-1].severity, r.id))
        self._looked: dict[str, datetime] = {}
        self._pending: set[str] = set()
        self._clocked: datetime | None = None
        self._failing: set[str] = set()
        self._held: set[str] = set()
        self.is_behind = False

    def turn(self, changed: set[str]) -> int:
        """Look at what is due, given the streams that changed; answers how many things were told."""
        self._pending |= changed
        self.is_behind = False
        real = self._clock.real()
        due = [rule for rule in self._rules if self._is_due(rule, real)]
        told = 0
        if due:
            quiet = silent(self._conn, self._profile, self._clock.now(), but=("alert",))
            states = books.rule_states(self._conn)
            began = time.perf_counter()
            for rule in due:
                if rule.every_s > URGENT_S and time.perf_counter() - began > BUDGET_S:
                    self.is_behind = True
                    break  # still due at the next turn, which comes at once
                told += self._look(rule, quiet, states.get(rule.id))
                self._looked[rule.id] = real
        waiting = [rule for rule in self._rules if self._looked.get(rule.id) != real]
        self._pending = {name for name in self._pending if any(name in self._desk.register.watch(rule).streams for rule in waiting)}
        if self._clocked is None or (real - self._clocked).total_seconds() >= CLOCK_S:
            self._clocked = real
            told += on_the_clock(self._conn, self._desk, self._clock.now())
        return told

    def _is_due(self, rule: Rule, real: datetime) -> bool:
        last = self._looked.get(rule.id)
        if last is None:
            return True
        passed = (real - last).total_seconds()
        if rule.id in self._held and passed >= IDLE_S:
            return True  # however seldom it is looked at: its source may be back
        changed = not self._pending.isdisjoint(self._desk.register.watch(rule).streams)
        return passed >= (rule.every_s if changed else max(rule.every_s, IDLE_S))

    def _look(self, rule: Rule, quiet: dict[str, Freshness], before: books.Standing | None) -> int:
        register, now = self._desk.register, self._clock.now()
        state = register.state(rule)
        if state != "watching":
            if before is None or before.state != state:
                books.note(self._conn, rule.id, now, books.Noted(state, ", ".join(rule.unset), open_count=0))
            return 0
        if holds := held_by(register.watch(rule), quiet):
            text = f"{holds.source} {holds.occurred_at.isoformat(timespec='seconds') if holds.occurred_at else ''}"
            books.note(self._conn, rule.id, now, books.Noted("held", text))
            self._held.add(rule.id)
            return 0
        self._held.discard(rule.id)
        try:
            return sum(look(self._conn, Sight(rule=rule, moment=moment, now=now), self._desk) for moment in self._moments(rule, before, now))
        except (psycopg.DataError, psycopg.ProgrammingError, psycopg.NotSupportedError) as error:
            return self._failed(rule, now, error)

    def _moments(self, rule: Rule, before: books.Standing | None, now: datetime) -> Iterator[Moment]:
        """The present, and before it what lies between it and the last look, where that is long ago."""
        last = before.evaluated_at if before and before.state == "watching" else None
        usual = AWAY * max(self._clock.rhythm().speed, 1.0)
        if last is not None and now - last > max(usual, 3 * timedelta(seconds=rule.every_s)):
            step = max((now - last) / (STEPS + 1), timedelta(seconds=max(rule.every_s, 60.0)))
            for n in range(1, STEPS + 1):
                if last + n * step >= now - step / 2:
                    break
                yield replace(now_moment(last + n * step), known=now, live=False)
        yield now_moment(now)

    def _failed(self, rule: Rule, now: datetime, error: psycopg.Error) -> int:
        text = str(error).partition("\n")[0]
        if rule.id not in self._failing:
            log.error("rule %s cannot be looked at: %s", rule.id, text)
        self._failing.add(rule.id)
        books.note(self._conn, rule.id, now, books.Noted("failed", text))
        return 0
