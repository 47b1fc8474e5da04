"""The log of something that may be away: once when it goes, once when it is back."""

import logging


class Outage:
    """One thing that is waited for. `away` and `back`: what the log says, the first with the reason after a colon."""

    def __init__(self, log: logging.Logger, away: str, back: str, *, level: int = logging.ERROR) -> None:
        self._log = log
        self._away = away
        self._back = back
        self._level = level
        self._lasts = False

    def began(self, why: Exception | str) -> None:
        """Log the reason, unless it is away already."""
        if not self._lasts:
            self._log.log(self._level, "%s: %s", self._away, why)
        self._lasts = True

    def ended(self) -> None:
        """Log that it is back, where it was away."""
        if self._lasts:
            self._log.info("%s", self._back)
        self._lasts = False
