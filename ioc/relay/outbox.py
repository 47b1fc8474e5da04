"""Promises: written in the transaction of what they tell of, kept by `ioc relay`."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from string import Template
from typing import Literal
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.streams.engine.event import Message

Channel = Literal["kafka", "webhook", "mail"]
SUBJECT = "subject"
MAX_SUBJECT = 200
MAX_ADDRESS = 254
PUBLIC_TOPIC = "ioc.report.public"
"""What citizens may know of the reports that they filed here, for their app and for gateways of Zalo and SMS."""

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}})*", re.ASCII | re.IGNORECASE)
"""Dots and atoms of RFC 5322: what an address in use looks like, and nothing that means something in a header or a command."""

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.relay").joinpath("outbox.sql")).items()}
_LETTER = Template(resources.files("ioc.relay").joinpath("letter.txt").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message. `target`: a topic, a webhook's number, a mail address; those of one (channel, target, key) keep their order."""

    channel: Channel
    target: str
    key: bytes = b""
    headers: Sequence[tuple[str, bytes]] = ()
    body: bytes


def put(conn: Connection, post: Post, at: datetime) -> UUID:
    """Promise to send a message; `at` is the machine's moment. It goes out when the transaction stands, and never where it does not."""
    number = uuid4()
    conn.execute(_SQL["put"], {
        "outbox_id": number, "at": at, "channel": post.channel, "target": post.target, "key": post.key,
        "headers": Jsonb([[name, base64.b64encode(value).decode()] for name, value in post.headers]), "body": post.body})
    return number


def put_event(conn: Connection, message: Message, event_id: str, envelope: bytes, at: datetime) -> None:
    """Promise an event of the centre's own to Kafka and to every webhook that wants to hear of its topic. `envelope`: the event whole, as JSON."""
    key = message.key or b""
    put(conn, Post(channel="kafka", target=message.topic, key=key, headers=message.headers, body=message.value or b""), at)
    put_for_webhooks(conn, message.topic, event_id, key, envelope, at)


def put_for_webhooks(conn: Connection, topic: str, event_id: str, key: bytes, body: bytes, at: datetime) -> None:
    """Promise an event to every webhook that wants to hear of the topic."""
    for (number,) in conn.execute(_SQL["webhooks_of"], {"topic": topic}).fetchall():
        headers = (("content-type", b"application/cloudevents+json; charset=UTF-8"), ("webhook-id", event_id.encode()))
        put(conn, Post(channel="webhook", target=str(number), key=key, headers=headers, body=body), at)


def put_mail(conn: Connection, to: str, subject: str, text: str, at: datetime) -> UUID:
    """Promise a letter in plain text.

    Raises:
        InputError: an address that is none, a subject that could smuggle in a header.

    """
    address = mail_address(to)
    if not subject.strip() or len(subject) > MAX_SUBJECT or not subject.isprintable():
        raise InputError(f"a letter's subject has 1 to {MAX_SUBJECT} printable characters, in one line")
    body = _LETTER.substitute(text=text.strip()).encode(errors="replace")
    return put(conn, Post(channel="mail", target=address, headers=((SUBJECT, subject.encode()),), body=body), at)


def mail_address(text: str) -> str:
    """The address, alone and without a name.

    Raises:
        InputError: it is none, or holds what no address needs.

    """
    if len(text) > MAX_ADDRESS or not _ADDRESS.fullmatch(text):
        raise InputError(f"'{text[:100]!a}' is no mail address: write name@example.vn")
    return text
