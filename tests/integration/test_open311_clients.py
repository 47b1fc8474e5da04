"""GeoReport v2 as programs speak it that nobody here wrote, and the requests of a real city."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.open311_desk import HOLE, Desk, desk
from tests.integration.streams_db import one, rows
from tests.integration.web_server import multipart
from tests.unit.reports.test_photos import picture

CITY = Path(__file__).resolve().parents[3] / "shared" / "data" / "open311_chicago_2014.json"


@pytest.fixture
def served(dsn: str) -> Iterator[Desk]:
    with desk(dsn) as made:
        yield made


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client `three` 0.8.0, written for Python 2: the one name that Python 3 lacks is given to it, nothing else."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    return pytest.importorskip("three.core", reason="the client `three` is not installed")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_services_definitions_and_requests(served: Desk, form: str) -> None:
    georeport = pytest.importorskip("georeport", reason="the client `georeport` is not installed")
    names = [served.filed(description=str(n)) for n in (1, 2)]
    client = georeport.GeoReport(f"{served.base}/open311/v2", output_format=form)
    assert len(client.get_service_list()) == 21
    assert client.get_service_definition("TR-LIGHT")["service_code"] == "TR-LIGHT"
    assert [r["service_request_id"] for r in client.get_service_requests(status="open", service_code="TR-ROAD")] == names[::-1]
    assert client.get_service_request(names[0])["status"] == "open"


def test_georeport_reads_another_jurisdiction(served: Desk) -> None:
    georeport = pytest.importorskip("georeport", reason="the client `georeport` is not installed")
    client = georeport.GeoReport(f"{served.base}/open311/v2", jurisdiction="chicago")
    assert {s["service_name"] for s in client.get_service_list()} >= {"Pothole in Street", "Building Violation"}
    assert client.get_service_requests() == []


def test_three_posts_and_reads_all_that_it_knows(served: Desk, three: Any) -> None:
    client = three.Three(f"{served.base}/open311/v2", api_key=served.key)
    assert client.discovery()["endpoints"][0]["type"] == "production"
    assert client.services("TR-ROAD") == {"service_code": "TR-ROAD", "attributes": client.services("TR-ROAD")["attributes"]}
    (sent,) = client.post("TR-ROAD", address="Đường Trăng Lên", name="An Nguyễn", phone="555-5555", description="Ổ gà")
    served.arrive()
    assert client.request(sent["service_request_id"], api_key=served.key)[0]["description"] == "Ổ gà"
    token = sent["service_notice"].rpartition(" ")[2]
    assert client.token(token) == [{"service_request_id": sent["service_request_id"], "token": token}]
    assert [r["service_request_id"] for r in client.requests(count=1, between=["11-01-2026", "11-22-2026"])] == [sent["service_request_id"]]


def test_three_posts_a_picture(served: Desk, three: Any, tmp_path: Path) -> None:
    (tmp_path / "hole.jpg").write_bytes(picture())
    with (tmp_path / "hole.jpg").open("rb") as media:
        sent = three.Three(f"{served.base}/open311/v2/", api_key=served.key).post(HOLE["service_code"], lat=-20.17, long=85.14, media=media)
    assert rows(served.conn, "select subject from report_photo") == [(sent[0]["service_request_id"],)]


def test_three_is_told_what_is_wrong(served: Desk, three: Any) -> None:
    client = three.Three(f"{served.base}/open311/v2/", api_key="forged")
    assert client.post("TR-ROAD", lat=-20.17, long=85.14)[0]["code"] == 403
    assert client.requests(status="lost")[0]["code"] == 400


@pytest.mark.skipif(not CITY.is_file(), reason="the city's requests are not on this machine")
def test_a_citys_requests_are_filed_and_read_back_the_same(served: Desk) -> None:
    city = json.loads(CITY.read_text(encoding="utf-8"))
    names: dict[str, tuple[dict[str, Any], str]] = {}
    for known in city:
        told = {"jurisdiction_id": "chicago", "service_code": known["service_code"], "lat": str(known["lat"]), "long": str(known["long"]),
                "address_string": known["address"], "description": known["service_request_id"] + "\n" + (known["status_notes"] or ""),
                **{f"attribute[{code}]": str(value) for code, value in known.get("attributes", {}).items()}}
        body, kind = multipart([("api_key", served.key), *told.items()], [])
        answer = served.post(told) if len(names) % 2 else served.send(body, kind)
        assert answer.status == 200, answer.body
        names[answer.json[0]["service_request_id"]] = (known, told["description"].strip())
    served.arrive()
    assert (len(names), one(served.conn, "select count(*) from report_state where jurisdiction = 'chicago'")) == (50, 50)
    read = served.get("requests.json", {"jurisdiction_id": "chicago", "page_size": "200", "api_key": served.key}).json
    assert {r["service_request_id"] for r in read} == set(names)
    for mine in read:
        known, text = names[mine["service_request_id"]]
        assert [mine[name] for name in ("service_code", "service_name", "lat", "long", "address")] == [
            known[name] for name in ("service_code", "service_name", "lat", "long", "address")]
        assert mine["description"] == text
    assert served.get("requests.json").json == []
