from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.calendar.periods import KINDS, Kind, Period, PeriodRules, elapsed, label, load_rules, period_of, previous, same_period_last_year
from ioc.errors import ConfigurationError
from tests.profiles import BINH_MINH
from tests.unit.calendar.made import ROOT, bounded

RULES = PeriodRules()
DAY = date(2026, 11, 21)
anydays = st.dates(date(1990, 1, 1), date(2099, 12, 31))
kinds = st.sampled_from(KINDS)
whole_kinds = st.sampled_from([kind for kind in KINDS if not kind.endswith("to_date")])
anyrules = st.builds(PeriodRules, first_day=st.integers(1, 28))


def written(period: Period) -> str:
    return f"{period.first_day}..{period.last_day}"


@pytest.mark.parametrize(("kind", "found"), [
    ("day", "2026-11-21..2026-11-21"), ("week", "2026-11-16..2026-11-22"), ("month", "2026-11-01..2026-11-30"),
    ("quarter", "2026-10-01..2026-12-31"), ("year", "2026-01-01..2026-12-31"), ("year_to_date", "2026-01-01..2026-11-21"),
    ("reporting_month", "2026-11-15..2026-12-14"), ("reporting_quarter", "2026-09-15..2026-12-14"),
    ("reporting_year", "2025-12-15..2026-12-14"), ("reporting_year_to_date", "2025-12-15..2026-11-21")])
def test_period_of_a_day(kind: Kind, found: str) -> None:
    assert written(period_of(kind, DAY, RULES)) == found


@pytest.mark.parametrize(("day", "found"), [(date(2025, 12, 14), "2024-12-15..2025-12-14"), (date(2025, 12, 15), "2025-12-15..2026-12-14")])
def test_reporting_year_turns_on_15_december(day: date, found: str) -> None:
    assert written(period_of("reporting_year", day, RULES)) == found


@pytest.mark.parametrize("kind", ["month", "quarter", "year"])
def test_cut_off_on_the_first_is_the_calendar(kind: Kind) -> None:
    plain = period_of(kind, DAY, RULES)
    reporting: dict[str, Kind] = {"month": "reporting_month", "quarter": "reporting_quarter", "year": "reporting_year"}
    assert written(period_of(reporting[kind], DAY, PeriodRules(first_day=1))) == written(plain)


@pytest.mark.parametrize(("kind", "upto", "found"), [
    ("month", date(2026, 3, 30), "2026-02-01..2026-02-28"), ("month", date(2026, 3, 31), "2026-02-01..2026-02-28"),
    ("month", date(2026, 11, 21), "2026-10-01..2026-10-21"), ("month", date(2026, 11, 30), "2026-10-01..2026-10-31"),
    ("week", date(2026, 11, 18), "2026-11-09..2026-11-11"), ("quarter", date(2026, 11, 21), "2026-07-01..2026-08-21"),
    ("quarter", date(2026, 12, 31), "2026-07-01..2026-09-30"), ("day", date(2026, 3, 1), "2026-02-28..2026-02-28"),
    ("year_to_date", date(2026, 11, 21), "2025-01-01..2025-11-21"), ("reporting_month", date(2026, 11, 20), "2026-10-15..2026-10-20"),
    ("reporting_year", date(2026, 11, 21), "2024-12-15..2025-11-21")])
def test_previous_of_a_part_is_the_same_part(kind: Kind, upto: date, found: str) -> None:
    assert written(previous(elapsed(period_of(kind, upto, RULES), upto))) == found


@pytest.mark.parametrize(("kind", "upto", "found"), [
    ("day", date(2024, 2, 29), "2023-02-28..2023-02-28"), ("month", date(2024, 2, 29), "2023-02-01..2023-02-28"),
    ("month", date(2025, 2, 28), "2024-02-01..2024-02-29"), ("month", date(2024, 2, 28), "2023-02-01..2023-02-28"),
    ("year_to_date", date(2024, 2, 29), "2023-01-01..2023-02-28"), ("year_to_date", date(2025, 2, 28), "2024-01-01..2024-02-28"),
    ("week", date(2026, 11, 22), "2025-11-17..2025-11-23"), ("week", date(2026, 11, 18), "2025-11-17..2025-11-19"),
    ("week", date(2021, 1, 3), "2019-12-23..2019-12-29"), ("quarter", date(2026, 11, 21), "2025-10-01..2025-11-21"),
    ("reporting_year", date(2026, 11, 21), "2024-12-15..2025-11-21"), ("reporting_month", date(2024, 2, 29), "2023-02-15..2023-02-28")])
def test_same_period_last_year_of_a_part_is_the_same_part(kind: Kind, upto: date, found: str) -> None:
    assert written(same_period_last_year(elapsed(period_of(kind, upto, RULES), upto))) == found


@pytest.mark.parametrize(("kind", "upto", "vi", "en"), [
    ("day", DAY, "Ngày 21/11/2026", "21/11/2026"),
    ("week", date(2021, 1, 3), "Tuần 53/2020", "Week 53/2020"),
    ("month", date(2026, 11, 30), "Tháng 11/2026", "Month 11/2026"),
    ("month", DAY, "Tháng 11/2026 (đến 21/11/2026)", "Month 11/2026 (to 21/11/2026)"),
    ("quarter", date(2026, 12, 31), "Quý IV/2026", "Quarter 4/2026"),
    ("year", date(2026, 12, 31), "Năm 2026", "Year 2026"),
    ("year_to_date", DAY, "Lũy kế năm 2026 đến 21/11/2026", "Year 2026 to 21/11/2026"),
    ("reporting_month", date(2026, 11, 14), "Kỳ báo cáo tháng 11/2026, 15/10/2026–14/11/2026", "Reporting month 11/2026, 15/10/2026–14/11/2026"),
    ("reporting_quarter", date(2026, 3, 14), "Kỳ báo cáo quý I/2026, 15/12/2025–14/03/2026", "Reporting quarter 1/2026, 15/12/2025–14/03/2026"),
    ("reporting_year", date(2026, 12, 14), "Kỳ báo cáo 15/12/2025–14/12/2026", "Reporting period 15/12/2025–14/12/2026"),
    ("reporting_year_to_date", DAY, "Lũy kế kỳ báo cáo 2026, 15/12/2025–21/11/2026", "Reporting year 2026 to date, 15/12/2025–21/11/2026"),
])
def test_label_of_a_period(kind: Kind, upto: date, vi: str, en: str) -> None:
    period = elapsed(period_of(kind, upto, RULES), upto)
    assert (label(period, "vi"), label(period, "en")) == (vi, en)


def test_part_of_a_period_stays_in_it() -> None:
    november = period_of("month", DAY, RULES)
    assert elapsed(november, date(2026, 12, 24)) == november
    assert written(elapsed(november, date(2026, 10, 1))) == "2026-11-01..2026-11-01"


@bounded
@given(kinds, anydays, anyrules)
def test_day_lies_in_its_period(kind: Kind, day: date, rules: PeriodRules) -> None:
    period = period_of(kind, day, rules)
    assert period.first_day <= day <= period.last_day
    assert period_of(kind, period.first_day, rules).first_day == period.first_day


@bounded
@given(whole_kinds, anydays, anyrules)
def test_periods_follow_each_other_without_gap(kind: Kind, day: date, rules: PeriodRules) -> None:
    period = period_of(kind, day, rules)
    before = previous(period)
    assert before == period_of(kind, period.first_day - timedelta(days=1), rules)
    assert period.is_whole
    assert before.last_day + timedelta(days=1) == period.first_day


@bounded
@given(anydays, anyrules)
def test_twelve_reporting_months_are_the_reporting_year(day: date, rules: PeriodRules) -> None:
    year = period_of("reporting_year", day, rules)
    month = period_of("reporting_month", year.last_day, rules)
    for _ in range(11):
        month = previous(month)
    assert month.first_day == year.first_day


@bounded
@given(whole_kinds.filter(lambda kind: kind not in {"day", "week"}), anydays, anyrules)
def test_whole_period_is_compared_with_a_whole_one(kind: Kind, day: date, rules: PeriodRules) -> None:
    compared = same_period_last_year(period_of(kind, day, rules))
    assert compared.is_whole
    assert compared == period_of(kind, compared.first_day, rules)


@bounded
@given(kinds, anydays, anyrules)
def test_part_is_never_compared_with_more_than_its_period_had(kind: Kind, day: date, rules: PeriodRules) -> None:
    part = elapsed(period_of(kind, day, rules), day)
    for compared in (previous(part), same_period_last_year(part)):
        whole = period_of(kind, compared.last_day, rules)
        assert (compared.first_day, compared.last_day <= whole.last_day) == (whole.first_day, True)


@pytest.mark.parametrize("folder", [ROOT / "ioc" / "profiles" / "soc_trang", BINH_MINH], ids=lambda folder: folder.name)
def test_profile_cuts_its_periods_on_the_fifteenth_by_default(folder: Path) -> None:
    rules = load_rules(folder)
    assert rules.first_day == 15
    assert rules.legal_basis.startswith("default")


@pytest.mark.parametrize(("text", "said"), [
    ("first_day = 31", r"periods\.toml: .*<= 28.*first_day = 1 to 28"), ("cut_off = 15", r"periods\.toml: .*cut_off"),
    ("first_day = [", r"periods\.toml: "), (None, r"periods\.toml cannot be read")])
def test_mistake_in_the_rules_is_named(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "periods.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_rules(tmp_path)
