"""What every figure must keep, whichever it is: what it is made of stands in its query, and a query answers nothing else."""

from collections.abc import Iterator

import pytest

from ioc.calendar.periods import period_of
from ioc.db.connect import Connection
from ioc.kpi.engine.compute import parameters
from ioc.kpi.engine.registry import sections
from ioc.moment import now_moment
from tests.conftest import fresh_database
from tests.integration.web_story import NOW, PROFILE, told

QUERIES = [(key, query) for key, section in sections().items() for query in section.sql]
OF_EVERY_ROW = {"unit_code", "org_code", "flags"}


@pytest.fixture(scope="module")
def empty(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (_, conn):
        yield conn


@pytest.mark.parametrize(("key", "query"), QUERIES)
def test_columns_of_a_query_are_those_that_its_figures_use(empty: Connection, key: str, query: str) -> None:
    moment, section = now_moment(NOW), sections()[key]
    cursor = empty.execute(section.sql[query].encode(), parameters(moment, period_of("year", moment.day, PROFILE.periods), PROFILE))
    used = {name for kpi in section.kpis.values() if kpi.query == query for name in (*kpi.over, *kpi.under, *kpi.counts)}
    used |= {"indicator_id" for kpi in section.kpis.values() if kpi.query == query and kpi.of}
    assert {column.name for column in cursor.description or ()} - OF_EVERY_ROW == used
