"""`ioc pull` from a read-only view of another system's database."""


import msgspec
import pytest
import sqlalchemy as sa

from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, UnavailableError
from ioc.pull.engine.config import ViewAccess
from ioc.pull.engine.run import Totals
from ioc.pull.engine.view import View
from tests.integration.pull_desk import Desk, cursor


def sql_url(dsn: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(dsn)
    return str(sa.URL.create("postgresql+psycopg", username=str(parts["user"]), database=str(parts["dbname"]), query={"host": str(parts["host"])}))


@pytest.fixture
def view(dsn: str, conn: Connection) -> Desk:
    """Dossiers in a view whose column names the database has folded to small letters."""
    conn.execute("create table their_dossier (MaHoSo text, TrangThaiHoSo int, NgayTiepNhan timestamp, NgayHenTra timestamptz, ChuHoSo text, "
                 "sua_luc timestamptz)")
    conn.execute("create view their_view as select * from their_dossier")
    conn.execute("insert into their_dossier select '000.00.04.H51-261102-000' || n, 2, '2026-11-02 08:30', '2026-11-16 17:00+07', 'Mười', "
                 "timestamptz '2026-11-20 00:00+00' from generate_series(1, 7) as n")
    desk = Desk(dsn, ViewAccess(view="their_view", key="mahoso", changed="sua_luc", url_env="THEIR_DATABASE", page_size=3))
    desk.secrets = {"THEIR_DATABASE": sql_url(dsn)}
    return desk


def test_view_is_read_in_pages_by_change_and_key(view: Desk, conn: Connection) -> None:
    assert view.pull() == Totals(7, 7, 0)
    assert cursor(conn) == {"changed": {"at": "2026-11-20T00:00:00+00:00"}}
    [event] = {m.value for m in view.broker.logs["ioc.dossier", 0]}
    assert event is not None
    assert msgspec.json.decode(event)["due_at"] == "2026-11-16T10:00:00Z"


def test_view_gives_only_what_changed_since(view: Desk, conn: Connection) -> None:
    view.pull()
    conn.execute("update their_dossier set sua_luc = '2026-11-20 07:00+00', TrangThaiHoSo = 4 where MaHoSo like '%%0002'")
    assert view.pull().events == 1
    assert view.pull() == Totals(1, 0, 0)


def test_view_without_a_column_of_changes_is_read_whole(view: Desk) -> None:
    assert isinstance(view.source.access, ViewAccess)
    view.source = msgspec.structs.replace(view.source, access=msgspec.structs.replace(view.source.access, changed=""))
    assert [view.pull(), view.pull()] == [Totals(7, 7, 0), Totals(7, 0, 0)]


def test_view_is_opened_read_only(view: Desk, conn: Connection) -> None:
    conn.execute("create function touch() returns text language sql as $$ insert into their_dossier (MaHoSo) values ('x') returning 'x' $$")
    conn.execute("create view writing_view as select touch() as mahoso")
    assert isinstance(view.source.access, ViewAccess)
    view.source = msgspec.structs.replace(view.source, access=ViewAccess(view="writing_view", key="mahoso", url_env="THEIR_DATABASE"))
    with pytest.raises(UnavailableError, match="read-only transaction"):
        view.pull()


@pytest.mark.parametrize(("access", "url", "reason"), [
    ({"view": "nowhere"}, None, "there is no view nowhere"),
    ({"view": "their_view", "changed": "sua"}, None, "the view their_view lacks sua"),
    ({}, "mysql+nosuch://u@h/d", "no driver for 'mysql' is installed"),
    ({}, "oracle+oracledb://u@h/d", "the package oracledb"),
    ({}, "their database", "is no SQLAlchemy URL"),
    ({}, "", "is empty or not set"),
])
def test_view_that_cannot_be_opened_says_what_is_missing(view: Desk, access: dict[str, str], url: str | None, reason: str) -> None:
    assert isinstance(view.source.access, ViewAccess)
    view.source = msgspec.structs.replace(view.source, access=msgspec.structs.replace(view.source.access, **access))
    view.secrets |= {} if url is None else {"THEIR_DATABASE": url}
    with pytest.raises(ConfigurationError) as caught:
        view.pull()
    assert reason in str(caught.value)


def test_database_that_is_away_is_unavailable() -> None:
    access = ViewAccess(view="v", key="k", url_env="X")
    with pytest.raises(UnavailableError, match="the view v cannot be read"):
        list(View(access, "postgresql+psycopg://u@127.0.0.1:1/d", (), ()).pages({}))
