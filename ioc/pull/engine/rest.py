"""REST access: pages of JSON over HTTP, with patience for a system that is slow, busy or away."""

import email.utils
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import httpx
import msgspec

from ioc.clock import LOCAL, Clock
from ioc.errors import ConfigurationError, UnavailableError
from ioc.pull.engine.config import RestAccess
from ioc.pull.engine.contract import Cursor, Page, Query, Raw

log = logging.getLogger(__name__)

Wait = Callable[[float], bool]
"""Waits seconds; True where the program is told to stop meanwhile."""

LONGEST_WAIT_S = 300.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_DENIED = frozenset({401, 403})


class Rest:
    """A source behind a REST API, asked query by query, page by page."""

    def __init__(self, access: RestAccess, queries: Sequence[Query], token: str, clock: Clock, wait: Wait) -> None:
        url = httpx.URL(access.url)
        if token and url.scheme != "https" and not _is_loopback(url.host):
            raise ConfigurationError(f"{access.url} would send a secret in clear text: use https")
        self._access, self._queries, self._clock, self._wait = access, queries, clock, wait
        headers = {"accept": "application/json"} | ({access.auth_header: token} if token else {})
        # No proxy or credentials from the environment, no redirects: the secret goes where the file says, nowhere else.
        self._client = httpx.Client(headers=headers, timeout=access.timeout_s, follow_redirects=False, trust_env=False)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """All records changed since the last run, then the moment from which the next one asks.

        A run that breaks off is repeated from its start: pages may have shifted meanwhile, snapshots make the repeat cheap.
        """
        started_at = self._clock.now()
        since = datetime.fromisoformat(cursor["since"]) - timedelta(seconds=self._access.overlap_s) if "since" in cursor else None
        for query in self._queries:
            number, before = 1, list[Raw]()
            while (records := self._page(query, since, number)) and records != before:
                yield Page(records)
                number, before = number + 1, records
        yield Page([], {"since": started_at.isoformat()})

    def close(self) -> None:
        self._client.close()

    def _page(self, query: Query, since: datetime | None, number: int) -> list[Raw]:
        params = {**self._access.params, query.page: str(number), query.size: str(self._access.page_size)}
        if since is not None:
            params[query.since] = f"{since.astimezone(LOCAL):%Y%m%d%H%M%S}"
        url = f"{self._access.url.rstrip('/')}/{query.path.lstrip('/')}"
        return _records(url, self._get(url, params), query.records)

    def _get(self, url: str, params: dict[str, str]) -> bytes:
        for attempt in range(1, self._access.attempts + 1):
            again_s = self._access.backoff_s * 2 ** (attempt - 1)
            try:
                with self._client.stream("GET", url, params=params) as response:
                    if response.status_code == httpx.codes.OK:
                        return self._body(url, response)
                    why = self._refused(url, response)
                    again_s = self._after_s(response, again_s)
            except httpx.HTTPError as error:
                why = f"{type(error).__name__} {error}".strip()
            if attempt < self._access.attempts:
                log.info("%s: %s; again in %.0f s", url, why, again_s)
                if self._wait(min(again_s, LONGEST_WAIT_S)):
                    raise UnavailableError(f"{url}: stopped while waiting: {why}")
        raise UnavailableError(f"{url} does not answer after {self._access.attempts} attempts: {why}")

    def _body(self, url: str, response: httpx.Response) -> bytes:
        body, most = bytearray(), self._access.max_mb * 1_000_000
        for piece in response.iter_bytes():
            body += piece
            if len(body) > most:
                raise UnavailableError(f"{url} answers with more than {self._access.max_mb:g} MB: make page_size smaller, or max_mb larger")
        return bytes(body)

    def _refused(self, url: str, response: httpx.Response) -> str:
        status = response.status_code
        if status in _DENIED:
            raise ConfigurationError(f"{url} refuses the secret ({status}): look at what auth_env or auth_file names")
        if status not in _AGAIN:
            raise ConfigurationError(f"{url} answers {status}: look at url and queries of this source")
        return f"it answers {status}"

    def _after_s(self, response: httpx.Response, otherwise_s: float) -> float:
        text = response.headers.get("retry-after", "")
        if text.isdecimal():
            return float(text)
        try:
            at = email.utils.parsedate_to_datetime(text) if text else None
        except ValueError:
            at = None
        if at is None:
            return otherwise_s
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, math.ceil((at - self._clock.now()).total_seconds()))


def _records(url: str, body: bytes, keys: Sequence[str]) -> list[Raw]:
    try:
        answer: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnavailableError(f"{url} answers with what is no JSON ({error})") from None
    if isinstance(answer, dict):
        answer = next((answer[key] for key in keys if isinstance(answer.get(key), list)), None)
    if not isinstance(answer, list) or not all(isinstance(record, dict) for record in answer):
        raise ConfigurationError(f"{url} answers without a list of records under {', '.join(keys)}: name the key in `queries`")
    return answer


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
