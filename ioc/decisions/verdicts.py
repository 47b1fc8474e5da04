"""Why a decision does not stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ioc.errors import InputError, IocError, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that came between. `by`: the person's name, or the source that told it."""

    fact: str
    at: datetime
    by: str


class ForbiddenError(RefusedError):
    """Whoever decides lacks the permission for this fact, whatever it is about."""


class NotFoundError(IocError):
    """The subject is not there, or out of reach: which of the two is not told."""


class ConflictError(IocError):
    """Somebody else was faster. `changes`: what came since the version that the person saw, oldest first."""

    def __init__(self, text: str, *, state: str, version: int, changes: Sequence[Change]) -> None:
        super().__init__(text)
        self.state = state
        self.version = version
        self.changes = changes


class NotPermittedError(InputError):
    """The fact cannot follow the present state."""


class KeyUsedError(InputError):
    """The idempotency key was used for another decision."""
