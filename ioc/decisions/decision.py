"""A decision as it is asked for, and the answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from ioc.decisions.acts import DESKS, Act
from ioc.errors import InputError
from ioc.people.principal import Principal
from ioc.streams.engine.privacy import masked

MAX_KEY, MAX_SUBJECT, MAX_REASON = 200, 200, 2000
MIN_KEY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One fact about one subject.

    `version`: of the state that the person saw, 0 = the subject is new; `data`: fields of the payload; `key`: the sender's own, the same for the
    same click.
    """

    stream: str
    subject: str
    fact: str
    version: int
    key: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of it: the event, and the subject's state and version after it."""

    event_id: str
    version: int
    state: str


def act_of(decision: Decision) -> Act:
    """What a decision asks for, once it can be asked for so.

    Raises:
        InputError: a fact that nobody decides here, a field that is not its own, a reason that is missing, a text that cannot be kept.

    """
    desk = DESKS.get(decision.stream)
    if desk is None:
        raise InputError(f"nothing is decided about '{decision.stream[:100]}'; there are {', '.join(DESKS)}")
    act = desk.acts.get(decision.fact)
    if act is None:
        who = "only its source tells that" if decision.fact in desk.outside else "there is no such fact"
        raise InputError(f"'{decision.fact[:100]}' is not decided about a {decision.stream}: {who}; what is: {', '.join(desk.acts)}")
    if odd := sorted(set(decision.data) - set(act.fields)):
        takes = ", ".join(act.fields) or "no field"
        raise InputError(f"'{odd[0][:100]}' is not told with '{decision.fact}', which takes {takes}")
    if act.needs_reason and not decision.reason.strip():
        raise InputError(f"'{decision.fact}' needs a reason: say why, it stands in the ledger")
    _check_texts(decision)
    return act


def _check_texts(decision: Decision) -> None:
    for name, text, least, most in (("the subject", decision.subject, 1, MAX_SUBJECT), ("the idempotency key", decision.key, MIN_KEY, MAX_KEY)):
        if not least <= len(text) <= most or not text.isprintable() or text != text.strip():
            raise InputError(f"{name} has {least} to {most} printable characters")
    if len(decision.reason) > MAX_REASON or "\0" in decision.reason or _is_broken(decision.reason):
        raise InputError(f"the reason has at most {MAX_REASON} characters, all of them Unicode's own and none NUL")
    if not 0 <= decision.version < 2**63:
        raise InputError("the version is the number that was shown with the subject, 0 for a new one")


def _is_broken(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)


def reason_of(decision: Decision) -> str:
    """The reason without telephone and identity numbers: it stays where nothing is ever taken out again."""
    return masked(decision.reason.strip())


def told(decision: Decision) -> dict[str, Any]:
    """The payload's fields as told, words likewise without numbers of persons."""
    desk = DESKS[decision.stream]
    words = {desk.reason_field, *desk.words}
    return {name: masked(value) if name in words and isinstance(value, str) else value for name, value in decision.data.items()}


def event_id(who: Principal, key: str) -> str:
    """The event's id: the same for the same person's same key, and nobody else's."""
    return str(UUID(bytes=hashlib.sha256(f"{who.actor}\0{key}".encode()).digest()[:16]))


def digest(decision: Decision) -> bytes:
    """Of all that was decided, so that a key used for something else is seen."""
    content = (decision.stream, decision.subject, decision.fact, decision.version, decision.data, decision.reason)
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).digest()
