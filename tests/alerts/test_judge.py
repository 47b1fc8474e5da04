"""The judgement, without a database: raising and clearing, hysteresis, duration, flapping, levels, and what a person decided."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from ioc.alerts.judge import Condition, judge
from ioc.alerts.reading import Reading
from ioc.alerts.rule import Level, Rule

T = datetime(2026, 11, 10, 2, tzinfo=UTC)
RULE = Rule(id="T-1", title="t", title_en="t", panel="one_stop", watch="w", text="", text_en="", basis="b", basis_kind="design", clear_for_s=60,
            levels=(Level(severity=2, raise_=10, clear=8), Level(severity=3, raise_=20, clear=15)))


def reading(value: float, rule: Rule = RULE) -> Reading:
    raised = tuple(int(rule.sign * value >= rule.sign * level.raise_) for level in rule.levels)
    held = tuple(int(rule.sign * value >= rule.sign * level.held_from) for level in rule.levels)
    return Reading(subject="U", unit_code="U", org_code="", value=value, cases=max(held), raised=raised, held=held)


def played(values: Iterable[tuple[float, float | None]], rule: Rule = RULE, *, closing: float | None = None) -> list[tuple[float, str, int]]:
    """(seconds, what is told, severity) for readings at seconds; None = nothing was found. `closing`: a person resolves the alert then."""
    standing: dict[str, Condition] = {}
    told: list[tuple[float, str, int]] = []
    for seconds, value in values:
        if closing is not None and seconds >= closing and (known := standing.get("U")) and known.alert_id:
            standing["U"] = replace(known, closed_at=known.closed_at or T + timedelta(seconds=closing))
        found = [] if value is None else [reading(value, rule)]
        for verdict in judge(rule, found, standing, T + timedelta(seconds=seconds)):
            if verdict.told:
                level = verdict.after.alert_level if verdict.after else 0
                told.append((seconds, verdict.told, level))
            if verdict.after is None:
                standing.pop("U", None)
            else:
                standing["U"] = replace(verdict.after, alert_id="A" if verdict.after.alert_id == "" else verdict.after.alert_id)
    return told


def test_a_value_at_its_threshold_raises_once() -> None:
    assert played([(0, 9.9), (10, 10), (20, 11), (30, 12)]) == [(10, "raised", 2)]


def test_an_alert_holds_between_its_two_thresholds() -> None:
    assert played([(0, 10), (100, 8), (200, 9), (300, 8), (900, 8)]) == [(0, "raised", 2)]


def test_an_alert_is_over_once_it_has_been_clear_for_long_enough() -> None:
    assert played([(0, 10), (100, 7), (150, 7), (160, 7), (170, 7)]) == [(0, "raised", 2), (160, "resolved", 0)]


def test_what_is_no_longer_found_is_clear() -> None:
    assert played([(0, 10), (100, None), (160, None)]) == [(0, "raised", 2), (160, "resolved", 0)]


def test_a_return_before_the_time_is_up_begins_the_wait_anew() -> None:
    assert played([(0, 10), (100, 7), (130, 9), (170, 7), (200, 7), (230, 7)]) == [(0, "raised", 2), (230, "resolved", 0)]


def test_a_condition_speaks_only_after_its_duration() -> None:
    rule = replace_rule(for_s=120)
    assert played([(0, 10), (60, 11), (119, 11), (120, 12)], rule) == [(120, "raised", 2)]


def test_a_condition_that_passes_within_its_duration_never_speaks() -> None:
    assert played([(0, 10), (60, 11), (110, 5), (130, 10), (200, 10)], replace_rule(for_s=120)) == []


def test_a_graver_level_is_told_of_the_same_alert() -> None:
    assert played([(0, 10), (10, 20), (20, 25)]) == [(0, "raised", 2), (10, "worsened", 3)]


def test_a_level_eases_only_below_its_own_clearing_threshold() -> None:
    assert played([(0, 20), (100, 16), (200, 14), (230, 14), (261, 14), (300, 14)]) == [(0, "raised", 3), (261, "eased", 2)]


def test_a_level_with_a_duration_of_its_own_worsens_after_it() -> None:
    rule = replace_rule(levels=(Level(severity=2, raise_=10, for_s=0), Level(severity=3, raise_=20, for_s=600)))
    assert played([(0, 10), (100, 20), (600, 20), (700, 20)], rule) == [(0, "raised", 2), (700, "worsened", 3)]


def test_a_rule_below_a_threshold_mirrors_one_above() -> None:
    rule = replace_rule(direction="below", levels=(Level(severity=2, raise_=10, clear=12),))
    assert played([(0, 11), (10, 10), (100, 11.5), (200, 12.5), (260, 12.5)], rule) == [(10, "raised", 2), (260, "resolved", 0)]


def test_what_comes_and_goes_is_damped_after_three_times_within_the_hour() -> None:
    swinging = [(n * 70.0, 10 if n % 2 == 0 else 7) for n in range(50)]
    pairs = [(t + extra, v) for t, v in swinging for extra in (0, 61)]
    raised = [t for t, what, _ in played(pairs) if what == "raised"]
    assert len(raised) == 3


def test_an_alert_that_a_person_resolved_stays_away_while_its_time_lasts() -> None:
    rule = replace_rule(again_after_s=3600)
    assert played([(0, 10), (200, 11), (3000, 11), (3900, 11)], rule, closing=100) == [(0, "raised", 2), (3900, "raised", 2)]


def test_an_alert_that_a_person_resolved_may_come_back_once_it_was_over() -> None:
    rule = replace_rule(again_after_s=86400)
    assert played([(0, 10), (200, 11), (300, 5), (400, 10)], rule, closing=100) == [(0, "raised", 2), (400, "raised", 2)]


def test_what_a_person_resolved_comes_back_at_once_when_it_is_graver() -> None:
    assert played([(0, 10), (200, 11), (300, 20)], closing=100) == [(0, "raised", 2), (300, "raised", 3)]


def test_a_grave_one_that_a_person_resolved_comes_back_when_it_concerns_more() -> None:
    rule = replace_rule(levels=(Level(severity=4, raise_=10),))
    closed = Condition(subject="U", level=4, since_at=T, level_since_at=T, alert_id="A", alert_level=4, closed_at=T, cases=1)
    more = replace(reading(10, rule), cases=2, raised=(2,), held=(2,))
    told = [[v.told for v in judge(rule, [found], {"U": closed}, T + timedelta(minutes=5))] for found in (reading(10, rule), more)]
    assert told == [[None], ["raised"]]


def test_an_unknown_value_neither_raises_nor_clears() -> None:
    standing = {"U": Condition(subject="U", level=2, since_at=T, level_since_at=T, alert_id="A", alert_level=2)}
    unknown = replace(reading(0), value=None, unknown=True)
    assert list(judge(RULE, [unknown], standing, T + timedelta(hours=1))) == []


def test_the_duration_counts_from_when_the_thing_began_not_from_when_it_was_found() -> None:
    rule = replace_rule(for_s=600)
    late = replace(reading(10), since_at=T - timedelta(hours=1))
    assert [v.told for v in judge(rule, [late], {}, T)] == ["raised"]


def replace_rule(**changes: object) -> Rule:
    return msgspec.structs.replace(RULE, **changes)
