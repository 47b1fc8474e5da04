"""When a picture was taken, as the headers that came with it tell."""

import email.utils
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ioc.clock import YEARS

_MILLISECONDS_FROM = 1e11
"""A larger count since 1970 is one of milliseconds, as several makers send: in seconds it lies 3,000 years ahead."""
OF_A_PART = ("x-timestamp", "last-modified", "date")
OF_AN_ANSWER = ("x-timestamp", "last-modified")
"""`Date` of a whole answer says when the server spoke, not when the camera looked."""


def taken_at(headers: Mapping[str, str], names: Sequence[str]) -> datetime | None:
    """The first of the named headers that tells a moment; None = none does. Names are in small letters."""
    return next((at for name in names if (at := _moment(headers.get(name, "").strip())) is not None), None)


def _moment(text: str) -> datetime | None:
    if not text or len(text) > 64:
        return None
    for read in (_counted, datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            at = read(text)
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            return at.astimezone(UTC) if at.year in YEARS else None
        except (ValueError, OverflowError, OSError, IndexError):  # email.utils raises IndexError for some texts
            continue
    return None


def _counted(text: str) -> datetime:
    count = float(text)
    return datetime.fromtimestamp(count / 1000 if count >= _MILLISECONDS_FROM else count, UTC)
