"""Message → event, or the reason why it never can be one."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ioc.errors import InvalidEvent
from ioc.streams.engine.decode import AHEAD, decoder
from ioc.streams.engine.event import Event
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import NOW, Wire, binary, changed, event, message, structured


def decoded(wire: Wire, **changes: Any) -> Event[Any]:
    return decoder(streams()[wire["type"].split(".")[2]])(message(wire, **changes), NOW)


def refusal(wire: Wire, **changes: Any) -> InvalidEvent:
    with pytest.raises(InvalidEvent) as caught:
        decoded(wire, **changes)
    return caught.value


@pytest.mark.parametrize(("data", "named"), [
    ({"unit_code": 5}, "$.unit_code"), ({"step_no": -1}, "$.step_no"), ({"step_no": 40_000}, "$.step_no"), ({"due_at": "soon"}, "$.due_at"),
    ({"due_at": "2026-11-20T08:00:00"}, "$.due_at"), ({"unit_valid_on": "2026-13-01"}, "$.unit_valid_on"), ({"rating": 6}, "$.rating"),
    ({"amount_vnd": 10**16}, "$.amount_vnd"), ({"channel": "x" * 101}, "$.channel"), ({"unit_code": None}, "$.unit_code"),
])
def test_schema_error_names_the_field(data: dict[str, Any], named: str) -> None:
    verdict = refusal(event("dossier", "submitted", **data))
    assert verdict.reason == "schema"
    assert named in verdict.detail


def test_schema_error_names_a_field_that_the_fact_requires() -> None:
    wire = event("dossier", "received")
    del wire["data"]["due_at"]
    assert "'received' needs the field 'due_at'" in refusal(wire).detail


@pytest.mark.parametrize("value", [b"", b"{", b"\xff\xfe", b'{"unit_code": "\\ud800"}', b'{"unit_code": "\xed\xa0\x80"}', b'{"a":' * 100_000,
                                   b'{"a": NaN}'])
def test_bytes_that_are_no_json_are_told_so(value: bytes) -> None:
    assert refusal(event("dossier", "submitted"), value=value).reason == "bytes"


@pytest.mark.parametrize("value", [b"[]", b"null", b'"text"', b'{"a": 1e400}'])
def test_json_that_is_no_object_of_the_schema_is_told_so(value: bytes) -> None:
    assert refusal(event("dossier", "submitted"), value=value).reason == "schema"


@pytest.mark.parametrize("data", [{"channel": "a\0"}, {"more": ["a\0"]}, {"more": {"k\0": 1}}])
def test_nul_is_refused_wherever_it_hides(data: dict[str, Any]) -> None:
    assert "NUL" in refusal(event("dossier", "submitted", **data)).detail


def test_text_that_only_looks_like_an_escaped_nul_is_kept() -> None:
    assert decoded(event("dossier", "submitted", channel="\\u0000")).data.channel == "\\u0000"


def test_type_of_another_stream_is_told_so() -> None:
    headers, value = binary(event("report", "noted"))
    assert refusal(event("dossier", "submitted"), headers=headers, value=value).reason == "type"


def test_unknown_keys_are_kept_in_rest() -> None:
    assert msgspec.json.decode(decoded(event("dossier", "submitted", more={"x": [1]}, big=10**30)).rest or b"") == {"more": {"x": [1]}, "big": 10**30}
    assert decoded(event("dossier", "submitted")).rest is None


@pytest.mark.parametrize("field", ["due_at", "recorded_at", "delivered_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+07:00", "1899-12-31T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_moment_that_no_calendar_of_ours_reaches_is_refused(field: str, moment: str) -> None:
    verdict = refusal(changed(event("dossier", "submitted"), **{field: moment}))
    assert verdict.reason == "time"
    assert f"'{field}'" in verdict.detail


@pytest.mark.parametrize("ahead", [timedelta(0), AHEAD])
def test_time_is_taken_up_to_an_hour_ahead(ahead: timedelta) -> None:
    assert decoded({**event("dossier", "submitted"), "time": (NOW + ahead).isoformat()}).occurred_at == NOW + ahead


@pytest.mark.parametrize("time", [(NOW + AHEAD + timedelta(microseconds=1)).isoformat(), "1989-12-31T23:59:59Z"])
def test_time_that_cannot_be_is_refused(time: str) -> None:
    assert refusal({**event("dossier", "submitted"), "time": time}).reason == "time"


def test_identity_is_made_of_source_and_id_alone() -> None:
    one = event("dossier", "submitted")
    assert decoded(one).identity == decoded(changed(one, channel="app")).identity
    assert decoded(one).identity != decoded({**one, "source": "/other"}).identity
    assert decoded({**one, "source": "ab", "id": "c"}).identity != decoded({**one, "source": "a", "id": "bc"}).identity


def test_digest_follows_the_content_and_not_its_writing() -> None:
    wire = event("dossier", "submitted", more=1)
    headers, value = structured({**wire, "data": dict(reversed(wire["data"].items()))})
    assert decoded(wire).digest == decoded(wire, headers=headers, value=value).digest
    assert decoded(wire).digest == decoded({**wire, "time": "2026-11-20T08:00:00+07:00"}).digest


@pytest.mark.parametrize("other", [{"time": "2026-11-20T01:00:01Z"}, {"subject": "S2"}, {"simulated": "true"}, {"data": {"unit_code": "U9"}}])
def test_digest_changes_with_the_content(other: Wire) -> None:
    wire = event("dossier", "submitted")
    merged = {**wire, **other, "data": {**wire["data"], **other.get("data", {})}}
    assert decoded(wire).digest != decoded(merged).digest


@pytest.mark.parametrize(("stream", "fact", "data"), [
    ("dossier", "extended", {"due_at": "2026-11-20T09:00:00Z", "new_due_at": "2026-11-20T09:00:00Z"}),
    ("report", "submitted", {"lon_deg": 106.0}),
])
def test_handler_refuses_what_the_schema_cannot_say(stream: str, fact: str, data: dict[str, Any]) -> None:
    assert f"'{fact}'" in refusal(event(stream, fact, **data)).detail
