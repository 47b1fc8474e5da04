"""What an OpenID provider's proof must be: signed by its key, for this program, now, for this very sign-in."""

import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from ioc.clock import FrozenClock
from ioc.people.oidc import Provider
from ioc.people.outside import Reason
from tests.fake_sign_on import CLIENT, GOOD_KEY, NOW, OTHER_KEY, SECRET, FakeProvider, begun, of, plain, provider, refused, signed_in


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with provider() as running:
        yield running


@pytest.fixture
def ours(fake: FakeProvider, tmp_path: Path) -> Provider:
    return of(fake, FrozenClock(NOW), tmp_path)


def by_hand(header: dict[str, str], sign: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], str]:
    """Makes a token of claims that no library would make."""
    def made(claims: dict[str, Any]) -> str:
        start = f"{plain(json.dumps(header).encode())}.{plain(json.dumps(claims).encode())}"
        return f"{start}.{plain(sign(start.encode()))}"

    return made


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": None}, {"aud": [CLIENT, "another"]}, {"aud": []},
    {"aud": ["another"], "azp": CLIENT}, {"azp": "another"}, {"iss": "https://elsewhere.example.vn"}, {"iss": None}, {"sub": None}, {"sub": ""}, {"sub": 17},
    {"exp": int(NOW.timestamp()) - 61}, {"exp": None}, {"exp": "tomorrow"}, {"iat": int(NOW.timestamp()) + 61}, {"iat": None},
    {"nbf": int(NOW.timestamp()) + 61},
]


@pytest.mark.parametrize("claims", WRONG_CLAIMS, ids=str)
def test_token_with_a_wrong_claim_is_refused(fake: FakeProvider, ours: Provider, claims: dict[str, Any]) -> None:
    fake.claims = claims
    assert refused(ours, *begun(ours)) is Reason.TOKEN


@pytest.mark.parametrize("claims", [{"exp": int(NOW.timestamp()) - 59}, {"iat": int(NOW.timestamp()) + 59}, {"aud": [CLIENT]}, {"azp": CLIENT},
                                    {"aud": [CLIENT, "another"], "azp": CLIENT}], ids=str)
def test_token_within_the_leeway_is_good(fake: FakeProvider, ours: Provider, claims: dict[str, Any]) -> None:
    fake.claims = claims
    assert signed_in(ours).external_id == "p-17"


PUBLIC = GOOD_KEY.as_pem(private=False)
FORGED: dict[str, Callable[[dict[str, Any]], str]] = {
    "key of another": lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, OTHER_KEY),
    "key of another under the right name": lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048, {"kid": "one"})),
    "no signature": by_hand({"alg": "none"}, lambda start: b""),
    "no signature, named key": by_hand({"alg": "none", "kid": "one"}, lambda start: b""),
    "NONE": by_hand({"alg": "None", "kid": "one"}, lambda start: b""),
    "public key as a shared secret": by_hand({"alg": "HS256", "kid": "one"}, lambda start: hmac.digest(PUBLIC, start, "sha256")),
    "client secret": by_hand({"alg": "HS256"}, lambda start: hmac.digest(SECRET.encode(), start, "sha256")),
    "key in the header": by_hand({"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}, lambda start: b"x"),  # type: ignore[dict-item]
    "cut off": lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, GOOD_KEY).rsplit(".", 1)[0] + ".",
    "no token": lambda claims: "",
    "no JSON": lambda claims: "a.b.c",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_forged_token_is_refused(fake: FakeProvider, ours: Provider, forged: Callable[[dict[str, Any]], str]) -> None:
    fake.sign = forged
    assert refused(ours, *begun(ours)) is Reason.TOKEN


def test_shared_secret_is_refused_even_where_the_provider_publishes_it(fake: FakeProvider, ours: Provider) -> None:
    fake.description["id_token_signing_alg_values_supported"] = ["HS256", "RS256"]
    fake.keys = [OctKey.import_key(b"a key of thirty-two bytes, public", {"kid": "shared"})]
    fake.sign = lambda claims: jwt.encode({"alg": "HS256", "kid": "shared"}, claims, fake.keys[0])
    assert refused(ours, *begun(ours)) is Reason.TOKEN


def test_elliptic_signature_is_good_where_the_provider_uses_it(fake: FakeProvider, ours: Provider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"})
    fake.description["id_token_signing_alg_values_supported"] = ["ES256"]
    fake.keys = [GOOD_KEY, key]
    fake.sign = lambda claims: jwt.encode({"alg": "ES256", "kid": "ec"}, claims, key)
    assert signed_in(ours).external_id == "p-17"


def test_token_is_refused_by_an_algorithm_that_the_provider_does_not_use(fake: FakeProvider, ours: Provider) -> None:
    key = RSAKey.generate_key(2048, {"kid": "any"})
    fake.keys, fake.sign = [key], lambda claims: jwt.encode({"alg": "PS256", "kid": "any"}, claims, key, algorithms=["PS256"])
    assert refused(ours, *begun(ours)) is Reason.TOKEN


def test_token_is_good_by_an_algorithm_that_the_provider_uses(fake: FakeProvider, ours: Provider) -> None:
    key = RSAKey.generate_key(2048, {"kid": "any"})
    fake.description["id_token_signing_alg_values_supported"] = ["PS256"]
    fake.keys, fake.sign = [key], lambda claims: jwt.encode({"alg": "PS256", "kid": "any"}, claims, key, algorithms=["PS256"])
    assert signed_in(ours).external_id == "p-17"
