"""Signing in by a directory, over real TCP and TLS."""

import logging
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ioc.errors import UnavailableError
from ioc.people.ldap import Directory
from ioc.people.outside import LdapAccess, Reason, SignOnRefusedError
from tests.fake_directory import FakeDirectory, certified, directory

BASE = "DC=tinh,DC=example,DC=vn"
LAN, AN, READER = f"CN=Nguyễn Lan (\\, Sở),OU=Người,{BASE}", f"CN=Trần An,OU=Người,{BASE}", f"CN=reader,{BASE}"
OPERATORS, SHIFT, ALL = (f"CN={name},OU=Groups,{BASE}" for name in ("operators", "shift", "all"))
PASSWORDS = {LAN: "Mật khẩu 1", AN: "of-an", READER: "of-reader", "lan@tinh.example.vn": "Mật khẩu 1", "an@tinh.example.vn": "of-an"}
GUID = uuid.UUID("4a7c1f0e-91d2-4c55-8a0b-0123456789ab")


def person(login: str, name: str, control: int = 512, **more: list[bytes]) -> dict[str, list[bytes]]:
    return {"objectCategory": [b"person"], "objectClass": [b"user"], "objectGUID": [GUID.bytes_le], "sAMAccountName": [login.encode()],
            "userPrincipalName": [f"{login}@tinh.example.vn".encode()], "displayName": [name.encode()], "userAccountControl": [str(control).encode()], **more}


def made() -> FakeDirectory:
    group = {"objectClass": [b"group"]}
    return FakeDirectory(passwords=dict(PASSWORDS), entries={
        LAN: person("Lan", "Nguyễn Lan", memberOf=[OPERATORS.encode()]), AN: person("an", "Trần An", memberOf=[ALL.encode()]),
        OPERATORS: group | {"member": [LAN.encode()]}, SHIFT: group | {"member": [OPERATORS.encode(), ALL.encode()]},
        ALL: group | {"member": [SHIFT.encode(), AN.encode()]},
    })


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return certified(tmp_path, "localhost", "127.0.0.1")


@pytest.fixture
def fake(files: tuple[Path, Path]) -> Iterator[FakeDirectory]:
    with directory(made(), files[1], ldaps=True) as running:
        yield running


def asking(fake: FakeDirectory, files: tuple[Path, Path], **changed: Any) -> Directory:
    (files[0].parent / "password").write_text("of-reader")
    access: dict[str, Any] = {"url": f"ldaps://localhost:{fake.port}", "base": BASE, "ca_file": str(files[0]), "service_dn": READER,
              "service_password_file": str(files[0].parent / "password"), "timeout_s": 2} | changed
    return Directory(LdapAccess(**access))


def refused(by: Directory, login: str, password: str) -> Reason:
    with pytest.raises(SignOnRefusedError) as told:
        by.sign_in(login, password)
    return told.value.reason


def test_directory_tells_who_signs_in(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    found = asking(fake, files).sign_in(" LAN ", "Mật khẩu 1")
    assert (found.login, found.name, found.external_id) == ("lan", "Nguyễn Lan", str(GUID))
    assert found.issuer == "ldap:dc=tinh,dc=example,dc=vn"
    assert found.groups == {OPERATORS}


def test_directory_knows_a_person_by_principal_name(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    assert asking(fake, files).sign_in("lan@tinh.example.vn", "Mật khẩu 1").login == "lan"


def test_directory_follows_groups_within_groups(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    assert asking(fake, files, nested=True).sign_in("lan", "Mật khẩu 1").groups == {OPERATORS, SHIFT, ALL}


def test_directory_finds_groups_by_a_filter(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    by = asking(fake, files, group_filter="(&(objectClass=group)(member={dn}))")
    assert by.sign_in("lan", "Mật khẩu 1").groups == {OPERATORS}


def test_directory_needs_no_service_account(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    by = asking(fake, files, service_dn="", service_password_file="", bind_dn="{login}@tinh.example.vn")
    assert by.sign_in("lan", "Mật khẩu 1").external_id == str(GUID)
    assert READER not in [text for _, _, text in fake.heard]


def test_directory_signs_in_only_the_entry_whose_password_it_is(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    # The filter finds An's entry for the log-in that Lan can bind with: An's password must be hers.
    del fake.entries[LAN]
    fake.entries[AN]["userPrincipalName"] = [b"lan"]
    by = asking(fake, files, service_dn="", service_password_file="", bind_dn="{login}@tinh.example.vn")
    assert refused(by, "lan", "Mật khẩu 1") is Reason.PASSWORD


@pytest.mark.parametrize(("login", "password"), [("lan", "wrong"), ("nobody", "Mật khẩu 1"), ("lan", "of-an"), ("lan", "of-reader")])
def test_directory_refuses_what_is_wrong_without_saying_which(fake: FakeDirectory, files: tuple[Path, Path], login: str, password: str) -> None:
    assert refused(asking(fake, files), login, password) is Reason.PASSWORD


@pytest.mark.parametrize(("login", "password"), [("lan", ""), ("", "x"), ("  ", "x"), ("lan", "\0"), ("lan", "x\0"), ("l\0an", "x"), ("lan\n", ""),
                                                 ("lan", "x" * 257), ("l" * 257, "x"), ("la\nn", "x"), ("lan\ud800", "x")])
def test_directory_is_not_even_asked_for_what_nobody_types(fake: FakeDirectory, files: tuple[Path, Path], login: str, password: str) -> None:
    assert refused(asking(fake, files), login, password) is Reason.PASSWORD
    assert fake.heard == []


@pytest.mark.parametrize("login", ["*", "l*", "*)(uid=*", "lan)(|(objectClass=*", "*))(|(objectClass=*", "lan)(!(sAMAccountName=x", "\\2a", "lan\\", "(lan)",
                                   "CN=x", "lan,DC=x", "l\\61n"])
def test_directory_takes_a_log_in_to_the_letter(fake: FakeDirectory, files: tuple[Path, Path], login: str) -> None:
    assert refused(asking(fake, files), login, "Mật khẩu 1") is Reason.PASSWORD
    by_dn = asking(fake, files, service_dn="", service_password_file="", bind_dn=f"CN={{login}},OU=Người,{BASE}")
    assert refused(by_dn, login, "Mật khẩu 1") is Reason.PASSWORD
    # No bind but the service account's own, and the literal name that was typed.
    assert all(text == READER or login[0] in text for kind, _, text in fake.heard if kind == "bind")


def test_directory_binds_by_no_other_name_than_was_typed(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    by_dn = asking(fake, files, service_dn="", service_password_file="", bind_dn=f"CN={{login}},OU=Người,{BASE}")
    assert refused(by_dn, "Trần An,OU=Người", "of-an") is Reason.PASSWORD
    assert [text for kind, _, text in fake.heard if kind == "bind"] == [f"CN=Trần An\\,OU\\=Người,OU=Người,{BASE}"]


def test_directory_refuses_a_disabled_account(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    fake.entries[LAN]["userAccountControl"] = [b"514"]
    assert refused(asking(fake, files), "lan", "Mật khẩu 1") is Reason.DISABLED
    assert refused(asking(fake, files), "lan", "wrong") is Reason.PASSWORD


def test_directory_refuses_a_log_in_of_two(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    fake.entries[AN]["userPrincipalName"] = [b"lan"]
    assert refused(asking(fake, files), "lan", "Mật khẩu 1") is Reason.PASSWORD


def test_directory_refuses_an_entry_without_a_lasting_id(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    del fake.entries[LAN]["objectGUID"]
    assert refused(asking(fake, files), "lan", "Mật khẩu 1") is Reason.FACTS


@pytest.mark.parametrize(("operation", "code"), [("bindResponse", 10), ("bindResponse", 51), ("searchResDone", 10), ("searchResDone", 1), ("searchResDone", 32)])
def test_directory_that_refers_elsewhere_or_fails_is_away(fake: FakeDirectory, files: tuple[Path, Path], operation: str, code: int) -> None:
    fake.answers[operation] = code
    with pytest.raises(UnavailableError, match="account of this centre"):
        asking(fake, files).sign_in("lan", "Mật khẩu 1")


def test_directory_that_refuses_the_service_account_is_away(fake: FakeDirectory, files: tuple[Path, Path], caplog: pytest.LogCaptureFixture) -> None:
    fake.passwords[READER] = "changed"
    with pytest.raises(UnavailableError):
        asking(fake, files).sign_in("lan", "Mật khẩu 1")
    assert "bind as CN=reader" in caplog.text
    assert "of-reader" not in caplog.text
    assert "Mật khẩu 1" not in caplog.text


@pytest.mark.parametrize("noise", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x03\x02\x01\x01", b"\x30\x84\x00\x00\x00\x02\x05\x00", b"\0" * 64, b"0\x00\x00"])
def test_directory_that_speaks_no_ldap_is_away(fake: FakeDirectory, files: tuple[Path, Path], noise: bytes) -> None:
    fake.noise = noise
    with pytest.raises(UnavailableError):
        asking(fake, files).sign_in("lan", "Mật khẩu 1")


def test_directory_of_another_authority_is_not_asked(fake: FakeDirectory, files: tuple[Path, Path], tmp_path: Path) -> None:
    stranger, _ = certified(tmp_path, "localhost")
    for ca_file in (str(stranger), ""):
        with pytest.raises(UnavailableError):
            asking(fake, files, ca_file=ca_file).sign_in("lan", "Mật khẩu 1")
    assert fake.heard == []


@pytest.mark.parametrize("names", [("dc1.tinh.example.vn",), ("*.example.vn",), ("127.0.0.2",)])
@pytest.mark.parametrize("ldaps", [True, False])
def test_directory_of_another_name_is_not_asked(tmp_path: Path, names: tuple[str, ...], ldaps: bool) -> None:  # noqa: FBT001 (a case)
    files = certified(tmp_path, *names)
    with directory(made(), files[1], ldaps=ldaps) as fake:
        by = asking(fake, files, url=f"{'ldaps' if ldaps else 'ldap'}://localhost:{fake.port}", starttls=not ldaps)
        with pytest.raises(UnavailableError):
            by.sign_in("lan", "Mật khẩu 1")
    assert [kind for kind, _, _ in fake.heard] == ([] if ldaps else ["extended"])


def test_directory_is_known_by_its_address(tmp_path: Path) -> None:
    files = certified(tmp_path, "127.0.0.1")
    with directory(made(), files[1], ldaps=True) as fake:
        assert asking(fake, files, url=f"ldaps://127.0.0.1:{fake.port}").sign_in("lan", "Mật khẩu 1").login == "lan"


def test_start_tls_comes_before_any_bind(files: tuple[Path, Path]) -> None:
    with directory(made(), files[1], ldaps=False) as fake:
        asking(fake, files, url=f"ldap://localhost:{fake.port}", starttls=True).sign_in("lan", "Mật khẩu 1")
    assert {kind for kind, over_tls, _ in fake.heard if not over_tls} == {"extended"}
    assert [text for kind, over_tls, text in fake.heard if kind == "bind" and over_tls] == [READER, LAN]


@pytest.mark.parametrize("code", [2, 52, 10])
def test_directory_without_start_tls_hears_no_password(files: tuple[Path, Path], code: int) -> None:
    with directory(made(), files[1], ldaps=False) as fake:
        fake.answers["extendedResp"] = code
        with pytest.raises(UnavailableError):
            asking(fake, files, url=f"ldap://localhost:{fake.port}", starttls=True).sign_in("lan", "Mật khẩu 1")
    assert "bind" not in [kind for kind, _, _ in fake.heard]


def test_second_server_is_asked_where_the_first_is_away(fake: FakeDirectory, files: tuple[Path, Path], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    by = asking(fake, files, url=["ldaps://localhost:1", f"ldaps://localhost:{fake.port}"])
    for _ in range(3):
        assert by.sign_in("lan", "Mật khẩu 1").login == "lan"
    assert len([r for r in caplog.records if "does not answer" in r.message]) == 1


def test_second_server_is_not_asked_for_a_wrong_password(fake: FakeDirectory, files: tuple[Path, Path]) -> None:
    by = asking(fake, files, url=[f"ldaps://localhost:{fake.port}", f"ldaps://127.0.0.1:{fake.port}"])
    assert refused(by, "lan", "wrong") is Reason.PASSWORD
    assert [text for kind, _, text in fake.heard if kind == "bind"] == [READER, LAN]


def test_directory_that_is_silent_is_away_in_bounded_time(files: tuple[Path, Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        by = asking(FakeDirectory({}, {}, port=silent.getsockname()[1]), files, timeout_s=1)
        outcome: list[BaseException] = []

        def attempt() -> None:
            try:
                by.sign_in("lan", "Mật khẩu 1")
            except UnavailableError as error:
                outcome.append(error)

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join(5)
    assert outcome
