"""`ioc kpi`: figures as text, with what they are made of."""

import argparse
import sys
import threading

from ioc.calendar.periods import KINDS, period_of
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.errors import InputError
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.contract import FLAGS, Figure, Section
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment, asked_moment
from ioc.places.register import load_register
from ioc.profiles import Profile, load_profile
from ioc.settings import Settings

SCOPES = ("province", "unit", "agency")
BOUNDARIES = ("now", "then")


def asked_question(moment: Moment, profile: Profile, *, period: str, scope: str, boundaries: str) -> Question:
    """A question from its texts.

    Raises:
        InputError: a word that is none of those that are known.

    """
    for name, word, known in (("period", period, KINDS), ("by", scope, SCOPES), ("boundaries", boundaries, BOUNDARIES)):
        if word not in known:
            raise InputError(f"'{name}={word}' is not known: choose one of {', '.join(known)}")
    return Question(period=period_of(period, moment.day, profile.periods), moment=moment, scope=scope, boundaries=boundaries)  # type: ignore[arg-type]


def section_of(key: str) -> Section:
    """Raises InputError where there is no such section."""
    if key not in sections():
        raise InputError(f"there are no figures of '{key}'; known are {', '.join(sections())}")
    return sections()[key]


def show(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Print a section's figures, one a line."""
    del stop
    section, profile = section_of(options.section), load_profile(settings.profile)
    moment = asked_moment(SystemClock().now(), at=options.at, known=options.known)
    question = asked_question(moment, profile, period=options.period, scope=options.by, boundaries=options.boundaries)
    register = load_register(profile)
    with connect(settings.dsn(), application="ioc-kpi", autocommit=True) as conn:
        figures = compute(conn, section, question, profile, register)
    for figure in figures:
        sys.stdout.write(_line(section, figure))
    return 0


def _line(section: Section, figure: Figure) -> str:
    kpi = section.kpis[figure.key.split(".")[1]]
    made_of = "" if figure.denominator is None else f"  = {figure.numerator:g} / {figure.denominator:g}" if figure.numerator is not None else ""
    place = " ".join(part for part in (figure.unit_code, figure.org_code) if part)
    value = "–" if figure.value is None else f"{figure.value:.2f}".rstrip("0").rstrip(".")
    flags = f"  [{'; '.join(FLAGS.get(f, f) for f in figure.flags)}]" if figure.flags else ""
    return f"{place + '  ' if place else ''}{kpi.label}: {value} {figure.unit}{made_of}{flags}\n"
