"""GeoReport v2 under hostile input: refused or shown harmless, with a clear answer, and nothing lost."""

import io
import zipfile
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from ioc.api.geo_report import PLACE
from tests.conftest import fresh_database
from tests.integration.open311_desk import FORM, HOLE, Desk, desk, said
from tests.integration.streams_db import one
from tests.integration.web_server import ask, multipart
from tests.unit.reports.test_photos import picture

SCRIPT = "<script>alert(1)</script>]]>&lol;\"'\x01"
SQL = "x'; drop table report_filing; --"


@pytest.fixture(scope="module")
def served(postgres: str) -> Iterator[Desk]:
    with fresh_database(postgres) as dsn, desk(dsn) as made:
        yield made


def test_script_in_every_text_field_is_kept_as_words_and_shown_harmless(served: Desk) -> None:
    fields = {**HOLE, **dict.fromkeys(("description", "address_string", "first_name", "last_name", "device_id", "account_id", "x"), SCRIPT)}
    name = served.filed(**fields)
    own = served.get(f"requests/{name}.json", {"api_key": served.key})
    assert own.json[0]["description"] == SCRIPT
    assert b"<script" not in own.body
    read = ET.fromstring(served.get(f"requests/{name}.xml", {"api_key": served.key}).body)  # noqa: S314 (our own answer)
    assert read.findtext("request/description") == SCRIPT.replace("\x01", "\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize("name", ["service_code", "status", "service_request_id", "start_date", "jurisdiction_id", "page", "lat", "api_key"])
def test_sql_in_a_filter_is_a_value_like_any_other(served: Desk, name: str) -> None:
    before = one(served.conn, "select count(*) from report_filing")
    found = served.get("requests.json", {name: SQL})
    assert found.status in {400, 403, 404} or found.json == []
    assert one(served.conn, "select count(*) from report_filing") == before


@pytest.mark.parametrize("name", ["status", "service_code", "jurisdiction_id", "service_request_id"])
def test_script_in_a_filter_comes_back_without_a_tag(served: Desk, name: str) -> None:
    for form in ("json", "xml"):
        found = served.get(f"requests.{form}", {name: "<script>alert(1)</script>"})
        assert b"<script" not in found.body
        assert found.headers["x-content-type-options"] == "nosniff"


def bombs() -> dict[str, bytes]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.jpg", bytes(20_000_000))
    lol = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]><svg>&j;</svg>"
    return {"zip": packed.getvalue(), "xml": lol, "half a picture": picture()[:500], "nothing": b"", "text": b"<script>"}


@pytest.mark.parametrize("kind", bombs())
def test_media_that_is_no_picture_is_refused_whole(served: Desk, kind: str) -> None:
    before = one(served.conn, "select count(*) from report_filing")
    body, told = multipart([("api_key", served.key), *HOLE.items(), ("description", kind)], [("media", f"{kind}<b>.jpg", bombs()[kind])])
    found = served.send(body, told)
    assert (found.status, "is no whole picture" in said(found)) == (400, True)
    assert one(served.conn, "select count(*) from report_filing") == before


def test_body_beyond_the_bounds_is_refused_before_it_is_read(served: Desk) -> None:
    found = ask(served.base, f"{PLACE}requests.json", method="POST", body=b"x", **{"Content-Length": "99999999", "Content-Type": FORM})
    assert found.status == 413


def test_ten_thousand_attributes_are_refused(served: Desk) -> None:
    many = [(f"attribute[A{n}]", "x") for n in range(10_000)]
    found = served.post([*HOLE.items(), *many])
    assert found.status in {400, 413}
    assert said(found)
    body, kind = multipart([("api_key", served.key), *HOLE.items(), *many], [])
    assert served.send(body, kind).status in {400, 413}


@pytest.mark.parametrize("body", [b"", b"--xYzZy", b"--xYzZy\r\n\r\n\r\n", b"garbage" * 999])
def test_broken_multipart_is_refused_in_words(served: Desk, body: bytes) -> None:
    found = served.send(body, "multipart/form-data; boundary=xYzZy", Authorization=f"Bearer {served.key}")
    assert found.status == 400
    assert said(found)


def test_six_pictures_are_too_many_and_another_file_would_be_lost(served: Desk) -> None:
    fields = [("api_key", served.key), *HOLE.items()]
    assert said(served.send(*multipart(fields, [("media", f"{n}.jpg", b"x") for n in range(6)]))).startswith("more than 5 files")
    assert "would be lost" in said(served.send(*multipart(fields, [("video", "a.mp4", b"x")])))


@pytest.mark.parametrize("path", [
    "../console.json", "requests/../../console.json", "requests/%2e%2e%2f%2e%2e%2fetc%2fpasswd.json", "requests/%00.json", "requests/.json",
    "requests/a%0d%0aX: y.json", "services/" + "A" * 5000 + ".json", "requests//.xml", "tokens/%ff%fe.json", "requests.json.xml"])
def test_path_tricks_find_nothing(served: Desk, path: str) -> None:
    assert ask(served.base, f"{PLACE}{path}".replace(" ", "%20")).status in {400, 404}


def test_token_of_another_report_opens_no_words(served: Desk) -> None:
    token = served.post({**HOLE, "description": "SECRET"}).json[0]["service_notice"].rpartition(" ")[2]
    (found,) = served.get(f"tokens/{token}.json").json
    assert set(found) == {"service_request_id", "token"}
    assert served.get(f"tokens/{token[:-1]}{'0' if token[-1] != '0' else '1'}.json").status == 404
    assert b"SECRET" not in served.get(f"requests/{found['service_request_id']}.json", {"api_key": served.new_key()}).body


def test_key_of_one_app_is_no_key_of_another(served: Desk) -> None:
    other = served.new_key()
    mine = served.post({**HOLE, "description": "one"}, Idempotency_Key="same-click").json
    body = urlencode({**HOLE, "description": "one", "api_key": other}).encode()
    assert served.send(body, FORM, Idempotency_Key="same-click").json != mine
