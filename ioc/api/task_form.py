"""What a task is given with: agencies of today, deadlines in working time, and where the task comes from."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from ioc.calendar.deadlines import Term, deadline
from ioc.calendar.working import WorkingCalendar
from ioc.clock import LOCAL, local_day
from ioc.errors import InputError
from ioc.kpi.engine.registry import sections
from ioc.panels.engine.registry import panels
from ioc.profiles import Profile
from ioc.words import Words


class Preset(NamedTuple):
    """A deadline to choose."""

    key: str
    label: str
    at: datetime


class Office(NamedTuple):
    """An agency to choose. `unit_code`: where it is, empty for the whole province."""

    code: str
    name: str
    unit_code: str


def presets(calendar: WorkingCalendar, now: datetime, words: Words) -> list[Preset]:
    """Deadlines at the close of business: of today while there is any of it left, of the next working day, and after 3, 5 and 10."""
    closing = calendar.closing(local_day(now))
    found = [Preset("today", words("hết hôm nay"), closing)] if now < closing and local_day(closing) == local_day(now) else []
    found.append(Preset("tomorrow", words("hết ngày làm việc tới"), calendar.closing(calendar.next_working_day(local_day(now)))))
    return found + [Preset(str(n), words("{n} ngày làm việc", n=n), deadline(calendar, now, Term(n=n, unit="working_day"))) for n in (3, 5, 10)]


def offices(profile: Profile, now: datetime, words: Words) -> list[Office]:
    """Agencies that there are today: the province's first, then the communes'."""
    there = [agency for agency in profile.agencies if agency.valid_on(local_day(now))]
    named = (Office(agency.code, agency.name_en if words.language == "en" else agency.name, agency.unit_code) for agency in there)
    return sorted(named, key=lambda office: (office.unit_code != "", office.code))


def office(profile: Profile, code: str, now: datetime, words: Words) -> Office:
    """One agency of today.

    Raises:
        InputError: there is none with this code.

    """
    found = next((known for known in offices(profile, now, words) if known.code == code), None)
    if found is None:
        raise InputError(words("Hãy chọn cơ quan thực hiện."))
    return found


def due(profile: Profile, form: Mapping[str, str], now: datetime, words: Words) -> datetime | None:
    """The deadline that a form asks for: one of the presets, a local day and time of its own, or none.

    Raises:
        InputError: no such preset, no moment, or one that has passed.

    """
    key = form.get("due", "")
    if key in {"", "none"}:
        return None
    at = _own(form.get("due_at", ""), words) if key == "own" else next((p.at for p in presets(profile.calendar, now, words) if p.key == key), None)
    if at is None or at <= now:
        raise InputError(words("Hạn hoàn thành phải ở sau thời điểm này."))
    return at


def _own(text: str, words: Words) -> datetime:
    """A local day and time, as a browser writes it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(words("Hạn hoàn thành phải ở sau thời điểm này.")) from None
    return found if found.tzinfo else found.replace(tzinfo=LOCAL)


def figure_of(name: str) -> tuple[str, str]:
    """Panel and label of a figure that is named as `panel.key`: one of the reports, or one of the panel's own page.

    Raises:
        InputError: there is no such figure.

    """
    panel, _, key = name.partition(".")
    if (section := sections().get(panel)) and key in section.kpis:
        return panel, section.kpis[key].label
    if panel in panels() and (definition := panels()[panel].definitions.get(key)):
        return panel, definition.label
    raise InputError(f"there is no figure '{name[:100]}'; /api/kpi and /api/definitions list them as panel and key")
