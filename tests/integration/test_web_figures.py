"""`/api/kpi`: figures over HTTP, with what they are made of."""

from collections.abc import Iterator

import pytest

from ioc.api.app import create_app
from ioc.kpi.engine.registry import sections
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import viewer
from tests.integration.web_server import ask, eventually, serving
from tests.integration.web_story import Story, every_kind
from tests.profiles import FICTIONAL


@pytest.fixture(scope="module")
def base(postgres: str) -> Iterator[str]:
    with fresh_database(postgres) as dsn:
        story = Story(dsn)
        every_kind(story)
        with serving(create_app(Settings(database=dsn, profile=FICTIONAL), story.clock), cookie=viewer(dsn, story.clock.now())) as address:
            eventually(lambda: ask(address, "/healthz").status == 200)
            yield address


def test_every_section_answers_with_all_its_figures(base: str) -> None:
    for key, section in sections().items():
        found = ask(base, f"/api/kpi/{key}.json?at=2026-11-19&period=month").json
        assert {f["key"] for f in found["figures"]} == {f"{key}.{k}" for k in section.kpis}
        assert all(f["label"] and f["formula"] and f["basis"] and f["at"] for f in found["figures"])


@pytest.mark.parametrize(("query", "status", "reason"), [
    ("one_stop.json?period=fortnight", 400, "'period=fortnight' is not known"),
    ("one_stop.json?by=village", 400, "'by=village' is not known"),
    ("one_stop.json?from=1", 400, "'from' is no parameter here"),
    ("one_stop.json?known=2026-01-01", 400, "'known' goes with 'at'"),
    ("nothing.json", 404, ""),
    ("one_stop.json?jurisdiction=chicago", 400, "the figures of 'one_stop' know no jurisdictions"),
])
def test_question_that_cannot_be_answered_says_why(base: str, query: str, status: int, reason: str) -> None:
    answer = ask(base, f"/api/kpi/{query}")
    assert answer.status == status
    assert reason in answer.body.decode()


def test_figures_are_given_by_jurisdiction_and_in_a_language_where_they_know_them(base: str) -> None:
    assert ask(base, "/api/kpi/citizen_reports.json?jurisdiction=chicago").status == 200
    assert ask(base, "/api/kpi/one_stop.json?lang=en").status == 200
