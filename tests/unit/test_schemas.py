"""JSON Schemas of the event types: their addresses, what they require, and the files that are written."""

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ioc.__main__ import main
from ioc.schemas import DIALECT, address, files, index, schemas
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.registry import streams

TYPES = [stream.type_of(fact) for stream in streams().values() for fact in stream.facts]


def schema(event_type: str) -> Any:
    return schemas()[event_type]


def test_every_type_has_a_schema_at_its_address() -> None:
    assert list(schemas()) == TYPES
    assert {s["$id"] for s in schemas().values()} == {f"/api/schemas/{name}.json" for name in TYPES}
    assert {s["$schema"] for s in schemas().values()} == {DIALECT}


@pytest.mark.parametrize(("name", "fact"), [(stream.name, fact) for stream in streams().values() for fact in stream.facts])
def test_fact_requires_its_fields_and_takes_no_null_for_them(name: str, fact: str) -> None:
    stream = streams()[name]
    found = schema(stream.type_of(fact))
    wire = {f.name: f.encode_name for f in msgspec.structs.fields(stream.schema) if f.required or (f.name in stream.facts[fact] and f.default is None)}
    assert set(found["required"]) == set(wire.values())
    assert [key for key in wire.values() if {"type": "null"} in found["properties"][key].get("anyOf", [])] == []


def test_field_stands_by_its_name_on_the_wire() -> None:
    assert "recorded_at" in schema("vn.ioc.camera.status.v1")["properties"]
    assert "source_recorded_at" not in schema("vn.ioc.camera.status.v1")["properties"]


@pytest.mark.parametrize("stream", [stream for stream in streams().values() if stream.check and stream.check.__doc__], ids=lambda stream: stream.name)
def test_schema_says_what_is_checked_beyond_it(stream: Stream) -> None:
    assert stream.check
    about = schema(stream.type_of(next(iter(stream.facts))))["description"]
    assert about.endswith(f"Checked beyond this schema: {inspect.getdoc(stream.check)}")


def test_schema_says_what_its_fields_mean() -> None:
    found = schema("vn.ioc.dossier.extended.v1")
    assert found["description"].startswith("Dossiers of the one-stop systems")
    assert found["properties"]["delivered_at"]["description"].startswith("when the citizen really got it")


def test_fields_keep_their_limits() -> None:
    rating = schema("vn.ioc.dossier.rated.v1")["properties"]["rating"]
    assert (rating["minimum"], rating["maximum"]) == (1, 5)
    assert schema("vn.ioc.dossier.rated.v1")["properties"]["org_code"]["maxLength"] == 100


def test_event_part_holds_the_envelope() -> None:
    event = schema("vn.ioc.report.noted.v1")["$defs"]["event"]
    assert set(event["required"]) == {"specversion", "id", "source", "type", "subject", "time"}
    assert event["properties"]["type"] == {"const": "vn.ioc.report.noted.v1"}
    assert event["properties"]["id"]["maxLength"] == 200


def test_index_leads_to_every_schema() -> None:
    assert [each["type"] for each in index()["schemas"]] == TYPES
    assert [each["dataschema"] for each in index()["schemas"]] == [address(name) for name in TYPES]
    assert {each["topic"] for each in index()["schemas"]} == {stream.topic for stream in streams().values()}


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "new" / "schemas"


def test_catalogue_writes_what_is_served(no_settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "--schemas", str(no_settings)]) == 0
    assert {file.name: file.read_bytes() for file in no_settings.iterdir()} == files()
    assert json.loads((no_settings / "index.json").read_text(encoding="utf-8")) == index()
    assert f"{len(TYPES)} schemas" in capsys.readouterr().out


def test_catalogue_says_where_it_cannot_write(no_settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_settings.parent.write_text("a file")
    assert main(["catalogue", "--schemas", str(no_settings)]) == 1
    assert "cannot be written" in capsys.readouterr().err
