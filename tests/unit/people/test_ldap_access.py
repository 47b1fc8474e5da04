"""What an [ldap] section must say before anybody's password is sent."""

from typing import Any

import pytest

from ioc.errors import ConfigurationError
from ioc.people.ldap import Directory
from ioc.people.outside import LdapAccess

SECRETS = {"READER": "x"}


def of(**changed: Any) -> Directory:
    access: dict[str, Any] = {"url": "ldaps://dc1.example.vn", "base": "DC=Example,DC=vn", "bind_dn": "{login}@example.vn"} | changed
    return Directory(LdapAccess(**access), SECRETS.get)


def test_directory_is_named_by_its_base_whichever_server_answers() -> None:
    assert of().issuer == of(url="ldaps://dc2.example.vn", base="dc=example,dc=vn").issuer == "ldap:dc=example,dc=vn"


@pytest.mark.parametrize("changed", [
    {"url": "ldap://dc1.example.vn", "starttls": True}, {"url": ["ldaps://dc1.example.vn", "ldaps://dc2.example.vn:3269"]}, {"nested": True},
    {"bind_dn": "", "service_dn": "CN=reader,DC=vn", "service_password_env": "READER"}, {"group_filter": "(member={dn})"},
], ids=str)
def test_right_sections_are_taken(changed: dict[str, Any]) -> None:
    assert of(**changed).title == "Tài khoản của tỉnh"


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"url": "ldap://dc1.example.vn"}, "over TLS alone"), ({"starttls": True}, "over TLS alone"), ({"url": ["ldaps://a", "ldap://b"]}, "url is"),
    ({"url": []}, "url is"), ({"url": "dc1.example.vn"}, "url is"), ({"url": "ldaps://"}, "url is"), ({"url": "ldapi:///x", "starttls": True}, "url is"),
    ({"bind_dn": ""}, "either service_dn or bind_dn"), ({"service_dn": "CN=reader"}, "either service_dn or bind_dn"),
    ({"bind_dn": "", "service_dn": "CN=reader"}, "service_password_file"), ({"service_password_env": "READER"}, "service_password"),
    ({"bind_dn": "CN=all"}, "no {login}"), ({"user_filter": "(uid=lan)"}, "user_filter"), ({"user_filter": "(uid={login}"}, "user_filter"),
    ({"group_filter": "(member=all)"}, "group_filter"), ({"group_filter": "member={dn}"}, "group_filter"), ({"base": " "}, "base is empty"),
    ({"timeout_s": 0}, "timeout_s"), ({"service_password_env": "NOT_SET"}, "NOT_SET is empty or not set"), ({"ca_file": "/nowhere/ca.pem"}, "ca_file"),
], ids=str)
def test_wrong_sections_are_errors_that_name_the_field(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"\[ldap\].*{sentence}"):
        of(**changed)
