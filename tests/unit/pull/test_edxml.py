"""E-documents of the national axis: headers, status messages, tables of states."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from ioc.errors import InputError
from ioc.pull.edxml import ADAPTER, FACTS, door
from tests.unit.pull.lives import Watcher

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ID = "000.00.04.G14,2026/11/19,267/VPCP-TTĐT"
SPACE = 'xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"'
ROW = {"DocumentId": ID, "OrganId": "H13.02", "StatusCode": "03", "Timestamp": "2026/11/19 09:30:00"}


def status(code: str, time: str = "2026/11/19 09:00:00", **changes: str) -> dict[str, str]:
    return {"xml": f"""<?xml version="1.0" encoding="utf-8"?><edXML:edXML {SPACE}><edXML:edXMLHeader><edXML:Status>
        <edXML:ResponseFor><edXML:OrganId>000.00.04.G14</edXML:OrganId><edXML:Code>267/VPCP-TTĐT</edXML:Code>
        <edXML:PromulgationDate>2026/11/19</edXML:PromulgationDate><edXML:DocumentId>{changes.get("id", ID)}</edXML:DocumentId></edXML:ResponseFor>
        <edXML:From><edXML:OrganId>H13.02</edXML:OrganId><edXML:OrganName>Sở Nội vụ</edXML:OrganName></edXML:From>
        <edXML:StatusCode>{code}</edXML:StatusCode><edXML:Description>Bà Chín đã nhận</edXML:Description><edXML:Timestamp>{time}</edXML:Timestamp>
        <edXML:StaffInfo><edXML:Staff>Trần Thị Chín</edXML:Staff></edXML:StaffInfo></edXML:Status></edXML:edXMLHeader></edXML:edXML>"""}


def header(priority: str = "3") -> dict[str, str]:
    return {"xml": f"""<edXML:edXML {SPACE}><edXML:edXMLHeader><edXML:MessageHeader>
        <edXML:From><edXML:OrganId>000.00.04.G14</edXML:OrganId></edXML:From>
        <edXML:To><edXML:OrganId>H13.02</edXML:OrganId></edXML:To><edXML:To><edXML:OrganId>H13.03</edXML:OrganId></edXML:To>
        <edXML:DocumentId>{ID}</edXML:DocumentId><edXML:Subject>về việc của bà Chín</edXML:Subject>
        <edXML:DocumentType><edXML:Type>2</edXML:Type><edXML:TypeName>Công  văn</edXML:TypeName></edXML:DocumentType>
        <edXML:DueDate>2026/11/24</edXML:DueDate><edXML:OtherInfo><edXML:Priority>{priority}</edXML:Priority></edXML:OtherInfo></edXML:MessageHeader>
        <edXML:TraceHeaderList><edXML:TraceHeader><edXML:Timestamp>2026/11/19 08:00:00</edXML:Timestamp></edXML:TraceHeader></edXML:TraceHeaderList>
        </edXML:edXMLHeader></edXML:edXML>"""}


def watching() -> Watcher:
    return Watcher(ADAPTER)


def test_status_message_is_an_event_of_the_recipients_copy() -> None:
    watcher = watching()
    assert watcher.see(status("03"), NOW) == ["accepted"]
    [event] = watcher.events()
    assert (event.subject, event.occurred_at) == (f"{ID}>H13.02", datetime(2026, 11, 19, 2, tzinfo=UTC))
    assert (event.data.edxml_state, event.data.from_org, event.data.to_org, event.data.number) == ("03", "000.00.04.G14", "H13.02", "267")


@pytest.mark.parametrize(("code", "fact"), [
    ("01", "arrived"), ("02", "refused"), ("03", "accepted"), ("04", "assigned"), ("05", "processing"), ("06", "finished"),
    ("13", "recalled"), ("15", "update_agreed"), ("16", "update_refused"),
])
def test_state_codes_are_the_facts_of_the_document_stream(code: str, fact: str) -> None:
    assert FACTS[code] == fact
    assert watching().see(status(code.lstrip("0")), NOW) == [fact]


def test_status_messages_fold_alike_whatever_their_order() -> None:
    messages = [status("01"), status("03"), status("05", "2026/11/19 10:00:00"), status("06", "2026/11/19 15:00:00")]
    for order in permutations(messages):
        watcher = watching()
        for message in order:
            watcher.see(message, NOW)
        assert (watcher.folded().name, watcher.folded().irregularities) == ("finished", [])


def test_status_message_read_twice_is_told_once() -> None:
    watcher = watching()
    watcher.see(status("03"), NOW)
    assert watcher.see(status("03"), NOW + timedelta(days=1)) == []


def test_status_message_that_tells_its_moment_in_another_zone_is_told_once() -> None:
    watcher = watching()
    watcher.see(status("04"), NOW)
    assert watcher.see(status("04", "2026-11-19T02:00:00Z"), NOW) == []


def test_message_is_read_from_a_file_as_from_a_record() -> None:
    [raw] = ADAPTER.xml(status("03")["xml"].encode())
    assert door(raw, None) == door(status("03"), None)


def test_header_sends_the_document_once_and_tells_its_copies_how_urgent_it_is() -> None:
    watcher = watching()
    assert watcher.see(header(), NOW) == ["sent"]
    assert watcher.facts[0].at == datetime(2026, 11, 19, 1, tzinfo=UTC)
    watcher.see(status("01"), NOW)
    sent, arrived = (event.data for event in watcher.events())
    assert (sent.urgency, sent.kind, sent.level) == ("express", "công văn", "central")
    assert (arrived.urgency, arrived.due_at) == ("express", datetime(2026, 11, 24, 17, tzinfo=UTC))


def test_message_passes_the_door_without_names_and_subjects() -> None:
    assert "Chín" not in str(door(header(), None) + door(status("01"), None))


def test_row_of_a_table_infers_what_came_before_and_says_so() -> None:
    watcher = watching()
    assert watcher.see(dict(ROW), NOW) == ["arrived", "accepted"]
    assert watcher.facts[0].data["moment"] == "at_latest"
    assert watcher.see(dict(ROW), NOW) == []
    assert watcher.see(ROW | {"StatusCode": "6", "Timestamp": "2026/11/20 10:00:00"}, NOW) == ["finished"]
    assert (watcher.folded().name, watcher.folded().irregularities) == ("finished", [])


def test_row_without_a_moment_is_of_the_moment_it_was_seen() -> None:
    watcher = watching()
    watcher.see({name: value for name, value in ROW.items() if name != "Timestamp"}, NOW)
    assert (watcher.facts[-1].at, watcher.facts[-1].data["moment"]) == (NOW, "observed")


@pytest.mark.parametrize(("raw", "reason"), [
    (status("99"), "StatusCode is '99'"),
    (status("01", "soon"), "Timestamp is 'soon'"),
    (status("01", ""), "a status message must say when"),
    (status("01", id="267"), "is no document id"),
    (header("9"), "Priority is '9'"),
    ({"xml": "<a/>"}, "it is no edXML 1.02"),
    ({"xml": "<a"}, "the XML cannot be read"),
    ({"xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}, "a DTD or entities"),
    (ROW | {"OrganId": ""}, "neither an agency code nor a name"),
])
def test_message_with_a_mistake_is_refused_with_the_reason(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        watching().see(raw, NOW)
    assert reason in str(caught.value)
