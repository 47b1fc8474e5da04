"""One decision, one transaction: the subject locked, its version compared, the event stored by the sink's own machinery, promised to Kafka and
the webhooks, and a line in the ledger.
"""

from dataclasses import asdict, dataclass
from importlib import resources

import psycopg
from psycopg.types.json import Jsonb

from ioc.audit import ledger
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.decisions import once, record
from ioc.decisions.acts import DESKS, Act
from ioc.decisions.changes import conflict
from ioc.decisions.decision import Decided, Decision, act_of, digest, event_id, reason_of, told
from ioc.decisions.limits import check_limits
from ioc.decisions.verdicts import KeyUsedError, NotPermittedError
from ioc.errors import ForbiddenError, InputError, NotFoundError, UnavailableError
from ioc.people.principal import Principal, Scope
from ioc.people.roles import Permission
from ioc.relay import outbox
from ioc.streams.engine import states
from ioc.streams.engine.batch import BatchWriter
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.fold import permitted
from ioc.streams.engine.making import Made
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import Rules

_SUBJECTS = {name: text.encode() for name, text in named(resources.files("ioc.decisions").joinpath("subjects.sql")).items()}
TRIES = 3
PATIENCE = "5s"
"""How long a decision waits for what a sink, a rebuild or another person has locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where decisions are made. `source`: CloudEvents source of their events, e.g. /vn/92/ioc/decisions."""

    clock: Clock
    rules: Rules
    source: str


def decide(conn: Connection, decision: Decision, who: Principal, office: Office, *, address: str = "") -> Decided:
    """Make a decision true and promise it to the others; the same decision under the same key is made once and answered again.

    `conn` is in autocommit: the decision is a transaction of its own. `address`: from where it came, for the ledger.

    Raises:
        InputError: it cannot be decided so (NotPermittedError: not in this state; KeyUsedError: the key is another decision's).
        ForbiddenError, NotFoundError, ConflictError: see their names.
        UnavailableError: the subject was locked for too long; the same again is safe.

    """
    act = act_of(decision)
    permission = act.permission_for(decision.data)
    if not who.may(permission):
        raise _forbidden(decision, permission)
    stream = streams()[decision.stream]
    for last in (False, False, True):
        try:
            # The staging tables are the session's: made before, they outlive a decision that is refused.
            writer = BatchWriter(conn, {stream.name: stream}, office.rules)
            with conn.transaction():
                return _Transaction(conn, writer, decision, who, office).run(act, who.scope(permission), address)
        except psycopg.errors.DeadlockDetected as error:
            if last:
                raise UnavailableError(f"{decision.stream} {decision.subject} is being changed by others: try again") from error
        except psycopg.errors.LockNotAvailable as error:
            raise UnavailableError(f"{decision.stream} {decision.subject} is being changed by others for {PATIENCE}: try again") from error
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise InputError(f"the database refuses the data: {str(error).splitlines()[0]}") from error
    raise AssertionError


def _forbidden(decision: Decision, permission: Permission) -> ForbiddenError:
    return ForbiddenError(f"'{decision.fact}' about a {decision.stream} needs the permission '{permission}', which none of your roles has")


class _Transaction:
    """What is done between begin and commit, in the sink's own order of locks."""

    def __init__(self, conn: Connection, writer: BatchWriter, decision: Decision, who: Principal, office: Office) -> None:
        self._conn = conn
        self._writer = writer
        self._decision = decision
        self._who = who
        self._office = office
        self._stream: Stream = streams()[decision.stream]
        self._event_id = event_id(who, decision.key)
        self._claim = once.Claim(actor=who.actor, key=decision.key, digest=digest(decision), event_id=self._event_id, name=who.name,
                                 at=office.clock.real())

    def run(self, act: Act, scope: Scope, address: str) -> Decided:
        conn = self._conn
        conn.execute(f"set local lock_timeout = '{PATIENCE}'")
        # Before the subject: a rebuild has this lock while it takes up one subject after another.
        conn.execute("select pg_advisory_xact_lock_shared(%s)", (states.REBUILD_LOCK,))
        if (before := self._answered()) is not None:
            return before
        standing = self._lock(act, scope)
        self._check_grave(act, standing)
        to = self._permitted(standing)
        check_limits(act, self._decision.data, self._office.clock.now())
        self._check_named(act, scope)
        self._check_alone(act)
        written = record.write(self._decision, self._who, standing, event_id=self._event_id, source=self._office.source,
                               now=self._office.clock.now(), is_exercise=mark(conn) == "exercise")
        decided = self._store(written, to)
        outbox.put_event(conn, written.item.message, self._event_id, written.envelope, self._office.clock.real())
        once.answer(conn, self._claim, asdict(decided))
        self._enter(standing, decided, address)
        return decided

    def _answered(self) -> Decided | None:
        """The answer that this decision was given before. Who sends it twice at once waits here for the first."""
        before = once.answered(self._conn, self._claim)
        return None if before is None else Decided(**before)

    def _lock(self, act: Act, scope: Scope) -> record.Standing:
        decision, desk = self._decision, DESKS[self._decision.stream]
        if (first := _SUBJECTS.get(f"{decision.stream}_first")) is not None:
            self._conn.execute(first, {"subject": decision.subject})
        cursor = self._conn.execute(_SUBJECTS[decision.stream], {"subject": decision.subject, "scope": Jsonb(scope.parameters()["scope"])})
        row = cursor.fetchone()
        if row is None:
            agency, unit = (str(decision.data.get(name) or "") for name in (desk.agency_field, "unit_code"))
            if act.begins and not decision.version and scope.covers(unit=unit, agency=agency):
                return record.Standing()
            raise self._not_found()
        assert cursor.description is not None
        known = {column.name: value for column, value in zip(cursor.description[5:], row[5:], strict=True)}
        standing = record.Standing(state=row[0], version=row[1], first_at=row[2], last_at=row[3], simulated=row[4], known=known)
        if standing.version != decision.version:
            raise conflict(self._conn, self._stream, decision, standing)
        return standing

    def _not_found(self) -> NotFoundError:
        return NotFoundError(f"there is no {self._decision.stream} {self._decision.subject} that you could decide about")

    def _permitted(self, standing: record.Standing) -> str:
        projection = self._stream.projection
        assert projection is not None
        to = permitted(projection, standing.state, self._decision.fact)
        if not to:
            known = [fact for fact in DESKS[self._stream.name].acts if permitted(projection, standing.state, fact)]
            state = standing.state or "nothing"
            raise NotPermittedError(f"'{self._decision.fact}' cannot follow '{state}'; what can: {', '.join(known) or 'nothing'}")
        return to

    def _check_named(self, act: Act, scope: Scope) -> None:
        """What a decision refers to is there too, in reach, and not the subject itself."""
        if not act.names or (other := self._decision.data.get(act.names)) is None:
            return  # the schema says whether it may be left out
        query = _SUBJECTS[f"{self._stream.name}_named"]
        named_ = {"subject": self._decision.subject, "other": str(other).replace("\0", ""), "scope": Jsonb(scope.parameters()["scope"])}
        if other == self._decision.subject or self._conn.execute(query, named_).fetchone() is None:
            raise NotPermittedError(f"'{act.names}' names no other {self._stream.name} that this one can be put together with")

    def _check_grave(self, act: Act, standing: record.Standing) -> None:
        """What is grave asks for more, within the same reach."""
        permission, known = act.permission_at(standing.known, self._decision.data), standing.known
        if permission != act.permission_for(self._decision.data):
            agency = known.get("owner_org") or known.get("org_code") or ""
            if not self._who.may(permission, unit=known.get("unit_code") or "", agency=agency):
                raise _forbidden(self._decision, permission)

    def _check_alone(self, act: Act) -> None:
        if act.alone and (row := self._conn.execute(_SUBJECTS[f"{self._stream.name}_rival"], {"subject": self._decision.subject}).fetchone()):
            raise NotPermittedError(f"{self._stream.name} {row[0]} stands for the same already: decide about that one")

    def _store(self, written: Made, to: str) -> Decided:
        stored = self._writer.store([written.item], self._office.clock.now())
        if not stored.new:
            raise KeyUsedError("this idempotency key was used before, longer ago than keys are kept: a new decision needs a new key")
        self._writer.tell(stored)
        projection = self._stream.projection
        assert projection is not None
        after = states.read_states(self._conn, projection, [self._decision.subject])[self._decision.subject]
        if (after.version, after.name) != (self._decision.version + 1, to):
            raise self._not_found()  # somebody else began the same subject meanwhile, or it is there and out of reach
        return Decided(event_id=self._event_id, version=after.version, state=after.name)

    def _enter(self, standing: record.Standing, decided: Decided, address: str) -> None:
        decision = self._decision
        ledger.append(self._conn, ledger.Entry(
            actor=self._who.actor, action=f"{decision.stream}.{decision.fact}", subject=f"{decision.stream}:{decision.subject}",
            at=self._office.clock.real(), before={"state": standing.state, "version": standing.version},
            after={**asdict(decided), "data": told(decision)}, reason=reason_of(decision), address=address))
