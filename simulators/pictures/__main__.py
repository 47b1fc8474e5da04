"""`python -m simulators.pictures`: serve simulated cameras on this machine, or write one into a video file."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import cv2

from ioc.clock import Clock, SystemClock
from ioc.errors import InputError, IocError
from ioc.moment import stated_moment
from ioc.played import PlayedClock
from ioc.profiles import load_profile
from ioc.profiles.scenarios import scenario
from ioc.settings import secret
from simulators.engine.contract import Scenario, scenario_of
from simulators.pictures.canvas import HEIGHT, WIDTH
from simulators.pictures.faults import KINDS, fault
from simulators.pictures.server import HOST, CameraServer
from simulators.pictures.studio import FPS, MOST_CAMERAS, Studio, cameras_of, picture, scene_of

LONGEST_FILE_S = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when told to stop or when the file is written, 2 with a sentence for what cannot be used."""
    try:
        a = _parser().parse_args(arguments)
        clock: Clock = PlayedClock(Path(a.clock)) if a.clock else SystemClock()
        played = scenario(a.profile, a.scenario).effects if a.scenario else ()
        shown = scenario_of(load_profile(a.profile), a.seed, clock.now(), effects=played)
        if a.file:
            _write(a, shown, stated_moment(a.start) if a.start else clock.now())
        else:
            _serve(a, shown, clock)
    except IocError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _serve(a: argparse.Namespace, shown: Scenario, clock: Clock) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    cameras = cameras_of(shown.profile, a.cameras)
    faults = [fault(text) for text in a.fault]
    if unknown := [f.camera for f in faults if f.camera != "*" and f.camera not in {camera.code for camera in cameras}]:
        raise InputError(f"--fault: there is no camera '{unknown[0]}'; there are {', '.join(camera.code for camera in cameras[:20])}")
    password = secret("--password-file", a.password_file) if a.password_file else ""
    try:
        server = CameraServer(Studio(cameras, shown, clock, faults), a.port, user=a.user, password=password)
    except OSError as error:
        raise InputError(f"--port {a.port}: {error.strerror}: name another port") from None
    threading.Thread(target=server.serve_forever, args=(0.2,), name="cameras", daemon=True).start()
    print(f"{len(cameras)} simulated cameras on http://{HOST}:{server.server_address[1]}/CHANNEL.jpg, .mjpg, .json", flush=True)
    stop.wait()
    server.end()


def _write(a: argparse.Namespace, shown: Scenario, start: datetime) -> None:
    camera = next((c for c in cameras_of(shown.profile) if a.camera in {c.channel, c.code}), None)
    if camera is None:
        raise InputError(f"--camera '{a.camera}': there is no such camera; there are {', '.join(c.channel for c in cameras_of(shown.profile))}")
    if not 0 < a.seconds <= LONGEST_FILE_S:
        raise InputError(f"--seconds {a.seconds:g} must lie above 0 and be at most {LONGEST_FILE_S:g}")
    film = cv2.VideoWriter(a.file, cv2.VideoWriter.fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
    if not film.isOpened():
        raise InputError(f"--file {a.file} cannot be written: name a file that ends in .avi, in a folder that is there")
    scene = scene_of(camera, shown)
    for n in range(round(a.seconds * FPS)):
        at = start + timedelta(seconds=n / FPS)
        film.write(picture(scene, camera, at, at))
    film.release()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.pictures", description="Simulated cameras, drawn; each picture says that it is one.")
    add = parser.add_argument
    add("--profile", default="soc_trang", help="name of a shipped profile, or the path of a profile folder (soc_trang)")
    add("--port", type=int, default=8090, help="on 127.0.0.1; 0 = any free one, which is told (8090)")
    add("--cameras", type=int, metavar="N", help=f"so many, at most {MOST_CAMERAS}; beyond the profile's own, copies (default: the profile's)")
    add("--seed", default="1", help="as of the simulators: the same seed shows the people that the counters tell of (1)")
    add("--scenario", default="", metavar="NAME", help="with the effects of this scenario")
    add("--clock", default="", metavar="FILE", help="what goes on follows this clock (`ioc scenario run`); the burnt-in clock shows real time")
    add("--user", default="", help="ask for this user, by HTTP Basic")
    add("--password-file", default="", metavar="FILE", help="file with that user's password")
    add("--fault", action="append", default=[], metavar="CAMERA:KIND:FROM_S:TO_S", help=f"CAMERA or *, and one of {', '.join(KINDS)}")
    add("--file", default="", metavar="OUT.avi", help="write one camera into a video file instead, and end")
    add("--camera", default="", metavar="CHANNEL", help="of --file: which")
    add("--seconds", type=float, default=60.0, help="of --file: how long (60)")
    add("--from", dest="start", default="", metavar="ISO", help="of --file: first moment (now)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
