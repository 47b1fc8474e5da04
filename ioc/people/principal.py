"""Who asks: a person with a session, a paired screen, or the system itself; and within which limits."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from ioc.people.roles import ROLES, SCREEN, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role of one person. None = not limited so; an empty set is none at all.

    `units`: unit codes; `agencies`: organisation codes; `fields`: fields of work, e.g. categories of reports.
    """

    role: str
    units: frozenset[str] | None = None
    agencies: frozenset[str] | None = None
    fields: frozenset[str] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLES.get(self.role, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a permission reaches: everything, or the union of limits. As parameters of a query, see `parameters`."""

    grants: tuple[Grant, ...]

    def covers(self, *, unit: str = "", agency: str = "", field: str = "") -> bool:
        """Whether one of the grants covers a thing of this unit, agency and field."""
        told = (("units", unit), ("agencies", agency), ("fields", field))
        return any(all((limit := getattr(grant, name)) is None or value in limit for name, value in told) for grant in self.grants)

    @property
    def unlimited(self) -> bool:
        return any(g.units is None and g.agencies is None and g.fields is None for g in self.grants)

    def parameters(self) -> dict[str, Any]:
        """For `within_scope(unit, agency, field, %(scope)s)` of a query: a JSON list of objects, null = not limited so."""
        def plain(limit: Collection[str] | None) -> list[str] | None:
            return None if limit is None else sorted(limit)

        return {"scope": [{"units": plain(g.units), "agencies": plain(g.agencies), "fields": plain(g.fields)} for g in self.grants]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whoever acts. `id`: of the person or the screen; `session_id` names the session in the ledger, never its token; `guests`: of a screen
    that guests of the house see.
    """

    kind: Literal["person", "screen", "system"]
    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    session_id: str = ""
    csrf: str = field(default="", repr=False)
    guests: bool = False

    @property
    def actor(self) -> str:
        """As it stands in the ledger: person:12, screen:3, system:relay."""
        return f"{self.kind}:{self.id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        if self.kind == "screen":
            return SCREEN
        return frozenset(p for grant in self.grants for p in grant.permissions)

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(sorted({g.role for g in self.grants}))

    def may(self, permission: Permission, **of: str) -> bool:
        """Whether a permission is there, and reaches a thing (`unit`, `agency`, `field`) where one is named."""
        if self.kind == "screen":
            return permission in SCREEN
        scope = self.scope(permission)
        return bool(scope.grants) and (not of or scope.covers(**of))

    def scope(self, *permissions: Permission) -> Scope:
        """The reach of a permission, or of several together: the grants that give one of them."""
        return Scope(grants=tuple(_giving(self.grants, permissions)))


def _giving(grants: Iterable[Grant], permissions: Collection[Permission]) -> Iterable[Grant]:
    return (grant for grant in grants if not grant.permissions.isdisjoint(permissions))
