"""What a fold may know of the province beside the events: its working calendar and its terms."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from ioc.calendar.deadlines import Term
from ioc.calendar.working import WorkingCalendar
from ioc.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Data of the profile. `terms`: report category → time to resolve it, where the source gives no deadline; `digest` differs
    where anything of them does.

    Deadlines are computed with them while folding, so a corrected calendar takes effect on the past by `ioc rebuild`.
    """

    calendar: WorkingCalendar
    terms: Mapping[str, Term] = field(default_factory=dict)
    digest: str = ""


def rules_of(profile: Profile) -> Rules:
    """The rules that a profile's files make. Danger to life (priority 1) runs by the clock, the rest by working time."""
    calendar = profile.calendar
    terms = {c.code: Term(c.resolve_h, "clock_hour" if c.priority == 1 else "working_hour") for c in profile.categories}
    hours = [(h.valid_from, sorted(h.weekdays), h.segments) for h in calendar.hours]
    content = repr((sorted(calendar.days.items()), hours, sorted(terms.items()), version("holidays")))
    return Rules(calendar=calendar, terms=terms, digest=hashlib.sha256(content.encode()).hexdigest())
