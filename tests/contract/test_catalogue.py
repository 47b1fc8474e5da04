"""The catalogue: complete, the same each time, and the one that the docs hold."""

from pathlib import Path

import msgspec
import pytest

from ioc.catalogue import text
from ioc.panels.engine.registry import panels
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.registry import streams

FILE = Path(__file__).parents[2] / "docs" / "catalogue.md"


def section(title: str) -> str:
    """The part of the catalogue under a heading."""
    return text().split(f"\n## {title}\n", maxsplit=1)[1].split("\n## ", maxsplit=1)[0]


def test_docs_hold_the_catalogue_of_this_program() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


def test_catalogue_is_the_same_each_time() -> None:
    assert text() == text()


@pytest.mark.parametrize("stream", streams().values(), ids=lambda s: s.name)
def test_catalogue_names_each_fact_and_what_it_must_carry(stream: Stream) -> None:
    found = section(f"Stream {stream.name}")
    for fact, needed in stream.facts.items():
        assert f"| `{fact}` | {', '.join(f'`{n}`' for n in needed) or '–'} |" in found


@pytest.mark.parametrize("stream", streams().values(), ids=lambda s: s.name)
def test_catalogue_names_each_field_by_its_json_key(stream: Stream) -> None:
    found = section(f"Stream {stream.name}")
    assert all(f"| `{f.encode_name}`" in found for f in msgspec.structs.fields(stream.schema))


def test_catalogue_shows_a_transition_with_both_its_states() -> None:
    assert "| `received`, `processing` | `suspended` | `suspended` |" in section("Stream dossier")


def test_catalogue_takes_meanings_from_the_docstring() -> None:
    assert "| `due_at` | moment with zone | promised moment of the result |" in section("Stream dossier")


@pytest.mark.parametrize("key", panels())
def test_catalogue_defines_each_number_of_a_panel(key: str) -> None:
    found = section(f"Panel {key}")
    for name, definition in panels()[key].definitions.items():
        row = next(line for line in found.splitlines() if line.startswith(f"| `{name}` |"))
        assert definition.formula.replace("|", "/").replace("<", "&lt;") in row
