"""Trạng thái trực: how much the centre is on its guard. Off until a person decides it; never a number, which would read as a disaster's level."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.errors import InputError

STATES: Mapping[str, str] = {"normal": "Bình thường", "watch": "Theo dõi", "raised": "Tăng cường", "response": "Ứng phó"}
"""State → its words, from calm to grave."""
LEVELS: Mapping[str, str] = {"normal": "done", "watch": "2", "raised": "3", "response": "4"}
"""State → the look of its pill."""
LONGEST_REASON = 500
_CHANNEL = "ioc_data"


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision: None = nothing is shown. `set_by`: the actor, as the ledger names one."""

    state: str | None
    reason: str
    set_at: datetime
    set_by: str


def standing(conn: Connection) -> Standing | None:
    """The decision in force; None = nobody has ever decided."""
    found = standings(conn, 1)
    return found[0] if found else None


def standings(conn: Connection, most: int) -> list[Standing]:
    """The newest decisions first."""
    with conn.cursor(row_factory=class_row(Standing)) as cursor:
        return cursor.execute("select state, reason, set_at, set_by from duty_standing order by standing_id desc limit %s", (most,)).fetchall()


def decide_standing(conn: Connection, state: str, reason: str, *, by: str, at: datetime, address: str = "") -> None:
    """Set the state, '' = show none; a line of the ledger, and every wall within a second.

    Raises:
        InputError: no such state, or no reason.

    """
    if state and state not in STATES:
        raise InputError(f"'{state[:40]}' is no state of duty; known are {', '.join(STATES)}, and nothing to show none")
    if not reason.strip() or len(reason) > LONGEST_REASON or "\0" in reason:
        raise InputError(f"why the state of duty changes must be said, in {LONGEST_REASON} letters at most")
    with conn.transaction():
        before = standing(conn)
        conn.execute("insert into duty_standing (state, reason, set_at, set_by) values (%s, %s, %s, %s)", (state or None, reason.strip(), at, by))
        conn.execute("select pg_notify(%s, 'alert')", (_CHANNEL,))
        append(conn, Entry(actor=by, action="duty.standing", at=at, before={"state": before.state if before else None},
                           after={"state": state or None}, reason=reason.strip(), address=address))
