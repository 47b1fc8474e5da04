"""The grid of the public map: a place is told no closer than this, for a house is nobody's business (domain notes §0.16)."""

from math import cos, radians

from ioc.places.distance import DEGREE_M

SNAP_M = 250


def snapped(lon_deg: float, lat_deg: float) -> tuple[float, float]:
    """The nearest point of the grid, (longitude, latitude) in degrees."""
    step_lat = SNAP_M / DEGREE_M
    lat = round(lat_deg / step_lat) * step_lat
    step_lon = SNAP_M / (DEGREE_M * max(0.01, cos(radians(lat))))
    return round(round(lon_deg / step_lon) * step_lon, 5), round(lat, 5)
