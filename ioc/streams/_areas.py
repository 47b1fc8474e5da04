"""Areas that events carry: a GeoJSON MultiPolygon (RFC 7946) as text, checked before it is stored and drawn."""

from typing import Annotated, Literal

import msgspec

from ioc.errors import InvalidEvent

MOST_TEXT = 300_000
MOST_POINTS = 10_000
"""Of all rings together: a whole coast at 100 m, and no more than a browser draws at once."""

_Lon = Annotated[float, msgspec.Meta(ge=-180, le=180)]
_Lat = Annotated[float, msgspec.Meta(ge=-90, le=90)]
_Ring = Annotated[list[tuple[_Lon, _Lat]], msgspec.Meta(min_length=4)]
_Polygon = Annotated[list[_Ring], msgspec.Meta(min_length=1)]


class _MultiPolygon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[_Polygon], msgspec.Meta(min_length=1)]


def check_area(field: str, text: str) -> None:
    """Whether a text is an area that can be drawn.

    Raises:
        InvalidEvent: no MultiPolygon, a ring that is not closed, an outline that crosses itself, too many points.

    """
    import shapely  # few events carry an area, and every command knows the streams

    try:
        found = msgspec.json.decode(text, type=_MultiPolygon)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidEvent("schema", f"'{field}' is no GeoJSON MultiPolygon with [longitude, latitude] in degrees: {str(error)[:300]}") from None
    rings = [ring for polygon in found.coordinates for ring in polygon]
    if (points := sum(map(len, rings))) > MOST_POINTS:
        raise InvalidEvent("schema", f"'{field}' has {points} points, at most {MOST_POINTS} are allowed: simplify it")
    if any(ring[0] != ring[-1] for ring in rings):
        raise InvalidEvent("schema", f"a ring of '{field}' is not closed: its last point must be its first again")
    shape = shapely.MultiPolygon([(polygon[0], polygon[1:]) for polygon in found.coordinates])
    if not shapely.is_valid(shape):
        raise InvalidEvent("schema", f"'{field}' is no area: {shapely.is_valid_reason(shape)} (longitude latitude)")
