"""Simulators in step: what a scenario's silence lets through."""

from collections import Counter
from datetime import timedelta

import pytest

from ioc.profiles.scenarios import Effect
from ioc.streams.engine.registry import streams
from simulators.engine.encode import Record
from simulators.engine.registry import registered
from simulators.engine.together import Voice, records
from tests.unit.simulators.telling import effect, local, scene

DAY, BEGIN, END = "2026-09-15", local("2026-09-15", 9), local("2026-09-15", 11)


def sent(name: str, *effects: Effect) -> list[Record]:
    start, simulator, scenario = local(DAY), registered()[name], scene(*effects, live=DAY, scale=0.2)
    ticks = iter([start, start + timedelta(days=1)])
    return list(records([Voice(simulator, streams()[simulator.stream], scenario, start, "1")], ticks, {}))


def spoken(told: list[Record]) -> Counter[bool]:
    """How many were sent in the hours of the silence and beside them."""
    return Counter(BEGIN <= record.at < END for record in told)


@pytest.mark.parametrize("name", ["counter", "report", "incident", "document", "task"])
def test_a_silent_stream_sends_nothing_while_it_lasts_and_the_same_as_ever_beside_it(name: str) -> None:
    usual, silent = sent(name), sent(name, effect(f"{name}.silent", BEGIN, END))
    assert spoken(usual)[True] > 0
    assert silent == [record for record in usual if not BEGIN <= record.at < END]


def test_a_silence_of_another_stream_changes_nothing() -> None:
    assert sent("report", effect("counter.silent", BEGIN, END)) == sent("report")


def test_a_silence_of_one_unit_leaves_the_others_alone() -> None:
    silent = sent("report", effect("report.silent", BEGIN, END, units=("31510",)))
    assert silent == [r for r in sent("report") if not (BEGIN <= r.at < END and b'"unit_code":"31510"' in r.value)]
    assert spoken(silent)[True] > 0


def test_a_silence_of_one_subject_leaves_the_others_alone() -> None:
    usual = sent("platform")
    subject = next(r.key.decode() for r in usual if BEGIN <= r.at < END)
    silent = sent("platform", effect("platform.silent", BEGIN, END, only=(subject,)))
    assert silent == [r for r in usual if not (BEGIN <= r.at < END and r.key == subject.encode())]
    assert len(silent) < len(usual)


def test_a_simulator_with_a_silence_of_its_own_keeps_its_meaning() -> None:
    silent = sent("dossier", effect("dossier.silent", BEGIN, END))
    after = BEGIN + (END - BEGIN) * 1.5
    assert spoken(silent)[True] == 0
    assert sum(END <= r.at < after for r in silent) > 2 * sum(END <= r.at < after for r in sent("dossier"))
