"""Whether the simulated catalogue is that of 2023's end and moves as its realism note says."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from ioc.clock import local_day
from simulators.engine.contract import SimulatedEvent
from simulators.engine.service_catalogue import KNOWN
from simulators.service import CHANNELS
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import effect, of_fact, profile, scene, told

START = date(2026, 9, 21)


def weeks() -> list[SimulatedEvent]:
    return told("service", START, 56, of=FICTIONAL, scale=1.0)


def catalogue() -> list[SimulatedEvent]:
    return [e for e in weeks() if e.fact == "published" and local_day(e.time) == START]


def lookups(events: list[SimulatedEvent]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for e in events:
        if e.fact == "lookup":
            counted[e.data["channel"]] += e.data["count"]
    return counted


def test_catalogue_is_that_of_2023_to_the_unit() -> None:
    assert Counter(e.data["level"] for e in catalogue()) == {"full": 1015, "partial": 343, "information": 420}
    assert sum(e.data["national_integrated"] for e in catalogue()) == 956
    assert len({e.subject.rpartition(".")[0] for e in catalogue()}) == 1303
    assert all(e.data["qr"] for e in catalogue())


def test_only_what_goes_online_is_integrated_or_paid_online() -> None:
    online = [e for e in catalogue() if e.data["national_integrated"] or e.data["online_payment"]]
    assert {e.data["level"] for e in online} == {"full", "partial"}


def test_every_procedure_of_the_simulated_dossiers_has_a_full_service() -> None:
    asked = {e.data["procedure_code"] for e in told("dossier", START, 2, of=FICTIONAL, scale=0.2) if "procedure_code" in e.data}
    full = {e.subject.rpartition(".")[0] for e in catalogue() if e.data["level"] == "full"}
    assert asked <= full
    assert asked <= set(KNOWN)


def test_services_are_offered_by_agencies_of_the_whole_province_that_are_valid() -> None:
    agencies = {a.code for a in profile(FICTIONAL).agencies if a.valid_on(START) and not a.unit_code}
    assert {e.data["org_code"] for e in catalogue()} == agencies


def test_changes_are_few_come_in_office_hours_and_never_concern_what_is_withdrawn() -> None:
    world, gone = scene(of=FICTIONAL).world, set[str]()
    changes = [e for e in weeks() if e.fact in {"changed", "integrated", "withdrawn"}]
    assert 5 <= len(changes) <= 40  # 18 are expected of 40 working days: five standard deviations
    for e in changes:
        assert world.hours.opened(e.time) == e.time
        assert e.subject not in gone
        gone |= {e.subject} if e.fact == "withdrawn" else set()


def test_agencies_hand_their_services_over_on_the_day_they_end() -> None:
    events = told("service", date(2025, 6, 30), 2)
    before = {e.subject: e.data["org_code"] for e in of_fact(events, "published")}
    after = before | {e.subject: e.data["org_code"] for e in of_fact(events, "changed")}
    ended = {a.code: a.successor for a in profile().agencies if a.valid_to == date(2025, 7, 1)}
    assert {before[s] for s in before} <= set(ended)
    assert all(after[s] == ended[before[s]] for s in before)


def test_lookups_are_three_to_a_dossier_within_a_tenth() -> None:
    load = [scene(of=FICTIONAL).world.load(START + timedelta(days=n)) for n in range(56)]
    expected = 3 * 2433 * sum(0.4 + 0.6 * busy if busy else 0.33 for busy in load)
    # What the rarely told have gathered at the end is not told yet.
    assert 0.75 * expected < lookups(weeks()).total() < 1.02 * expected


def test_web_is_looked_up_most_and_qr_least() -> None:
    found = lookups(weeks())
    assert set(found) == set(CHANNELS)
    assert found["web"] > found["app"] > found["qr"] < found["zalo"]


def test_lookups_follow_the_scale() -> None:
    half, whole = (lookups(told("service", START, 14, of=FICTIONAL, scale=scale)).total() for scale in (0.5, 1.0))
    assert half / whole == pytest.approx(0.5, abs=0.03)


def test_the_portal_is_never_silent_for_more_than_two_hours() -> None:
    assert max(b.time - a.time for a, b in pairwise(weeks())) <= timedelta(hours=2)


def test_nothing_is_looked_up_on_a_channel_that_is_down() -> None:
    down = effect("service.down", "2026-09-28T08:00", "2026-10-03T08:00", only=("web",))
    found = of_fact(told("service", START, 21, down, of=FICTIONAL, scale=1.0), "lookup")
    during = [e for e in found if down.start <= e.time < down.end]
    assert during
    assert "web" not in {e.data["channel"] for e in during}
    assert lookups(found)["web"] < 0.85 * lookups(told("service", START, 21, of=FICTIONAL, scale=1.0))["web"]


def test_a_factor_on_lookups_multiplies_its_channel_only() -> None:
    more = effect("service.lookups", "2026-09-21T00:00", "2026-10-12T00:00", by=3.0, only=("app",))
    plain, changed = (lookups(told("service", START, 21, *effects, of=FICTIONAL, scale=1.0)) for effects in ((), (more,)))
    assert changed["app"] / plain["app"] == pytest.approx(3.0, rel=0.05)
    assert changed["web"] / plain["web"] == pytest.approx(1.0, rel=0.05)
