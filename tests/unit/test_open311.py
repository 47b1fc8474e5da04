import copy
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ioc.api.open311 import Imported, events, publish_file, read_requests
from ioc.errors import InputError
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.fold import Folded, fold, initial
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.report import STREAM
from tests.rules import RULES

CLOSED: dict[str, Any] = {
    "service_request_id": "77-1",
    "status": "closed",
    "status_notes": "Filled",
    "service_name": "Hole in the road",
    "service_code": "R1",
    "description": "by the bridge",
    "agency_responsible": "Roads",
    "requested_datetime": "2020-03-01T08:00:00-06:00",
    "updated_datetime": "2020-03-09T10:00:00-06:00",
    "address": "1 Bridge Lane",
    "lat": 10.5,
    "long": -20.25,
    "attributes": {"SIZE": "big"},
    "extended_attributes": {"channel": "phone", "ward": "3"},
    "notes": [
        {"datetime": "2020-03-01T08:00:00-06:00", "summary": "Request opened", "type": "opened"},
        {"datetime": "2020-03-02T09:00:00-06:00", "summary": "Looked at", "description": "a deep one", "type": "activity"},
        {"datetime": "2020-03-03T09:00:00-06:00", "summary": "Sent on", "type": "follow_on_created", "extended_attributes": {"to": "77-2"}},
        {"datetime": "2020-03-08T17:00:00-06:00", "summary": "Request closed", "type": "closed"},
    ],
}
OPEN: dict[str, Any] = {
    "service_request_id": "77-2",
    "status": "open",
    "service_name": "Lamp out",
    "requested_datetime": "2020-03-05T08:00:00Z",
    "notes": [{"datetime": "2020-03-05T09:00:00Z", "summary": "No type here"}],
}


def changed(request: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {k: v for k, v in (copy.deepcopy(request) | changes).items() if v is not ...}


def imported(*requests: dict[str, Any]) -> list[Imported]:
    return [e for r in read_requests(json.dumps(requests).encode()) for e in events(r, "elsewhere")]


def decoded(found: list[Imported]) -> list[Event[Any]]:
    decode = decoder(STREAM)
    return [
        decode(
            Message(topic="ioc.report", partition=0, offset=0, timestamp_ms=0, key=None, value=msgspec.json.encode(e.data), headers=write_headers(
                event_id=e.id, source=e.source, type_=e.type, subject=e.subject, time=e.time, simulated=False)),
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        for e in found
    ]


def folded(*requests: dict[str, Any]) -> Folded:
    assert STREAM.projection
    return fold(STREAM.projection, initial(STREAM.projection), sorted(decoded(imported(*requests)), key=lambda e: e.order), RULES)


def test_closed_request_becomes_a_whole_life() -> None:
    facts = [e.fact for e in decoded(imported(CLOSED))]
    assert facts == ["submitted", "noted", "noted", "closed_by_source"]


def test_closed_request_folds_without_irregularity() -> None:
    life = folded(CLOSED)
    assert (life.name, life.irregularities) == ("closed", [])
    assert life.state.note_count == 2
    assert life.state.resolved_at == datetime(2020, 3, 8, 23, tzinfo=UTC)


def test_request_stands_under_its_own_jurisdiction() -> None:
    for event in imported(CLOSED):
        assert (event.source, event.subject) == ("/open311/elsewhere", "elsewhere:77-1")
        assert event.data["jurisdiction"] == "elsewhere"


def test_submission_carries_category_channel_place_and_address() -> None:
    data = decoded(imported(CLOSED))[0].data
    assert (data.category, data.channel, data.lon_deg, data.lat_deg) == ("Hole in the road", "phone", -20.25, 10.5)
    assert data.address == "1 Bridge Lane"
    assert imported(CLOSED)[0].time == datetime(2020, 3, 1, 14, tzinfo=UTC)


def test_channel_is_open311_where_the_source_gives_none() -> None:
    assert imported(OPEN)[0].data["channel"] == "open311"


def test_note_keeps_summary_and_description() -> None:
    assert imported(CLOSED)[1].data["note"] == "Looked at: a deep one"


def test_note_without_type_is_noted() -> None:
    assert [e.fact for e in decoded(imported(OPEN))] == ["submitted", "noted"]


def test_open_request_stays_open_whatever_its_notes_say() -> None:
    notes = [*OPEN["notes"], {"datetime": "2020-03-06T09:00:00Z", "summary": "Closed by mistake", "type": "closed"}]
    assert folded(changed(OPEN, notes=notes)).name == "submitted"


def test_closed_request_without_closing_note_ends_when_it_was_updated() -> None:
    assert folded(changed(CLOSED, notes=...)).state.resolved_at == datetime(2020, 3, 9, 16, tzinfo=UTC)


def test_nothing_of_a_request_is_lost() -> None:
    def leaves(value: Any) -> Counter[str]:
        if isinstance(value, dict):
            return sum((leaves(v) for v in value.values()), Counter())
        if isinstance(value, list):
            return sum((leaves(v) for v in value), Counter())
        return Counter([str(value)])

    everything = json.dumps([[e.subject, e.time.isoformat(), e.data] for e in imported(CLOSED)], default=str)
    moments = {"requested_datetime": "2020-03-01T14:00:00"}
    for leaf in leaves({k: v for k, v in CLOSED.items() if k not in moments}):
        assert json.dumps(leaf)[1:-1] in everything
    assert moments["requested_datetime"] in everything


def test_same_file_again_gives_the_same_events() -> None:
    assert imported(CLOSED, OPEN) == imported(CLOSED, OPEN)


def test_identities_stand_once() -> None:
    same = {"datetime": "2020-03-05T09:00:00Z", "summary": "Twice"}
    found = imported(CLOSED, changed(OPEN, notes=[same, same]))
    assert len({e.id for e in found}) == len(found)


def test_later_export_repeats_what_was_known_and_adds_the_rest() -> None:
    before = changed(CLOSED, status="open", status_notes="Waiting", updated_datetime="2020-03-02T09:00:00-06:00", notes=CLOSED["notes"][:2])
    known = {e.id: e for e in imported(before)}
    again = [e for e in imported(CLOSED) if e.id in known]
    assert [known[e.id] == e for e in again] == [True, True]
    assert folded(before).name == "submitted"


@pytest.mark.parametrize(("request_", "sentence"), [
    (changed(CLOSED, requested_datetime="2020-03-01T08:00:00"), "timezone"),
    (changed(CLOSED, service_name=...), "service_name"),
    (changed(CLOSED, lat=95), "lat"),
    (changed(CLOSED, notes=[{"summary": "When?"}]), "datetime"),
    (changed(CLOSED, notes=..., updated_datetime=...), "neither a note of type 'closed' nor updated_datetime"),
    (changed(CLOSED, address="a\0b"), "NUL"),
    (changed(CLOSED, notes=[{"datetime": "2020-03-01T08:00:00Z", "summary": "x" * 20_000}]), "note"),
])
def test_bad_request_is_named_with_its_cause(request_: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "requests.json"
    file.write_text(json.dumps([OPEN, request_]))
    with pytest.raises(InputError, match=r"requests\.json, request 2 \(77-1\)") as caught:
        read_requests(file)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(("content", "sentence"), [
    (b"{", "no JSON"),
    (b"{}", "a JSON list of requests"),
    (b"[1]", "request 1"),
    (b'[{"token": "x"}]', "no service_request_id yet"),
    (json.dumps([OPEN, OPEN]).encode(), "request 77-2 stands in it 2 times"),
])
def test_file_that_is_no_export_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_requests(content)
    assert sentence in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json cannot be read"):
        read_requests(tmp_path / "none.json")


@pytest.mark.parametrize("name", ["", "Chi cago", "a/b"])
def test_jurisdiction_is_required_and_plain(name: str) -> None:
    [request] = read_requests(json.dumps([OPEN]).encode())
    with pytest.raises(InputError, match="jurisdiction"):
        list(events(request, name))


def test_a_written_escape_is_no_nul() -> None:
    assert imported(changed(OPEN, address="\\u0000"))


def test_file_is_published_whole_and_as_real(tmp_path: Path) -> None:
    (tmp_path / "requests.json").write_text(json.dumps([CLOSED, OPEN]))
    broker = MemoryBroker()
    assert publish_file(tmp_path / "requests.json", "elsewhere", lambda: broker) == (2, 6)
    messages = broker.logs["ioc.report", 0]
    assert len(messages) == 6
    assert not [m for m in messages if "ce_simulated" in dict(m.headers)]


def test_nothing_is_published_of_a_file_with_one_bad_request(tmp_path: Path) -> None:
    (tmp_path / "requests.json").write_text(json.dumps([CLOSED, changed(OPEN, status="closed")]))
    broker = MemoryBroker()
    with pytest.raises(InputError, match=r"request 2 \(77-2\)"):
        publish_file(tmp_path / "requests.json", "elsewhere", lambda: broker)
    assert broker.logs == {}
