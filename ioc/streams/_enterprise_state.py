"""What is kept and counted of an enterprise: its state, its inspections by year, and what it adds to the daily counts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from ioc.streams.engine.contract import Contribution, Daily


class EnterpriseState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where one enterprise stands. `inspection_year`: the latest year with an inspection that was not cancelled.

    `planned_count`: its inspections of that year still to come; `conducted_count`: those done; `conflict_year`: the latest year with more than
    one; `conflict_conducted`: how many of that year's are done; `moves`: JSON list of [measure, day, unit code], each step of its life;
    `inspections`: JSON list of [inspection, unit code, planned on, conducted on], without the cancelled.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    registered_at: datetime | None = None
    suspended_at: datetime | None = None
    dissolved_at: datetime | None = None
    inspection_year: int | None = None
    planned_count: int = 0
    conducted_count: int = 0
    conflict_year: int | None = None
    conflict_conducted: int = 0
    moves: str = "[]"
    inspections: str = "[]"


class Move(msgspec.Struct, frozen=True, array_like=True):
    """One step of an enterprise's life, as counted."""

    measure: str
    day: date
    unit_code: str


class Inspection(msgspec.Struct, frozen=True, array_like=True):
    """One inspection that is planned or done."""

    ref: str
    unit_code: str
    planned_on: date | None = None
    conducted_on: date | None = None

    @property
    def day(self) -> date:
        """The day that decides its year: done, or else planned for."""
        day = self.conducted_on or self.planned_on
        assert day is not None
        return day


def _years(inspections: Sequence[Inspection]) -> dict[str, Any]:
    years = by_year(inspections)
    last = max(years, default=None)
    crowded = max((year for year, found in years.items() if len(found) > 1), default=None)
    done = {year: sum(i.conducted_on is not None for i in found) for year, found in years.items()}
    conducted = done[last] if last else 0
    return {"inspection_year": last, "planned_count": len(years[last]) - conducted if last else 0, "conducted_count": conducted,
            "conflict_year": crowded, "conflict_conducted": done[crowded] if crowded else 0}


def by_year(inspections: Sequence[Inspection]) -> dict[int, list[Inspection]]:
    """Inspections by calendar year, in order of their days."""
    years: dict[int, list[Inspection]] = defaultdict(list)
    for inspection in sorted(inspections, key=_place):
        years[inspection.day.year].append(inspection)
    return dict(years)


def _place(inspection: Inspection) -> tuple[date, str]:
    return inspection.day, inspection.ref


def with_moves(state: EnterpriseState, moves: Sequence[Move]) -> EnterpriseState:
    """The state with these steps of its life."""
    return msgspec.structs.replace(state, moves=msgspec.json.encode(moves).decode())


def with_inspections(state: EnterpriseState, inspections: Sequence[Inspection]) -> EnterpriseState:
    """The state with these inspections, and what they come to by year."""
    text = msgspec.json.encode(sorted(inspections, key=_place)).decode()
    return msgspec.structs.replace(state, **_years(inspections), inspections=text)


def read_moves(state: EnterpriseState) -> list[Move]:
    """The steps of its life."""
    return msgspec.json.decode(state.moves, type=list[Move])


def read_inspections(state: EnterpriseState) -> list[Inspection]:
    """Its inspections, without the cancelled, in order of their days."""
    return msgspec.json.decode(state.inspections, type=list[Inspection])


def contributions(_name: str, state: EnterpriseState) -> Iterator[Contribution]:
    """What one enterprise adds to the daily counts of its unit; of a year's inspections the first makes it 'inspected', the second a conflict."""
    for move in read_moves(state):
        yield Contribution(day=move.day, key=(move.unit_code,), measures=(move.measure,))
    for found in by_year(read_inspections(state)).values():
        for place, inspection in zip(("enterprises_inspected", "second_inspections", *[""] * len(found)), found, strict=False):
            if inspection.planned_on:
                yield Contribution(day=inspection.planned_on, key=(inspection.unit_code,), measures=("inspections_planned",))
            if inspection.conducted_on:
                yield Contribution(day=inspection.conducted_on, key=(inspection.unit_code,), measures=("inspections_conducted",))
            if place:
                yield Contribution(day=inspection.day, key=(inspection.unit_code,), measures=(place,))


DAILY = Daily(
    table="enterprise_daily",
    key=("unit_code",),
    measures=("new", "resumed", "suspended", "dissolved", "inspections_planned", "inspections_conducted", "enterprises_inspected",
              "second_inspections"),
    contributions=contributions,
)
