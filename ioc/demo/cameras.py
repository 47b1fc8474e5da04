"""The demo's cameras: drawn by a simulator, served over real HTTP, looked at by `ioc cameras` like those of any other system."""

import socket
from collections.abc import Sequence
from typing import NamedTuple

from ioc.cameras.sites import load_cameras
from ioc.demo.supervisor import python
from ioc.indicators.events import province_of
from ioc.profiles import Profile
from ioc.settings import Settings

FILE = "cameras.toml"
"""In the demo's data folder."""
HOST = "127.0.0.1"
_SYSTEM = """\
[systems.{name}]
kind = "{kind}"
address = "http://{host}:{port}/{{channel}}.{ending}"
{status}source = "/vn/{province}/cameras"
simulated = true
"""
_ENDINGS = {"simulated": ("snapshot", "jpg"), "simulated_mjpeg": ("mjpeg", "mjpg")}
"""System of cameras.csv → how it is asked, and what its addresses end in."""


class Cameras(NamedTuple):
    """How the simulator of cameras is started, and the file by which they are reached."""

    command: Sequence[str]
    file: str


def prepare_cameras(settings: Settings, profile: Profile) -> Cameras | None:
    """Write how the simulated cameras are reached; None where the profile has none, or others than simulated ones."""
    systems = {camera.system for camera in load_cameras(profile)}
    if not systems or not systems <= _ENDINGS.keys():
        return None
    port, province = _free_port(), province_of(profile)
    file = settings.data_dir / FILE
    file.write_text("\n".join(_SYSTEM.format(name=name, kind=kind, host=HOST, port=port, ending=ending, province=province,
                                             status=f'status = "http://{HOST}:{port}/{{channel}}.json"\n' if kind == "snapshot" else "")
                              for name, (kind, ending) in _ENDINGS.items()), encoding="utf-8")
    return Cameras([*python("simulators.pictures"), "--profile", settings.profile, "--port", str(port)], str(file))


def _free_port() -> int:
    """One that nobody has now; it is the simulator's own for as long as the demo runs, so that it can be started again."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
