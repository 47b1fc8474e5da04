"""Whose a record is: an agency's code as written, by its name, or as the province's own table says."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

from ioc.clock import local_day
from ioc.codes import read_agency
from ioc.errors import InputError
from ioc.profiles import Profile
from ioc.profiles.units import Agency
from ioc.pull.engine.contract import Context
from ioc.pull.engine.reading import folded


def agency_code(field: str, text: str, at: datetime, context: Context) -> str:
    """Code of an agency given by code or name, as it was called at a moment.

    Raises:
        InputError: neither a code nor a name that is known.

    """
    if known := context.org_of(text, at):
        return known
    try:
        return str(read_agency(text))
    except InputError:
        raise InputError(f"{field} is '{text[:80]}', neither an agency code nor a name known here: add it to [sources.orgs]") from None


def orgs_of(orgs: Mapping[str, str], profile: Profile) -> Callable[[str, datetime], str]:
    """The agency of a name or foreign code at a moment: by the source's own table, else by the profile; '' where neither knows one.

    Of the profile's agencies of one name it is the one of that day, else the newest: sources call old things by today's names.
    """
    own = {folded(name): code for name, code in orgs.items()}
    named: defaultdict[str, list[Agency]] = defaultdict(list)
    for agency in sorted(profile.agencies, key=lambda a: a.valid_from, reverse=True):
        named[folded(agency.name)].append(agency)

    def org_of(text: str, at: datetime) -> str:
        name, day = folded(text), local_day(at)
        held = named.get(name, [])
        return own.get(name) or next((a.code for a in held if a.valid_on(day)), held[0].code if held else "")

    return org_of


def units_of(units: Mapping[str, str], profile: Profile) -> Callable[[str, datetime], str]:
    """The unit an agency belongs to at a moment: by the source's own table, else by the profile; '' where neither knows one."""

    def unit_of(org: str, at: datetime) -> str:
        if org in units:
            return units[org]
        day = local_day(at)
        valid = (a for a in profile.agencies if a.code == org and a.valid_on(day))
        return next((a.unit_code for a in valid), "")

    return unit_of
