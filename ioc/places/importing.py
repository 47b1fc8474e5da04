"""Boundaries from a file: checked against the register, reported in words, refused where they are not sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ioc.errors import InputError
from ioc.places import verdict
from ioc.places.matching import match
from ioc.places.quality import Outlines, outlines
from ioc.places.reading import check_place, read_vector
from ioc.places.register import Register
from ioc.profiles.units import Unit


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person asks to import; `valid_to` is the first day the boundaries no longer hold."""

    file: Path
    level: str
    valid_from: date
    valid_to: date | None = None
    source: str = ""
    licence: str = ""
    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    column: str | None = None
    tolerance_m: float = 50
    partial: bool = False


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A checked layer: `units` have the shapes of `outlines`, in the same order; `problems` stand against importing it."""

    request: Request
    valid_to: date | None
    sha256: str
    units: tuple[Unit, ...]
    outlines: Outlines
    missing: int
    words: tuple[str, ...]
    problems: tuple[str, ...]


def prepare(request: Request, register: Register) -> Prepared:
    """Read and check a file.

    Raises:
        InputError: a file that cannot be read, placed or matched at all, or a day without units.

    """
    units = register.units.on(request.valid_from, level=request.level)
    valid_to = _holds_until(request, register, units)
    vector = read_vector(request.file, crs=request.crs, encoding=request.encoding, layer=request.layer)
    check_place(request.file, vector.frame, register)
    found = match(vector.frame, units, register, request.column)
    if not found.rows:
        raise InputError(f"{request.file}: {'; '.join(verdict.unsure(found, len(units)))}")
    sure = tuple(u for u in units if u.code in found.rows)
    shapes = outlines(vector.frame.geometry.to_numpy()[[found.rows[u.code] for u in sure]], request.tolerance_m)
    return Prepared(
        request=request, valid_to=valid_to, sha256=vector.sha256, units=sure, outlines=shapes, missing=len(units) - len(sure),
        words=(f"coordinate system: {vector.said_crs or 'not named'}{f', taken as {request.crs}' if request.crs else ''}",
               *verdict.words(found, units, sure, shapes), *verdict.shift(sure, shapes)),
        problems=(*(() if request.partial else verdict.unsure(found, len(units))), *verdict.wrong(found, sure, shapes, register)))


def refuse(prepared: Prepared) -> None:
    """Stop here where something stands against a layer.

    Raises:
        InputError: all of it.

    """
    if prepared.problems:
        raise InputError(f"{prepared.request.file} is not imported: {'; '.join(prepared.problems)}")


def _holds_until(request: Request, register: Register, units: Sequence[Unit]) -> date | None:
    """End of the layer: no later than the first day on which one of its units no longer exists or another begins."""
    if not units:
        raise InputError(f"the register has no unit of the level '{request.level}' on {request.valid_from}: give another --level or --valid-from")
    changes = [u.valid_to for u in units if u.valid_to is not None]
    changes += [u.valid_from for u in register.units if u.level == request.level and u.valid_from > request.valid_from]
    end = min(changes, default=None)
    if request.valid_to is not None and not request.valid_from < request.valid_to <= (end or date.max):
        limit = f" and not after {end}, when the units change" if end else ""
        raise InputError(f"--valid-to {request.valid_to} must lie after {request.valid_from}{limit}")
    return request.valid_to or end
