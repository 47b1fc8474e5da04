"""`ioc web`: the ASGI application, with its parts wired."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from ioc.api import scenarios as presenting
from ioc.api.ask import Database
from ioc.api.courier import Courier
from ioc.api.feed import Feed, running
from ioc.api.figures import add_figures
from ioc.api.guard import Guard, language
from ioc.api.intake import PATH, Intake, add_intake
from ioc.api.keys import KeyRing
from ioc.api.routes import Doors, add_routes
from ioc.clock import Clock, local_day
from ioc.db.connect import connect_async
from ioc.errors import ConfigurationError
from ioc.kpi.engine.registry import sections
from ioc.layouts.app import ASSETS, create_dash
from ioc.panels.engine.card import props
from ioc.panels.engine.registry import shown
from ioc.places.register import load_register
from ioc.profiles import load_profile
from ioc.schemas import PLACE, files
from ioc.settings import Settings
from ioc.streams.engine.broker import Publisher
from ioc.words import Words

_EXACT = ("/", "/wall", "/healthz", "/readyz", "/metrics", "/_dash-layout", "/_dash-dependencies", "/_dash-update-component", "/_reload-hash",
          "/_favicon.ico", "/favicon.ico", "/live/stream", "/live/heartbeat", "/api/panels", "/api/kpi",
          "/geo/units.json", PATH, *presenting.PATHS)
_PREFIXES = ("/assets/", "/static/", "/_dash-component-suites/", "/_dash-update-component", "/language/")


def create_app(settings: Settings, clock: Clock, publisher: Callable[[], Publisher] | None = None) -> Guard:
    """The whole web process as one ASGI application. `publisher` connects to the broker, at the first event that comes in; none = Kafka.

    Raises:
        ConfigurationError: no database set, a bad profile, or browser files that were not installed.

    """
    if not (ASSETS / "vendor" / "leaflet").is_dir():
        raise ConfigurationError("the browser files are not installed: run `make browser-files` (or install the wheel, which holds them)")
    profile = load_profile(settings.profile).at_speed(clock.rhythm().meant)
    panels = shown(profile)
    dsn = settings.dsn()
    database = Database(dsn)
    feed = Feed(lambda: connect_async(dsn, application="ioc-web"), clock, build_id())
    courier = Courier(publisher or (lambda: _kafka(settings)))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        database.open()
        async with running([feed.listen()]):
            yield
        courier.close()
        database.close()

    server = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    doors = Doors(database, feed, clock, profile, panels)
    add_routes(server, doors)
    add_figures(server, database, clock, profile, load_register(profile))
    add_intake(server, Intake(KeyRing(database, clock), courier, clock))
    presenting.add_scenarios(server, presenting.Stage(database=database, clock=clock, profile=profile, profile_name=settings.profile, panels=panels,
                                                      port=settings.port))
    server.mount("/static", StaticFiles(directory=ASSETS))

    async def past(key: str, query: dict[str, str], text: Words) -> Mapping[str, Mapping[str, Any]]:
        return props(panels[key], await doors.snapshot(key, query), text, profile)

    create_dash(server, panels, profile, language.get, past, lambda: local_day(clock.now()))
    keys = tuple(panels)
    exact = frozenset((*_EXACT, *(f"/wall/{k}" for k in keys), *(f"/api/panels/{k}.json" for k in keys),
                       *(f"/api/panels/{k}/map.json" for k in keys), *(f"/api/definitions/{k}.json" for k in keys), *(f"/map/{k}" for k in keys),
                       *(f"/api/kpi/{k}.json" for k in sections()), *(f"{PLACE}{name}" for name in files())))
    return Guard(server, exact=exact, prefixes=_PREFIXES)


def _kafka(settings: Settings) -> Publisher:
    from ioc.streams.engine.kafka import KafkaPublisher

    return KafkaPublisher(settings)


def build_id() -> str:
    """Fingerprint of what a browser runs and of the program: a screen that sees another one loads itself again."""
    digest = hashlib.sha256()
    root = Path(str(resources.files("ioc")))
    for file in sorted(p for p in root.rglob("*") if p.suffix in {".py", ".sql", ".js", ".css", ".po", ".toml", ".csv"}):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
