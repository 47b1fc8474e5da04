"""From events to the trial score: what was counted is scored, what nobody counted is not."""

from datetime import date

import pytest

from ioc.calendar.periods import period_of
from ioc.db.connect import Connection
from ioc.indicators.quality766 import Counts, load_scheme, score
from ioc.indicators.quality766_counts import counts766, next_grade
from ioc.moment import asked_moment
from tests.integration.kpi_ways import PROFILE, figures
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import NOW, Wire, at, event

SCHEME = load_scheme("soc_trang")
YEAR = period_of("year", date(2026, 11, 20), PROFILE.periods)


def counted(conn: Connection, *, moment: str | None = None, known: str | None = None, unit_code: str | None = None, org_code: str | None = None) -> Counts:
    return counts766(conn, asked_moment(NOW, at=moment, known=known), YEAR, PROFILE, unit_code=unit_code, org_code=org_code)


def week() -> list[Wire]:
    """Two dossiers, one online and late; two services; one report answered in time."""
    told = [event("dossier", "received", 0, subject="A", due_at=at(60), channel="online", procedure_code="P1", digitised=True, reused=False, fee_due=True),
            event("dossier", "received", 0, subject="B", due_at=at(6000), channel="counter", digitised=False)]
    told += [event("dossier", fact, minutes, subject=subject, electronic_result=True) for subject, minutes in (("A", 90), ("B", 30))
             for fact in ("step_started", "result_ready")]
    told += [event("service", "published", 0, subject=code, service_code=code, level=level) for code, level in (("P1", "full"), ("P2", "information"))]
    told += [event("platform", "sync_ack", 10, subject="A", dossier_code="A", source_id="dvcqg")]
    told += [event("report", fact, n, subject="R", due_at=at(600)) for n, fact in enumerate(("submitted", "verified", "assigned", "accepted", "resolved", "rated"))]
    return told


EXPECTED = Counts(
    received=2, received_online=1, received_digitised=1, received_reused=0, synchronised=1, resolved=2, resolved_on_time=1, resolved_digitised=2,
    fee_due=1, paid_online=0, services=2, services_online=1, services_with_online_dossiers=1, ratings=0, ratings_satisfied=0, petitions_answered=1,
    petitions_on_time=1, petition_ratings=1, petition_ratings_satisfied=1,
)


@pytest.mark.parametrize(("moment", "known"), [(None, None), ("2026-11-20", None), ("2026-11-20T20:00:00", None), ("2026-11-20", "2026-11-21T08:00:00Z")])
def test_counts_are_those_of_the_events(dsn: str, conn: Connection, moment: str | None, known: str | None) -> None:
    sunk(dsn, week(), seconds=-60)
    assert counted(conn, moment=moment, known=known) == EXPECTED


def test_score_of_events_leaves_out_what_nobody_counted(dsn: str, conn: Connection) -> None:
    sunk(dsn, week())
    result = score(counted(conn), SCHEME)
    points = {group.key: (float(group.points), int(group.out_of)) for group in result.groups}
    assert points == {"transparency": (5, 10), "progress": (10, 20), "online": (8.5, 12), "payment": (0, 6),
                      "digitisation": (12, 22), "satisfaction": (12, 12)}
    assert (result.grade, next_grade(result, SCHEME)) == (None, None)


def test_empty_database_was_counted_by_nobody(conn: Connection) -> None:
    assert counted(conn) == Counts()


def test_counts_before_the_events_are_none(dsn: str, conn: Connection) -> None:
    sunk(dsn, week())
    assert counted(conn, moment="2026-11-19") == counted(conn, moment="2026-11-20T07:00:00") == Counts()


def test_agency_has_no_synchronisation_and_no_petitions_of_its_own(dsn: str, conn: Connection) -> None:
    sunk(dsn, week())
    of_agency = counted(conn, org_code="SNV")
    assert (of_agency.received, of_agency.services, of_agency.synchronised, of_agency.petitions_answered) == (2, 2, None, None)
    assert counted(conn, unit_code="elsewhere") == Counts()


def test_next_grade_says_what_is_missing() -> None:
    full = Counts(**dict.fromkeys(Counts.__dataclass_fields__, 100))
    assert next_grade(score(full, SCHEME), SCHEME) is None
    half = Counts(**dict.fromkeys(Counts.__dataclass_fields__, 100) | {"resolved_on_time": 50, "received_digitised": 50})
    following = next_grade(score(half, SCHEME), SCHEME)
    assert following is not None
    assert (following.name, int(following.gap)) == ("Xuất sắc", 4)


def test_online_dossiers_and_services_are_those_of_the_figures(dsn: str, conn: Connection) -> None:
    told = [event("dossier", "received", n, subject=channel, due_at=at(6000), channel=channel, procedure_code="1.000001.000.00.00.H51")
            for n, channel in enumerate(("online", "app", "zalo", "counter", "post"))]
    told += [event("service", "published", 0, subject=code, service_code=code, level="full") for code in ("1.000001.000.00.00.H51.01", "P2")]
    sunk(dsn, told)
    counts, figure = counted(conn), figures(conn, "online_services")
    assert (counts.received_online, counts.received) == (3, 5) == (figure["online_rate"].numerator, figure["online_rate"].denominator)
    assert (counts.services_with_online_dossiers, counts.services_online) == (1, 2) == (figure["used_rate"].numerator, figure["used_rate"].denominator)
