"""E-documents of the national axis: headers and status messages of edXML 1.02, or a table of the documents' current states.

A status message is an event and is published at its own moment, whatever its order of arrival. A row of a table says what is now: what must
have come before it is inferred and marked. Names of persons, subjects and contents of documents stay outside.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from ioc.clock import end_of, local_day, start_of
from ioc.codes import DocumentId, cleaned, read_document
from ioc.errors import InputError
from ioc.pull.engine import xml
from ioc.pull.engine.agency import agency_code
from ioc.pull.engine.contract import Adapter, Clean, Context, Fact, Known, Query, Raw, Seen, Step
from ioc.pull.engine.life import Life, Told, numbered, place
from ioc.pull.engine.reading import folded, kept, past, text_of
from ioc.pull.engine.store import digest
from ioc.streams.document import EDXML, STREAM

FACTS = {code: fact for fact, code in EDXML.items()}
"""State code of edXML 1.02 → fact."""
URGENCY = {"0": "normal", "1": "urgent", "2": "very_urgent", "3": "express", "4": "express", "thường": "normal", "khẩn": "urgent",
           "thượng khẩn": "very_urgent", "hỏa tốc": "express", "hoả tốc": "express", "hỏa tốc hẹn giờ": "express", "hoả tốc hẹn giờ": "express"}
_ROW = ("DocumentId", "OrganId", "StatusCode", "Timestamp", "Priority", "TypeName", "DueDate")
_BRIDGES = ("sent", "arrived", "accepted", "processing", "finished", "refused", "recalled", "update_agreed")
assert STREAM.projection is not None
_PROJECTION = STREAM.projection


def door(raw: Raw, key: bytes | None) -> list[Clean]:
    """What the XML in `xml` tells, or the known columns of a row."""
    del key
    told = next((value for name, value in raw.items() if name.casefold() == "xml"), None)
    if told is None:
        return [{"form": "row", **kept(raw, _ROW)}]
    try:
        return list(_messages(told if isinstance(told, Element) else xml.root(told if isinstance(told, bytes) else str(told).encode())))
    except InputError as error:
        return [{"form": "unreadable", "reason": str(error), "digest": digest({"xml": str(told)})}]


def _messages(root: Element) -> Iterator[Clean]:
    status = next((e for e in root.iter() if xml.name(e) == "Status" and xml.child(e, "StatusCode") is not None), None)
    if status is not None:
        answered = xml.child(status, "ResponseFor")
        found = {"DocumentId": xml.text(answered, "DocumentId") or _joined(answered), "OrganId": xml.text(status, "From", "OrganId"),
                 "StatusCode": xml.text(status, "StatusCode"), "Timestamp": xml.text(status, "Timestamp")}
        yield {"form": "status", **{name: text for name, value in found.items() if (text := text_of(value))}}
        return
    header = next((e for e in root.iter() if xml.name(e) == "MessageHeader"), None)
    if header is None:
        why = "it has neither a MessageHeader nor a Status with a StatusCode: it is no edXML 1.02"
        yield {"form": "unreadable", "reason": why, "digest": digest({"names": [xml.name(e) for e in root.iter()]})}
        return
    about = _about(header, root)
    yield {"form": "header", **about}
    for to in (e for e in header if xml.name(e) == "To"):
        yield {"form": "copy", **about, "OrganId": text_of(xml.text(to, "OrganId"))}


def _about(header: Element, root: Element) -> Clean:
    found = {
        "DocumentId": xml.text(header, "DocumentId"),
        "Priority": xml.text(header, "OtherInfo", "Priority"),
        "TypeName": xml.text(header, "DocumentType", "TypeName"),
        "DueDate": xml.text(header, "DueDate"),
        "Timestamp": min((xml.text(e, "Timestamp") for e in root.iter() if xml.name(e) == "TraceHeader"), default=""),
        "signed": "1" if any(xml.name(e) == "Signature" and len(e) for e in root.iter()) else "",
    }
    return {name: text for name, value in found.items() if (text := text_of(value))}


def _joined(answered: Element | None) -> str:
    parts = [xml.text(answered, name) for name in ("OrganId", "PromulgationDate", "Code")]
    return ",".join(parts) if all(parts) else ""


def subject(clean: Clean) -> str:
    """The document's id; of a recipient's copy with `>` and the recipient."""
    document, org = cleaned(clean.get("DocumentId", "")), cleaned(clean.get("OrganId", ""))
    try:
        document = str(read_document(document))
    except InputError:
        return ""
    return f"{document}>{org}" if org else document if clean["form"] == "header" else ""


def kind(clean: Clean) -> str:
    """Which record of the document or copy it is: each status is one of its own, the others replace what stood there before."""
    return f"status {clean.get('StatusCode', '')}" if clean["form"] == "status" else str(clean["form"])


def see(clean: Clean, known: Known, context: Context) -> Seen:
    """What a message or a row adds to what is known of its document or copy.

    Raises:
        InputError: the record cannot be used; the sentence names what is wrong.

    """
    if clean["form"] == "unreadable":
        raise InputError(clean["reason"])
    document = read_document(clean.get("DocumentId", ""))
    about = {**known.fields, **_said(clean)}
    match clean["form"]:
        case "header":
            return _sent(clean, document, about, known, context)
        case "copy":
            return Seen(replace(known, fields=about), [])
    code = clean.get("StatusCode", "").zfill(2)
    if code not in FACTS:
        raise InputError(f"StatusCode is '{code[:20]}': known are {', '.join(FACTS)}")
    at = past("Timestamp", clean.get("Timestamp"), context.observed_at)
    org = agency_code("OrganId", clean.get("OrganId", ""), at or context.observed_at, context)
    base = _base(document, org, about, context) | {"to_org": org}
    return (_reported if clean["form"] == "status" else _stands)(code, at, base, known, context)


def _sent(clean: Clean, document: DocumentId, about: Clean, known: Known, context: Context) -> Seen:
    if "sent" in known.told:
        return Seen(known, [])
    told = past("Timestamp", clean.get("Timestamp"), context.observed_at)
    at = told or context.observed_at
    said = _base(document, agency_code("OrganId", str(document.org), at, context), about, context) | ({} if told else {"moment": "observed"})
    return Seen(replace(known, told=known.told | {"sent": at.isoformat()}, fields=about), [Fact("sent", at, 0, said)])


def _reported(code: str, at: datetime | None, base: dict[str, Any], known: Known, context: Context) -> Seen:
    """A status message: numbered by its code, so that those of one second stand in the order of the life."""
    del context
    if at is None:
        raise InputError("Timestamp is missing: a status message must say when")
    key = f"{code}:{at.isoformat()}"
    if key in known.told:
        return Seen(known, [])
    fact = Fact(FACTS[code], at, int(code), base | {"edxml_state": code})
    return Seen(replace(known, told=known.told | {key: at.isoformat()}), [fact])


def _stands(code: str, at: datetime | None, base: dict[str, Any], known: Known, context: Context) -> Seen:
    """A row of current states: the state, and what must have come before it."""
    key = f"{code}:{at.isoformat()}" if at else code
    if known.told.get("row") == key:
        return Seen(known, [])
    life = Life(_PROJECTION, _BRIDGES, lambda fact: base | ({"edxml_state": EDXML[fact]} if fact in EDXML else {}))
    told = Told(key, FACTS[code], at or context.observed_at, base | {"edxml_state": code} | ({} if at else {"moment": "observed"}))
    placed = place(life, known.steps, [told], {}, context.observed_at)
    facts = numbered(placed, known.steps)
    steps = (*known.steps, *(Step(f.fact, f.at, f.number) for f in facts))
    return Seen(replace(known, steps=steps, told=known.told | {"row": key}), facts)


def _base(document: DocumentId, teller: str, about: Clean, context: Context) -> dict[str, Any]:
    from_org = agency_code("DocumentId", str(document.org), start_of(document.issued_on), context)
    level = {"level": "central"} if document.org.levels[0].startswith("G") else {}
    return {
        "org_code": teller, "unit_code": context.unit_of(teller, context.observed_at), "unit_valid_on": local_day(context.observed_at).isoformat(),
        "from_org": from_org, "number": document.number, "symbol": document.symbol, "issued_on": document.issued_on.isoformat(), **level, **about,
    }


def _said(clean: Clean) -> dict[str, Any]:
    """What a record says of its document, in the stream's words; these are remembered for the events of its copies."""
    found: dict[str, Any] = {}
    if priority := clean.get("Priority"):
        if folded(priority) not in URGENCY:
            raise InputError(f"Priority is '{priority[:40]}': known are 0 to 4 and their names")
        found["urgency"] = URGENCY[folded(priority)]
    if kind := clean.get("TypeName"):
        found["kind"] = folded(kind)[:100]
    if clean.get("signed"):
        found["signed"] = True
    if due := clean.get("DueDate"):
        found["due_at"] = _end_of_day(due).isoformat()
    return found


def _end_of_day(text: str) -> datetime:
    try:
        return end_of(date.fromisoformat(text.replace("/", "-")[:10]))
    except ValueError:
        raise InputError(f"DueDate is '{text[:40]}': write YYYY/MM/DD") from None


ADAPTER = Adapter(
    name="edxml",
    stream="document",
    door=door,
    subject=subject,
    see=see,
    queries=(Query(path="documents"),),
    required=(),
    columns=("xml", *_ROW),
    xml=lambda data: [{"xml": xml.root(data)}],
    kind=kind,
)
