"""Whether simulated documents are what the realism note promises."""

from collections import Counter
from datetime import timedelta
from functools import cache

import pytest

from ioc.clock import local_day
from ioc.streams.document import REGISTER_WITHIN
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, folded, of_fact, profile, scene, stories, told, too_quiet

START, DAYS = "2026-09-07", 56
WORKING_DAYS = 40


def autumn() -> list[SimulatedEvent]:
    return told("document", START, DAYS)


def ends(events: list[SimulatedEvent]) -> list[tuple[SimulatedEvent, dict[str, SimulatedEvent]]]:
    """Each received copy as it arrived, with what happened to it by fact."""
    return [(story[0], {e.fact: e for e in story}) for story in stories(events).values() if story[0].fact == "arrived"]


def test_an_agency_has_about_twelve_documents_a_working_day_out_and_in() -> None:
    # About 2,300 documents, some in clusters of 44: a tenth is three standard errors.
    counted = Counter(e.fact for e in autumn())
    agencies = len([a for a in profile().agencies if a.valid_on(local_day(autumn()[0].time))])
    assert (counted["sent"] + counted["arrived"]) / agencies / WORKING_DAYS / 0.09 == pytest.approx(12, rel=0.12)


def test_three_in_a_hundred_documents_are_urgent() -> None:
    # 770 sent: 3 % within three binomial standard errors (0.6 points); telegrams of days off are not among them.
    sent = of_fact(autumn(), "sent")
    assert 0.012 < sum(e.data["urgency"] != "normal" for e in sent) / len(sent) < 0.05


def test_about_ninety_two_in_a_hundred_are_worked_on_online() -> None:
    done = of_fact(autumn(), "finished")
    assert sum(e.data["electronic"] for e in done) / len(done) == pytest.approx(0.9238, abs=0.02)


def test_normal_documents_are_registered_by_the_next_working_day_but_for_some() -> None:
    calendar = profile().calendar
    late = [
        calendar.working_days_between(local_day(first.time), local_day(facts["accepted"].time)) > 1
        for first, facts in ends(autumn()) if first.data["urgency"] == "normal" and "accepted" in facts
    ]
    assert 0.002 < sum(late) / len(late) < 0.05


def test_urgent_documents_are_registered_within_their_hours_but_for_some() -> None:
    urgent = [(first, facts["accepted"].time - first.time) for first, facts in ends(told("document", START, 42, scale=0.4))
              if first.data["urgency"] != "normal" and "accepted" in facts]
    late = [wait > timedelta(hours=REGISTER_WITHIN[first.data["urgency"]].n) for first, wait in urgent]
    assert len(late) > 80
    assert sum(late) / len(late) < 0.1


def test_a_few_in_a_hundred_are_finished_late() -> None:
    dated = [facts["finished"].time > first.data["due_at"] for first, facts in ends(autumn()) if "due_at" in first.data and "finished" in facts]
    assert 0.02 < sum(dated) / len(dated) < 0.08


def test_history_leaves_out_the_steps_between_and_the_live_part_tells_them() -> None:
    live_from = local_day(autumn()[0].time) + timedelta(days=40)
    assert not of_fact(autumn(), "processing")
    live = told("document", START, DAYS, live_days=40)
    assert of_fact(live, "processing")
    assert min(local_day(e.time) for e in of_fact(live, "processing")) >= live_from - timedelta(days=1)


def test_mondays_are_busier_than_fridays() -> None:
    days = Counter(local_day(e.time).isoweekday() for e in of_fact(told("document", START, 42, scale=0.4), "sent"))
    assert 1.15 < days[1] / days[5] < 1.65


def test_on_days_off_only_telegrams_of_the_centre_come_in() -> None:
    calendar = profile().calendar
    off = [e for e in autumn() if e.fact in {"sent", "arrived"} and not calendar.is_working_day(local_day(e.time))]
    assert {e.data["level"] for e in off} == {"central"}
    assert {e.data["kind"] for e in off} == {"cong-dien"}


def test_the_week_after_tet_is_quiet() -> None:
    sent = Counter(local_day(e.time) for e in of_fact(told("document", "2026-02-02", 33, scale=0.3), "sent"))
    world = scene().world
    before, after = ([n for day, n in sent.items() if low < world.load(day) < high] for low, high in ((1.0, 2.0), (0.1, 0.3)))
    assert len(after) >= 4
    assert max(after) < min(before)


@pytest.mark.parametrize("of", [SHIPPED, FICTIONAL])
def test_no_pause_makes_the_source_late_by_day_by_night_or_at_the_weekend(of: str) -> None:
    assert too_quiet("document", told("document", START, DAYS, of=of, live_days=0), of) == []


def test_before_the_reform_districts_write_too_and_nothing_is_irregular() -> None:
    events = told("document", "2025-06-18", 20)
    assert {e.data["level"] for e in of_fact(events, "sent") if local_day(e.time).isoformat() < "2025-07-01"} == {"province", "district", "commune"}
    assert {e.data["level"] for e in of_fact(events, "sent") if local_day(e.time).isoformat() >= "2025-07-01"} == {"province", "commune"}
    assert folded("document", events).wrongs == []


def test_rate_multiplies_what_is_sent_and_only_then() -> None:
    plain, more = (of_fact(told("document", START, 28, *e), "sent") for e in ((), (effect("document.rate", "2026-09-14", "2026-09-19", 3),)))
    counted = [sum("2026-09-14" <= local_day(e.time).isoformat() < "2026-09-19" for e in events) for events in (plain, more)]
    before = [[e.id for e in events if local_day(e.time).isoformat() < "2026-09-14"] for events in (plain, more)]
    assert 2.2 < counted[1] / counted[0] < 4.0
    assert before[0] == before[1]


@cache
def troubled() -> list[tuple[SimulatedEvent, dict[str, SimulatedEvent]]]:
    whole = ("2026-09-01", "2026-12-01")
    return ends(told("document", START, 42, effect("document.late", *whole, 15, only=["H13.04"]),
                     effect("document.refused", *whole, 12, only=["H13.1510"]), scale=0.4))


def test_late_makes_the_named_agency_late() -> None:
    copies = [(f, facts) for f, facts in troubled() if "due_at" in f.data and "finished" in facts]
    found = Counter((f.data["to_org"] == "H13.04", facts["finished"].time > f.data["due_at"]) for f, facts in copies)
    assert found[True, True] / (found[True, True] + found[True, False]) > 0.35
    assert found[False, True] / (found[False, True] + found[False, False]) < 0.1


def test_refused_makes_the_named_agency_send_back_more_than_a_tenth() -> None:
    found = Counter((f.data["to_org"] == "H13.1510", "refused" in facts) for f, facts in troubled())
    assert found[True, True] / (found[True, True] + found[True, False]) > 0.12
    assert found[False, True] / (found[False, True] + found[False, False]) < 0.035
