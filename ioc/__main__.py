"""The door: reads settings, wires everything, the commands."""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ioc import commands
from ioc.demo.join import joined
from ioc.errors import IocError
from ioc.settings import Settings, documented, read_settings

Command = Callable[[Settings, argparse.Namespace, threading.Event], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors of ours are one sentence, not a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["simulate"]:
        return _simulate(given[1:])
    options = parser().parse_args(given)
    try:
        settings = read_settings()
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
        logging.getLogger("kafka").setLevel(logging.ERROR)
        run: Command = options.run
        return run(settings if run is commands.demo else joined(settings), options, _stopping())
    except IocError as error:
        sys.stderr.write(f"ioc: {error}\n")
        return 1
    except BrokenPipeError:
        return 0


def parser() -> argparse.ArgumentParser:
    """The command line; docs/operations.md is checked against it."""
    root = argparse.ArgumentParser(
        prog="ioc", description="Intelligent Operations Centre of a Vietnamese province.", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="settings (environment):\n" + "\n".join(f"  {name:<24} {doc} [{default}]" for name, default, doc in documented()))
    sub = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _services(sub)
    _letters(sub)
    _gaps(sub)
    demo = _command(sub, "demo", "run everything on this machine, on embedded parts, with simulated data", commands.demo)
    demo.add_argument("--days", type=int, default=30, help="days of simulated history (default 30)")
    demo.add_argument("--no-simulators", action="store_true", help="start without simulated data")
    demo.add_argument("simulate", nargs="*", help="further arguments of the simulators, after --")
    sub.add_parser("simulate", help="publish simulated events (python -m simulators); `ioc simulate --help` lists its options", add_help=False)
    catalogue = _command(sub, "catalogue", "print what streams, events, panels and numbers there are", commands.catalogue)
    catalogue.add_argument("--check", type=Path, metavar="FILE", help="compare with FILE instead; exit 1 where they differ")
    imports = sub.add_parser("import", help="publish data of other systems").add_subparsers(required=True, metavar="KIND")
    open311 = _command(imports, "open311", "service requests of a GeoReport v2 JSON file", commands.import_open311)
    open311.add_argument("file", type=Path)
    open311.add_argument("--jurisdiction", help="jurisdiction they belong to, e.g. chicago (default: the second word of the file's name)")
    return root


def _services(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _command(sub, "migrate", "bring the database's schema up to date", commands.run_migrations)
    topics = _command(sub, "topics", "create the streams' Kafka topics that do not exist yet", commands.create_topics)
    topics.add_argument("--partitions", type=int, default=12, help="how many sinks can share a topic's work (default 12)")
    topics.add_argument("--replication", type=int, default=1, help="copies on different brokers (default 1)")
    topics.add_argument("--retention-days", type=float, default=14.0, help="longer than the longest outage that must lose nothing (default 14)")
    compress = _command(sub, "compress", "compress old chunks of events (TimescaleDB); run it daily", commands.compress)
    compress.add_argument("--after-days", type=float, default=90.0, help="once the usual lateness has passed (default 90)")
    _command(sub, "sink", "read Kafka, write the database; start as many as you like", commands.run_sink)
    _command(sub, "live", "build snapshots when data change", commands.run_live)
    web = _command(sub, "web", "serve the wall, the panels and the API", commands.run_web)
    web.add_argument("--host", help="address to listen on (default IOC_HOST)")
    web.add_argument("--port", type=int, help="port (default IOC_PORT)")
    _command(sub, "embedded-broker", "a broker in memory, for the demo and for tests; prints its address", commands.run_broker)


def _letters(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    letters = sub.add_parser("dead-letters", help="see, correct and replay what could not be stored").add_subparsers(required=True, metavar="WHAT")
    listing = _command(letters, "list", "newest first", commands.list_letters)
    listing.add_argument("--reason", help="only this reason, e.g. schema")
    listing.add_argument("--limit", type=int, default=50)
    show = _command(letters, "show", "one letter whole: position, key, headers, value, reason", commands.show_letter)
    show.add_argument("letter", type=int)
    replay = _command(letters, "replay", "send letters to their topic again, as they were or corrected", commands.replay_letters)
    replay.add_argument("letter", type=int, nargs="+")
    replay.add_argument("--value", type=Path, metavar="FILE", help="send this value instead (one letter only)")
    resume = _command(letters, "resume", "let a paused partition be read again", commands.resume_partition)
    resume.add_argument("topic")
    resume.add_argument("partition", type=int)


def _gaps(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    gaps = sub.add_parser("gaps", help="offsets that the broker lost before they were read").add_subparsers(required=True, metavar="WHAT")
    _command(gaps, "list", "open gaps, newest first", commands.list_gaps)
    close = _command(gaps, "close", "take a gap off the wall, once its source has sent the events again or a person accepts the loss",
                     commands.close_gap)
    close.add_argument("gap", type=int)
    close.add_argument("--note", required=True, help="what was done about it; kept with the gap")


def _command(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, run: Command) -> argparse.ArgumentParser:
    made = sub.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    made.set_defaults(run=run)
    return made


def _stopping() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _simulate(arguments: Sequence[str]) -> int:
    """Become `python -m simulators`: that string is the only link from `ioc` to the simulators."""
    command = [sys.executable, "-u", "-m", "simulators", *arguments]
    if sys.platform == "win32":
        return subprocess.call(command)
    os.execv(sys.executable, command)  # noqa: S606
    return 1


if __name__ == "__main__":
    sys.exit(main())
