"""The cameras of a province: cameras.csv of its profile says where each stands and what it is for, the file of IOC_CAMERAS how to reach them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ioc.errors import ConfigurationError
from ioc.profiles import Profile
from ioc.profiles.rows import check_once, read_structs
from ioc.settings import secret

FILE = "cameras.csv"
Kind = Literal["counter", "traffic", "security"]
Job = Literal["", "occupancy", "people_flow", "vehicle_flow"]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Corner = tuple[float, float]


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    """One camera. `kind`: who may see its picture follows from it; `point_id`: the counter or road it watches (points.csv), '' = none.

    `interval_s`: seconds between two looks. `job`: what is counted. `system` and `channel`: where its pictures come from.
    `zone`, `staff`: corners of where the public waits and where officials sit, `line`: two points whose crossing is counted, from its left to its
    right is 'in'; `clock`: two corners of the time burnt into the picture. All as 'x y, x y, …', shares of width and height from the upper left.
    """

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    name: Annotated[str, msgspec.Meta(min_length=1)]
    name_en: Annotated[str, msgspec.Meta(min_length=1)]
    kind: Kind
    group: str = ""
    unit_code: str
    point_id: str = ""
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    interval_s: Annotated[float, msgspec.Meta(ge=0.1, le=3600)] = 2.0
    job: Job = ""
    system: Annotated[str, msgspec.Meta(min_length=1)]
    channel: Annotated[str, msgspec.Meta(min_length=1, pattern=r"^[A-Za-z0-9._-]+$")]
    zone: str = ""
    staff: str = ""
    line: str = ""
    clock: str = ""


class System(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the cameras of one system are reached; `{channel}` in an address is a camera's own. `status`: asked as JSON for `online`, '' = none.

    `source`: CloudEvents source of what is observed there. `password_file`: holds the password of `user`.
    """

    kind: Literal["snapshot", "mjpeg", "rtsp", "file"]
    address: Annotated[str, msgspec.Meta(min_length=1)]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    status: str = ""
    user: str = ""
    password_file: str = ""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = 5.0
    simulated: bool = False


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    systems: dict[str, System]
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One camera that is looked at, with its way there."""

    camera: Camera
    system: System
    password: str


def corners(text: str) -> tuple[Corner, ...]:
    """Corners of 'x y, x y, …'.

    Raises:
        ValueError: no pairs of numbers from 0 to 1.

    """
    found = tuple((float(x), float(y)) for x, y in (pair.split() for pair in text.split(",") if pair.strip()))
    if any(not 0 <= value <= 1 for corner in found for value in corner):
        raise ValueError(f"'{text}' leaves the picture")
    return found


def load_cameras(profile: Profile) -> tuple[Camera, ...]:
    """Cameras of a profile; none where it has no cameras.csv.

    Raises:
        ConfigurationError: a malformed row, a code that stands twice, an unknown unit or point, corners that are none, with the line and remedy.

    """
    found = read_structs(profile.folder, FILE, Camera, optional=True)
    check_once(FILE, [camera.code for camera in found])
    points = {point.code for point in profile.points}
    for line, camera in enumerate(found, start=2):
        if camera.unit_code not in profile.units.by_code:
            raise ConfigurationError(f"{FILE}, line {line}: {camera.code} names the unit '{camera.unit_code}', which units.csv lacks")
        if camera.point_id and camera.point_id not in points:
            raise ConfigurationError(f"{FILE}, line {line}: {camera.code} names the point '{camera.point_id}', which points.csv lacks")
        _check_corners(camera, line)
    return found


def _check_corners(camera: Camera, line: int) -> None:
    at_counter = ("zone", "staff") if camera.kind == "counter" else ("zone",)  # elsewhere crowds are told, and no count of officials
    needed = {"occupancy": at_counter, "people_flow": ("line",), "vehicle_flow": ("line",)}.get(camera.job, ())
    for name, least, most in (("zone", 3, 20), ("staff", 3, 20), ("line", 2, 2), ("clock", 2, 2)):
        text = getattr(camera, name)
        try:
            count = len(corners(text))
        except ValueError as error:
            raise ConfigurationError(f"{FILE}, line {line}: {name} of {camera.code}: {error}: write shares such as '0.1 0.2, 0.9 0.2'") from None
        if (text or name in needed) and not least <= count <= most:
            raise ConfigurationError(f"{FILE}, line {line}: {name} of {camera.code} has {count} corners: {least} to {most} are needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """What the file of IOC_CAMERAS makes of the profile's cameras. `keep_days`: how long proofs of detections are kept, 30 [K] unless it says so."""

    sites: tuple[Site, ...]
    keep_days: int


def load_sites(cameras: Sequence[Camera], file: str) -> Sites:
    """Cameras with the way to each.

    Raises:
        ConfigurationError: the file or a secret cannot be read, or a camera's system stands in no line of it.

    """
    read = _read(file)
    systems = read.systems
    for camera in cameras:
        if camera.system not in systems:
            raise ConfigurationError(f"{FILE} names the system '{camera.system}' of {camera.code}, which {file} lacks: "
                                     f"describe it as [systems.{camera.system}]")
    passwords: Mapping[str, str] = {
        name: secret(f"password_file of {name}", system.password_file) if system.password_file else "" for name, system in systems.items()}
    sites = tuple(Site(camera=c, system=systems[c.system], password=passwords[c.system]) for c in cameras)
    return Sites(sites=sites, keep_days=read.keep_days)


def _read(file: str) -> _File:
    if not file:
        raise ConfigurationError("IOC_CAMERAS is not set: name the TOML file that says how cameras are reached (docs/cameras.md)")
    try:
        return msgspec.convert(tomllib.loads(Path(file).read_text(encoding="utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"IOC_CAMERAS: {file}: {error}") from None
