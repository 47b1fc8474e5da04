"""A click counts once: whoever sends it again under the same key is given the answer of the first time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from psycopg.types.json import Jsonb

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.decisions.verdicts import KeyUsedError

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.decisions").joinpath("keys.sql")).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sender's key. `digest`: of all that was asked for under it; `name`: of the person; `at`: the machine's moment."""

    actor: str
    key: str
    digest: bytes
    event_id: str
    name: str
    at: datetime


def answered(conn: Connection, claim: Claim) -> Mapping[str, Any] | None:
    """The answer that this was given before; None = it comes for the first time. Who sends it twice at once waits here for the first.

    Raises:
        KeyUsedError: the key was used for something else.

    """
    key = {"actor": claim.actor, "key": claim.key}
    if conn.execute(_SQL["claim"], {**key, "digest": claim.digest, "event_id": claim.event_id, "name": claim.name, "at": claim.at}).fetchone():
        return None
    known = conn.execute(_SQL["known"], key).fetchone()
    if known is None or known[2] is None or bytes(known[0]) != claim.digest:
        raise KeyUsedError("this idempotency key was used for another decision: a new decision needs a new key")
    answer: Mapping[str, Any] = known[2]
    return answer


def answer(conn: Connection, claim: Claim, outcome: Mapping[str, Any]) -> None:
    """Keep the answer that the same click will be given again."""
    conn.execute(_SQL["answer"], {"actor": claim.actor, "key": claim.key, "outcome": Jsonb(dict(outcome))})
