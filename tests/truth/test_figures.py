"""Any order, repeats, batches, lateness and corrections: every figure, now and at past moments, is the one that the raw events say."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ioc.db.connect import connect
from ioc.streams.engine import rebuild
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.integration.streams_wire import BASE, event
from tests.rules import RULES
from tests.truth.lives import LISTENING, NOW, START, Piece, deliveries, lives, told
from tests.truth.path import Path
from tests.truth.questions import questions
from tests.truth.sections import PARTS, SECTIONS
from tests.truth.verdict import differences, stored

EXAMPLES = 45
EVENTS = 25
# A seed has no simpler form to shrink to; the same seeds come at every run, and the one that fails is in the message.
TRUTH = settings(max_examples=EXAMPLES, derandomize=True, print_blob=True, deadline=None, database=None, phases=[Phase.generate],
                 suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="module")
def path(postgres: str) -> Iterator[Path]:
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        broker = MemoryBroker(partitions=2)
        yield Path(dsn, conn, broker, broker.source())


def test_there_are_two_hundred_examples_and_a_section_for_each_of_the_five_panels() -> None:
    assert SECTIONS.keys() == PARTS.keys() == {"one_stop", "counters", "online_services", "documents_tasks", "citizen_reports"}
    assert EXAMPLES * len(SECTIONS) >= 200


@pytest.mark.parametrize("section", SECTIONS)
@TRUTH
@given(seed=st.integers(0, 2**32))
def test_figures_now_and_at_past_moments_are_what_the_raw_events_say(path: Path, section: str, seed: int) -> None:
    random = Random(seed)
    wires = lives(random, PARTS[section], EVENTS)
    pieces = deliveries(random, wires)
    path.bring(pieces)
    found = [difference for asked in questions(random, wires, pieces) for difference in differences(path.conn, section, asked)]
    assert not found, "\n".join([*found, told(pieces)])
    assert [d for name in PARTS[section] for d in rebuild.recount(path.conn, streams()[name], RULES)] == []
    if random.randrange(4) == 0:
        before = stored(path.conn, PARTS[section])
        assert {name: rebuild.rebuild(path.conn, streams()[name], RULES, NOW).changed for name in PARTS[section]} == dict.fromkeys(PARTS[section], 0)
        assert stored(path.conn, PARTS[section]) == before


def test_the_oracle_is_not_satisfied_with_a_figure_that_is_off_by_one(path: Path) -> None:
    wires = [event("dossier", "received", (START - BASE).total_seconds() / 60)]
    pieces = [Piece(LISTENING[0], [*wires])]
    path.bring(pieces)
    asked = [question for seed in range(5) for question in questions(Random(seed), wires, pieces)]
    assert [difference for one in asked for difference in differences(path.conn, "one_stop", one)] == []
    path.conn.execute("update dossier_daily set received = received + 1")
    found = [difference for one in asked for difference in differences(path.conn, "one_stop", one)]
    assert any(difference.startswith("received of") for difference in found)
    assert [d.table for d in rebuild.recount(path.conn, streams()["dossier"], RULES)] == ["dossier_daily"]
