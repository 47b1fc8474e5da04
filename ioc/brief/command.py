"""`ioc brief`: the morning page into a file."""

import argparse
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ioc.alerts.register import load_alerts
from ioc.audit.hand import enter
from ioc.brief.content import Page, Writer
from ioc.brief.facts import gather
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.errors import InputError
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment, asked_moment
from ioc.places.register import load_register
from ioc.played import clock_of
from ioc.profiles import load_profile
from ioc.settings import Settings
from ioc.words import Words, words

MEDIA = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}


def form(kind: str) -> Callable[[Page], bytes]:
    """How a page becomes a file of a kind; its library is loaded only now."""
    if kind == "docx":
        from ioc.brief.docx import document

        return document
    from ioc.brief.pdf import pdf

    return pdf


def file_name(page_of: Moment, kind: str) -> str:
    """E.g. giao-ban-2026-11-22.pdf: by the day that the moment closes."""
    return f"giao-ban-{page_of.day:%Y-%m-%d}.{kind}"


def write_brief(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Write the page of a moment to a file; a line of the ledger tells of it."""
    del stop
    text, clock = words(options.lang), clock_of(settings.clock)
    moment = asked_moment(clock.now(), at=options.at, known=None)
    if moment.at > clock.now():
        raise InputError(f"'--at {options.at}' has not come yet: a brief tells what was")
    file = options.out or Path(file_name(moment, "pdf"))
    kind = file.suffix.removeprefix(".").lower()
    if kind not in MEDIA:
        raise InputError(f"'{file.name}' is neither a .docx nor a .pdf: name the file by what it is to be")
    made = form(kind)(_page(settings, moment, text))
    try:
        file.write_bytes(made)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from None
    sys.stdout.write(f"{file}\n")
    return 0


def _page(settings: Settings, moment: Moment, text: Words) -> Page:
    profile = load_profile(settings.profile)
    writer = Writer(profile=profile, register=load_alerts(profile), words=text)
    at = SystemClock().now()
    with connect(settings.dsn(), application="ioc-brief", autocommit=True) as conn:
        facts = gather(conn, moment, profile, load_register(profile), shown=sections())
        with conn.transaction():
            enter(conn, "brief.exported", "brief", at, after={"at": moment.at.isoformat(), "language": text.language})
    return writer.page(facts, by=text("dòng lệnh của trung tâm"), made_at=at)
