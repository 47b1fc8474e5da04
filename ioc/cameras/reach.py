"""Whose pictures a person may see: by the kind of camera, within the limits of the grant. Free of a picture's libraries."""

from collections.abc import Iterable, Mapping

from ioc.cameras.sites import Camera, Kind
from ioc.people.principal import Principal
from ioc.people.roles import Permission

NEEDS: Mapping[Kind, Permission] = {
    "counter": Permission.CAMERAS_COUNTER, "traffic": Permission.CAMERAS_TRAFFIC, "security": Permission.CAMERAS_SECURITY,
}
"""Kind of camera → the permission that shows its pictures."""
UNLISTED: Kind = "security"
"""What a camera counts as that sends events and stands in no cameras.csv: nobody has said that it looks at nothing private."""


def may_see(who: Principal, kind: Kind, unit_code: str) -> bool:
    """Whether a person sees a camera of this kind and unit.

    A grant's units limit it, and its fields by kind ('counter'). A camera belongs to no agency: a grant that names agencies alone reaches none.
    A screen on a wall is nobody's eyes in particular: it sees no picture.
    """
    return who.kind == "person" and who.may(NEEDS[kind], unit=unit_code, field=kind)


def seen_by(who: Principal, cameras: Iterable[Camera]) -> dict[str, Camera]:
    """The cameras that a person may see, by code, in their order."""
    return {camera.code: camera for camera in cameras if may_see(who, camera.kind, camera.unit_code)}
