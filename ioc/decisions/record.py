"""A decision's event: who decided in which role, about a subject as it stood."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ioc.clock import TICK
from ioc.decisions.acts import DESKS
from ioc.decisions.decision import Decision, reason_of, told
from ioc.people.principal import Principal
from ioc.streams.engine.making import Draft, Made, make


class Standing(NamedTuple):
    """The subject as locked; `known`: the fields that its events carry on. `version` 0 = it is not there yet."""

    state: str = ""
    version: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    simulated: bool = False
    known: Mapping[str, Any] = {}


def write(decision: Decision, who: Principal, standing: Standing, *, event_id: str, source: str, now: datetime, is_exercise: bool) -> Made:  # noqa: PLR0913 (the attributes)
    """The record of a decision.

    It happens after all that is known of the subject, even where another's clock runs ahead: the person decided in sight of it, and dated
    before it the fold would judge it against a state that the person never saw.

    Raises:
        InputError: a value that the stream's schema refuses.

    """
    at = now if standing.last_at is None else max(now, standing.last_at + TICK)
    draft = Draft(stream=decision.stream, fact=decision.fact, subject=decision.subject, event_id=event_id, source=source, at=at,
                  data=_payload(decision, who, standing), simulated=is_exercise or standing.simulated)
    return make(draft, now, refuse_simulated=not is_exercise)


def _payload(decision: Decision, who: Principal, standing: Standing) -> dict[str, Any]:
    desk = DESKS[decision.stream]
    data = {name: value for name, value in standing.known.items() if name in desk.carried and value is not None}
    data |= {name: value for name, value in told(decision).items() if value is not None}
    if desk.reason_field and decision.reason.strip():
        data.setdefault(desk.reason_field, reason_of(decision))
    if desk.role_field:
        permission = desk.acts[decision.fact].permission_at(standing.known, decision.data)
        data[desk.role_field] = next((g.role for g in who.grants if permission in g.permissions), who.kind)
    return data
