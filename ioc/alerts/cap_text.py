"""CAP 1.2 documents and their Atom 1.0 feed, as bytes that depend on nothing but the messages, the rules and the province's names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import msgspec

from ioc.alerts.cap import EXPIRES, Message, identifier
from ioc.alerts.register import Register
from ioc.alerts.wording import SEVERITIES, Found, figures_of, place, sentence, title
from ioc.clock import LOCAL, local_day
from ioc.profiles import Profile
from ioc.words import LANGUAGES, Words, words

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE, ATOM_TYPE = "application/cap+xml", "application/atom+xml"
FEED, MESSAGES = "/cap/alerts.atom", "/cap/alerts/"
GEOCODE = "GSO"
"""valueName of a unit's code: the General Statistics Office's list of administrative units. Codes are used again, so `unit_valid_on` goes with it."""
RESTRICTION = "Lưu hành nội bộ: cơ quan, đơn vị có nhiệm vụ xử lý (internal: those who have to act)"
SIMULATED = "Dữ liệu mô phỏng, không phải cảnh báo thật (simulated data, no real warning)"

_TONGUES = {"vi": "vi-VN", "en": "en-US"}
_SEVERITY = {1: "Minor", 2: "Moderate", 3: "Severe", 4: "Extreme"}
_URGENCY = {1: "Future", 2: "Future", 3: "Expected", 4: "Immediate"}
_CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "environment": ("Met", "Env"), "security_traffic": ("Safety", "Transport"), "digital_platform": ("Infra",), "online_services": ("Infra",),
    "social_services": ("Health",), "citizen_reports": ("Safety",),
}
_BARRED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who speaks. `sender`: unique in the world, without blanks, commas, < and &."""

    sender: str
    profile: Profile
    register: Register


def document(message: Message, issuer: Issuer, outline: str | None = None) -> bytes:
    """A message as CAP 1.2. `outline`: GeoJSON of its unit.

    Scope is Restricted, not Public (an internal warning names what is not for everybody) and not Private (that asks for a list of addresses, and
    whoever holds a key or the permission may read).
    """
    alert = ET.Element("alert", xmlns=CAP)
    _put(alert, "identifier", message.identifier)
    _put(alert, "sender", issuer.sender)
    _put(alert, "sent", _moment(message.sent_at))
    _put(alert, "status", "Exercise" if message.simulated else "Actual")
    _put(alert, "msgType", message.kind)
    _put(alert, "scope", "Restricted")
    _put(alert, "restriction", RESTRICTION)
    _put(alert, "note", SIMULATED if message.simulated else "")
    if message.kind != "Alert":
        _put(alert, "references", " ".join(f"{issuer.sender},{identifier(message.alert_id, n)},{_moment(at)}"
                                           for n, at in enumerate(message.earlier, start=1)))
    _put(alert, "incidents", quote(message.alert_id, safe=""))
    for language in LANGUAGES:
        _info(ET.SubElement(alert, "info"), message, issuer, words(language), outline)
    return _bytes(alert)


def _info(info: ET.Element, message: Message, issuer: Issuer, text: Words, outline: str | None) -> None:
    is_over = message.kind == "Cancel"
    rule = issuer.register.rules.get(message.rule_id)
    _put(info, "language", _TONGUES[text.language])
    for category in _CATEGORIES.get(rule.panel if rule else "", ("Other",)):
        _put(info, "category", category)
    _put(info, "event", title(rule, text) if rule else message.rule_id)
    _put(info, "responseType", "AllClear" if is_over else "Assess" if message.severity >= 3 else "Monitor")
    _put(info, "urgency", "Past" if is_over else _URGENCY[message.severity])
    _put(info, "severity", _SEVERITY[message.severity])
    _put(info, "certainty", "Observed")
    _pair(info, "eventCode", "ioc:rule", message.rule_id)
    _put(info, "effective", _moment(message.sent_at))
    _put(info, "onset", _moment(message.onset_at))
    _put(info, "expires", _moment(message.sent_at + EXPIRES))
    _put(info, "senderName", _name(issuer, text, message.sent_at))
    _put(info, "headline", headline(message, issuer, text))
    _put(info, "description", _description(message, issuer, text))
    for name, value in _parameters(message):
        _pair(info, "parameter", name, value)
    _area(ET.SubElement(info, "area"), message, _place(message, issuer, text), outline)


def headline(message: Message, issuer: Issuer, text: Words) -> str:
    """Severity, what and where in one line; with its mark where data are simulated."""
    rule = issuer.register.rules.get(message.rule_id)
    what = title(rule, text) if rule else message.rule_id
    told = f"{text(SEVERITIES[message.severity])}: {what} – {_place(message, issuer, text)}"
    told = text("Đã kết thúc: {what}", what=told) if message.kind == "Cancel" else told
    return f"[{text('mô phỏng')}] {told}" if message.simulated else told


def _description(message: Message, issuer: Issuer, text: Words) -> str:
    rule = issuer.register.rules.get(message.rule_id)
    if rule is None:
        return text("Quy tắc {rule} không còn trong danh mục.", rule=message.rule_id)
    # The things of a private watch are dossiers: their codes leave the centre in no text.
    item = "" if issuer.register.watch(rule).private else message.subject_ref or ""
    found = Found(unit_code=message.unit_code, org_code=message.org_code, value=message.value, cases=message.cases,
                  figures=figures_of(message.figures), since_at=message.onset_at, item=item)
    return sentence(rule, text, issuer.profile, local_day(message.sent_at), found)


def _parameters(message: Message) -> Iterator[tuple[str, str]]:
    yield "ioc:rule", message.rule_id
    yield "ioc:severity", str(message.severity)
    if message.basis:
        yield "ioc:basis", message.basis
    if message.cases is not None:
        yield "ioc:cases", str(message.cases)
    if message.unit_code:
        yield "ioc:unit_valid_on", local_day(message.onset_at).isoformat()


def _place(message: Message, issuer: Issuer, text: Words) -> str:
    return place(text, issuer.profile, local_day(message.sent_at), message.unit_code, message.org_code)


def _name(issuer: Issuer, text: Words, at: datetime) -> str:
    return f"{issuer.profile.subtitle(text.language)} – {issuer.profile.title(text.language, local_day(at))}"


def _area(area: ET.Element, message: Message, name: str, outline: str | None) -> None:
    _put(area, "areaDesc", name)
    for ring in _rings(outline):
        _put(area, "polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in ring))
    if message.unit_code:
        _pair(area, "geocode", GEOCODE, message.unit_code)


def _rings(outline: str | None) -> Iterator[Sequence[tuple[float, float]]]:
    """Outer rings: a CAP polygon has no holes."""
    if outline is None:
        return
    shape: dict[str, Any] = msgspec.json.decode(outline)
    for polygon in shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]:
        yield [(point[0], point[1]) for point in polygon[0]]


def feed(found: Sequence[Message], issuer: Issuer, now: datetime, language: str) -> bytes:
    """Atom 1.0 of messages, the newest first. Without any, it is as old as its day."""
    text = words(language)
    made = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _put(made, "id", f"urn:x-ioc:{issuer.sender}:alerts")
    _put(made, "title", text("Cảnh báo mức 3 và 4"))
    _put(made, "subtitle", RESTRICTION)
    midnight = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    _put(made, "updated", _moment(max((m.sent_at for m in found), default=midnight)))
    _put(ET.SubElement(made, "author"), "name", _name(issuer, text, now))
    ET.SubElement(made, "link", rel="self", type=ATOM_TYPE, href=FEED)
    for message in found:
        _entry(ET.SubElement(made, "entry"), message, issuer, text)
    return _bytes(made)


def _entry(entry: ET.Element, message: Message, issuer: Issuer, text: Words) -> None:
    _put(entry, "id", f"urn:x-ioc:{issuer.sender}:{message.identifier}")
    _put(entry, "title", headline(message, issuer, text))
    _put(entry, "updated", _moment(message.sent_at))
    ET.SubElement(entry, "link", rel="alternate", type=CAP_TYPE, href=f"{MESSAGES}{quote(message.alert_id)}/{message.n}.xml")
    for term in (message.kind, "Exercise" if message.simulated else "Actual", _SEVERITY[message.severity]):
        ET.SubElement(entry, "category", term=term)
    _put(entry, "summary", _description(message, issuer, text))


def _put(parent: ET.Element, name: str, text: str) -> None:
    """An element with a text; none where there is nothing to say."""
    if text:
        ET.SubElement(parent, name).text = _BARRED.sub("\N{REPLACEMENT CHARACTER}", text)


def _pair(parent: ET.Element, name: str, value_name: str, value: str) -> None:
    made = ET.SubElement(parent, name)
    _put(made, "valueName", value_name)
    _put(made, "value", value)


def _moment(at: datetime) -> str:
    """As CAP asks for: whole seconds, and an offset, never Z."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"
