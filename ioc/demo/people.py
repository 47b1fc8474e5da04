"""The demo's persons: made at its first start, each with a one-time password that is said this once; a scenario beside it takes them over."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ioc.clock import SystemClock, local_day
from ioc.db.connect import Connection, connect
from ioc.indicators.asked import LOOK_BACK, load_asked
from ioc.indicators.catalogue import load_catalogue
from ioc.people.accounts import By, add_person, person_by_login
from ioc.people.principal import Grant
from ioc.people.roles import LIMITED
from ioc.people.seals import add_key
from ioc.profiles import Profile
from ioc.settings import Settings

KEYS = "keys"
"""In the demo's data folder: what seals second steps and contacts."""
TABLES = ("person", "person_role", "person_session", "screen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One person of the demo."""

    login: str
    name: str
    roles: tuple[str, ...]


PARTS = (
    Part(login="truongca", name="Trưởng ca (diễn tập)", roles=("shift_lead", "presenter")),
    Part(login="trucban", name="Trực ban (diễn tập)", roles=("operator",)),
    Part(login="daumoi", name="Đầu mối cơ quan (diễn tập)", roles=("focal_point",)),
    Part(login="lanhdao", name="Lãnh đạo đơn vị (diễn tập)", roles=("unit_head",)),
    Part(login="quantri", name="Quản trị (diễn tập)", roles=("administrator",)),
    Part(login="kiemtra", name="Kiểm tra (diễn tập)", roles=("auditor",)),
)


def keys_of(settings: Settings) -> Path:
    """The key file of a demo, made where there is none."""
    path = Path(settings.keys) if settings.keys else settings.data_dir / KEYS
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        add_key(path)
    return path


def prepare_people(conn: Connection, profile: Profile) -> Iterator[str]:
    """Make those who are not there; one line each with what signs them in."""
    by = By(actor="system:demo", at=SystemClock().now())
    agency = busiest(profile, local_day(by.at))
    for part in PARTS:
        if person_by_login(conn, part.login):
            continue
        grants = [Grant(role=role, agencies=frozenset({agency}) if role in LIMITED else None) for role in part.roles]
        _, password = add_person(conn, part.login, part.name, grants, by)
        yield f"{part.login:<9} {password}   {', '.join(part.roles)}"


def busiest(profile: Profile, day: date) -> str:
    """The agency of a day that has most figures to enter by hand, so that its persons find something to do; else any that there is."""
    held = [a.code for a in profile.agencies if a.valid_on(day)] or [a.code for a in profile.agencies]
    asked = load_asked(profile, load_catalogue(str(profile.folder)))
    counted = Counter(f.agency for f in asked.between(day - LOOK_BACK, day + LOOK_BACK) if f.agency in held)
    return max(held, key=lambda code: counted[code], default="")


def take_people(source: str, conn: Connection) -> None:
    """Persons, sessions and screens of the demo beside, as they are now: whoever presents is signed in to the scenario too."""
    with connect(source, application="ioc-demo") as beside, conn.transaction():
        for table in TABLES:
            cursor = beside.execute(f"select * from {table}".encode())
            names = ", ".join(column.name for column in cursor.description or ())
            marks = ", ".join(["%s"] * len(cursor.description or ()))
            with conn.cursor() as writing:
                writing.executemany(f"insert into {table} ({names}) overriding system value values ({marks})".encode(), cursor.fetchall())
        for table, key in (("person", "person_id"), ("person_session", "session_id"), ("screen", "screen_id")):
            conn.execute(f"select setval(pg_get_serial_sequence('{table}', '{key}'), (select coalesce(max({key}), 0) + 1 from {table}), false)"
                         .encode())
