"""Doors without a session: a form's signed number in place of one, same origin, how often one address may knock."""

import hmac
import math
import secrets

from fastapi import Request

from ioc.api.desk import Desk
from ioc.api.hardening import Rates, address_of, is_same_origin
from ioc.errors import IocError

LIVES_S = 86_400
"""A form may lie open for a day: who goes to look for a pen is not sent away."""
FILINGS_AN_HOUR = 10
_DIGEST = 32


class KnockError(IocError):
    """A request that these doors do not let in. `why`: 'origin', 'form' or 'rate'; `wait_s`: for the last one."""

    def __init__(self, why: str, wait_s: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s
        self.status = 429 if why == "rate" else 403


class Doorkeeper:
    """Of one web process: what it remembers of addresses is in memory alone, and of the last that came."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tries = Rates(per_s=60 / 3600, most=30)
        self._filings = Rates(per_s=FILINGS_AN_HOUR / 3600, most=FILINGS_AN_HOUR)
        self._all_filings = Rates(per_s=5, most=200)
        # Many telephones share one address of their network: who holds a code is let in again and again, who guesses is not.
        self._looks = Rates(per_s=0.5, most=60)
        self._misses = Rates(per_s=20 / 3600, most=10)
        self._all_misses = Rates(per_s=1, most=100)
        self._missed: dict[str, int] = {}

    def new_form(self) -> str:
        """A form's number, signed: shows that it is ours and not old, and makes one sending of it count once."""
        plain = f"{secrets.token_urlsafe(16)}.{int(self._desk.clock.real().timestamp())}"
        return f"{plain}.{self._signed(plain)}"

    def key_of(self, form: str) -> str:
        """What a form's number is known by.

        Raises:
            KnockError: not one of ours, or too old.

        """
        plain, _, signature = form[:200].rpartition(".")
        key, _, at = plain.rpartition(".")
        ours = form.isascii() and hmac.compare_digest(self._signed(plain).encode(), signature.encode())
        if not ours or not at.isdecimal() or not 0 <= self._desk.clock.real().timestamp() - int(at) + 60 < LIVES_S:
            raise KnockError("form")
        return key

    def check_origin(self, request: Request) -> None:
        if not is_same_origin(request.scope):
            raise KnockError("origin")

    def try_once(self, request: Request) -> None:
        """One sending, whatever becomes of it: pictures take time to read."""
        _wait(self._tries.wait_s(address_of(request.scope)))

    def file_once(self, request: Request) -> None:
        _wait(max(self._filings.wait_s(address_of(request.scope)), self._all_filings.wait_s("")))

    def look_once(self, request: Request) -> None:
        """One look with a code; after too many wrong ones nobody of this address is let in for a while, whatever the code."""
        address = address_of(request.scope)
        _wait(self._looks.wait_s(address))
        if left := self._missed.get(address, 0) - int(self._desk.clock.real().timestamp()):
            _wait(max(0, left))

    def missed(self, request: Request) -> None:
        """A code that is none."""
        address, now = address_of(request.scope), int(self._desk.clock.real().timestamp())
        wait_s = max(self._misses.wait_s(address), self._all_misses.wait_s(""))
        if wait_s:
            self._missed = {a: until for a, until in self._missed.items() if until > now}
            self._missed[address] = now + wait_s

    def _signed(self, plain: str) -> str:
        return self._desk.seals().digest(f"citizen form\0{plain}").hex()[:_DIGEST]


def _wait(wait_s: int) -> None:
    if wait_s > 0:
        raise KnockError("rate", wait_s)


def minutes(wait_s: int) -> int:
    return max(1, math.ceil(wait_s / 60))
