"""What looking at cameras costs: CPU and memory of one process at 10, 25 and 50 simulated cameras, a snapshot each two seconds.

python -m benchmarks.cameras [--cameras 10 25 50] [--seconds 30] [--work gateway|sources] [--dsn DSN]

The cameras are `simulators.pictures` in a process of their own, over real HTTP. `gateway` is what `ioc cameras` does, with an embedded database
and events that go nowhere; `sources` reads and unpacks pictures only. Each count has a fresh process, whose CPU and memory are read from outside.
Exit code 1 where cost does not grow in proportion.
"""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import msgspec

from benchmarks.sink import cpu_s, database
from ioc.cameras.contract import SourceError
from ioc.cameras.events import Outgoing
from ioc.cameras.gateway import Eyes, Gateway
from ioc.cameras.look import analyst
from ioc.cameras.look.blur import Veil
from ioc.cameras.look.conditions import Judge
from ioc.cameras.sites import Site, Sites, System
from ioc.cameras.sources import open_source
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.profiles import Profile, load_profile
from simulators.engine.progress import Nowhere
from simulators.pictures.studio import cameras_of
from tests.conftest import fresh_database

PROFILE = "soc_trang"
INTERVAL_S = 2.0
SETTLE_S = 10.0
MOST_SECONDS, MOST_CAMERAS = 600.0, 500
PROPORTIONAL = 1.5
"""Most that one more camera may cost at the end, in costs of one at the beginning."""
CLOCK = SystemClock()


class Cost(NamedTuple):
    """Of a process with so many cameras. `pictures_s`: pictures a second that came; `drawn_ms_s`: CPU of the cameras themselves."""

    cameras: int
    pictures_s: float
    cpu_ms_s: float
    rss_mb: float
    drawn_ms_s: float

    def __str__(self) -> str:
        return (f"{self.cameras:4d} cameras  {self.pictures_s:5.1f} pictures/s  "
                f"CPU {self.cpu_ms_s:6.0f} ms/s ({self.cpu_ms_s / self.cameras:4.1f} a camera)"
                f"  RSS {self.rss_mb:5.0f} MB  (cameras themselves {self.drawn_ms_s:4.0f} ms/s)")


def sites(profile: Profile, count: int, port: int) -> tuple[Site, ...]:
    """All as snapshot cameras of one system: flows need streams, which `--work` says nothing about."""
    base = f"http://127.0.0.1:{port}/{{channel}}"
    system = System(kind="snapshot", address=f"{base}.jpg", status=f"{base}.json", source="/vn/00/cameras", simulated=True)
    own = [camera for camera in cameras_of(profile, MOST_CAMERAS) if camera.kind == "counter"][:count]
    return tuple(Site(camera=msgspec.structs.replace(camera, interval_s=INTERVAL_S), system=system, password="") for camera in own)


def watch(work: str, found: Sequence[Site], profile: Profile, dsn: str) -> None:
    """Look at the cameras until told to stop: what runs in the process that is measured. Says each second how many pictures came."""
    cv2.setNumThreads(1)
    stop, came = threading.Event(), Came()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=came.tell, args=(stop,), daemon=True).start()
    if work == "sources":
        for site in found:
            threading.Thread(target=came.read, args=(site, stop), daemon=True).start()
        stop.wait()
        return
    # As ioc/cameras/command.py puts it together.
    eyes = Eyes(lambda site: Counted(site, came), Judge, lambda camera: analyst(camera, profile), Veil)
    Gateway(lambda: connect(dsn, application="ioc-cameras", autocommit=True), Sites(sites=tuple(found), keep_days=1), eyes, Outgoing(Nowhere), CLOCK,
            holder="benchmark").run(stop)


class Came:
    """Counts pictures."""

    def __init__(self) -> None:
        self.count = 0

    def tell(self, stop: threading.Event) -> None:
        while not stop.wait(1.0):
            sys.stdout.write(f"{self.count}\n")
            sys.stdout.flush()

    def read(self, site: Site, stop: threading.Event) -> None:
        while not stop.wait(1.0):
            with contextlib.suppress(SourceError):
                for _ in Counted(site, self).frames(stop):
                    pass


class Counted:
    """A source whose frames are counted."""

    def __init__(self, site: Site, came: Came) -> None:
        self._source, self._came = open_source(site, CLOCK), came
        self.beat_s = self._source.beat_s

    def frames(self, stop: threading.Event) -> Iterator:  # type: ignore[type-arg]
        for frame in self._source.frames(stop):
            self._came.count += 1
            yield frame


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, ended with the block."""
    started = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def measure(work: str, count: int, seconds: float, dsn: str) -> Cost:
    """Cost of so many cameras over so many seconds, once all are connected."""
    with process("simulators.pictures", "--profile", PROFILE, "--port", "0", "--cameras", str(MOST_CAMERAS)) as drawn:
        assert drawn.stdout is not None
        port = re.search(r":(\d+)/", drawn.stdout.readline())
        assert port is not None
        with process("benchmarks.cameras", "--watch", str(count), "--port", port[1], "--work", work, "--dsn", dsn) as looking:
            lines = Lines(looking)
            lines.wait(SETTLE_S)
            before, came, at = (cpu_s(looking.pid), cpu_s(drawn.pid)), lines.last, time.monotonic()
            lines.wait(seconds)
            took_s = time.monotonic() - at
            return Cost(count, (lines.last - came) / took_s, (cpu_s(looking.pid) - before[0]) / took_s * 1000, rss_mb(looking.pid),
                        (cpu_s(drawn.pid) - before[1]) / took_s * 1000)


class Lines:
    """The last count that a process told."""

    def __init__(self, told: subprocess.Popen[str]) -> None:
        self.last = 0
        self._process = told
        threading.Thread(target=self._read, daemon=True).start()

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.2)
            if self._process.poll() is not None:
                sys.exit(f"the process that looks ended with {self._process.returncode}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip().isdecimal():  # at its end it says other things, too
                self.last = int(line)


def rss_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def is_proportional(costs: Sequence[Cost]) -> bool:
    """Whether a camera more costs about the same at the end as at the beginning, in CPU and in memory, and no picture is lost."""
    if any(cost.pictures_s < 0.9 * cost.cameras / INTERVAL_S for cost in costs):
        return False
    if len(costs) < 2:
        return True
    first, last = costs[0], costs[-1]
    more_mb = (last.rss_mb - first.rss_mb) / (last.cameras - first.cameras)
    return last.cpu_ms_s / last.cameras <= PROPORTIONAL * first.cpu_ms_s / first.cameras and more_mb <= PROPORTIONAL * first.rss_mb / first.cameras


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, nargs="+", default=[10, 25, 50])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--work", choices=("gateway", "sources"), default="gateway")
    parser.add_argument("--dsn", help="a server of your own instead of an embedded one")
    parser.add_argument("--watch", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if not 0 < a.seconds <= MOST_SECONDS or not all(0 < n <= MOST_CAMERAS // 2 for n in a.cameras):
        parser.error(f"--seconds up to {MOST_SECONDS:g}, --cameras from 1 to {MOST_CAMERAS // 2}")
    profile = load_profile(PROFILE)
    if a.watch:
        watch(a.work, sites(profile, a.watch, a.port), profile, a.dsn)
        return 0
    costs = []
    with database(a.dsn) as server:
        for count in a.cameras:
            with fresh_database(server) as dsn:
                costs.append(measure(a.work, count, a.seconds, dsn))
            print(costs[-1], flush=True)
    held = is_proportional(costs)
    print(f"{a.work}: cost {'grows in proportion' if held else 'does NOT grow in proportion'} (load of the machine {os.getloadavg()[0]:.1f})")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
