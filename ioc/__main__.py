"""The door: reads settings, wires everything, the commands."""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from ioc import commands, duty, letters, trust, upkeep
from ioc.calendar.periods import KINDS
from ioc.demo import command as scenes
from ioc.demo.join import joined
from ioc.errors import IocError
from ioc.indicators import commands as figures
from ioc.kpi.engine import command as kpis
from ioc.places import command as places
from ioc.pull.engine import command as pulling
from ioc.settings import Settings, documented, read_settings
from ioc.words import LANGUAGES

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
        return run(settings if run in {commands.demo, scenes.run, scenes.stop} else joined(settings), options, _stopping())
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
    _dead_letters(sub)
    _gaps(sub)
    _source_keys(sub)
    trust.add_commands(sub, _command)
    duty.add_commands(sub, _command)
    _upkeep(sub)
    _geo(sub)
    _kpi(sub)
    demo = _command(sub, "demo", "run everything on this machine, on embedded parts, with simulated data", commands.demo)
    demo.add_argument("--days", type=int, default=90, help="days of simulated history (default 90)")
    demo.add_argument("--no-simulators", action="store_true", help="start without simulated data")
    demo.add_argument("simulate", nargs="*", help="further arguments of the simulators, after --")
    _scenarios(sub)
    sub.add_parser("simulate", help="publish simulated events (python -m simulators); `ioc simulate --help` lists its options", add_help=False)
    catalogue = _command(sub, "catalogue", "print what streams, events, panels and numbers there are", commands.catalogue)
    catalogue.add_argument("--check", type=Path, metavar="FILE", help="compare with FILE instead; exit 1 where they differ")
    catalogue.add_argument("--schemas", type=Path, metavar="DIR", help="write the JSON Schema of every event type into DIR instead")
    imports = sub.add_parser("import", help="publish data of other systems").add_subparsers(required=True, metavar="KIND")
    open311 = _command(imports, "open311", "service requests of a GeoReport v2 JSON file", commands.import_open311)
    open311.add_argument("file", type=Path)
    open311.add_argument("--jurisdiction", help="jurisdiction they belong to, e.g. chicago (default: the second word of the file's name)")
    duty.add_imports(imports, _command)
    _figures(sub, imports)
    return root


def _scenarios(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = sub.add_parser("scenario", help="days that a demonstration plays").add_subparsers(required=True, metavar="WHAT")
    listing = _command(what, "list", "scenarios of the profile, and what the audience sees", scenes.listed)
    listing.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    run = _command(what, "run", "play one in a centre of its own, beside a running demo or alone", scenes.run)
    run.add_argument("name")
    run.add_argument("--seed", default="1", help="the same seed shows the same screens (default 1)")
    run.add_argument("--speed", type=float, help="simulated seconds a second, 1 to 600 (default: the scenario's)")
    run.add_argument("--scale", type=float, help="volume as a share of the real year's (default: the scenario's)")
    run.add_argument("--from", dest="start", metavar="ISO", help="when its play begins (default: the scenario's)")
    run.add_argument("--until", dest="end", metavar="ISO", help="when it ends (default: the scenario's)")
    run.add_argument("--port", type=int, help="port of its wall (default: IOC_PORT + 1)")
    _command(what, "stop", "end the scenarios that are being played from this data folder", scenes.stop)


def _services(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _command(sub, "migrate", "bring the database's schema up to date", commands.run_migrations)
    pull = _command(sub, "pull", "ask a system that tells what is, and publish what changed", pulling.run_pull)
    pull.add_argument("source", help="name of a source of kind 'pull' in the file IOC_PULL names")
    pull.add_argument("--every", type=float, metavar="SECONDS", help="keep running, and ask again after so long")
    what = pull.add_mutually_exclusive_group()
    what.add_argument("--rejects", action="store_true", help="list the records that could not be used, with the reason")
    what.add_argument("--retry", action="store_true", help="read the rejected records again")
    topics = _command(sub, "topics", "create the streams' Kafka topics that do not exist yet", commands.create_topics)
    topics.add_argument("--partitions", type=int, default=12, help="how many sinks can share a topic's work (default 12)")
    topics.add_argument("--replication", type=int, default=1, help="copies on different brokers (default 1)")
    topics.add_argument("--retention-days", type=float, default=14.0, help="longer than the longest outage that must lose nothing (default 14)")
    compress = _command(sub, "compress", "compress old chunks of events (TimescaleDB); run it daily", commands.compress)
    compress.add_argument("--after-days", type=float, default=90.0, help="once the usual lateness has passed (default 90)")
    _command(sub, "sink", "read Kafka, write the database; start as many as you like", commands.run_sink)
    _command(sub, "live", "build snapshots when data change", commands.run_live)
    cameras = _command(sub, "cameras", "look at the profile's cameras and publish what is observed; start as many as you like", commands.run_cameras)
    cameras.add_argument("--check", action="store_true", help="look at each once and say what came; exit 1 where one gives no picture")
    web = _command(sub, "web", "serve the wall, the panels and the API", commands.run_web)
    web.add_argument("--host", help="address to listen on (default IOC_HOST)")
    web.add_argument("--port", type=int, help="port (default IOC_PORT)")
    _command(sub, "embedded-broker", "a broker in memory, for the demo and for tests; prints its address", commands.run_broker)


def _dead_letters(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = sub.add_parser("dead-letters", help="see, correct and replay what could not be stored").add_subparsers(required=True, metavar="WHAT")
    listing = _command(what, "list", "newest first", letters.list_letters)
    listing.add_argument("--reason", help="only this reason, e.g. schema")
    listing.add_argument("--limit", type=int, default=50)
    show = _command(what, "show", "one letter whole: position, key, headers, value, reason", letters.show_letter)
    show.add_argument("letter", type=int)
    replay = _command(what, "replay", "send letters to their topic again, as they were or corrected", letters.replay_letters)
    replay.add_argument("letter", type=int, nargs="+")
    replay.add_argument("--value", type=Path, metavar="FILE", help="send this value instead (one letter only)")
    resume = _command(what, "resume", "let a paused partition be read again", letters.resume_partition)
    resume.add_argument("topic")
    resume.add_argument("partition", type=int)


def _gaps(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    gaps = sub.add_parser("gaps", help="offsets that the broker lost before they were read").add_subparsers(required=True, metavar="WHAT")
    _command(gaps, "list", "open gaps, newest first", letters.list_gaps)
    close = _command(gaps, "close", "take a gap off the wall, once its source has sent the events again or a person accepts the loss",
                     letters.close_gap)
    close.add_argument("gap", type=int)
    close.add_argument("--note", required=True, help="what was done about it; kept with the gap")


def _geo(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    geo = sub.add_parser("geo", help="official boundaries of the units").add_subparsers(required=True, metavar="WHAT")
    check = _command(geo, "check", "say what an import of FILE would say; exit 1 where it would be refused", places.check_layer)
    imported = _command(geo, "import", "check FILE and keep it as the boundaries of its days", places.import_layer)
    imported.add_argument("--replace", action="store_true", help="take the place of the layer that holds on these days")
    for made in (check, imported):
        made.add_argument("file", type=Path, metavar="FILE", help="GeoJSON, GeoPackage, Shapefile, KML …")
        made.add_argument("--level", required=True, choices=("province", "district", "commune"))
        made.add_argument("--valid-from", required=True, type=date.fromisoformat, metavar="DAY", help="first day, YYYY-MM-DD")
        made.add_argument("--valid-to", type=date.fromisoformat, metavar="DAY", help="first day no longer (default: when the units change)")
        made.add_argument("--source", help="who made the file, and when")
        made.add_argument("--licence", help="under which terms it may be used")
        made.add_argument("--crs", help="coordinate system where the file does not say it, e.g. EPSG:9209")
        made.add_argument("--encoding", help="of the attribute texts, where the file does not say it")
        made.add_argument("--layer", help="of a file that has several")
        made.add_argument("--column", help="that names the units (default: the one that fits best)")
        made.add_argument("--tolerance-m", type=float, default=50.0, help="simplification of what is drawn, metres (default 50)")
        made.add_argument("--partial", action="store_true", help="leave out units that are missing, doubled or renamed")
    _command(geo, "list", "imported boundaries, newest first", places.list_layers)
    show = _command(geo, "show", "one layer with all that its import said", places.show_layer)
    remove = _command(geo, "remove", "take a layer out of force; it is kept, and the maps of its days show the schematic", places.remove_layer)
    for named in (show, remove):
        named.add_argument("layer", type=int, help="its number, as `ioc geo list` shows it")
    remove.add_argument("--reason", required=True, help="kept in the ledger")


def _upkeep(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    recount = _command(sub, "recount", "compare states, history and daily counts with the raw events; exit 1 where they differ", upkeep.recount)
    recount.add_argument("stream", nargs="*", help="streams to compare (default: all)")
    rebuild = _command(sub, "rebuild", "fold streams again: after a corrected calendar, corrected terms, or a new version", upkeep.rebuild)
    rebuild.add_argument("stream", nargs="*", help="streams to fold again")
    rebuild.add_argument("--stale", action="store_true", help="those whose states stand under other rules than today's")
    calendar = _command(sub, "calendar", "print a year's working days, days off and swaps, and what nobody has confirmed", upkeep.calendar)
    calendar.add_argument("year", type=int)


def _figures(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", imports: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    indicators = _command(imports, "indicators", "indicators that were typed into a panel's template", figures.import_indicators)
    indicators.add_argument("file", type=Path, nargs="?", help=".xlsx or .csv; with --template the .xlsx to write")
    what = indicators.add_mutually_exclusive_group()
    what.add_argument("--template", metavar="PANEL", help="write the panel's empty template to FILE")
    what.add_argument("--shipped", action="store_true", help="publish the history and targets that the profile ships")
    what.add_argument("--partial", action="store_true", help="publish the good rows, write the others to FILE.errors.csv")
    reconcile = _command(sub, "reconcile", "compare a day's counts with what the sources told; exit code 1 where they differ", figures.run_reconcile)
    reconcile.add_argument("--source", help="only what this source told, e.g. /vn/92/one-stop")
    reconcile.add_argument("--day", type=date.fromisoformat, help="day to compare (default yesterday)")
    reconcile.add_argument("--load", type=Path, metavar="FILE", help="store control totals of a .csv or .xlsx first")
    period = sub.add_parser("period", help="close the figures of a period, and see what changed since").add_subparsers(required=True, metavar="WHAT")
    close = _command(period, "close", "freeze a period's figures", figures.close_period)
    reopen = _command(period, "reopen", "let a closed period move again", figures.reopen_period)
    for command in (close, reopen):
        command.add_argument("stream", help="dossier or report")
        command.add_argument("period", help="2026-11, 2026-Q3, 2026 …, or FIRST..LAST of a reporting period")
        command.add_argument("--by", required=True, metavar="NAME", help="who does it; kept with the period")
    close.add_argument("--note", default="", help="kept with the period")
    reopen.add_argument("--reason", required=True, help="kept with the period")
    listing = _command(period, "list", "closed periods and what changed since", figures.list_periods)
    listing.add_argument("--stream", help="only this stream, dossier or report")


def _kpi(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    kpi = _command(sub, "kpi", "print a panel's figures with what they are made of", kpis.show)
    kpi.add_argument("section", help="key of the panel, e.g. one_stop")
    kpi.add_argument("--period", default="year_to_date", help=f"{', '.join(KINDS)} (default year_to_date)")
    kpi.add_argument("--at", help="moment or day, e.g. 2026-11-20 (default now)")
    kpi.add_argument("--known", help="as it was known at a moment")
    kpi.add_argument("--by", default="province", help="province, unit or agency (default province)")
    kpi.add_argument("--boundaries", default="now", help="now = old units added up to those of today, then = as they were (default now)")


def _source_keys(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    found = sub.add_parser("source-key", help="keys of the sources that send events over HTTP").add_subparsers(required=True, metavar="WHAT")
    add = _command(found, "add", "make a key and print it, this once", commands.add_source_key)
    add.add_argument("source", help="CloudEvents source it is for, with all that lies below it, e.g. /vn/92/one-stop")
    add.add_argument("--streams", required=True, metavar="NAME[,NAME]", help="streams it may send, e.g. dossier,report")
    add.add_argument("--expires", type=date.fromisoformat, metavar="DATE", help="its last day, e.g. 2027-12-31 (default: none)")
    add.add_argument("--events-per-s", type=float, default=100.0, metavar="N", help="events a second that each web process takes (default 100)")
    _command(found, "list", "oldest first: id, source, streams, rate, end, last use; never the key", commands.list_source_keys)
    revoke = _command(found, "revoke", "let a key permit nothing any more", commands.revoke_source_key)
    revoke.add_argument("key", metavar="ID", help="its id, as `ioc source-key list` shows it")


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
