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


@dataclass(frozen=True, slots=True)
class Each:
    """A door that asks for one permission of each set."""

    of: tuple[frozenset[Permission], ...]


Need = Door | Each | frozenset[Permission]
UNASKED = frozenset({Door.OPEN, Door.GREETED, Door.OWN})
P = Permission


def any_of(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


CAMERAS = any_of(P.CAMERAS_COUNTER, P.CAMERAS_TRAFFIC, P.CAMERAS_SECURITY)
"""Some camera's pictures. Which of them, each path asks for itself: what is out of reach is told as what is not there."""
REVIEW = Each((CAMERAS, any_of(P.ALERTS_ACT)))

PANELS: Mapping[str, Permission] = {
    "one_stop": P.PANELS_REFORM, "counters": P.PANELS_REFORM, "online_services": P.PANELS_REFORM, "reform_indices": P.PANELS_REFORM,
    "security_traffic": P.PANELS_SAFETY, "environment": P.PANELS_SAFETY, "digital_platform": P.PANELS_PLATFORM,
}
"""Panel → the permission that opens it beside the wall's."""

FIGURES = any_of(P.FIGURES_ENTER, P.FIGURES_APPROVE, P.FIGURES_APPROVE_REFORM, P.FIGURES_FOLLOW)

EXACT: Mapping[str, Need] = {
    "/": Door.KNOWN, "/wall": any_of(P.WALL), "/healthz": Door.OPEN, "/readyz": Door.OWN, "/metrics": Door.OWN, "/api/events": Door.OWN,
    "/cap/alerts.atom": Door.OWN, "/cap/bulletins": Door.OWN,
    "/_dash-layout": Door.KNOWN, "/_dash-dependencies": Door.KNOWN, "/_dash-update-component": Door.KNOWN, "/_reload-hash": Door.KNOWN,
    "/_favicon.ico": Door.OPEN, "/favicon.ico": Door.OPEN,
    "/live/stream": any_of(P.WALL, *PANELS.values()), "/live/heartbeat": Door.KNOWN,
    "/api/panels": Door.KNOWN, "/api/kpi": Door.KNOWN, "/geo/units.json": Door.KNOWN, "/map/overview": any_of(P.WALL, *PANELS.values()),
    "/map/overview/handover.html": Each((any_of(P.EXPORT), any_of(P.WALL, *PANELS.values()))),
    "/login": Door.GREETED, "/login/step": Door.GREETED, "/login/outside": Door.GREETED, "/login/return": Door.GREETED, "/logout": Door.GREETED,
    "/screen": Door.GREETED, "/screen/state": Door.GREETED, "/session": Door.GREETED, "/session/active": Door.PERSON,
    "/console": Door.PERSON, "/console/me": Door.PERSON, "/console/me/password": Door.PERSON, "/console/me/second-step": Door.PERSON,
    "/console/me/sessions": Door.PERSON,
    "/console/screens": any_of(P.SCREENS_MANAGE), "/console/screens/confirm": any_of(P.SCREENS_MANAGE),
    "/console/screens/change": any_of(P.SCREENS_MANAGE), "/console/screens/end": any_of(P.SCREENS_MANAGE),
    "/console/audit": any_of(P.AUDIT_READ),
    "/console/alerts": any_of(P.ALERTS_READ), "/console/alerts/rules": any_of(P.ALERTS_READ), "/api/alerts.json": any_of(P.ALERTS_READ),
    "/api/alert.json": any_of(P.ALERTS_READ), "/api/alert/behind.json": any_of(P.ALERTS_READ),
    "/console/tasks/new": any_of(P.TASKS_GIVE), "/api/tasks/form.json": any_of(P.TASKS_GIVE),
    **dict.fromkeys(("/console/brief", "/console/brief.docx", "/console/brief.pdf"), any_of(P.ALERTS_READ)),
    "/console/alerts/fatigue": any_of(P.ALERTS_READ),
    "/console/reports": any_of(P.REPORTS_TRIAGE, P.REPORTS_APPROVE), "/api/reports/queue.json": any_of(P.REPORTS_READ),
    "/api/reports/stream": any_of(P.REPORTS_READ), "/api/reports/presence": any_of(P.REPORTS_READ),
    **dict.fromkeys(("/console/shift", "/console/shift/note", "/console/shift/handover", "/console/reviews", "/console/measures"),
                    any_of(P.REPORTS_TRIAGE)),
    **dict.fromkeys(("/console/shift/sign", "/console/reviews/judge"), any_of(P.REPORTS_APPROVE)),
    "/console/letters": any_of(P.LETTERS_HANDLE), "/api/measures": Door.PERSON,
    "/console/standing": any_of(P.ALERTS_READ), "/console/standing/set": any_of(P.ALERTS_CLOSE_4),
    **dict.fromkeys(("/phan-anh", "/phan-anh/tra-cuu", "/phan-anh/dia-ban.json"), Door.OPEN),
    "/console/agency": any_of(P.REPORTS_WORK), "/console/figures": FIGURES, "/console/unit": any_of(P.UNIT_PANELS),
    **dict.fromkeys(("/console/hotline", "/api/hotline", "/api/hotline/caller"), any_of(P.REPORTS_TRIAGE)),
    **dict.fromkeys(("/console/cameras", "/console/cameras/around", "/api/cameras.json"), CAMERAS),
    **dict.fromkeys(("/console/cameras/review", "/api/cameras/review.json", "/api/cameras/review"), REVIEW),
    "/scenarios": any_of(P.SCENARIOS_DRIVE), "/scenarios/run": any_of(P.SCENARIOS_DRIVE), "/scenarios/stop": any_of(P.SCENARIOS_DRIVE),
}
PREFIXES: Mapping[str, Need] = {
    "/console/letters/": any_of(P.LETTERS_HANDLE),
    "/assets/": Door.OPEN, "/static/": Door.OPEN, "/_dash-component-suites/": Door.OPEN, "/_dash-update-component": Door.KNOWN,
    "/phan-anh/anh/": Door.OPEN, "/console/agency/": any_of(P.REPORTS_WORK), "/console/figures/": FIGURES,
    "/console/photos/": any_of(P.REPORTS_READ, P.REPORTS_WORK, P.REPORTS_TRIAGE, P.REPORTS_APPROVE),
    "/language/": Door.OPEN, "/cap/alerts/": Door.OWN, "/open311/v2/": Door.OWN,
    "/api/decisions/": Door.PERSON, "/api/contacts/": any_of(P.REPORTS_CONTACT),
    "/api/reports/": any_of(P.REPORTS_TRIAGE), "/api/cameras/": CAMERAS,
}
WHILE_MUST_CHANGE = frozenset({"/console/me", "/console/me/password", "/logout", "/session", "/session/active"})
"""All that a person with a one-time password may open, beside what is open to everybody."""

UNCOUNTED = frozenset({"/live/heartbeat", "/_dash-update-component", "/screen/state", "/api/reports/presence"})
"""Posts that a page sends by itself: they keep no session alive."""


GUESTS = frozenset({
    "/", "/wall", "/_dash-layout", "/_dash-dependencies", "/_dash-update-component", "/_reload-hash", "/live/stream", "/live/heartbeat",
    "/geo/units.json", "/map/overview",
})
"""What a screen before guests of the house may ask, beside panels, their maps, and what is open to everybody: each of these leaves out what
guests do not see. A path that is not named here is closed to it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The paths of one web process and what each needs. `guests`: those that a screen before guests of the house may ask."""

    exact: Mapping[str, Need]
    prefixes: Mapping[str, Need]
    guests: frozenset[str] = GUESTS

    def need(self, path: str) -> Need | None:
        """None = there is no such path."""
        if path in self.exact:
            return self.exact[path]
        return next((need for prefix, need in self.prefixes.items() if path.startswith(prefix)), None)


    def closed_to_guests(self, path: str) -> bool:
        """Whether a path could tell guests of the house more than they are shown."""
        return self.need(path) not in UNASKED and path not in self.guests


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
    if isinstance(need, Each):
        return all(may(who, one) for one in need.of)
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
    guests = set(GUESTS)
    for key in panels:
        guests |= {f"/wall/{key}", f"/api/panels/{key}/map.json", f"/map/{key}"}
        exact |= dict.fromkeys((f"/wall/{key}", f"/api/panels/{key}.json", f"/api/panels/{key}/map.json", f"/map/{key}"), panel_need(key))
        exact[f"/api/definitions/{key}.json"] = panel_need(key)
        exact[f"/map/{key}/handover.html"] = Each((any_of(P.EXPORT), panel_need(key)))
    for key in sections:
        exact[f"/api/kpi/{key}.json"] = panel_need(key) | {P.UNIT_PANELS}
    exact |= {f"{schema_place}{name}": Door.OPEN for name in schemas}
    numbers = {f"/figure/{key}/": panel_need(key) | {P.UNIT_PANELS} for key in panels}  # who stands for units is shown theirs
    return Access(exact=exact, prefixes={**PREFIXES, **numbers}, guests=frozenset(guests))
