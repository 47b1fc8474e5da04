"""Every exception, as a tree grouped by what the caller can do.

IocError
├── ConfigurationError   the program cannot start: mend the setting, profile or contract it names
│   └── ContractError    a stream, panel or simulator file breaks its contract
├── InputError           a person's input (file, argument, query) is wrong: mend it and try again
│   └── NotFoundError    it is not there, or out of reach: ask for something else
├── RefusedError         whoever asks may not, or has not proved who it is: sign in, or ask somebody who may
│   └── ForbiddenError   none of the roles permits it
├── InvalidEvent         one event alone shows itself to be wrong: it becomes a dead letter
└── UnavailableError     a part is away: wait and try again, nothing is lost
"""


class IocError(Exception):
    """Root of all errors of this program."""


class ConfigurationError(IocError):
    """A setting, profile or installed part is wrong; the message names it and the remedy."""


class ContractError(ConfigurationError):
    """A stream, panel or simulator file breaks its contract."""


class InputError(IocError):
    """What a person gave (file, argument, query) cannot be used."""


class NotFoundError(InputError):
    """It is not there, or out of the caller's reach: which of the two is not told."""


class RefusedError(IocError):
    """Whoever asks may not do this, or has not proved who it is."""


class ForbiddenError(RefusedError):
    """None of the person's roles permits it, whatever it is about."""


class InvalidEvent(IocError):  # noqa: N818 (a verdict about an event, not a failure of the program)
    """An event that can never be stored as it is: it becomes a dead letter with this reason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class UnavailableError(IocError):
    """A part (broker, database) is away; the caller waits and tries again."""
