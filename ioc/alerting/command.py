"""`ioc alerts`: the engine; and `check`, `test`, `tell`: the rules as they stand, what they would have said, who gets letters."""

import argparse
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from importlib import resources

from ioc.alerts.board import open_alerts
from ioc.alerts.reading import Reading, readings
from ioc.alerts.register import Register, load_alerts
from ioc.alerts.replay import Stretch, replay
from ioc.alerts.rule import Rule
from ioc.alerts.watch import watches
from ioc.alerts.wording import Found, sentence, title
from ioc.audit.hand import enter
from ioc.clock import SystemClock, local_day, minute
from ioc.db.connect import Connection, connect
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.moment import now_moment, stated_moment
from ioc.people.roles import ROLES
from ioc.played import clock_of
from ioc.profiles import Profile, load_profile
from ioc.relay.outbox import mail_address
from ioc.settings import Settings
from ioc.words import words

STATES = {"off": "off", "unset": "not configured", "watching": "watching"}
_SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerting").joinpath("recipients.sql")).items()}


def run(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """The engine, until told to stop."""
    from ioc.alerting.engine import Engine
    from ioc.indicators.events import province_of
    from ioc.streams.engine.rules import rules_of

    del options
    dsn, clock = settings.dsn(), clock_of(settings.clock)
    profile = load_profile(settings.profile).at_speed(clock.rhythm().meant)
    Engine(lambda: connect(dsn, application="ioc-alerts", autocommit=True), clock, profile, load_alerts(profile), rules_of(profile),
           source=f"/vn/{province_of(profile)}/ioc/alerts").run(stop)
    return 0


def check(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """List all rules with what each finds at this moment; nothing is raised."""
    del stop
    profile = load_profile(settings.profile)
    register, moment = load_alerts(profile), now_moment(clock_of(settings.clock).now())
    with _open(settings) as conn:
        speaking = Counter(alert.rule_id for alert in open_alerts(conn, most=100_000))
        for rule in _chosen(register, options.rule):
            state = register.state(rule)
            if state != "watching":
                note = f" (decide {', '.join(rule.unset)})" if rule.unset else ""
                sys.stdout.write(f"{rule.id:<6} {STATES[state]}{note}  {rule.title_en}\n")
                continue
            began = time.perf_counter()
            found = readings(conn, rule, register.watch(rule), moment, profile.calendar)
            took_ms = (time.perf_counter() - began) * 1000
            sys.stdout.write(_line(rule, profile, found, speaking[rule.id], took_ms))
    return 0


def _line(rule: Rule, profile: Profile, found: list[Reading], speaking: int, took_ms: float) -> str:
    known = [r for r in found if r.value is not None]
    met = Counter(severity for r in known if (severity := _met(rule, r)))
    levels = ", ".join(f"severity {s}: {n}" for s, n in sorted(met.items(), reverse=True)) or "nothing"
    text = ""
    if known:
        worst = max(known, key=lambda r: rule.sign * (r.value or 0))
        told = Found(unit_code=worst.unit_code, org_code=worst.org_code, value=worst.value, cases=worst.cases, figures=worst.figures,
                     since_at=worst.since_at, item=worst.subject)
        text = f"  worst: {sentence(rule, words('en'), profile, local_day(SystemClock().now()), told)}"
    return f"{rule.id:<6} {levels}; open {speaking}; {took_ms:.0f} ms  {rule.title_en}{text}\n"


def _met(rule: Rule, found: Reading) -> int:
    return max((level.severity for level, n in zip(rule.levels, found.raised, strict=True) if n >= level.cases), default=0)


def test(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Replay rules over a stretch of history, print what each would have told and how often."""
    profile = load_profile(settings.profile)
    register = load_alerts(profile)
    stretch = Stretch(since=stated_moment(options.since), until=stated_moment(options.until), step=timedelta(minutes=options.step_min),
                      known=None if options.as_known_then else clock_of(settings.clock).now())
    if not timedelta() < stretch.step <= stretch.until - stretch.since:
        raise InputError(f"--step-min {options.step_min:g} does not fit between {options.since} and {options.until}")
    days = max((stretch.until - stretch.since) / timedelta(days=1), 1e-9)
    with _open(settings) as conn:
        for rule in _chosen(register, options.rule):
            if stop.is_set():
                break
            if register.state(rule) != "watching":
                sys.stdout.write(f"{rule.id}: {STATES[register.state(rule)]}\n")
                continue
            counts: Counter[str] = Counter()
            for happened in replay(conn, rule, watches()[rule.watch], stretch, profile.calendar):
                what = "takeover" if happened.takes_over else f"{happened.told} {happened.severity}" if happened.severity else happened.told
                counts[what] += 1
                if not options.summary:
                    sys.stdout.write(f"{minute(happened.at)}  {rule.id}  {what:<10}  {happened.subject}\n")
            told = ", ".join(f"{what} {n} ({n / days:.2f} a day)" for what, n in sorted(counts.items())) or "nothing"
            sys.stdout.write(f"{rule.id}  {title(rule, words('en'))}: {told}\n")
            sys.stdout.flush()
    return 0


def _chosen(register: Register, wanted: str) -> list[Rule]:
    if wanted in {"", "all"}:
        return list(register.rules.values())
    if wanted not in register.rules:
        raise InputError(f"there is no rule {wanted}; there are {', '.join(register.rules)}")
    return [register.rules[wanted]]


def add_recipient(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Let an address hear of alerts that a role is told."""
    del stop
    if options.role not in ROLES:
        raise InputError(f"there is no role {options.role}; there are {', '.join(ROLES)}")
    given = {"role": options.role, "unit": options.unit, "address": mail_address(options.address), "severity": options.severity}
    with _open(settings) as conn, conn.transaction():
        now = SystemClock().now()
        row = conn.execute(_SQL["add"], {**given, "at": now}).fetchone()
        if row is None:
            raise InputError(f"{options.address} hears of alerts for {options.role} already: `ioc alerts tell list` shows it")
        enter(conn, "alert_recipient.added", f"alert_recipient:{row[0]}", now, after={k: v for k, v in given.items() if k != "address"})
    sys.stdout.write(f"recipient {row[0]} is told of severity {options.severity} and above\n")
    return 0


def list_recipients(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del options, stop
    with _open(settings) as conn:
        for number, role, unit, address, severity, created_at in conn.execute(_SQL["list"]):
            sys.stdout.write(f"{number}  {role}{f' {unit}' if unit else ''}  {address}  severity {severity}+  since {minute(created_at)}\n")
    return 0


def end_recipient(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _open(settings) as conn, conn.transaction():
        now = SystemClock().now()
        if conn.execute(_SQL["end"], {"number": options.recipient, "at": now}).fetchone() is None:
            raise InputError(f"there is no recipient {options.recipient}: `ioc alerts tell list` shows them")
        enter(conn, "alert_recipient.ended", f"alert_recipient:{options.recipient}", now)
    sys.stdout.write(f"recipient {options.recipient} gets no more letters\n")
    return 0


def _open(settings: Settings) -> Connection:
    return connect(settings.dsn(), application="ioc-cli", autocommit=True)
