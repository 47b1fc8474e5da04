"""What a public service becomes, what the catalogue held at a past moment, and how look-ups are counted."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.batch import BatchWriter, Item
from ioc.streams.engine.event import Event, Message
from ioc.streams.service import STREAM
from tests.integration.streams_db import rows
from tests.integration.streams_wire import NOW
from tests.unit.streams.lives import RULES, after, keys, lived, measured, same_in_any_order, teller
from tests.unit.streams.stored import stored, told

service = teller(STREAM, service_code="1.004194", level="partial", sector_code="ho-tich")
changed = teller(STREAM, service_code="1.004194")
DAY = local_day(after(0))
FLAG = st.booleans()
DATA = st.fixed_dictionaries({"level": st.sampled_from(["full", "partial", "information"])}, optional={
    "national_integrated": FLAG, "online_payment": FLAG, "qr": FLAG, "org_code": st.sampled_from(["SNV", "STC"])})
STEP = st.tuples(st.sampled_from(["published", "changed", "integrated", "withdrawn"]), st.sampled_from([0, 1, 700, 2900]), DATA)


@st.composite
def catalogue_lives(draw: st.DrawFn) -> list[Event[Any]]:
    minutes, story = 0, []
    for n, (fact, later, data) in enumerate(draw(st.lists(STEP, max_size=10))):
        minutes += later
        story.append(changed(fact, minutes, id_=f"{n:02}", **data))
    return story


def test_published_service_is_on_offer_with_what_it_says_of_itself() -> None:
    found = lived(STREAM, service("published", national_integrated=True, qr=True))
    assert (found.name, found.state.level, found.state.org_code, found.state.integrated_at) == ("published", "partial", "SNV", after(0))
    assert keys(STREAM, found) == dict.fromkeys(("offered", "integrated", "qr"), (DAY, "SNV", "ho-tich", "partial"))


def test_change_moves_the_service_to_its_new_level_and_leaves_the_rest() -> None:
    found = lived(STREAM, service("published", qr=True), changed("changed", 1440, level="full", online_payment=True))
    assert (found.state.level, found.state.qr, found.state.online_payment) == ("full", True, True)
    later = DAY + timedelta(days=1)
    assert (found.counts[DAY, later, "SNV", "ho-tich", "partial"]["offered"], found.counts[DAY, later, "SNV", "ho-tich", "full"]["offered"]) == (-1, 1)


def test_integration_keeps_its_first_moment_and_a_change_may_take_it_back() -> None:
    integrated = [service("published"), changed("integrated", 30), changed("integrated", 60)]
    assert lived(STREAM, *integrated).state.integrated_at == after(30)
    state = lived(STREAM, *integrated, changed("changed", 90, national_integrated=False)).state
    assert (state.national_integrated, state.integrated_at) == (False, None)


def test_withdrawn_service_leaves_the_catalogue_and_may_come_back() -> None:
    gone = [service("published"), changed("withdrawn", 60)]
    assert (lived(STREAM, *gone).name, measured(STREAM, lived(STREAM, *gone))) == ("withdrawn", {"withdrawn": 1})
    back = lived(STREAM, *gone, service("published", 90, level="full"))
    assert (back.name, back.state.published_at, back.state.withdrawn_at, measured(STREAM, back)) == ("published", after(90), None, {"offered": 1})


@pytest.mark.parametrize("facts", [
    ("changed",), ("integrated",), ("withdrawn",), ("published", "published"), ("published", "withdrawn", "changed"),
    ("published", "withdrawn", "integrated"), ("published", "withdrawn", "withdrawn"),
])
def test_forbidden_step_is_an_irregularity_and_changes_nothing(facts: tuple[str, ...]) -> None:
    story = [service(fact, n * 10) for n, fact in enumerate(facts)]
    found, before = lived(STREAM, *story), lived(STREAM, *story[:-1])
    assert [i.event.fact for i in found.irregularities] == [facts[-1]]
    assert (found.name, found.state, found.counts) == (before.name, before.state, before.counts)


def test_change_before_its_publication_is_judged_again_when_that_comes_late() -> None:
    change = changed("changed", 30, level="full")
    assert len(lived(STREAM, change).irregularities) == 1
    found = lived(STREAM, change, service("published"))
    assert (found.state.level, found.irregularities) == ("full", [])


@pytest.mark.parametrize(("fact", "data", "message"), [
    ("published", {"level": "4"}, "full"), ("published", {"level": "full\n"}, "full"), ("published", {"level": None}, "needs the field 'level'"),
    ("lookup", {"channel": "fax", "count": 1}, "zalo"), ("lookup", {"channel": "web"}, "needs the field 'count'"),
    ("lookup", {"channel": "web", "count": -1}, ">= 0"),
])
def test_what_one_event_alone_shows_to_be_wrong_is_refused(fact: str, data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEvent, match=message):
        service(fact, **data)


@given(story=catalogue_lives(), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_service_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, story, lengths, random)


@given(story=catalogue_lives())
@settings(max_examples=80, deadline=None)
def test_catalogue_of_a_day_is_the_sum_of_what_came_about_until_then(story: list[Any]) -> None:
    counts = lived(STREAM, *story).counts
    for until in {local_day(e.occurred_at) for e in story}:
        then = lived(STREAM, *(e for e in story if local_day(e.occurred_at) <= until))
        offered = sum(measures.get("offered", 0) for (_, as_of, *_), measures in counts.items() if as_of <= until)
        assert offered == (then.name == "published")


def test_late_events_leave_the_same_tables(conn: Connection) -> None:
    story = [service("published"), changed("integrated", 30), changed("changed", 1500, level="full"), changed("withdrawn", 3000)]
    assert stored(conn, STREAM, story) == told(STREAM, story)


def test_catalogue_of_a_past_moment_is_its_open_intervals(conn: Connection) -> None:
    stored(conn, STREAM, [service("published"), changed("changed", 1500, level="full", national_integrated=True), changed("withdrawn", 3000)])
    found = [rows(conn, "select level, national_integrated, count(*) from service_history "
                        "where is_open and known_to = 'infinity' and tstzrange(from_at, to_at) @> %s::timestamptz group by 1, 2", after(minutes))
             for minutes in (-1, 10, 2000, 3000)]
    assert found == [[], [("partial", False, 1)], [("full", True, 1)], []]


def test_catalogue_of_2023_comes_out_by_level_and_integration_whatever_changed_since(conn: Connection) -> None:
    levels = ["full"] * 1015 + ["partial"] * 343 + ["information"] * 420
    catalogue = [service("published", -30, level=level, national_integrated=n < 956) for n, level in enumerate(levels)]
    later = [changed("withdrawn", 3000), changed("changed", 3000, level="information")] * 100
    events = [msgspec.structs.replace(e, subject=f"S{n % 1778}", identity=f"{n:032x}") for n, e in enumerate([*catalogue, *later])]
    record = Message(topic=STREAM.topic, partition=0, offset=0, timestamp_ms=0, key=None, headers=[], value=None)
    BatchWriter(conn, {STREAM.name: STREAM}, RULES).write([Item(record, e) for e in events], NOW)
    told_by_history = rows(conn, "select level, count(*), count(*) filter (where national_integrated) from service_history where is_open "
                                 "and tstzrange(from_at, to_at) @> %s::timestamptz group by 1 order by 2 desc", after(0))
    told_by_counts = rows(conn, "select level, sum(offered), sum(integrated) from service_daily where as_of_day <= %s group by 1 order by 2 desc", DAY)
    assert told_by_history == told_by_counts == [("full", 1015, 956), ("information", 420, 0), ("partial", 343, 0)]
    assert rows(conn, "select count(*) from service_state where state = 'published'") == [(1678,)]


def test_lookups_are_added_by_hour_and_channel_and_leave_the_service_alone(conn: Connection) -> None:
    looked = [changed("lookup", minutes, channel=channel, count=n) for minutes, channel, n in
              ((0, "web", 3), (20, "web", 4), (30, "qr", 1), (70, "web", 5))]
    assert stored(conn, STREAM, [service("published", -30), *looked]).state == lived(STREAM, service("published", -30)).state
    found = rows(conn, "select (hour - %s) / 60, channel, lookups from service_lookup_hourly order by hour, channel", after(0))
    assert found == [(timedelta(0), "qr", 1), (timedelta(0), "web", 7), (timedelta(minutes=1), "web", 5)]


def test_publication_day_is_the_local_one() -> None:
    assert keys(STREAM, lived(STREAM, service("published", 16 * 60)))["offered"][0] == date(2026, 11, 21)
