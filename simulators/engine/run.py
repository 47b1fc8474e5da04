"""One run: history as fast as the sink takes it, then the present, until told to stop."""

import logging
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from ioc.clock import LOCAL, Clock, SystemClock, local_day
from ioc.errors import IocError, UnavailableError
from ioc.played import PlayedClock
from ioc.profiles import load_profile
from ioc.profiles.scenarios import YearTotals
from ioc.settings import read_settings
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.registry import streams
from simulators.engine.contract import scenario_of
from simulators.engine.diary import Diary, read_diary, write_diary
from simulators.engine.encode import Record
from simulators.engine.faults import disturbed
from simulators.engine.options import Options, read_options
from simulators.engine.outlet import Outlet
from simulators.engine.pace import Wait, paced
from simulators.engine.pause import Pause
from simulators.engine.progress import Nowhere, Progress
from simulators.engine.registry import effects_of, registered, understood
from simulators.engine.standing import Standing
from simulators.engine.together import Voice, records
from simulators.engine.world import EFFECTS

OVERLAP = timedelta(minutes=10)
"""What a restart tells again: the sink knows the identities, and what was on its way when the last run ended is not lost."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 at the end or when told to stop, 2 with a sentence for what cannot be used."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    clock, stop = SystemClock(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if "--realism" in given:
            print("\n\n".join(f"{s.name}\n{s.realism}\nEffects: {', '.join(effects_of(s))}." for s in registered().values()))
            return 0
        run(read_options(given, clock.now()), clock, stop)
    except IocError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def run(options: Options, clock: Clock, stop: threading.Event) -> None:
    """Publish what the options ask for."""
    standing = Standing(replace(read_settings(), database=options.database).dsn()) if options.database else None
    heard = _heard(standing, stop)
    options = _continued(options, heard)
    publisher = _publisher(options, stop)
    if publisher is None:
        return
    outlet = Outlet(publisher, stop.wait, standing.written if standing else None)
    played = PlayedClock(options.clock, clock) if options.clock else None
    clock = played or clock
    pause, began = Pause(outlet, clock, played, stop), clock.now()
    report = Progress(options, began, clock)
    try:
        for record in _stream(options, began, heard, clock, pause):
            outlet.send(record)
            report.note(record, outlet.total)
        outlet.flush()
        report.end(outlet.total)
        while played and not stop.wait(1.0):  # the curtain stays open: the screens keep what the play ended with
            pause.let_go()
    finally:
        publisher.close()
        if standing:
            standing.close()


def _stream(options: Options, now: datetime, heard: Mapping[str, datetime], clock: Clock, wait: Wait) -> Iterator[Record]:
    live_at, script = options.live_at or now, options.script
    scenario = scenario_of(load_profile(options.profile), options.seed, live_at, scale=options.scale, effects=script.effects if script else (),
                           year=_year(script.year, options.start) if script else None)
    scenario.effects.check(understood(), EFFECTS)
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


def _year(totals: YearTotals | None, start: datetime) -> YearTotals | None:
    """The totals of the year that is told: `--from` may ask for another one than the scenario's."""
    return msgspec.structs.replace(totals, of=local_day(start).year) if totals else None


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

    # A user, a password, an authority come from the environment, as for every process.
    settings = replace(read_settings(), kafka=options.kafka, kafka_api_version=options.kafka_api_version)
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
