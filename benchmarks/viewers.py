"""What viewers cost: CPU of the web process at 1, 20, 100 and 400 walls, each a screen of its own, beside a running centre (`make demo`).

A virtual core that others use too takes up to twice the time for the same work, and changes from second to second. Where Linux's `perf` is installed
(Debian: linux-perf) instructions are counted beside the time, and the aim is judged by them.

With --panels also times each panel's build, live and by the time machine, on the same database.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.screen import screen_cookies
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.demo.join import joined
from ioc.moment import Moment, now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.registry import shown
from ioc.profiles import load_profile
from ioc.settings import read_settings

STEPS = (1, 20, 100, 400)
AIM = 1.5
"""Most that 100 viewers may cost, in costs of one."""
BEAT_S = 10.0
DEAREST = 0.05
"""Share of the seconds that are left out: in some of them the process makes a citizen's pictures small, half a billion instructions."""
SETTLED_S = 12.0
"""The first, whole frame and the first heartbeat are not what a viewer costs."""


class Viewer:
    """A wall as its page is one to the server: a stream, and every ten seconds a word of what was painted."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._head = f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.received = 0
        self.events = 0
        self.refused = 0

    async def look(self) -> None:
        """Read the stream, for ever."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(f"GET /live/stream?lang=vi&since= HTTP/1.1\r\nAccept: text/event-stream\r\n{self._head}\r\n".encode())
            while got := await reader.read(1 << 16):
                self.received += len(got)
                self.events += got.count(b"\ndata: ")
        finally:
            writer.close()

    async def beat(self, after_s: float) -> None:
        """Say every ten seconds what is on the glass, for ever."""
        await asyncio.sleep(after_s)
        while True:
            await self._say()
            await asyncio.sleep(BEAT_S)

    async def _say(self) -> None:
        body = orjson.dumps(SAID)
        kind = f"Content-Type: application/json\r\nOrigin: http://127.0.0.1:{self._port}\r\nSec-Fetch-Site: same-origin\r\n"
        if self._line is None or self._line[0].at_eof():  # a browser keeps a connection as long as the server does
            self._line = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._line
        writer.write(f"POST /live/heartbeat HTTP/1.1\r\n{self._head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        self.refused += not answer.startswith(b"HTTP/1.1 204")


SAID = {
    "screen": "bench", "epoch": "0123456789ab", "n": 1, "painted_s": 0.4, "page": "/wall", "shown": None, "watermark": "2026-11-22T01:02:03.000Z",
    "headlines": "0123abcd", "link": "live", "cause": "", "size": "1920×1080@1", "heap": 21_000_000, "build": "0123456789ab", "rotation": None,
}


def cpu_ms(pid: int) -> float:
    """CPU time of all threads of a process, finer than the kernel's ticks."""
    return sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


class Cost(NamedTuple):
    """What the web process needs a second: CPU in ms, and millions of instructions; None = they cannot be counted here."""

    cpu_ms: float
    millions: float | None


async def millions(pid: int, seconds: float) -> float | None:
    """Millions of instructions a second of all threads of a process, in its own code and in the kernel for it; the dearest seconds are left out."""
    perf = shutil.which("perf")
    if perf is None:
        return None
    command = ("stat", "-I", "1000", "-x", ";", "-e", "instructions", "-p", str(pid), "--", "sleep", str(seconds))
    counting = await asyncio.create_subprocess_exec(perf, *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    _, told = await counting.communicate()
    rows = [line.split(b";") for line in told.splitlines() if b";instructions" in line]
    found = sorted(int(row[1]) for row in rows if row[1].isdigit())
    kept = found[:max(1, int(len(found) * (1 - DEAREST)))]
    return statistics.fmean(kept) / 1e6 if kept else None


async def cost(port: int, cookies: Sequence[str], pid: int, seconds: float) -> Cost:
    """What the web process needs while one viewer with each of the cookies looks."""
    viewers = [Viewer(port, cookie) for cookie in cookies]
    tasks = [asyncio.create_task(work) for n, v in enumerate(viewers) for work in (v.look(), v.beat(BEAT_S * n / len(viewers)))]
    await asyncio.sleep(SETTLED_S)
    cpu, received, events = cpu_ms(pid), sum(v.received for v in viewers), sum(v.events for v in viewers)
    await asyncio.sleep(seconds)
    spent = (cpu_ms(pid) - cpu) / seconds
    each = len(viewers) * seconds
    kilobytes, number = (sum(v.received for v in viewers) - received) / each / 1000, (sum(v.events for v in viewers) - events) / each
    counted = await millions(pid, seconds)  # after the time was taken: to count costs time itself
    work = "" if counted is None else f", {counted:.1f} million instructions"
    sent = f"{kilobytes:.1f} kB in {number:.2f} events"
    sys.stdout.write(f"{len(viewers):>4} viewers: {spent:6.1f} ms CPU{work} a second; each is sent {sent} a second\n")
    sys.stdout.flush()
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [e for e in ended if e is not None and not isinstance(e, asyncio.CancelledError)]
    if broken or any(v.refused for v in viewers):
        raise SystemExit(f"the viewers were not served: {broken[:1] or 'a heartbeat was refused'}")
    return Cost(spent, counted)


def _judged(one: Cost, many: Cost) -> bool:
    """Whether a hundred viewers cost no more than the aim."""
    times = {"CPU": many.cpu_ms / one.cpu_ms} | ({"instructions": many.millions / one.millions} if one.millions and many.millions else {})
    sys.stdout.write(f"100 viewers cost, in costs of one: {', '.join(f'{n:.2f} in {what}' for what, n in times.items())} (the aim: {AIM})\n")
    return times.get("instructions", times["CPU"]) <= AIM


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
    """Measure a running demo; `--web-pid` is the process id of its web process. 1 where 100 viewers cost more than the aim."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.viewers")
    parser.add_argument("--port", type=int, default=8050)
    parser.add_argument("--web-pid", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--steps", type=int, nargs="+", default=STEPS)
    parser.add_argument("--panels", action="store_true", help="time each panel's build too")
    options = parser.parse_args()
    if options.panels:
        _panels()
    with screen_cookies(options.port, max(options.steps)) as cookies:
        found = {n: asyncio.run(cost(options.port, cookies[:n], options.web_pid, options.seconds)) for n in options.steps}
    return int({1, 100} <= set(found) and not _judged(found[1], found[100]))


if __name__ == "__main__":
    sys.exit(main())
