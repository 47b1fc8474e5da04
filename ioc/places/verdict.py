"""What is to be said about a file of boundaries, for it and against it, in words a person can act on."""

from collections.abc import Sequence
from math import cos, radians
from statistics import median

from ioc.places.matching import Match
from ioc.places.quality import Outlines
from ioc.places.reading import province_box
from ioc.places.register import Register
from ioc.profiles.units import Unit

_M_PER_DEGREE = 111_195
_SHIFT_M, _FAR_M = 100, 15_000
_OVERLAP_RATIO, _AREA_RATIO, _RENAMED_RATIO = 0.01, 0.25, 0.1


def unsure(found: Match, number: int) -> tuple[str, ...]:
    """What keeps units from being told apart; `--partial` leaves those units out instead."""
    said = []
    if found.missing:
        said.append(f"{len(found.missing)} of {number} units are missing: {_few([f'{u.code} {u.name}' for u in found.missing])}")
    if found.duplicate:
        twice = _few([f"{code} in rows {', '.join(str(r + 1) for r in rows[:4])}" for code, rows in found.duplicate.items()])
        said.append(f"the column '{found.column}' names {len(found.duplicate)} units more than once ({twice}): it may hold the province's name, "
                    "not the unit's; choose another with --column, or join the rows of a unit")
    if found.renamed:
        others = _few([f"{code} {name}" for code, name in found.renamed.items()])
        said.append(f"{len(found.renamed)} rows bear another name than their code's unit of that day ({others}): codes are used again for other "
                    "ground, so --valid-from may be wrong")
    return tuple(said)


def wrong(found: Match, units: Sequence[Unit], shapes: Outlines, register: Register) -> tuple[str, ...]:
    """What shows the file itself to be wrong; nothing lifts it."""
    said, total = [], sum(shapes.areas_km2)
    if len(found.renamed) > _RENAMED_RATIO * (len(found.renamed) + len(units)):
        said.append(f"too many names ({len(found.renamed)}) are not those of that day's units: the file is of another time, mend --valid-from")
    if shapes.overlap_km2 > _OVERLAP_RATIO * total:
        said.append(f"units overlap on {shapes.overlap_km2:,.2f} km² of {total:,.2f}: two units cannot hold the same ground")
    known = sum(u.known_area_km2 or 0 for u in units)
    if known and all(u.known_area_km2 for u in units) and abs(total - known) > _AREA_RATIO * known:
        said.append(f"the outlines cover {total:,.2f} km², the register's units {known:,.2f}: other ground, or another coordinate system")
    box = province_box(register)
    far = [f"{u.code} {u.name}" for u, (x, y) in zip(units, shapes.centres, strict=True)
           if (box is not None and not (box[0] <= x <= box[2] and box[1] <= y <= box[3])) or max(map(abs, _off(u, x, y) or (0,))) > _FAR_M]
    if far:
        said.append(f"{len(far)} outlines lie far from where the register has the unit ({_few(far)}): another coordinate "
                    "system, or other units of the same name")
    return tuple(said)


def words(found: Match, units: Sequence[Unit], sure: Sequence[Unit], shapes: Outlines) -> list[str]:
    """The report: what was found and how good it is."""
    named = [u for u in sure if u.known_area_km2]
    total = sum(shapes.areas_km2)
    return [
        f"{len(sure)} of {len(units)} units found by {found.by} in the column '{found.column}'; {found.foreign} other rows are not of this register",
        *unsure(found, len(units)),
        f"area: {total:,.2f} km²" + (f"; the register's: {sum(u.area_km2 for u in named):,.2f} km²" if len(named) == len(sure) else ""),
        f"repaired outlines: {shapes.repaired}; overlaps: {shapes.overlap_km2:,.4f} km²",
        f"holes between units: {shapes.holes} ({shapes.hole_km2:,.4f} km²); borders meet {'exactly' if shapes.is_coverage else 'roughly'}",
    ]


def shift(units: Sequence[Unit], shapes: Outlines) -> list[str]:
    """A common shift of all outlines against the register's points: what VN-2000 degrees taken for WGS 84 look like (226 m)."""
    off = [found for u, (x, y) in zip(units, shapes.centres, strict=True) if (found := _off(u, x, y)) is not None]
    if len(off) < 3:
        return []
    east, north = median(e for e, _ in off), median(n for _, n in off)
    shifted = max(abs(east), abs(north)) > _SHIFT_M
    return [f"{'WARNING: ' if shifted else ''}centres lie {east:+,.0f} m east, {north:+,.0f} m north of the register's (median)"
            + ("; VN-2000 degrees taken for WGS 84 lie some 226 m off" if shifted else "")]


def _off(unit: Unit, lon_deg: float, lat_deg: float) -> tuple[float, float] | None:
    """Metres east and north of the register's point."""
    if unit.known_lon_deg is None or unit.known_lat_deg is None:
        return None
    return (lon_deg - unit.lon_deg) * _M_PER_DEGREE * cos(radians(lat_deg)), (lat_deg - unit.lat_deg) * _M_PER_DEGREE


def _few(texts: Sequence[str]) -> str:
    return ", ".join(texts[:5]) + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")
