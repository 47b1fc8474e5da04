"""Figures that panels take: the same as the catalogue's, beside what they are compared with, for now and any past moment."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from ioc.calendar.periods import elapsed, period_of
from ioc.db.connect import Connection
from ioc.errors import ContractError
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.contract import Figure
from ioc.kpi.engine.registry import sections
from ioc.moment import asked_moment, now_moment
from ioc.panels.engine.take import Group, Take, take, untaken
from ioc.places.register import load_register
from tests.integration.web_story import NOW, PROFILE, Story, ago, told

OVERDUE = Take(of="one_stop.overdue", against="yesterday", by="unit")
RATE = Take(of="one_stop.on_time_rate", period="year_to_date", against="year", target=99.5)


def three_dossiers(story: Story) -> None:
    story.dossier("A", ago(days=3), ago(hours=30))
    story.dossier("B", ago(days=3), ago(hours=2), unit_code="99004")
    story.dossier("C", ago(days=2), ago(hours=1), ready=ago(hours=3), delivered=ago(hours=3))
    story.hear()


def test_number_is_the_catalogue_s_own(dsn: str) -> None:
    with told(dsn) as (story, conn):
        three_dossiers(story)
        moment = now_moment(NOW)
        taken = take(conn, {"overdue": OVERDUE, "rate": RATE}, moment, PROFILE).numbers
        for name, t in (("overdue", OVERDUE), ("rate", RATE)):
            period = elapsed(period_of(t.period, moment.day, PROFILE.periods), moment.day)
            figure = compute(conn, sections()["one_stop"], Question(period=period, moment=moment), PROFILE, load_register(PROFILE),
                             only=[t.of.split(".")[1]])[0]
            assert (taken[name].value, taken[name].numerator, taken[name].flags) == (figure.value, figure.numerator, figure.flags)
        assert (taken["overdue"].value, taken["rate"].target) == (2, 99.5)


def test_stock_is_compared_with_the_same_time_yesterday(dsn: str) -> None:
    with told(dsn) as (story, conn):
        three_dossiers(story)
        number = take(conn, {"overdue": OVERDUE}, now_moment(NOW), PROFILE).numbers["overdue"]
        assert (number.value, number.then, number.against) == (2, 1, "yesterday")


def test_nothing_of_last_year_is_no_base_and_not_a_zero(dsn: str) -> None:
    with told(dsn) as (story, conn):
        three_dossiers(story)
        assert take(conn, {"rate": RATE}, now_moment(NOW), PROFILE).numbers["rate"].then is None


def test_parts_by_unit_add_up(dsn: str) -> None:
    with told(dsn) as (story, conn):
        three_dossiers(story)
        rows = take(conn, {"overdue": OVERDUE}, now_moment(NOW), PROFILE).tables["by:overdue"]
        assert {row["unit_code"]: row["value"] for row in rows if row["value"]} == {"99001": 1, "99004": 1}


def test_past_moment_is_restated_or_as_it_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        three_dossiers(story)
        story.dossier("LATE", ago(days=3), ago(days=1, hours=5))
        story.hear(NOW + timedelta(hours=1))
        then = (NOW - timedelta(hours=1)).isoformat()
        values = [take(conn, {"overdue": OVERDUE}, asked_moment(NOW + timedelta(hours=2), at=then, known=known), PROFILE).numbers["overdue"].value
                  for known in (None, NOW.isoformat())]
        assert values == [3, 2]


def test_each_group_is_asked_once(dsn: str, conn: Connection) -> None:
    asked: list[Group] = []

    def counting(group: Group, question: Callable[[], Sequence[Figure]]) -> Sequence[Figure]:
        asked.append(group)
        return question()

    takes = {"a": Take(of="one_stop.overdue"), "b": Take(of="one_stop.open"), "c": Take(of="one_stop.received", period="month")}
    take(conn, takes, now_moment(NOW), PROFILE, counting)
    assert len(asked) == len(set(asked)) == 2


def test_figure_that_nobody_defines_is_named() -> None:
    with pytest.raises(ContractError, match=r"one_stop\.nothing"):
        untaken({"x": Take(of="one_stop.nothing")}, now_moment(NOW))


def test_count_of_a_time_before_the_first_event_is_no_zero(dsn: str) -> None:
    with told(dsn) as (story, conn):
        three_dossiers(story)
        takes = {"withdrawn": Take(of="one_stop.withdrawn", period="year_to_date", against="year"),
                 "today": Take(of="one_stop.withdrawn", period="day", against="before")}
        numbers = take(conn, takes, now_moment(NOW), PROFILE).numbers
        assert (numbers["withdrawn"].value, numbers["withdrawn"].then) == (0, None)
        assert (numbers["today"].value, numbers["today"].then) == (0, 0)
