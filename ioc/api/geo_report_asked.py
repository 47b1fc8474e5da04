"""What a reader of Open311 asks for: the filters of GET requests, each checked, and named where it is wrong."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from ioc.errors import InputError
from ioc.moment import read_moment
from ioc.reports.public import DEEPEST, MOST, Near, Sought
from ioc.reports.services import Services

SPAN = timedelta(days=90)
SECOND = timedelta(seconds=1)
"""To which moments are told: a window that ends with a report's own moment holds it."""
MOST_IDS = 50
PAGE = 50
FARTHEST_M = 100_000.0
STATUSES = {"open", "closed"}


def ids_of(query: Mapping[str, str]) -> list[str]:
    """The reports that are asked for by their codes, which leaves all other filters aside.

    Raises:
        InputError: too many.

    """
    found = _several(query, "service_request_id")
    if len(found) > MOST_IDS:
        raise InputError(f"service_request_id names {len(found)} requests, at most {MOST_IDS} are answered at once: ask in parts")
    return found


def sought_of(query: Mapping[str, str], services: Services, now: datetime) -> Sought:
    """The filters of a list of requests.

    Raises:
        InputError: a filter with a value that it does not know.
        NotFoundError: a jurisdiction or service that there is none of.

    """
    jurisdiction = services.jurisdiction(query.get("jurisdiction_id", ""))
    changed = _window(query, "updated_after", "updated_before", now)
    since, until = _window(query, "start_date", "end_date", now, default=changed == (None, None))
    most = _whole(query, "page_size", PAGE, 1, MOST)
    page = _whole(query, "page", 1, 1, DEEPEST)
    if (page - 1) * most >= DEEPEST:
        raise InputError(f"page '{page}' lies beyond the first {DEEPEST} requests: ask for an earlier end_date instead")
    return Sought(jurisdiction=jurisdiction, since=since, until=until, changed_since=changed[0], changed_until=changed[1],
                  categories=_categories(query, services, jurisdiction), is_open=_status(query), near=near_of(query, is_filter=True),
                  most=most, skip=(page - 1) * most)


def near_of(query: Mapping[str, str], *, is_filter: bool = False) -> Near | None:
    """The point that `lat` and `long` name, with the radius in metres of a filter; None where there is neither.

    Raises:
        InputError: half a place, or one that is none.

    """
    told = [name for name in ("lat", "long") if query.get(name, "").strip()]
    if not told and not (is_filter and query.get("radius")):
        return None
    if len(told) != 2:
        raise InputError("lat and long are given together: one of them was not provided")
    lat_deg, lon_deg = _decimal(query, "lat", 90), _decimal(query, "long", 180)
    if (lat_deg, lon_deg) == (0, 0):
        raise InputError("lat 0, long 0 is what an app sends that knows no place: leave both out and give an address_string")
    return Near(lon_deg, lat_deg, _decimal(query, "radius", FARTHEST_M) if is_filter else 0.0)


def _decimal(query: Mapping[str, str], name: str, most: float) -> float:
    text = query.get(name, "")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -most <= value <= most or (name == "radius" and value <= 0):
        least = "above 0" if name == "radius" else f"-{most:g}"
        raise InputError(f"{name} '{text[:40]}' is no number from {least} to {most:g}: " + (
            "give the metres around lat and long" if name == "radius" else "give degrees of WGS 84 like 9.6031"))
    return value


def _categories(query: Mapping[str, str], services: Services, jurisdiction: str) -> list[str] | None:
    codes = _several(query, "service_code")
    if len(codes) > MOST_IDS:
        raise InputError(f"service_code names {len(codes)} services, at most {MOST_IDS} are sought at once")
    kinds = [services.service(jurisdiction, code) for code in codes]
    return [name for kind in kinds for name in {kind.category, kind.code}] or None


def _status(query: Mapping[str, str]) -> bool | None:
    told = {status.lower() for status in _several(query, "status")}
    if unknown := sorted(told - STATUSES):
        raise InputError(f"status '{unknown[0][:40]}' is not known: it is open or closed")
    return None if len(told) != 1 else told == {"open"}


def _window(query: Mapping[str, str], first: str, last: str, now: datetime, *, default: bool = False) -> tuple[datetime | None, datetime | None]:
    """Half-open; of one end alone the other lies 90 days off; `default`: the last 90 days where neither is given."""
    read = partial(_moment, query)
    since, end = read(first), read(last)
    until = end + SECOND if end else None
    if since is None and until is None:
        return (now - SPAN, None) if default else (None, None)
    since = since or (until or now) - SPAN
    until = until or since + SPAN
    if until < since:
        raise InputError(f"{first} '{query.get(first, '')[:40]}' lies after {last} '{query.get(last, '')[:40]}': change the two")
    if until - since > SPAN + SECOND:
        raise InputError(f"{first} and {last} span {(until - since).days} days, at most {SPAN.days} are answered at once: ask in parts")
    return since, until


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name, "").strip()
    return read_moment(name, text if "T" in text else f"{text}T00:00:00") if text else None


def _whole(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise InputError(f"{name} '{text[:40]}' is no whole number from {least} to {most}")
    return int(text)


def _several(query: Mapping[str, str], name: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in query.get(name, "").split(",") if part.strip()))
