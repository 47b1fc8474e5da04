"""A real RTSP server (gortsplib, in Go) on loopback only, and the film that it plays."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np

from .cache import RTSP
from .child import Child
from .errors import StartError

FPS = 10
SIZE = (768, 576)
USER, PASSWORD = "cam", "p@ss:w/ö%"
START_S, STOP_S = 20.0, 5.0
_CLIP = Path(__file__).resolve().parents[3] / "shared" / "data" / "vtest.avi"


def film(file: Path, *, seconds: int = 12) -> Path:
    """The real surveillance clip as H.264, a key each second; drawn grey pictures where the clip is not beside the project."""
    with av.open(str(file), "w", format="h264") as out:
        options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "aud=1:keyint=10:scenecut=0"}
        stream = out.add_stream("libx264", rate=FPS, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number, frame in enumerate(islice(_frames(), seconds * FPS)):
            turned = frame.reformat(format="yuv420p")
            turned.pts, turned.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(turned))
        out.mux(stream.encode(None))
    return file


def _frames() -> Iterator[av.VideoFrame]:
    if _CLIP.is_file():
        with av.open(str(_CLIP)) as clip:
            yield from clip.decode(video=0)
        return
    for n in range(10_000):
        yield av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0], 3), n % 200, np.uint8), format="bgr24")


class RtspServer:
    """Plays a film for ever, under /channel/1, to who knows USER and PASSWORD."""

    def __init__(self, played: Path, log: Path, *, certificate: tuple[Path, Path] | None = None) -> None:
        self._played, self.log, self._certificate = played, log, certificate
        self._child: Child | None = None
        self.port = 0

    def start(self, port: int = 0) -> None:
        """Start and wait until it listens; on a port that was its own before, where one is given.

        Raises NotPreparedError, StartError.
        """
        self.log.unlink(missing_ok=True)
        certificate = [str(file) for file in self._certificate or ()]
        command = [str(RTSP.require() / "rtsp_server"), str(self._played), str(FPS), str(port), USER, PASSWORD, *certificate]
        child = Child("the RTSP server", command, self.log)
        try:
            self.port = child.wait_for(self._told, timeout_s=START_S)
        except BaseException:
            child.kill()
            raise
        self._child = child

    @property
    def child(self) -> Child:
        if self._child is None:
            raise StartError("the RTSP server is not running")
        return self._child

    def address(self, scheme: str = "rtsp") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/channel/{{channel}}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self.child.kill()
        self._child = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._child is not None:
            self._child.end(timeout_s=STOP_S)
            self._child = None

    def _told(self) -> int | None:
        found = re.search(r"port (\d+)", self.log.read_text()) if self.log.is_file() else None
        return int(found[1]) if found else None
