"""What indicators come to: a pure function of seed, indicator, place and period, so that a year told twice is the same year."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from ioc.calendar.written import first_day, last_day
from ioc.profiles import Profile
from simulators.engine.business import Business
from simulators.engine.contract import Scenario
from simulators.engine.visitors import Visitors, together

BASE_YEAR = 2023
EVEN = (1.0,) * 12
SHRIMP = (0.75, 0.65, 0.8, 0.85, 0.95, 1.05, 1.15, 1.2, 1.2, 1.2, 1.15, 1.05)
RETAIL = (1.15, 1.1, 0.95, 0.96, 0.97, 0.96, 0.97, 0.97, 0.98, 0.98, 1.0, 1.01)
RICE = (1.28,) * 3 + (1.0,) * 6 + (0.72,) * 3

AMOUNTS: dict[str, tuple[float, float, Sequence[float], float]] = {
    "grdp": (0.0589, 0.085, EVEN, 0.01), "export_value": (0.00112, 0.07, SHRIMP, 0.05), "retail_sales": (0.06, 0.11, RETAIL, 0.015),
    "fdi_registered": (5e-5, 0.03, EVEN, 1.0), "rice_output": (1.7, 0.004, RICE, 0.03),
}
"""Id → (for a resident in the year 2023, growth a year, its months, spread), in the indicator's unit."""
RUNNING: dict[str, tuple[float, float, Sequence[float]]] = {
    "budget_revenue": (0.0040, 0.08, (12, 19, 27, 36, 44, 52, 61, 69, 77, 86, 95, 106)),
    "budget_spending": (0.01125, 0.07, (6, 12, 19, 27, 35, 44, 52, 60, 68, 77, 86, 97)),
    "disbursement": (0.0058, 0.05, (1, 5, 11, 17, 24, 32, 39, 46, 53, 62, 73, 91)),
    "par_plan": (5e-5, 0.0, (4, 9, 16, 24, 32, 41, 50, 58, 67, 77, 88, 98)),
}
"""Id → (the year's plan for a resident in 2023, growth of the plan, per cent of it by the end of each month)."""
WHOLE = {"par_plan"}
"""Plans of tasks, not of money."""
COUNTED = {"enterprises_new": "registered", "enterprises_dissolved": "dissolved"}
VISITS = {"tourist_arrivals", "overnight_guests", "tourism_revenue"}
FILES, SHRIMPS = {"work_dossiers_online"}, {"shrimp_area"}
LEVELS: dict[str, tuple[float, float, float]] = {"grdp_growth": (7.2, 0.1, 0.6), "iip_growth": (8.0, 0.2, 2.4), "score_766": (79.0, 0.6, 0.5)}
"""Id → (2023, rise a year, spread)."""
AREA = (0.1, 0.28, 0.5, 0.66, 0.78, 0.86, 0.92, 0.96, 0.98, 1.0, 1.0, 1.0)
"""Share of the year's shrimp area that is stocked by the end of each month."""
MODELLED = frozenset((*AMOUNTS, *RUNNING, *LEVELS, *COUNTED, *VISITS, *FILES, *SHRIMPS))
FILES_ONLINE_PCT, FILES_RISE = 92.38, 0.8
SHARE_OF_UNITS, SHARE_OF_AGENCIES = 0.3, 0.55


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a period; with a fraction, `value` is what it comes to in per cent."""

    value: float
    numerator: float | None = None
    denominator: float | None = None


class Figures:
    """The figures of a scenario's province."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._profile: Profile = scenario.profile
        self._visitors, self._business = Visitors(scenario), Business(scenario)
        self._people = lru_cache(256)(self._people_of)

    def of(self, indicator: str, place: str, share: float, period: str) -> Figure:
        """The figure of one of the modelled indicators. `share`: the place's part of the province's plan."""
        day, first = last_day(period), first_day(period)
        if indicator in RUNNING:
            return self._running(indicator, place, share, day)
        if indicator in FILES:
            return self._files(day)
        if indicator in AMOUNTS:
            return Figure(self._amount(indicator, period))
        if indicator in LEVELS:
            return Figure(self._level(indicator, day))
        if indicator in SHRIMPS:
            return Figure(round(0.0425 * self._people(day) * (1 + 0.01 * (day.year - BASE_YEAR)) * AREA[day.month - 1]))
        days = [first + timedelta(days=n) for n in range((day - first).days + 1)]
        return Figure(self._business.count(COUNTED[indicator], days) if indicator in COUNTED else self._visits(indicator, days))

    def year(self, indicator: str, year: int) -> float | None:
        """What a plan would aim at in a year: a little more than the model comes to."""
        if indicator in AMOUNTS:
            return self._yearly(indicator, year) * 1.02
        if indicator in RUNNING:
            return 100.0
        if indicator in LEVELS:
            return LEVELS[indicator][0] + LEVELS[indicator][1] * (year - BASE_YEAR) + 0.5
        people = self._people(date(year, 7, 1))
        yearly = {"tourist_arrivals": 2.75, "overnight_guests": 0.4, "tourism_revenue": 0.00132, "enterprises_new": 0.00038, "shrimp_area": 0.044}
        return yearly[indicator] * people if indicator in yearly else None

    def _people_of(self, day: date) -> int:
        return sum(u.population for u in self._profile.units_on(day))

    def _random(self, *name: object) -> Random:
        return self._scenario.world.random("indicator", *name)

    def _yearly(self, indicator: str, year: int) -> float:
        base, growth, _, _ = AMOUNTS[indicator]
        return base * self._people(date(year, 7, 1)) * (1 + growth) ** (year - BASE_YEAR)

    def _amount(self, indicator: str, period: str) -> float:
        _, _, season, spread = AMOUNTS[indicator]
        first, last = first_day(period), last_day(period)
        months = sum(season[n - 1] for n in range(first.month, last.month + 1)) / sum(season)
        return self._yearly(indicator, first.year) * months * self._random(indicator, period).lognormvariate(-spread * spread / 2, spread)

    def _running(self, indicator: str, place: str, share: float, day: date) -> Figure:
        base, growth, curve = RUNNING[indicator]
        plan = base * self._people(day) * (1 + growth) ** (day.year - BASE_YEAR) * share
        done_pct = curve[day.month - 1] * self._random(indicator, place, day.year).lognormvariate(0, 0.12 if place else 0.03)
        done_pct *= self._random(indicator, place, day.year, day.month).uniform(0.985, 1.015)
        digits = 0 if indicator in WHOLE else 1
        denominator = max(round(plan, digits), 10.0 ** -digits)
        return fraction(min(round(denominator * done_pct / 100, digits), denominator if indicator != "budget_revenue" else math.inf), denominator)

    def _level(self, indicator: str, day: date) -> float:
        at, rise, spread = LEVELS[indicator]
        week, into = divmod(day.toordinal(), 7)
        before, after = (self._random(indicator, n).gauss(0, spread) for n in (week, week + 1))
        return at + rise * (day - date(BASE_YEAR, 12, 31)).days / 365 + before + (after - before) * into / 7

    def _visits(self, indicator: str, days: Sequence[date]) -> float:
        total = together(self._visitors.all_on(day) for day in days)
        return {"tourist_arrivals": total.arrivals, "overnight_guests": total.overnight_guests, "tourism_revenue": total.revenue_vnd / 1e9}[indicator]

    def _files(self, day: date) -> Figure:
        random = self._random("work_dossiers_online", day)
        files = round(0.03 * self._people(day) * random.lognormvariate(0, 0.08))
        share = min(0.985, (FILES_ONLINE_PCT + FILES_RISE * (day - date(BASE_YEAR, 12, 31)).days / 365 + random.gauss(0, 0.3)) / 100)
        return fraction(round(files * share), files)


def fraction(numerator: float, denominator: float) -> Figure:
    """A figure that is a share of something."""
    return Figure(round(100 * numerator / denominator, 6), numerator, denominator)

