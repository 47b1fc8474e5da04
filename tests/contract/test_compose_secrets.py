"""Secrets of docker-compose.yml: each service its own, made by a script, told nowhere."""

import re
import runpy
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from ioc.db.roles import load_roles
from ioc.people.seals import read_seals
from ioc.settings import read_settings
from tests.contract.compose import COMPOSE, EXAMPLE, OURS, ROLE, ROOT, SERVICES, TEXT, defaulted, given


def test_no_password_stands_in_a_file() -> None:
    secret = re.compile(r"(?i)^[ \t-]*\w*(password|secret|token)\w*[ \t]*[:=][ \t]*(?P<value>\S.*)$", re.MULTILINE)
    named = re.compile(r"\$\{|/run/secrets/\w+$|\"\"$|\[[\w, {}:]*\]$")  # the places where secrets lie
    assert [m["value"] for m in secret.finditer(TEXT) if not named.match(m["value"])] == []
    assert [m["value"] for m in secret.finditer(EXAMPLE)] == []


def test_no_secret_travels_in_the_environment() -> None:
    told = {name: value for s in SERVICES.values() for name, value in s.get("environment", {}).items() if re.search("PASSWORD|KEY|SECRET", name)
            and name != "IOC_KEYS"}  # that one names a file
    assert told
    assert all(name.endswith("_FILE") or name.startswith("KAFKA_SSL_") for name in told)
    assert all(value == "" or value.startswith("/run/secrets/") or value == "PEM" for value in told.values())


@pytest.mark.parametrize("name", sorted(set(OURS) - {"users", "topics"}))
def test_service_connects_as_its_own_role_with_its_own_password(name: str) -> None:
    known = ROLE.search(SERVICES[name]["environment"]["IOC_DATABASE"])
    assert known
    role = {"migrate": "ioc", "roles": "ioc", "admin": "ioc_owner"}.get(name, f"ioc_{name}")
    assert known[1] == role
    assert given(name)["database_password"] == f"./secrets/database/{role}"
    assert role == "ioc" or load_roles().roles[role].login


@pytest.mark.parametrize("name", ["sink", "web", "simulators", "admin"])
def test_service_is_at_kafka_as_its_own_user(name: str) -> None:
    environment = SERVICES[name]["environment"]
    role = f"ioc_{'owner' if name == 'admin' else name}"
    assert (environment["IOC_KAFKA_SECURITY"], environment["IOC_KAFKA_USER"]) == ("SASL_SSL", role)
    assert given(name)["kafka_password"] == f"./secrets/kafka/{role}"
    assert role in runpy.run_path(str(ROOT / "deploy" / "kafka_users.py"))["rights"]("ioc-sink")


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_given_no_secret_that_is_not_its_own(name: str) -> None:
    allowed = {"database": {"ioc"}, "kafka": {"broker.pem", "ca.pem"}, "migrate": {"ioc"}, "roles": {"ioc"}, "topics": {"admin.pem", "ca.pem"},
               "users": {"admin.pem", "ca.pem"}, "admin": {"ioc_owner", "ca.pem"}}.get(name, {f"ioc_{name}", "ca.pem"})
    if name in {"web", "relay", "admin"}:  # who seals, and opens what is sealed
        allowed |= {"keys"}
    assert {Path(file).name for file in given(name).values()} <= allowed
    mounted = [m for m in SERVICES[name].get("volumes", []) if "secrets" in m]
    assert name in {"roles", "users"} or mounted == (["./secrets/cameras:/etc/ioc/cameras:ro"] if name == "cameras" else [])


@pytest.mark.parametrize("name", sorted(set(OURS)))
def test_settings_of_a_service_are_settings_the_program_takes(name: str) -> None:
    environment = {key: defaulted(value) for key, value in SERVICES[name]["environment"].items()}
    files = {f"/run/secrets/{target}" for target in given(name)}
    settings = read_settings(environment)
    if settings.kafka_user or settings.kafka_certificate:
        assert {settings.kafka_ca, settings.kafka_certificate or settings.kafka_password_file} <= files


def test_kafka_lets_nobody_in_unproved() -> None:
    environment = SERVICES["kafka"]["environment"]
    assert "PLAINTEXT" not in str(environment)
    assert environment["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"
    assert "ANONYMOUS" not in environment["KAFKA_SUPER_USERS"]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    subprocess.run(["sh", str(ROOT / "deploy" / "secrets.sh"), str(folder)], check=True)
    return folder


def test_secrets_script_makes_every_secret_that_compose_names(secrets: Path) -> None:
    named = {s["file"].removeprefix("./secrets/") for s in COMPOSE["secrets"].values()}
    assert [name for name in sorted(named) if not (secrets / name).stat().st_size] == []


def test_secrets_script_makes_a_password_for_every_role_and_user(secrets: Path) -> None:
    roles = {role.name for role in load_roles().roles.values() if role.login}
    users = set(runpy.run_path(str(ROOT / "deploy" / "kafka_users.py"))["rights"]("ioc-sink"))
    assert {f.name for f in (secrets / "database").iterdir()} == roles | {"ioc"}
    assert {f.name for f in (secrets / "kafka").iterdir() if "." not in f.name} == users
    passwords = [f.read_text() for f in secrets.rglob("*") if f.is_file() and "." not in f.name]
    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 44
    assert len(read_seals(str(secrets / "keys")).seal(b"x")) > 16


def test_secrets_are_their_owner_s_alone(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert (secrets / "kafka" / "ca.key").stat().st_mode & 0o777 == 0o600


def test_broker_s_certificate_is_for_the_name_that_clients_use(secrets: Path) -> None:
    made = x509.load_pem_x509_certificate((secrets / "kafka" / "broker.pem").read_bytes())
    authority = x509.load_pem_x509_certificate((secrets / "kafka" / "ca.pem").read_bytes())
    made.verify_directly_issued_by(authority)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    assert {s["environment"]["IOC_KAFKA"].partition(":")[0] for s in SERVICES.values() if "IOC_KAFKA" in s.get("environment", {})} <= set(names)


def test_secrets_script_leaves_what_is_there(secrets: Path) -> None:
    before = {f: f.read_bytes() for f in secrets.rglob("*") if f.is_file()}
    (secrets / "database" / "ioc_sink").unlink()
    subprocess.run(["sh", str(ROOT / "deploy" / "secrets.sh"), str(secrets)], check=True)
    after = {f: f.read_bytes() for f in secrets.rglob("*") if f.is_file()}
    assert {f.name for f in before if before[f] != after[f]} == {"ioc_sink"}


def test_git_takes_no_secrets() -> None:
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
