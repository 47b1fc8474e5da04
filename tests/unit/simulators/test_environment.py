"""Whether simulated water and air show what their note promises."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from statistics import mean

from ioc.clock import LOCAL, local_day, start_of
from ioc.places.stations import load_stations
from ioc.profiles.scenarios import Effect
from simulators.engine.air import vn_aqi
from simulators.engine.contract import SimulatedEvent
from simulators.engine.water import Water, quarters_of
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, local, longest_pause_s, profile, scene, told

STATIONS = {s.code: s for s in load_stations(profile())}
MOUTH, INLAND = STATIONS["TRAN-DE"], STATIONS["DAI-NGAI"]
WET, DRY = date(2026, 9, 10), date(2026, 3, 20)


@cache
def week(start: date) -> list[SimulatedEvent]:
    return told("environment", start, 7)


def values(events: Sequence[SimulatedEvent], name: str, station: str = "") -> list[float]:
    return [e.data["value"] for e in events if e.fact == "observation" and e.data["property"] == name and station in {"", e.data["station_id"]}]


def test_ninety_days_are_at_most_fourteen_thousand_events() -> None:
    # A day is like the other, but for the last one, which is told finely.
    events = told("environment", date(2026, 8, 22), 21)
    last = [e for e in events if e.time >= local(date(2026, 9, 11))]
    assert (len(events) - len(last)) / 20 * 89 + len(last) <= 14_000


def test_salt_of_23_february_2025_is_about_that_of_the_newspaper_on_the_main_branch() -> None:
    # Highest of the three days around it, since the tides' phases are assumed: within a third at all five stations, from 16 g/l down to 1.
    water = Water(scene())
    for code, told_gl in {"TRAN-DE": 15.6, "LONG-PHU": 11.7, "DAI-NGAI": 4.6, "PHUNG-AN": 2.8, "CAI-TRAM": 0.9}.items():
        highest = max(water.salinity_gl(STATIONS[code], at) for n in range(3) for at in quarters_of(date(2025, 2, 22) + timedelta(days=n)))
        assert 0.7 < highest / told_gl < 1.35


def test_the_mouth_has_15_to_20_gl_at_the_height_of_the_dry_season_and_little_in_the_wet() -> None:
    assert 15 < max(values(week(DRY), "salinity_gl", "TRAN-DE")) < 21
    assert max(values(week(WET), "salinity_gl", "TRAN-DE")) < 4
    assert max(values(week(WET), "salinity_gl", "DAI-NGAI")) < 0.5


def test_salt_follows_the_tide_by_three_to_six_hours() -> None:
    asked = scene()
    water, moments = Water(asked), quarters_of(DRY)
    best = {s.code: max(range(40), key=lambda lag: _together([asked.world.tide_m(at - timedelta(minutes=15 * lag)) for at in moments],
                                                             [water.salinity_gl(s, at) for at in moments]))
            for s in (MOUTH, INLAND, STATIONS["CAI-TRAM"])}
    assert all(3 * 4 <= lag <= 6 * 4 for lag in best.values())
    assert best["TRAN-DE"] < best["DAI-NGAI"]


def _together(one: Sequence[float], two: Sequence[float]) -> float:
    a, b = mean(one), mean(two)
    return sum((x - a) * (y - b) for x, y in zip(one, two, strict=True)) / math.sqrt(sum((x - a) ** 2 for x in one))


def test_high_water_is_an_hour_later_and_a_tenth_lower_at_dai_ngai() -> None:
    water = Water(scene())
    mouth, inland = (max((water.level_m(s, at), at) for at in quarters_of(DRY)) for s in (MOUTH, INLAND))
    assert timedelta(minutes=30) <= inland[1] - mouth[1] <= timedelta(minutes=90)
    assert 0.8 < inland[0] / mouth[0] < 0.98


def test_the_day_s_highest_is_told_even_where_readings_are_few() -> None:
    coarse, fine = (told("environment", DRY, 1, live_days=live_days) for live_days in (None, 0))
    for name in ("level_m", "salinity_gl"):
        for code in STATIONS:
            assert abs(max(values(coarse, name, code)) - max(values(fine, name, code))) < 0.05 + 0.08 * max(values(fine, name, code))


def test_a_fine_station_never_stands_still_for_twelve_readings() -> None:
    readings = defaultdict(list)
    for e in told("environment", WET, 1, live_days=0):
        if e.fact == "observation" and e.data["property"] in {"level_m", "salinity_gl"}:
            readings[e.subject].append(e.data["value"])
    assert all(len(set(told_[n:n + 12])) > 1 for told_ in readings.values() for n in range(len(told_) - 11))


def test_a_surge_lifts_the_level_by_nearly_as_much_and_brings_a_bulletin() -> None:
    first = date(2026, 3, 15)
    surge = effect("tide.surge_m", local(first + timedelta(days=2), 0), local(first + timedelta(days=5), 0), 0.8)
    events = told("environment", first, 5, surge)
    assert 0.6 < max(values(events, "level_m", "TRAN-DE")) - max(values(told("environment", first, 5), "level_m", "TRAN-DE")) < 0.85
    bulletins = [e for e in events if e.fact == "bulletin"]
    assert [e.data["msg_type"] for e in bulletins] == ["alert", "update", "update"]
    assert len({e.subject for e in bulletins}) == 1
    assert max(e.data["risk_level"] for e in bulletins) >= 2
    assert {e.data["status"] for e in bulletins} == {"exercise"}


def test_an_ordinary_week_has_no_bulletin_and_a_forecast_each_day() -> None:
    facts = Counter(e.fact for e in week(WET))
    assert facts["bulletin"] == 0
    assert facts["forecast"] == 7 * sum(s.bd3_m is not None for s in STATIONS.values())


def test_the_forecast_holds() -> None:
    forecasts = [e for e in week(DRY) if e.fact == "forecast"]
    water = Water(scene())
    right = [e.data["value_low"] <= water.level_m(STATIONS[e.data["station_id"]], e.data["valid_at"]) <= e.data["value_high"] for e in forecasts]
    assert mean(right) > 0.8


def test_salt_by_order_is_saltier_at_that_station_only() -> None:
    order = effect("environment.salinity", start_of(DRY), start_of(DRY) + timedelta(days=1), 2.0, only=("DAI-NGAI",))
    more, usual = told("environment", DRY, 1, order), told("environment", DRY, 1)
    assert mean(values(more, "salinity_gl", "DAI-NGAI")) > 1.8 * mean(values(usual, "salinity_gl", "DAI-NGAI"))
    assert values(more, "salinity_gl", "TRAN-DE") == values(usual, "salinity_gl", "TRAN-DE")


def test_a_silent_station_says_nothing_and_the_others_go_on() -> None:
    order = effect("environment.silent", local(DRY, 6), local(DRY, 12), only=("DAI-NGAI",))
    events = [e for e in told("environment", DRY, 1, order, live_days=0) if e.fact == "observation" and 6 <= e.time.astimezone(LOCAL).hour < 12]
    assert {e.data["station_id"] for e in events} >= set(STATIONS) - {"DAI-NGAI"}
    assert "DAI-NGAI" not in {e.data["station_id"] for e in events}


def test_sluices_shut_where_the_water_is_salt_and_stay_open_by_order() -> None:
    def open_(*effects: Effect) -> dict[str, float]:
        return {e.subject: e.data["open_pct"] for e in told("environment", DRY, 1, *effects) if e.fact == "sluice_state"}

    assert open_()["CONG-TRAN-DE"] == 0
    assert open_()["CONG-NAM-KIEU"] == 100
    assert open_(effect("environment.sluice_open", local(DRY, 0), local(DRY, 12), only=("TRAN-DE",)))["CONG-TRAN-DE"] == 100


def test_air_is_usually_good_or_moderate_and_bad_by_order() -> None:
    usual = values(week(DRY), "aqi")
    assert 20 < mean(usual) < 95
    bad = values(told("environment", DRY, 1, effect("environment.aqi", local(DRY, 0), local(DRY + timedelta(days=1), 0), 5.0)), "aqi")
    assert max(bad) > 150
    assert len(values(week(DRY), "aqi_day")) == 7


def test_the_index_of_fine_dust_follows_the_decision() -> None:
    assert [vn_aqi(x) for x in (0, 25, 50, 80, 150, 250, 900)] == [0, 50, 100, 150, 200, 300, 500]


def test_rain_by_order_is_measured() -> None:
    rain = effect("rain.mm_h", local(DRY, 13), local(DRY, 15), 20.0)
    assert 39 < sum(values(told("environment", DRY, 1, rain), "rain_mm")) - sum(values(told("environment", DRY, 1), "rain_mm")) < 41


def test_no_pause_is_longer_than_promised_however_coarse() -> None:
    for of in (SHIPPED, FICTIONAL):
        promised = next(s for s in profile(of).file.sources if s.stream == "environment").expected_closed_s
        assert longest_pause_s(told("environment", WET, 3, of=of), WET) <= promised


def test_before_the_reform_a_station_in_no_unit_of_that_time_says_so() -> None:
    for e in told("environment", date(2025, 6, 30), 2, of=FICTIONAL):
        assert not e.data["unit_code"] or profile(FICTIONAL).units.at(e.data["unit_code"], local_day(e.time))
