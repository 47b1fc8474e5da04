"""HTTP to a camera or its system: every wait bounded, every answer bounded, the password only where it is asked for and safe."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from ipaddress import ip_address

import httpx

from ioc.cameras.contract import Cause, SourceError
from ioc.cameras.sites import Site
from ioc.cameras.sources.images import garbage
from ioc.errors import ConfigurationError

MOST_REDIRECTS = 3
_DENIED, _GONE = frozenset({401, 403, 407}), frozenset({404, 410})
_CUT = ("disconnected", "peer closed", "incomplete")


class _Trust:
    """The machine's authorities, loaded once: by each of fifty cameras that begin together it would take five seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = ssl.create_default_context()
            return self._context


_TRUST = _Trust()


def client() -> httpx.AsyncClient:
    """No proxy and no password from the environment, no redirect that was not looked at, certificates verified."""
    # The limits that count are those of a whole answer (asyncio.timeout): one between two bytes would let a drip go on for ever.
    return httpx.AsyncClient(verify=_TRUST.context(), trust_env=False, follow_redirects=False, timeout=30.0,
                             limits=httpx.Limits(max_connections=2, keepalive_expiry=60),
                             headers={"accept-encoding": "identity", "user-agent": "ioc-cameras"})


class Credentials(httpx.Auth):
    """Digest where the camera asks for it; Basic only over TLS or on this machine, for it shows the password to everybody on the way."""

    def __init__(self, site: Site) -> None:
        user, password = site.system.user, site.password
        self._given = bool(user)
        self._digest, self._basic = httpx.DigestAuth(user, password), httpx.BasicAuth(user, password)
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._chosen is None:
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED or not self._given:
                return
            self._chosen = self._choose(request.url, response.headers.get_list("www-authenticate", split_commas=False))
        yield from self._chosen.auth_flow(request)

    def _choose(self, url: httpx.URL, asked: list[str]) -> httpx.Auth:
        if any(text.lower().startswith("digest ") for text in asked):
            return self._digest
        if url.scheme != "https" and not _is_here(url.host):
            raise SourceError(Cause.UNAUTHORISED, f"{url.host} asks for the password in clear text: use https, or a camera that asks by digest")
        return self._basic


@asynccontextmanager
async def answer(web: httpx.AsyncClient, url: str, credentials: Credentials) -> AsyncIterator[httpx.Response]:
    """An answer of 200 whose body is still to be read.

    Raises:
        SourceError: it refuses, knows no such camera, sends elsewhere, or answers otherwise.

    """
    request = web.build_request("GET", url)
    for _ in range(MOST_REDIRECTS + 1):
        response = await _asked(web, request, credentials)
        try:
            if response.next_request is None:
                _check(response)
                yield response
                return
            request = _here(request.url, response.next_request)
        finally:
            await response.aclose()
    raise garbage(f"{request.url.host} sends in a circle")


async def _asked(web: httpx.AsyncClient, request: httpx.Request, credentials: Credentials) -> httpx.Response:
    # Driven by hand: httpx would read the whole body of a refusal, however long it is.
    flow = credentials.sync_auth_flow(request)
    asked = next(flow)
    while True:
        response = await web.send(asked, stream=True, auth=None)
        async with AsyncExitStack() as unread:
            unread.push_async_callback(response.aclose)
            try:
                asked = flow.send(response)
            except StopIteration:
                unread.pop_all()  # whoever asked closes it
                return response


def _here(asked: httpx.URL, following: httpx.Request) -> httpx.Request:
    target = following.url
    if (target.scheme, target.host, target.port) != (asked.scheme, asked.host, asked.port):
        raise SourceError(Cause.REFUSED, f"{asked.host} sends to another address ({target.scheme}://{target.host}), which is not followed: "
                                         "write that one into the file of IOC_CAMERAS if it is right")
    return following


def _check(response: httpx.Response) -> None:
    status, host = response.status_code, response.url.host
    if status in _DENIED:
        raise SourceError(Cause.UNAUTHORISED, f"{host} refuses the user or the password ({status})")
    if status in _GONE:
        raise SourceError(Cause.MISSING, f"{host} knows no such camera ({status})")
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        raise SourceError(Cause.OFFLINE, f"{host} says that the camera is off (503)")
    if status != httpx.codes.OK:
        raise garbage(f"{host} answers {status}")


async def body(response: httpx.Response, most: int) -> bytes:
    """The answer's bytes as they came: nothing that is packed is unpacked.

    Raises:
        SourceError: GARBAGE: more than `most`.

    """
    found = bytearray()
    async for piece in response.aiter_raw():
        found += piece
        if len(found) > most:
            raise garbage(f"{response.url.host} answers with more than {most} bytes")
    return bytes(found)


def host(site: Site, url: str) -> str:
    """Host of an address.

    Raises:
        ConfigurationError: none that could be asked for, such as a name with a space.

    """
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"IOC_CAMERAS: the address of the system '{site.camera.system}': {error}") from None


@contextmanager
def told(host: str, timeout_s: float) -> Iterator[None]:
    """What goes wrong inside, as a SourceError that names the host and no secret."""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException):
        raise SourceError(Cause.TIMEOUT, f"{host} gave no whole picture within {timeout_s:g} s") from None
    except httpx.ConnectError as error:
        raise SourceError(Cause.REFUSED, f"{host} cannot be reached: {error}") from None
    except httpx.RemoteProtocolError as error:
        cut = any(word in str(error).lower() for word in _CUT)
        raise SourceError(Cause.ENDED if cut else Cause.GARBAGE, f"{host} {'broke off' if cut else 'does not speak HTTP'}") from None
    except (httpx.NetworkError, OSError):
        raise SourceError(Cause.ENDED, f"{host} broke off") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise garbage(f"{host}: {type(error).__name__}") from None


@contextmanager
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop of this thread. Unlike asyncio.run, its end does not wait for a name server that hangs."""
    found = asyncio.new_event_loop()
    try:
        yield found
    finally:
        try:
            found.run_until_complete(found.shutdown_asyncgens())
        finally:
            found.close()


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
