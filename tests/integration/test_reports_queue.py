"""The queue of reports: who sees what, in which order, found how; and one report in full."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError, NotFoundError
from ioc.people.principal import Grant, Principal
from ioc.profiles import load_profile
from ioc.reports import detail, queue
from ioc.reports.filing import Door, Filing, file
from ioc.reports.queue import Asked, Reader, counts, jurisdictions, page
from ioc.reports.replies import load_replies
from tests.integration.decisions_desk import LEAD, OPERATOR, decided, decision, owed_is_read
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import NOW, event
from tests.integration.test_filing import HOLE, SEALS
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
FOCAL = Principal(kind="person", id="20", name="Đầu mối", grants=(Grant(role="focal_point", agencies=frozenset({"X99.05"})),))


class Centre(NamedTuple):
    """Where reports are filed and read."""

    dsn: str
    conn: Connection

    def file(self, *filings: Filing) -> list[str]:
        door = Door(clock=FrozenClock(NOW), seals=SEALS, source="/vn/99/ioc/intake")
        found = [file(self.conn, replace(one, key=f"click-{n:05}-{one.text.encode().hex()[:40]}"), door).subject for n, one in enumerate(filings)]
        owed_is_read(self.dsn, self.conn)
        return found

    def seen(self, who: Principal = OPERATOR, after: str = "", **asked: Any) -> list[str]:
        return page(self.conn, Asked(**asked), reader(who), after).subjects


def reader(who: Principal = OPERATOR) -> Reader:
    return Reader(who=who, profile=PROFILE, seals=SEALS, now=NOW, real=NOW)


@pytest.fixture
def centre(dsn: str, conn: Connection) -> Centre:
    return Centre(dsn, conn)


def told(dsn: str, subject: str, minute: int = 0, **data: Any) -> None:
    sunk(dsn, [event("report", "submitted", minute, subject=subject, **{"category": "TR-ROAD", **data})])


def test_danger_comes_first_then_what_is_due_then_what_is_old(centre: Centre) -> None:
    told(centre.dsn, "PA-1", 1)
    told(centre.dsn, "PA-2", 2, category="EM-WIRE")
    told(centre.dsn, "PA-3", 3, category="TR-LIGHT")  # the same priority as PA-1, due earlier
    told(centre.dsn, "PA-4", 4, priority=2)
    assert centre.seen() == ["PA-2", "PA-4", "PA-3", "PA-1"]


def test_clock_that_stands_comes_after_those_that_run(centre: Centre) -> None:
    told(centre.dsn, "PA-1", 1)
    told(centre.dsn, "PA-2", 2)
    decided(centre.conn, decision("needs_info", subject="PA-1", reason="ở đâu?"))
    assert centre.seen() == ["PA-2", "PA-1"]


def test_pages_go_on_where_the_last_ended_though_more_came_before(centre: Centre) -> None:
    sunk(centre.dsn, [event("report", "submitted", n, subject=f"PA-{n:03}", category="TR-ROAD") for n in range(150)], seconds=10_000)
    first = page(centre.conn, Asked(), reader())
    told(centre.dsn, "PA-EARLY", 0, category="EM-WIRE")
    second = centre.seen(after=first.after or "")
    assert len(first.subjects) == 100
    assert first.subjects + second == [f"PA-{n:03}" for n in range(150)]


def test_cursor_of_another_is_refused(conn: Connection) -> None:
    with pytest.raises(InputError, match="cursor"):
        page(conn, Asked(), reader(), "zz")


def test_stages_hold_what_waits_for_whom(centre: Centre) -> None:
    for n, facts in enumerate(((), ("verified",), ("verified", "assigned", "accepted"), ("verified", "assigned", "accepted", "paused"), ("rejected",)), start=1):
        wires = [event("report", fact, m, subject=f"PA-{n}", category="TR-ROAD", to_org="X99.05") for m, fact in enumerate(("submitted", *facts))]
        sunk(centre.dsn, wires, seconds=1000)
    assert {stage: set(centre.seen(stage=stage)) for stage in queue.STAGES} == {
        "triage": {"PA-1", "PA-2"}, "agencies": {"PA-3", "PA-4"}, "approval": {"PA-4"}, "open": {"PA-1", "PA-2", "PA-3", "PA-4"}, "ended": {"PA-5"}}
    assert counts(centre.conn, "", reader()) == {"triage": 2, "agencies": 2, "approval": 1, "open": 4, "ended": 1, "late": 0}


def test_reports_out_of_reach_are_in_no_list_count_or_search(centre: Centre) -> None:
    told(centre.dsn, "PA-MINE", org_code="X99.05")
    told(centre.dsn, "PA-OTHER", org_code="X99.06")
    assert centre.seen(FOCAL, stage="open") == ["PA-MINE"]
    assert centre.seen(FOCAL, sought="PA-OTHER") == []
    assert counts(centre.conn, "", reader(FOCAL))["open"] == 1
    with pytest.raises(NotFoundError):
        detail.detail(centre.conn, SEALS, FOCAL, "PA-OTHER")
    with pytest.raises(NotFoundError):
        detail.look(centre.conn, FOCAL, "PA-OTHER", NOW)


@pytest.mark.parametrize("typed", ["o ga cho", "Ổ GÀ", "hung vuong", "o ga sao khue", "0912.345.678", "pa-261121-00001", "261121-1", "00001"])
def test_report_is_found_without_accents(centre: Centre, typed: str) -> None:
    found, _ = centre.file(replace(HOLE, lon_deg=85.145, lat_deg=-20.175), replace(HOLE, text="Cây ngã", category="UR-TREE", address="", contact={}))
    centre.conn.execute("update report_state set unit_code = '99004' where subject = %s", (found,))
    assert centre.seen(sought=typed) == [found]


def test_receipt_and_telephone_find_only_for_who_may_know_the_reporter(centre: Centre) -> None:
    centre.file(HOLE)
    centre.conn.execute("update report_state set org_code = 'X99.05'")
    assert len(centre.seen(OPERATOR, sought="0912345678")) == 1
    assert centre.seen(FOCAL, sought="0912345678") == []


def test_ended_reports_are_found_too_after_the_open_ones(centre: Centre) -> None:
    first, second = centre.file(HOLE, replace(HOLE, text="Ổ gà khác"))
    decided(centre.conn, decision("rejected", subject=first, reason="tin rác", reason_code="spam"))
    assert centre.seen(sought="o ga") == [second, first]
    assert centre.seen(sought=first) == [first]


def test_filters_hold_together(centre: Centre) -> None:
    told(centre.dsn, "PA-1", unit_code="99004", unit_valid_on="2025-07-01", org_code="X99.05")
    told(centre.dsn, "PA-2", category="EM-WIRE", unit_code="99001", unit_valid_on="2025-07-01")
    assert centre.seen(unit="99004") == centre.seen(agency="X99.05") == centre.seen(category="TR-ROAD") == centre.seen(priority=3) == ["PA-1"]
    assert centre.seen(unit="99004", priority=1) == []
    detail.look(centre.conn, OPERATOR, "PA-2", NOW)
    assert centre.seen(looked=OPERATOR.actor) == ["PA-2"]


def test_other_jurisdictions_stand_apart_and_are_only_those_filed_here(centre: Centre) -> None:
    (filed,) = centre.file(replace(HOLE, jurisdiction="chicago", category="4fd3"))
    told(centre.dsn, "chicago:imported", jurisdiction="chicago")
    assert centre.seen() == []
    assert centre.seen(jurisdiction="chicago") == [filed]
    assert jurisdictions(centre.conn) == ["chicago"]


def test_detail_tells_what_may_be_decided_and_by_whom_it_was(centre: Centre) -> None:
    (subject,) = centre.file(HOLE)
    decided(centre.conn, decision("verified", subject=subject))
    found = detail.detail(centre.conn, SEALS, OPERATOR, subject)
    assert [e["by_name"] for e in found.events] == [None, OPERATOR.name]
    assert set(found.acts) >= {"assigned", "rejected", "undone"}
    assert "accepted" not in found.acts
    assert found.contact["telephone"].startswith("09")
    assert "345" not in found.contact["telephone"]
    assert detail.detail(centre.conn, SEALS, LEAD, subject).acts == [*found.acts, "extended"]


def test_detail_names_what_was_merged_into_it_and_what_is_open_around(centre: Centre) -> None:
    one, other, near = centre.file(HOLE, replace(HOLE, text="Ổ gà đó"), replace(HOLE, text="Gần", lon_deg=85.1460))
    decided(centre.conn, decision("merged", subject=other, parent_id=one, reason="trùng"))
    found = detail.detail(centre.conn, SEALS, OPERATOR, one)
    assert [c["subject"] for c in found.children] == [other]
    assert [n["subject"] for n in found.neighbours] == [near]


def test_look_is_at_one_report_at_a_time_and_ends(centre: Centre) -> None:
    told(centre.dsn, "PA-1")
    told(centre.dsn, "PA-2")
    detail.look(centre.conn, OPERATOR, "PA-1", NOW)
    detail.look(centre.conn, OPERATOR, "PA-2", NOW)
    assert [row[0] for row in detail.lookers(centre.conn, NOW)] == ["PA-2"]
    detail.look(centre.conn, OPERATOR, "", NOW)
    assert detail.lookers(centre.conn, NOW) == []


def test_answers_of_a_profile_name_facts_that_need_words(province: Path) -> None:
    assert {"needs_info", "rejected", "referred", "resolved"} <= {reply.fact for reply in load_replies(province)}
    (province / "replies.csv").write_text("code,fact,text,text_en\nx,accepted,Xin chào,Hello\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="accepted"):
        load_replies(province)


def test_lines_are_json_whatever_they_hold(centre: Centre) -> None:
    (subject,) = centre.file(replace(HOLE, text="<script>\u2028 'x' \"y\""))
    (line,) = queue.lines(centre.conn, [subject], OPERATOR)
    assert SEALS.open(bytes(line["words"]), about=f"contact\0report\0{subject}\0text".encode()).decode().startswith("<script>")
    assert orjson.dumps(line["attributes"]) == b"{}"
