"""RTSP over TCP, and video files, through FFmpeg. A file is played at its own pace, again and again, as a camera would send it."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from ioc.cameras.contract import Cause, Frame, Picture, SourceError
from ioc.cameras.sites import Site
from ioc.cameras.sources.address import address, beat_s
from ioc.cameras.sources.images import MOST_SIDE, WORKED_SIDE, garbage
from ioc.cameras.sources.newest import Newest, Reading
from ioc.cameras.sources.thrift import Thrift
from ioc.clock import Clock

BROKEN_IN_A_ROW = 50
_OPTIONS = {"max_pixels": str(MOST_SIDE * MOST_SIDE)}
_RTSP = {"rtsp_transport": "tcp", "allowed_media_types": "video", "protocol_whitelist": "rtsp,rtp,tcp,tls,crypto", "tls_verify": "1",
         "analyzeduration": "100000", "fflags": "nobuffer"}
_FILE = {"protocol_whitelist": "file"}
# In this order: several of FFmpeg's errors are of two kinds.
_CAUSES: tuple[tuple[type[Exception], Cause, str], ...] = (
    (av.error.HTTPUnauthorizedError, Cause.UNAUTHORISED, "refuses the user or the password"),
    (av.error.HTTPForbiddenError, Cause.UNAUTHORISED, "refuses the user or the password"),
    (av.error.HTTPNotFoundError, Cause.MISSING, "knows no such camera"),
    (FileNotFoundError, Cause.MISSING, "is not there"),
    (av.error.EOFError, Cause.ENDED, "ended the stream"),
    (av.error.ExitError, Cause.TIMEOUT, "does not answer in time"),
    (TimeoutError, Cause.TIMEOUT, "does not answer in time"),
    (ConnectionRefusedError, Cause.REFUSED, "refuses the connection"),
    (ConnectionError, Cause.ENDED, "broke off"),
    (av.error.InvalidDataError, Cause.GARBAGE, "sends what is no video"),
    (OSError, Cause.REFUSED, "cannot be reached"),
)


class _Shown(NamedTuple):
    frame: VideoFrame
    received_at: datetime


class StreamSource:
    """Reads all that is sent, decodes what the codec needs for what is asked for."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.beat_s = beat_s(site)
        self._site, self._clock, self._timeout_s = site, clock, site.system.timeout_s
        self._is_file = site.system.kind == "file"
        url = address(site)
        self._named = Path(url).name if self._is_file else str(urlsplit(url).hostname)
        self._url = f"file:{url}" if self._is_file else _with_password(url, site)
        self._reading = Reading(f"stream {site.camera.code}", self._read, self._timeout_s)

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """As the contract says. RTSP tells no time that could be trusted: `picture_at` is None."""
        turn = VideoReformatter()
        for shown in self._reading.items(stop, lambda: self.beat_s):
            yield Frame(picture=_picture(turn, shown.frame), received_at=shown.received_at)

    def _read(self, newest: Newest[_Shown]) -> None:
        while not newest.closed.is_set():
            with self._told(opening=True):
                container = self._opened()
            with container:
                try:
                    with self._told():
                        self._play(container, newest)
                except SourceError as error:
                    newest.fail(error)  # told before the goodbye, which a camera that hangs leaves unanswered for another time-out
                    return

    def _opened(self) -> InputContainer:
        timeout_s = self._timeout_s
        if self._is_file:
            return av.open(self._url, options=_FILE | _OPTIONS, timeout=(timeout_s, timeout_s))
        trust = ssl.get_default_verify_paths().cafile
        options = _RTSP | _OPTIONS | {"timeout": str(int(timeout_s * 1e6))} | ({"ca_file": trust} if trust else {})
        return av.open(self._url, format="rtsp", options=options, timeout=(timeout_s, timeout_s))

    def _play(self, container: InputContainer, newest: Newest[_Shown]) -> None:
        stream = _video(container, self._named)
        began, shown, broken = time.monotonic(), 0, 0
        for packet, alone in self._wanted(container.demux(stream), began, newest):
            frames = _decoded(stream, packet, alone=alone)
            broken = 0 if frames is not None else broken + 1
            if broken >= BROKEN_IN_A_ROW:
                raise garbage(f"{self._named} sends pictures that cannot be decoded")
            for frame in frames or ():
                newest.put(_Shown(frame, self._clock.real()))
                shown += 1
        if newest.closed.is_set():
            return
        if not self._is_file:
            raise SourceError(Cause.ENDED, f"{self._named} ended the stream")
        if not shown:
            raise garbage(f"{self._named} holds no picture")

    def _wanted(self, packets: "Iterator[Packet[VideoStream]]", began: float, newest: Newest[_Shown]) -> "Iterator[tuple[Packet[VideoStream], bool]]":
        """Packets to be decoded, and whether alone; of a file each when it is due."""
        thrift = Thrift(lambda: self.beat_s)
        for packet in packets:
            sent_s = _seconds(packet)
            if self._is_file and sent_s is not None:
                newest.closed.wait(max(0.0, began + sent_s - time.monotonic()))
            if newest.closed.is_set():
                return
            newest.hear()
            if thrift.wanted(time.monotonic(), None if self._is_file else sent_s, key=packet.is_keyframe):
                yield packet, thrift.alone

    @contextmanager
    def _told(self, *, opening: bool = False) -> Iterator[None]:
        # The texts of FFmpeg's errors name the whole address, with the password in it: none of them is told.
        began = time.monotonic()
        try:
            yield
        except (av.FFmpegError, OSError) as error:
            cause, what = next(((cause, what) for kind, cause, what in _CAUSES if isinstance(error, kind)), (Cause.GARBAGE, type(error).__name__))
            if opening and cause is Cause.GARBAGE and time.monotonic() - began > 0.9 * self._timeout_s:
                cause, what = Cause.TIMEOUT, "does not answer in time"  # of a server that is silent FFmpeg says that its answer is wrong
            raise SourceError(cause, f"{self._named} {what}") from None


def _with_password(url: str, site: Site) -> str:
    if not site.system.user:
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(site.system.user, safe='')}:{quote(site.password, safe='')}@{rest}"


def _video(container: InputContainer, named: str) -> VideoStream:
    if not container.streams.video:
        raise garbage(f"{named} has no video")
    stream = container.streams.video[0]
    context = stream.codec_context
    if max(context.width, context.height) > MOST_SIDE:
        raise garbage(f"{named} promises {context.width} × {context.height}: at most {MOST_SIDE} × {MOST_SIDE} are decoded")
    context.options = dict(_OPTIONS)
    context.thread_count = 1  # one thread for each camera, not one for each core
    return stream


def _seconds(packet: "Packet[VideoStream]") -> float | None:
    ticks = packet.dts if packet.dts is not None else packet.pts
    return None if ticks is None or packet.time_base is None else float(ticks * packet.time_base)


def _decoded(stream: VideoStream, packet: "Packet[VideoStream]", *, alone: bool) -> list[VideoFrame] | None:
    """Whole frames that come of a packet; None = it cannot be decoded. `alone`: without waiting for frames that follow."""
    context = stream.codec_context
    try:
        frames = context.decode(packet)
        if alone:
            frames += context.decode(None)
            context.flush_buffers()
    except av.error.InvalidDataError:
        return None
    return [frame for frame in frames if not frame.is_corrupt]


def _picture(turn: VideoReformatter, frame: VideoFrame) -> Picture:
    if max(frame.width, frame.height) > MOST_SIDE:
        raise garbage(f"a picture has {frame.width} × {frame.height}: at most {MOST_SIDE} × {MOST_SIDE} are worked on")
    half = 2 if max(frame.width, frame.height) > WORKED_SIDE else 1
    found = turn.reformat(frame, frame.width // half, frame.height // half, "bgr24")
    return found.to_ndarray().astype(np.uint8, copy=False)
