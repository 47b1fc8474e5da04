"""What stands behind an alert now: its rule's watch is run for whoever opens it, and what tells of persons is counted, not listed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg

from ioc.alerts.reading import Reading, readings
from ioc.alerts.reading import behind as of_subject
from ioc.alerts.rule import Group, Rule
from ioc.alerts.watch import Watch
from ioc.api.access import PANELS
from ioc.calendar.working import WorkingCalendar
from ioc.db.connect import Connection
from ioc.moment import Moment
from ioc.people.principal import Grant, Principal
from ioc.people.roles import Permission

PATIENCE = "5s"
LISTS: Mapping[str, Permission] = {**PANELS, "citizen_reports": Permission.REPORTS_READ}
"""Panel → the permission whose holders see its single dossiers and reports, within their reach."""


class Looking(NamedTuple):
    """Who looks, and when by which calendar."""

    who: Principal
    moment: Moment
    calendar: WorkingCalendar


def behind(conn: Connection, rule: Rule, watch: Watch, subject: str, looking: Looking) -> Mapping[str, Any]:
    """How many things stand behind one subject of a rule, and which, the worst first. `items` None: they are not for this person to see.

    `state`: found, over (nothing is met any more), late (it took longer than PATIENCE).
    """
    try:
        with conn.transaction():
            conn.execute(f"set local statement_timeout = '{PATIENCE}'")
            found = of_subject(readings(conn, rule, watch, looking.moment, looking.calendar), subject)
    except psycopg.errors.QueryCanceled:
        return {"state": "late", "n": None, "items": None}
    if found is None or found.unknown:
        return {"state": "over", "n": 0, "items": None}
    shown = not watch.private or _sees(looking.who, rule, found)
    return {"state": "found", "n": found.cases, "items": list(found.items) if shown else None}


def _sees(who: Principal, rule: Rule, found: Reading) -> bool:
    permission = LISTS.get(rule.panel)
    return permission is not None and any(_covers(grant, rule.group, found) for grant in who.scope(permission).grants)


def _covers(grant: Grant, group: Group, found: Reading) -> bool:
    """Whether all that is put together under one subject lies within a grant. A limit that the grouping says nothing of is not known to be kept."""
    if grant.fields is not None:
        return False
    units = grant.units is None or (group in {"unit", "each"} and found.unit_code in grant.units)
    agencies = grant.agencies is None or (group in {"agency", "each"} and found.org_code in grant.agencies)
    return units and agencies
