"""Measures and random re-reading over HTTP: what is taken, what is refused, and who is shown what."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.contacts.vault import Subject, keep
from ioc.decisions.decide import Office, decide
from ioc.people.principal import Grant, Principal
from ioc.people.seals import read_seals
from ioc.shift.measures import Measure
from ioc.shift.measures import keep as keep_measure
from ioc.shift.reviews import Lot, draw
from tests.integration.cast import cookie
from tests.integration.decisions_desk import SOURCE, decision, person
from tests.integration.sign_in_desk import NOW, Desk, csrf, sentence, signing_in
from tests.integration.streams_db import one, sunk
from tests.integration.streams_wire import event
from tests.integration.web_server import Answer, ask
from tests.rules import RULES

GOOD = {"subject": "PA-1", "act": "rejected", "keys": 3, "machine_ms": 250, "reading_ms": 9000}
EVIL = "<script>document.title='owned'</script>"


@pytest.fixture
def desk(postgres: str, tmp_path: Path) -> Iterator[Desk]:
    with signing_in(postgres, tmp_path) as made:
        sunk(made.conn.info.dsn, [event("report", "submitted", subject="PA-1")], seconds=-90_000)
        yield made


def measured(desk: Desk, header: str, body: Any, kind: str = "application/json") -> Answer:
    return ask(desk.base, "/api/measures", method="POST", body=json.dumps(body).encode(), Cookie=header, **{"Content-Type": kind})


def rejected(desk: Desk) -> None:
    """A rejection that has been drawn to be read again."""
    who = Principal(kind="person", id="1", name="Lan", grants=(Grant(role="operator"),))
    keep(desk.conn, read_seals(str(desk.keys)), Subject("report", "PA-1"), {"text": EVIL}, purpose="test", at=NOW)
    office = Office(clock=FrozenClock(NOW), rules=RULES, source=SOURCE)
    decide(desk.conn, decision("rejected", reason=EVIL, reason_code="spam"), who, office)
    draw(desk.conn, read_seals(str(desk.keys)), Lot(reread_pct=100))


def test_measure_is_kept_under_who_sent_it(desk: Desk) -> None:
    assert measured(desk, cookie(desk.conn, "lan", ["operator"], NOW), GOOD).status == 204
    assert one(desk.conn, "select keys from triage_measure where actor = 'person:1'") == 3


@pytest.mark.parametrize("changes", [
    {"keys": -1}, {"keys": 1001}, {"machine_ms": 600_001}, {"reading_ms": 1.5}, {"act": "Robert'); drop table"}, {"subject": ""}, {"keys": "3"},
    {"actor": "person:2"}])
def test_measure_out_of_bounds_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    header = cookie(desk.conn, "lan", ["operator"], NOW)
    assert measured(desk, header, GOOD | changes).status == 400
    assert measured(desk, header, GOOD, "text/plain").status == 400
    assert one(desk.conn, "select count(*) from triage_measure") == 0


def test_measures_that_rain_are_slowed_down(desk: Desk) -> None:
    header = cookie(desk.conn, "lan", ["operator"], NOW)
    assert 429 in {measured(desk, header, GOOD).status for _ in range(80)}


def test_own_keys_are_shown_as_a_number(desk: Desk) -> None:
    header = cookie(desk.conn, "lan", ["operator"], NOW)
    measured(desk, header, GOOD)
    page = desk.get("/console/measures", Cookie=header).body.decode()
    assert re.findall(r'<td class="number">([^<]*)</td>', page)[:3] == ["1", "3,0", "3,0"]


def test_everybody_is_shown_once_five_were_measured(desk: Desk) -> None:
    header = cookie(desk.conn, "lan", ["operator"], NOW)
    for number in range(2, 7):
        assert "Mọi người" not in ask(desk.base, "/console/measures", Cookie=header).body.decode()
        keep_measure(desk.conn, Measure(subject="PA-1", act="verified", keys=4, machine_ms=1, reading_ms=1), person("operator", number=str(number)), NOW)
    assert "Mọi người" in ask(desk.base, "/console/measures", Cookie=header).body.decode()


def test_lead_reads_again_without_seeing_who_decided_and_hostile_words_are_text(desk: Desk) -> None:
    rejected(desk)
    header = cookie(desk.conn, "lead", ["shift_lead"], NOW)
    page = desk.get("/console/reviews", Cookie=header).body.decode()
    assert (EVIL in page, page.count("&lt;script&gt;"), "Lan" in page) == (False, 2, False)
    form = {"csrf": csrf(desk, header), "event": one(desk.conn, "select event_id from review"), "agrees": "no", "words": "phản ánh thật"}
    answer = desk.post("/console/reviews/judge", form, Cookie=header)
    assert (answer.status, answer.headers["location"]) == (303, "/console/reviews?again=PA-1")
    assert lines(desk.conn, limit=1)[0].action == "review.disagreed"
    assert desk.post("/console/reviews/judge", form, Cookie=header).status == 404, "it was read already"


def test_disagreement_without_words_is_sent_back(desk: Desk) -> None:
    rejected(desk)
    header = cookie(desk.conn, "lead", ["shift_lead"], NOW)
    form = {"csrf": csrf(desk, header), "event": one(desk.conn, "select event_id from review"), "agrees": "no", "words": ""}
    answer = desk.post("/console/reviews/judge", form, Cookie=header)
    assert (answer.status, "says why" in sentence(answer)) == (400, True)


def test_operator_sees_own_shares_and_no_verdict_form(desk: Desk) -> None:
    rejected(desk)
    header = cookie(desk.conn, "lan", ["operator"], NOW)
    page = desk.get("/console/reviews", Cookie=header).body.decode()
    assert ("reviews/judge" in page, "chỉ bạn thấy" in page) == (False, True)
    assert desk.post("/console/reviews/judge", {"csrf": csrf(desk, header)}, Cookie=header).status == 403
