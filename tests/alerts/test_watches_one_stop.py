"""The watches of `one_stop` against dossiers told by hand: each test has units of its own on the module's database."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ioc.alerts.reading import Reading
from ioc.db.connect import Connection
from tests.alerts.examples.one_stop import on, working_days
from tests.alerts.told_together import store_together
from tests.alerts.watching import as_known, at_present, in_the_past
from tests.alerts.world import Told, store

LATER = on(12, 12)


def told(unit: str, fact: str, subject: str, at: datetime, **data: Any) -> Told:
    """An event of a unit's dossier; a unit 'H…' is an agency that serves the whole province."""
    place = {"org_code": unit, "unit_code": "" if unit.startswith("H") else unit, "unit_valid_on": "2026-07-01"}
    return Told(stream="dossier", fact=fact, subject=f"{unit}-{subject}", at=at, data={**place, **data})


def received(unit: str, subject: str, at: datetime, due: datetime, n: int = 5, **data: Any) -> Told:
    return told(unit, "received", subject, at, due_at=due, committed_n=n, committed_unit="working_day", channel="counter", **data)


def finished(unit: str, subject: str, at: datetime, due: datetime, ready: datetime) -> tuple[Told, ...]:
    return (received(unit, subject, at, due), told(unit, "step_started", subject, at + timedelta(minutes=1), step_no=1),
            told(unit, "result_ready", subject, ready))


def of(found: Sequence[Reading], *units: str) -> dict[str, Reading]:
    return {r.subject: r for r in found if r.subject in units}


def counted(found: Sequence[Reading], *units: str) -> dict[str, tuple[float | None, int]]:
    """Unit → worst value and things behind it."""
    return {unit: (r.value, r.cases) for unit, r in of(found, *units).items()}


def test_nearing_deadline_goes_by_what_was_promised(alerts_conn: Connection) -> None:
    store(alerts_conn, [
        received("N1", "long", on(2), on(13, 17), 20), received("N1", "longer", on(2), on(17, 17), 30), received("N1", "early yet", on(2), on(18, 17), 20),
        received("N1", "short", on(9), on(12, 17)), received("N1", "tomorrow", on(9), on(11, 17)),
        received("N1", "apologised", on(6), on(11, 17)), told("N1", "apology_issued", "apologised", on(9)),
        received("N1", "waits", on(2), on(13, 17), 20), told("N1", "supplement_requested", "waits", on(9)),
        received("N2", "hours", on(9), on(12, 9)), received("N2", "calendar", on(9), on(16, 17), 30),
    ])
    found = at_present(alerts_conn, "OS-01", on(10, 9))
    assert counted(found, "N1", "N2") == {"N1": (1, 3), "N2": (4, 1)}
    assert set(of(found, "N1")["N1"].items) == {"N1-long", "N1-longer", "N1-apologised"}


def test_to_apologise_lists_what_is_due_by_the_next_close(alerts_conn: Connection) -> None:
    store(alerts_conn, [
        received("A1", "today", on(6), on(10, 17)), received("A1", "tomorrow", on(6), on(11, 17)), received("A1", "then", on(6), on(12, 17)),
        received("A1", "overdue", on(2), on(9, 17)),
        received("A1", "apologised", on(6), on(11, 17)), told("A1", "apology_issued", "apologised", on(9)),
        received("A1", "suspended", on(6), on(11, 17)), told("A1", "suspended", "suspended", on(9)),
        *finished("A1", "done", on(6), on(10, 17), on(9)), received("H13.02", "agency", on(6), on(11, 17)),
    ])
    found = at_present(alerts_conn, "OS-02", on(10, 9))
    assert counted(found, "A1", "H13.02") == {"A1": (0, 2), "H13.02": (1, 1)}
    assert of(found, "A1")["A1"].figures == {"today": 1}


def test_overdue_counts_working_days_and_stops_with_the_clock(alerts_conn: Connection) -> None:
    store(alerts_conn, [
        received("O1", "friday", on(2), on(6, 17)), received("O1", "week", on(2), on(3, 17)), received("O1", "in time", on(2), on(11, 17)),
        received("O2", "apologised", on(2), on(9, 17)), told("O2", "apology_issued", "apologised", on(6)),
        received("O3", "suspended", on(2), on(6, 17)), told("O3", "suspended", "suspended", on(5)),
        received("O3", "withdrawn", on(2), on(6, 17)), told("O3", "withdrawn", "withdrawn", on(9)),
        *finished("O3", "done", on(2), on(6, 17), on(9)),
    ])
    found = at_present(alerts_conn, "OS-03", on(10, 9))
    assert counted(found, "O1", "O2", "O3") == {"O1": (5, 2), "O2": (1, 1)}
    assert of(found, "O1")["O1"].raised == (2, 2, 0)
    assert of(found, "O1")["O1"].since_at == on(3, 17)
    assert counted(at_present(alerts_conn, "OS-04", on(10, 9)), "O1", "O2", "O3") == {"O1": (5, 2)}
    assert counted(at_present(alerts_conn, "OS-03", on(9, 17, 1)), "O2") == {"O2": (0, 1)}


def test_put_off_and_asked_again_are_found_from_the_second_time(alerts_conn: Connection) -> None:
    for unit, times in (("E1", 1), ("E2", 2), ("E3", 3)):
        store(alerts_conn, [received(unit, "D", on(2), on(20, 17))])
        for n in range(times):
            store(alerts_conn, [told(unit, "extended", "D", on(3 + n, 8), new_due_at=on(23 + n, 17)),
                                told(unit, "supplement_requested", "D", on(3 + n, 9)), told(unit, "supplemented", "D", on(3 + n, 10))])
    store(alerts_conn, [told("E3", "stopped", "D", on(10, 8))])
    for rule in ("OS-05", "OS-08"):
        assert counted(at_present(alerts_conn, rule, on(9, 18)), "E1", "E2", "E3") == {"E2": (2, 1), "E3": (3, 1)}
        assert counted(at_present(alerts_conn, rule, on(10, 9)), "E1", "E2", "E3") == {"E2": (2, 1)}


def test_late_rate_needs_thirty_of_the_month(alerts_conn: Connection) -> None:
    days = [on(2, 8, n) for n in range(30)]
    store_together(alerts_conn, [e for unit, size in (("R1", 30), ("R2", 29), ("H13.03", 30))
                        for n, at in enumerate(days[:size]) for e in finished(unit, str(n), at, on(6, 17), on(9 if n < 3 else 5, 9, n))])
    found = at_present(alerts_conn, "OS-06", on(9, 12))
    assert counted(found, "R1", "R2", "H13.03") == {"R1": (10, 1), "H13.03": (10, 1)}
    assert of(found, "R1")["R1"].figures == {"late": 3, "resolved": 30}
    assert counted(in_the_past(alerts_conn, "OS-06", on(9, 8), LATER), "R1") == {}


def test_unreceived_counts_working_hours_of_what_came_online(alerts_conn: Connection) -> None:
    store(alerts_conn, [
        told("Q1", "submitted", "night", on(8, 23), channel="online"), told("Q1", "submitted", "zalo", on(9, 9), channel="zalo"),
        told("Q1", "submitted", "late", on(9, 9, 2), channel="online"), told("Q1", "submitted", "post", on(6, 9), channel="post"),
        told("Q2", "submitted", "refused", on(6, 9), channel="online"), told("Q2", "refused", "refused", on(9, 9)),
        told("Q2", "submitted", "waits", on(6, 9), channel="online"), told("Q2", "supplement_requested", "waits", on(6, 10)),
        told("Q3", "submitted", "back", on(6, 9), channel="online"), told("Q3", "supplement_requested", "back", on(6, 10)),
        told("Q3", "supplemented", "back", on(9, 16)),
    ])
    found = at_present(alerts_conn, "OS-07", on(10, 9, 1))
    assert {unit: cases for unit, (_, cases) in counted(found, "Q1", "Q2", "Q3").items()} == {"Q1": 2}
    assert of(found, "Q1")["Q1"].value == pytest.approx(10 + 1 / 60)


def _ordinary(unit: str, a_day: int) -> list[Told]:
    starts = [on(day.day, 8, n, month=day.month) for day in working_days(date(2026, 9, 14), date(2026, 11, 6)) for n in range(a_day)]
    return [e for at in starts for e in finished(unit, f"{at:%m%d%M}", at, at + timedelta(days=7), at + timedelta(hours=1))]


def test_backlog_growth_sets_three_days_against_what_is_usual(alerts_conn: Connection) -> None:
    store_together(alerts_conn, [
        *_ordinary("B1", 5), *_ordinary("B2", 2),
        *(received(unit, f"W{n}", on(14, 7, n, month=9), on(30, 17, month=12)) for unit in ("B1", "B2") for n in range(5)),
        *(received(unit, f"R{n}", on(4, 9, n), on(30, 17)) for unit in ("B1", "B2") for n in range(20)),
    ])
    found = at_present(alerts_conn, "OS-09", on(9, 9))
    assert counted(found, "B1", "B2") == {"B1": (5, 1)}  # 25 open against 5; the other resolves too little to be judged
    assert of(found, "B1")["B1"].figures == {"open": 25}
    assert counted(at_present(alerts_conn, "OS-09", on(6, 9)), "B1") == {}  # two days of it are not three
    assert counted(in_the_past(alerts_conn, "OS-09", on(9, 9), LATER), "B1") == {"B1": (5, 1)}


def test_entries_at_once_are_many_late_and_close_together(alerts_conn: Connection) -> None:
    due, late = on(4, 17), on(10, 17)
    spans = {"L1": [(due, 2)] * 5 + [(late, 2)], "L2": [(due, 2)] * 4, "L3": [(due, 10)] * 6, "L4": [(due, 2)] * 3 + [(late, 2)] * 2}
    store_together(alerts_conn, [e for unit, told_ in spans.items() for n, (due_at, apart) in enumerate(told_)
                        for e in finished(unit, str(n), on(2, 8, n), due_at, on(10, 8) + n * timedelta(minutes=apart if n else 0))])
    asked = (alerts_conn, "OS-10")
    assert counted(at_present(*asked, on(10, 9)), *spans) == {"L1": (5, 1)}
    assert counted(at_present(*asked, on(10, 12, 30)), *spans) == {}


def test_silence_is_of_units_that_usually_speak(alerts_conn: Connection) -> None:
    days = working_days(date(2026, 10, 11), date(2026, 11, 9))
    store_together(alerts_conn, [received(unit, f"{day:%m%d}{n}", on(day.day, 8, n, month=day.month), on(30, 17, month=12))
                        for unit, size in (("S1", 12), ("S2", 12), ("S3", 8), ("H13.04", 12)) for day in days for n in range(size)])
    store(alerts_conn, [told("S2", "apology_issued", "11090", on(10, 9))])
    found = at_present(alerts_conn, "OS-11", on(10, 12))
    assert {unit: cases for unit, (_, cases) in counted(found, "S1", "S2", "S3", "H13.04").items()} == {"S1": 1, "H13.04": 1}
    assert counted(at_present(alerts_conn, "OS-11", on(10, 11)), "S2") == {}
    assert of(found, "S1")["S1"].raised == (1,)


_MOMENT = on(10, 9)
_THEN: dict[str, list[Told]] = {
    "OS-01": [received("P1", f"{n}", on(9, 8, n), on(13, 17), 20) for n in range(3)],
    "OS-02": [received("P2", "D", on(6), on(11, 17))],
    "OS-03": [received("P3", "D", on(2), on(6, 17))],
    "OS-04": [received("P4", "D", on(2), on(6, 17))],
    "OS-05": [received("P5", "D", on(2), on(20, 17)), *(told("P5", "extended", "D", on(3 + n), new_due_at=on(23 + n, 17)) for n in range(2))],
    "OS-06": [e for n in range(30) for e in finished("P6", str(n), on(2, 8, n), on(6, 17), on(9 if n < 3 else 5, 9, n))],
    "OS-07": [told("P7", "submitted", "0", on(6), channel="online")],
    "OS-08": [e for n in range(2) for e in (told("P8", "supplement_requested", "D", on(4 + n)), told("P8", "supplemented", "D", on(4 + n, 10)))],
    "OS-10": [e for n in range(6) for e in finished("P9", str(n), on(2, 8, n), on(6, 17), on(10, 8, n))],
}
_THEN["OS-08"].insert(0, received("P8", "D", on(2), on(20, 17)))


@pytest.mark.parametrize("rule", sorted(_THEN))
def test_a_past_moment_answers_later_as_it_did_then(alerts_conn: Connection, rule: str) -> None:
    unit = str(_THEN[rule][0].data["org_code"])
    store(alerts_conn, _THEN[rule])
    then = of(at_present(alerts_conn, rule, _MOMENT), unit)
    assert then
    subject = _THEN[rule][0].subject.removeprefix(f"{unit}-")
    store(alerts_conn, [told(unit, fact, subject, on(10, 9, 30)) for fact in ("apology_issued", "withdrawn")])
    assert of(in_the_past(alerts_conn, rule, _MOMENT, LATER), unit) == then
    assert of(as_known(alerts_conn, rule, _MOMENT), unit) == then
