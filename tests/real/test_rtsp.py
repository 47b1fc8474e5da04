"""RTSP from a real server: pictures, the password, what is cut, what freezes, what comes back."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from ioc.cameras.contract import Cause, Frame
from ioc.cameras.sources import PacedSource
from tests.unit.cameras.places import cause, fails, first, source

from .rtsp_server import PASSWORD, SIZE, USER, RtspServer, film

TIMEOUT_S = 2.0
TOLD_WITHIN_S = 10.0


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("film") / "clip.h264")


@pytest.fixture
def server(played: Path, tmp_path: Path) -> Iterator[RtspServer]:
    with RtspServer(played, tmp_path / "server.log") as found:
        yield found


def camera(server: RtspServer, *, path: str = "", user: str = USER, password: str = PASSWORD, interval_s: float = 0.3, job: str = "",
           scheme: str = "rtsp") -> PacedSource:
    address = path or server.address(scheme).replace("{channel}", "1")
    return source("rtsp", address, user=user, password=password, interval_s=interval_s, job=job, timeout_s=TIMEOUT_S)


def test_pictures_come_and_move(server: RtspServer) -> None:
    frames = first(camera(server), 5)
    assert {frame.picture.shape for frame in frames} == {(SIZE[1], SIZE[0], 3)}
    assert float(np.abs(frames[0].picture.astype(int) - frames[-1].picture).mean()) > 0.3
    assert frames == sorted(frames, key=lambda frame: frame.received_at)


def test_flow_is_given_all_ten_pictures_a_second(server: RtspServer) -> None:
    frames = islice(camera(server, job="people_flow", interval_s=2.0).frames(threading.Event()), 31)
    next(frames)
    began = time.monotonic()
    assert len(list(frames)) == 30
    assert 2.5 < time.monotonic() - began < 4.5


def test_look_now_and_then_is_no_older_than_a_key(server: RtspServer) -> None:
    frames = first(camera(server, interval_s=1.5), 4)
    gaps = [(b.received_at - a.received_at).total_seconds() for a, b in pairwise(frames)]
    assert all(0.4 < gap < 3.0 for gap in gaps), gaps


@pytest.mark.parametrize(("user", "password"), [(USER, "wrong"), ("other", PASSWORD), ("", "")])
def test_wrong_password_is_named_and_stands_in_no_message(server: RtspServer, user: str, password: str) -> None:
    error = fails(camera(server, user=user, password=password), TOLD_WITHIN_S)
    assert error.cause is Cause.UNAUTHORISED
    assert not any(secret and secret in str(error) for secret in (password, "p%40ss"))


def test_unknown_camera_is_named(server: RtspServer) -> None:
    assert cause(camera(server, path=f"rtsp://127.0.0.1:{server.port}/channel/2"), TOLD_WITHIN_S) is Cause.MISSING


def test_server_that_is_killed_is_named_and_comes_back_when_asked_again(server: RtspServer) -> None:
    found, port = camera(server), server.port
    frames = found.frames(threading.Event())
    next(frames)
    server.kill()
    assert _ends(frames) in {Cause.ENDED, Cause.TIMEOUT}
    assert cause(found, TOLD_WITHIN_S) is Cause.REFUSED
    server.start(port)
    assert len(first(found, 3)) == 3


def test_server_that_freezes_is_named_in_time_and_thaws(server: RtspServer) -> None:
    found = camera(server)
    frames = found.frames(threading.Event())
    next(frames)
    server.child.send(signal.SIGSTOP)
    assert _ends(frames) is Cause.TIMEOUT
    assert cause(found, TOLD_WITHIN_S) is Cause.TIMEOUT  # it takes the connection and says nothing
    server.child.send(signal.SIGCONT)
    assert len(first(found, 3)) == 3


def test_certificate_of_nobody_is_refused_and_one_that_is_trusted_taken(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    with RtspServer(played, tmp_path / "server.log", certificate=(certificate, key)) as server:
        assert cause(camera(server, scheme="rtsps"), TOLD_WITHIN_S) in {Cause.REFUSED, Cause.GARBAGE}
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert len(first(camera(server, scheme="rtsps"), 2)) == 2


def _ends(frames: Iterator[Frame]) -> Cause:
    """Why no more frames come, told in time."""

    class _Rest:
        beat_s = 0.1

        def frames(self, _: threading.Event) -> Iterator[Frame]:
            return frames

    return cause(_Rest(), TOLD_WITHIN_S)
