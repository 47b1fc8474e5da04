"""What `live` builds next."""

from collections.abc import Collection, Mapping

from ioc.live.turns import BESIDE_S, DANGER_S, OWN_S, Turns

READS = {"alerts": {"alert": DANGER_S}, "reports": {"report": OWN_S}, "stop": {"dossier": OWN_S}, "online": {"dossier": BESIDE_S, "report": BESIDE_S}}


def concerned(changed: Collection[str]) -> Mapping[str, float]:
    return {key: min(patience for stream, patience in reads.items() if stream in changed) for key, reads in READS.items() if set(reads) & set(changed)}


class Bench:
    """A builder that takes `cost_s` for each thing."""

    def __init__(self, cost_s: float = 0.05) -> None:
        self.now, self.cost_s = 100.0, cost_s
        self.turns = Turns(list(READS), concerned, 10.0, lambda: self.now)

    def build(self) -> str | None:
        key = self.turns.hurried()
        if key is not None:
            self.now += self.cost_s
            self.turns.built(key)
        return key


def test_danger_first_then_the_own_stream_then_who_reads_it_beside() -> None:
    bench = Bench()
    bench.turns.changed({"alert", "dossier"})
    assert [bench.build() for _ in range(4)] == ["alerts", "stop", "online", None]


def test_first_event_after_a_pause_is_built_at_once() -> None:
    bench = Bench()
    bench.turns.changed({"report"})
    assert bench.turns.wait_s(2.0) == 0.0
    assert bench.build() == "reports"


def test_under_a_stream_of_events_an_own_panel_waits_less_than_half_a_second_and_nobody_is_starved() -> None:
    bench = Bench()
    longest = dict.fromkeys(READS, 0.0)
    built = dict.fromkeys(READS, bench.now)
    while bench.now < 160.0:
        bench.turns.changed({"alert", "dossier", "report"})
        if (key := bench.build()) is None:
            bench.now += 0.01
            continue
        longest[key] = max(longest[key], bench.now - built[key])
        built[key] = bench.now
    assert max(longest["alerts"], longest["reports"], longest["stop"]) < 0.5
    assert longest["online"] < 3.0


def test_what_costs_much_is_built_seldom() -> None:
    bench = Bench(cost_s=1.0)
    bench.turns.changed({"dossier"})
    assert {bench.build(), bench.build()} == {"stop", "online"}
    bench.turns.changed({"dossier"})
    assert bench.build() is None
    bench.now += 2.0
    assert bench.build() == "stop"
    assert bench.build() is None


def test_round_of_all_is_due_each_ten_seconds_and_gives_each_once() -> None:
    bench = Bench()
    assert bench.turns.whole() is None
    bench.now += 10.0
    found = [bench.turns.whole() for _ in READS]
    assert sorted(key for key in found if key) == sorted(READS)
    assert bench.turns.round_ends
    assert bench.turns.whole() is None


def test_waiting_ends_with_what_is_due_first() -> None:
    bench = Bench()
    assert bench.turns.wait_s(2.0) == 2.0
    assert bench.turns.wait_s(20.0) == 10.0
    bench.turns.changed({"alert"})
    bench.build()
    bench.turns.changed({"alert"})
    assert 0.3 < bench.turns.wait_s(2.0) < 0.4
