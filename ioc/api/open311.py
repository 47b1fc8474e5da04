"""Import of service requests in Open311 GeoReport v2 JSON, with the notes some cities add: a life cycle each, under its own jurisdiction.

What the schema does not name is kept under `open311` of the event it belongs to. Ids are derived from the content,
so that the same file, or a later export of the same requests, is stored once.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from ioc.errors import InputError
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.envelope import write_headers
from ioc.streams.report import STREAM, ReportData

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Object = dict[str, Any]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a request's history; `type` opened, submitted, activity, follow_on_created, follow_on_closed, closed …"""

    datetime: Moment
    type: str = ""
    summary: str = ""
    description: str = ""


class _Fields(msgspec.Struct, frozen=True, kw_only=True):
    service_request_id: Text
    status: str
    service_name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    requested_datetime: Moment
    updated_datetime: Moment | None = None
    address: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    long: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    extended_attributes: Object | None = None
    notes: tuple[Note, ...] = ()


class Request(NamedTuple):
    """A request that can be imported: what is understood of it, and all of it."""

    fields: _Fields
    raw: Mapping[str, Any]


class Imported(NamedTuple):
    """An event of a request. `time` in UTC, `data` for the stream 'report'."""

    type: str
    id: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]


_MAPPED = {"service_request_id", "service_name", "requested_datetime", "address", "lat", "long", "notes"}
# What stays as it was when the request was made; the rest may differ in a later export and goes with the end.
_FIRST = {"service_code", "description", "address_id", "zipcode", "attributes"}


def read_requests(file: bytes | Path) -> list[Request]:
    """All requests of a file, or none: the first that cannot be used refuses the file.

    Raises:
        InputError: names the file, the request and the remedy.

    """
    name = "the file" if isinstance(file, bytes) else file.name
    try:
        content = msgspec.json.decode(file if isinstance(file, bytes) else file.read_bytes())
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputError(f"{name} is no JSON ({error}): export the requests again as GeoReport v2 JSON") from None
    if not isinstance(content, list):
        raise InputError(f"{name}: GeoReport v2 is a JSON list of requests, this is one {type(content).__name__}: put it in [ ]")
    requests = [_request(name, number, raw) for number, raw in enumerate(content, start=1)]
    counts = Counter(r.fields.service_request_id for r in requests)
    if twice := [found for found, n in counts.items() if n > 1]:
        raise InputError(f"{name}: request {twice[0]} stands in it {counts[twice[0]]} times: leave one of them")
    return requests


def publish_file(file: Path, jurisdiction: str, connect: Callable[[], Publisher]) -> tuple[int, int]:
    """Publish a file's requests, all checked before the first is sent; the numbers of requests and of events.

    Raises:
        InputError: the file or the jurisdiction cannot be used; nothing was published then.

    """
    requests = read_requests(file)
    found = [event for request in requests for event in events(request, jurisdiction)]
    publisher = connect()
    try:
        for e in found:
            headers = write_headers(event_id=e.id, source=e.source, type_=e.type, subject=e.subject, time=e.time, simulated=False)
            publisher.send(STREAM.topic, e.subject.encode(), msgspec.json.encode(e.data), headers)
        publisher.flush()
    finally:
        publisher.close()
    return len(requests), len(found)


def _request(name: str, number: int, raw: object) -> Request:
    known = raw.get("service_request_id") if isinstance(raw, dict) else None
    where = f"{name}, request {number}" + (f" ({known})" if known else "")
    if isinstance(raw, dict) and "token" in raw and not known:
        raise InputError(f"{where} has a token and no service_request_id yet: export it again when it has one")
    try:
        request = Request(msgspec.convert(raw, _Fields), raw if isinstance(raw, dict) else {})
        for event in events(request, "check"):
            msgspec.convert(msgspec.json.decode(msgspec.json.encode(event.data)), ReportData)
    except (msgspec.ValidationError, InputError) as error:
        raise InputError(f"{where}: {error}; mend it in the file and import the file again") from None
    if re.search(rb"(?<!\\)(?:\\\\)*\\u0000", msgspec.json.encode(raw)):
        raise InputError(f"{where} contains a NUL character, which the database cannot hold: delete it")
    return request


def events(request: Request, jurisdiction: str) -> Iterator[Imported]:
    """Events of a request: opened, its notes, closed, each at its real time.

    Raises:
        InputError: a jurisdiction that cannot stand in an address, or a closed request without a time of its end.

    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", jurisdiction):
        raise InputError(f"the jurisdiction '{jurisdiction}' must be small letters, digits and hyphens, e.g. chicago")
    fields, raw = request
    opening, between, closing = _parted(fields.status, fields.notes)
    raw_notes = raw.get("notes") or []
    story = _Story(jurisdiction, fields.service_request_id)
    yield story.event("submitted", fields.requested_datetime, "submitted", **_opened(fields), open311=_first(raw, _at(raw_notes, opening)))
    for number in between:
        note, whole = fields.notes[number], raw_notes[number]
        text = ": ".join(part for part in (note.summary, note.description) if part)
        yield story.event("noted", note.datetime, f"note:{story.digest(whole)}", note=text or None, open311=whole)
    last = _last(raw, _at(raw_notes, closing))
    if fields.status.lower() == "closed":
        ended = fields.notes[closing].datetime if closing is not None else fields.updated_datetime
        if ended is None:
            raise InputError("it is closed, but neither a note of type 'closed' nor updated_datetime says when")
        yield story.event("closed_by_source", ended, "closed", open311=last)
    elif fields.updated_datetime:
        yield story.event("noted", fields.updated_datetime, f"state:{story.digest(last)}", open311=last)


class _Story:
    def __init__(self, jurisdiction: str, request_id: str) -> None:
        self._jurisdiction = jurisdiction
        self._subject = f"{jurisdiction}:{request_id}"
        self._seen: Counter[str] = Counter()

    def digest(self, content: object) -> str:
        """Short digest of a content; the same content again within a request has another."""
        found = hashlib.blake2b(msgspec.json.encode(content, order="deterministic"), digest_size=8).hexdigest()
        self._seen[found] += 1
        return found if self._seen[found] == 1 else f"{found}.{self._seen[found]}"

    def event(self, fact: str, at: datetime, end: str, **data: Any) -> Imported:
        kept = {key: value for key, value in data.items() if value is not None and value != {}}
        return Imported(
            type=STREAM.type_of(fact), id=f"{self._subject}:{end}", source=f"/open311/{self._jurisdiction}", subject=self._subject,
            time=at.astimezone(UTC), data={"jurisdiction": self._jurisdiction, **kept},
        )


def _parted(status: str, notes: Sequence[Note]) -> tuple[int | None, list[int], int | None]:
    # One note says what the opening says, and the last 'closed' of a closed request what its end says.
    opening = next((n for n, note in enumerate(notes) if note.type == "opened"), None)
    ends = [n for n, note in enumerate(notes) if note.type == "closed" and status.lower() == "closed"]
    closing = max(ends, key=lambda n: notes[n].datetime, default=None)
    return opening, [n for n in range(len(notes)) if n not in (opening, closing)], closing


def _opened(fields: _Fields) -> dict[str, Any]:
    channel = (fields.extended_attributes or {}).get("channel")
    whole = fields.lat is not None and fields.long is not None
    return {
        "category": fields.service_name,
        "channel": channel if isinstance(channel, str) and 0 < len(channel) <= 100 else "open311",
        "lon_deg": fields.long if whole else None,
        "lat_deg": fields.lat if whole else None,
        "address": fields.address,
    }


def _first(raw: Mapping[str, Any], note: object) -> Object:
    kept = {key: value for key, value in raw.items() if key in _FIRST}
    return kept | ({"note": note} if note else {})


def _last(raw: Mapping[str, Any], note: object) -> Object:
    kept = {key: value for key, value in raw.items() if key not in _MAPPED | _FIRST}
    if ("lat" in raw) != ("long" in raw) or (raw.get("lat") is None) != (raw.get("long") is None):
        kept |= {key: raw[key] for key in ("lat", "long") if key in raw}
    return kept | ({"note": note} if note else {})


def _at(notes: Sequence[Any], number: int | None) -> object:
    return None if number is None else notes[number]
