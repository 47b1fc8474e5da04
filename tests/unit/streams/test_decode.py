"""Message → event, or the reason why it never can be one."""

import inspect
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.decode import AHEAD, decoder
from ioc.streams.engine.event import Event
from ioc.streams.engine.privacy import DEPTH
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import NOW, Wire, binary, changed, event, message, structured
from tests.oracle.wire import stream_of


def decoded(wire: Wire, **changes: Any) -> Event[Any]:
    return decoder(streams()[stream_of(wire)])(message(wire, **changes), NOW)


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
    wire = event("dossier", "extended")
    del wire["data"]["new_due_at"]
    assert "'extended' needs the field 'new_due_at'" in refusal(wire).detail


@pytest.mark.parametrize("value", [b"", b"{", b"\xff\xfe", b'{"unit_code": "\\ud800"}', b'{"unit_code": "\xed\xa0\x80"}', b'{"a":' * 100_000,
                                   b'{"a": NaN}'])
def test_bytes_that_are_no_json_are_told_so(value: bytes) -> None:
    assert refusal(event("dossier", "submitted"), value=value).reason == "bytes"


@pytest.mark.parametrize("value", [b"[]", b"null", b'"text"', b'{"a": 1e400}'])
def test_json_that_is_no_object_of_the_schema_is_told_so(value: bytes) -> None:
    assert refusal(event("dossier", "submitted"), value=value).reason == "schema"


@pytest.mark.parametrize("data", [{"channel": "a\0"}, {"more": ["a\0"]}, {"more": {"k\0": 1}}, {"a\0b": 1}])
def test_nul_is_refused_wherever_it_hides_and_its_key_is_named(data: dict[str, Any]) -> None:
    (key,) = data
    assert f"'{key}' contains a NUL character" in refusal(event("dossier", "submitted", **data)).detail


@pytest.mark.parametrize(("text", "reason"), [
    ("NaN", "bytes"), ("-Infinity", "bytes"), ("01", "bytes"), ('"\\ud800"', "bytes"), ('"a\x01"', "bytes"), ('"open', "bytes"), ("\ud800", "bytes"),
    ('"' + "\udcff" + '"', "bytes"), ("[" * 5000 + "]" * 5000, "bytes"), ("", "bytes"), ("1e400", "schema"), ("1" * 5000, "schema"),
])
@pytest.mark.parametrize("key", ["channel", "fee_kind", "more"])
def test_value_that_cannot_be_read_is_named_by_its_key(key: str, text: str, reason: str) -> None:
    value = f'{{"unit_code": ["{{:,", "\\""], "{key}": {text}, "note": 1}}'.encode(errors="surrogateescape" if "\udcff" in text else "surrogatepass")
    verdict = refusal(event("dossier", "submitted"), value=value)
    assert (verdict.reason, verdict.detail.rpartition(" - at ")[2]) == (reason, f"`$.{key}`")


@pytest.mark.parametrize("value", [b'["a", NaN]', b'"a": NaN', b"{5: 1}", b'{"a": 1} x', b"\xff", b""])
def test_nothing_is_blamed_on_a_key_that_is_not_at_fault(value: bytes) -> None:
    assert "$." not in refusal(event("dossier", "submitted"), value=value).detail


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_unknown_key_is_kept_down_to_a_depth_and_named_beyond(wrap: Callable[[object], object]) -> None:
    value: object = 1
    for _ in range(DEPTH):
        value = wrap(value)
    assert msgspec.json.decode(decoded(event("dossier", "submitted", more=value)).rest or b"") == {"more": value}
    assert "'more" in refusal(event("dossier", "submitted", more=wrap(value))).detail


@pytest.mark.parametrize("beyond", [-3, -1, 0, 1, 3])
def test_nesting_at_the_limit_of_the_machine_is_an_event_or_a_verdict(beyond: int) -> None:
    deep = sys.getrecursionlimit() - len(inspect.stack()) + beyond
    verdict = refusal(event("dossier", "submitted"), value=b'{"more": %s%s}' % (b"[" * deep, b"]" * deep))
    assert "more" in verdict.detail


def test_text_that_only_looks_like_an_escaped_nul_is_kept() -> None:
    assert decoded(event("dossier", "submitted", channel="\\u0000")).data.channel == "\\u0000"


def test_type_of_another_stream_is_told_so() -> None:
    headers, value = binary(event("report", "noted"))
    assert refusal(event("dossier", "submitted"), headers=headers, value=value).reason == "type"


def test_persons_are_left_outside_and_told_of_in_rest() -> None:
    found = decoded(event("dossier", "submitted", chu_ho_so="Nguyễn Văn A", more={"phone": "0912345678", "x": 1}))
    assert msgspec.json.decode(found.rest or b"") == {"more": {"x": 1}, "dropped": ["chu_ho_so", "more.phone"]}


def test_digest_is_that_of_the_whole_content_as_sent() -> None:
    one, other = (decoded(event("dossier", "submitted", chu_ho_so=name)) for name in ("Nguyễn Văn A", "Trần Thị B"))
    assert one.rest == other.rest
    assert one.digest != other.digest


def test_texts_that_the_schema_asks_for_keep_every_word() -> None:
    assert decoded(event("dossier", "supplement_requested", reason="gọi 0912345678")).data.reason == "gọi 0912345678"


def test_unknown_keys_are_kept_in_rest() -> None:
    assert msgspec.json.decode(decoded(event("dossier", "submitted", more={"x": [1]}, big=10**30)).rest or b"") == {"more": {"x": [1]}, "big": 10**30}
    assert decoded(event("dossier", "submitted")).rest is None


@pytest.mark.parametrize("field", ["due_at", "recorded_at", "delivered_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+07:00", "1899-12-31T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_moment_that_no_calendar_of_ours_reaches_is_refused(field: str, moment: str) -> None:
    verdict = refusal(changed(event("dossier", "submitted"), **{field: moment}))
    assert verdict.reason == "time"
    assert f"'{field}'" in verdict.detail


@pytest.mark.parametrize("offset", ["+23:59", "-23:59", "+16:00", "-16:00", "+15:59", "-15:59", "+00:00", "+07:00"])
def test_moment_of_any_zone_is_one_that_the_database_holds(conn: Connection, offset: str) -> None:
    written = f"2026-11-20T08:00:00.000001{offset}"
    found = decoded(event("dossier", "submitted", due_at=written)).data.due_at
    assert found == datetime.fromisoformat(written)
    assert conn.execute("select %s::timestamptz", (found,)).fetchone() == (found,)


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
