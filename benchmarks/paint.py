"""From an event handed to the broker to its paint on the wall, while others come in and others watch; and how soon a wall is painted at all.

python -m benchmarks.paint [--rate 200] [--viewers 20] [--number 60]

The browser draws as it does on a machine without a graphics card, by the processor alone; --emulated gives it a card in software, which the pages
with maps of plotly need (WebGL) and which takes nearly half a core for itself.

Runs beside a centre without simulators (`IOC_DATA=… make demo ARGS=--no-simulators`), whose data it fills. The load is of five streams, so that
most panels are computed again and again.
"""

import argparse
import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.screen import screen_cookie
from benchmarks.soak import CHROMIUM, FLAGS
from ioc.clock import SystemClock, local_day
from ioc.demo.join import joined
from ioc.settings import read_settings
from ioc.streams.engine.kafka import KafkaPublisher
from tests.alerts.world import Told, message

PLAIN = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
UNIT = "31507"
FIRST_MS, EVENT_S = 2000.0, 1.0
"""The aims: median of the first paints, 95th percentile from event to paint."""
# Two animation frames after the number has changed it is on the glass.
WATCH = """() => {
  window.painted = [];
  const value = () => document.querySelector('#citizen_reports--headline .headline-value')?.textContent ?? '';
  let last = value();
  new MutationObserver(() => {
    const now = value();
    if (now === last) return;
    last = now;
    requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push([Date.now(), now])));
  }).observe(document.getElementById('citizen_reports--headline'), {subtree: true, childList: true, characterData: true});
}"""
FIRST = """() => new Promise(done => {
  const look = () => {
    const cards = [...document.querySelectorAll('.card')];
    if (cards.length && cards.every(c => c.dataset.state !== 'loading')) done(performance.now()); else requestAnimationFrame(look);
  };
  look();
})"""


def _told(stream: str, fact: str, subject: str, **data: object) -> Told:
    at = SystemClock().now()
    return Told(stream=stream, fact=fact, subject=subject, at=at, data={"unit_code": UNIT, "unit_valid_on": str(local_day(at)), **data})


def _send(publisher: KafkaPublisher, told: Told) -> None:
    made = message(told)
    publisher.send(made.topic, made.key or b"", made.value or b"", made.headers)


def _any(n: int, run: str) -> Told:
    """Of twenty events twelve of cameras, four of stations, three dossiers, one report or incident."""
    due = (SystemClock().now() + timedelta(days=9)).isoformat()
    kind = n % 20
    if kind < 12:
        return _told("camera", "traffic_count", f"BENCH-{n % 200}", point_id="BENCH", vehicles=n % 30, interval_s=60, mean_speed_kmh=40.0,
                     direction="both")
    if kind < 16:
        return _told("environment", "observation", f"BENCH-{n % 20}", station_id=f"BENCH-{n % 20}", property="salinity_gl", value=1 + n % 4,
                     unit="g/l", quality="good")
    if kind < 19:
        return _told("dossier", "received", f"BENCH-{run}-{n}", org_code="H13", due_at=due, channel="online")
    if n % 40 == 19:
        return _told("report", "submitted", f"LOAD-{run}-{n}", category="TR-ROAD", channel="app", due_at=due, lon_deg=105.97, lat_deg=9.6)
    return _told("incident", "reported", f"LOAD-{run}-{n}", org_code="H13", kind="order", severity=1)


@contextmanager
def loaded(rate: float, run: str) -> Iterator[None]:
    """So many events a second in the background."""
    stop = threading.Event()

    def work() -> None:
        publisher, n, began = KafkaPublisher(joined(read_settings())), 0, time.monotonic()
        while not stop.wait(0.05):
            while n < rate * (time.monotonic() - began):
                _send(publisher, _any(n, run))
                n += 1
            publisher.flush()

    with _beside(work, stop):
        yield


@contextmanager
def _beside(work: Callable[[], object], stop: threading.Event) -> Iterator[None]:
    """Something that goes on in a thread of its own until it is stopped."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


@contextmanager
def watching(port: int, cookie: str, number: int) -> Iterator[None]:
    """So many other viewers, each with a live stream of its own."""
    stop = threading.Event()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /live/stream?lang=vi HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
        while not stop.is_set():
            try:
                await asyncio.wait_for(reader.read(1 << 16), 1)
            except TimeoutError:
                continue
        writer.close()

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(number)))

    with _beside(lambda: asyncio.run(all_of_them()), stop):
        yield


def first_paints(page: Page, url: str, times: int = 5) -> list[float]:
    """Milliseconds from the request of the page until every card holds its figures, for a fresh page each time."""
    found = []
    for _ in range(times):
        page.goto(url, wait_until="commit")
        found.append(float(page.evaluate(FIRST)))
    return found


def paints(page: Page, number: int, run: str) -> list[float]:
    """Seconds from handing an overdue report to the broker until the wall's count of them is painted."""
    publisher, random, sent = KafkaPublisher(joined(read_settings())), Random(1), []
    page.evaluate(WATCH)
    due = (SystemClock().now() - timedelta(minutes=5)).isoformat()
    for n in range(number):
        sent.append(time.time() * 1000)  # noqa: TID251 (the browser's own clock)
        _send(publisher, _told("report", "submitted", f"PROBE-{run}-{n}", category="TR-ROAD", channel="app", due_at=due))
        publisher.flush()
        page.wait_for_timeout(500 + 1000 * random.random())
    page.wait_for_timeout(5000)
    seen: list[tuple[float, str]] = [(at, text) for at, text in page.evaluate("window.painted")]
    return _spans(sent, seen)


def _spans(sent: Sequence[float], seen: Sequence[tuple[float, str]]) -> list[float]:
    counts = [(at, int("".join(c for c in text if c.isdigit()) or 0)) for at, text in seen]
    if not counts:
        return []
    base = counts[-1][1] - len(sent)  # every probe is one more, and nothing else is overdue
    firsts = [next((at for at, count in counts if count >= base + n + 1), None) for n in range(len(sent))]
    return [(at - began) / 1000 for began, at in zip(sent, firsts, strict=True) if at is not None]


def told(name: str, found: Sequence[float], unit: str) -> tuple[float, float]:
    """Print median, 95th percentile and the slowest; answers the first two."""
    ordered = sorted(found)
    if not ordered:
        raise SystemExit(f"{name}: nothing was painted; is the whole centre running (broker, sink, live, web)?")
    middle, most = statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))]
    sys.stdout.write(f"{name}: {len(ordered)}, median {middle:.2f} {unit}, 95th percentile {most:.2f} {unit}, slowest {ordered[-1]:.2f} {unit}\n")
    return middle, most


def main() -> int:
    """Measure a running centre; 1 where an aim is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rate", type=float, default=200)
    options.add_argument("--viewers", type=int, default=20)
    options.add_argument("--number", type=int, default=60)
    options.add_argument("--port", type=int, default=8050)
    options.add_argument("--emulated", action="store_true", help="with a graphics card in software")
    given = options.parse_args()
    run = f"{time.time():.0f}"  # noqa: TID251 (a name of its own)
    base = f"http://127.0.0.1:{given.port}"
    with screen_cookie(given.port) as (name, token), sync_playwright() as playwright:
        page = _page(playwright, base, name, token, FLAGS if given.emulated else PLAIN)
        first, _ = told("first paint", first_paints(page, f"{base}/wall"), "ms")
        with watching(given.port, f"{name}={token}", given.viewers - 1), loaded(given.rate, run):
            page.wait_for_timeout(8000)
            _, late = told(f"event to paint at {given.rate:g} events/s with {given.viewers} viewers", paints(page, given.number, run), "s")
    sys.stdout.write(f"the aims: first paint {FIRST_MS:g} ms (median), event to paint {EVENT_S:g} s (95th percentile)\n")
    return int(first > FIRST_MS or late > EVENT_S)


def _page(playwright: Any, base: str, name: str, token: str, flags: Sequence[str]) -> Page:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    context.add_cookies([{"name": name, "value": token, "url": base}])
    page: Page = context.new_page()
    return page


if __name__ == "__main__":
    sys.exit(main())
