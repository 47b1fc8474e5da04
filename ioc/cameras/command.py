"""`ioc cameras`: its parts from the settings, or with --check one look at each camera."""

import logging
import os
import socket
import sys
import threading
import time

import cv2

from ioc.cameras.contract import SourceError
from ioc.cameras.events import Outgoing
from ioc.cameras.gateway import Eyes, Gateway
from ioc.cameras.look import analyst
from ioc.cameras.look.blur import Veil
from ioc.cameras.look.conditions import Judge
from ioc.cameras.sites import Site, Sites, load_cameras, load_sites
from ioc.cameras.sources import open_source
from ioc.db.connect import connect
from ioc.errors import ConfigurationError
from ioc.played import clock_of
from ioc.profiles import Profile, load_profile
from ioc.settings import Settings
from ioc.streams.engine.kafka import KafkaPublisher

CHECK_S = 30.0
"""All cameras together, as --check asks them side by side."""


def run(settings: Settings, stop: threading.Event) -> int:
    """Look at the profile's cameras until told to stop, together with whoever else does.

    Raises:
        ConfigurationError: no cameras, or a mistake in cameras.csv or the file of IOC_CAMERAS.

    """
    profile, found = _found(settings)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would name each address, each two seconds
    cv2.setNumThreads(1)  # each camera has a thread of its own: more would only wait for each other
    clock, dsn = clock_of(settings.clock), settings.dsn()
    eyes = Eyes(lambda site: open_source(site, clock), Judge, lambda camera: analyst(camera, profile), Veil)
    Gateway(lambda: connect(dsn, application="ioc-cameras", autocommit=True), found, eyes, Outgoing(lambda: KafkaPublisher(settings)), clock,
            holder=f"{socket.gethostname()}:{os.getpid()}").run(stop)
    return 0


def check(settings: Settings, stop: threading.Event) -> int:
    """Look at each camera once, side by side, and say what came."""
    _, found = _found(settings)
    clock = clock_of(settings.clock)
    said: dict[str, str] = {}

    def look(site: Site) -> None:
        try:
            frame = next(iter(open_source(site, clock).frames(stop)))
            height, width = frame.picture.shape[:2]
            said[site.camera.code] = f"{width}×{height}"
        except StopIteration:
            said[site.camera.code] = "NO PICTURE: the stream is empty"
        except SourceError as error:
            said[site.camera.code] = f"NO PICTURE: {error.cause}: {error}"

    threads = [threading.Thread(target=look, args=(site,), daemon=True) for site in found.sites]
    for thread in threads:
        thread.start()
    end = time.monotonic() + CHECK_S
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    for site in found.sites:
        sys.stdout.write(f"{site.camera.code}  {said.get(site.camera.code, 'NO PICTURE: no answer in time')}\n")
    return 0 if all("NO PICTURE" not in said.get(site.camera.code, "NO PICTURE") for site in found.sites) else 1


def _found(settings: Settings) -> tuple[Profile, Sites]:
    profile = load_profile(settings.profile)
    cameras = load_cameras(profile)
    if not cameras:
        raise ConfigurationError(f"the profile '{settings.profile}' has no cameras.csv: describe its cameras there (docs/cameras.md)")
    return profile, load_sites(cameras, settings.cameras)
