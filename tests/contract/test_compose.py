"""docker-compose.yml against the Compose specification's own schema (as the package check-jsonschema ships it) and our rules."""

import json
import re
import runpy
import tomllib
from importlib import resources

import jsonschema
import pytest

from ioc.__main__ import parser
from ioc.db.connect import Connection, connect
from ioc.settings import documented
from simulators.engine.options import _parser as simulator_parser
from tests.contract.compose import BY_HAND, COMPOSE, EXAMPLE, LONG_RUNNING, ONE_SHOTS, OURS, ROOT, SERVICES, TEXT, commands, defaulted


def test_compose_file_follows_the_compose_specification() -> None:
    schema = resources.files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json").read_bytes()
    jsonschema.validate(COMPOSE, json.loads(schema))


def test_schema_notices_a_mistake() -> None:
    schema = json.loads(resources.files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json").read_bytes())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"services": {"sink": {"image": "ioc:1", "restrat": "always"}}}, schema)


@pytest.mark.parametrize("name", SERVICES)
def test_image_is_pinned_to_a_version(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")
    assert re.match(r"\d+\.\d+(\.\d+)?(-[\w.]+)?$", tag)


def test_our_image_has_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"ioc:{version}"}


def test_dockerfile_pins_its_images_and_does_not_run_as_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert all(re.match(r"FROM python:3\.11\.\d+-slim-\w+( AS \w+)?$", line) for line in text.splitlines() if line.startswith("FROM"))
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1] not in {"root", "0"}


def test_dockerfile_installs_only_from_hashes() -> None:
    installs = [line for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if "pip install" in line]
    assert installs
    assert all("--no-cache-dir" in line and ("--require-hashes" in line or "--no-index" in line) for line in installs)


def test_database_is_timescale_for_postgresql_17() -> None:
    assert re.fullmatch(r"timescale/timescaledb:2\.\d+\.\d+-pg17", SERVICES["database"]["image"])


@pytest.mark.parametrize("name", [name for name in OURS if "entrypoint" not in SERVICES[name] and name not in BY_HAND])
def test_command_exists(name: str) -> None:
    assert SERVICES[name]["command"][0] in commands(parser())


def test_simulators_understand_their_options() -> None:
    given = [defaulted(word) for word in SERVICES["simulators"]["command"][1:]]
    found = simulator_parser().parse_args(given)
    assert (found.kafka, found.database, found.profile) == ("kafka:9092", "host=database user=ioc_simulators dbname=ioc", "soc_trang")


def test_every_ioc_variable_is_a_setting() -> None:
    known = {name for name, _, _ in documented()}
    assert set(re.findall(r"\bIOC_[A-Z_]+\b", TEXT + EXAMPLE)) <= known


@pytest.mark.parametrize(("name", "default", "_doc"), [d for d in documented() if re.search(rf"\$\{{{d[0]}:-", TEXT)])
def test_setting_has_the_program_s_own_default(name: str, default: object, _doc: str) -> None:
    assert set(re.findall(rf"\$\{{{name}:-([^}}]*)\}}", TEXT)) == {str(default)}


def test_env_example_names_every_variable_that_compose_reads() -> None:
    optional = {"IOC_GROUP", "IOC_BATCH"}
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert asked - optional == set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))


def test_env_example_gives_the_defaults() -> None:
    written = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    defaults = {name: value for name, value in re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT) if name in written}
    assert written == defaults


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_long_running_service_is_watched_and_restarted(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_service_has_a_memory_limit(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", SERVICES[name]["mem_limit"])


def test_only_the_proxy_publishes_a_port_and_on_loopback() -> None:
    assert {name: [defaulted(p) for p in s["ports"]] for name, s in SERVICES.items() if "ports" in s} == {
        "proxy": ["127.0.0.1:8443:443"]}


def test_everything_but_the_proxy_is_cut_off_from_outside() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert {name for name, s in SERVICES.items() if s["networks"] != ["inside"]} == {"proxy", "relay", "cameras"}  # two ask others, nobody reaches them
    assert all("ports" not in SERVICES[name] for name in ("relay", "cameras"))


def test_topics_are_made_by_the_program_that_reads_them() -> None:
    assert SERVICES["topics"]["command"][0] == "topics"


def test_topics_are_never_made_by_accident() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_offsets_outlive_the_messages() -> None:
    command = SERVICES["topics"]["command"]
    kept = float(defaulted(command[command.index("--retention-days") + 1]))
    assert kept >= 14
    assert int(SERVICES["kafka"]["environment"]["KAFKA_OFFSETS_RETENTION_MINUTES"]) / 1440 > kept


@pytest.mark.parametrize(("name", "part"), [(name, part) for name, s in SERVICES.items() for part in s.get("depends_on", {})])
def test_service_waits_until_what_it_needs_is_ready(name: str, part: str) -> None:
    wanted = "service_completed_successfully" if part in ONE_SHOTS else "service_healthy"
    assert SERVICES[name]["depends_on"][part]["condition"] == wanted


def test_data_lie_in_named_volumes() -> None:
    mounts = [m for s in SERVICES.values() for m in s.get("volumes", []) if not m.startswith("./secrets/")]
    named = {m.split(":")[0] for m in mounts if not m.startswith("./")}
    assert named == set(COMPOSE["volumes"])
    assert all(m.endswith(":ro") and (ROOT / m.split(":")[0]).is_file() for m in mounts if m.startswith("./"))


def test_proxy_passes_the_live_stream_on_at_once() -> None:
    text = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    live = text.split("handle /live/*", maxsplit=1)[1].split("handle {", maxsplit=1)[0]
    assert "flush_interval -1" in live
    assert "encode" not in live


def health(conn: Connection, part: str) -> bool:
    """What the health check of a container asks the database."""
    questions = runpy.run_path(str(ROOT / "deploy" / "healthy.py"))["QUESTIONS"]
    row = conn.execute(questions[part].encode()).fetchone()
    assert row is not None
    return bool(row[0])


@pytest.mark.parametrize("name", [n for n in OURS if n not in ONE_SHOTS | BY_HAND])
def test_health_check_asks_for_its_own_service(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "python", "/app/healthy.py", name]


@pytest.mark.parametrize("part", ["sink", "live", "simulators"])
def test_part_that_does_nothing_is_not_healthy(conn: Connection, part: str) -> None:
    assert not health(conn, part)


def test_sink_is_healthy_while_it_holds_its_connection(conn: Connection, dsn: str) -> None:
    with connect(dsn, application="ioc-sink", autocommit=True):
        assert health(conn, "sink")


def test_live_is_healthy_after_a_tick(conn: Connection) -> None:
    conn.execute("insert into live_tick (epoch, ticked_at) values ('a', now())")
    assert health(conn, "live")


def test_health_check_says_what_is_wrong(dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IOC_DATABASE", dsn)
    assert runpy.run_path(str(ROOT / "deploy" / "healthy.py"))["main"]("live") == 1
    assert capsys.readouterr().err == "live is not healthy: it does nothing\n"
