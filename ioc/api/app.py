"""`ioc web`: the ASGI application, with its parts wired."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from ioc.alerts.cap_text import Issuer
from ioc.alerts.register import load_alerts
from ioc.api import bulletins, geo_report
from ioc.api import scenarios as presenting
from ioc.api.access import EXACT, access, may, may_see
from ioc.api.alerts_json import Board
from ioc.api.answers import add_answers
from ioc.api.ask import Database
from ioc.api.beats import Beats
from ioc.api.bulletins import add_bulletins
from ioc.api.cameras import Hall, add_cameras
from ioc.api.cameras_around import add_cameras_around
from ioc.api.cameras_live import Lives, add_cameras_live
from ioc.api.cameras_review import add_cameras_review
from ioc.api.cameras_shelf import Shelf
from ioc.api.cap import Bureau, Readers, add_cap
from ioc.api.citizen import BOUNDS as CITIZEN_BOUNDS
from ioc.api.citizen import PATH as CITIZEN_PATH
from ioc.api.citizen import add_citizen, counter
from ioc.api.citizen_follow import add_citizen_follow
from ioc.api.console import add_console
from ioc.api.console_alerts import add_console_alerts
from ioc.api.console_audit import add_console_audit
from ioc.api.console_brief import add_console_brief
from ioc.api.console_fatigue import add_console_fatigue
from ioc.api.console_figures import add_console_figures
from ioc.api.console_hotline import add_hotline
from ioc.api.console_letters import add_console_letters
from ioc.api.console_measures import add_console_measures
from ioc.api.console_reports import add_console_reports
from ioc.api.console_reviews import add_console_reviews
from ioc.api.console_screens import Room, add_console_screens
from ioc.api.console_shift import add_console_shift
from ioc.api.console_standing import add_console_standing
from ioc.api.console_tasks import add_console_tasks
from ioc.api.console_unit import add_console_unit
from ioc.api.console_work import PATH as WORK
from ioc.api.console_work import add_console_work
from ioc.api.contacts import add_contacts
from ioc.api.courier import Courier
from ioc.api.decisions import add_decisions
from ioc.api.desk import Desk
from ioc.api.feed import Feed, running
from ioc.api.figure_page import add_figure_page
from ioc.api.figures import add_figures
from ioc.api.guard import Guard, language
from ioc.api.handover import add_handover
from ioc.api.hardening import nonce, nonced
from ioc.api.identity import Cookies, Identities, principal, seen_by_guests
from ioc.api.intake import PATH, Intake, add_intake
from ioc.api.keys import KeyRing
from ioc.api.live import Live
from ioc.api.maps import add_maps
from ioc.api.monitor import monitor
from ioc.api.multipart import Limits, sizes
from ioc.api.pairing import add_pairing
from ioc.api.past import Past
from ioc.api.photos import BOUNDS as PHOTO_BOUNDS
from ioc.api.photos import PREFIX as PHOTOS
from ioc.api.photos import add_photos
from ioc.api.posted import MAX_BODY
from ioc.api.reports_stream import Watch
from ioc.api.routes import Doors, add_routes
from ioc.api.session import add_session
from ioc.api.sign_in import SignIn, add_sign_in
from ioc.api.ways import ways
from ioc.api.weighed import add_weighed, scales
from ioc.cameras.sites import load_cameras
from ioc.clock import Clock, local_day
from ioc.db.connect import connect_async
from ioc.decisions.decide import Office
from ioc.errors import ConfigurationError, UnavailableError
from ioc.indicators.events import province_of
from ioc.kpi.engine.registry import sections
from ioc.layouts.app import ASSETS, Asked, create_dash
from ioc.panels.engine.registry import shown
from ioc.people.seals import read_seals
from ioc.places.register import load_register
from ioc.profiles import load_profile
from ioc.schemas import PLACE, files
from ioc.settings import Settings
from ioc.shift.book import Centre
from ioc.shift.reviews import load_lot
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.rules import rules_of

LARGE = {CITIZEN_PATH: sizes(CITIZEN_BOUNDS), PHOTOS: sizes(PHOTO_BOUNDS), f"{WORK}/": sizes(PHOTO_BOUNDS)}
"""Paths by their beginnings, and the bytes of the pictures that they take."""


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
    beats = Beats(database, clock)
    feed = Feed(lambda: connect_async(dsn, application="ioc-web"), clock, build_id())
    watch = Watch(lambda: connect_async(dsn, application="ioc-web"), clock)
    courier = Courier(publisher or (lambda: _kafka(settings)))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        database.open()
        async with running([feed.listen(), feed.beat(), identities.watch(), beats.keep_writing(), watch.listen()]):
            yield
        with contextlib.suppress(UnavailableError):
            await beats.write()
        courier.close()
        database.close()

    server = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    add_answers(server)
    doors = Doors(database, feed, clock, profile, panels, monitor(settings))
    add_routes(server, doors)
    maps = add_maps(server, doors)
    add_figures(server, database, clock, profile, load_register(profile))
    ring = KeyRing(database, clock)
    add_intake(server, Intake(ring, courier, clock))
    issuer = Issuer(sender=f"vn.{province_of(profile)}.ioc", profile=profile, register=load_alerts(profile))
    add_cap(server, Bureau(database, clock, Readers(identities=identities, cookies=cookies, ring=ring), issuer))
    add_bulletins(server, bulletins.Office(ring=ring, courier=courier, database=database, mail=bulletins.mail(profile, clock)))
    presenting.add_scenarios(server, presenting.Stage(database=database, clock=clock, profile=profile, profile_name=settings.profile, panels=panels,
                                                      port=settings.port))
    desk = Desk(database=database, clock=clock, profile=profile, identities=identities, cookies=cookies,
                seals=cache(lambda: read_seals(settings.keys)))
    filed_at = f"/vn/{province_of(profile)}/ioc/intake"
    apps = geo_report.Office(database=database, clock=clock, profile=profile, ring=ring, seals=desk.seals, source=filed_at)
    geo_report.add_geo_report(server, apps)
    _add_desk(server, desk, settings, {key: panel.spec.title for key, panel in panels.items()}, beats)
    add_console_reports(server, desk, watch)
    _add_citizens(server, desk, filed_at)
    add_handover(server, maps, desk)
    past = Past(doors)
    add_figure_page(server, desk, doors, past)
    add_console_unit(server, desk, doors)
    server.mount("/static", StaticFiles(directory=ASSETS))

    asked = Asked(language=language.get, may_see=_may_see, may_give=_may_give, guests=seen_by_guests,
                  nonced=lambda html: nonced(html, nonce.get()))
    create_dash(server, panels, profile, asked, past.props, lambda: local_day(clock.now()))
    table = access(panels, sections(), files(), PLACE)
    limits = Limits({PATH: MAX_BODY + 1, **geo_report.LIMITS}, LARGE)
    return Guard(Live(server, doors=doors, beats=beats), access=table, identities=identities, cookies=cookies, limits=limits)


def _add_desk(server: FastAPI, desk: Desk, settings: Settings, titles: Mapping[str, str], beats: Beats) -> None:
    add_sign_in(server, SignIn(desk=desk, ways=ways(settings, desk.clock)))
    add_session(server, desk)
    add_pairing(server, desk)
    add_console(server, desk, titles)
    add_console_screens(server, Room(desk=desk, titles=titles, build=build_id(), heard=beats.write))
    add_console_audit(server, desk)
    add_console_standing(server, desk)
    add_console_brief(server, desk, load_register(desk.profile))
    add_console_fatigue(server, desk, None if settings.clock else settings.idle_minutes)
    add_contacts(server, desk.database, desk.seals, desk.clock)
    office = Office(clock=desk.clock, rules=rules_of(desk.profile), source=f"/vn/{province_of(desk.profile)}/ioc/decisions")
    add_decisions(server, desk.database, office)
    add_weighed(server, desk, scales(desk.profile))
    add_console_work(server, desk, office, office.rules)
    register = load_alerts(desk.profile)
    board = Board(desk=desk, register=register)
    add_console_alerts(server, board, titles)
    _add_cameras(server, desk, board, office)
    add_console_tasks(server, desk, office, register)
    add_console_shift(server, desk, Centre(profile=desk.profile, register=register))
    add_console_reviews(server, desk, load_lot(desk.profile.folder))
    add_console_measures(server, desk)
    add_console_letters(server, desk)
    add_console_figures(server, desk, settings.profile)


def _add_cameras(server: FastAPI, desk: Desk, board: Board, office: Office) -> None:
    hall = Hall(desk=desk, shelf=Shelf(desk.database, load_cameras(desk.profile)))
    add_cameras_around(server, hall)
    add_cameras_review(server, hall, board, office)
    add_cameras_live(server, hall, Lives())
    add_cameras(server, hall)


def _add_citizens(server: FastAPI, desk: Desk, source: str) -> None:
    at = counter(desk, source)
    add_citizen(server, at)
    add_citizen_follow(server, at)
    add_hotline(server, at)
    add_photos(server, desk)


def _may_see(panel: str) -> bool:
    return may_see(principal.get(), panel) if panel else may(principal.get(), EXACT["/wall"])


def _may_give() -> bool:
    return may(principal.get(), EXACT["/console/tasks/new"])


def _kafka(settings: Settings) -> Publisher:
    from ioc.streams.engine.kafka import KafkaPublisher

    return KafkaPublisher(settings)


@cache
def build_id() -> str:
    """Fingerprint of what a browser runs and of the program: a screen that sees another one loads itself again."""
    digest = hashlib.sha256()
    root = Path(str(resources.files("ioc")))
    for file in sorted(p for p in root.rglob("*") if p.suffix in {".py", ".sql", ".js", ".css", ".po", ".toml", ".csv"}):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
