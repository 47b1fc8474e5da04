"""Whether simulated incidents show what their note promises."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from statistics import median

from ioc.clock import LOCAL, local_day
from ioc.profiles.scenarios import Effect
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, local, longest_pause_s, profile, told

START, DAYS = date(2026, 1, 20), 120


@cache
def season() -> list[SimulatedEvent]:
    return told("incident", START, DAYS)


def reported(events: list[SimulatedEvent], *kinds: str) -> list[SimulatedEvent]:
    return [e for e in events if e.fact == "reported" and (not kinds or e.data["kind"] in kinds)]


def test_about_nine_incidents_a_day_and_few_of_them_fires() -> None:
    # 6.9 per million and day times 1.2 million, more at Tet and forced at night: about 1,150 ± 34 (Poisson).
    kinds = Counter(e.data["kind"] for e in reported(season()))
    assert 8.0 < kinds.total() / DAYS < 11.0
    assert 0.01 < kinds["fire"] / kinds.total() < 0.05
    assert kinds["order"] > kinds["traffic_accident"] > kinds["fire"]


def test_ninety_days_are_at_most_four_thousand_events() -> None:
    assert len([e for e in season() if e.time < local(START + timedelta(days=90), 0)]) <= 4000


def test_disorder_is_a_matter_of_evenings_and_weekends() -> None:
    hours = Counter(e.time.astimezone(LOCAL).hour // 6 for e in reported(season(), "order"))
    assert hours[3] > 2 * hours[1]
    days = Counter(local_day(e.time).isoweekday() >= 5 for e in reported(season(), "order"))
    assert days[True] / 3 > 1.15 * days[False] / 4


def test_accidents_are_more_around_tet() -> None:
    # Eight days at 1.6 times the usual 1.6 a day, over ten seeds: about 200 ± 14 against 125.
    events = [e for seed in "0123456789" for e in reported(told("incident", START, 40, seed=seed), "traffic_accident")]
    tet = [e for e in events if timedelta(days=-2) <= local_day(e.time) - date(2026, 2, 17) <= timedelta(days=5)]
    assert len(tet) / 8 > 1.3 * (len(events) - len(tet)) / 32


def test_a_storm_brings_rescues() -> None:
    day = date(2026, 9, 15)
    storm = [effect("rain.mm_h", local(day, 0), local(day, 23), 20.0), effect("wind.kmh", local(day, 0), local(day, 23), 60.0)]
    calm = effect("rain.mm_h", local(day, 0), local(day, 23), 0.0)

    def rescues(*effects: Effect) -> int:
        return sum(len(reported(told("incident", day, 1, *effects, seed=str(n)), "rescue")) for n in range(60))

    assert rescues(*storm) > 1.6 * rescues(calm)


def test_more_fires_by_order_are_fires_only() -> None:
    begin, end = local(START, 8), local(START + timedelta(days=1), 0)
    fires = told("incident", START, 1, effect("incident.rate", begin, end, 40.0, only=("fire",)))
    kinds = Counter(e.data["kind"] for e in reported(fires))
    assert kinds["fire"] >= 3
    assert kinds["order"] < 12


def test_an_order_for_one_unit_leaves_the_others_alone() -> None:
    begin, end = local(START, 0), local(START + timedelta(days=2), 0)
    events = reported(told("incident", START, 2, effect("incident.rate", begin, end, 30.0, units=("31510",))))
    units = Counter(e.data["unit_code"] == "31510" for e in events)
    assert units[True] > 8
    assert units[False] < 35


def test_a_force_is_sent_in_a_minute_and_there_in_a_quarter_of_an_hour() -> None:
    calls = {e.subject: e for e in reported(season())}
    sent: dict[str, float] = {}
    there: dict[str, float] = {}
    for e in season():
        if e.fact in {"dispatched", "arrived"}:
            (sent if e.fact == "dispatched" else there).setdefault(e.subject, (e.time - calls[e.subject].time).total_seconds())
    assert 50 < median(sent.values()) < 90
    assert 10 < median(there.values()) / 60 < 18
    fires = [s for subject, s in sent.items() if calls[subject].data["kind"] == "fire"]
    assert sum(s <= 60 for s in fires) > 0.7 * len(fires)


def test_late_forces_by_order_are_late() -> None:
    begin, end = local(START, 0), local(START + timedelta(days=6), 0)
    events = told("incident", START, 5, effect("incident.dispatch", begin, end, 4.0))
    stories = [(a, b) for a, b in pairwise(sorted(events, key=lambda e: (e.subject, e.time))) if (a.fact, b.fact) == ("reported", "dispatched")]
    assert median((b.time - a.time).total_seconds() for a, b in stories) > 180


def test_most_accidents_hurt_somebody_and_few_kill() -> None:
    accidents = {e.subject for e in reported(season(), "traffic_accident")}
    last = {e.subject: e for e in season() if e.fact == "updated" and e.subject in accidents}
    assert len(last) > 0.5 * len(accidents)
    assert 0 < sum(e.data["dead"] for e in last.values()) < 0.25 * len(accidents)


def test_incidents_lie_in_units_of_their_day_before_and_after_the_reform() -> None:
    events = told("incident", date(2025, 6, 28), 6)
    assert all(profile().units.at(e.data["unit_code"], e.data["unit_valid_on"]) for e in events)
    assert all(8.9 < e.data["lat_deg"] < 10.1 for e in reported(events))


def test_no_pause_is_longer_than_promised() -> None:
    for of in (SHIPPED, FICTIONAL):
        promised = next(s for s in profile(of).file.sources if s.stream == "incident").expected_closed_s
        assert longest_pause_s(told("incident", START, 30, of=of), START) <= promised


