"""Traffic on a road: how much of it there is, and how fast it moves."""

from datetime import datetime, timedelta

from simulators.engine.contract import Scenario

# Share of the busiest hour, by local hour.
TRAFFIC = (0.08, 0.05, 0.05, 0.07, 0.2, 0.5, 0.9, 1.0, 0.8, 0.7, 0.7, 0.75, 0.6, 0.65, 0.7, 0.75, 0.95, 1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.12)
FREE_KMH, SLOWER_KMH, JAMMED_KMH, LEAST_KMH = 52.0, 14.0, 12.0, 3.0
JAM = 1.3
"""No more than this passes, as a share of the busiest hour."""
AROUND_TET = timedelta(days=5)


def demand(scenario: Scenario, local: datetime) -> float:
    """How many want to pass, as a share of the busiest hour of an ordinary day."""
    day, share = local.date(), TRAFFIC[local.hour] + (TRAFFIC[(local.hour + 1) % 24] - TRAFFIC[local.hour]) * local.minute / 60
    if not scenario.world.works(day):
        share = 0.8 * (0.3 * share + 0.7 * min(share, 0.75))
    from_tet = day - scenario.world.tet(day.year)
    return share * (0.5 if not from_tet else 1.2 if abs(from_tet) <= AROUND_TET else 1.0)


def speed_kmh(wanted: float, rain_mm_h: float) -> float:
    """Mean speed at a demand."""
    usual = FREE_KMH - SLOWER_KMH * wanted if wanted <= JAM else JAMMED_KMH * JAM / wanted
    return max(LEAST_KMH, usual - min(10.0, 0.8 * rain_mm_h))
