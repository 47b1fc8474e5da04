"""Indicators (chỉ tiêu, chỉ số): what was observed, published and aimed at for a period, with its source and legal basis."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from ioc.calendar.written import first_day, grain, last_day
from ioc.clock import local_day
from ioc.errors import InvalidEvent
from ioc.published import as_sent
from ioc.published import quality_flag as published_flag
from ioc.streams._period import Period, check_period
from ioc.streams._telling import check_pairs, marked
from ioc.streams.engine.contract import SAME, Contribution, Daily, Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

Code = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Amount = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Place = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class IndicatorData(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Payload of an indicator event. `org_code`, `unit_code`: whom it describes, both empty for the whole province.

    `period`: 2026, 2026-Q3, 2026-11, 2026-W47 or 2026-11-21; `value`: in `unit`; `numerator`: of `denominator`, never one without the other;
    `rank`: of `out_of`, never one without the other; `published_value`: as the source printed it, whatever the fraction gives;
    `manual`: typed in by hand; `approved_on`: day on which what was typed in was approved; `target`: what is aimed at, in `unit`.
    """

    org_code: Code = ""
    unit_code: Code = ""
    unit_valid_on: date | None = None
    source_recorded_at: Moment | None = msgspec.field(default=None, name="recorded_at")
    indicator_id: Code
    period: Period
    value: Amount | None = None
    numerator: Amount | None = None
    denominator: Amount | None = None
    unit: Code | None = None
    rank: Place | None = None
    out_of: Place | None = None
    published_value: Amount | None = None
    source_text: Text | None = None
    legal_basis: Text | None = None
    manual: bool = False
    approved_on: date | None = None
    target: Amount | None = None
    note: Text | None = None


class IndicatorState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one indicator of one subject in one period. `grain`: year, quarter, month, week or day.

    `quality_flag`: published_differs where the printed figure is not what its fraction gives; `observed_at`: when it was first told;
    `revised_at`: when its figures last changed; `revisions`: how often they did; `target_basis`: legal basis of the target.
    """

    org_code: str = ""
    unit_code: str = ""
    unit_valid_on: date | None = None
    indicator_id: str = ""
    period: str = ""
    grain: str = ""
    first_day: date | None = None
    last_day: date | None = None
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    unit: str | None = None
    rank: int | None = None
    out_of: int | None = None
    published_value: float | None = None
    quality_flag: str | None = None
    source_text: str | None = None
    legal_basis: str | None = None
    manual: bool = False
    approved_on: date | None = None
    note: str | None = None
    observed_at: datetime | None = None
    revised_at: datetime | None = None
    revisions: int = 0
    target: float | None = None
    target_basis: str | None = None
    target_set_at: datetime | None = None


# fact → {state before → state after}: target and observation come in any order, and each may be corrected.
TRANSITIONS = {
    "observed": {"": "observed", "targeted": "observed", "observed": SAME},
    "target_set": {"": "targeted", "targeted": SAME, "observed": SAME},
}

_FIGURES = ("value", "numerator", "denominator", "rank", "out_of", "published_value")
_TOLD = (*_FIGURES, "unit", "source_text", "legal_basis", "manual", "approved_on", "note")
_SCALE = {None: 1, "": 1, "%": 100, "percent": 100, "‰": 1000}


def quality_flag(published: float | None, numerator: float | None, denominator: float | None, unit: str | None) -> str | None:
    """'published_differs' where a printed figure is further from its fraction than half of its last printed digit; None where it agrees.

    None too where nothing can be compared: no figure, no fraction, a base of 0, a unit that is no plain share (cases per 100,000).
    """
    if published is None or numerator is None or not denominator or unit not in _SCALE:
        return None
    flag = published_flag(as_sent(published), as_sent(numerator), as_sent(denominator), scale=_SCALE[unit])
    return flag if flag == "published_differs" else None


def check(fact: str, data: IndicatorData) -> None:
    """What the schema cannot say: a period of the calendar, pairs given whole, an observation that observes something."""
    check_period(data.period)
    check_pairs(fact, data, ("numerator", "denominator"), ("rank", "out_of"))
    if data.rank is not None and data.out_of is not None and data.rank > data.out_of:
        raise InvalidEvent("schema", f"'{fact}' gives rank {data.rank} out of {data.out_of}")
    if fact == "observed" and all(getattr(data, name) is None for name in _FIGURES):
        raise InvalidEvent("schema", "'observed' needs a value, a fraction, a rank or a published_value")


def apply(state: IndicatorState, event: Event[IndicatorData], _rules: Rules) -> IndicatorState:
    """The indicator after an observation, which replaces the one before as a whole, or after a target."""
    data, at = event.data, event.occurred_at
    changes: dict[str, Any] = {name: getattr(data, name) for name in ("org_code", "unit_code", "unit_valid_on", "indicator_id", "period")}
    changes |= {"grain": grain(data.period), "first_day": first_day(data.period), "last_day": last_day(data.period)}
    if event.fact == "target_set":
        changes |= {"target": data.target, "target_basis": data.legal_basis, "target_set_at": state.target_set_at or at,
                    "unit": state.unit or data.unit}
        return msgspec.structs.replace(state, **changes)
    changes |= {name: getattr(data, name) for name in _TOLD} | {"observed_at": state.observed_at or at, "unit": data.unit or state.unit}
    changes["quality_flag"] = quality_flag(data.published_value, data.numerator, data.denominator, changes["unit"])
    if state.observed_at and any(getattr(data, name) != getattr(state, name) for name in _FIGURES):
        changes |= {"revised_at": at, "revisions": state.revisions + 1}
    return msgspec.structs.replace(state, **changes)


def contributions(_name: str, state: IndicatorState) -> Iterator[Contribution]:
    """What one indicator adds to the daily counts: to the day on which it was first told, and on which it was first aimed at."""
    key = (state.unit_code, state.org_code, state.grain)
    if state.observed_at:
        measures = marked({"observed": True, "manual": state.manual, "published_differs": state.quality_flag == "published_differs"})
        yield Contribution(day=local_day(state.observed_at), key=key, measures=measures, amounts=(("revisions", state.revisions),))
    if state.target_set_at:
        yield Contribution(day=local_day(state.target_set_at), key=key, measures=("targets",))


STREAM = Stream(
    name="indicator",
    topic="ioc.indicator",
    table="indicator_event",
    schema=IndicatorData,
    facts={"observed": (), "target_set": ("target",)},
    subject="<indicator id>/<organisation, unit or 'province'>/<period>",
    check=check,
    projection=Projection(
        table="indicator_state",
        state=IndicatorState,
        apply=apply,
        transitions=TRANSITIONS,
        open_states=frozenset({"targeted"}),
        history=("state", "org_code", "unit_code", "indicator_id", "period", "grain", "first_day", "last_day", "value", "numerator",
                 "denominator", "unit", "rank", "out_of", "published_value", "quality_flag", "source_text", "manual", "approved_on",
                 "revisions", "target"),
        daily=Daily(
            table="indicator_daily",
            key=("unit_code", "org_code", "grain"),
            measures=("observed", "manual", "published_differs", "revisions", "targets"),
            contributions=contributions,
        ),
    ),
)
