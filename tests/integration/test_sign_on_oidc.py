"""Signing in by an OpenID provider, over real HTTP."""

import asyncio
import base64
import hashlib
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from ioc.clock import FrozenClock
from ioc.errors import UnavailableError
from ioc.people.oidc import Provider
from ioc.people.outside import OutsideIdentity, Reason
from tests.fake_directory import certified
from tests.fake_sign_on import BACK, CLIENT, NOW, OTHER_KEY, FakeProvider, Query, begun, of, plain, provider, refused, signed_in


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with provider() as running:
        yield running


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def ours(fake: FakeProvider, clock: FrozenClock, tmp_path: Path) -> Provider:
    return of(fake, clock, tmp_path)


def test_provider_tells_who_signs_in(fake: FakeProvider, ours: Provider) -> None:
    found = signed_in(ours)
    assert found == OutsideIdentity(issuer=fake.issuer, external_id="p-17", login="lan.nguyen", name="Nguyễn Lan", groups=frozenset({"operators"}))


def test_begin_asks_with_state_nonce_and_challenge(fake: FakeProvider, ours: Provider) -> None:
    address, step = asyncio.run(ours.begin())
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(step["verifier"].encode()).digest()).rstrip(b"=").decode()
    assert asked == {"response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "scope": "openid profile", "state": step["state"],
                     "nonce": step["nonce"], "code_challenge": challenge, "code_challenge_method": "S256"}
    assert step["verifier"] not in address
    assert step != asyncio.run(ours.begin())[1]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_provider_is_shown_the_secret_as_it_asks(fake: FakeProvider, ours: Provider, method: str) -> None:
    fake.description["token_endpoint_auth_methods_supported"] = [method]
    assert signed_in(ours).external_id == "p-17"


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"state": "trạng thái"}])
def test_answer_to_another_step_is_refused_before_the_code_is_used(fake: FakeProvider, ours: Provider, change: Query) -> None:
    step, query = begun(ours)
    assert refused(ours, step, query | change) is Reason.STEP
    assert refused(ours, step, {"code": query["code"]}) is Reason.STEP
    assert refused(ours, {}, query) is Reason.STEP
    assert "token" not in fake.asked


def test_code_of_another_persons_sign_in_is_refused(fake: FakeProvider, ours: Provider) -> None:
    (step, query), (_, stolen) = begun(ours), begun(ours)
    assert refused(ours, step, query | {"code": stolen["code"]}) is Reason.TOKEN


def test_code_is_good_once(fake: FakeProvider, ours: Provider) -> None:
    step, query = begun(ours)
    asyncio.run(ours.finish(step, query))
    assert refused(ours, step, query) is Reason.TOKEN


def test_answer_of_another_provider_is_refused(fake: FakeProvider, ours: Provider) -> None:
    fake.answer = {"iss": "https://elsewhere.example.vn"}
    assert refused(ours, *begun(ours)) is Reason.TOKEN


def test_answer_without_a_sender_is_refused_where_the_provider_names_itself(fake: FakeProvider, ours: Provider) -> None:
    fake.description["authorization_response_iss_parameter_supported"] = True
    assert refused(ours, *begun(ours)) is Reason.TOKEN
    fake.answer = {"iss": fake.issuer}
    assert signed_in(ours).external_id == "p-17"


def test_person_may_turn_back(ours: Provider) -> None:
    step, query = begun(ours)
    assert refused(ours, step, {"state": query["state"], "error": "access_denied"}) is Reason.CANCELLED
    assert refused(ours, step, {"state": query["state"]}) is Reason.CANCELLED


def test_provider_in_trouble_is_away(ours: Provider) -> None:
    step, query = begun(ours)
    with pytest.raises(UnavailableError, match="account of this centre"):
        asyncio.run(ours.finish(step, {"state": query["state"], "error": "temporarily_unavailable"}))


def test_provider_that_is_away_is_told_once(fake: FakeProvider, ours: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "ioc")
    fake.away = True
    for _ in range(3):
        with pytest.raises(UnavailableError, match="account of this centre"):
            asyncio.run(ours.begin())
    fake.away = False
    assert signed_in(ours).login == "lan.nguyen"
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_provider_that_goes_away_between_is_away(fake: FakeProvider, ours: Provider) -> None:
    step, query = begun(ours)
    fake.away = True
    with pytest.raises(UnavailableError):
        asyncio.run(ours.finish(step, query))


def test_provider_that_is_silent_is_away_in_bounded_time(clock: FrozenClock, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ours = of(FakeProvider(issuer=f"http://127.0.0.1:{silent.getsockname()[1]}"), clock, tmp_path, timeout_s=1)

        async def attempt() -> None:
            async with asyncio.timeout(5):
                await ours.begin()

        with pytest.raises(UnavailableError):
            asyncio.run(attempt())


@pytest.mark.parametrize("said", [{"issuer": "http://127.0.0.1:9"}, {"token_endpoint": "http://elsewhere.example.vn/token"}, {"jwks_uri": "ftp://localhost/"},
                                  {"token_endpoint": None}, {"id_token_signing_alg_values_supported": ["none", "HS256"]}, {"jwks_uri": 7},
                                  {"end_session_endpoint": "javascript:alert(1)"}], ids=str)
def test_provider_that_describes_itself_wrongly_is_not_used(fake: FakeProvider, ours: Provider, said: dict[str, Any]) -> None:
    fake.description = said
    with pytest.raises(UnavailableError):
        asyncio.run(ours.begin())


def test_description_and_keys_are_kept_for_an_hour(fake: FakeProvider, ours: Provider, clock: FrozenClock) -> None:
    for _ in range(3):
        signed_in(ours)
    assert (fake.asked.count("jwks"), fake.asked.count(".well-known/openid-configuration")) == (1, 1)
    clock.advance(3600)
    fake.claims = {"exp": int(clock.real().timestamp())}
    signed_in(ours)
    assert (fake.asked.count("jwks"), fake.asked.count(".well-known/openid-configuration")) == (2, 2)


def test_new_key_is_fetched_when_it_is_first_seen(fake: FakeProvider, ours: Provider) -> None:
    signed_in(ours)
    fake.keys = [OTHER_KEY]
    fake.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, OTHER_KEY)
    assert signed_in(ours).external_id == "p-17"
    assert fake.asked.count("jwks") == 2


def test_unknown_key_is_looked_for_once(fake: FakeProvider, ours: Provider) -> None:
    fake.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, OTHER_KEY)
    assert refused(ours, *begun(ours)) is Reason.TOKEN
    assert fake.asked.count("jwks") == 2


def test_key_that_was_withdrawn_is_not_believed_after_an_hour(fake: FakeProvider, ours: Provider, clock: FrozenClock) -> None:
    signed_in(ours)
    fake.keys = [OTHER_KEY]
    clock.advance(3600)
    fake.claims = {"exp": int(clock.real().timestamp()) + 60}
    assert refused(ours, *begun(ours)) is Reason.TOKEN


def test_groups_come_from_a_path_or_from_one_text(fake: FakeProvider, clock: FrozenClock, tmp_path: Path) -> None:
    fake.person = {"sub": "p-17", "upn": "lan", "realm_access": {"roles": ["a", 7, "b"]}, "https://example.vn/groups": "c"}
    by_path = of(fake, clock, tmp_path, login_claim="upn", groups_claim="realm_access.roles")
    assert signed_in(by_path).groups == {"a", "b"}
    by_name = of(fake, clock, tmp_path, login_claim="upn", groups_claim="https://example.vn/groups")
    assert signed_in(by_name).groups == {"c"}


def test_groups_are_asked_for_where_the_token_has_none(fake: FakeProvider, ours: Provider) -> None:
    fake.person = {"sub": "p-17"}
    fake.userinfo = {"sub": "p-17", "preferred_username": "lan", "groups": ["operators"]}
    fake.claims = {"at_hash": plain(hashlib.sha256(b"access").digest()[:16])}
    assert signed_in(ours).groups == {"operators"}


@pytest.mark.parametrize(("claims", "told"), [({}, {"sub": "p-18", "groups": ["operators"]}), ({}, {"groups": ["operators"]}),
                                              ({"at_hash": "another"}, {"sub": "p-17", "groups": ["operators"]})])
def test_groups_of_somebody_else_are_refused(fake: FakeProvider, ours: Provider, claims: dict[str, Any], told: dict[str, Any]) -> None:
    del fake.person["groups"]
    fake.claims, fake.userinfo = claims, told
    assert refused(ours, *begun(ours)) is Reason.TOKEN


def test_person_without_a_log_in_is_refused(fake: FakeProvider, ours: Provider) -> None:
    fake.person["preferred_username"], fake.userinfo = " ", {"sub": "p-17"}
    assert refused(ours, *begun(ours)) is Reason.FACTS


def test_leaving_ends_the_providers_session_too(fake: FakeProvider, clock: FrozenClock, tmp_path: Path) -> None:
    ours = of(fake, clock, tmp_path, leave_address="https://ioc.example.vn/")
    assert asyncio.run(ours.farewell()) == f"{fake.issuer}/leave?client_id=ioc&post_logout_redirect_uri=https%3A%2F%2Fioc.example.vn%2F"


def test_leaving_needs_no_provider(fake: FakeProvider, ours: Provider) -> None:
    fake.away = True
    assert asyncio.run(ours.farewell()) is None
    fake.away, fake.description = False, {"end_session_endpoint": None}
    assert asyncio.run(ours.farewell()) is None


def test_provider_is_believed_by_the_authority_of_the_file_alone(clock: FrozenClock, tmp_path: Path) -> None:
    (ca_file, certificate), (stranger, _) = certified(tmp_path, "127.0.0.1"), certified(tmp_path, "127.0.0.1")
    with provider(certificate) as fake:
        address, _ = asyncio.run(of(fake, clock, tmp_path, ca_file=str(ca_file)).begin())
        assert address.startswith(f"{fake.issuer}/authorize?")
        for wrong in (str(stranger), ""):
            with pytest.raises(UnavailableError):
                asyncio.run(of(fake, clock, tmp_path, ca_file=wrong).begin())


def test_provider_of_another_name_is_not_believed(clock: FrozenClock, tmp_path: Path) -> None:
    ca_file, certificate = certified(tmp_path, "elsewhere.example.vn")
    with provider(certificate) as fake, pytest.raises(UnavailableError):
        asyncio.run(of(fake, clock, tmp_path, ca_file=str(ca_file)).begin())
