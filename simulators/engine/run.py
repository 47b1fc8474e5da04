"""One run: history as fast as the sink takes it, then the present, until told to stop."""

import logging
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ioc.clock import LOCAL, Clock, SystemClock
from ioc.errors import IocError, UnavailableError
from ioc.profiles import load_profile
from ioc.settings import Settings
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.registry import streams
from simulators.engine.contract import Scenario
from simulators.engine.diary import Diary, read_diary, write_diary
from simulators.engine.encode import Record
from simulators.engine.faults import disturbed
from simulators.engine.options import Options, read_options
from simulators.engine.outlet import Outlet
from simulators.engine.pace import Wait, paced
from simulators.engine.registry import registered
from simulators.engine.standing import Standing
from simulators.engine.together import Voice, records

OVERLAP = timedelta(minutes=10)
"""What a restart tells again: the sink knows the identities, and what was on its way when the last run ended is not lost."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 at the end or when told to stop, 2 with a sentence for what cannot be used."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    clock, stop = SystemClock(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(read_options(sys.argv[1:] if arguments is None else arguments, clock.now()), clock, stop)
    except IocError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(options: Options, clock: Clock, stop: threading.Event) -> None:
    """Publish what the options ask for."""
    standing = Standing(options.database) if options.database else None
    heard = _heard(standing, stop)
    options = _continued(options, heard)
    publisher = _publisher(options, stop)
    if publisher is None:
        return
    outlet = Outlet(publisher, stop.wait, standing.written if standing else None)

    def wait(seconds: float) -> bool:
        if seconds:
            outlet.flush()
        return stop.wait(seconds)

    began = clock.now()
    report = Progress(options.start, options.until or began, clock)
    try:
        for record in _stream(options, began, heard, clock, wait):
            outlet.send(record)
            report.note(record, outlet.total)
        outlet.flush()
        report.end(outlet.total)
    finally:
        publisher.close()
        if standing:
            standing.close()


def _stream(options: Options, now: datetime, heard: Mapping[str, datetime], clock: Clock, wait: Wait) -> Iterator[Record]:
    live_at = options.until or now
    scenario = Scenario(profile=load_profile(options.profile), scale=options.scale, live_at=live_at)
    voices: list[Voice] = []
    since: dict[str, datetime] = {}
    for name, simulator in registered().items():
        if not options.only or name in options.only:
            first = live_at - timedelta(days=simulator.history_days) if simulator.history_days else options.start
            stream = streams()[simulator.stream]
            voices.append(Voice(simulator, stream, scenario, max(first, options.start), options.seed))
            if simulator.stream in heard:
                # What begins with the end of the history is not the same story again: no overlap.
                since[stream.topic] = heard[simulator.stream] - (timedelta() if simulator.history_days else OVERLAP)
    ticks = paced(options.start, options.until, clock, wait, speed=options.speed)
    return disturbed(records(voices, ticks, since), options.faults, options.seed)


def _heard(standing: Standing | None, stop: threading.Event) -> Mapping[str, datetime]:
    while standing and not stop.is_set():
        if (heard := standing.heard()) is not None:
            return heard
        stop.wait(1.0)
    return {}


def _continued(options: Options, heard: Mapping[str, datetime]) -> Options:
    if options.diary is None:
        return options
    diary = read_diary(options.diary) if heard else None
    if diary is None:
        write_diary(options.diary, Diary(seed=options.seed, scale=options.scale, start=options.start))
        return options
    print(f"going on from {max(heard.values()).astimezone(LOCAL):%Y-%m-%d %H:%M} with seed {diary.seed}", flush=True)
    return replace(options, seed=diary.seed, scale=diary.scale, start=diary.start)


def _publisher(options: Options, stop: threading.Event) -> Publisher | None:
    if not options.kafka:
        return Nowhere()
    # Imported late: counting needs no broker.
    from ioc.streams.engine.kafka import KafkaPublisher

    settings = Settings(kafka=options.kafka, kafka_api_version=options.kafka_api_version)
    told = False
    while not stop.is_set():
        try:
            return KafkaPublisher(settings)
        except UnavailableError as error:
            if not told:
                print(f"waiting: {error}", file=sys.stderr, flush=True)
            told = True
            stop.wait(1.0)
    return None


class Nowhere:
    """Takes records and counts them."""

    def __init__(self) -> None:
        self.topics: Counter[str] = Counter()

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None:
        del key, value, headers, timestamp_ms
        self.topics[topic] += 1

    def flush(self) -> None: ...

    def close(self) -> None:
        print(", ".join(f"{topic}: {n}" for topic, n in sorted(self.topics.items())), flush=True)


class Progress:
    """Says how far the history has come, at most once a second, and that it is live, once a minute."""

    def __init__(self, start: datetime, live_at: datetime, clock: Clock) -> None:
        self._start, self._live_at, self._clock = start, live_at, clock
        self._began = self._said = clock.now()
        self._live = False

    def note(self, record: Record, total: int) -> None:
        now = self._clock.now()
        live = record.at >= self._live_at
        if now - self._said < timedelta(seconds=60 if live and self._live else 1):
            return
        self._said, self._live = now, live
        day, count = record.at.astimezone(LOCAL), f"{total:,}".replace(",", " ")
        if live:
            print(f"live ({day:%Y-%m-%d %H:%M}) {count} events", flush=True)
        else:
            share = (record.at - self._start) / (self._live_at - self._start)
            print(f"back-fill {share * 100:.0f} % ({day:%Y-%m-%d}) {count} events", flush=True)

    def end(self, total: int) -> None:
        seconds = (self._clock.now() - self._began).total_seconds()
        print(f"ended: {total:,} events in {seconds:.1f} s ({total / max(seconds, 0.001):,.0f}/s)".replace(",", " "), flush=True)
