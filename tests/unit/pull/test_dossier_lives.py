"""Any true life, polled at any moments, by a source that tells little or much."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.pull.lives import CODE, Life, Watcher, lived, stamp

SEEDS = st.integers(min_value=0, max_value=10**6)
POLLS = st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=8)
WELL = settings(max_examples=40, deadline=None)


def polled(life: Life, moments: list[float]) -> Watcher:
    """Polls at parts of the life's length, and once after its end."""
    watcher, length = Watcher(), life.turns[-1][0] - life.turns[0][0]
    for part in sorted(moments):
        at = life.turns[0][0] + timedelta(seconds=int(part * length.total_seconds()))
        watcher.see(life.record(at), at)
    watcher.see(life.record(life.turns[-1][0]), life.turns[-1][0] + timedelta(hours=2))
    return watcher


@WELL
@given(seed=SEEDS, moments=POLLS)
def test_folded_events_end_in_the_state_that_the_last_snapshot_says(seed: int, moments: list[float]) -> None:
    life = lived(seed)
    found = polled(life, moments).folded()
    assert found.name == life.name(life.turns[-1][0])
    assert found.irregularities == []


@WELL
@given(seed=SEEDS, moments=POLLS)
def test_folded_events_end_with_the_deadline_that_the_last_snapshot_says(seed: int, moments: list[float]) -> None:
    life, end = lived(seed), timedelta(0)
    state = polled(life, moments).folded().state
    if received := life.received_at(life.turns[-1][0] + end):
        assert state.due_at == life.due_at(life.turns[-1][0])
        assert state.received_at == received


@WELL
@given(seed=SEEDS, moments=POLLS)
def test_second_poll_without_a_change_publishes_nothing(seed: int, moments: list[float]) -> None:
    life = lived(seed)
    watcher, end = polled(life, moments), life.turns[-1][0]
    assert watcher.see(life.record(end), end + timedelta(hours=3)) == []
    assert watcher.see(life.record(end), end + timedelta(days=3)) == []


@WELL
@given(seed=SEEDS, moments=POLLS)
def test_told_moments_stand_as_told(seed: int, moments: list[float]) -> None:
    life = lived(seed)
    watcher = polled(life, moments)
    told = {stamped for stamped, _ in life.turns}
    for event in watcher.events():
        marks = event.rest or ""
        assert event.occurred_at in told or '"moment":' in marks


@WELL
@given(seed=SEEDS, moments=POLLS)
def test_events_of_one_life_have_ids_of_their_own(seed: int, moments: list[float]) -> None:
    events = polled(lived(seed), moments).events()
    assert len({e.identity for e in events}) == len(events)


@WELL
@given(seed=SEEDS, moments=POLLS, first=st.booleans())
def test_progress_between_the_snapshots_contradicts_nothing(seed: int, moments: list[float], first: bool) -> None:  # noqa: FBT001 (drawn)
    life, watcher = lived(seed), Watcher()
    start, end = life.turns[0][0], life.turns[-1][0]
    for part in [*sorted(moments), 1]:
        at = start + timedelta(seconds=int(part * (end - start).total_seconds()))
        steps = [{"MaHoSo": CODE, "ThoiDiemXuLy": stamp(t), "TrangThai": s} for t, s in life.turns if s in "2456789" and t <= at]
        for record in [*steps, life.record(at)] if first else [life.record(at), *steps]:
            watcher.see(record, at)
    assert (watcher.folded().name, watcher.folded().irregularities) == (life.name(end), [])
