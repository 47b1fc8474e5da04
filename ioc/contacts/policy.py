"""How long personal data are kept: retention.toml of the profile, per stream and field."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from importlib.abc import Traversable
from itertools import groupby
from typing import Annotated, NamedTuple

import msgspec

from ioc.contacts.fields import LONGEST
from ioc.contacts.vault import LOOK
from ioc.errors import ConfigurationError

FILE = "retention.toml"
Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]


class Rule(NamedTuple):
    """Fields of a stream that go together, so long after the subject ended."""

    stream: str
    fields: tuple[str, ...]
    days: int

    @property
    def text(self) -> str:
        return f"{self.days} days after the end"

    @property
    def kept(self) -> timedelta:
        return timedelta(days=self.days)


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A province's policy. `days`: stream → field → days after the subject ended."""

    legal_basis: Annotated[str, msgspec.Meta(min_length=1)]
    never_ended_days: Days
    days: Mapping[str, Mapping[str, Days]]

    @property
    def never_ended(self) -> timedelta:
        return timedelta(days=self.never_ended_days)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Fields of equal days together, the shortest first."""
        return tuple(rule for stream, days in sorted(self.days.items()) for rule in _rules(stream, sorted(days.items(), key=lambda d: d[::-1])))


def load_retention(folder: Traversable) -> Retention:
    """Policy of a profile folder.

    Raises:
        ConfigurationError: retention.toml is missing, or does not give the days of exactly the fields that are kept.

    """
    try:
        policy = msgspec.convert(tomllib.loads(folder.joinpath(FILE).read_text(encoding="utf-8")), Retention)
    except OSError as error:
        raise ConfigurationError(f"{FILE} cannot be read: {error}; it says how long personal data are kept (docs/security.md)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{FILE}: {error}") from None
    if odd := set(policy.days) ^ set(LOOK):
        raise ConfigurationError(f"{FILE}: [days] must name the streams {', '.join(LOOK)}; {', '.join(sorted(odd))} is missing or unknown")
    for stream, days in policy.days.items():
        if odd := set(days) ^ set(LONGEST):
            # What has no days would be kept for ever.
            raise ConfigurationError(f"{FILE}: [days.{stream}] must name {', '.join(LONGEST)}; {', '.join(sorted(odd))} is missing or unknown")
    return policy


def _rules(stream: str, days: Iterable[tuple[str, int]]) -> Iterable[Rule]:
    return (Rule(stream, tuple(sorted(field for field, _ in fields)), n) for n, fields in groupby(days, key=lambda d: d[1]))
