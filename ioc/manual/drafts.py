"""One enters a figure, another approves it: draft, ledger line and the event's promise, each act in one transaction and once for each click."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry as Line
from ioc.audit.ledger import append
from ioc.clock import Clock, local_day, start_of
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.decisions import once
from ioc.decisions.decision import MAX_KEY, MIN_KEY
from ioc.decisions.verdicts import Change, ConflictError, NotPermittedError
from ioc.errors import InputError, NotFoundError, RefusedError
from ioc.indicators.asked import Figure
from ioc.indicators.events import message_of
from ioc.manual.judged import Basis, judged
from ioc.manual.reach import approving, entering
from ioc.people.accounts import By
from ioc.people.principal import Principal, Scope
from ioc.profiles import Profile
from ioc.relay import outbox
from ioc.streams.engine.event import DeadLetter
from ioc.streams.engine.making import reader, whole
from ioc.streams.engine.privacy import masked

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.manual").joinpath("drafts.sql")).items()}
LONGEST_REASON = 500
_OBSERVED = "vn.ioc.indicator.observed.v1"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What was entered of a figure. `typed`: field → text; `revision`: number of the correction, None until it is approved."""

    subject: str
    indicator_id: str
    org_code: str
    unit_code: str
    agency: str
    period: str
    typed: Mapping[str, str]
    version: int
    state: str
    entered_at: datetime
    entered_by: str
    entered_name: str
    decided_at: datetime | None
    decided_name: str | None
    reason: str
    approved_on: date | None
    revision: int | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A figure as it stands, by whatever way it came."""

    subject: str
    value: float | None
    numerator: float | None
    denominator: float | None
    rank: int | None
    out_of: int | None
    source_text: str | None
    manual: bool
    approved_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where figures are entered. `source`: CloudEvents source of what is typed in, e.g. /vn/92/manual."""

    clock: Clock
    profile: Profile
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One click of a person. `version`: of the draft that was shown, 0 = there was none; `key`: the same for the same click."""

    who: Principal
    by: By
    version: int
    key: str


def enter(conn: Connection, office: Office, figure: Figure, typed: Mapping[str, str], hand: Hand) -> None:
    """Keep what was typed, to be approved by another person. An approved figure stays; this is then its correction.

    Raises:
        WrongCellsError: names each wrong field.
        NotFoundError: the figure is out of the person's reach.
        ConflictError: somebody else entered or decided meanwhile.

    """
    if not entering(hand.who).covers(unit=figure.unit_code, agency=figure.agency, field=figure.indicator.panel):
        raise _out_of_reach(figure.subject)
    today = local_day(office.clock.now())
    judged(figure, typed, Basis(profile=office.profile, source=office.source, on=today, revision=0))
    kept = {name: masked(text.strip()) if name in {"note", "source_text", "legal_basis"} else text.strip() for name, text in typed.items()}
    act = _Act(conn, office, figure.subject, hand, entering(hand.who), {"do": "enter", "typed": kept})
    with conn.transaction():
        if act.was_done():
            return
        before = act.standing(may_be_new=True)
        query = "begin" if before is None or before.state == "approved" else "enter_again"
        act.run(query, typed=Jsonb(kept), indicator_id=figure.indicator.id, panel=figure.indicator.panel, org_code=figure.org_code,
                unit_code=figure.unit_code, agency=figure.agency, period=figure.period.text)
        act.close("entered", after={"typed": kept})


def give_back(conn: Connection, office: Office, subject: str, reason: str, hand: Hand) -> None:
    """Return what was entered, for a reason.

    Raises:
        InputError: no reason.
        RefusedError, NotFoundError, ConflictError, NotPermittedError: see `approve`.

    """
    words = masked(reason.strip())
    if not words or len(words) > LONGEST_REASON or "\0" in words:
        raise InputError(f"a figure is returned for a reason of at most {LONGEST_REASON} characters")
    act = _Act(conn, office, subject, hand, approving(hand.who), {"do": "return", "reason": words})
    with conn.transaction():
        if act.was_done():
            return
        act.waiting()
        act.run("return", reason=words)
        act.close("returned", reason=words)


def approve(conn: Connection, office: Office, figure: Figure, hand: Hand) -> None:
    """Approve what another entered: its event is promised to Kafka as the file import would send it, and stands from 00:00 of this day.

    Raises:
        RefusedError: the person entered it.
        NotFoundError: out of reach.
        ConflictError: it is another version than the person saw.
        NotPermittedError: nothing waits for approval.

    """
    act = _Act(conn, office, figure.subject, hand, approving(hand.who), {"do": "approve"})
    with conn.transaction():
        if act.was_done():
            return
        draft = act.waiting()
        today = local_day(office.clock.now())
        row = conn.execute(_SQL["revision"], {"subject": figure.subject, "stands_at": start_of(today), "type": _OBSERVED}).fetchone()
        assert row
        event_id = _promise(conn, office, figure, draft, Basis(profile=office.profile, source=office.source, on=today, revision=row[0]), hand)
        act.run("approve", approved_on=today, revision=row[0], event_id=event_id)
        act.close("approved", after={"typed": dict(draft.typed), "entered_by": draft.entered_by, "event_id": event_id, "revision": row[0],
                                     "approved_on": today})


def _promise(conn: Connection, office: Office, figure: Figure, draft: Draft, at: Basis, hand: Hand) -> str:
    event = judged(figure, draft.typed, at)
    is_exercise = mark(conn) == "exercise"
    message = message_of(event, simulated=is_exercise or office.profile.file.fictional)
    read = reader(not is_exercise).read(message, office.clock.now())
    if isinstance(read.meaning, DeadLetter):
        raise InputError(f"the figure cannot be told so: {read.meaning.detail}")
    outbox.put_event(conn, message, event.id, whole(message.headers, event.data), hand.by.at)
    return event.id


class _Act:
    """What is done between begin and commit about one figure."""

    def __init__(self, conn: Connection, office: Office, subject: str, hand: Hand, scope: Scope, asked: Mapping[str, Any]) -> None:
        if not MIN_KEY <= len(hand.key) <= MAX_KEY or not hand.key.isprintable():
            raise InputError(f"the idempotency key has {MIN_KEY} to {MAX_KEY} printable characters")
        self._conn = conn
        self._subject = subject
        self._hand = hand
        self._scope = Jsonb(scope.parameters()["scope"])
        self._before: Draft | None = None
        content = msgspec.json.encode((subject, hand.version, asked), order="deterministic")
        name = hashlib.sha256(f"{hand.who.actor}\0{hand.key}".encode()).hexdigest()[:32]
        self._claim = once.Claim(actor=hand.who.actor, key=hand.key, digest=hashlib.sha256(content).digest(), event_id=name, name=hand.who.name,
                                 at=office.clock.real())

    def was_done(self) -> bool:
        self._conn.execute(_SQL["lock"], {"subject": self._subject})
        return once.answered(self._conn, self._claim) is not None

    def standing(self, *, may_be_new: bool = False) -> Draft | None:
        """The newest draft, which is the one that the person saw."""
        found = _rows(self._conn, "newest", Draft, {"subjects": [self._subject], "scope": self._scope})
        if not found and not may_be_new:
            raise _out_of_reach(self._subject)
        self._before = found[0] if found else None
        if (self._before.version if self._before else 0) != self._hand.version:
            raise _conflict(self._subject, self._hand.version, self._before)
        return self._before

    def waiting(self) -> Draft:
        """The draft that waits, entered by somebody else."""
        draft = self.standing()
        assert draft
        if draft.state != "waiting":
            raise NotPermittedError(f"the figure {self._subject} does not wait for approval")
        if draft.entered_by == self._hand.who.actor:
            raise RefusedError("you entered this figure yourself: another person approves or returns it")
        return draft

    def run(self, query: str, **given: Any) -> None:
        hand = self._hand
        self._conn.execute(_SQL[query], {"subject": self._subject, "version": hand.version + 1, "at": hand.by.at, "actor": hand.who.actor,
                                         "name": hand.who.name, **given})

    def close(self, what: str, *, after: Mapping[str, Any] | None = None, reason: str = "") -> None:
        """Keep the answer of this click, and the ledger's line as the transaction's last statement."""
        once.answer(self._conn, self._claim, {"version": self._hand.version + 1})
        before = {"state": self._before.state, "version": self._before.version, "typed": dict(self._before.typed)} if self._before else None
        by = self._hand.by
        append(self._conn, Line(actor=by.actor, action=f"figure.{what}", subject=f"figure:{self._subject}", at=by.at, before=before,
                                after={"version": self._hand.version + 1, **(after or {})}, reason=reason, address=by.address))


def newest(conn: Connection, subjects: Sequence[str], scope: Scope) -> dict[str, Draft]:
    """Subject → its newest draft, within reach; those of other figures that are still open too."""
    reach = Jsonb(scope.parameters()["scope"])
    still = [row[0] for row in conn.execute(_SQL["open"], {"scope": reach})]
    return {d.subject: d for d in _rows(conn, "newest", Draft, {"subjects": sorted({*subjects, *still}), "scope": reach})}


def history(conn: Connection, subject: str, scope: Scope) -> list[Draft]:
    """Drafts of a figure, newest first."""
    return _rows(conn, "history", Draft, {"subject": subject, "scope": Jsonb(scope.parameters()["scope"])})


def told(conn: Connection, subjects: Sequence[str]) -> dict[str, Told]:
    """Subject → the figure as the panels have it."""
    return {t.subject: t for t in _rows(conn, "told", Told, {"subjects": list(subjects)})}


def _out_of_reach(subject: str) -> NotFoundError:
    return NotFoundError(f"there is no figure {subject} that you could enter or approve")


def _conflict(subject: str, version: int, draft: Draft | None) -> ConflictError:
    text = f"the figure {subject} has changed since version {version}; look at it again"
    if draft is None:
        return ConflictError(text, state="", version=0, changes=[])
    is_new = draft.state == "waiting"
    change = Change(fact="entered" if is_new else draft.state, at=draft.entered_at if is_new else draft.decided_at or draft.entered_at,
                    by=draft.entered_name if is_new else draft.decided_name or "")
    return ConflictError(text, state=draft.state, version=draft.version, changes=[change])


def _rows(conn: Connection, name: str, row: type[Any], parameters: dict[str, Any]) -> list[Any]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(_SQL[name], parameters).fetchall()
