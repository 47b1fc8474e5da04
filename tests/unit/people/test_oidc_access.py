"""What an [oidc] section must say before anybody is sent to the provider."""

from pathlib import Path
from typing import Any

import pytest

from ioc.clock import SystemClock
from ioc.errors import ConfigurationError
from ioc.people.oidc import Provider, is_safe
from ioc.people.outside import OidcAccess

SECRETS = {"SSO": "x"}


def of(**changed: Any) -> Provider:
    access: dict[str, Any] = {"issuer": "https://sso.example.vn", "client_id": "ioc", "return_address": "https://ioc.example.vn/back"} | changed
    return Provider(OidcAccess(**access), SystemClock(), SECRETS.get)


@pytest.mark.parametrize("address", ["https://sso.example.vn", "https://sso.example.vn:8443/realms/tinh", "http://localhost:8080", "http://127.0.0.1", "http://[::1]/x"])
def test_address_is_safe(address: str) -> None:
    assert is_safe(address)


@pytest.mark.parametrize("address", ["http://sso.example.vn", "http://localhost.example.vn", "http://10.0.0.1", "http://127.0.0.1@sso.example.vn", "ftp://localhost",
                                     "javascript:alert(1)", "", "localhost", "http://", "http://[::1", "//sso.example.vn"])
def test_address_is_not_safe(address: str) -> None:
    assert not is_safe(address)


def test_loopback_in_clear_text_is_not_safe_where_the_issuer_is_https() -> None:
    assert not is_safe("http://127.0.0.1/token", like="https://sso.example.vn")


@pytest.mark.parametrize(("field", "value"), [("issuer", "http://sso.example.vn"), ("return_address", "http://ioc.example.vn/back"), ("return_address", ""),
                                              ("leave_address", "http://ioc.example.vn"), ("token_auth", "none"), ("client_secret_env", "NOT_SET"),
                                              ("client_secret_file", "/nowhere/secret"), ("ca_file", "/nowhere/ca.pem")])
def test_wrong_field_is_an_error_that_names_it(field: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"\[oidc\].*({field}|client_secret)"):
        of(**{field: value})


def test_authority_that_is_no_certificate_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ConfigurationError, match=r"ca\.pem cannot be used"):
        of(ca_file=str(tmp_path / "ca.pem"))


def test_provider_without_a_secret_is_one_of_a_public_client() -> None:
    assert of(title="Đăng nhập tỉnh").title == "Đăng nhập tỉnh"
