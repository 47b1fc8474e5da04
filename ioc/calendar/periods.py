"""Periods that figures are asked for: calendar ones, and the administrative reporting periods with their cut-off."""

import tomllib
from calendar import monthrange
from datetime import date, timedelta
from importlib.abc import Traversable
from typing import Annotated, Literal, get_args

import msgspec

from ioc.errors import ConfigurationError

FILE = "periods.toml"
Kind = Literal["day", "week", "month", "quarter", "year", "year_to_date",
               "reporting_month", "reporting_quarter", "reporting_year", "reporting_year_to_date"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MONTHS: dict[Kind, int] = {
    "month": 1, "quarter": 3, "year": 12, "year_to_date": 12,
    "reporting_month": 1, "reporting_quarter": 3, "reporting_year": 12, "reporting_year_to_date": 12,
}
DAYS: dict[Kind, int] = {"day": 1, "week": 7}


class PeriodRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a province cuts its reporting periods: the day on which a reporting month begins, in the month before; 1 = calendar months."""

    first_day: Annotated[int, msgspec.Meta(ge=1, le=28)] = 15
    legal_basis: str = "default"


class Period(msgspec.Struct, frozen=True):
    """Local days from the first to the last, both in it."""

    kind: Kind
    first_day: date
    last_day: date

    @property
    def is_whole(self) -> bool:
        return self.last_day == last_day_from(self.kind, self.first_day)


def load_rules(folder: Traversable) -> PeriodRules:
    """Period rules of a profile folder.

    Raises:
        ConfigurationError: periods.toml is missing or says something else than first_day (1 to 28) and legal_basis.

    """
    try:
        return msgspec.convert(tomllib.loads(folder.joinpath(FILE).read_text(encoding="utf-8")), PeriodRules)
    except OSError as error:
        raise ConfigurationError(f"{FILE} cannot be read: {error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f'{FILE}: {error}; it holds first_day = 1 to 28 and legal_basis = "…"') from None


def period_of(kind: Kind, day: date, rules: PeriodRules) -> Period:
    """The whole period a day lies in; a period to date ends with the day itself."""
    if kind in DAYS:
        first = day if kind == "day" else day - timedelta(days=day.weekday())
    elif kind.startswith("reporting"):
        first = _reporting_start(MONTHS[kind], day, rules.first_day)
    else:
        first = _month_start(day.year, day.month - (day.month - 1) % MONTHS[kind])
    return Period(kind, first, day if kind.endswith("to_date") else last_day_from(kind, first))


def elapsed(period: Period, day: date) -> Period:
    """The part of a period up to a day in it; the period itself after its end."""
    return Period(period.kind, period.first_day, max(period.first_day, min(day, period.last_day)))


def previous(period: Period) -> Period:
    """The period before: of a part the same part, of a period to date the same dates of the year before."""
    if period.kind in DAYS:
        return _moved_days(period, -DAYS[period.kind])
    return _moved_months(period, -MONTHS[period.kind])


def same_period_last_year(period: Period) -> Period:
    """The same period a year before: of a part the same part, of 29/2 the 28th, of a week the one of the same number, of week 53 week 52."""
    if period.kind != "week":
        return _moved_months(period, -12)
    year, number, _ = period.first_day.isocalendar()
    last = date(year - 1, 12, 28).isocalendar().week
    return _moved_days(period, (date.fromisocalendar(year - 1, min(number, last), 1) - period.first_day).days)


def label(period: Period, language: str) -> str:
    """A period in words: "Tháng 11/2026", "Kỳ báo cáo 15/12/2025–14/12/2026"; a part says how far it goes."""
    english = language == "en"
    whole = Period(period.kind, period.first_day, last_day_from(period.kind, period.first_day))
    year, month = whole.last_day.year, whole.last_day.month
    number = whole.first_day.isocalendar().week if period.kind == "week" else month if MONTHS.get(period.kind) == 1 else -(-month // 3)
    text = _LABELS[period.kind][english].format(
        first=_day(whole.first_day), last=_day(whole.last_day), day=_day(period.last_day), number=number,
        roman=("I", "II", "III", "IV")[-(-month // 3) - 1], year=whole.first_day.isocalendar().year if period.kind == "week" else year)
    if period.is_whole or period.kind.endswith("to_date"):
        return text
    return f"{text} ({'to' if english else 'đến'} {_day(period.last_day)})"


_LABELS: dict[Kind, tuple[str, str]] = {
    "day": ("Ngày {day}", "{day}"),
    "week": ("Tuần {number}/{year}", "Week {number}/{year}"),
    "month": ("Tháng {number}/{year}", "Month {number}/{year}"),
    "quarter": ("Quý {roman}/{year}", "Quarter {number}/{year}"),
    "year": ("Năm {year}", "Year {year}"),
    "year_to_date": ("Lũy kế năm {year} đến {day}", "Year {year} to {day}"),
    "reporting_month": ("Kỳ báo cáo tháng {number}/{year}, {first}–{last}", "Reporting month {number}/{year}, {first}–{last}"),
    "reporting_quarter": ("Kỳ báo cáo quý {roman}/{year}, {first}–{last}", "Reporting quarter {number}/{year}, {first}–{last}"),
    "reporting_year": ("Kỳ báo cáo {first}–{last}", "Reporting period {first}–{last}"),
    "reporting_year_to_date": ("Lũy kế kỳ báo cáo {year}, {first}–{day}", "Reporting year {year} to date, {first}–{day}"),
}


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _reporting_start(months: int, day: date, first_day: int) -> date:
    """First day of the reporting months that hold a day: from the 15th on a day belongs to the month that follows."""
    ahead = 1 if first_day > 1 else 0
    year, month = divmod(day.year * 12 + day.month - 1 + (ahead if day.day >= first_day else 0), 12)
    return _month_start(year, month - month % months + 1 - ahead, first_day)


def _month_start(year: int, month: int, day: int = 1) -> date:
    years, index = divmod(month - 1, 12)
    return date(year + years, index + 1, day)


def last_day_from(kind: Kind, first: date) -> date:
    """Last day of the whole period that begins on a day."""
    if kind in DAYS:
        return first + timedelta(days=DAYS[kind] - 1)
    return _plus_months(first, MONTHS[kind]) - timedelta(days=1)


def _moved_days(period: Period, days: int) -> Period:
    return Period(period.kind, period.first_day + timedelta(days=days), period.last_day + timedelta(days=days))


def _moved_months(period: Period, months: int) -> Period:
    first = _plus_months(period.first_day, months)
    if period.kind == "day":
        return Period(period.kind, first, first)
    return Period(period.kind, first, last_day_from(period.kind, first) if period.is_whole else _plus_months(period.last_day, months))


def _plus_months(day: date, months: int) -> date:
    """The same day of another month; its last day where that month is shorter."""
    years, index = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))
