"""A service request as an app posts it (Open311 GeoReport v2) → a filing: each field checked, and named where it is wrong."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import Request
from starlette.exceptions import HTTPException

from ioc.api.geo_report_asked import near_of
from ioc.api.multipart import Bounds, Posted, Upload, photo_of, posted
from ioc.clock import local_day
from ioc.errors import InputError
from ioc.maps.ground import Atlas, is_near
from ioc.profiles import Profile
from ioc.reports.filing import MAX_ADDRESS, Filing
from ioc.reports.intake_rules import load_intake_rules
from ioc.reports.landmarks import Landmark, landmarks_on, load_landmarks, named_place
from ioc.reports.photos import MAX_BYTES, MOST
from ioc.reports.services import Kind, Services, check_answers, told_in_codes, told_in_words

BOUNDS = Bounds(files=MOST, file_bytes=MAX_BYTES)
WINDOW = timedelta(minutes=10)
"""The same request of the same key within this time is one that its app sends again."""
CHANNEL = "open311"
MOST_URL = 2000
_TAKEN = ("application/x-www-form-urlencoded", "multipart/form-data")
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,100})\](?:\[[0-9]*\])?")
_PROBLEMS = {
    "broken": "the multipart body is broken: its boundary or a part cannot be read",
    "too many parts": "the body has too many fields: leave out what the service does not ask for",
    "too much text": "the body has more than 64,000 bytes of text: shorten the description",
    "too many files": f"more than {MOST} files were sent: send at most {MOST} pictures as 'media'",
    "busy": "too many pictures are being taken: send the same again in a minute, it counts once",
    "file too large": f"'{{culprit}}' has more than {MAX_BYTES // 10**6} MB: send a smaller picture",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A request's body, taken apart. `attributes`: code → the values told."""

    fields: Mapping[str, str]
    attributes: Mapping[str, Sequence[str]]
    media: Sequence[Upload]


async def form_of(request: Request) -> Form:
    """The body of a POST.

    Raises:
        HTTPException: a body of a kind that the standard does not know, or one that breaks a bound.
        InputError: a body that is told by halves, or holds what cannot be kept.

    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TAKEN or request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, f"a request is posted as {' or '.join(_TAKEN)}, not compressed; '{kind[:80]}' is not taken, nor is XML or JSON")
    sent = await posted(request, BOUNDS)
    if sent.problem:
        status = 503 if sent.problem == "busy" else 413 if sent.problem.startswith(("too much", "too many files", "file")) else 400
        raise HTTPException(status, _PROBLEMS[sent.problem].format(culprit=sent.culprit[:80]), {"Retry-After": "60"} if status == 503 else None)
    return _taken_apart(sent)


def _taken_apart(sent: Posted) -> Form:
    attributes: dict[str, list[str]] = defaultdict(list)
    for name, value in sent.every:
        if "\0" in name + value:
            raise InputError(f"{name[:60]!r} holds the character NUL: leave it out")
        if found := _ATTRIBUTE.fullmatch(name):
            attributes[found[1]].append(value)
        elif name.startswith("attribute"):
            raise InputError(f"'{name[:60]}' is no attribute's name: write attribute[CODE]")
    if unknown := next((name for name in sent.files if name not in {"media", "media[]"}), None):
        raise InputError(f"the file '{unknown[:60]}' would be lost: send pictures as 'media'")
    return Form(fields={name: value.strip() for name, value in sent.fields.items()}, attributes=attributes,
                media=[upload for uploads in sent.files.values() for upload in uploads])


class Counter:
    """Makes filings of forms."""

    def __init__(self, profile: Profile, services: Services) -> None:
        self._services = services
        self._contact_for = load_intake_rules(profile).contact_for
        self._landmarks = load_landmarks(profile)
        self._atlas = Atlas(profile)

    async def filing(self, form: Form, actor: str, key: str, now: datetime) -> Filing:
        """What a form tells. `key`: by which the same filing is known again.

        Raises:
            InputError: a field that is missing or wrong.
            NotFoundError: a jurisdiction or service that there is none of.

        """
        kind = self._kind(form.fields)
        answers = check_answers(kind, form.attributes)
        place, address = self._place(form.fields, local_day(now))
        if not kind.jurisdiction:
            self._check_near(place[0], place[1], local_day(now))
        contact = self._contact(kind, form.fields)
        text = form.fields.get("description", "")
        photos = [await photo_of(upload) for upload in form.media]
        links = [f"media_url: {url}"] if (url := _url(form.fields)) else []
        codes = told_in_codes(kind, answers) | ({"media_url": ""} if links else {})
        return Filing(category=kind.category, channel=CHANNEL, text="\n".join([text, *told_in_words(kind, answers), *links]), actor=actor, key=key,
                      jurisdiction=kind.jurisdiction, contact=contact, lon_deg=place[0], lat_deg=place[1], accuracy_m=place[2], address=address,
                      attributes=codes, photos=photos)

    def _kind(self, fields: Mapping[str, str]) -> Kind:
        jurisdiction = self._services.jurisdiction(fields.get("jurisdiction_id", ""))
        if not fields.get("service_code"):
            raise InputError("service_code was not provided: GET services lists those there are")
        return self._services.service(jurisdiction, fields["service_code"])

    def _place(self, fields: Mapping[str, str], day: date) -> tuple[tuple[float | None, float | None, float | None], str]:
        """Longitude, latitude and accuracy, and the address in words: a place that the profile names is found by its name or code."""
        near = near_of(fields)
        address, code = fields.get("address_string", ""), fields.get("address_id", "")
        if len(address) > MAX_ADDRESS:
            raise InputError(f"address_string has {len(address)} characters, at most {MAX_ADDRESS} are taken")
        named = self._named(code or address, day)
        if code and named is None:
            raise InputError(f"address_id '{code[:60]}' is the code of no place that this server knows: give lat and long, or an address_string")
        address = address or (named.name if named else "")
        if near is not None:
            return (near.lon_deg, near.lat_deg, None), address
        if named is not None:
            return (named.lon_deg, named.lat_deg, named.accuracy_m), address
        if not address:
            raise InputError("a place was not provided: give lat and long, or an address_string, or an address_id")
        return (None, None, None), address

    def _check_near(self, lon_deg: float | None, lat_deg: float | None, day: date) -> None:
        if lon_deg is not None and lat_deg is not None and not is_near(self._atlas.on(None, day).bounds, lon_deg, lat_deg):
            raise InputError("lat and long lie outside the province: send what happens here, or leave them out and give an address_string")

    def _named(self, text: str, day: date) -> Landmark | None:
        return named_place(landmarks_on(self._landmarks, day), text) if text else None

    def _contact(self, kind: Kind, fields: Mapping[str, str]) -> dict[str, str]:
        name = " ".join(part for part in (fields.get("last_name", ""), fields.get("first_name", "")) if part)
        contact = {"name": name, "telephone": fields.get("phone", ""), "email": fields.get("email", "")}
        if contact["email"] and not re.fullmatch(r"[^\s@]+@[^\s@]+", contact["email"]):
            raise InputError("email is no mail address: write it like name@example.org, or leave it out")
        if contact["telephone"] and not any(c.isdigit() for c in contact["telephone"]):
            raise InputError("phone is no telephone number: write it in digits, or leave it out")
        if not kind.jurisdiction and kind.category in self._contact_for and not (contact["telephone"] or contact["email"]):
            raise InputError(f"the service '{kind.code}' is answered to whoever asks: phone or email was not provided")
        return contact


def own_key(form: Form, key_id: str) -> str:
    """By what the same request of the same key is known, where the app gives no Idempotency-Key."""
    digest = hashlib.sha256()
    for name, values in sorted({**{n: [v] for n, v in form.fields.items() if n != "api_key"}, **form.attributes}.items()):
        digest.update(repr((name, list(values))).encode())
    for upload in form.media:
        digest.update(hashlib.sha256(upload.body).digest())
    return f"{key_id}:{digest.hexdigest()}"


def _url(fields: Mapping[str, str]) -> str:
    url = fields.get("media_url", "")
    if url and (len(url) > MOST_URL or not re.fullmatch(r"https?://[^\s<>\"\\^`{}|]+", url)):
        raise InputError("media_url is no address of a picture: it begins with https:// and has no blanks")
    return url
