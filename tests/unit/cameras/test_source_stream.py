"""Video files through FFmpeg, and what an RTSP address may lead to; a real RTSP server is asked in tests/real/test_rtsp.py."""

import resource
import socket
import threading
import time
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from ioc.cameras.contract import Cause
from ioc.errors import ConfigurationError

from .places import Answer, cause, drips, fails, first, holds, part, says, serving, site, source, stream_head

CLIP = Path(__file__).resolve().parents[4] / "shared" / "data" / "vtest.avi"
needs_clip = pytest.mark.skipif(not CLIP.is_file(), reason="the surveillance clip is not beside the project")
SECRET = "p@ss:w/ö%"


def film(file: Path, *, size: tuple[int, int] = (64, 48), frames: int = 20, codec: str = "mjpeg", fps: int = 10,
         options: dict[str, str] | None = None) -> Path:
    """A film whose pictures become brighter one by one."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream(codec, rate=fps, options=options or {})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 10 + n * 10, np.uint8), format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


def shades(found: Any, count: int) -> list[int]:
    return [round((float(frame.picture.mean()) - 10) / 10) for frame in first(found, count)]


def test_file_is_played_at_its_own_pace_and_again(tmp_path: Path) -> None:
    began = time.monotonic()
    seen = shades(source("file", str(film(tmp_path / "c1.avi")), job="people_flow"), 25)
    assert 2.0 < time.monotonic() - began < 5
    again = next(n for n in range(1, 25) if seen[n] < seen[n - 1])
    assert seen[:again] == sorted(seen[:again])
    assert seen[again] <= 1
    assert seen[again - 1] >= 18


def test_channel_names_the_file(tmp_path: Path) -> None:
    film(tmp_path / "c1.avi")
    assert first(source("file", str(tmp_path / "{channel}.avi")))


@pytest.mark.parametrize("codec", ["mjpeg", "mpeg4", "libx264"])
def test_now_and_then_gives_the_picture_of_now(tmp_path: Path, codec: str) -> None:
    options = {} if codec == "mjpeg" else {"g": "5", "bf": "2"}
    found = source("file", str(film(tmp_path / "c1.mkv", frames=24, codec=codec, options=options)), interval_s=0.6)
    began = time.monotonic()
    seen = [(time.monotonic() - began, (float(frame.picture.mean()) - 10) / 100) for frame in islice(found.frames(threading.Event()), 4)]
    assert seen == sorted(seen)
    for passed_s, film_s in seen:  # no older than a key's distance and the start; a picture that others refer to is sent before them
        assert -0.5 < passed_s - film_s < 1.5, seen


@pytest.mark.parametrize(("content", "expected"), [
    (None, Cause.MISSING), (b"", Cause.GARBAGE), (b"no film at all" * 100, Cause.GARBAGE), (bytes(5000), Cause.GARBAGE),
    (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n", Cause.GARBAGE),
])
def test_file_that_is_no_film_is_named(tmp_path: Path, content: bytes | None, expected: Cause) -> None:
    if content is not None:
        (tmp_path / "c1.avi").write_bytes(content)
    error = fails(source("file", str(tmp_path / "c1.avi"), timeout_s=1), 4)
    assert error.cause is expected
    assert str(tmp_path) not in str(error)


def test_half_a_film_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    data = film(tmp_path / "c1.avi").read_bytes()
    (tmp_path / "c1.avi").write_bytes(data[:len(data) // 2])
    assert first(source("file", str(tmp_path / "c1.avi")), 3)


@pytest.mark.parametrize("codec", ["mjpeg", "libx264"])
def test_bomb_is_refused(tmp_path: Path, codec: str) -> None:
    film(tmp_path / "c1.mkv", size=(8192, 4608), frames=1, codec=codec)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert cause(source("file", str(tmp_path / "c1.mkv"), timeout_s=2), 5) is Cause.GARBAGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kB: the film's own making needed more


def test_high_picture_is_given_at_a_half(tmp_path: Path) -> None:
    film(tmp_path / "c1.avi", size=(2560, 1440), frames=3)
    assert first(source("file", str(tmp_path / "c1.avi")))[0].picture.shape == (720, 1280, 3)


@pytest.mark.parametrize(("answer", "expected"), [
    (holds(), Cause.TIMEOUT),
    (drips(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"), Cause.TIMEOUT),
    (says(b""), Cause.GARBAGE),
    (says(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n"), Cause.UNAUTHORISED),
    (says(b"\x00\x01\x02" * 1000), Cause.GARBAGE),
])
def test_rtsp_server_that_misbehaves_is_named_without_the_password(answer: Answer, expected: Cause) -> None:
    with serving(answer) as port:
        error = fails(source("rtsp", f"rtsp://127.0.0.1:{port}/{{channel}}", user="cam", password=SECRET, timeout_s=1), 4)
    assert error.cause is expected
    assert not any(part_of in str(error) for part_of in (SECRET, "p%40ss", "cam:"))


def test_nobody_listens_is_refused() -> None:
    with serving(says(b"")) as port:
        pass
    assert cause(source("rtsp", f"rtsp://127.0.0.1:{port}/x", timeout_s=1)) is Cause.REFUSED


@pytest.mark.parametrize("address", ["http://127.0.0.1/x", "rtsp://cam:secret@127.0.0.1/x", "rtsp:///x"])
def test_address_that_cannot_be_used_is_told_without_its_secret(address: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        source("rtsp", address)
    assert "secret" not in str(told.value)
    assert site("rtsp", address).password == ""


@needs_clip
def test_real_clip_is_played_as_a_file_and_memory_stays_bounded() -> None:
    found = source("file", str(CLIP), job="people_flow")
    frames = found.frames(threading.Event())
    assert next(frames).picture.shape == (576, 768, 3)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for frame in islice(frames, 40):
        assert frame.picture.shape == (576, 768, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


@needs_clip
def test_real_clip_is_read_as_mjpeg() -> None:
    import cv2

    def answer(conn: socket.socket, _: str) -> None:
        clip = cv2.VideoCapture(str(CLIP))
        conn.sendall(stream_head())
        while True:
            conn.sendall(part(bytes(cv2.imencode(".jpg", clip.read()[1])[1])))
            time.sleep(0.1)

    with serving(answer) as port:
        frames = first(source("mjpeg", f"http://127.0.0.1:{port}/c", job="people_flow"), 15)
    assert {frame.picture.shape for frame in frames} == {(576, 768, 3)}
    assert float(np.abs(frames[0].picture.astype(int) - frames[-1].picture).mean()) > 0.5
