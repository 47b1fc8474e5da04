"""What cameras say of a unit's desks, hour by hour: how long they were seen to be staffed, how long a camera that must see did see."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ioc.clock import end_of, local_day
from tests.oracle import fact_of, stream_of
from tests.truth.expected import Counts, View

OBSERVED = {"status": {"": "="}, "occupancy": {"": "="}, "detection": {"": "="}}
"""Cameras have no life cycle: every observation is permitted."""

Span = tuple[datetime, datetime]
_HOUR = timedelta(hours=1)


def _heard(view: View, name: str) -> dict[tuple[str, str], dict[datetime, list[Any]]]:
    """What cameras said of one thing: (camera, unit) → hour → values."""
    found: dict[tuple[str, str], dict[datetime, list[Any]]] = defaultdict(lambda: defaultdict(list))
    once = {(w["source"], w["id"]): w for w in view.before(view.until) if stream_of(w) == "camera"}
    for wire in once.values():
        if wire["data"].get(name) is not None and fact_of(wire) in OBSERVED:
            hour = datetime.fromisoformat(wire["time"]).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            found[wire["subject"], wire["data"]["unit_code"]][hour].append(wire["data"])
    return found


def _minutes(a: Span, b: Span) -> float:
    return max(0.0, (min(a[1], b[1]) - max(a[0], b[0])) / timedelta(minutes=1))


def online(view: View) -> Counts:
    """An hour's share of "online" counts for its minutes; silence is no picture, for seven days, then the camera is out of service."""
    counts: Counts = Counter()
    for (_, unit), hours in _heard(view, "online").items():
        told = sorted(hours)
        for hour, following in zip(told, [*told[1:], view.until], strict=True):
            due = (max(hour, view.since), max(view.since, min(following, view.until, hour + timedelta(days=7))))
            share = sum(said["online"] for said in hours[hour]) / len(hours[hour])
            counts[unit, "due_min"] += _minutes(due, due)  # type: ignore[assignment]
            counts[unit, "online_min"] += share * _minutes(due, (hour, hour + _HOUR))
    return counts


def staffed(view: View) -> Counts:
    """Minutes in which a desk of the unit was open, in hours that a camera of the unit counted in, and its share of counts with staff."""
    counts: Counts = Counter()
    openings = _openings(view)
    for (_, unit), hours in _heard(view, "waiting").items():
        for hour, counted in hours.items():
            minutes = sum(_minutes(span, (hour, hour + _HOUR)) for span in openings[unit]) if hour >= view.since else 0
            share = sum((said.get("staff_present") or 0) > 0 for said in counted) / len(counted)
            counts[unit, "open_min"] += minutes  # type: ignore[assignment]
            counts[unit, "staffed_min"] += share * minutes
    return counts


def _openings(view: View) -> dict[str, list[Span]]:
    """When one desk of a unit at least was open; a desk that forgot to close does so at midnight."""
    found: dict[str, list[Span]] = defaultdict(list)
    for f in view.subjects("counter"):
        for opened, closed in f["openings"] or ():
            if view.since <= opened < view.until:
                found[f["unit_code"]].append((opened, min(closed or view.until, view.until, end_of(local_day(opened)))))
    return defaultdict(list, {unit: list(_joined(sorted(spans))) for unit, spans in found.items()})


def _joined(spans: list[Span]) -> Iterator[Span]:
    while spans:
        begin, end = spans.pop(0)
        while spans and spans[0][0] <= end:
            end = max(end, spans.pop(0)[1])
        yield begin, end
