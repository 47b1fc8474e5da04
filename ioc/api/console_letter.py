"""One message that could not be taken, as the desk shows it: readable, masked, with a form to mend it."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from ioc.api.console_letters_words import Reason, act_word, attribute_word, detail, reasons
from ioc.api.desk import Desk
from ioc.db.connect import Connection
from ioc.shift import letters
from ioc.shift.letters import LONGEST_REASON, Act, next_id
from ioc.shift.message import ATTRIBUTES, REPLAY_OF, Field, Mended, Said, fields, hidden, said, text_of, types_of, visible
from ioc.streams.engine.attention import Letter
from ioc.streams.engine.event import DeadLetter
from ioc.streams.engine.privacy import MASK, masked
from ioc.words import Words

LONG = 80
"""Characters from which a field has several lines."""


async def letter_page(desk: Desk, request: Request, number: int, *, typed: Mapping[str, str] | None = None, made: Mended | None = None,  # noqa: PLR0913 (what is said)
                      problem: str = "", status: int = 200) -> Response:
    """The page of a letter. `typed`: what a person wrote; `made`: what came of it.

    Raises:
        NotFoundError: there is no such letter.

    """
    text = desk.words()

    def found(conn: Connection) -> tuple[Letter, list[Act], str]:
        letter = letters.one(conn, number)
        return letter, letters.acts(conn, number), letters.contact(conn, said(letter).attributes.get("source", ""))

    letter, acts, contact = await desk.database.ask(found)
    told = said(letter)
    return desk.page(
        request, "letter.html", "Thông điệp chưa nhận được", status=status, problem=problem, number=number, topic=letter.topic,
        at=text.minute(letter.recorded_at), is_open=letter.replayed_at is None, why=_why(letter.reason, letter.detail, text),
        verdict=_verdict(made, text), attributes=_attributes(letter, told, typed, text), types=types_of(letter.topic), contact=contact,
        longest=LONGEST_REASON,
        fields=[_shown(f, typed) for f in fields(letter, told)] if told.data is not None else [],
        raw=(typed or {}).get("raw", text_of(told.raw)) if told.can_be_written else None, whole=text_of(letter.value), mask=MASK,
        size=text.number(len(letter.value or b"")), origin=_origin(letter), may_replay=letter.value is not None and letter.reason != "identity",
        headers=[(name, visible(masked(value[:500].decode(errors="backslashreplace")))) for name, value in letter.headers],
        acts=[_act(a, text) for a in acts])


def file_of(letter: Letter) -> bytes:
    """What the source is given as a file: enough to find the message there, and nothing of any person."""
    told = said(letter)
    body = {"letter": letter.letter_id, "topic": letter.topic, "partition": letter.partition, "offset": letter.offset,
            "recorded_at": letter.recorded_at.isoformat(), "reason": letter.reason, "detail": masked(letter.detail),
            "attributes": hidden(told.attributes), "data": hidden(told.data) if told.data is not None else text_of(told.raw)}
    return json.dumps(body, ensure_ascii=False, indent=2).encode(errors="replace")


def wording(letter: Letter, desk: Desk) -> tuple[str, str]:
    """Subject and body of the letter to the source's contact: which message, what is wrong, what to do; nothing of its content."""
    text, told = desk.words(), said(letter).attributes
    why = _why(letter.reason, letter.detail, text)
    lines = [text("Trung tâm không nhận được thông điệp sau của hệ thống nguồn."), "",
             *(f"{name}: {visible(masked(told.get(name, ''))[:200])}" for name in ATTRIBUTES),
             f"{letter.topic}/{letter.partition}@{letter.offset}, {text.minute(letter.recorded_at)}", "",
             f"{why['what']} {why['detail']}".strip(), text("Đề nghị sửa tại nguồn và gửi lại.")]
    return text("Thông điệp chưa nhận được, thư số {n}", n=letter.letter_id), "\n".join(lines)


def _why(code: str, told: str, text: Words) -> Mapping[str, str]:
    known = reasons(text).get(code, Reason(code, text("Báo quản trị hệ thống.")))
    return {"code": code, "what": known.what, "remedy": known.remedy, "detail": detail(told, text), "technical": masked(told)}


def _verdict(made: Mended | None, text: Words) -> Mapping[str, Any] | None:
    if made is None:
        return None
    verdict: DeadLetter | None = made.verdict
    return {"is_valid": verdict is None, "changed": made.changed, **(_why(verdict.reason, verdict.detail, text) if verdict else {})}


def _attributes(letter: Letter, told: Said, typed: Mapping[str, str] | None, text: Words) -> list[Mapping[str, str]]:
    own = {**told.attributes, "id": next_id(letter)}
    return [{"name": name, "word": attribute_word(name, text), "text": (typed or {}).get(f"a.{name}", visible(masked(own.get(name, ""))))}
            for name in ATTRIBUTES]


def _shown(field: Field, typed: Mapping[str, str] | None) -> Mapping[str, Any]:
    text = field.text if field.is_hidden else (typed or {}).get(f"f.{field.name}", field.text)
    return {"name": field.name, "text": text, "is_hidden": field.is_hidden, "is_asked": field.is_asked, "is_long": len(text) > LONG or "\n" in text,
            "is_empty": not text}


def _origin(letter: Letter) -> str:
    """The letter that this one came back from, '' = it came for the first time."""
    found = dict(letter.headers).get(REPLAY_OF, b"").decode(errors="replace")
    return found if found.isascii() and found.isdecimal() and len(found) <= 18 else ""


def _act(act: Act, text: Words) -> Mapping[str, str]:
    return {"act": act_word(act.act, text), "at": text.minute(act.acted_at), "name": act.name, "reason": act.reason,
            "changed": ", ".join(act.changed or ()), "to": act.sent_to or ""}
