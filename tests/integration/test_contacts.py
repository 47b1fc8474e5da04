"""Contacts and words of reporters: sealed at rest, shown in scope, each look a line of the ledger."""

import hashlib
import json
from typing import Any

import psycopg
import pytest

from ioc.audit.ledger import disclosed, lines
from ioc.contacts.vault import MOST, Subject, keep, masked, proof, report_text, reveal, same_caller
from ioc.db.connect import Connection, connect
from ioc.errors import ContractError, ForbiddenError, InputError, NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import ROLES
from ioc.people.seals import SealError, Seals
from tests.integration.contacts_desk import (
    NEW,
    ONE,
    PERSON,
    SEALS,
    THREE,
    TWO,
    WORDS,
    everything,
    kept,
    ledger,
    look,
    person,
    submitted,
    traces,
)
from tests.integration.streams_wire import NOW

NUMBER = "0912345123"
PARTS = (*PERSON.values(), WORDS, "Nguyễn", "Trần Hưng Đạo", "on.nguyen", NUMBER, "912345123", "345 123", "0987654321", "chị Hạnh", "Ổ gà")


def test_nothing_that_is_kept_can_be_read_at_rest(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    reveal(conn, SEALS, ONE, look(reason=f"gọi số {NUMBER}, on.nguyen@example.vn"))
    report_text(conn, SEALS, person(), ONE)
    same_caller(conn, SEALS, "telephone", NUMBER)
    dump = everything(conn).lower()
    assert "contact.seen" in dump
    assert {(part, trace) for part in PARTS for trace in traces(part) if trace in dump} == set()


@pytest.mark.parametrize("leak", [NUMBER, NUMBER.encode().hex()])
def test_search_for_readable_values_finds_one(conn: Connection, leak: str) -> None:
    keep(conn, SEALS, ONE, {"name": "An"}, purpose=leak, at=NOW)
    assert any(trace in everything(conn).lower() for trace in traces(NUMBER))


@pytest.mark.parametrize("form", [NUMBER, PERSON["telephone"], "on.nguyen@example.vn"])
def test_digest_at_rest_is_none_that_can_be_made_without_the_key(dsn: str, conn: Connection, form: str) -> None:
    submitted(dsn, ONE)
    kept(conn)
    reveal(conn, SEALS, ONE, look())
    salts = [bytes(salt) for (salt,) in conn.execute("select salt from audit_salt")]
    dump = everything(conn)
    assert salts
    assert [salt for salt in (b"", *salts) if hashlib.sha256(salt + form.encode()).hexdigest() in dump] == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_contact_is_seen_by_operators_and_shift_leads_alone(dsn: str, conn: Connection, role: str) -> None:
    submitted(dsn, ONE)
    kept(conn)
    if role in {"operator", "shift_lead"}:
        assert reveal(conn, SEALS, ONE, look(person(role))) == PERSON
        assert len(ledger(conn, "contact.seen")) == 1
    else:
        with pytest.raises(ForbiddenError, match="reports_contact, which none of your roles gives"):
            reveal(conn, SEALS, ONE, look(person(role)))
        assert ledger(conn, "contact.seen") == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_words_are_read_by_whoever_works_on_reports(dsn: str, conn: Connection, role: str) -> None:
    """An agency reads them without the numbers of whoever wrote them."""
    submitted(dsn, ONE)
    kept(conn)
    if role in {"operator", "shift_lead"}:
        assert report_text(conn, SEALS, person(role), ONE) == WORDS
    elif role in {"focal_point", "field_officer", "unit_head"}:
        assert report_text(conn, SEALS, person(role), ONE) == WORDS.replace("0987654321", "***")
    else:
        with pytest.raises(ForbiddenError, match="reports_read"):
            report_text(conn, SEALS, person(role), ONE)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_masked_contact_is_seen_by_whoever_may_ask_for_the_whole(dsn: str, conn: Connection, role: str) -> None:
    submitted(dsn, ONE)
    kept(conn)
    if role in {"operator", "shift_lead"}:
        shown = {"name": "N. V. Ổ.", "telephone": "09•• ••• 123", "email": "O•••@•••.vn", "address": "•••"}
        assert masked(conn, SEALS, person(role), ONE) == shown
    else:
        with pytest.raises(ForbiddenError, match="reports_contact"):
            masked(conn, SEALS, person(role), ONE)


@pytest.mark.parametrize("who", [Principal(kind="screen", id="3", name="Màn hình"), Principal(kind="system", id="relay", name="relay")])
def test_screens_and_programs_see_no_contact(dsn: str, conn: Connection, who: Principal) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with pytest.raises(ForbiddenError):
        reveal(conn, SEALS, ONE, look(who))


@pytest.mark.parametrize("limits", [{"units": {"U2"}}, {"agencies": {"STC"}}, {"fields": {"cay"}}, {"units": set()}, {"units": {"U1"}, "fields": {"cay"}}])
def test_contact_out_of_scope_sounds_like_one_that_is_not_there(dsn: str, conn: Connection, limits: dict[str, Any]) -> None:
    submitted(dsn, ONE, TWO)
    kept(conn)
    narrow: dict[str, Any] = {name: frozenset(codes) for name, codes in limits.items()}
    other = person(**narrow)
    for subject, who in ((ONE, other), (TWO, person()), (THREE, person()), (Subject("dossier", "D1"), person())):
        for show in (lambda s, w: reveal(conn, SEALS, s, look(w)), lambda s, w: report_text(conn, SEALS, w, s)):
            with pytest.raises(NotFoundError, match=f"nothing is kept about '{subject.name}' that you may see"):
                show(subject, who)
    assert masked(conn, SEALS, other, ONE) == {}
    assert ledger(conn, "contact.seen") == []


def test_contact_within_all_limits_is_seen(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    near = person(units=frozenset({"U1"}), agencies=frozenset({"SNV"}), fields=frozenset({"rac"}))
    assert reveal(conn, SEALS, ONE, look(near)) == PERSON


def test_each_look_is_a_line_that_tells_who_why_and_what(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    for reason in ("gọi lại hỏi vị trí", "báo kết quả"):
        reveal(conn, SEALS, ONE, look(reason=reason))
    newest, first = lines(conn, limit=5, action="contact.seen")
    assert (newest.actor, newest.subject, newest.reason, newest.address) == ("person:12", "report:PA-1", "báo kết quả", "10.1.2.3")
    assert newest.after == {"fields": ["address", "email", "name", "telephone"]}
    assert disclosed(conn, first.line, "telephone", proof(SEALS, "telephone", PERSON["telephone"]))
    assert not disclosed(conn, first.line, "telephone", proof(SEALS, "telephone", "0912345124"))


def test_words_of_a_report_are_no_line(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    before = lines(conn, limit=1)
    assert report_text(conn, SEALS, person("operator"), ONE) == WORDS
    assert lines(conn, limit=1) == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_look_without_a_usable_reason_is_refused(dsn: str, conn: Connection, reason: str) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with pytest.raises(InputError, match="needs a reason of at most 500"):
        reveal(conn, SEALS, ONE, look(reason=reason))


def test_numbers_in_a_reason_stay_out_of_the_ledger(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    reveal(conn, SEALS, ONE, look(reason=f"gọi {NUMBER}"))
    assert lines(conn, limit=1)[0].reason == "gọi ***"


def test_value_is_not_shown_where_its_line_cannot_be_written(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    conn.execute("set lock_timeout = '100ms'")
    with connect(dsn, application="test-other") as other:
        other.execute("select line from audit_head for update")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            reveal(conn, SEALS, ONE, look())
    assert ledger(conn, "contact.seen") == []


def test_look_inside_another_transaction_is_refused(dsn: str, conn: Connection) -> None:
    # Its line could be taken back after the value was shown.
    submitted(dsn, ONE)
    kept(conn)
    with conn.transaction(), pytest.raises(ContractError, match="outside any other transaction"):
        reveal(conn, SEALS, ONE, look())


@pytest.mark.parametrize(("from_", "to"), [(("PA-1", "telephone"), ("PA-2", "telephone")), (("PA-1", "name"), ("PA-1", "telephone")), (("PA-1", "text"), ("PA-2", "address"))])
def test_value_moved_to_another_row_does_not_open(dsn: str, conn: Connection, from_: tuple[str, str], to: tuple[str, str]) -> None:
    submitted(dsn, ONE, TWO)
    kept(conn)
    kept(conn, TWO)
    conn.execute("update contact as t set sealed = f.sealed from contact as f where (f.subject, f.field) = (%s, %s) and (t.subject, t.field) = (%s, %s)", (*from_, *to))
    with pytest.raises(SealError, match="damaged, or was moved from another row"):
        reveal(conn, SEALS, Subject("report", to[0]), look())
    assert ledger(conn, "contact.seen") == []


def test_value_of_another_key_says_which_key_is_missing(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with pytest.raises(SealError, match="IOC_KEYS does not hold: put the old key back"):
        reveal(conn, Seals([NEW]), ONE, look())


@pytest.mark.parametrize(("stream", "values", "said"), [
    ("camera", {"name": "An"}, "contacts belong to report"), ("report", {"cccd": "0"}, "'cccd' is not kept of anybody: name, telephone"),
    ("report", {"name": "x" * 501}, "has 501 characters, at most 500"),
])
def test_vault_takes_only_what_it_has_a_place_for(conn: Connection, stream: str, values: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        keep(conn, SEALS, Subject(stream, "PA-1"), values, purpose="answer", at=NOW)


def test_purpose_is_compulsory(conn: Connection) -> None:
    with pytest.raises(InputError, match="kept for a purpose"):
        keep(conn, SEALS, ONE, PERSON, purpose=" ", at=NOW)


def test_field_told_again_replaces_the_earlier_one_and_empty_ones_are_not_kept(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn, ONE, name="An", email=" ")
    kept(conn, ONE, name="\ud800Bình\0")
    assert reveal(conn, SEALS, ONE, look()) == {"name": "?Bình\0"}


def test_repeat_caller_is_known_however_the_number_is_written(conn: Connection) -> None:
    kept(conn, ONE, telephone="0912 345 123")
    kept(conn, TWO, telephone="+84912345123", email="a@example.vn")
    kept(conn, THREE, telephone="0912 345 124", name=NUMBER, text=NUMBER)
    assert same_caller(conn, SEALS, "telephone", "84 912 345 123") == [TWO, ONE]
    assert same_caller(conn, SEALS, "email", "A@EXAMPLE.vn ") == [TWO]
    assert same_caller(conn, SEALS, "telephone", "0900000000") == []


def test_values_without_a_number_make_nobody_a_repeat_caller(conn: Connection) -> None:
    kept(conn, ONE, telephone="không có")
    assert same_caller(conn, SEALS, "telephone", "giấu số") == []


def test_repeat_caller_is_told_at_most_a_hundred_subjects(conn: Connection) -> None:
    for number in range(MOST + 2):
        kept(conn, Subject("report", f"PA-{number}"), telephone=NUMBER)
    found = same_caller(conn, SEALS, "telephone", NUMBER)
    assert (len(found), found[0].id) == (MOST, f"PA-{MOST + 1}")


def test_nobody_is_sought_by_name(conn: Connection) -> None:
    with pytest.raises(InputError, match="nobody is sought by 'name': email, telephone"):
        same_caller(conn, SEALS, "name", "An")


def test_line_of_a_look_holds_no_value(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    reveal(conn, SEALS, ONE, look())
    ((_, _, content),) = ledger(conn, "contact.seen")
    assert sorted(json.loads(content)["personal"]) == sorted(PERSON)
    assert not any(value in content for value in PERSON.values())
