"""GeoReport v2: each filter of GET requests, and each error with its code and remedy, in JSON and XML."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from ioc.api.keys import revoke_key
from ioc.clock import LOCAL
from ioc.panels.engine.grid import snapped
from tests.conftest import fresh_database
from tests.integration.decisions_desk import report
from tests.integration.open311_desk import FORM, HOLE, Desk, desk, said
from tests.integration.streams_db import one
from tests.integration.streams_wire import at


@pytest.fixture(scope="module")
def served(postgres: str) -> Iterator[Desk]:
    """Four reports: two of the province open, one rejected, one of another jurisdiction; the last a hundred days old."""
    with fresh_database(postgres) as dsn, desk(dsn) as made:
        place = {"lon_deg": 85.1453, "lat_deg": -20.1751}
        report(dsn, subject="PA-1", **place)
        report(dsn, "rejected", subject="PA-2")
        report(dsn, subject="PA-3")
        report(dsn, subject="chicago:1", jurisdiction="chicago")
        made.conn.execute("update report_state set category = 'UR-TREE' where subject = 'PA-2'")
        made.conn.execute("update report_state set category = 'Street Light Out' where jurisdiction = 'chicago'")
        made.conn.execute("update report_state set submitted_at = submitted_at - interval '100 days' where subject = 'PA-3'")
        yield made


def names(served: Desk, **query: str) -> set[str]:
    found = served.get("requests.json", query)
    assert found.status == 200, found.body
    return {request["service_request_id"] for request in found.json}


def days(n: int) -> str:
    """So long before the reports were told."""
    return (datetime.fromisoformat(at(0)) - timedelta(days=n)).astimezone(LOCAL).isoformat(timespec="seconds")


@pytest.mark.parametrize(("query", "expected"), [
    ({}, {"PA-1", "PA-2"}),
    ({"status": "open"}, {"PA-1"}),
    ({"status": "closed"}, {"PA-2"}),
    ({"status": "open,CLOSED"}, {"PA-1", "PA-2"}),
    ({"service_code": "UR-TREE"}, {"PA-2"}),
    ({"service_code": "UR-TREE, TR-ROAD"}, {"PA-1", "PA-2"}),
    ({"service_code": "EM-FIRE"}, set()),
    ({"jurisdiction_id": "chicago"}, {"chicago:1"}),
    ({"jurisdiction_id": "chicago", "service_code": "4ffa9f2d6018277d400000c8"}, {"chicago:1"}),
    ({"jurisdiction_id": "binh_minh"}, {"PA-1", "PA-2"}),
    ({"start_date": days(101), "end_date": days(99)}, {"PA-3"}),
    ({"end_date": days(50)}, {"PA-3"}),
    ({"start_date": days(1)}, {"PA-1", "PA-2"}),
    ({"start_date": days(101)}, {"PA-3"}),
    ({"updated_after": days(1)}, {"PA-1", "PA-2", "PA-3"}),
    ({"updated_before": days(1)}, set()),
    ({"service_request_id": "PA-3,chicago:1,PA-9", "status": "closed"}, {"PA-3", "chicago:1"}),
    ({"service_request_id": "PA-3,chicago:1", "jurisdiction_id": "chicago"}, {"chicago:1"}),
    ({"lat": "-20.17", "long": "85.14", "radius": "5000"}, {"PA-1"}),
    ({"lat": "-20.6", "long": "85.14", "radius": "5000"}, set()),
    ({"page_size": "1", "page": "3"}, set()),
], ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value))
def test_filter_finds(served: Desk, query: dict[str, str], expected: set[str]) -> None:
    assert names(served, **query) == expected


def test_window_ends_with_the_moment_that_was_told(served: Desk) -> None:
    told = served.get("requests/PA-1.json").json[0]["requested_datetime"]
    assert "PA-1" in names(served, end_date=told)
    assert names(served, start_date=told) >= {"PA-1"}


def test_pages_follow_each_other_without_a_gap(served: Desk) -> None:
    pages = [served.get("requests.json", {"page_size": "1", "page": str(n)}).json for n in (1, 2)]
    assert {page[0]["service_request_id"] for page in pages} == {"PA-1", "PA-2"}
    assert pages[0][0]["requested_datetime"] >= pages[1][0]["requested_datetime"]


def test_exact_place_is_not_found_by_asking_nearer(served: Desk) -> None:
    assert names(served, lat="-20.1751", long="85.1453", radius="1") == set()
    lon_deg, lat_deg = snapped(85.1453, -20.1751)
    assert names(served, lat=str(lat_deg), long=str(lon_deg), radius="2") == {"PA-1"}


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(("path", "query", "status", "sentence"), [
    ("requests", {"status": "opened"}, 400, "status 'opened' is not known: it is open or closed"),
    ("requests", {"start_date": "yesterday"}, 400, "'start_date=yesterdayT00:00:00' is no moment"),
    ("requests", {"start_date": days(100), "end_date": days(1)}, 400, "span 99 days, at most 90"),
    ("requests", {"start_date": days(1), "end_date": days(9)}, 400, "lies after end_date"),
    ("requests", {"end_date": "0001-01-01T00:00:00Z"}, 400, "outside the years"),
    ("requests", {"page_size": "201"}, 400, "page_size '201' is no whole number from 1 to 200"),
    ("requests", {"page": "-1"}, 400, "page '-1'"),
    ("requests", {"page": "9999", "page_size": "200"}, 400, "beyond the first 10000"),
    ("requests", {"page": "٣"}, 400, "is no whole number"),
    ("requests", {"lat": "1"}, 400, "given together"),
    ("requests", {"lat": "x", "long": "1", "radius": "5"}, 400, "lat 'x' is no number"),
    ("requests", {"lat": "nan", "long": "1", "radius": "5"}, 400, "lat 'nan'"),
    ("requests", {"lat": "9", "long": "105"}, 400, "radius ''"),
    ("requests", {"lat": "9", "long": "105", "radius": "1e9"}, 400, "radius '1e9'"),
    ("requests", {"service_request_id": ",".join(map(str, range(51)))}, 400, "names 51 requests, at most 50"),
    ("requests", {"service_request_id": "a\0b"}, 400, "NUL"),
    ("requests", {"service_code": "NO-SUCH"}, 404, "service_code 'NO-SUCH' was not found"),
    ("requests", {"jurisdiction_id": "mars"}, 404, "jurisdiction_id 'mars' was not found: this server knows binh_minh, chicago"),
    ("requests", {"api_key": "ioc_forged"}, 403, "none of this centre's"),
    ("requests/PA-9", {}, 404, "service_request_id 'PA-9' was not found"),
    ("requests/PA-1", {"jurisdiction_id": "chicago"}, 404, "was not found"),
    ("services", {"jurisdiction_id": "mars"}, 404, "jurisdiction_id"),
    ("services/NO-SUCH", {}, 404, "service_code"),
    ("tokens/7K3M-9QXT-V2HD", {}, 404, "token was not found"),
    ("tokens", {}, 404, "token was not found"),
    ("discovery/x", {}, 404, "there is no"),
    ("nothing", {}, 404, "discovery.json says what there is"),
])
def test_refusal_names_what_is_wrong(served: Desk, form: str, path: str, query: dict[str, str], status: int, sentence: str) -> None:
    found = served.get(f"{path}.{form}", query)
    assert found.status == status, found.body
    assert sentence in said(found)


POSTED = [
    ({"service_code": ""}, 400, "service_code was not provided"), ({"service_code": "NO-SUCH"}, 404, "service_code 'NO-SUCH'"),
    ({"jurisdiction_id": "mars"}, 404, "jurisdiction_id"), ({"lat": ""}, 400, "given together"), ({"lat": "", "long": ""}, 400, "a place was not"),
    ({"lat": "91"}, 400, "lat '91'"), ({"lat": "0", "long": "0"}, 400, "knows no place"), ({"lat": "inf"}, 400, "lat 'inf'"),
    ({"lat": "41.88", "long": "-87.63"}, 400, "outside the province"), ({"address_id": "X"}, 400, "address_id 'X'"), ({"email": "me"}, 400, "email"), ({"phone": "me"}, 400, "phone"),
    ({"media_url": "javascript:alert(1)"}, 400, "media_url"), ({"attribute[X]": "1"}, 400, "attribute[X] is no attribute"),
    ({"attribute": "1"}, 400, "write attribute[CODE]"), ({"service_code": "TR-LIGHT"}, 400, "attribute[KIND] is required"),
    ({"service_code": "TR-LIGHT", "attribute[KIND]": "sun"}, 400, "none of its values: street, signal, park"),
    ({"service_code": "TR-LIGHT", "attribute[KIND]": "street", "attribute[OUT]": "many"}, 400, "no number"),
    ({"attribute[SINCE]": "yesterday"}, 400, "no moment"), ({"attribute[WIDTH]": "9" * 501}, 400, "more than 500"),
    ({"description": "x" * 10_001}, 400, "10000"), ({"description": "a\0b"}, 400, "NUL"), ({"address_string": "x" * 501}, 400, "address_string"),
    ({"description": "x" * 65_000}, 413, "too much text"), ({"first_name": "x" * 600}, 400, "name"),
]


@pytest.mark.parametrize(("fields", "status", "sentence"), POSTED, ids=lambda value: str(value)[:40])
def test_request_that_cannot_be_taken_is_refused_whole(served: Desk, fields: dict[str, str], status: int, sentence: str) -> None:
    found = served.post({**HOLE, **fields})
    assert found.status == status, found.body
    assert sentence in said(found) or sentence == "too much text"
    assert one(served.conn, "select count(*) from report_filing") == 0


@pytest.mark.parametrize("form", ["json", "xml"])
def test_key_is_asked_for(served: Desk, form: str) -> None:
    path, body = f"requests.{form}", urlencode(HOLE).encode()
    assert "api_key was not provided" in said(served.send(body, FORM, path))
    assert "none of this centre's" in said(served.send(body + b"&api_key=ioc_0123456789_" + b"A" * 43, FORM, path))
    other = served.new_key("dossier")
    assert "is for dossier, not for 'report'" in said(served.send(body, FORM, path, Authorization=f"Bearer {other}"))
    gone = served.new_key()
    revoke_key(served.conn, gone.split("_")[1], served.clock.now())
    served.clock.advance(6)
    found = served.send(body, FORM, path, X_API_Key=gone)
    assert (found.status, "was revoked" in said(found)) == (403, True)


@pytest.mark.parametrize(("kind", "encoding"), [("application/json", "identity"), ("text/xml", "identity"), ("", "identity"), (FORM, "gzip")])
def test_other_kinds_of_bodies_are_refused(served: Desk, kind: str, encoding: str) -> None:
    found = served.send(b"<x/>", kind, "requests.xml", Content_Encoding=encoding)
    assert found.status == 415
    assert "application/x-www-form-urlencoded or multipart/form-data" in said(found)


def test_reader_who_asks_too_often_waits(dsn: str) -> None:
    with desk(dsn, most=3) as served:
        held = [served.get("discovery.json") for _ in range(4)][3]
    assert (held.status, held.headers["retry-after"]) == (429, "1")
    assert said(held) == "too many requests from your address: wait"
