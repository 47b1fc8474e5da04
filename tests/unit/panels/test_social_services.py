"""Panel 9 in words: beds against their marks, diseases against what is usual, few cases never exactly."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioc.live.frames import encode
from ioc.moment import now_moment
from ioc.panels._social_services_weeks import whole_week
from ioc.panels.engine.card import for_guests
from ioc.panels.engine.charts.bands import Bands
from ioc.panels.engine.charts.gauge import Gauge
from ioc.panels.engine.contract import Face, Number, Snapshot
from ioc.panels.engine.registry import panels
from ioc.panels.social_services import BatchRow, FacilityRow, UnitCasesRow, WeekRow, point, render, snapshot
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

HOSPITAL = FacilityRow(facility_code="H1", unit_code="99004", lon_deg=85.1, lat_deg=-20.1, day=date(2026, 11, 19), insurance_visits=100, cccd_visits=80,
                       beds_occupied=80, beds_available=100)
WEEK = WeekRow(disease_code="A90", first_day=date(2026, 11, 9), cases=30, mean=10, sd=5, years=5)
BATCH = BatchRow(unit_code="99004", due_on=date(2026, 11, 19), state="due", outcome=None, due_at=NOW - timedelta(hours=10), beneficiaries_due=120)


def shown(*, facilities: tuple[FacilityRow, ...] = (), weeks: tuple[WeekRow, ...] = (), units: tuple[UnitCasesRow, ...] = (),
          batches: tuple[BatchRow, ...] = (), **numbers: Number) -> Snapshot:
    rows: dict[str, Any] = {"facilities": facilities, "weeks": weeks, "unit_cases": units, "batches": batches}
    figures, empty = snapshot(rows, now_moment(NOW), PROFILE), snapshot_of("social_services")
    return snapshot_of("social_services", numbers={**empty.numbers, **figures.numbers, **numbers}, features=figures.features,
                       tables={**empty.tables, **figures.tables})


def face(language: str = "vi", **given: Any) -> Face:
    return render(shown(**given), words(language), PROFILE)


def number_of(made: Face, key: str) -> str:
    return next(n.text for n in made.numbers if n.key == key)


def beds(taken: int, there: int) -> Number:
    return Number(value=100 * taken / there, unit="%", as_of=NOW, numerator=taken, denominator=there, against="yesterday", then=70)


def test_headline_is_the_share_of_beds_or_their_counts_where_there_are_few() -> None:
    made = face(beds=beds(803, 1000))
    assert (made.headline, made.headline_unit, made.of) == ("80,30", "% giường đang dùng", "beds")
    assert face(beds=beds(8, 20)).headline == "8 / 20"


@pytest.mark.parametrize(("taken", "state"), [(94, "open"), (95, "due"), (109, "due"), (110, "late")])
def test_hospital_is_judged_by_both_marks(taken: int, state: str) -> None:
    made = shown(facilities=(replace(HOSPITAL, beds_occupied=taken),))
    assert made.features[0]["properties"]["state"] == state
    assert made.numbers["full"].value == (state != "open")


def test_hospital_that_fell_silent_is_neither_full_nor_calm() -> None:
    made = shown(facilities=(replace(HOSPITAL, day=date(2026, 11, 17), beds_occupied=120),))
    bars = render(made, words("vi"), PROFILE).charts["beds"]
    assert isinstance(bars, Gauge)
    assert (list(bars.values), list(bars.texts)) == ([None], ["không báo từ 17/11"])
    assert (made.numbers["full"].value, made.features[0]["properties"]["state"]) == (None, "offline")


def test_clinic_may_rest_two_days_and_has_no_beds() -> None:
    made = shown(facilities=(replace(HOSPITAL, day=date(2026, 11, 16), beds_occupied=None, beds_available=None),))
    assert made.features[0]["properties"]["state"] == "open"
    assert point(made.features[0]["properties"], words("vi"), PROFILE, NOW.date())[0] == "Phòng khám, Phường Sao Khuê"


@pytest.mark.parametrize(("day", "monday"), [(date(2026, 11, 18), date(2026, 11, 2)), (date(2026, 11, 19), date(2026, 11, 9))])
def test_week_is_judged_three_days_after_its_end(day: date, monday: date) -> None:
    assert whole_week(day) == monday


def test_disease_above_its_threshold_is_the_sentence() -> None:
    made = face(weeks=(WEEK,), facilities=(replace(HOSPITAL, beds_occupied=120),))
    assert made.sentence == "Sốt xuất huyết: 30 ca trong tuần, vượt ngưỡng"
    assert number_of(made, "outbreaks") == "1"


@pytest.mark.parametrize("calm", [replace(WEEK, cases=20), replace(WEEK, cases=4, mean=0, sd=0), replace(WEEK, years=2), replace(WEEK, cases=None)])
def test_disease_at_its_threshold_of_few_cases_or_without_history_is_no_outbreak(calm: WeekRow) -> None:
    assert "vượt ngưỡng" not in face(weeks=(calm,)).sentence


def test_curve_says_that_there_is_no_history() -> None:
    made = face(weeks=(replace(WEEK, years=2),))
    strips = made.charts["diseases"]
    assert isinstance(strips, Bands)
    assert strips.title == "Ca mỗi tuần; chưa đủ 3 năm để có ngưỡng"
    assert strips.strips[0].band is None
    assert number_of(made, "outbreaks") == "—"


def test_running_week_and_weeks_before_the_first_told_are_not_drawn() -> None:
    weeks = [replace(WEEK, first_day=WEEK.first_day + timedelta(weeks=n), cases=None if n == -3 else 10 + n) for n in (-3, -2, -1, 0, 1)]
    strips = face(weeks=tuple(weeks)).charts["diseases"]
    assert isinstance(strips, Bands)
    assert list(strips.strips[0].y) == [8, 9, 10]


@pytest.mark.parametrize("cases", [1, 2, 3, 4])
def test_few_cases_leave_no_trace_of_how_many(cases: int) -> None:
    few = shown(weeks=(replace(WEEK, cases=cases, years=0),), units=(UnitCasesRow(unit_code="99004", cases=cases),))
    same = shown(weeks=(replace(WEEK, cases=3, years=0),), units=(UnitCasesRow(unit_code="99004", cases=3),))
    assert encode(few) == encode(same)
    made = render(few, words("vi"), PROFILE)
    assert number_of(made, "cases_week") == "<5"
    assert made.shading is not None
    assert list(made.shading.texts.values()) == ["<5 ca"]


def test_guests_see_no_disease_and_no_unit() -> None:
    given = shown(weeks=(WEEK,), units=(UnitCasesRow(unit_code="99004", cases=9),), facilities=(replace(HOSPITAL, beds_occupied=120),), batches=(BATCH,))
    made = for_guests(panels()["social_services"], render(given, words("vi"), PROFILE))
    said = json.dumps([made.sentence, [n.label for n in made.numbers], [c.title for c in made.charts.values()], made.shading, list(made.lists)], ensure_ascii=False)
    assert [word for word in ("Sốt", "Ca bệnh", "Bệnh vượt", "Sao Khuê") if word in said] == []
    assert made.sentence == "1 bệnh viện từ 95% giường"


def test_batches_stand_with_the_oldest_overdue_first_then_the_next_due() -> None:
    older = replace(BATCH, due_on=date(2026, 10, 9), due_at=BATCH.due_at - timedelta(days=40))
    next_due = replace(BATCH, due_on=date(2026, 11, 24), due_at=NOW + timedelta(days=4))
    paid = replace(BATCH, state="paid", outcome="on_time")
    rows = face(batches=(paid, next_due, BATCH, older)).lists[0].rows
    assert [row["due"] for row in rows] == ["09/10, trễ 30 ngày", "19/11, trễ 1 ngày", "24/11"]


def test_calendar_tells_paid_late_overdue_and_to_come_apart() -> None:
    chart = face(batches=(BATCH, replace(BATCH, state="paid", outcome="late"), replace(BATCH, state="paid", outcome="on_time"))).charts["payments"]
    assert [sum(s.values) for s in chart.series] == [1, 1, 1, 0]  # type: ignore[attr-defined]


def test_facilities_of_one_unit_are_told_apart_by_their_codes() -> None:
    bars = face(facilities=(HOSPITAL, replace(HOSPITAL, facility_code="H2"), replace(HOSPITAL, facility_code="H3", unit_code="99001"))).charts["beds"]
    assert isinstance(bars, Gauge)
    assert list(bars.names) == ["Phường Sao Khuê H1", "Phường Sao Khuê H2", "Phường Hải Đăng Mới"]


def test_typed_in_figure_says_so() -> None:
    typed = Number(value=91.5, unit="%", as_of=NOW, numerator=915, denominator=1000, flags=("manual",))
    assert next(n.beside for n in face(vaccinated=typed).numbers if n.key == "vaccinated") == "nhập tay"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("given", [{"weeks": (replace(WEEK, disease_code="B08", cases=12345),)}, {"facilities": (replace(HOSPITAL, beds_occupied=99),)},
                                   {"overdue": Number(value=1234, unit="batches", as_of=NOW)}, {}])
def test_sentence_is_short_enough_for_the_wall(language: str, given: dict[str, Any]) -> None:
    assert 0 < len(face(language, **given).sentence) <= 60
