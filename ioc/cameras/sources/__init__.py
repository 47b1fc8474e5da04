"""Ways to a camera's pictures: snapshots of a video management system, MJPEG over HTTP, RTSP, video files."""

from typing import Protocol

from ioc.cameras.contract import Source
from ioc.cameras.sites import Site
from ioc.clock import Clock


class PacedSource(Source, Protocol):
    """A source whose pace can be changed while it is read.

    `beat_s`: seconds between two frames; takes effect after the next frame. A source gives fewer where fewer come.
    """

    beat_s: float


def open_source(site: Site, clock: Clock) -> PacedSource:
    """The way to a camera; nothing is connected yet.

    Raises:
        ConfigurationError: an address that cannot be used; the message names the camera's system and the remedy.

    """
    if site.system.kind == "snapshot":
        from ioc.cameras.sources.snapshot import SnapshotSource

        return SnapshotSource(site, clock)
    if site.system.kind == "mjpeg":
        from ioc.cameras.sources.mjpeg import MjpegSource

        return MjpegSource(site, clock)
    # Loaded where it is needed: FFmpeg's libraries cost 40 MB.
    from ioc.cameras.sources.stream import StreamSource

    return StreamSource(site, clock)
