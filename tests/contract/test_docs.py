"""The docs: what they list is what there is, what they link to exists, and the code in them runs."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ioc import profiles
from ioc.__main__ import parser
from ioc.errors import InvalidEvent
from ioc.panels.engine.card import STATE_WORDS
from ioc.panels.engine.freshness import DEAD, LATE, STALE
from ioc.profiles import units
from ioc.settings import documented

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Runs in a copy of the program with the examples in it, on a database of its own; prints what came of them.
CHILD = """
import json, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from ioc.clock import FrozenClock
from ioc.db.connect import connect
from ioc.db.migrate import migrate
from ioc.live.frames import encode
from ioc.panels.engine.build import build
from ioc.panels.engine.card import props
from ioc.moment import now_moment
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from ioc.streams.engine.sink import Sink
from ioc.streams.engine.store import event_columns
from ioc.words import words
from tests.rules import RULES

dsn, province, golden = sys.argv[1:]
clock, profile = FrozenClock(datetime(2026, 11, 21, 1, tzinfo=UTC)), load_profile(province)
stream, panel = streams()["salinity"], panels()["salinity"]
with connect(dsn, application="test", autocommit=True) as conn:
    migrated = migrate(conn, kind="exercise")
    def face():
        snapshot = build(conn, panel, now_moment(clock.now()), profile)
        shown = json.loads(encode([props(panel, snapshot, words(language), profile) for language in ("vi", "en")]))
        return {"salty": snapshot.numbers["salty"].value, "comparison": shown[1]["salinity--comparison"]["children"]}
    empty = face()
    broker = MemoryBroker()
    value = json.dumps(json.loads(Path(golden).read_bytes())["measured"]).encode()
    broker.send(stream.topic, b"G07", value, [("content-type", b"application/cloudevents+json")])
    sink = Sink(broker.source(), lambda: connect(dsn, application="ioc-sink"), clock, RULES)
    sink.step(threading.Event())
    stored = conn.execute("select subject, salinity_gl, depth_m from salinity_event").fetchall()
    filled = face()
    columns = [c.name for c in conn.execute("select * from salinity_event limit 0").description]
print(json.dumps({"migrated": migrated, "columns": columns == list(event_columns(stream)), "totals": sink.totals, "stored": stored,
                  "empty": empty, "filled": filled, "streams": sorted(streams()), "panels": list(panels())}))
"""


def examples() -> dict[str, str]:
    """Path → text of the example files in CONTRIBUTING.md."""
    return dict(EXAMPLE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with the example files in it, and nothing else touched."""
    root = tmp_path_factory.mktemp("copy")
    for room in ("ioc", "simulators", "tests"):
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "vendor", "browser", "real", "faults"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for path, text in examples().items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def outcome(copy: Path, postgres: str) -> Iterator[dict[str, Any]]:
    """What the example stream and panel do in the copy."""
    from tests.conftest import fresh_database

    with fresh_database(postgres) as dsn:
        province = ROOT / "tests" / "profiles" / "binh_minh"
        done = subprocess.run(
            [sys.executable, "-c", CHILD, dsn, str(province), str(copy / "tests/contract/golden/salinity.json")],
            cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False, timeout=60)  # noqa: TID251
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


def test_contributing_shows_a_whole_stream_and_a_whole_panel() -> None:
    assert sorted(examples()) == [
        "ioc/db/migrations/0900_salinity.sql", "ioc/panels/salinity.py", "ioc/panels/salinity.sql", "ioc/streams/salinity.py",
        "tests/contract/golden/salinity.json"]


def test_examples_touch_no_file_that_there_is() -> None:
    assert [path for path in examples() if (ROOT / path).exists()] == []


def test_example_files_are_registered_by_being_there(outcome: dict[str, Any]) -> None:
    assert "salinity" in outcome["streams"]
    assert "salinity" in outcome["panels"]


def test_example_migration_fits_the_schema(outcome: dict[str, Any]) -> None:
    assert outcome["migrated"] == ["0900_salinity.sql"]
    assert outcome["columns"]


def test_example_golden_message_is_stored_whole(outcome: dict[str, Any]) -> None:
    assert outcome["totals"] == [1, 0, 0]
    assert outcome["stored"] == [["G07", 4.2, 0.5]]


def test_example_panel_renders_zero_rows(outcome: dict[str, Any]) -> None:
    assert outcome["empty"] == {"salty": None, "comparison": "0 điểm đang đo"}


def test_example_panel_shows_what_the_stream_brought(outcome: dict[str, Any]) -> None:
    assert outcome["filled"] == {"salty": 1, "comparison": "1 điểm đang đo"}


def test_example_stream_passes_the_tests_of_all_streams(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/contract/test_streams.py", "-k", "salinity"], cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False, timeout=120)  # noqa: TID251
    assert done.returncode == 0, done.stdout


def test_example_code_keeps_the_house_style(copy: Path) -> None:
    files = [str(copy / path) for path in examples() if path.endswith(".py")]
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), *files],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def rows(text: str, heading: str) -> list[list[str]]:
    """Cells of the table under a heading or line, without its head."""
    table = text.split(f"\n{heading}", maxsplit=1)[1].split("\n|", maxsplit=1)[1].split("\n\n", maxsplit=1)[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]


def test_operations_lists_the_settings_as_they_are() -> None:
    assert rows(OPERATIONS, "## Settings") == [[f"`{name}`", f"`{default}`" if default != "" else "empty", doc] for name, default, doc in documented()]


def commands(root: argparse.ArgumentParser, before: str) -> Iterator[str]:
    below = [a for a in root._actions if isinstance(a, argparse._SubParsersAction)]
    if before != "ioc" and (not below or root.get_default("run")):
        yield before
    for action in below:
        for name, found in action.choices.items():
            yield from commands(found, f"{before} {name}")


def test_operations_lists_the_commands_as_they_are() -> None:
    assert {row[0] for row in rows(OPERATIONS, "## Commands")} == {f"`{command}`" for command in commands(parser(), "ioc")}


def test_operations_names_each_option() -> None:
    text = OPERATIONS.split("\n## Commands", maxsplit=1)[1].split("\n## ", maxsplit=1)[0]
    options = {o for c in _leaves(parser()) for a in c._actions for o in a.option_strings if o.startswith("--") and o != "--help"}
    assert [option for option in sorted(options) if option not in text] == []


def _leaves(root: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    below = [found for a in root._actions if isinstance(a, argparse._SubParsersAction) for found in a.choices.values()]
    yield from [leaf for found in below for leaf in _leaves(found)] or [root]


@pytest.mark.parametrize(("file", "struct"), [
    ("`profile.toml`", profiles._File), ("`[[sources]]`", profiles.SourceContract), ("`units.csv`", units.Unit),
    ("`agencies.csv`", units.Agency), ("`categories.csv`", profiles.Category), ("`points.csv`", profiles.Point)])
def test_operations_explains_each_column_of_a_profile(file: str, struct: type[msgspec.Struct]) -> None:
    named = {name for row in rows(OPERATIONS, file) for name in re.findall(r"`(\w+)`", row[0])}
    assert named == set(struct.__struct_encode_fields__)


def test_operations_explains_each_freshness_word() -> None:
    said = {row[0].split(" · ")[0]: row[1] for row in rows(OPERATIONS, "A source promises")}
    assert set(STATE_WORDS.values()) <= said.keys()
    assert [str(factor) in said[STATE_WORDS[state]] for factor, state in ((LATE, "late"), (STALE, "stale"), (DEAD, "dead"))] == [True] * 3


def reasons() -> set[str]:
    """Reasons of dead letters, as the code gives them."""
    text = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "ioc" / "streams").rglob("*.py"))
    return set(re.findall(rf"{InvalidEvent.__name__}\(\s*\"(\w+)\"", text)) | set(re.findall(r"reason=\"(\w+)\"", text))


def test_operations_explains_each_reason_of_a_dead_letter() -> None:
    assert {name for row in rows(OPERATIONS, "ioc dead-letters replay 17 --value") for name in re.findall(r"`(\w+)`", row[0])} == reasons()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files_that_there_are(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_architecture_is_read_in_one_sitting() -> None:
    assert len((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_make_targets_in_the_docs_exist() -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {t for page in PAGES for t in re.findall(r"(?:`|^|\n)(?:IOC_\w+=\S+ )?make ([a-z-]+)", page.read_text(encoding="utf-8"))}
    assert asked
    assert asked <= known


CHOICE = re.compile(r"^### 2026-\d\d-\d\d · .+\?$", re.MULTILINE)


def test_each_choice_has_its_price_and_what_would_change_our_mind() -> None:
    head, *choices = CHOICE.split((ROOT / "docs" / "why.md").read_text(encoding="utf-8"))
    assert "###" not in head
    assert len(choices) > 20
    assert [c for c in choices if not all(f"- **{part}**" in c for part in ("Choice", "Price", "Would change our mind"))] == []
