"""The doors of the web process over HTTP: panels, health, metrics, maps, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ioc.api.app import create_app
from ioc.db.connect import Connection
from ioc.panels.engine.registry import panels
from ioc.settings import Settings
from ioc.streams.engine.attention import store_gaps
from ioc.streams.engine.broker import Gap
from tests.integration.cast import viewer
from tests.integration.web_server import ask, eventually, serving, session
from tests.integration.web_story import NOW, Story, every_kind, seen
from tests.profiles import FICTIONAL

KEYS = sorted(panels())


@pytest.fixture(scope="module")
def story(module_dsn: str) -> Story:
    made = Story(module_dsn)
    every_kind(made)
    return made


@pytest.fixture(scope="module")
def base(module_dsn: str, module_conn: Connection, story: Story) -> Iterator[str]:
    epoch = session(module_conn, story.clock)
    epoch.publish(panels())
    epoch.tick()
    with serving(create_app(Settings(database=module_dsn, profile=FICTIONAL), story.clock), cookie=viewer(module_dsn, NOW)) as address:
        eventually(lambda: ask(address, "/api/panels/one_stop.json").headers.get("cache-control") == "no-store")
        yield address


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("query", ["", "?at=2026-11-19", "?at=2026-11-19T10:00:00%2B07:00", "?at=2026-11-19T10:00:00+07:00&known=2026-11-19"])
def test_panel_is_given_as_numbers(base: str, module_conn: Connection, key: str, query: str) -> None:
    asked: dict[str, Any] = dict(part.split("=") for part in query[1:].replace("%2B", "+").split("&") if part)
    answer = ask(base, f"/api/panels/{key}.json{query}")
    expected = {name: number.value for name, number in seen(module_conn, key, **asked).numbers.items()}
    assert answer.status == 200
    assert {name: number["value"] for name, number in answer.json["numbers"].items()} == expected


def test_panels_are_listed_in_the_asked_language(base: str) -> None:
    titles = [p["title"] for language in ("vi", "en") for p in ask(base, f"/api/panels?lang={language}").json if p["key"] == "one_stop"]
    assert titles == ["Giải quyết thủ tục hành chính", "Administrative procedures"]


@pytest.mark.parametrize("key", KEYS)
def test_definitions_explain_every_number(base: str, key: str) -> None:
    assert set(ask(base, f"/api/definitions/{key}.json").json) == set(ask(base, f"/api/panels/{key}.json").json["numbers"])


@pytest.mark.parametrize(("path", "said"), [
    ("/api/panels/one_stop.json?at=gestern", "'at=gestern' is no moment: write 2026-11-21"),
    ("/api/panels/one_stop.json?at=9999-12-31", "lies outside the years 1990 to 2100"),
    ("/api/panels/one_stop.json?known=2026-11-19", "'known' goes with 'at'"),
    ("/api/panels/one_stop.json?at=2026-11-19&known=x", "'known=x' is no moment"),
    ("/api/panels/one_stop.json?jurisdiction=chicago", "knows no jurisdictions: leave 'jurisdiction' out"),
    ("/api/panels/citizen_reports/map.json?at=2026-02-30", "is no moment"),
])
def test_wrong_question_is_answered_with_the_remedy(base: str, path: str, said: str) -> None:
    answer = ask(base, path)
    assert answer.status == 400
    assert said in answer.json["error"]


@pytest.mark.parametrize("path", [
    "/api/panels/nothing.json", "/api/panels/one_stop", "/api/", "/api/panels/../one_stop.json", "/live", "/live/streams", "/metrics/x", "/readyz/",
    "/healthz2", "/open311/v2/nothing.json", "/wall/nothing", "/map/documents_tasks", "/map/nothing", "/docs", "/openapi.json", "/api/panels/documents_tasks/map.json",
    "/_dash-ws", "/index.html", "/language", "/static/nothing.js", "/static/../app.py", "/assets/nothing.js",
])
def test_what_does_not_exist_is_not_found(base: str, path: str) -> None:
    answer = ask(base, path)
    assert answer.status == 404
    assert b"<html" not in answer.body.lower()


def test_foreign_jurisdiction_is_mapped_alone(base: str) -> None:
    found = ask(base, "/api/panels/citizen_reports/map.json?jurisdiction=chicago")
    assert found.headers["content-type"].startswith("application/geo+json")
    assert [f["properties"]["unit_code"] for f in found.json["features"]] == [""]


def test_health_says_ok(base: str) -> None:
    answer = ask(base, "/healthz")
    assert (answer.status, answer.body) == (200, b"OK")


def test_ready_while_live_ticks(base: str) -> None:
    answer = ask(base, "/readyz")
    assert (answer.status, answer.json["ready"], answer.json["reasons"]) == (200, True, [])
    states = {s["stream"]: s["state"] for s in answer.json["sources"]}
    assert {stream for stream, state in states.items() if state == "fresh"} >= {"dossier", "camera", "report"}
    assert set(states.values()) <= {"fresh", "none"}


def test_not_ready_when_live_is_silent(base: str, story: Story) -> None:
    story.clock.advance(60)
    try:
        answer = ask(base, "/readyz")
    finally:
        story.clock.at = NOW
    assert answer.status == 503
    assert answer.json["reasons"] == ["live has been silent for 60 s: is `ioc live` running?"]


def test_gaps_and_metrics_can_be_read(base: str, module_conn: Connection) -> None:
    store_gaps(module_conn, [Gap("ioc.report", 3, 100, 142)], NOW)
    families = {f.name: f for f in text_string_to_metric_families(ask(base, "/metrics").body.decode())}
    assert ask(base, "/readyz").json["gaps"] == ["ioc.report/3: offsets 100–142 were lost at the broker"]
    assert {"ioc_viewers", "ioc_live_age_seconds", "ioc_events", "ioc_repeats", "ioc_source_age_seconds", "ioc_dead_letters", "ioc_sink_offset"} <= set(families)
    assert [(s.labels, s.value) for s in families["ioc_gap_offsets"].samples] == [({"topic": "ioc.report", "partition": "3"}, 42.0)]
    assert sum(s.value for s in families["ioc_events"].samples) == _count(module_conn)


def _count(conn: Connection) -> int:
    row = conn.execute("select count(*) from event_identity").fetchone()
    assert row
    return int(row[0])


def test_answers_carry_the_protecting_headers(base: str) -> None:
    for path in ("/wall", "/healthz", "/nothing", "/static/live-worker.js"):
        headers: Any = ask(base, path).headers
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "SAMEORIGIN")
