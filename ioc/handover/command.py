"""`ioc map`: the map of a moment into one file."""

import argparse
import sys
import threading
from pathlib import Path

from ioc.audit.hand import enter
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.errors import InputError
from ioc.handover.layers import Taking, file, file_name, gather
from ioc.maps.ground import Atlas
from ioc.maps.page import OVERVIEW
from ioc.moment import asked_moment
from ioc.panels.engine.contract import Panel
from ioc.panels.engine.registry import shown
from ioc.played import clock_of
from ioc.profiles import Profile, load_profile
from ioc.settings import Settings
from ioc.words import words


def write_map(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Write the map of a moment to a file; a line of the ledger tells of it.

    Raises:
        InputError: no such map, a moment that has not come, a file that cannot be written.

    """
    del stop
    text, clock, profile = words(options.lang), clock_of(settings.clock), load_profile(settings.profile)
    moment = asked_moment(clock.now(), at=options.at, known=options.known)
    if moment.at > clock.now():
        raise InputError(f"'--at {options.at}' has not come yet: a map shows what was")
    now = SystemClock().now()
    taking = Taking(panels=mapped(profile, options.panel), moment=moment, by=text("dòng lệnh của trung tâm"), made_at=now, whole=options.whole)
    with connect(settings.dsn(), application="ioc-map", autocommit=True) as conn:
        made = file(taking, gather(conn, taking, profile, text), Atlas(profile).on(conn, moment.day), profile, text)
        with conn.transaction():
            enter(conn, "map.exported", f"map:{options.panel}", now, after={"at": moment.at.isoformat(), "whole": options.whole})
    target: Path = options.out or Path(file_name(options.panel, moment))
    try:
        target.write_bytes(made)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}") from None
    sys.stdout.write(f"{target}\n")
    return 0


def mapped(profile: Profile, name: str) -> tuple[Panel, ...]:
    """The panels that a map shows: one, or for 'overview' all that have points.

    Raises:
        InputError: no panel of that name has a map.

    """
    found = {key: panel for key, panel in shown(profile).items() if panel.spec.has_map}
    if name != OVERVIEW and name not in found:
        raise InputError(f"there is no map '{name}': known are {', '.join((*found, OVERVIEW))}")
    return tuple(found.values()) if name == OVERVIEW else (found[name],)
