"""The watches of citizens' reports: several reports in several units, counted by hand."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from ioc.alerts.reading import Reading, behind
from ioc.db.connect import Connection
from tests.alerts.examples.citizen_reports import ITS_AGENCY, NINE, WARD, given_out, minute, report, returned, submitted, taken_up
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import Told, store
from tests.integration.streams_db import empty

COMMUNE, DEPARTMENT = "31561", "H13.05"
LATER = minute(60 * 24 * 20)
ELSEWHERE = {"jurisdiction": "chicago"}


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def value(found: Reading) -> float:
    return round(found.value or 0, 4)


def told(found: Reading | None, name: str) -> object:
    assert found
    assert found.figures
    return found.figures[name]


def test_untriaged_counts_those_who_wait_too_long_per_unit(conn: Connection) -> None:
    store(conn, [submitted(minute(0), subject="A"), submitted(minute(4), subject="B"), submitted(minute(0), subject="C", unit=COMMUNE),
                 submitted(minute(6), subject="young"), submitted(minute(0), subject="seen"), report("verified", minute(3), "seen"),
                 submitted(minute(0), subject="asked"), report("needs_info", minute(3), "asked"), submitted(minute(0), subject="far", **ELSEWHERE)])
    found = at_present(conn, "CR-01", minute(20))
    assert cases(found) == {WARD: 2, COMMUNE: 1}
    assert [(r.items, told(r, "wait_min")) for r in found if r.subject == WARD] == [(("A", "B"), 20)]


def test_untriaged_danger_waits_five_minutes_at_any_hour_and_others_in_duty_hours(conn: Connection) -> None:
    evening = minute(11 * 60)  # 20:00
    store(conn, [submitted(evening, "EM-WIRE", "P1"), submitted(evening, "EM-HOLE", "P2", COMMUNE), report("verified", evening + timedelta(minutes=2), "P2", COMMUNE),
                 submitted(evening, "GO-ATT", "P3")])
    assert cases(at_present(conn, "CR-01", evening + timedelta(minutes=4))) == {}
    assert [(r.subject, r.raised) for r in at_present(conn, "CR-01", evening + timedelta(minutes=5))] == [(WARD, (1, 1))]
    morning = minute(22 * 60 + 14)  # 07:14
    assert cases(at_present(conn, "CR-01", morning)) == {WARD: 1}
    assert cases(at_present(conn, "CR-01", morning + timedelta(minutes=1, seconds=1))) == {WARD: 2}


def test_untriaged_is_the_same_when_asked_later_and_as_it_was_known(conn: Connection) -> None:
    store(conn, [submitted(minute(0), subject="A"), submitted(minute(1), subject="B")])
    then = at_present(conn, "CR-01", minute(20))
    store(conn, [report("verified", minute(21), "A"), report("verified", minute(22), "B")])
    assert at_present(conn, "CR-01", minute(23)) == []
    assert in_the_past(conn, "CR-01", minute(20), LATER) == as_known(conn, "CR-01", minute(20)) == then


def test_unaccepted_counts_per_agency_by_the_time_of_its_kind(conn: Connection) -> None:
    store(conn, [submitted(minute(0), "TR-ROAD", "A"), *given_out(minute(4), "A"), submitted(minute(0), "GO-ATT", "B", COMMUNE), *given_out(minute(4), "B", COMMUNE),
                 submitted(minute(0), "UR-BUILD", "slow"), *given_out(minute(4), "slow"), submitted(minute(0), "TR-ROAD", "taken"), *taken_up(minute(4), "taken"),
                 submitted(minute(0), "TR-ROAD", "other"), *given_out(minute(4), "other", to_org=DEPARTMENT),
                 submitted(minute(0), "TR-ROAD", "back"), *given_out(minute(4), "back"), report("returned", minute(30), "back"),
                 submitted(minute(0), "TR-ROAD", "far", **ELSEWHERE), *(given_out(minute(4), "far"))])
    assert at_present(conn, "CR-02", minute(364)) == []
    found = at_present(conn, "CR-02", minute(366))  # 15:06, four working hours and a minute
    assert cases(found) == {ITS_AGENCY: 2, DEPARTMENT: 1}
    assert [(r.unit_code, r.org_code) for r in found] == [("", DEPARTMENT), ("", ITS_AGENCY)]
    assert told(found[1], "wait_h") == pytest.approx(4, abs=0.1)
    assert cases(at_present(conn, "CR-02", minute(24 * 60 + 6))) == {ITS_AGENCY: 3, DEPARTMENT: 1}
    store(conn, [report("accepted", minute(367), "A")])
    assert in_the_past(conn, "CR-02", minute(366), LATER) == found


def test_unaccepted_danger_has_a_quarter_of_an_hour_by_the_clock(conn: Connection) -> None:
    night = minute(15 * 60)
    store(conn, [submitted(night, "EM-HOLE", "P"), *given_out(night + timedelta(minutes=1), "P")])
    assert at_present(conn, "CR-02", night + timedelta(minutes=16)) == []
    assert [r.value for r in at_present(conn, "CR-02", night + timedelta(minutes=17))] == [pytest.approx(1)]
    assert [r.value for r in at_present(conn, "CR-02", night + timedelta(minutes=32))] == [pytest.approx(2)]


def test_time_left_is_a_share_of_working_time_and_stands_still_while_suspended(conn: Connection) -> None:
    store(conn, [submitted(minute(60), subject="A"), *taken_up(minute(64), "A"),  # 10:00, due 14:00 with two hours at noon
                 submitted(minute(60), "EM-WIRE", "B", COMMUNE), *taken_up(minute(61), "B", COMMUNE),  # due 14:00 by the clock
                 submitted(minute(60), subject="held"), *taken_up(minute(64), "held"), report("paused", minute(70), "held", approved=True),
                 submitted(minute(60), subject="far", due_at=minute(290).isoformat(), **ELSEWHERE)])
    assert [(r.subject, value(r)) for r in at_present(conn, "CR-03", minute(275))] == [(COMMUNE, 10.4167)]  # 13:35
    assert [(r.subject, value(r)) for r in at_present(conn, "CR-03", minute(276))] == [(WARD, 20), (COMMUNE, 10)]
    found = at_present(conn, "CR-03", minute(288))  # 13:48
    assert [(r.subject, r.raised, value(r), told(r, "left_h")) for r in found] == [(WARD, (1,), 10, 0.2), (COMMUNE, (1,), 5, 0.2)]
    store(conn, [report("resolved", minute(290), "A")])
    assert cases(at_present(conn, "CR-03", minute(291))) == {COMMUNE: 1}
    assert in_the_past(conn, "CR-03", minute(288), LATER) == found


def test_reopened_report_has_its_time_from_the_reopening_on(conn: Connection) -> None:
    store(conn, [submitted(minute(0), "WA-SALT", "A"), *taken_up(minute(4), "A"), report("resolved", minute(30), "A"),
                 report("reopened", minute(60), "A", due_at=minute(110).isoformat()), report("assigned", minute(65), "A", to_org=ITS_AGENCY)])
    assert at_present(conn, "CR-03", minute(99)) == []
    assert [r.value for r in at_present(conn, "CR-03", minute(100))] == [pytest.approx(20)]
    assert [r.value for r in at_present(conn, "CR-04", minute(115))] == [pytest.approx(1.1)]


def test_overdue_counts_what_is_late_and_what_took_twice_its_time(conn: Connection) -> None:
    store(conn, [submitted(minute(0), subject="A"), *taken_up(minute(4), "A"), submitted(minute(30), subject="B"), *taken_up(minute(34), "B"),
                 submitted(minute(0), subject="done"), *taken_up(minute(4), "done"), report("resolved", minute(100), "done"),
                 submitted(minute(0), subject="held"), *taken_up(minute(4), "held"), report("paused", minute(70), "held", approved=True),
                 submitted(minute(0), "GO-ATT", "long", COMMUNE), submitted(minute(0), subject="far", due_at=minute(60).isoformat(), **ELSEWHERE)])
    assert at_present(conn, "CR-04", minute(120)) == []
    found = at_present(conn, "CR-04", minute(6 * 60))  # 15:00, two hours after A's time of two
    assert [(r.subject, r.raised, value(r), told(r, "late_h")) for r in found] == [(WARD, (2, 1), 2, 2)]
    store(conn, [report("resolved", minute(361), "A"), report("resolved", minute(362), "B")])
    assert at_present(conn, "CR-04", minute(363)) == []
    assert in_the_past(conn, "CR-04", minute(360), LATER) == as_known(conn, "CR-04", minute(360)) == found


def test_cluster_is_of_one_kind_within_its_radius_and_hour(conn: Connection) -> None:
    near = [submitted(minute(n), "WA-FLOOD", f"F{n}", lon_deg=105.99, lat_deg=9.627 + 90 * n / 111_320) for n in range(5)]  # 0 to 360 m
    apart = [submitted(minute(n), "UR-TREE", f"T{n}", lon_deg=105.99, lat_deg=9.627 + 400 * n / 111_320) for n in range(5)]
    few = [submitted(minute(n), "EN-NOISE", f"N{n}", COMMUNE, lon_deg=105.9, lat_deg=9.8) for n in range(4)]
    store(conn, [*near, *apart, *few, submitted(minute(5), "EN-NOISE", "N9", COMMUNE), submitted(minute(5), "EN-NOISE", "N8", COMMUNE, lon_deg=105.9, lat_deg=9.8),
                 report("rejected", minute(6), "N8", COMMUNE), submitted(minute(5), "EN-NOISE", "far", COMMUNE, lon_deg=105.9, lat_deg=9.8, **ELSEWHERE)])
    found = at_present(conn, "CR-05", minute(10))
    assert {r.subject: (r.raised[0], r.value) for r in found} == {f"{WARD}/WA-FLOOD": (5, 5), f"{COMMUNE}/EN-NOISE": (0, 4), f"{WARD}/UR-TREE": (0, 3)}
    assert cases(at_present(conn, "CR-05", minute(60.5)))[f"{WARD}/WA-FLOOD"] == 0  # the first has left the hour, four hold the alert
    store(conn, [report("merged", minute(11), f"F{n}", parent_id="F0") for n in range(1, 5)])
    assert cases(at_present(conn, "CR-05", minute(12)))[f"{WARD}/WA-FLOOD"] == 5
    assert in_the_past(conn, "CR-05", minute(10), LATER) == found


def test_cluster_across_a_border_is_one(conn: Connection) -> None:
    store(conn, [submitted(minute(n), "WA-FLOOD", f"F{n}", COMMUNE if n == 4 else WARD, lon_deg=105.99, lat_deg=9.627) for n in range(5)])
    assert cases(at_present(conn, "CR-05", minute(10))) == {f"{WARD}/WA-FLOOD": 5}


def test_unsatisfied_counts_bad_ratings_until_reopened_or_a_week_old(conn: Connection) -> None:
    def rated(name: str, rating: int, unit: str = WARD) -> Sequence[Told]:
        return [submitted(minute(0), subject=name, unit=unit), *taken_up(minute(4), name, unit), report("resolved", minute(30), name, unit),
                report("rated", minute(60), name, unit, rating=rating)]

    store(conn, [*rated("A", 1), *rated("B", 1), *rated("fair", 2), *rated("C", 1, COMMUNE), report("closed", minute(80), "A")])
    found = at_present(conn, "CR-06", minute(61))
    assert cases(found) == {WARD: 2, COMMUNE: 1}
    assert (told(behind(found, WARD), "rated"), told(behind(found, WARD), "reopened")) == (2, 0)
    assert cases(at_present(conn, "CR-06", minute(90))) == {WARD: 2, COMMUNE: 1}
    store(conn, [report("reopened", minute(100), "C", COMMUNE)])
    assert cases(at_present(conn, "CR-06", minute(101))) == {WARD: 2}
    assert in_the_past(conn, "CR-06", minute(90), LATER) == at_present(conn, "CR-06", minute(90))
    assert cases(at_present(conn, "CR-06", minute(60 + 7 * 24 * 60 + 1))) == {}


def test_reopened_twice_is_graver_than_a_bad_rating(conn: Connection) -> None:
    again = [told for n in range(2) for told in (report("resolved", minute(30 + 60 * n)), report("reopened", minute(50 + 60 * n)),
                                                 *taken_up(minute(55 + 60 * n)))]
    store(conn, [submitted(minute(0)), *taken_up(minute(4)), *again])
    assert at_present(conn, "CR-06", minute(105)) == []
    assert [(r.raised, r.value, told(r, "reopened")) for r in at_present(conn, "CR-06", minute(120))] == [((1, 1), 2, 1)]
    store(conn, [report("resolved", minute(130))])
    assert at_present(conn, "CR-06", minute(131)) == []


def test_danger_speaks_per_unit_and_kind_until_an_agency_accepts(conn: Connection) -> None:
    store(conn, [submitted(minute(0), "EM-WIRE", "A"), submitted(minute(2), "EM-WIRE", "B"), submitted(minute(2), "EM-FIRE", "C"),
                 submitted(minute(2), "EM-WIRE", "D", COMMUNE), *taken_up(minute(3), "D", COMMUNE), submitted(minute(2), "TR-ROAD", "road"),
                 submitted(minute(2), "EM-WIRE", "double"), report("merged", minute(3), "double", parent_id="B"),
                 submitted(minute(2), "EM-WIRE", "far", **ELSEWHERE)])
    found = at_present(conn, "CR-07", minute(10))
    assert cases(found) == {f"{WARD}/EM-WIRE": 2, f"{WARD}/EM-FIRE": 1}
    assert [(value(r), r.since_at) for r in found if r.subject.endswith("WIRE")] == [(10, minute(0))]
    store(conn, [told for name in ("A", "B") for told in taken_up(minute(11), name)])
    assert cases(at_present(conn, "CR-07", minute(14))) == {f"{WARD}/EM-FIRE": 1}
    assert in_the_past(conn, "CR-07", minute(10), LATER) == as_known(conn, "CR-07", minute(10)) == found


def test_danger_that_is_raised_in_triage_speaks_too(conn: Connection) -> None:
    store(conn, [submitted(minute(0), "TR-ROAD"), report("verified", minute(5), priority=1)])
    assert at_present(conn, "CR-07", minute(4)) == []
    assert cases(at_present(conn, "CR-07", minute(6))) == {f"{WARD}/TR-ROAD": 1}


def test_bounced_is_sent_back_twice_and_taken_by_nobody(conn: Connection) -> None:
    names = ("A", "B", "taken", "once")
    store(conn, [told for n in names for told in (submitted(minute(0), "TR-ROAD", n), *given_out(minute(4), n), *returned(minute(20), n))])
    store(conn, [told for n in names[:3] for told in returned(minute(40), n)] + [report("accepted", minute(50), "taken")])
    found = at_present(conn, "CR-08", minute(60))
    assert cases(found) == {WARD: 2}
    store(conn, [report("accepted", minute(61), "A"), report("accepted", minute(61), "B")])
    assert [r.raised for r in at_present(conn, "CR-08", minute(62))] == []
    assert in_the_past(conn, "CR-08", minute(60), LATER) == found


def test_spam_is_counted_by_channel_over_seven_days_once_the_province_has_said_how_much(conn: Connection) -> None:
    def thrown_out(n: int, channel: str, reason: str = "spam", **data: str) -> Sequence[Told]:
        name, at = f"{channel}{n}{reason}{data}", minute(24 * 60 * n)
        return [submitted(at, "OT-OTHER", name, channel=channel, **data), report("rejected", at + timedelta(minutes=1), name, reason_code=reason)]

    store(conn, [told for n in range(3) for told in (*thrown_out(n, "app"), *thrown_out(n, "phone", "not_true"), *thrown_out(n, "app", **ELSEWHERE))])
    store(conn, thrown_out(0, "web"))
    asked = {"unset": (), "parameters": {"spam_limit": 2}}
    at = minute(2 * 24 * 60 + 60)
    assert [(r.subject, r.value, told(r, "sent")) for r in at_present(conn, "CR-09", at, **asked)] == [("app", 3, 3)]
    assert cases(in_the_past(conn, "CR-09", minute(25 * 60), LATER, **asked)) == cases(as_known(conn, "CR-09", minute(25 * 60), **asked)) == {"app": 1}
    assert at_present(conn, "CR-09", NINE + timedelta(days=8), **asked) == []
