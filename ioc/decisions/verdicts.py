"""Why a decision does not stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ioc.errors import InputError, IocError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that came between. `by`: the person's name, or the source that told it."""

    fact: str
    at: datetime
    by: str


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
