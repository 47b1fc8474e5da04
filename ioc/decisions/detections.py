"""What cameras detected, reviewed by a person: confirmed or rejected, entered in the ledger, promised to Kafka as an event of the detection.

Whoever reviews can correct what was said; nothing said is taken away, the last word counts.

The stream `camera` enters by Kafka alone, so that until the sink has heard the review the table camera_review stands for it.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any, NamedTuple

import msgspec
from psycopg.rows import class_row

from ioc.audit.ledger import Entry, append
from ioc.clock import TICK
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.decisions import once
from ioc.decisions.decide import Office
from ioc.decisions.decision import MAX_KEY, MAX_REASON, MIN_KEY, event_id
from ioc.decisions.verdicts import Change, ConflictError
from ioc.errors import ForbiddenError, InputError, NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.relay import outbox
from ioc.streams.engine.making import Draft, Made, make
from ioc.streams.engine.privacy import masked

PERMISSION = Permission.ALERTS_ACT
VERDICTS = ("confirmed", "rejected")
SPAN = timedelta(days=30)
"""As long as pictures are kept by default; what is older is reviewed no more."""
MOST = 100
LATELY = timedelta(days=7)
"""What was reviewed within it is listed, to be looked at again."""

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.decisions").joinpath("detections.sql")).items()}


class Eyes(NamedTuple):
    """Which cameras a person sees: `seen` of the `listed` ones, and (`others`) whatever is on no list."""

    seen: Collection[str]
    listed: Collection[str]
    others: bool


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """What a camera detected, all its phases as one."""

    camera_id: str
    kind: str
    detection: str
    from_at: datetime
    to_at: datetime
    phase: str | None
    confidence_ratio: float | None
    method: str | None
    media_ref: str | None
    unit_code: str
    unit_valid_on: date
    simulated: bool


class Waiting(Detection, frozen=True, kw_only=True):
    """A detection before a person. `has_id`: its source gave it an id; `all_waiting`: how many wait together."""

    point_id: str | None
    has_id: bool
    all_waiting: int


class Done(Detection, frozen=True, kw_only=True):
    """A detection that a person here has reviewed: its last verdict, the event of it, and how often it was corrected (`turn`)."""

    verdict: str
    reason: str
    name: str
    reviewed_at: datetime
    event_id: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person says of a detection; a rejection says why. `key`: the same for the same click.

    `corrects`: the event of the verdict that this one takes the place of; '' = nobody has reviewed it. A correction says why.
    """

    camera_id: str
    detection: str
    verdict: str
    key: str
    reason: str = ""
    corrects: str = ""


class Said(NamedTuple):
    """What was last said of a detection: by a person here, or (`name` None) by whoever told it from outside; `turn` -1 then."""

    verdict: str
    name: str | None
    role: str
    at: datetime
    event_id: str
    turn: int
    told_at: datetime | None

    @property
    def by(self) -> str:
        """Who said it: a colleague's name, else a role."""
        return self.name or self.role


class Case(NamedTuple):
    """A detection before a person, and what was said of it before; `now` by the centre's clock."""

    found: Waiting
    said: Said | None
    now: datetime

    @property
    def at(self) -> datetime:
        """When its review happens: after whatever was told or said of it, though the clocks of others be ahead."""
        told = self.said.told_at if self.said else None
        return max(self.now, self.found.to_at + TICK, (told or self.found.to_at) + TICK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What came of it."""

    event_id: str
    verdict: str


def waiting(conn: Connection, eyes: Eyes, now: datetime) -> Sequence[Waiting]:
    """Detections to be reviewed, the oldest first."""
    with conn.cursor(row_factory=class_row(Waiting)) as cursor:
        return cursor.execute(_SQL["waiting"], _asked(eyes, now, None)).fetchall()


def done(conn: Connection, eyes: Eyes, office: Office) -> Sequence[Done]:
    """Detections reviewed by a person here within `LATELY`, the latest first."""
    given = {**_asked(eyes, office.clock.now(), None), "lately": office.clock.real() - LATELY}
    with conn.cursor(row_factory=class_row(Done)) as cursor:
        return cursor.execute(_SQL["done"], given).fetchall()


def judge(conn: Connection, review: Review, who: Principal, eyes: Eyes, office: Office, *, address: str = "") -> Reviewed:
    """Make a verdict true and promise it; the same click is answered the same again. `conn` is in autocommit.

    Raises:
        InputError: no such verdict, a rejection or correction without a reason, a correction that changes nothing, a key used for something else.
        ForbiddenError: no role of this person reviews.
        NotFoundError: there is no such detection of a camera that this person sees.
        ConflictError: somebody was faster.

    """
    _check(review)
    if not who.may(PERMISSION):
        raise ForbiddenError(f"reviewing a detection needs the permission '{PERMISSION}', which none of your roles gives")
    claim = once.Claim(actor=who.actor, key=review.key, digest=_digest(review), event_id=event_id(who, review.key), name=who.name,
                       at=office.clock.real())
    with conn.transaction():
        if (before := once.answered(conn, claim)) is not None:
            return Reviewed(**before)
        conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"detection {review.camera_id} {review.detection}",))
        case = _case(conn, review, eyes, office.clock.now())
        found, said, _ = case
        made, role = _made(conn, review, case, who, office, claim.event_id), _role(who)
        outbox.put_event(conn, made.item.message, claim.event_id, made.envelope, claim.at)
        reason = masked(review.reason.strip())
        conn.execute(_SQL["keep"], {
            "camera": review.camera_id, "detection": review.detection, "kind": found.kind, "verdict": review.verdict, "reason": reason,
            "reviewed_by": role, "actor": who.actor, "name": who.name, "at": claim.at, "event_id": claim.event_id,
            "turn": said.turn + 1 if said else 0, "told_at": case.at})
        reviewed = Reviewed(event_id=claim.event_id, verdict=review.verdict)
        once.answer(conn, claim, asdict(reviewed))
        append(conn, Entry(
            actor=who.actor, action=f"detection.{review.verdict}", subject=f"camera:{review.camera_id}", at=claim.at, reason=reason, address=address,
            before={"verdict": said.verdict, "event_id": said.event_id, "by": said.by} if said else None,
            after={"detection": review.detection, "kind": found.kind, "event_id": claim.event_id}))
    return reviewed


def _case(conn: Connection, review: Review, eyes: Eyes, now: datetime) -> Case:
    """The detection, and what was said of it before, where this corrects it.

    Raises:
        InputError: it says what is said already.
        NotFoundError: there is no such detection that this person sees, or it is too old.
        ConflictError: somebody has spoken meanwhile.

    """
    given = _asked(eyes, now, review)
    with conn.cursor(row_factory=class_row(Waiting)) as cursor:
        found = cursor.execute(_SQL["waiting"], given).fetchone()
    is_seen = review.camera_id in eyes.seen or (eyes.others and review.camera_id not in eyes.listed)
    row = conn.execute(_SQL["reviewed"], given).fetchone() if is_seen and (review.corrects or not found) else None
    said = Said(*row) if row else None
    if said and said.event_id != review.corrects:
        change = Change(fact=said.verdict, at=said.at, by=said.by)
        raise ConflictError(f"'{said.by}' has reviewed this detection already: {said.verdict or 'reviewed'}", state=said.verdict,
                            version=said.turn + 1, changes=[change])
    if not found or bool(review.corrects) != bool(said):
        raise NotFoundError("there is no such detection that you could review")
    if said and said.verdict == review.verdict:
        raise InputError(f"this detection is '{review.verdict}' already: a correction says something else")
    return Case(found, said, now)


def _made(conn: Connection, review: Review, case: Case, who: Principal, office: Office, number: str) -> Made:
    """The event of a review: it repeats what makes the detection one, says no name, and comes after whatever was told or said."""
    is_exercise, found = mark(conn) == "exercise", case.found
    data: dict[str, Any] = {
        "unit_code": found.unit_code, "unit_valid_on": found.unit_valid_on, "point_id": found.point_id, "kind": found.kind,
        "media_ref": found.media_ref, "detection_id": None if found.media_ref == found.detection and not found.has_id else found.detection,
        "reviewed_by": _role(who), "verdict": review.verdict}
    draft = Draft(stream="camera", fact="detection", subject=review.camera_id, event_id=number, source=office.source, at=case.at,
                  data={name: value for name, value in data.items() if value is not None}, simulated=is_exercise or found.simulated)
    return make(draft, case.now, refuse_simulated=not is_exercise and not found.simulated)


def _role(who: Principal) -> str:
    return next(grant.role for grant in who.grants if PERMISSION in grant.permissions)


def _asked(eyes: Eyes, now: datetime, review: Review | None) -> Mapping[str, Any]:
    return {"seen": list(eyes.seen), "listed": list(eyes.listed), "others": eyes.others, "since": now - SPAN, "most": MOST,
            "camera": review.camera_id if review else None, "detection": review.detection if review else None,
            "again": bool(review and review.corrects)}


def _check(review: Review) -> None:
    if review.verdict not in VERDICTS:
        raise InputError(f"a verdict is one of {', '.join(VERDICTS)}")
    if (review.verdict == "rejected" or review.corrects) and not review.reason.strip():
        raise InputError("a rejection or correction needs a reason: say why, it stands in the ledger")
    if len(review.reason) > MAX_REASON or "\0" in review.reason + review.camera_id + review.detection:
        raise InputError(f"the reason has at most {MAX_REASON} characters, and no text holds the character NUL")
    if not MIN_KEY <= len(review.key) <= MAX_KEY or not review.key.isprintable():
        raise InputError(f"the idempotency key has {MIN_KEY} to {MAX_KEY} printable characters: give each click one of its own")


def _digest(review: Review) -> bytes:
    content = ("detection", review.camera_id, review.detection, review.verdict, review.reason, review.corrects)
    return hashlib.sha256(msgspec.json.encode(content)).digest()
