"""What is told of a quarter, stream by stream, and what is asked of it; each stretch is told once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from random import Random

from ioc.clock import LOCAL, local_day, start_of
from ioc.profiles.scenarios import YearTotals, scenario
from simulators.engine.contract import Scenario, SimulatedEvent, scenario_of
from simulators.engine.registry import registered
from tests.unit.simulators.agreement import Series
from tests.unit.simulators.telling import profile
from tests.unit.simulators.telling import stories as by_subject

Story = list[SimulatedEvent]
Days = tuple[date, date]
"""A stretch: its first day and the day after its last."""

SPRING, AUTUMN, CAMERAS = (date(2026, 4, 1), date(2026, 7, 1)), (date(2026, 10, 1), date(2027, 1, 1)), (date(2026, 4, 1), date(2026, 5, 16))
DRY, SUMMER = (date(2026, 3, 11), date(2026, 3, 26)), (date(2026, 5, 17), date(2026, 7, 1))
SCALE, DOCUMENT_SCALE = 0.14, 0.25


@cache
def scene(days: Days, *, scale: float = SCALE, live: bool = False, year: YearTotals | None = None) -> Scenario:
    """`live`: all as fine as in the live part, else as coarse as history."""
    return scenario_of(profile(), "1", start_of(days[0 if live else 1]), scale=scale, year=year)


@cache
def told(name: str, days: Days, *, scale: float = SCALE, live: bool = False, year: YearTotals | None = None) -> list[SimulatedEvent]:
    """All events of a stream from the beginning of a day to that of another."""
    batches = registered()[name].simulate(Random(1), map(start_of, days), scene(days, scale=scale, live=live, year=year))
    return [event for batch in batches for event in batch]


def stories(events: Sequence[SimulatedEvent]) -> list[Story]:
    """The events of each subject, the subjects in the order in which they begin."""
    return list(by_subject(events).values())


def having(lives: Sequence[Story], fact: str) -> list[Story]:
    """The stories in which a fact occurs."""
    return [story for story in lives if any(e.fact == fact for e in story)]


def first_told(story: Story, name: str) -> object:
    """What a story first tells under a name."""
    return next((e.data[name] for e in story if name in e.data), None)


@cache
def dossiers() -> list[Story]:
    """Those of the ordinary quarter."""
    return stories(told("dossier", SPRING))


@cache
def planned() -> list[Story]:
    """Those of the first quarter of 2023, as the plan of that year has them."""
    year = scenario("soc_trang", "soc-trang-2023").year
    return stories(told("dossier", (date(2023, 1, 1), date(2023, 4, 1)), scale=0.08, year=year))


def accepted(lives: Sequence[Story]) -> int:
    """How many were received or are on their way to it: neither refused nor withdrawn before."""
    return sum(all(e.fact not in {"refused", "withdrawn"} or "received" in {e.fact for e in story} for e in story) for story in lives)


def causes_of_late(lives: Sequence[Story]) -> list[str]:
    """The cause of each dossier that was ready after its last deadline."""
    found = []
    for story in having(lives, "result_ready"):
        ready = next(e for e in story if e.fact == "result_ready")
        dues = [e.data.get("new_due_at", e.data.get("due_at")) for e in story if e.time <= ready.time]
        if ready.time > [due for due in dues if due][-1]:
            found.append(ready.data["late_cause"])
    return found


def hour(event: SimulatedEvent) -> int:
    return event.time.astimezone(LOCAL).hour


@cache
def reports() -> list[Story]:
    """Those of a quarter with rain and spring tides."""
    return stories(told("report", AUTUMN))


def late_of_resolved(lives: Sequence[Story]) -> tuple[int, int]:
    """How many reports were resolved late, and how many at all."""
    late = done = 0
    for story in lives:
        due = story[0].time
        for e in story:
            due = e.data.get("due_at", due)
            done, late = done + (e.fact == "resolved"), late + (e.fact == "resolved" and e.time > due)
    return late, done


def documents() -> list[SimulatedEvent]:
    """What was sent and what arrived, without the telegrams of days off."""
    return [e for e in told("document", SPRING, scale=DOCUMENT_SCALE) if e.fact in {"sent", "arrived"} and e.data["kind"] != "cong-dien"]


@cache
def cameras() -> dict[str, list[tuple[datetime, bool]]]:
    """Of each camera whether it was there: hour by hour, and at last by minutes."""
    found: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    for e in told("camera", CAMERAS):
        if e.fact == "status":
            found[e.subject].append((e.time, e.data["online"]))
    return found


def hourly() -> list[list[bool]]:
    return [[online for at, online in seen if at < start_of(CAMERAS[1]) - timedelta(hours=2)] for seen in cameras().values()]


def outages() -> Counter[int]:
    """How many outages were seen so many hours in a row."""
    return Counter(len(list(run)) for seen in hourly() for online, run in groupby(seen) if not online)


def series(name: str, days: Days) -> Series:
    events = told("environment", days, live=days == DRY)
    return [(e.time, e.data["value"]) for e in events if e.fact == "observation" and e.subject == name]


def highest_gl(station: str, days: Days) -> list[float]:
    """The highest of each day."""
    found: dict[date, float] = defaultdict(float)
    for at, salt_gl in series(f"{station}/salinity_gl", days):
        found[local_day(at)] = max(found[local_day(at)], salt_gl)
    return list(found.values())
