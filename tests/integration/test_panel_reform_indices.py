"""Panel 4 against counts made by hand: the trial beside what was published, ranks of every year, what is missing; then, and as known then."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ioc.db.connect import Connection
from tests.conftest import fresh_database
from tests.integration.panel_stories.reform_indices import WHOLE, tell
from tests.integration.web_story import NOW, Story, ago, seen, told, values


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, made):
        tell(story, "P")
        story.hear()
        yield made


def observed(story: Story, indicator: str, period: str, days: float, **data: Any) -> None:
    story.tell("indicator", "observed", f"{indicator}/province/{period}", ago(days=days), indicator_id=indicator, period=period, **WHOLE | data)


def test_published_score_stands_with_its_day_and_history(conn: Connection) -> None:
    snapshot = seen(conn, "reform_indices")
    assert values(snapshot, "published766", "published766_age_d", "published766_change") == {
        "published766": 80.1, "published766_age_d": 11, "published766_change": pytest.approx(0.1)}
    assert snapshot.tables["published"] == [{"day": "2026-11-08", "score": 80.0}, {"day": "2026-11-09", "score": 80.1}]


def test_annual_index_has_rank_and_movement_only_out_of_as_many(conn: Connection) -> None:
    numbers = values(seen(conn, "reform_indices"), "par_index_rank", "par_index_out_of", "par_index_moved", "par_index_year", "pci_rank")
    assert numbers == {"par_index_rank": 17, "par_index_out_of": 34, "par_index_moved": 4, "par_index_year": 2025, "pci_rank": None}


def test_ranks_of_all_years_are_kept_without_those_of_other_provinces(conn: Connection) -> None:
    rows = seen(conn, "reform_indices").tables["ranks"]
    assert [(r["year"], r["rank"], r["out_of"]) for r in rows if r["indicator_id"] == "par_index"] == [(2023, 20, 63), (2024, 21, 34), (2025, 17, 34)]
    assert [(r["indicator_id"], r["manual"]) for r in rows if r["indicator_id"] in {"sipas", "pci"}] == [("sipas", True)]


def test_missing_observation_is_listed_until_it_is_told(dsn: str) -> None:
    with told(dsn) as (story, conn):
        tell(story, "P")
        story.hear()
        assert [(r["indicator_id"], r["period"], r["days"]) for r in seen(conn, "reform_indices").tables["missing"]] == [("par_plan", "2026-09", 51)]
        observed(story, "par_plan", "2026-09", 1, numerator=30, denominator=40, unit="%")
        later = NOW + timedelta(hours=1)
        story.hear(later)
        assert seen(conn, "reform_indices", now=later).tables["missing"] == []
        before = seen(conn, "reform_indices", now=later, at="2026-11-20T10:45", known="2026-11-20T10:45")
        assert [r["period"] for r in before.tables["missing"]] == ["2026-09"]


def test_score_that_is_corrected_shows_as_it_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        observed(story, "score_766", "2026-11-09", 10, value=80.1)
        story.hear()
        observed(story, "score_766", "2026-11-09", 1, value=81.2)
        observed(story, "score_766", "2026-11-09", 1, value=81.2)
        later = NOW + timedelta(hours=1)
        story.hear(later)
        assert [r["score"] for r in seen(conn, "reform_indices", now=later).tables["published"]] == [81.2]
        assert [r["score"] for r in seen(conn, "reform_indices", now=later, at="2026-11-18").tables["published"]] == [80.1]
        then = seen(conn, "reform_indices", now=later, at="2026-11-20T10:45", known="2026-11-20T10:45")
        assert [r["score"] for r in then.tables["published"]] == [80.1]


def test_score_of_the_shortest_period_is_that_of_a_day(dsn: str) -> None:
    with told(dsn) as (story, conn):
        observed(story, "score_766", "2026-10", 10, value=70)
        observed(story, "score_766", "2026-10-31", 11, value=71)
        story.hear()
        assert seen(conn, "reform_indices").tables["published"] == [{"day": "2026-10-31", "score": 71.0}]


def test_trial_is_made_of_what_was_counted_and_leaves_the_rest_out(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, late in enumerate((False, False, False, True)):
            due = ago(days=2) if late else NOW + timedelta(days=5)
            story.dossier(f"d{n}", ago(days=4), due, ready=ago(days=1), channel="1", service_level="full")
        story.hear()
        snapshot = seen(conn, "reform_indices")
        groups = {g["name_en"]: (g["points"], g["out_of"]) for g in snapshot.tables["groups766"]}
        assert groups["Progress and results"] == (15, 20)
        assert groups["Online payment"] == (0, 0)
        assert values(snapshot, "trial766", "trial766_out_of", "trial766_difference", "trial766_gap") == {
            "trial766": 15, "trial766_out_of": 24, "trial766_difference": None, "trial766_gap": None}
        assert [loss["points"] for loss in snapshot.tables["losses766"]] == [5, 4]
        assert snapshot.tables["trial766"] == [{"grade": "", "next_grade": "", "most": 100}]


def test_trial_of_a_past_moment_and_of_another_jurisdiction_is_its_own(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.dossier("one", ago(days=4), NOW + timedelta(days=5), ready=ago(days=1), channel="2")
        story.hear()
        assert values(seen(conn, "reform_indices"), "trial766", "trial766_out_of") == {"trial766": 24, "trial766_out_of": 24}
        assert values(seen(conn, "reform_indices", at="2026-11-17"), "trial766", "trial766_out_of") == {"trial766": 4, "trial766_out_of": 4}
        assert seen(conn, "reform_indices", at="2026-11-19", known="2026-11-19").numbers["trial766"].value is None
        assert seen(conn, "reform_indices", jurisdiction="chicago").numbers["trial766"].value is None
