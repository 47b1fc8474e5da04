"""`ioc web`: the ASGI application, with its parts wired."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from ioc.api import scenarios as presenting
from ioc.api.access import EXACT, access, may, may_see
from ioc.api.answers import add_answers
from ioc.api.ask import Database
from ioc.api.console import add_console
from ioc.api.console_audit import add_console_audit
from ioc.api.console_screens import add_console_screens
from ioc.api.contacts import add_contacts
from ioc.api.courier import Courier
from ioc.api.decisions import add_decisions
from ioc.api.desk import Desk
from ioc.api.feed import Feed, running
from ioc.api.figures import add_figures
from ioc.api.guard import Guard, language
from ioc.api.hardening import nonce, nonced
from ioc.api.identity import Cookies, Identities, principal
from ioc.api.intake import PATH, Intake, add_intake
from ioc.api.keys import KeyRing
from ioc.api.monitor import monitor
from ioc.api.pairing import add_pairing
from ioc.api.posted import MAX_BODY
from ioc.api.routes import Doors, add_routes
from ioc.api.session import add_session
from ioc.api.sign_in import SignIn, add_sign_in
from ioc.api.ways import ways
from ioc.clock import Clock, local_day
from ioc.db.connect import connect_async
from ioc.decisions.decide import Office
from ioc.errors import ConfigurationError
from ioc.indicators.events import province_of
from ioc.kpi.engine.registry import sections
from ioc.layouts.app import ASSETS, Asked, create_dash
from ioc.panels.engine.card import props
from ioc.panels.engine.registry import shown
from ioc.people.seals import read_seals
from ioc.places.register import load_register
from ioc.profiles import load_profile
from ioc.schemas import PLACE, files
from ioc.settings import Settings
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.rules import rules_of
from ioc.words import Words


def create_app(settings: Settings, clock: Clock, publisher: Callable[[], Publisher] | None = None) -> Guard:
    """The whole web process as one ASGI application: the guard before all else.

    `publisher` connects to the broker, at the first event that comes in; none = Kafka.

    Raises:
        ConfigurationError: no database set, a bad profile, or browser files that were not installed.

    """
    if not (ASSETS / "vendor" / "leaflet").is_dir():
        raise ConfigurationError("the browser files are not installed: run `make browser-files` (or install the wheel, which holds them)")
    profile = load_profile(settings.profile).at_speed(clock.rhythm().meant)
    panels = shown(profile)
    dsn = settings.dsn()
    database = Database(dsn)
    identities = Identities(database, clock, timedelta(minutes=settings.idle_minutes))
    cookies = Cookies(secure=settings.secure, port=settings.port, also=settings.guest_of)
    feed = Feed(lambda: connect_async(dsn, application="ioc-web"), clock, build_id())
    courier = Courier(publisher or (lambda: _kafka(settings)))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        database.open()
        async with running([feed.listen(), identities.watch()]):
            yield
        courier.close()
        database.close()

    server = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    add_answers(server)
    doors = Doors(database, feed, clock, profile, panels, monitor(settings))
    add_routes(server, doors)
    add_figures(server, database, clock, profile, load_register(profile))
    add_intake(server, Intake(KeyRing(database, clock), courier, clock))
    presenting.add_scenarios(server, presenting.Stage(database=database, clock=clock, profile=profile, profile_name=settings.profile, panels=panels,
                                                      port=settings.port))
    _add_desk(server, Desk(database=database, clock=clock, profile=profile, identities=identities, cookies=cookies,
                           seals=cache(lambda: read_seals(settings.keys))), settings, {key: panel.spec.title for key, panel in panels.items()})
    server.mount("/static", StaticFiles(directory=ASSETS))

    async def past(key: str, query: dict[str, str], text: Words) -> Mapping[str, Mapping[str, Any]]:
        return props(panels[key], await doors.snapshot(key, query), text, profile)

    create_dash(server, panels, profile, Asked(language=language.get, may_see=_may_see, nonced=lambda html: nonced(html, nonce.get())), past,
                lambda: local_day(clock.now()))
    return Guard(server, access=access(panels, sections(), files(), PLACE), identities=identities, cookies=cookies, limits={PATH: MAX_BODY + 1})


def _add_desk(server: FastAPI, desk: Desk, settings: Settings, titles: Mapping[str, str]) -> None:
    add_sign_in(server, SignIn(desk=desk, ways=ways(settings, desk.clock)))
    add_session(server, desk)
    add_pairing(server, desk)
    add_console(server, desk, titles)
    add_console_screens(server, desk, titles)
    add_console_audit(server, desk)
    add_contacts(server, desk.database, desk.seals, desk.clock)
    source = f"/vn/{province_of(desk.profile)}/ioc/decisions"
    add_decisions(server, desk.database, Office(clock=desk.clock, rules=rules_of(desk.profile), source=source))


def _may_see(panel: str) -> bool:
    return may_see(principal.get(), panel) if panel else may(principal.get(), EXACT["/wall"])


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
