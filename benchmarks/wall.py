"""The four aims of the live wall, measured on a centre of its own: python -m benchmarks.wall

On a temporary data folder it starts a whole centre with some days of simulated history, measures what viewers cost and whether the wall's heap
grows, then starts it again without simulators and measures how soon an event is painted under load. It ends what it started; 1 = an aim is missed.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

READY_WITHIN_S = 600
QUIET_S = 60
"""After its history is written a centre still catches up; what is measured then would be that."""


@contextmanager
def centre(folder: Path, port: int, *more: str) -> Iterator[int]:
    """A running centre; gives the process id of its web process."""
    env = _around(folder, port)
    log = folder / "centre.log"
    with log.open("a") as told:
        started = subprocess.Popen([sys.executable, "-m", "ioc", "demo", *more], env=env, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        try:
            yield _ready(started, port, log)
        finally:
            started.send_signal(signal.SIGINT)
            started.wait(60)


def _around(folder: Path, port: int) -> Mapping[str, str]:
    return {**os.environ, "IOC_DATA": str(folder / "data"), "IOC_PORT": str(port)}  # noqa: TID251 (handed on to what is measured)


def _ready(started: subprocess.Popen[bytes], port: int, log: Path) -> int:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end and started.poll() is None:
        time.sleep(1)
        if _answers(port):
            return _web(started.pid)
    raise SystemExit(f"the centre did not start: {log.read_text()[-500:]}")


def _answers(port: int) -> bool:
    asked = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _web(parent: int) -> int:
    """The centre's web process among its children."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent and b"\0web" in status.with_name("cmdline").read_bytes():
                return int(status.parent.name)
        except FileNotFoundError:
            continue  # it ended while we looked
    raise SystemExit("the centre runs without a web process")


def _measure(folder: Path, port: int, module: str, *arguments: str) -> bool:
    """Run one benchmark beside the centre; whether its aim is reached."""
    sys.stdout.write(f"\n{module} {' '.join(arguments)}\n")
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *arguments], env=_around(folder, port), check=False).returncode == 0


def _all(folder: Path, given: argparse.Namespace) -> Sequence[bool]:
    port, days = given.port, ["--days", str(given.days)]
    with centre(folder, port, *days) as web:
        time.sleep(given.quiet)
        reached = [_measure(folder, port, "viewers", "--port", str(port), "--web-pid", str(web), "--steps", "1", "20", "100"),
                   _measure(folder, port, "soak", "--url", f"http://127.0.0.1:{port}/wall", "--updates", str(given.updates))]
    with centre(folder, port, *days, "--no-simulators"):
        time.sleep(given.quiet)
        return [*reached, _measure(folder, port, "paint", "--port", str(port))]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wall", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--updates", type=int, default=2400)
    parser.add_argument("--quiet", type=int, default=QUIET_S)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ioc-bench-"))
    try:
        return int(not all(_all(folder, given)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
