"""CAP 1.2 messages of those who warn (hydro-meteorology, disaster command) → the fact `bulletin` of the stream `environment`.

A bulletin is what its first message began: an Update or Cancel belongs to the subject of the message that it refers to. What the standard makes
optional and the centre needs is assumed and said in `remarks`, since a warning that is turned away warns nobody; what is wrong is turned away.
"""

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from ioc.alerts.cap_area import Outlined, box_around, geojson, shape_of, units_of
from ioc.alerts.cap_xml import cap_alert, children, pairs, text
from ioc.clock import local_day
from ioc.errors import InputError
from ioc.profiles import Profile
from ioc.streams.environment import STREAM

EVENT_TYPE = STREAM.type_of("bulletin")
ASSUMED = timedelta(hours=24)
"""How long a warning holds whose issuer does not say it."""

STATUSES = {"Actual": "actual", "Exercise": "exercise", "Test": "test"}
MSG_TYPES = {"Alert": "alert", "Update": "update", "Cancel": "cancel"}
SEVERITIES = {"Minor": 1, "Moderate": 2, "Severe": 3, "Extreme": 4}
"""CAP severity → level of disaster risk, where no parameter tells the level. Five (catastrophe) is told by name alone."""
LEVEL_NAMES = frozenset({
    "cap do rui ro thien tai", "cap do rui ro", "cap do rrtt", "rui ro thien tai", "cdrrtt", "risk level", "disaster risk level"})
"""valueNames of the parameter that tells the level of QĐ 18/2021/QĐ-TTg, in small letters without tone marks."""
PHENOMENA = {
    "triều cường": "spring_tide", "áp thấp nhiệt đới": "tropical_depression", "bão": "storm", "mưa lớn": "heavy_rain", "xâm nhập mặn": "salinity",
    "lũ": "flood", "ngập lụt": "flood", "dông": "thunderstorm", "nắng nóng": "heat", "gió mạnh": "strong_wind", "sạt lở": "landslide",
}
"""Words of an event's name, with their tone marks (báo is no bão) → the hazard's code here; an event of another name keeps its own."""

_LEVELS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_ODD = re.compile(r"[\s,<&]")
_WORD = re.compile(r"[^\W_]+")

Subjects = Callable[[Sequence[str]], str | None]
"""The bulletin that one of these identifiers belongs to, as far as is known; None = none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a message is read against: the province, what is known of earlier messages, and of outlines."""

    profile: Profile
    subjects: Subjects
    outlined: Outlined


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A message understood: an event's id, subject, time and data. `remarks`: what was assumed."""

    event_id: str
    subject: str
    sent_at: datetime
    data: dict[str, Any]
    remarks: tuple[str, ...] = ()

    def attributes(self, source: str) -> dict[str, str]:
        """Of the CloudEvent. Bulletins have a source below that of their sender, so that they never stand for the stations' sign of life."""
        return {"specversion": "1.0", "id": self.event_id, "source": f"{source}/cap", "type": EVENT_TYPE, "subject": self.subject,
                "time": self.sent_at.isoformat()}

    def body(self) -> bytes:
        return msgspec.json.encode({name: value for name, value in self.data.items() if value is not None})


def read_bulletin(data: bytes, ground: Ground) -> Bulletin:
    """A CAP message as a bulletin.

    Raises:
        InputError: the message cannot be used; names the element and the remedy.

    """
    alert = cap_alert(data)
    known = _head(alert)
    sent_at = known.pop("sent_at")
    told: dict[str, Any] = {"unit_valid_on": local_day(sent_at).isoformat()}
    remarks: list[str] = []
    infos = _spoken(children(alert, "info"))
    if known["msg_type"] != "cancel":  # what is withdrawn is withdrawn whole
        if not infos:
            raise InputError(f"<info> is missing: an {text(alert, 'msgType')} tells there what is to be feared, where and until when")
        told |= _times(infos, sent_at, remarks) | _what(infos) | _where(infos, sent_at, ground, remarks) | {"risk_level": _risk(infos)}
    own, sender = known["identifier"], text(alert, "sender")
    known["issuer"] = next((name for info in infos if (name := text(info, "senderName"))), sender)[:100]
    digest = hashlib.blake2b(f"{sender}\0{own}\0{sent_at.isoformat()}".encode(), digest_size=16).hexdigest()
    subject = own if known["msg_type"] == "alert" else _subject(own, text(alert, "references"), ground)
    return Bulletin(event_id=f"cap:{digest}", subject=subject, sent_at=sent_at, data=known | told, remarks=tuple(remarks))


def _head(alert: Element) -> dict[str, Any]:
    msg_type = _word(alert, "msgType", MSG_TYPES, "an Ack or an Error is for the sender's own systems")
    status = _word(alert, "status", STATUSES, "Draft and System messages are for nobody to act on")
    for name, most in (("identifier", 200), ("sender", 100)):
        found = text(alert, name)
        if not found or len(found) > most or _ODD.search(found):
            raise InputError(f"<{name}> is '{found[:60]}': CAP asks for one word of at most {most} characters without blanks, commas, < and &")
    references = text(alert, "references")
    if msg_type != "alert" and not _referred(references):
        raise InputError(f"<references> is '{references[:60]}': {text(alert, 'msgType')} names there what it replaces, as sender,identifier,sent")
    return {"identifier": text(alert, "identifier"), "msg_type": msg_type, "status": status, "sent_at": _moment(alert, "sent"),
            "reference": _shortened(references) or None}


def _word(alert: Element, name: str, words: dict[str, str], others: str) -> str:
    found = text(alert, name)
    if found not in words:
        raise InputError(f"<{name}> is '{found[:40]}': {', '.join(words)} are taken; {others}")
    return words[found]


def _moment(parent: Element, name: str) -> datetime:
    given = text(parent, name)
    try:
        at = datetime.fromisoformat(given)
        if at.tzinfo is not None and "T" in given:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InputError(f"<{name}> is '{given[:40]}': write a moment with its zone, e.g. 2026-11-22T15:30:00+07:00")


def _referred(references: str) -> list[str]:
    """Identifiers of the messages referred to, the first sent first."""
    parts = [triple.split(",") for triple in references.split()]
    return [identifier for _, identifier in sorted((_sent(p[2]), p[1]) for p in parts if len(p) == 3 and p[1])]


def _sent(given: str) -> float:
    try:
        return datetime.fromisoformat(given).timestamp()
    except (ValueError, OverflowError):
        return math.inf  # it is the issuer's word alone; the others say more


def _shortened(references: str, most: int = 2000) -> str:
    """References that fit their column: whole ones, the latest."""
    kept: list[str] = []
    for triple in reversed(references.split()):
        if sum(map(len, kept)) + len(kept) + len(triple) > most:
            break
        kept.insert(0, triple)
    return " ".join(kept)


def _subject(own: str, references: str, ground: Ground) -> str:
    referred = _referred(references)
    return ground.subjects([*referred, own]) or referred[0][:200]


def _spoken(infos: Sequence[Element]) -> list[Element]:
    """The infos in Vietnamese; where there are none, those of the first one's language."""
    def tongue(info: Element) -> str:
        return (text(info, "language") or "en-US")[:2].lower()

    wanted = "vi" if any(tongue(info) == "vi" for info in infos) else tongue(infos[0]) if infos else ""
    return [info for info in infos if tongue(info) == wanted]


def _times(infos: Iterable[Element], sent_at: datetime, remarks: list[str]) -> dict[str, Any]:
    begins = min(_moment(info, "effective") if text(info, "effective") else sent_at for info in infos)
    told = [_moment(info, "expires") for info in infos if text(info, "expires")]
    if not told:
        remarks.append(f"<expires> is missing: the warning is taken to hold for {ASSUMED.total_seconds() / 3600:.0f} hours; its issuer should say it")
    ends = max(told) if told else begins + ASSUMED
    if ends <= begins:
        raise InputError(f"<expires> ({ends.isoformat()}) is not after <effective> ({begins.isoformat()}): mend one of them")
    return {"effective_at": begins.isoformat(), "expires_at": ends.isoformat()}


def _what(infos: Sequence[Element]) -> dict[str, Any]:
    worst = max(infos, key=lambda info: SEVERITIES.get(text(info, "severity"), 0))
    event = text(worst, "event")
    if not event:
        raise InputError("<event> is missing in <info>: it says in a word or two what is to be feared, e.g. Triều cường")
    padded = f" {' '.join(_WORD.findall(unicodedata.normalize('NFC', event.lower())))} "
    code = next((code for words, code in PHENOMENA.items() if f" {words} " in padded), event[:100])
    return {"phenomenon": code, "headline": (text(worst, "headline") or event)[:500]}


def _where(infos: Iterable[Element], sent_at: datetime, ground: Ground, remarks: list[str]) -> dict[str, Any]:
    areas = [area for info in infos for area in children(info, "area")]
    shape = shape_of(areas, box_around(ground.profile))
    units, said = units_of(areas, shape, local_day(sent_at), ground.profile, ground.outlined)
    remarks += said
    described = dict.fromkeys(text(area, "areaDesc") for area in areas)
    return {"area": "; ".join(filter(None, described))[:2000] or None, "area_units": ",".join(units) or None,
            "geometry": geojson(shape) if shape is not None else None}


def _risk(infos: Sequence[Element]) -> int:
    """The level of disaster risk as told by name, else by severity; of several infos the gravest."""
    named = [_level(name, value) for info in infos for name, value in pairs(info, "parameter") if _plain(name) in LEVEL_NAMES]
    if named:
        return max(named)
    severities = [text(info, "severity") for info in infos]
    known = [SEVERITIES[s] for s in severities if s in SEVERITIES]
    if not known:
        raise InputError(f"<severity> is '{', '.join(severities)[:60]}': write Minor, Moderate, Severe or Extreme, or tell the risk's level, "
                         "1 to 5, in a <parameter> whose valueName is 'Cấp độ rủi ro thiên tai'")
    return max(known)


def _level(name: str, value: str) -> int:
    found = _LEVELS.get(_plain(value).removeprefix("cap do ").removeprefix("cap ").removeprefix("level ").strip())
    if found is None:
        raise InputError(f"<parameter> '{name[:60]}' is '{value[:40]}': the level of disaster risk is 1 to 5")
    return found


def _plain(words: str) -> str:
    """Small letters without tone marks, words one blank apart."""
    bare = unicodedata.normalize("NFD", words.lower().replace("đ", "d").replace("_", " "))
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", "".join(c for c in bare if not unicodedata.combining(c))).split())
