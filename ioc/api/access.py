"""What each path needs: nothing, a key of its own, anybody who is known, a person, or one of some permissions. A path without a line is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ioc.people.principal import Principal
from ioc.people.roles import Permission


class Door(Enum):
    """Doors that ask for no permission. GREETED: open to everybody, and told who comes, where that is known. OWN: the path proves its caller
    by itself (a source's key, a monitor's address).
    """

    OPEN = "open"
    GREETED = "greeted"
    OWN = "own"
    KNOWN = "known"
    PERSON = "person"


Need = Door | frozenset[Permission]
UNASKED = frozenset({Door.OPEN, Door.GREETED, Door.OWN})
P = Permission


def any_of(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


PANELS: Mapping[str, Permission] = {
    "one_stop": P.PANELS_REFORM, "counters": P.PANELS_REFORM, "online_services": P.PANELS_REFORM, "reform_indices": P.PANELS_REFORM,
    "security_traffic": P.PANELS_SAFETY, "environment": P.PANELS_SAFETY, "digital_platform": P.PANELS_PLATFORM,
}
"""Panel → the permission that opens it beside the wall's."""

EXACT: Mapping[str, Need] = {
    "/": Door.KNOWN, "/wall": any_of(P.WALL), "/healthz": Door.OPEN, "/readyz": Door.OWN, "/metrics": Door.OWN, "/api/events": Door.OWN,
    "/_dash-layout": Door.KNOWN, "/_dash-dependencies": Door.KNOWN, "/_dash-update-component": Door.KNOWN, "/_reload-hash": Door.KNOWN,
    "/_favicon.ico": Door.OPEN, "/favicon.ico": Door.OPEN,
    "/live/stream": any_of(P.WALL, *PANELS.values()), "/live/heartbeat": Door.KNOWN,
    "/api/panels": Door.KNOWN, "/api/kpi": Door.KNOWN, "/geo/units.json": Door.KNOWN,
    "/login": Door.GREETED, "/login/step": Door.GREETED, "/login/outside": Door.GREETED, "/login/return": Door.GREETED, "/logout": Door.GREETED,
    "/screen": Door.GREETED, "/screen/state": Door.GREETED, "/session": Door.GREETED, "/session/active": Door.PERSON,
    "/console": Door.PERSON, "/console/me": Door.PERSON, "/console/me/password": Door.PERSON, "/console/me/second-step": Door.PERSON,
    "/console/me/sessions": Door.PERSON,
    "/console/screens": any_of(P.SCREENS_MANAGE), "/console/screens/confirm": any_of(P.SCREENS_MANAGE),
    "/console/screens/change": any_of(P.SCREENS_MANAGE), "/console/screens/end": any_of(P.SCREENS_MANAGE),
    "/console/audit": any_of(P.AUDIT_READ),
    "/scenarios": any_of(P.SCENARIOS_DRIVE), "/scenarios/run": any_of(P.SCENARIOS_DRIVE), "/scenarios/stop": any_of(P.SCENARIOS_DRIVE),
}
PREFIXES: Mapping[str, Need] = {
    "/assets/": Door.OPEN, "/static/": Door.OPEN, "/_dash-component-suites/": Door.OPEN, "/_dash-update-component": Door.KNOWN,
    "/language/": Door.OPEN, "/api/decisions/": Door.PERSON, "/api/contacts/": any_of(P.REPORTS_READ, P.REPORTS_CONTACT),
}
WHILE_MUST_CHANGE = frozenset({"/console/me", "/console/me/password", "/logout", "/session", "/session/active"})
"""All that a person with a one-time password may open, beside what is open to everybody."""

UNCOUNTED = frozenset({"/live/heartbeat", "/_dash-update-component", "/screen/state"})
"""Posts that a page sends by itself: they keep no session alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The paths of one web process and what each needs."""

    exact: Mapping[str, Need]
    prefixes: Mapping[str, Need]

    def need(self, path: str) -> Need | None:
        """None = there is no such path."""
        if path in self.exact:
            return self.exact[path]
        return next((need for prefix, need in self.prefixes.items() if path.startswith(prefix)), None)


def may(who: Principal | None, need: Need) -> bool:
    """Whether somebody may open a door; None = nobody that is known."""
    if need in UNASKED:
        return True
    if who is None:
        return False
    if need is Door.KNOWN:
        return True
    if need is Door.PERSON:
        return who.kind == "person"
    assert isinstance(need, frozenset)
    return not need.isdisjoint(who.permissions)


def panel_need(key: str) -> frozenset[Permission]:
    """What a panel's figures need."""
    return frozenset({P.WALL, PANELS[key]} if key in PANELS else {P.WALL})


def may_see(who: Principal | None, panel: str) -> bool:
    return may(who, panel_need(panel))


def access(panels: Mapping[str, object], sections: Mapping[str, object], schemas: Mapping[str, object] | list[str], schema_place: str) -> Access:
    """All paths of a process that shows these panels."""
    exact: dict[str, Need] = dict(EXACT)
    for key in panels:
        exact |= dict.fromkeys((f"/wall/{key}", f"/api/panels/{key}.json", f"/api/panels/{key}/map.json", f"/map/{key}"), panel_need(key))
        exact[f"/api/definitions/{key}.json"] = panel_need(key)
    for key in sections:
        exact[f"/api/kpi/{key}.json"] = panel_need(key) | {P.UNIT_PANELS}
    exact |= {f"{schema_place}{name}": Door.OPEN for name in schemas}
    return Access(exact=exact, prefixes=PREFIXES)
