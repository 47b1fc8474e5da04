from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ioc.calendar.holidays import load_calendar, package_days
from ioc.calendar.show import text
from ioc.errors import ConfigurationError, InputError
from tests.profiles import BINH_MINH
from tests.unit.calendar.made import ROOT, SOC_TRANG

Write = Callable[[str, str], Path]

# domain notes 4.1.3: weekdays off, Saturdays worked, working days
TABLE = {
    2023: ("2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9", "", 249),
    2024: ("1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9", "4/5", 251),
    2025: ("1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9", "26/4", 250),
    2026: ("1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9", "10/1 22/8", 250),
}


@pytest.fixture
def written(province: Path) -> Write:
    """Writes one file of a copy of the fictional calendar anew below its head."""
    def write(file: str, line: str) -> Path:
        head = (province / file).read_text(encoding="utf-8").splitlines()[0]
        (province / file).write_text(f"{head}\n{line}\n", encoding="utf-8")
        return province

    return write


def dates(year: int, written: str) -> set[date]:
    return {date(year, int(month), int(day)) for day, month in (text.split("/") for text in written.split())}


@pytest.mark.parametrize("year", TABLE)
def test_year_has_the_days_off_swaps_and_total_of_the_table(year: int) -> None:
    off, on, total = TABLE[year]
    worked = set(SOC_TRANG.working_days_of(year))
    weekdays = {date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
                if date.fromordinal(n).isoweekday() < 6}
    assert (weekdays - worked, worked - weekdays, len(worked)) == (dates(year, off), dates(year, on), total)


@pytest.mark.parametrize("folder", [ROOT / "ioc" / "profiles" / "soc_trang", BINH_MINH], ids=lambda folder: folder.name)
def test_calendar_names_every_day_the_package_assumes_in_its_years(folder: Path) -> None:
    calendar = load_calendar(folder)
    years = {day.year for day in calendar.days}
    assert years == set(range(min(years), 2027))
    assert [calendar.unnamed(year) for year in years] == [()] * len(years)
    assert all(calendar.is_confirmed(year) for year in years)
    assert not calendar.is_confirmed(min(years) - 1)


def test_package_alone_misses_the_swap_of_january_2026_and_takes_24_november() -> None:
    assumed = package_days(2026)
    assert not {date(2026, 1, 2), date(2026, 1, 10)} & assumed.keys()
    assert assumed[date(2026, 11, 24)].kind == "holiday"


def test_package_gives_saturdays_worked_for_a_day_of_another_year() -> None:
    assert package_days(2019)[date(2019, 1, 5)].kind == "swap_on"
    assert package_days(2018)[date(2018, 12, 31)].kind == "holiday"


def test_year_beyond_the_package_has_its_weekdays_and_is_unconfirmed() -> None:
    assert len(SOC_TRANG.working_days_of(2150)) == 261
    assert not SOC_TRANG.is_confirmed(2150)


@pytest.mark.parametrize(("file", "line", "said"), [
    ("calendar.csv", "02/01/2026,holiday,Tết,default", r"calendar\.csv, line 2: date '02/01/2026' is no date: write it like 2026-01-31"),
    ("calendar.csv", "2026-01-02,day off,Tết,default", r"calendar\.csv, line 2: kind 'day off' must be one of holiday, swap_off, swap_on, working"),
    ("calendar.csv", "2026-01-02,holiday,Tết,", r"calendar\.csv, line 2: no legal_basis: name the law or letter, or write 'default'"),
    ("calendar.csv", "2026-01-02,holiday,Tết, nghỉ,default", r"calendar\.csv, line 2: 5 cells instead of 4: put .* into double quotes"),
    ("calendar.csv", "2026-01-02,swap_on,Bù,default", r"line 2: 2026-01-02 is worked anyway, .*: write 'working' to cancel a holiday"),
    ("calendar.csv", "2026-01-10,swap_off,Bù,default", r"line 2: 2026-01-10 is no working weekday: check the date"),
    ("calendar.csv", "2026-01-10,working,Bù,default", r"line 2: 2026-01-10 is no working weekday: write 'swap_on'"),
    ("calendar.csv", "2026-01-01,holiday,Tết,x\n\n2026-01-01,holiday,Tết,x", r"line 4: 2026-01-01 stands in line 2 already: keep one"),
    ("hours.csv", "", r"hours\.csv, line 2: no working hours: write at least one line, like 2000-01-01,12345,07:00-11:00"),
    ("hours.csv", "2000-01-01,Mon-Fri,07:00-11:00,,x", r"hours\.csv, line 2: weekdays 'Mon-Fri' must be digits from 1 \(Monday\)"),
    ("hours.csv", "2000-01-01,12345,7h-11h,,x", r"hours\.csv, line 2: '7h-11h' is no working time: write it like 07:00-11:00"),
    ("hours.csv", "2000-01-01,12345,07:00Z-11:00Z,,x", r"'07:00Z-11:00Z' has a time zone: hours are local"),
    ("hours.csv", "2000-01-01,12345,13:00-17:00 07:00-11:00,,x", r"hours\.csv, line 2: segments '13:00-17:00 07:00-11:00' must be .* in order"),
    ("hours.csv", "2000-01-01,12345,,,x", r"hours\.csv, line 2: segments '' must be one or more"),
    ("hours.csv", "2000-01-01,12345,07:00-11:00,,x\n2000-01-01,12345,08:00-11:00,,x", r"hours\.csv, line 3: hours from 2000-01-01 on stand twice"),
])
def test_mistake_is_named_with_line_and_remedy(written: Write, file: str, line: str, said: str) -> None:
    folder = written(file, line)
    with pytest.raises(ConfigurationError, match=said):
        load_calendar(folder)


def test_columns_that_a_spreadsheet_changed_are_named(written: Write) -> None:
    folder = written("calendar.csv", "")
    (folder / "calendar.csv").write_text("date;kind;note;legal_basis\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"calendar\.csv, line 1: the columns must be date,kind,note,legal_basis, separated by commas"):
        load_calendar(folder)


def test_mark_that_a_spreadsheet_puts_before_utf8_is_read_over(written: Write) -> None:
    folder = written("calendar.csv", "2026-01-01,holiday,Tết,default")
    (folder / "calendar.csv").write_bytes(b"\xef\xbb\xbf" + (folder / "calendar.csv").read_bytes())
    assert load_calendar(folder).days[date(2026, 1, 1)].note == "Tết"


@pytest.mark.parametrize("file", ["calendar.csv", "hours.csv"])
def test_missing_or_unreadable_file_is_named(written: Write, file: str) -> None:
    folder = written(file, "")
    (folder / file).write_bytes("Tết".encode("utf-16"))
    with pytest.raises(ConfigurationError, match=f"{file} cannot be read"):
        load_calendar(folder)
    (folder / file).unlink()
    with pytest.raises(ConfigurationError, match=f"{file} cannot be read"):
        load_calendar(folder)


def test_shown_year_lists_days_off_swaps_and_the_total() -> None:
    shown = text(SOC_TRANG, 2026)
    assert shown.startswith("2026: 250 working days, confirmed\nhours from 2000-01-01: Mon Tue Wed Thu Fri, 07:00–11:00, 13:00–17:00")
    assert "days off: 13\n  Thu 2026-01-01  holiday " in shown
    assert "worked instead: 2\n  Sat 2026-01-10  swap_on " in shown
    assert "not a holiday here: 1\n  Tue 2026-11-24  working " in shown


def test_shown_year_says_what_nobody_has_confirmed() -> None:
    shown = text(SOC_TRANG, 2027)
    assert shown.startswith("2027: 249 working days, UNCONFIRMED\n  assumed, not in calendar.csv (marked ?): 2027-01-01, 2027-02-04")
    assert "\n? Thu 2027-02-04  holiday   29 Tết  (holidays " in shown
    assert "calendar.csv has no day of this year" in text(SOC_TRANG, 2150)


def test_shown_year_doubts_a_swap_without_its_other_day() -> None:
    calendar = load_calendar(BINH_MINH)
    lonely = type(calendar)(days={day: d for day, d in calendar.days.items() if day != date(2026, 1, 10)}, hours=calendar.hours, assumed=calendar.assumed)
    assert "2 days swapped off, 1 swapped on" in text(lonely, 2026)
    assert "swapped off" not in text(calendar, 2026)


def test_shown_year_lists_hours_that_begin_in_it() -> None:
    shown = text(load_calendar(BINH_MINH), 2025)
    assert "hours from 2025-01-01: Mon Tue Wed Thu Fri, 07:00–11:00, 13:00–17:00" in shown
    assert "07:30" not in shown


def test_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(InputError, match="no calendar for 26: give a year from 1900 to 2199"):
        text(SOC_TRANG, 26)
