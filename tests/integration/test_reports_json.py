"""What the desk of reports asks for over HTTP: the queue, one report, looks, and the stream of what others do."""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
import pytest

from ioc.db.connect import Connection
from ioc.reports.filing import Filing
from tests.browser.report_desk import HOLE, Counter, counter
from tests.browser.stack import now
from tests.integration.cast import cookie
from tests.integration.web_server import Answer, ask

JSON = {"Content-Type": "application/json"}


class Desk(NamedTuple):
    """A served desk with reports, and the cookies of an operator and of an agency's focal point."""

    counter: Counter
    subjects: list[str]
    operator: str
    focal: str

    def get(self, path: str, who: str = "") -> Answer:
        return ask(self.counter.base, path, Cookie=who or self.operator)


@pytest.fixture
def desk(dsn: str, conn: Connection, tmp_path: Path) -> Iterator[Desk]:
    filings: list[Filing] = [HOLE, replace(HOLE, text="Cây ngã", category="UR-TREE")]
    with counter(dsn, tmp_path) as made:
        yield Desk(made, made.file(*filings), cookie(conn, "hoa", ["operator"], now()), cookie(conn, "dau-moi", ["focal_point"], now()))


@pytest.fixture
def stream(desk: Desk) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(desk.counter.base).netloc, timeout=15)
    connection.request("GET", "/api/reports/stream", headers={"Cookie": desk.operator})
    answer = connection.getresponse()
    assert told(answer)["event"] == "hello"
    yield answer
    connection.close()


def told(stream: http.client.HTTPResponse, kind: str = "") -> dict[str, Any]:
    """The next message, of a kind where one is named."""
    while True:
        fields: dict[str, str] = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(": ")
            fields[name] = value
        if "data" in fields and kind in {"", fields["event"]}:
            return {"event": fields["event"], **orjson.loads(fields["data"])}


def test_queue_tells_words_place_and_time_left(desk: Desk) -> None:
    found = desk.get("/api/reports/queue.json").json
    tree, hole = found["rows"]
    assert (hole["text"], hole["address"], hole["photos"], hole["state"]) == (HOLE.text, HOLE.address, 0, "submitted")
    assert tree["priority"] == 2
    assert hole["left"]["unit"] == "working"
    assert found["counts"]["triage"] == 2
    assert desk.get("/api/reports/queue.json?lang=en").json["rows"][1]["category_name"] == "Pothole, damaged road"


def test_rows_are_told_by_name_and_only_within_reach(desk: Desk) -> None:
    query = f"/api/reports/queue.json?rows={','.join(desk.subjects)}"
    assert {row["subject"] for row in desk.get(query).json["rows"]} == set(desk.subjects)
    assert desk.get(query, desk.focal).json["rows"] == []
    assert desk.get("/api/reports/queue.json?rows=" + ",".join(f"PA-{n}" for n in range(501))).status == 400


@pytest.mark.parametrize("query", ["after=zz", "priority=9", "stage=nowhere", "q=%00", "category=%27%20or%201=1--"])
def test_what_is_asked_amiss_is_answered_clearly(desk: Desk, query: str) -> None:
    answer = desk.get(f"/api/reports/queue.json?{query}")
    assert answer.status in {200, 400}
    assert answer.status == 200 or answer.json["error"]


def test_detail_is_closed_to_who_has_no_reach(desk: Desk) -> None:
    path = f"/api/reports/{desk.subjects[0]}/detail.json"
    found = desk.get(path).json
    assert found["contact"]["telephone"].endswith("678")
    assert {"verified", "rejected", "needs_info"} <= set(found["acts"])
    assert desk.get(path, desk.focal).status == 403
    assert desk.get("/api/reports/stream", cookie(desk.counter.conn, "auditor", ["auditor"], now())).status == 403


def test_what_others_decide_is_told_within_a_second(desk: Desk, stream: http.client.HTTPResponse) -> None:
    desk.counter.decide(desk.subjects[0], "verified", 1)
    changed = [one for one in told(stream, "changed")["changed"] if one["version"] == 2]
    assert [(one["subject"], one["state"], one["by"], one["mine"]) for one in changed] == [(desk.subjects[0], "verified", "Trần Thị Hoa", False)]


def test_who_looks_is_told_to_the_others_alone(desk: Desk, stream: http.client.HTTPResponse) -> None:
    body = orjson.dumps({"subject": desk.subjects[0]})
    assert ask(desk.counter.base, "/api/reports/presence", method="POST", body=body, Cookie=desk.operator, **JSON).status == 204
    other = cookie(desk.counter.conn, "minh", ["operator"], now())
    assert ask(desk.counter.base, "/api/reports/presence", method="POST", body=body, Cookie=other, **JSON).status == 204
    while not (found := told(stream, "changed").get("looking")):
        pass
    assert found == {desk.subjects[0]: ["Minh"]}
    assert desk.get(f"/api/reports/{desk.subjects[0]}/detail.json").json["looking"] == ["Minh"]
    assert ask(desk.counter.base, "/api/reports/presence", method="POST", body=b"[]", Cookie=other, **JSON).status == 400


def test_page_says_what_is_chosen_from_and_nothing_runs_in_it(desk: Desk) -> None:
    page = desk.get("/console/reports").body.decode()
    assert "Dây điện đứt" in page
    assert "Sở Xây dựng" in page
    assert desk.get("/console/reports", desk.focal).status == 403
