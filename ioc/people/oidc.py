"""OpenID Connect: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9207)."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, TypeVar

import httpx
import msgspec
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core.util import create_half_hash  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ioc.clock import Clock
from ioc.errors import ConfigurationError, UnavailableError
from ioc.people.outside import Lookup, OidcAccess, OutsideIdentity, Reason, SignOnRefusedError, secret, trust
from ioc.settings import environment

log = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "ES256", "PS256")
"""Signatures that are believed; never 'none', never one made with a shared secret (HS…)."""
LEEWAY_S = 60
KEPT = timedelta(hours=1)
"""How long a provider's description and keys are believed without asking again."""
LONGEST = 1_000_000
"""Bytes of an answer."""
_T = TypeVar("_T")
_METHODS = ("client_secret_basic", "client_secret_post")


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """A provider, asked when somebody signs in; what it says of itself is kept for an hour."""

    def __init__(self, access: OidcAccess, clock: Clock, lookup: Lookup = environment) -> None:
        for name, address in (("issuer", access.issuer), ("return_address", access.return_address), ("leave_address", access.leave_address)):
            if (address or name != "leave_address") and not is_safe(address):
                raise ConfigurationError(f"[oidc] {name} is '{address}': it must be https (http on loopback alone)")
        if access.token_auth not in {"", *_METHODS}:
            raise ConfigurationError(f"[oidc] token_auth is '{access.token_auth}': it must be {' or '.join(_METHODS)}, or left out")
        self._access, self._clock = access, clock
        self._secret = secret("[oidc] client_secret", access.client_secret_env, access.client_secret_file, lookup)
        self._trust = trust("[oidc]", access.ca_file)
        self._described: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._away = False

    @property
    def title(self) -> str:
        return self._access.title

    async def begin(self) -> tuple[str, Mapping[str, str]]:
        """The address to send the browser to, and the step to keep on this side until the browser comes back with the same one.

        Raises:
            UnavailableError: the provider does not answer; local sign-in is not touched by it.

        """
        step = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32), "verifier": secrets.token_urlsafe(48)}
        provider = await self._describe()
        extra = {"prompt": self._access.prompt} if self._access.prompt else {}
        async with self._client(provider) as client:
            address, _ = client.create_authorization_url(
                provider.authorization_endpoint, state=step["state"], nonce=step["nonce"], code_verifier=step["verifier"], **extra,
            )
        return str(address), step

    async def finish(self, step: Mapping[str, str], query: Mapping[str, str]) -> OutsideIdentity:
        """Who came back. `query`: of the address that the browser came back to; a step is good once: forget it before the call.

        Raises:
            SignOnRefusedError: another's step, a refusal by the provider, or a proof that does not hold.
            UnavailableError: the provider does not answer.

        """
        if not step.get("state") or not hmac.compare_digest(step["state"].encode(), query.get("state", "").encode()):
            raise SignOnRefusedError(Reason.STEP, "this answer belongs to another sign-in, or to one of long ago: begin again")
        provider = await self._describe()
        if query.get("iss", "" if provider.authorization_response_iss_parameter_supported else provider.issuer) != provider.issuer:
            raise SignOnRefusedError(Reason.TOKEN, "the answer comes from another provider")
        if query.get("error") in {"server_error", "temporarily_unavailable"}:
            raise UnavailableError(f"{self.title} cannot sign anybody in at the moment: try again, or use an account of this centre")
        if "error" in query or not query.get("code"):
            raise SignOnRefusedError(Reason.CANCELLED, f"{self.title} did not sign in ({query.get('error', 'no code')[:80]!r})")
        tokens = await self._exchange(provider, query["code"], step["verifier"])
        proof = await self._proof(provider, str(tokens.get("id_token", "")), step["nonce"])
        return self._identity(await self._completed(provider, proof, tokens))

    async def farewell(self) -> str | None:
        """Where to send the browser so that the provider's own session ends too; None where it has no such place or is away."""
        try:
            provider = await self._describe()
        except UnavailableError:
            return None
        if not provider.end_session_endpoint:
            return None
        back = [("post_logout_redirect_uri", self._access.leave_address)] if self._access.leave_address else []
        return str(add_params_to_uri(provider.end_session_endpoint, [("client_id", self._access.client_id), *back]))

    async def _describe(self) -> Description:
        if self._described is not None and self._fresh(self._described[0]):
            return self._described[1]
        place = f"{self._access.issuer.rstrip('/')}/.well-known/openid-configuration"
        told = _read(place, await self._get(place), Description)
        if told.issuer != self._access.issuer:
            raise UnavailableError(f"{place} names the issuer '{told.issuer}': [oidc] issuer must be the same to the letter")
        places = (told.authorization_endpoint, told.token_endpoint, told.jwks_uri, told.userinfo_endpoint, told.end_session_endpoint)
        if not all(is_safe(one, like=told.issuer) for one in places if one) or not set(ALGORITHMS) & set(told.id_token_signing_alg_values_supported):
            raise UnavailableError(f"{place} names an address that is not https, or no signature of {', '.join(ALGORITHMS)}")
        self._described = (self._clock.real(), told)
        return told

    async def _key_set(self, provider: Description, *, anew: bool) -> KeySet:
        if not anew and self._keys is not None and self._fresh(self._keys[0]):
            return self._keys[1]
        told = _read(provider.jwks_uri, await self._get(provider.jwks_uri), dict[str, Any])
        try:
            keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise UnavailableError(f"{provider.jwks_uri} gives no keys that can be used ({error})") from None
        self._keys = (self._clock.real(), keys)
        return keys

    async def _exchange(self, provider: Description, code: str, verifier: str) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(2 * self._access.timeout_s), self._client(provider) as client:
                tokens: Mapping[str, Any] = await client.fetch_token(provider.token_endpoint, code=code, code_verifier=verifier,
                                                                     grant_type="authorization_code")
        except AuthlibBaseError as error:
            # invalid_client and the like are this side's fault, but what is to be done is the same: the log has the cause.
            log.warning("%s refuses the code: %s", provider.token_endpoint, error.error)
            raise SignOnRefusedError(Reason.TOKEN, f"{self.title} does not accept its own answer ({str(error.error)[:80]!r}): begin again") from None
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise self._unanswered(provider.token_endpoint, error) from None
        return tokens

    async def _proof(self, provider: Description, token: str, nonce: str) -> jwt.Token:
        """The ID token, once signature, issuer, audience, party, times and nonce hold."""
        registry = JWSRegistry(algorithms=[a for a in ALGORITHMS if a in provider.id_token_signing_alg_values_supported], strict_check_header=False)
        try:
            try:
                found = jwt.decode(token, await self._key_set(provider, anew=False), registry=registry)
            except InvalidKeyIdError:
                found = jwt.decode(token, await self._key_set(provider, anew=True), registry=registry)
            self._registry(provider, nonce).validate(found.claims)
        except (JoseError, ValueError) as error:
            raise SignOnRefusedError(Reason.TOKEN, f"{self.title} gives a proof that does not hold ({str(error)[:120]})") from None
        mine = self._access.client_id
        # A token for several programs must say that this one asked for it.
        if found.claims.get("azp", mine if found.claims["aud"] in (mine, [mine]) else None) != mine:
            raise SignOnRefusedError(Reason.TOKEN, f"{self.title} gives a proof that is meant for another program")
        return found

    def _registry(self, provider: Description, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock.real().timestamp()), leeway=LEEWAY_S,
            iss={"essential": True, "value": provider.issuer}, aud={"essential": True, "value": self._access.client_id},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True}, nonce={"essential": True, "value": nonce},
        )

    async def _completed(self, provider: Description, proof: jwt.Token, tokens: Mapping[str, Any]) -> Mapping[str, Any]:
        """Claims, with those of the userinfo endpoint where the ID token has no groups or no log-in: some providers give them there alone."""
        claims: Mapping[str, Any] = proof.claims
        wanted = (self._access.groups_claim, self._access.login_claim)
        if not provider.userinfo_endpoint or all(_claim(claims, name) is not None for name in wanted):
            return claims
        access = str(tokens.get("access_token", ""))
        if "at_hash" in claims and claims["at_hash"] != create_half_hash(access, proof.header["alg"]).decode():
            raise SignOnRefusedError(Reason.TOKEN, f"{self.title} gives a proof that belongs to other tokens")
        more = _read(provider.userinfo_endpoint, await self._get(provider.userinfo_endpoint, authorization=f"Bearer {access}"), dict[str, Any])
        if more.get("sub") != claims["sub"]:
            raise SignOnRefusedError(Reason.TOKEN, f"{self.title} tells of somebody else than it signed in")
        return {**more, **claims}

    def _identity(self, claims: Mapping[str, Any]) -> OutsideIdentity:
        login, name, groups = (_claim(claims, c) for c in (self._access.login_claim, self._access.name_claim, self._access.groups_claim))
        if not isinstance(login, str) or not login.strip():
            raise SignOnRefusedError(Reason.FACTS, f"{self.title} names no log-in: [oidc] login_claim is '{self._access.login_claim}'")
        told = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        login = " ".join(login.split()).lower()
        return OutsideIdentity(
            issuer=self._access.issuer, external_id=claims["sub"], login=login, name=(name.strip() if isinstance(name, str) else "") or login,
            groups=frozenset(group for group in told if isinstance(group, str)),
        )

    async def _get(self, place: str, **headers: str) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(2 * self._access.timeout_s), self._plain() as client, client.stream("GET", place, headers=headers) as answer:
                answer.raise_for_status()
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > LONGEST:
                        raise ValueError(f"more than {LONGEST} bytes")  # noqa: TRY301 (one sentence for all)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise self._unanswered(place, error) from None
        if self._away:
            log.info("%s answers again", place)
        self._away = False
        return bytes(body)

    def _unanswered(self, place: str, error: Exception) -> UnavailableError:
        if not self._away:
            log.warning("%s does not answer: %s %s", place, type(error).__name__, error)
        self._away = True
        return UnavailableError(f"{self.title} does not answer: try again, or use an account of this centre")

    def _plain(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(verify=self._trust, timeout=self._access.timeout_s, follow_redirects=False, trust_env=False)

    def _client(self, provider: Description) -> AbstractAsyncContextManager[Any]:
        offered = provider.token_endpoint_auth_methods_supported
        method = self._access.token_auth or (_METHODS[0] if _METHODS[0] in offered or _METHODS[1] not in offered else _METHODS[1])
        client: AbstractAsyncContextManager[Any] = AsyncOAuth2Client(
            client_id=self._access.client_id, client_secret=self._secret, token_endpoint_auth_method=method if self._secret else "none",
            redirect_uri=self._access.return_address, scope=" ".join(self._access.scopes), code_challenge_method="S256",
            # No proxy or credentials from the environment, no redirects: code and secret go where the description says, nowhere else.
            verify=self._trust, timeout=self._access.timeout_s, follow_redirects=False, trust_env=False,
        )
        return client

    def _fresh(self, at: datetime) -> bool:
        return timedelta() <= self._clock.real() - at < KEPT


def is_safe(address: str, *, like: str = "") -> bool:
    """Whether an address is https, or http on loopback (where `like` is so too)."""
    try:
        url = httpx.URL(address)
        return url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host) and not like.startswith("https:"))
    except httpx.InvalidURL:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _read(place: str, body: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnavailableError(f"{place} answers with what cannot be read ({error})") from None
