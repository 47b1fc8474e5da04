"""What alerts cost and how fast they come.

python -m benchmarks.alerts [--open N]                 evaluating N open alerts of one rule, and one pass over all rules beside them
python -m benchmarks.alerts --delay [--rate R]         from a grave incident to every screen, while R events a second come in

The second runs beside a running centre without simulators (`IOC_DATA=… make demo ARGS=--no-simulators`), whose data it fills.
"""

import argparse
import http.client
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import orjson

from benchmarks.screen import screen_cookie
from benchmarks.sink import database
from ioc.clock import SystemClock, local_day
from ioc.db.connect import connect
from ioc.demo.join import joined
from ioc.settings import read_settings
from ioc.streams.engine.kafka import KafkaPublisher
from tests.alerts.world import Told, World, message, only, prepare, register, store_at_once
from tests.conftest import fresh_database

PLACE = {"org_code": "H13", "unit_code": "31507"}


def incident(fact: str, subject: str, **data: object) -> Told:
    at = SystemClock().now()
    return Told(stream="incident", fact=fact, subject=subject, at=at, data={**PLACE, "unit_valid_on": str(local_day(at)), **data})


def evaluate(number: int) -> None:
    """N incidents, each with an alert of its own, looked at again and again while nothing changes."""
    grave = register().rules["ST-03"]
    with database(None) as maintenance, fresh_database(maintenance) as dsn, connect(dsn, application="bench", autocommit=True) as conn:
        prepare(conn)
        now = SystemClock().now()
        world = World(conn, only(grave), at=now)
        store_at_once(conn, [incident("reported", f"SV-{n}", kind="order", severity=4) for n in range(number)])
        conn.execute("analyze")
        began = time.perf_counter()
        raised = world.look(now + timedelta(seconds=1))
        sys.stdout.write(f"{raised} alerts raised in {time.perf_counter() - began:.1f} s\n")
        conn.execute("analyze")
        _timed(f"one look at {number} open alerts", lambda n: world.look(now + timedelta(seconds=20 * n)))
        # Each time another engine, to which every rule is due.
        _timed(f"one pass over all {len(register().rules)} rules beside them",
               lambda n: World(conn, register(), at=now).look(now + timedelta(seconds=150 + 20 * n)))


def _timed(name: str, work: object) -> None:
    assert callable(work)
    spans: list[float] = []
    for n in range(1, 8):
        began = time.perf_counter()
        work(n)
        spans.append(time.perf_counter() - began)
    sys.stdout.write(f"{name}: median {statistics.median(spans):.3f} s, slowest {max(spans):.3f} s\n")


def delay(port: int, rate: float, number: int) -> None:
    """Publish grave incidents, a second or so apart, while others come at the rate, and see when the wall's count rises."""
    settings = joined(read_settings())
    publisher = KafkaPublisher(settings)
    stop = threading.Event()
    sent: list[float] = []
    load = threading.Thread(target=_load, args=(KafkaPublisher(settings), rate, stop), daemon=True)
    with screen_cookie(port) as (name, token), _counting(port, f"{name}={token}") as seen:
        load.start()
        _wait_quiet(seen)
        base = seen[-1][1]
        random, run = Random(1), f"{time.time():.0f}"  # noqa: TID251 (a name of its own)
        for n in range(number):
            told = message(incident("reported", f"BENCH-{run}-{n}", kind="fire", severity=4))
            sent.append(time.monotonic())
            publisher.send(told.topic, told.key or b"", told.value or b"", told.headers)
            publisher.flush()
            threading.Event().wait(0.5 + random.random())
        threading.Event().wait(10)
        for n in range(number):
            told = message(incident("cleared", f"BENCH-{run}-{n}"))
            publisher.send(told.topic, told.key or b"", told.value or b"", told.headers)
        publisher.flush()
    stop.set()
    load.join(5)
    spans = [next((at - began for at, count in seen if count >= base + n + 1 and at >= began), None) for n, began in enumerate(sent)]
    found = sorted(span for span in spans if span is not None)
    sys.stdout.write(f"{len(found)} of {number} on the screen; median {statistics.median(found):.2f} s, 95th percentile "
                     f"{found[int(0.95 * (len(found) - 1))]:.2f} s, slowest {found[-1]:.2f} s, at {rate:g} events a second\n")


def _load(publisher: KafkaPublisher, rate: float, stop: threading.Event) -> None:
    """Counts of cameras, spread over the second."""
    n, began = 0, time.monotonic()
    while not stop.wait(0.05):
        while n < rate * (time.monotonic() - began):
            at = SystemClock().now()
            told = message(Told(stream="camera", fact="traffic_count", subject=f"BENCH-{n % 200}", at=at, data={
                "unit_code": "31507", "unit_valid_on": str(local_day(at)), "point_id": "BENCH", "vehicles": n % 30, "interval_s": 60,
                "mean_speed_kmh": 40.0, "direction": "both"}))
            publisher.send(told.topic, told.key or b"", told.value or b"", told.headers)
            n += 1
        publisher.flush()


@contextmanager
def _counting(port: int, cookie: str) -> Iterator[list[tuple[float, int]]]:
    """(moment, number of grave alerts) as a screen is told them."""
    seen: list[tuple[float, int]] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/live/stream?lang=vi", headers={"Cookie": cookie})
    answer = connection.getresponse()

    def read() -> None:
        while line := answer.readline():
            if line.startswith(b"data: ") and b'"alerts"' in line:
                strip = orjson.loads(line[6:])["panels"]["alerts"]["props"]["alert-strip"]["children"]
                text = next((part["props"]["children"] for part in strip if part["props"].get("data-level") == "4"
                             and "pill" in part["props"].get("className", "")), "0")
                seen.append((time.monotonic(), int(text.rpartition(" ")[2].replace(".", ""))))

    threading.Thread(target=read, daemon=True).start()
    try:
        yield seen
    finally:
        connection.close()


def _wait_quiet(seen: list[tuple[float, int]]) -> None:
    threading.Event().wait(8)
    if not seen:
        raise SystemExit("no frame of alerts within 8 seconds: is the centre running, with `ioc alerts` and `ioc live`?")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--open", type=int, default=10_000)
    options.add_argument("--delay", action="store_true")
    options.add_argument("--rate", type=float, default=500)
    options.add_argument("--number", type=int, default=60)
    options.add_argument("--port", type=int, default=8050)
    given = options.parse_args()
    if given.delay:
        delay(given.port, given.rate, given.number)
    else:
        evaluate(given.open)


if __name__ == "__main__":
    main()
