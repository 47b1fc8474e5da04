"""Whose figures a person may enter, approve or see."""

from dataclasses import replace

from ioc.people.principal import Principal, Scope
from ioc.people.roles import Permission

REFORM = frozenset({"one_stop", "counters", "online_services", "reform_indices"})
"""Sections 1–4, as ioc.api.access opens them to the same role."""


def entering(who: Principal) -> Scope:
    """Figures that a person may enter."""
    return who.scope(Permission.FIGURES_ENTER)


def approving(who: Principal) -> Scope:
    """Figures that a person may approve, entered by another; the procedure office those of its sections alone."""
    reform = who.scope(Permission.FIGURES_APPROVE_REFORM).grants
    narrowed = (replace(g, fields=REFORM if g.fields is None else g.fields & REFORM) for g in reform)
    return Scope(grants=(*who.scope(Permission.FIGURES_APPROVE).grants, *narrowed))


def seeing(who: Principal) -> Scope:
    """Figures that a person may look at."""
    return Scope(grants=(*entering(who).grants, *approving(who).grants, *following(who).grants))


def following(who: Principal) -> Scope:
    """Figures of which a person may see that they are late."""
    return who.scope(Permission.FIGURES_FOLLOW)
