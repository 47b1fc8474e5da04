"""GeoReport v2: every method, in JSON and XML, as the standard names its fields."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from ioc.api.geo_report import PLACE
from ioc.panels.engine.grid import snapped
from ioc.people.seals import Seals
from ioc.profiles import load_profile
from ioc.reports.intake_rules import load_intake_rules
from ioc.reports.landmarks import load_landmarks
from ioc.reports.telling import add_words
from tests.integration.open311_desk import HOLE, Desk, desk, said
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.integration.web_server import ask, multipart
from tests.profiles import FICTIONAL
from tests.unit.reports.test_photos import picture


@pytest.fixture
def served(dsn: str) -> Iterator[Desk]:
    with desk(dsn) as made:
        yield made


def tree(served: Desk, path: str, query: str = "") -> ET.Element:
    found = served.get(path, query)
    assert (found.status, found.headers["content-type"]) == (200, "text/xml; charset=utf-8"), found.body
    return ET.fromstring(found.body)  # noqa: S314 (our own answer)


def test_discovery_says_where_the_server_is(served: Desk) -> None:
    (endpoint,) = served.get("discovery.json").json["endpoints"]
    assert endpoint["url"] == f"{served.base}/open311/v2"
    found = tree(served, "discovery.xml")
    assert found.findtext("endpoints/endpoint/specification") == endpoint["specification"]
    assert [f.text for f in found.iterfind("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]


def test_services_of_the_province_and_of_a_jurisdiction(served: Desk) -> None:
    lamp = next(s for s in served.get("services.json").json if s["service_code"] == "TR-LIGHT")
    assert (lamp["service_name"], lamp["metadata"], lamp["type"], lamp["group"]) == ("Đèn chiếu sáng, đèn tín hiệu", True, "realtime", "Giao thông")
    found = tree(served, "services.xml", "jurisdiction_id=chicago&lang=en")
    assert len(found.findall("service")) == 7
    assert found.findtext("service/service_name") == "Abandoned Vehicle"
    assert served.get("services.json", "jurisdiction_id=binh_minh").json == served.get("services.json").json


def test_definition_asks_what_the_profile_says(served: Desk) -> None:
    (kind, *_) = served.get("services/TR-LIGHT.json", "lang=en").json["attributes"]
    assert (kind["code"], kind["datatype"], kind["required"], kind["order"]) == ("KIND", "singlevaluelist", True, 1)
    assert kind["values"][0] == {"key": "street", "name": "Street light"}
    found = tree(served, "services/TR-LIGHT.xml")
    assert found.findtext("attributes/attribute/values/value/key") == "street"
    assert found.findtext("attributes/attribute/required") == "true"
    assert served.get("services/UR-TREE.json").json == {"service_code": "UR-TREE", "attributes": []}


def test_request_is_answered_with_its_code_and_enters_by_kafka(served: Desk) -> None:
    found = served.post({**HOLE, "phone": "0912 345 678", "first_name": "An", "last_name": "Nguyễn", "email": "an@example.org", "device_id": "d1"})
    assert found.json[0]["service_request_id"] == "PA-261121-00001"
    assert one(served.conn, "select count(*) from report_state") == 0
    served.arrive()
    assert rows(served.conn, "select category, channel, lat_deg, lon_deg from report_state") == [("TR-ROAD", "open311", -20.1751, 85.1453)]
    assert sorted(field for (field,) in rows(served.conn, "select field from contact")) == ["email", "name", "telephone", "text"]
    assert rows(served.conn, "select actor from report_filing") == [(f"key:{served.key_id}",)]


def test_xml_answer_names_the_request(served: Desk) -> None:
    found = ET.fromstring(served.post(HOLE, "requests.xml").body)  # noqa: S314 (our own answer)
    assert found.findtext("request/service_request_id") == "PA-261121-00001"


def test_everybody_reads_the_public_part_and_the_filer_its_own(served: Desk) -> None:
    name = served.filed(address_string="12 Hùng Vương", description="Ổ gà\nrất sâu")
    (public,) = served.get(f"requests/{name}.json").json
    assert (public["lat"], public["long"]) == snapped(85.1453, -20.1751)[::-1]
    assert (public["description"], public["status"], public["status_notes"]) == (None, "open", "Mới gửi")
    assert "Hùng Vương" not in served.get("requests.json").body.decode()
    (mine,) = served.get(f"requests/{name}.json", {"api_key": served.key}).json
    assert (mine["lat"], mine["long"], mine["description"], mine["address"]) == (-20.1751, 85.1453, "Ổ gà\nrất sâu", "12 Hùng Vương")
    (other,) = served.get(f"requests/{name}.json", X_API_Key=served.new_key()).json
    assert other == public


def test_request_is_read_at_once_and_by_its_token(served: Desk) -> None:
    answer = served.post(HOLE).json[0]
    name, token = answer["service_request_id"], answer["service_notice"].rpartition(" ")[2]
    assert served.get(f"requests/{name}.json").json[0]["status"] == "open"
    assert served.get(f"tokens/{token}.json").json == [{"service_request_id": name, "token": token}]
    assert tree(served, f"tokens/{token}.xml").findtext("request/service_request_id") == name


def test_pictures_come_with_a_multipart_request(served: Desk) -> None:
    body, kind = multipart([("api_key", served.key), *HOLE.items()], [("media", "a.jpg", picture()), ("media", "b.jpg", picture())])
    assert served.send(body, kind).status == 200
    assert one(served.conn, "select count(*) from report_photo") == 2


def test_answers_in_words_are_sealed_and_those_by_code_are_kept(served: Desk) -> None:
    name = served.filed(service_code="TR-LIGHT", **{"attribute[KIND]": "street", "attribute[POLE]": "SECRET 0912345678", "attribute[OUT]": "2",
                                                    "media_url": "https://example.org/a.jpg"})
    assert rows(served.conn, "select attributes from report_filing") == [({"KIND": "street", "POLE": "", "OUT": "2", "media_url": ""},)]
    assert served.get(f"requests/{name}.json", {"api_key": served.key}).json[0]["description"] == HOLE["description"]
    assert one(served.conn, "select count(*) from report_event where payload::text like '%%SECRET%%'") == 0


def test_filer_does_not_read_what_the_citizen_told_later(served: Desk) -> None:
    name = served.filed(service_code="TR-LIGHT", **{"attribute[KIND]": "street", "attribute[POLE]": "SECRET 0912345678"})
    add_words(served.conn, Seals([b"k" * 32]), name, "SECRET\nvà nhà tôi", NOW)
    assert served.get(f"requests/{name}.json", {"api_key": served.key}).json[0]["description"] == HOLE["description"]


def test_list_answers_come_several_in_either_body(served: Desk) -> None:
    fields = [("service_code", "EN-WASTE"), ("address_string", "chợ"), ("attribute[KIND]", "medical"), ("attribute[KIND]", "burning")]
    assert served.post(fields).status == 200
    body, kind = multipart([("api_key", served.key), *fields, ("description", "2")], [])
    assert served.send(body, kind).status == 200
    assert rows(served.conn, "select attributes from report_filing") == [({"KIND": "medical,burning"},)] * 2


def test_same_request_counts_once_within_ten_minutes_and_across_their_edge(served: Desk) -> None:
    served.clock.advance(-served.clock.now().timestamp() % 600 - 10)
    first = served.post(HOLE).json
    assert served.post(HOLE).json == first
    served.clock.advance(300)
    assert served.post(HOLE).json == first
    served.clock.advance(1200)
    assert served.post(HOLE).json != first


def test_key_of_the_apps_own_counts_once(served: Desk) -> None:
    first = served.post(HOLE, Idempotency_Key="click-0001").json
    served.clock.advance(90_000)
    assert served.post(HOLE, Idempotency_Key="click-0001").json == first
    assert "another report" in said(served.post({**HOLE, "description": "x"}, Idempotency_Key="click-0001"))


def test_place_that_the_profile_names_is_found_by_name_or_code(served: Desk) -> None:
    mark = load_landmarks(load_profile(FICTIONAL))[0]
    for told in ({"address_string": mark.name.upper()}, {"address_id": mark.code}):
        assert served.post({"service_code": "UR-TREE", **told}).status == 200
    assert rows(served.conn, "select lat_deg, lon_deg from report_filing") == [(mark.lat_deg, mark.lon_deg)] * 2
    assert served.post({"service_code": "UR-TREE", "address_string": "somewhere that nobody named"}).status == 200
    assert one(served.conn, "select address from report_filing where lat_deg is null") == "somewhere that nobody named"


def test_service_that_is_answered_to_a_person_asks_for_a_contact(served: Desk) -> None:
    (category, *_) = sorted(load_intake_rules(load_profile(FICTIONAL)).contact_for)
    asked = {"service_code": category, "address_string": "x"}
    assert "phone or email was not provided" in said(served.post(asked))
    assert served.post({**asked, "phone": "0912345678"}).status == 200


def test_other_methods_are_told_what_is_answered(served: Desk) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        found = ask(served.base, f"{PLACE}requests.json", method=method, body=b"x")
        assert (found.status, found.headers["allow"]) == (405, "GET, POST")
    assert served.send(b"", "x", "services.json").headers["allow"] == "GET"
    assert ask(served.base, f"{PLACE}services.json", method="HEAD").status == 200
