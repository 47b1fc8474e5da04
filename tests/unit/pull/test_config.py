"""The file of sources: what it must say, and what it must not hold."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError, ContractError, InputError
from ioc.profiles import load_profile
from ioc.pull import dvcqg
from ioc.pull.engine.agency import orgs_of, units_of
from ioc.pull.engine.config import FolderAccess, RestAccess, read_sources, secret, source_of
from ioc.pull.engine.registry import _adapter, adapters
from tests.unit.pull.test_dvcqg import NOW

NONE: dict[str, str] = {}
GOOD = """
[[sources]]
name = "one-stop"
kind = "pull"
adapter = "dvcqg"
source = "/vn/92/one-stop"
access = { kind = "rest", url = "https://one-stop.example/api", auth_env = "ONE_STOP_TOKEN" }
orgs = { "Sở Tư pháp" = "H13.03" }

[[sources]]
name = "gateway"
kind = "push"
whatever = 1
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "pull.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_sources_of_kind_pull_are_read_and_others_left(tmp_path: Path) -> None:
    found = read_sources(written(tmp_path, GOOD))
    assert list(found) == ["one-stop"]
    assert isinstance(found["one-stop"].access, RestAccess)


def test_access_kinds_are_told_apart(tmp_path: Path) -> None:
    text = GOOD.replace('kind = "rest", url = "https://one-stop.example/api", auth_env = "ONE_STOP_TOKEN"', 'kind = "folder", path = "/data/in"')
    assert read_sources(written(tmp_path, text))["one-stop"].access == FolderAccess(path="/data/in")


@pytest.mark.parametrize(("was", "now", "reason"), [
    ('"dvcqg"', '"other"', "there is no adapter 'other'; there are dvcqg, edxml"),
    ('kind = "rest"', 'kind = "soap"', "Invalid value 'soap'"),
    ('auth_env = "ONE_STOP_TOKEN"', 'token = "s3cret"', "unknown field `token`"),
    ('"/vn/92/one-stop"', '"one-stop"', "a source like /vn/92/one-stop"),
    ("[[sources]]\nname = \"gateway\"\nkind = \"push\"\nwhatever = 1", GOOD, "stands twice"),
    ("name", "name =", "cannot be read"),
])
def test_file_with_a_mistake_is_refused_with_the_reason(tmp_path: Path, was: str, now: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_sources(written(tmp_path, GOOD.replace(was, now)))
    assert reason in str(caught.value)


def test_source_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no source 'x' of kind 'pull' in pull.toml; it has one-stop"):
        source_of(str(written(tmp_path, GOOD)), "x")


def test_secret_comes_from_the_named_variable_or_file(tmp_path: Path) -> None:
    file = written(tmp_path, "from a file\n")
    assert secret("x", "TOKEN", "", {"TOKEN": "Bearer 1"}.get) == "Bearer 1"
    assert secret("x", "", str(file), NONE.get) == "from a file"
    assert secret("x", "", "", NONE.get) == ""


@pytest.mark.parametrize(("env", "file", "reason"), [
    ("TOKEN", "", "the variable TOKEN is empty or not set"), ("IOC_TOKEN", "", "choose another name"), ("", "/nowhere/x", "cannot be read"),
])
def test_secret_that_is_missing_is_an_error_that_names_it(env: str, file: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        secret("source 'x'", env, file, {"IOC_TOKEN": "1"}.get)


def test_agencies_are_known_by_the_profiles_names_and_the_sources_table() -> None:
    profile = load_profile("soc_trang")
    org_of = orgs_of({"STP cũ": "H13.03"}, profile)
    assert (org_of("sở tư pháp", NOW), org_of("stp cũ", NOW), org_of("Sở Nào Đó", NOW)) == ("H13.03", "H13.03", "")
    unit_of = units_of({"H13.03": "31507"}, profile)
    assert (unit_of("H13.03", NOW), unit_of("H13.02", NOW), unit_of("H99", NOW)) == ("31507", "", "")


def test_name_of_several_agencies_is_the_one_of_its_day() -> None:
    org_of = orgs_of({}, load_profile("soc_trang"))
    assert [org_of("Sở  Nội vụ", datetime(year, 11, 2, tzinfo=UTC)) for year in (2023, 2026)] == ["H51.02", "H13.02"]


def test_name_that_no_agency_has_that_day_is_the_newest_of_that_name() -> None:
    org_of = orgs_of({}, load_profile("soc_trang"))
    assert org_of("Sở Nội vụ", datetime(2015, 1, 1, tzinfo=UTC)) == "H13.02"


def test_adapter_of_a_stream_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dvcqg, "ADAPTER", replace(dvcqg.ADAPTER, stream="dossiers"))
    with pytest.raises(ContractError, match=r"ioc/pull/dvcqg\.py: ADAPTER.stream is 'dossiers', there is no such stream; there are alert"):
        _adapter("dvcqg")


def test_adapters_in_the_room_are_registered_by_being_there() -> None:
    assert list(adapters()) == ["dvcqg", "edxml"]
