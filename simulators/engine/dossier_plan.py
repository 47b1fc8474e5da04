"""The plan of a year whose dossiers add up to published totals: how many of which kind on each working day, exactly.

What is late or open at the end is planned one by one; the rest, resolved in time, is only counted by day and channel.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Literal, NamedTuple

from ioc.profiles.scenarios import YearTotals
from simulators.engine.dossier_kinds import FEE_RATIO, Procedure, choice
from simulators.engine.dossier_totals import Targets, apportioned, nearest, targets

Channel = Literal["online", "counter"]
CHANNELS: tuple[Channel, ...] = ("online", "counter")
LAST_DAY_OPEN = 0.85
"""Of what comes on the last working day so much is open at its end, where the totals allow it."""
TO_RECORD = 3
"""Working days that a late result has after its deadline before the year's last one."""


class Special(NamedTuple):
    """A dossier that is planned by itself: late, or open at the end of the year."""

    end: Literal["recorded_late", "really_late", "open"]
    procedure: Procedure
    channel: Channel
    pays: bool = False


@dataclass(slots=True)
class Plan:
    """`ordinary`: channel → dossiers resolved in time by the working day of their reception; `fees`: of these with a fee, and paid online."""

    targets: Targets
    days: tuple[date, ...]
    special: dict[int, list[Special]] = field(default_factory=lambda: defaultdict(list))
    ordinary: dict[Channel, list[int]] = field(default_factory=dict)
    fees: dict[Channel, tuple[int, int]] = field(default_factory=dict)

    def received(self, place: int) -> int:
        """Dossiers received on a working day."""
        return len(self.special.get(place, ())) + sum(counts[place] for counts in self.ordinary.values())


def plan(random: Random, totals: YearTotals, scale: float, days: tuple[date, ...], load: Callable[[date], float]) -> Plan:
    """Spread a year's totals over its working days."""
    made = Plan(targets(totals, scale), days)
    want = made.targets
    by_day = apportioned(want.received, [load(day) * random.uniform(0.92, 1.08) for day in days])
    late = _late_days(random, by_day, want.late)
    left = [n - k for n, k in zip(by_day, late, strict=True)]
    still_open = _open_days(left, want.open)
    _plan_late(random, made, late)
    _plan_open(random, made, still_open)
    _plan_ordinary(made, [n - k for n, k in zip(left, still_open, strict=True)])
    _plan_fees(random, made, totals.paid_online_ratio)
    return made


def _late_days(random: Random, by_day: Sequence[int], total: int) -> list[int]:
    """Days on which those came in that will be late: early enough for the shortest term to run out in the year."""
    fit = [max(0, n - 1) if place + 1 + TO_RECORD < len(by_day) else 0 for place, n in enumerate(by_day)]
    return apportioned(total, [n * random.expovariate(1.0) for n in fit], fit)


def _open_days(left: Sequence[int], total: int) -> list[int]:
    """Days on which those came in that are open at the end: the fewer, the longer ago."""
    size, low, high = sum(left), 1e-3, 1e4

    def weights(decay_d: float) -> list[float]:
        share = max(LAST_DAY_OPEN, total / size if size else 0.0)
        return [share * n * math.exp(-k / decay_d) for k, n in zip(range(len(left) - 1, -1, -1), left, strict=True)]

    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if sum(weights(middle)) < total else (low, middle)
    return apportioned(total, weights(high), left)


def _plan_late(random: Random, made: Plan, late: Sequence[int]) -> None:
    want, last = made.targets, len(made.days) - 1
    online = round(want.late * want.online / want.resolved) if want.resolved else 0
    kinds = _shuffled(random, ["really_late"] * want.really_late, ["recorded_late"] * (want.late - want.really_late))
    channels = _shuffled(random, ["online"] * online, ["counter"] * (want.late - online))
    for place, count in enumerate(late):
        fitting = choice(lambda p, room=last - TO_RECORD - place: p.days <= room) if count else None  # type: ignore[misc]
        for _ in range(count):
            assert fitting
            made.special[place].append(Special(kinds.pop(), fitting.draw(random), channels.pop()))


def _plan_open(random: Random, made: Plan, still_open: Sequence[int]) -> None:
    """Open at the end: most have a term that runs on, one in a hundred of the older ones is overdue."""
    want, last = made.targets, len(made.days) - 1
    online = want.all_online - want.online
    channels = _shuffled(random, ["online"] * online, ["counter"] * (want.open - online))
    for place, count in enumerate(still_open):
        running = choice(lambda p, gone=last - place: p.days > min(gone, 29)) if count else None  # type: ignore[misc]
        anything = choice()
        for _ in range(count):
            assert running
            procedure = (anything if random.random() < 0.01 else running).draw(random)
            made.special[place].append(Special("open", procedure, channels.pop()))


def _plan_ordinary(made: Plan, left: list[int]) -> None:
    want = made.targets
    late_online = sum(s.channel == "online" for specials in made.special.values() for s in specials if s.end != "open")
    online = apportioned(want.online - late_online, [float(n) for n in left], left)
    made.ordinary = {"online": online, "counter": [n - k for n, k in zip(left, online, strict=True)]}


def _plan_fees(random: Random, made: Plan, ratio: float) -> None:
    """Who has a fee and pays it online, so that the ratio holds of the resolved and of the received."""
    sums = {channel: sum(counts) for channel, counts in made.ordinary.items()}
    due = {channel: round(FEE_RATIO * n) for channel, n in sums.items()}
    with_fee = Counter(s.end == "open" for specials in made.special.values() for s in specials if s.procedure.fee_vnd)
    resolved = sum(due.values()) + with_fee[False]
    paid = min(nearest(ratio * resolved), sum(due.values()))
    online = min(paid, due["online"])
    made.fees = {"online": (due["online"], online), "counter": (due["counter"], paid - online)}
    still = min(max(0, nearest(ratio * (resolved + with_fee[True])) - paid), with_fee[True])
    payers = [(place, n) for place, specials in sorted(made.special.items())
              for n, s in enumerate(specials) if s.end == "open" and s.procedure.fee_vnd]
    for place, n in random.sample(payers, still):
        made.special[place][n] = made.special[place][n]._replace(pays=True)


def _shuffled(random: Random, *parts: list) -> list:  # type: ignore[type-arg]
    joined = [item for part in parts for item in part]
    random.shuffle(joined)
    return joined
