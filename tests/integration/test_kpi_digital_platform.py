"""Digital platform: sources, services, certificates, security events and the centre's own health, counted by hand."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from ioc.db.connect import Connection
from ioc.live.promises import store_promises, working_times
from ioc.panels.engine.freshness import Heard, freshness
from tests.integration.kpi_ways import MOMENTS, PROFILE, Asked, asked_figures, both_ways, figures, parts, told
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import NOW, Wire

SECTION = "digital_platform"
ONE_STOP, CAMERAS = "/vn/92/one-stop", "/vn/92/camera-gateway"


def heard(dsn: str, conn: Connection, ago: timedelta, stream: str = "dossier", source: str = ONE_STOP) -> None:
    """One event of a source, stored so long before NOW; and what sources promise."""
    store_promises(conn, PROFILE, working_times(PROFILE.calendar, date(2026, 11, 1), date(2026, 12, 31)))
    at = (NOW - ago - timedelta(seconds=1)).isoformat()
    facts = {"dossier": told("dossier", "submitted", source=source), "camera": told("camera", "status", source=source, online=True)}
    sunk(dsn, [{**facts[stream], "time": at}], seconds=-ago.total_seconds())


def test_source_is_fresh_within_three_times_its_promise(dsn: str, conn: Connection) -> None:
    heard(dsn, conn, timedelta(seconds=1000))  # a Saturday afternoon: the promise outside working time holds, 900 s
    assert parts(figures(conn, SECTION)["fresh_rate"])[1:] == (1, len(PROFILE.file.sources))
    heard(dsn, conn, timedelta(seconds=200), "camera", CAMERAS)  # promises an event a minute, at any time
    assert parts(figures(conn, SECTION)["fresh_rate"])[1:] == (1, len(PROFILE.file.sources))


@pytest.mark.parametrize("heard_at", ["2026-11-20T08:30", "2026-11-20T11:55", "2026-11-20T20:00"])
def test_freshness_of_a_past_moment_is_that_of_the_wall_then(dsn: str, conn: Connection, heard_at: str) -> None:
    then = datetime.fromisoformat(heard_at + "+07:00").astimezone(UTC)
    heard(dsn, conn, NOW - then)
    for minutes in (0, 5, 7, 44, 46, 200):
        now = then + timedelta(minutes=minutes)
        known = Heard(stream="dossier", source=ONE_STOP, last_occurred_at=then, last_recorded_at=then, simulated=False)
        wall = [f.state for f in freshness(PROFILE, ["dossier"], [known], now)]
        asked = {"at": now.isoformat(), "known": now.isoformat()}
        assert asked_figures(conn, SECTION, asked)["fresh_rate"].numerator == wall.count("fresh")


def test_source_not_heard_yet_is_not_fresh_and_no_calendar_gives_no_figure(dsn: str, conn: Connection) -> None:
    heard(dsn, conn, timedelta(0))
    assert figures(conn, SECTION, at="2026-11-20")["fresh_rate"].value == 0
    assert figures(conn, SECTION, at="2026-10-20")["fresh_rate"].value is None


def test_promises_are_replaced_as_a_whole(conn: Connection) -> None:
    for first in (date(2026, 11, 20), date(2026, 11, 21)):
        store_promises(conn, PROFILE, working_times(PROFILE.calendar, first, date(2026, 11, 22)))
    assert conn.execute("select count(*) from source_promise").fetchone() == (len(PROFILE.file.sources),)
    assert conn.execute("select count(*) from working_time").fetchone() == (0,)  # a weekend


def test_calls_and_probes_are_summed_over_hours_and_the_unfinished_one(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("platform", "api_call_stats", minutes, subject=f"lgsp/{service}", source_id="lgsp", service=service, calls=calls, errors=errors,
                    p95_ms=p95) for minutes, service, calls, errors, p95 in ((0, "a", 100, 5, 300), (5, "b", 60, 0, 900), (65, "a", 40, 1, 100))])
    sunk(dsn, [told("platform", "probe", minutes, subject="portal", source_id="portal", status=status)
               for minutes, status in ((0, "up"), (30, "down"), (61, "degraded"), (100, "down"))])
    found = figures(conn, SECTION, at="2026-11-20T09:10")
    assert (found["api_calls"].value, parts(found["api_error_rate"]), found["api_p95_ms"].value) == (200, (3, 6, 200), 900)
    assert parts(found["portal_up_rate"]) == (round(200 / 3, 9), 2, 3)
    assert parts(figures(conn, SECTION, at="2026-11-20T08:03")["api_error_rate"]) == (5, 5, 100)
    assert figures(conn, SECTION, "day")["api_calls"].value is None


def test_certificate_leaves_the_list_when_it_is_renewed(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("platform", "certificate_expiring", 0, subject=f"C{n}", source_id="ca", expires_on=day, holder_kind="person")
               for n, day in enumerate(("2026-11-19", "2026-11-20", "2026-11-27", "2026-11-28", "2026-12-20", "2026-12-21"))], seconds=-60)
    sunk(dsn, [told("platform", "certificate_expiring", 1200, subject="C2", source_id="ca", expires_on="2029-11-27", holder_kind="person")])
    keys = ("certificates_expiring_30", "certificates_expiring_7", "certificates_expired")
    assert [figures(conn, SECTION, at="2026-11-20")[key].value for key in keys] == [4, 2, 1]
    assert [figures(conn, SECTION)[key].value for key in keys] == [3, 1, 2]


def test_security_events_are_counted_by_severity_and_time_to_contain(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("platform", "security_event", 0, subject=f"S{n}", source_id="soc", severity=severity, reason="dò mật khẩu")
               for n, severity in enumerate((4, 4, 2))], seconds=-60)
    sunk(dsn, [told("platform", "security_contained", minutes, subject=subject, source_id="soc") for subject, minutes in (("S0", 60), ("S2", 180))])
    found = figures(conn, SECTION, at="2026-11-20T09:30")
    assert [found[key].value for key in ("security_4", "security_2", "security_1", "security_open", "security_open_high")] == [2, 1, 0, 2, 1]
    assert parts(found["contain_hours"]) == (1, 3600, 1)
    assert (figures(conn, SECTION)["contain_hours"].value, figures(conn, SECTION)["security_open"].value) == (2, 1)


def test_what_was_contained_but_learnt_later_was_open_as_known_then(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("platform", "security_event", 0, subject="S", source_id="soc", severity=3, reason="thư lừa đảo")], seconds=-24 * 3600)
    sunk(dsn, [told("platform", "security_contained", 30, subject="S", source_id="soc")])
    assert figures(conn, SECTION, at="2026-11-20T16:00", known="2026-11-20T16:00")["security_open"].value == 1
    assert figures(conn, SECTION, at="2026-11-20T16:00")["security_open"].value == 0


def test_typed_in_figures_are_those_of_the_newest_period_that_has_begun(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("indicator", "observed", minutes, subject=f"{id_}/{unit}/{year}", indicator_id=id_, period=str(year), value=value, unit="count",
                    published_value=published, org_code="", unit_code=unit)
               for minutes, id_, year, value, published, unit in (
                   (0, "mailboxes", 2023, 8810, 8810, "94"), (1, "mailboxes", 2025, 9000, None, ""), (2, "mailboxes", 2027, 9900, None, ""),
                   (3, "signature_devices", 2023, None, 4808, "94"), (4, "signature_devices", 2023, 40, None, "31510"))])
    found = figures(conn, SECTION)
    keys = ("mailboxes", "mailboxes_year", "mailboxes_published", "signature_devices", "signature_devices_published", "digital_certificates")
    assert [found[key].value for key in keys] == [9000, 2025, None, 4808, 4808, None]
    assert figures(conn, SECTION, at="2026-11-20T08:01")["mailboxes"].value == 8810
    assert figures(conn, SECTION, scope="unit")["signature_devices@31510"].value == 40


def test_what_another_province_registered_is_not_ours(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("indicator", "observed", n, subject=f"mailboxes/{code}", indicator_id="mailboxes", org_code="", unit_code=code, period="2025", value=value)
               for n, (code, value) in enumerate((("94", 9000), ("77", 12)))])
    assert figures(conn, SECTION)["mailboxes"].value == 9000
    assert figures(conn, SECTION, scope="unit")["mailboxes@77"].value == 12


def test_refused_messages_are_set_against_those_taken_in_the_day_before(dsn: str, conn: Connection) -> None:
    bad = [told("platform", "probe", n, subject="P", source_id="p", status="sideways") for n in range(2)]
    sunk(dsn, [*bad, *(told("platform", "probe", 600 + n, subject="P", source_id="p", status="up") for n in range(5)), told("dossier", "submitted", 700)],
         seconds=-60)
    conn.execute("update dead_letter set replayed_at = %s where message_offset = 0", (NOW - timedelta(seconds=30),))
    found = figures(conn, SECTION)
    assert parts(found["reject_rate"]) == (25, 2, 8)
    assert [found[key].value for key in ("dead_letters", "dead_letters_open")] == [2, 1]
    minute_ago = (NOW - timedelta(seconds=40)).isoformat()
    assert figures(conn, SECTION, at=minute_ago, known=minute_ago)["dead_letters_open"].value == 2


def test_delay_is_what_95_of_100_lately_arrived_events_stay_under(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("platform", "probe", 1800 - 60 * n, subject="P", source_id="p", status="up", recorded_at=(NOW - timedelta(seconds=60 + n)).isoformat())
               for n in range(21)], seconds=-60)
    found = figures(conn, SECTION)["ingest_delay_p95_s"]
    assert (found.value, found.cases) == (19, 21)
    assert figures(conn, SECTION, at="2026-11-21T14:50", known="2026-11-21T14:50")["ingest_delay_p95_s"].value is None


def test_lag_is_the_newest_word_of_each_reader_in_a_quarter_of_an_hour(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("platform", "consumer_lag", minutes, subject=subject, source_id="sink", service="ioc.dossier", value=value)
               for minutes, subject, value in ((0, "sink/a", 70), (10, "sink/a", 7), (12, "sink/b", 30), (20, "sink/b", 1))])
    assert [figures(conn, SECTION, at=at)["consumer_lag"].value for at in ("2026-11-20T08:15", "2026-11-20T08:26", "2026-11-20T09:00")] == [37, 1, None]


def test_alerts_about_data_and_rejects_of_sources_are_counted(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("alert", "raised", 0, subject=rule, rule_id=rule, severity=2, dedup_key=rule, value=1.0, threshold=0.5, basis="thiết kế")
               for rule in ("DP-01", "EN-06", "OS-03")])
    sunk(dsn, [told("platform", "event_rejected", n, subject="one-stop", source_id="one-stop", reason="schema") for n in range(3)])
    found = figures(conn, SECTION, at="2026-11-20")
    assert (found["quality_alerts"].value, found["source_rejects"].value) == (2, 3)
    assert figures(conn, SECTION, "day")["source_rejects"].value is None


def stories(random: Random) -> list[Wire]:
    found: list[Wire] = []
    for n in range(30):
        start = random.randrange(-900, 1400)
        found += [told("platform", random.choice(["security_event", "security_event", "security_contained"]), start + random.randrange(900), subject=f"S{n}",
                       id_=f"S{n}-{k}", source_id="soc", severity=random.choice([None, 1, 2, 3, 4]), reason="dò quét",
                       unit_code=random.choice(["U1", "U2"])) for k in range(random.randrange(5))]
        found += [told("platform", random.choice(["probe", "heartbeat", "event_rejected"]), random.randrange(-900, 1400), subject=f"W{n % 3}",
                       id_=f"W{n}-{k}", source_id="w", status=random.choice(["up", "down"]), reason="schema") for k in range(6)]
        found += [told("platform", "api_call_stats", random.randrange(-900, 1400), subject="lgsp", id_=f"L{n}-{k}", source_id="lgsp", calls=50,
                       service=random.choice(["a", "b"]), errors=random.randrange(9), p95_ms=random.randrange(900)) for k in range(3)]
    random.shuffle(found)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_counts_and_intervals_agree_on_random_stories(dsn: str, conn: Connection, seed: int) -> None:
    wires = stories(Random(seed))
    sunk(dsn, wires[::2], seconds=-3600)
    sunk(dsn, wires[1::2])
    for scope in ("province", "unit"):
        for kind in ("day", "month"):
            counted, followed = both_ways(conn, SECTION, kind=kind, scope=scope)
            assert sum(map(any, counted.values())) > 5
            assert counted == followed


@pytest.mark.parametrize("asked", MOMENTS)
def test_empty_database_has_no_figure_that_nobody_told(conn: Connection, asked: Asked) -> None:
    found = asked_figures(conn, SECTION, asked)
    assert {key for key, figure in found.items() if figure.value} == set()
    silent = ("fresh_rate", "api_calls", "api_p95_ms", "portal_up_rate", "mailboxes", "reject_rate", "consumer_lag", "ingest_delay_p95_s", "source_rejects")
    assert all(found[key].value is None for key in silent)
    assert asked_figures(conn, SECTION, asked, scope="unit") == {}
