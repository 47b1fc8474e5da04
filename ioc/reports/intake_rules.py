"""What a province asks of citizens and grants them, beside the categories: `citizens.toml` of the profile."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from ioc.errors import ConfigurationError
from ioc.profiles import Profile

FILE = "citizens.toml"


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contact_for: list[str] = []
    rate_within_days: int = 7
    reopen_within_days: int = 15
    most_reopened: int = 2
    hotline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """`contact_for`: categories that are not taken without a telephone number or a mail address; `rate_within`, `reopen_within`: from the end of
    the work; `hotline`: the number that people may call instead, '' where none is known. Defaults after domain.md 4.2.1 [D].
    """

    contact_for: frozenset[str] = frozenset()
    rate_within: timedelta = timedelta(days=7)
    reopen_within: timedelta = timedelta(days=15)
    most_reopened: int = 2
    hotline: str = ""


def load_intake_rules(profile: Profile) -> IntakeRules:
    """The rules of a profile; the defaults where it has no such file.

    Raises:
        ConfigurationError: a file that cannot be read, or that names a category that is none.

    """
    path = profile.folder.joinpath(FILE)
    if not path.is_file():
        return IntakeRules()
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as wrong:
        raise ConfigurationError(f"{FILE}: {wrong}") from None
    if unknown := set(file.contact_for) - {c.code for c in profile.categories}:
        raise ConfigurationError(f"{FILE}: contact_for names {', '.join(sorted(unknown))}, which categories.csv lacks")
    return IntakeRules(contact_for=frozenset(file.contact_for), rate_within=timedelta(days=file.rate_within_days),
                       reopen_within=timedelta(days=file.reopen_within_days), most_reopened=file.most_reopened, hotline=file.hotline)
