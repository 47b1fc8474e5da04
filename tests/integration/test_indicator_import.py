"""From a filled template to what the database knows of an indicator."""

import argparse
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.indicators.catalogue import load_catalogue
from ioc.indicators.commands import import_indicators
from ioc.settings import Settings
from ioc.streams.engine.memory import MemoryBroker
from tests.integration.streams_db import drain, make_sink, one, rows
from tests.profiles import FICTIONAL
from tests.unit.indicators.forms import filled, good, xlsx

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Desk:
    """The command before a broker and a sink."""

    def __init__(self, dsn: str, profile: str) -> None:
        self.dsn = dsn
        self.profile = profile
        self.broker = MemoryBroker()
        self.source = self.broker.source()

    def run(self, file: Path | None = None, *, template: str | None = None, shipped: bool = False, partial: bool = False) -> int:
        options = argparse.Namespace(file=file, template=template, shipped=shipped, partial=partial)
        code = import_indicators(Settings(profile=self.profile), options, threading.Event(), publisher=lambda: self.broker, clock=FrozenClock(NOW))
        drain(make_sink(self.dsn, self.source, clock=FrozenClock(NOW)))
        return code


@pytest.fixture
def desk(dsn: str) -> Desk:
    return Desk(dsn, FICTIONAL)


def state(conn: Connection, subject: str, *names: str) -> tuple[Any, ...]:
    (row,) = rows(conn, f"select {', '.join(names)} from indicator_state where subject = %s", subject)
    return row


def test_typed_in_figure_reaches_the_database_with_its_approval(desk: Desk, conn: Connection, tmp_path: Path) -> None:
    assert desk.run(xlsx(tmp_path / "in.xlsx", [good(target=95)])) == 0
    assert one(conn, "select count(*) from dead_letter") == 0
    found = state(conn, "disbursement/province/2026-10", "value", "target", "manual", "approved_on::text", "source_text", "unit")
    assert found == (72.0, 95.0, True, "2026-11-14", "Báo cáo 45/BC-STC", "%")


def test_file_imported_again_changes_nothing(desk: Desk, conn: Connection, tmp_path: Path) -> None:
    for _ in range(2):
        desk.run(xlsx(tmp_path / "in.xlsx", [good()]))
    assert (one(conn, "select count(*) from indicator_event"), one(conn, "select count(*) from dead_letter")) == (1, 0)


@pytest.mark.parametrize("order", [(None, 1, 2), (2, None, 1)])
def test_last_correction_of_a_day_holds_whatever_came_last(desk: Desk, conn: Connection, tmp_path: Path, order: tuple[int | None, ...]) -> None:
    for revision in order:
        desk.run(xlsx(tmp_path / "in.xlsx", [good(revision=revision, numerator=600 + (revision or 0))]))
    assert state(conn, "disbursement/province/2026-10", "numerator") == (602,)


def test_written_template_is_filled_in_and_imported(desk: Desk, conn: Connection, tmp_path: Path) -> None:
    assert desk.run(tmp_path / "t.xlsx", template="socio_economy") == 0
    assert desk.run(filled(tmp_path / "t.xlsx", good())) == 0
    assert one(conn, "select count(*) from indicator_state") == 1


def test_partial_import_stores_the_good_rows_and_ends_with_1(desk: Desk, conn: Connection, tmp_path: Path) -> None:
    file = xlsx(tmp_path / "in.xlsx", [good(), good(period="2026-09", numerator="x")])
    assert desk.run(file, partial=True) == 1
    assert rows(conn, "select subject from indicator_state") == [("disbursement/province/2026-10",)]


def test_refused_file_stores_nothing(desk: Desk, conn: Connection, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing was published"):
        desk.run(xlsx(tmp_path / "in.xlsx", [good(), good(period="2026-09", numerator="x")]))
    assert one(conn, "select count(*) from indicator_event") == 0


def test_command_without_a_file_asks_for_one(desk: Desk) -> None:
    with pytest.raises(InputError, match="name the FILE"):
        desk.run()


def test_published_rate_that_does_not_follow_is_flagged_in_the_database(desk: Desk, conn: Connection) -> None:
    desk.run(shipped=True)
    assert state(conn, "autonomy_units_province/province/2025", "value", "published_value", "quality_flag") == (39.805825, 26.21, "published_differs")


def test_shipped_history_of_soc_trang_is_accepted_whole(dsn: str, conn: Connection) -> None:
    desk = Desk(dsn, "soc_trang")
    desk.run(shipped=True)
    catalogue = load_catalogue("soc_trang")
    assert rows(conn, "select detail from dead_letter") == []
    assert one(conn, "select count(*) from indicator_event") == len(catalogue.history) + len(catalogue.targets)
    assert rows(conn, "select subject from indicator_state where quality_flag is not null") == [("autonomy_units_province/94/2023",)]
    assert state(conn, "par_index/94/2021", "rank", "out_of") == (18, 63)
    assert one(conn, "select bool_or(simulated) from indicator_event") is False


def test_history_of_a_fictional_province_is_marked_as_simulated(desk: Desk, conn: Connection) -> None:
    desk.run(shipped=True)
    assert one(conn, "select bool_and(simulated) from indicator_event") is True
