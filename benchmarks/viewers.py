"""What viewers cost: CPU of the web process at 1, 20, 100 and 400 open live streams, beside a running centre (`make demo`).

Also times each panel's build, live and by the time machine, on the same database.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from benchmarks.screen import screen_cookie
from benchmarks.sink import cpu_s
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.demo.join import joined
from ioc.moment import Moment, now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.registry import shown
from ioc.profiles import load_profile
from ioc.settings import read_settings

STEPS = (1, 20, 100, 400)


async def _view(port: int, cookie: str, until: float, received: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live/stream?lang=vi HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    while (left := until - time.monotonic()) > 0:
        try:
            received[0] += len(await asyncio.wait_for(reader.read(1 << 16), left))
        except TimeoutError:
            break
    writer.close()


async def _viewers(port: int, cookie: str, pid: int, number: int, seconds: float) -> None:
    received = [0]
    until = time.monotonic() + seconds + 3
    tasks = [asyncio.create_task(_view(port, cookie, until, received)) for _ in range(number)]
    await asyncio.sleep(3)  # the first, whole frame is not what a tick costs
    before, bytes_before = cpu_s(pid), received[0]
    await asyncio.sleep(seconds)
    spent, got = cpu_s(pid) - before, received[0] - bytes_before
    sys.stdout.write(f"{number:>4} viewers: {1000 * spent / seconds:6.1f} ms CPU a second, {got / seconds / number / 1000:6.1f} kB a second each\n")
    await asyncio.gather(*tasks)


def _panels() -> None:
    settings, now = joined(read_settings()), SystemClock().now()
    profile = load_profile(settings.profile)
    then = Moment(at=now - timedelta(days=3), known=now - timedelta(minutes=1), live=False, time_machine=True)
    with connect(settings.dsn(), application="ioc-bench", autocommit=True) as conn:
        for key, panel in shown(profile).items():
            times = [_median_ms(partial(build, conn, panel, moment, profile)) for moment in (now_moment(now), then)]
            sys.stdout.write(f"{key:<16} {times[0]:6.1f} ms now, {times[1]:6.1f} ms by the time machine\n")


def _median_ms(act: Callable[[], object]) -> float:
    spans = []
    for _ in range(7):
        start = time.perf_counter()
        act()
        spans.append(1000 * (time.perf_counter() - start))
    return statistics.median(spans)


def main() -> int:
    """Measure a running demo; `--web-pid` is the process id of its web process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.viewers")
    parser.add_argument("--port", type=int, default=8050)
    parser.add_argument("--web-pid", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    _panels()
    with screen_cookie(options.port) as (name, token):
        for number in STEPS:
            asyncio.run(_viewers(options.port, f"{name}={token}", options.web_pid, number, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
