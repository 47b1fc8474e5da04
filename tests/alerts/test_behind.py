"""What stands behind an alert: counted for all, listed for those whose permissions and reach cover it."""

from typing import Any

import pytest

from ioc.alerts.rule import Group, Level, Rule
from ioc.alerts.watch import Watch
from ioc.api.alert_behind import Looking, behind
from ioc.db.connect import Connection
from ioc.moment import now_moment
from ioc.people.principal import Grant, Principal
from tests.integration.decisions_desk import person
from tests.integration.streams_wire import NOW
from tests.rules import RULES

ROW = "select '{item}'::text as item, '99001'::text as unit_code, 'X99.9001'::text as org_code, ''::text as site, {value}::float8 as value, " \
      "null::timestamptz as since_at, null::jsonb as figures"
HERE, THERE = frozenset({"99001"}), frozenset({"99004"})


def watch(*, private: bool, sql: str = "") -> Watch:
    found = " union all ".join(ROW.format(item=item, value=value) for item, value in (("D-1", 5), ("D-2", 9), ("D-3", 1)))
    return Watch(key="late", about="", streams=(), unit="ngày", private=private, sql=sql or found)


def rule(group: Group = "unit", panel: str = "one_stop") -> Rule:
    return Rule(id="T-1", title="", title_en="", panel=panel, watch="late", group=group, levels=(Level(severity=2, raise_=5),), text="", text_en="",
                basis="", basis_kind="design")


def looked(conn: Connection, who: Principal, *, private: bool = True, group: Group = "unit", panel: str = "one_stop") -> Any:
    subject = {"unit": "99001", "agency": "X99.9001", "site": "", "province": "", "each": "D-2"}[group]
    return behind(conn, rule(group, panel), watch(private=private), subject, Looking(who, now_moment(NOW), RULES.calendar))


def test_things_are_listed_the_worst_first(conn: Connection) -> None:
    assert looked(conn, person("operator"), private=False) == {"state": "found", "n": 2, "items": ["D-2", "D-1"]}


@pytest.mark.parametrize(("who", "group", "panel", "sees"), [
    (person("operator"), "unit", "one_stop", False),
    (person("leader"), "unit", "one_stop", False),
    (person("operator"), "unit", "citizen_reports", True),
    (person("leader"), "unit", "citizen_reports", False),
    (person("operator", "procedure_office"), "province", "one_stop", True),
    (person("operator", Grant(role="procedure_office", units=HERE)), "unit", "one_stop", True),
    (person("operator", Grant(role="procedure_office", units=THERE)), "unit", "one_stop", False),
    (person("operator", Grant(role="procedure_office", units=HERE)), "agency", "one_stop", False),
    (person("operator", Grant(role="procedure_office", units=HERE)), "province", "one_stop", False),
    (person("operator", Grant(role="procedure_office", units=HERE)), "each", "one_stop", True),
    (person("operator", Grant(role="procedure_office", agencies=frozenset({"X99.9001"}))), "agency", "one_stop", True),
    (person("operator", Grant(role="procedure_office", agencies=frozenset({"X99.9001"}))), "unit", "one_stop", False),
    (person("operator", Grant(role="procedure_office", fields=frozenset({"land"}))), "unit", "one_stop", False),
    (person("shift_lead"), "unit", "documents_tasks", False),
])
def test_codes_of_dossiers_are_for_those_who_reach_all_of_them(conn: Connection, who: Principal, group: Group, panel: str, sees: bool) -> None:  # noqa: FBT001
    found = looked(conn, who, group=group, panel=panel)
    assert found["n"] == (1 if group == "each" else 2)
    assert (found["items"] is not None) is sees


def test_condition_that_is_over_has_nothing_behind_it(conn: Connection) -> None:
    looking = Looking(person("operator"), now_moment(NOW), RULES.calendar)
    assert behind(conn, rule(), watch(private=False), "99004", looking) == {"state": "over", "n": 0, "items": None}


def test_watch_that_takes_too_long_is_given_up(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.api.alert_behind.PATIENCE", "50ms")
    slow = watch(private=False, sql=ROW.format(item="D-1", value=5) + " from pg_sleep(5)")
    looking = Looking(person("operator"), now_moment(NOW), RULES.calendar)
    assert behind(conn, rule(), slow, "99001", looking)["state"] == "late"
    assert conn.execute("select 1").fetchone() == (1,)
