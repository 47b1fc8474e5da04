"""What can keep a real part from running."""


class RealPartError(Exception):
    """A real part cannot be fetched, started or reached; the message says why and what to do."""


class MissingProgramError(RealPartError):
    """A program that a real part needs is not installed, or too old."""


class NotPreparedError(RealPartError):
    """A real part has not been fetched into the cache, or its pinned version has changed since."""

    def __init__(self, part: str) -> None:
        super().__init__(
            f"the real {part} is not in the cache: run `python -m tests.real.prepare` from the top of the repository"
        )


class FetchError(RealPartError):
    """A package registry did not give what was asked for."""


class StartError(RealPartError):
    """A real part was started and ended, or was not ready in time."""
