"""What was posted: the content mode, the body within its limits, and the events in it, each still to be read."""

from collections.abc import Callable, Sequence
from email.message import Message

from fastapi import Request
from starlette.exceptions import HTTPException

from ioc.api.arrivals import Arrival, event_in_headers, one_event, several_events
from ioc.api.bodies import body_of
from ioc.errors import InvalidEvent

MAX_BODY = 5 << 20
MAX_EVENTS = 1000
MAX_DETAIL = 500
READ_S = 30.0

Reading = Callable[[], Arrival]
"""Reads one event; raises InvalidEvent."""

_SINGLE = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_TOO_LARGE = f"the body is larger than {MAX_BODY} bytes: send fewer events at once"


async def posted_events(request: Request, *, within_s: float = READ_S) -> Sequence[Reading]:
    """The events of a request.

    Raises:
        HTTPException: the request as a whole cannot be read: 400, 408, 413, 415.

    """
    kind, charset = _content_type(request.headers.get("content-type", ""))
    binary = kind == "application/json" and "ce-specversion" in request.headers
    if not binary and kind not in {_SINGLE, _BATCH}:
        raise HTTPException(415, f"the content type is '{kind[:100]}'; this takes {_SINGLE}, {_BATCH}, and application/json with ce- headers")
    if charset not in {"utf-8", "utf8", "us-ascii"} or request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "the body must be UTF-8 and not compressed")
    raw = await body_of(request, MAX_BODY, within_s, _TOO_LARGE)
    if kind == _BATCH:
        return _batch(raw)
    return [lambda: event_in_headers(request.headers.raw, raw) if binary else one_event(raw)]


def _content_type(text: str) -> tuple[str, str]:
    headed = Message()
    headed["content-type"] = text
    return (headed.get_content_type() if text else ""), str(headed.get_content_charset("utf-8"))


def _batch(raw: bytes) -> Sequence[Reading]:
    try:
        found = several_events(raw)
    except InvalidEvent as verdict:
        raise HTTPException(400, f"the batch cannot be read: {verdict.detail[:MAX_DETAIL]}") from None
    if len(found) > MAX_EVENTS:
        raise HTTPException(413, f"the batch has {len(found)} events, at most {MAX_EVENTS} are taken at once")
    return [_reading(event) for event in found]


def _reading(raw: bytes) -> Reading:
    return lambda: one_event(raw)
