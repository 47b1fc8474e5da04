"""Events over HTTP: what is taken, what is refused and in which words."""

import http.client
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from ioc.api.posted import MAX_BODY, MAX_EVENTS
from ioc.errors import InvalidEvent
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.registry import streams
from tests.integration.intake_desk import BATCH, SINGLE, Desk, desk, in_headers
from tests.integration.streams_wire import NOW, Wire, changed, event, message


def nothing(desk: Desk) -> bool:
    return desk.broker.records == []


def test_structured_event_reaches_its_topic_in_binary_mode_under_its_subject(at: Desk) -> None:
    wire = event("report", "submitted", subject="PA-7", note="Rác thải", traceparent="x") | {"traceparent": "00-1", "severity": 3, "big": True}
    answer = at.post(wire)
    assert (answer.status, answer.json) == (202, {"accepted": 1, "rejected": []})
    (record,) = at.broker.records
    headers = dict(record.headers)
    assert (record.topic, record.key, json.loads(record.value or b"")) == ("ioc.report", b"PA-7", wire["data"])
    assert (headers["content-type"], headers["ce_partitionkey"], headers["ce_time"]) == (b"application/json", b"PA-7", wire["time"].encode())
    assert (headers["ce_traceparent"], headers["ce_severity"], headers["ce_big"]) == (b"00-1", b"3", b"true")
    assert len(headers) == len(record.headers)


def test_record_means_the_event_that_was_sent(at: Desk) -> None:
    wire = event("dossier", "received", subject="HS-1", more={"x": [1]}, simulated=True)
    at.post(wire)
    (record,) = at.broker.records
    assert decoder(streams()["dossier"])(record, NOW) == decoder(streams()["dossier"])(message(wire), NOW)


@pytest.mark.parametrize("written", ["Hồ sơ 100%", quote("Hồ sơ 100%"), f'"{quote("Hồ sơ 100%")}"', "H%e1%bb%93 s%C6%A1 100%25"])
def test_binary_mode_takes_attributes_percent_encoded(at: Desk, written: str) -> None:
    headers, body = in_headers(event("dossier", "submitted"))
    answer = _raw_post(at, headers | {"ce_subject": written}, body)
    assert answer == 202
    assert [(r.key, dict(r.headers)["ce_subject"], r.value) for r in at.broker.records] == [("Hồ sơ 100%".encode(),) * 2 + (body,)]


def _raw_post(desk: Desk, headers: dict[str, str], body: bytes) -> int:
    connection = http.client.HTTPConnection(urlsplit(desk.base).netloc, timeout=10)
    connection.putrequest("POST", "/api/events")
    for name, value in {"Content-Type": "application/json", "X-API-Key": desk.text, "Content-Length": str(len(body)), **headers}.items():
        connection.putheader(name.replace("_", "-"), value.encode())
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(("changes", "said"), [
    ({"ce_subject": "%ff%fe"}, "'ce-subject' is not UTF-8"), ({"ce_data": "x"}, "no header 'ce-data'"), ({"ce_a_b": "x"}, "'a-b' is no attribute's name"),
    ({"ce_subject": "a%00"}, "no NUL"), ({"ce_id": ""}, "'id' is missing or empty"), ({"ce_specversion": "0.3"}, "it must be '1.0'"),
])
def test_binary_mode_with_a_bad_header_is_refused_with_the_reason(at: Desk, changes: dict[str, str], said: str) -> None:
    headers, body = in_headers(event("dossier", "submitted"))
    answer = at.post(body, "application/json", **headers | changes)
    assert answer.status == 400
    assert said in answer.json["rejected"][0]["detail"]
    assert nothing(at)


def test_header_that_stands_twice_is_refused(at: Desk) -> None:
    headers, body = in_headers(event("dossier", "submitted"))
    answer = at.post(body, "application/json", **headers | {"CE-ID": "other"})
    assert answer.json["rejected"][0]["detail"] == "the header 'ce-id' stands twice"


def test_batch_arrives_whole_and_in_order(at: Desk) -> None:
    wires = [event("dossier", "rated", n, subject=f"HS-{n % 7}") for n in range(MAX_EVENTS)]
    answer = at.post(wires)
    assert (answer.status, answer.json) == (202, {"accepted": MAX_EVENTS, "rejected": []})
    assert [dict(r.headers)["ce_id"].decode() for r in at.broker.records] == [w["id"] for w in wires]
    assert at.broker.flushes == 1


def test_empty_batch_is_taken_and_needs_no_broker(at: Desk) -> None:
    assert at.post([]).json == {"accepted": 0, "rejected": []}
    assert at.broker.connections == 0


def test_batch_with_bad_events_brings_the_good_ones_and_names_the_others(at: Desk) -> None:
    good, worse = event("dossier", "submitted"), changed(event("dossier", "submitted", 1), unit_code=5)
    answer = at.post(json.dumps([worse, good, 17, {**good, "id": "x", "type": "vn.ioc.dossier.unheard_of.v1"}]).encode(), BATCH)
    assert (answer.status, answer.json["accepted"], len(at.broker.records)) == (200, 1, 1)
    assert [(r["index"], r["id"], r["reason"]) for r in answer.json["rejected"]] == [
        (0, worse["id"], "schema"), (2, None, "no_cloudevent"), (3, "x", "type")]


def test_batch_of_bad_events_alone_is_a_bad_request(at: Desk) -> None:
    answer = at.post([changed(event("dossier", "submitted"), rating=6)] * 2)
    assert (answer.status, answer.json["accepted"], len(answer.json["rejected"])) == (400, 0, 2)


@pytest.mark.parametrize("wire", [
    changed(event("dossier", "submitted"), unit_code=None), changed(event("dossier", "submitted"), channel="a\0b"),
    {**event("dossier", "submitted"), "time": "2999-01-01T00:00:00Z"}, {**event("dossier", "submitted"), "time": "2026-11-20T08:00:00"},
    {**event("dossier", "submitted"), "id": "x" * 201}, {**event("dossier", "submitted"), "subject": " "},
    changed(event("dossier", "extended"), due_at="2026-11-20T09:00:00Z", new_due_at="2026-11-20T09:00:00Z"),
    changed(event("dossier", "submitted"), due_at="9999-12-31T00:00:00Z"), {**event("dossier", "submitted"), "data": []},
])
def test_refusal_is_in_the_words_of_a_dead_letter(at: Desk, wire: Wire) -> None:
    with pytest.raises(InvalidEvent) as verdict:
        decoder(streams()["dossier"])(message(wire), NOW)
    answer = at.post(wire)
    assert answer.status == 400
    assert answer.json["rejected"] == [{"index": 0, "id": wire["id"], "reason": verdict.value.reason, "detail": verdict.value.detail}]
    assert nothing(at)


GOOD = json.dumps(event("dossier", "submitted"))


@pytest.mark.parametrize(("body", "reason", "said"), [
    (b"", "bytes", "no JSON"), (b"{", "bytes", "no JSON"), (b"\xff\xfe{}", "bytes", "no JSON"), (b"[]", "no_cloudevent", "JSON object"),
    (b'{"a":' * 200_000, "bytes", "no JSON"), (GOOD.replace('"data": {', '"data": {"x": ' + "[" * 100_000).encode(), "bytes", "no JSON"),
    (GOOD.replace('"data": {', '"data": {"x": ' + "[" * 100_000 + "]" * 100_000 + ", ").encode(), "bytes", "no JSON"),
    (GOOD.replace('"source"', '"source": "/other", "source"').encode(), "bytes", "'source' stands twice"),
    (GOOD.replace('"data": {', '"data": {"unit_code": "U9", ').encode(), "bytes", "'unit_code' stands twice"),
    (GOOD.replace('"data": {', '"data": {"deep": [{"k": 1, "\\u006b": 2}], ').encode(), "bytes", "'k' stands twice"),
    (GOOD.replace('"data": {', '"data": {"x": NaN, ').encode(), "bytes", "no JSON"),
    (GOOD.replace('"data": {', '"data": {"x": "\ud800", ').encode(errors="surrogatepass"), "bytes", "no JSON"),
    (GOOD.replace('"data"', '"date"').encode(), "no_data", "'data' or 'data_base64'"),
    (GOOD.replace('"id"', '"data_base64": "e30=", "id"').encode(), "no_data", "either"),
    (GOOD.replace('"id"', '"x": 1.5, "id"').encode(), "attribute", "'x' must be a text"),
    (GOOD.replace('"id"', '"datacontenttype": "application/cloudevents+json", "id"').encode(), "attribute", "'datacontenttype'"),
    (GOOD.replace('"id"', f'"x": "{"y" * 2000}", "id"').encode(), "attribute", "at most 1000"),
    (GOOD.replace('"id"', f'"x": {"1" * 5000}, "id"').encode(), "no_cloudevent", "out of range"),
    (GOOD.replace('"data": {', f'"data": {{"x": {"1" * 5000}, ').encode(), "schema", "out of range"),
    (GOOD.replace('"specversion": "1.0"', f'"specversion": "{"1" * 900}"').encode(), "no_cloudevent", "specversion"),
    (GOOD.replace('"data": {', '"data": {"x": "' + "y" * 900_000 + '", ').encode(), "bytes", "at most 900000 are allowed"),
    (json.dumps({**json.loads(GOOD), **{f"x{n}": 1 for n in range(40)}}).encode(), "attribute", "at most 40"),
])
def test_what_is_no_event_is_told_so(at: Desk, body: bytes, reason: str, said: str) -> None:
    answer = at.post(body)
    assert (answer.status, answer.json["accepted"]) == (400, 0)
    assert answer.json["rejected"][0]["reason"] == reason
    assert said in answer.json["rejected"][0]["detail"]
    assert len(answer.body) < 1000
    assert nothing(at)


@pytest.mark.parametrize("body", [b"{}", b"", b"[", b"[1,]", b"\xff"])
def test_batch_that_is_no_array_is_a_bad_request(at: Desk, body: bytes) -> None:
    answer = at.post(body, BATCH)
    assert answer.status == 400
    assert "the batch cannot be read" in answer.json["error"]


@pytest.mark.parametrize(("headers", "said"), [
    ({"Content_Type": "text/plain"}, "'text/plain'"), ({"Content_Type": "application/json"}, "with ce- headers"), ({"Content_Type": ""}, "''"),
    ({"Content_Type": f"{SINGLE}; charset=utf-16"}, "UTF-8"), ({"Content_Type": "application/cloudevents+avro"}, "avro"),
    ({"Content_Type": f"{SINGLE}; charset=latin1"}, "UTF-8"), ({"Content_Encoding": "gzip"}, "not compressed"),
    ({"Content_Type": "text/plain", "ce_specversion": "1.0"}, "'text/plain'"),
])
def test_other_content_is_an_unsupported_type(at: Desk, headers: dict[str, str], said: str) -> None:
    answer = at.post(event("dossier", "submitted"), **headers)
    assert answer.status == 415
    assert said in answer.json["error"]
    assert nothing(at)


def test_charset_may_be_written_out(at: Desk) -> None:
    assert at.post(event("dossier", "submitted"), f'{SINGLE.upper()}; charset="UTF-8"').status == 202


@pytest.mark.parametrize("chunked", [True, False])
def test_body_above_the_limit_is_too_large(at: Desk, chunked: bool) -> None:  # noqa: FBT001
    body: Any = iter([b" " * 65_536] * (MAX_BODY // 65_536 + 1)) if chunked else b" " * (MAX_BODY + 1)
    connection = http.client.HTTPConnection(urlsplit(at.base).netloc, timeout=10)
    connection.request("POST", "/api/events", body, {"Content-Type": SINGLE, "X-API-Key": at.text}, encode_chunked=chunked)
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"larger than 5242880 bytes" in answer.read()
    connection.close()


def test_batch_of_too_many_events_is_too_large(at: Desk) -> None:
    answer = at.post(b"[" + b"1," * MAX_EVENTS + b"1]", BATCH)
    assert answer.status == 413
    assert "has 1001 events" in answer.json["error"]


def test_simulated_event_is_refused_where_the_database_was_born_real(dsn: str) -> None:
    with desk(dsn) as at:
        at.conn.execute("update database_mark set kind = 'real'")
        answer = at.post([event("dossier", "submitted", simulated=True), event("dossier", "submitted", 1)])
        assert [(r["index"], r["reason"]) for r in answer.json["rejected"]] == [(0, "simulated")]
        assert answer.json["accepted"] == 1


def test_example_in_the_docs_is_taken_and_its_answer_is_the_answers_form(module_dsn: str) -> None:
    blocks = re.findall(r"^```json\n(.*?)^```$", (Path(__file__).parents[2] / "docs" / "intake.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    example, answer = map(json.loads, blocks)
    with desk(module_dsn) as at:
        key = at.new_key(source=example["source"])
        assert at.post(example, key=key).status == 202
        bad = {**example, "id": answer["rejected"][0]["id"], "type": "vn.ioc.dossier.received.v1", "data": {**example["data"], "unit_code": 7}}
        found = at.post([example, bad], key=key)
        assert found.status == 200
        assert {**answer, "rejected": [{**answer["rejected"][0], "reason": "schema", "detail": found.json["rejected"][0]["detail"]}]} == found.json


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_other_method_is_not_allowed(at: Desk, method: str) -> None:
    from tests.integration.web_server import ask

    answer = ask(at.base, "/api/events", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
