"""Cameras before the web process: a province with cameras.csv, rows as `ioc cameras` writes them, pictures drawn by Pillow."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

from ioc.api.app import create_app
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.people.seals import add_key
from ioc.settings import Settings
from tests.integration.cast import cookie
from tests.integration.web_server import Answer, ask, serving
from tests.integration.web_story import Story

CLOCK = SystemClock()
HEAD = "code,name,name_en,kind,group,unit_code,point_id,lat_deg,lon_deg,interval_s,job,system,channel,zone,staff,line,clock"
DESK, ROAD, POLICE = "CAM-01", "CAM-02", "CAM-03"
"""A counter's, a road's and a police camera."""
LINES = (
    f"{DESK},Quầy một cửa Sao Khuê,Sao Khuê counters,counter,Bộ phận Một cửa,99004,OS-99004,-20.1750,85.1450,2,,vms,1,,,,",
    f"{ROAD},Ngã tư chợ Sao Khuê,Sao Khuê market crossing,traffic,Giao thông,99004,,-20.1760,85.1460,2,,vms,2,,,,",
    f"{POLICE},Quảng trường Hải Đăng,Hải Đăng square,security,An ninh,99001,,-20.1200,85.2100,2,,vms,3,,,,",
)


class Desk(NamedTuple):
    """A web process with cameras, and a hand in its database."""

    base: str
    conn: Connection
    story: Story
    cookies: dict[str, str]

    def ask(self, path: str, role: str = "operator", **more: Any) -> Answer:
        return ask(self.base, path, **({"Cookie": self.cookies[role]} | more))

    def signed(self, login: str, role: str) -> str:
        return cookie(self.conn, login, [role])


def now() -> datetime:
    return CLOCK.now()


def jpeg(words: str = "", shade: int = 90, size: tuple[int, int] = (640, 360)) -> bytes:
    """A drawn picture."""
    picture = Image.new("RGB", size, (shade // 2, shade, shade))
    pen = ImageDraw.Draw(picture)
    for n in range(6):
        pen.rectangle((40 + 100 * n, 220 - 18 * (n % 3), 90 + 100 * n, 330), fill=(40 + 30 * n, 60, 120 - 10 * n))
    pen.text((20, 20), words, fill=(255, 255, 255))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=75)
    return out.getvalue()


def stands(conn: Connection, camera: str, condition: str = "ok", *, cause: str = "", since: timedelta = timedelta(minutes=5),
           checked: timedelta = timedelta(0), offset: float | None = None) -> None:
    """What a process of `ioc cameras` says of a camera."""
    conn.execute(
        "insert into camera_watch (camera_id, holder, condition, cause, since_at, received_at, clock_offset_s, checked_at) "
        "values (%s, 'test', %s, %s, clock_timestamp() - %s, clock_timestamp(), %s, clock_timestamp() - %s) "
        "on conflict (camera_id) do update set condition = excluded.condition, cause = excluded.cause, since_at = excluded.since_at, "
        "clock_offset_s = excluded.clock_offset_s, checked_at = excluded.checked_at", (camera, condition, cause, since, offset, checked))


def shows(conn: Connection, camera: str, picture: bytes, *, age: timedelta = timedelta(0)) -> None:
    """A camera's newest picture."""
    conn.execute(
        "insert into camera_picture (camera_id, number, jpeg, width, height, received_at) values (%s, 1, %s, 640, 360, clock_timestamp() - %s) "
        "on conflict (camera_id) do update set number = camera_picture.number + 1, jpeg = excluded.jpeg, received_at = excluded.received_at",
        (camera, picture, age))


def keeps(conn: Connection, camera: str, media_ref: str, picture: bytes) -> None:
    """A picture kept as proof."""
    conn.execute("insert into camera_media (media_ref, camera_id, received_at, jpeg, keep_until) "
                 "values (%s, %s, clock_timestamp(), %s, clock_timestamp() + interval '30 days')", (media_ref, camera, picture))


def with_cameras(province: Path, lines: Sequence[str] = LINES) -> Path:
    """The province with these cameras alone."""
    (province / "cameras.csv").write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8")
    return province


@contextmanager
def desk(dsn: str, province: Path, roles: Sequence[str] = ("operator", "shift_lead", "incident_command", "focal_point", "leader")) -> Iterator[Desk]:
    """A web process, and one signed-in person of each role."""
    add_key(province / "keys")
    with connect(dsn, application="test", autocommit=True) as conn:
        cookies = {role: cookie(conn, role.replace("_", "-"), [role]) for role in roles}
        settings = Settings(database=dsn, profile=str(province), idle_minutes=600, keys=str(province / "keys"))
        with serving(create_app(settings, CLOCK)) as base:
            yield Desk(base, conn, Story(dsn, CLOCK), cookies)
