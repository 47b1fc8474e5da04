"""Whose a record is: an agency's code as written, by its name, or as the province's own table says."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime

from ioc.clock import local_day
from ioc.codes import read_agency
from ioc.errors import InputError
from ioc.profiles import Profile


def folded(text: str) -> str:
    """A name as it is compared: NFC, single blanks, small letters."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def agency_code(field: str, text: str, orgs: Mapping[str, str]) -> str:
    """Code of an agency given by code or name; `orgs`: folded name or foreign code → code.

    Raises:
        InputError: neither a code nor a name that is known.

    """
    if known := orgs.get(folded(text)):
        return known
    try:
        return str(read_agency(text))
    except InputError:
        raise InputError(f"{field} is '{text[:80]}', neither an agency code nor a name known here: add it to [sources.orgs]") from None


def known_orgs(orgs: Mapping[str, str], profile: Profile) -> dict[str, str]:
    """Folded name or foreign code → agency code: the profile's agencies by name, the source's own table before them."""
    return {folded(a.name): a.code for a in profile.agencies} | {folded(name): code for name, code in orgs.items()}


def units_of(units: Mapping[str, str], profile: Profile) -> Callable[[str, datetime], str]:
    """The unit an agency belongs to at a moment: by the source's own table, else by the profile; '' where neither knows one."""

    def unit_of(org: str, at: datetime) -> str:
        if org in units:
            return units[org]
        day = local_day(at)
        valid = (a for a in profile.agencies if a.code == org and a.valid_from <= day and (a.valid_to is None or day < a.valid_to))
        return next((a.unit_code for a in valid), "")

    return unit_of
