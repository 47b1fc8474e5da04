"""Every rule of the register is raised and cleared by its example, through the whole path: events, decoding, the sink's writer, the engine."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from ioc.alerts.rule import Rule
from ioc.db.connect import Connection, connect
from tests.alerts import examples
from tests.alerts.world import Example, World, only, prepare, register
from tests.conftest import fresh_database


def found() -> dict[str, Example]:
    rooms = [importlib.import_module(f"{examples.__name__}.{m.name}") for m in pkgutil.iter_modules(examples.__path__)]
    return {rule: example for room in rooms for rule, example in room.EXAMPLES.items()}


@pytest.fixture
def world_conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        prepare(conn)
        yield conn


def rule_of(number: str, example: Example) -> Rule:
    return msgspec.convert({**msgspec.to_builtins(register().rules[number]), **example.changed}, Rule)


def test_every_rule_has_an_example() -> None:
    assert sorted(register().rules) == sorted(found())


@pytest.mark.parametrize("number", sorted(found()))
def test_the_example_raises_and_clears_its_rule(number: str, world_conn: Connection) -> None:
    example = found()[number]
    rule = rule_of(number, example)
    world = World(world_conn, only(rule), at=example.raising[0].at if example.raising else example.raised_at)
    world.silent = example.silent
    world.tell(*example.raising)
    for at in (*example.looks, example.raised_at):
        world.look(at)
    (alert,) = [a for a in world.open() if a.subject_ref == (example.subject or None)]
    assert (alert.rule_id, alert.severity) == (number, example.severity)
    assert alert.cases
    world.silent = frozenset()
    world.tell(*example.clearing)
    for wait in (0.0, rule.clear_for_s + 1):
        world.look(example.cleared_at + timedelta(seconds=wait))
    assert alert.alert_id not in {a.alert_id for a in world.open()}
    assert world.facts(alert.alert_id)[-1] == "resolved"
