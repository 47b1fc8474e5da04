"""Pictures of reports for those who work on them, and those that a person has shown to the public."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ForbiddenError, InputError, NotFoundError
from ioc.people.accounts import By
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.people.seals import Seals
from ioc.places.distance import metres
from ioc.reports.filing import keep_photo, photo_about
from ioc.reports.photos import Photo

STAGES = ("before", "after")
MOST = 20
"""Pictures of one stage of a report."""
FAR_M = 500
"""Beyond it a picture was taken elsewhere than where the report says: a hint for a person, never a verdict (telephones err, people tell later)."""
_ADD = (Permission.REPORTS_WORK, Permission.REPORTS_TRIAGE)
_SHOW = (Permission.REPORTS_TRIAGE, Permission.REPORTS_APPROVE)


class Hint(NamedTuple):
    """A picture whose own place is told. `distance_m`: from the place that the report tells; `is_far`: beyond FAR_M."""

    media_id: UUID
    distance_m: int
    is_far: bool
    taken_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A picture that somebody sends of a report. `stage`: before or after the work."""

    subject: str
    stage: str
    photo: Photo


def picture(conn: Connection, seals: Seals, who: Principal, media_id: UUID) -> bytes:
    """A report's picture, JPEG.

    Raises:
        ForbiddenError: no role of the person reads reports.
        NotFoundError: there is none that the person may see.

    """
    scope = who.scope(Permission.REPORTS_READ)
    if not scope.grants:
        raise ForbiddenError("pictures of reports need the permission reports_read, which none of your roles gives")
    row = conn.execute(sql()["one"], {"media_id": media_id, "actor": who.actor, "scope": Jsonb(scope.parameters()["scope"])}).fetchone()
    if row is None:
        raise NotFoundError("there is no such picture that you may see")
    return seals.open(bytes(row[0]), about=photo_about(media_id))


def public_picture(conn: Connection, seals: Seals, media_id: UUID) -> bytes:
    """A picture that a person has shown to the public.

    Raises:
        NotFoundError: there is none.

    """
    row = conn.execute(sql()["shown"], {"media_id": media_id}).fetchone()
    if row is None:
        raise NotFoundError("there is no such picture")
    return seals.open(bytes(row[0]), about=photo_about(media_id))


def add_picture(conn: Connection, seals: Seals, who: Principal, sent: Sent, at: datetime) -> str:
    """Keep a picture of a report; answers what a decision's `media_ref` names it by. The same picture of the same person is kept once.

    Raises:
        InputError: an unknown stage, or more pictures than a report has.
        ForbiddenError, NotFoundError: not for this person, or not within reach.

    """
    if sent.stage not in STAGES:
        raise InputError(f"'{sent.stage}' is no stage of a picture: {', '.join(STAGES)}")
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"pictures {sent.subject}",))
        _check_reach(conn, who, sent.subject, _ADD)
        row = conn.execute(sql()["same"], {"subject": sent.subject, "stage": sent.stage, "sha256": sent.photo.sha256, "actor": who.actor}).fetchone()
        assert row
        if row[0] is not None:
            return f"photo:{row[0]}"
        if row[1] >= MOST:
            raise InputError(f"{sent.subject} has {MOST} pictures of this stage already")
        return keep_photo(conn, seals, sent.subject, sent.photo, stage=sent.stage, by=who.actor, at=at)


def show_picture(conn: Connection, who: Principal, media_id: UUID, by: By, *, shown: bool) -> None:
    """Show a picture to the public, or take it back; a line of the ledger.

    Raises:
        ForbiddenError, NotFoundError: not for this person, or not within reach.

    """
    with conn.transaction():
        subject = conn.execute("select subject from report_photo where media_id = %s", (media_id,)).fetchone()
        _check_reach(conn, who, subject[0] if subject else "", _SHOW)
        before = conn.execute(sql()["show"], {"media_id": media_id, "shown": shown}).fetchone()
        assert subject
        assert before
        if before[0] != shown:
            append(conn, Entry(actor=by.actor, action="report.photo_shown" if shown else "report.photo_hidden", subject=f"report:{subject[0]}",
                               at=by.at, before={"shown": before[0]}, after={"shown": shown, "media_id": str(media_id)}, address=by.address))


def photo_hints(conn: Connection, subject: str) -> list[Hint]:
    """How far from the told place the pictures of a report were taken, of those whose file said so."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(sql()["hints"], {"subject": subject}).fetchall()
    found = []
    for row in rows:
        distance = metres((row["lon_deg"], row["lat_deg"]), (row["told_lon_deg"], row["told_lat_deg"]))
        found.append(Hint(row["media_id"], round(distance), distance > FAR_M, row["taken_at"]))
    return found


def _check_reach(conn: Connection, who: Principal, subject: str, permissions: tuple[Permission, ...]) -> None:
    scope = who.scope(*permissions)
    if not scope.grants:
        raise ForbiddenError(f"this needs one of the permissions {', '.join(permissions)}, which none of your roles gives")
    if conn.execute(sql()["reached"], {"subject": subject, "scope": Jsonb(scope.parameters()["scope"])}).fetchone() is None:
        raise NotFoundError("there is no such report that you may work on")


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("pictures.sql")).items()}
