"""Where a camera is reached: its address, without a secret in it."""

from urllib.parse import SplitResult, urlsplit

from ioc.cameras.sites import Site, System
from ioc.errors import ConfigurationError

_SCHEMES = {"snapshot": ("http", "https"), "mjpeg": ("http", "https"), "rtsp": ("rtsp", "rtsps")}
FLOW = frozenset({"people_flow", "vehicle_flow"})
FASTEST_S = 0.1
"""What crosses a line is followed from frame to frame: up to ten a second are given."""


def address(site: Site) -> str:
    """Address of a camera's pictures.

    Raises:
        ConfigurationError: another scheme than its kind has, no host, or a password in it.

    """
    return filled(site, site.system.address)


def status_address(site: Site) -> str:
    """Address that tells whether a camera is on; '' = there is none.

    Raises:
        ConfigurationError: as of `address`.

    """
    return filled(site, site.system.status) if site.system.status else ""


def filled(site: Site, pattern: str) -> str:
    """A pattern with the camera's channel in it, checked."""
    found = pattern.replace("{channel}", site.camera.channel)
    if site.system.kind == "file":
        return found
    schemes, where = _SCHEMES[site.system.kind], f"IOC_CAMERAS: the address of the system '{site.camera.system}'"
    parts = _parts(found, where)
    if parts.scheme not in schemes or not parts.hostname:
        raise ConfigurationError(f"{where} must begin with {' or '.join(f'{s}://' for s in schemes)} and name a host")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"{where} holds a user or password: name them as user and password_file")
    return found


def _parts(url: str, where: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here: a number that is none raises
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    return parts


def beat_s(site: Site) -> float:
    """Seconds between two frames: the camera's own interval; where what crosses a line is counted, as fast as they come, ten a second at most."""
    follows: System = site.system
    return FASTEST_S if site.camera.job in FLOW and follows.kind != "snapshot" else site.camera.interval_s
