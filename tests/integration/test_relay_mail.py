"""Letters against a real SMTP server: encrypted or not at all, one letter under one Message-ID, no header but ours."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.relay.mail import MailSender, MailServer
from ioc.relay.outbox import put_mail
from tests.integration.relay_world import AT, certified, make_worker, work
from tests.integration.streams_db import one, rows


class Box:
    """Takes letters; `refuse`: an answer instead, or ''."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refuse: Callable[[Envelope], str] = lambda _: ""

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 (its caller's name)
        if refusal := self.refuse(envelope):
            return refusal
        self.letters.append(envelope)
        return "250 OK"


def content(envelope: Envelope) -> Message:
    """A letter as it came."""
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content)


def text(envelope: Envelope) -> str:
    """Its words."""
    found = content(envelope).get_payload(decode=True)
    assert isinstance(found, bytes)
    return found.decode()


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@contextmanager
def post_office(box: Box, port: int, **options: Any) -> Iterator[None]:
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(AT)


@pytest.fixture
def box() -> Box:
    return Box()


def sender(port: int, clock: FrozenClock, *, trust: ssl.SSLContext | None = None, host: str = "127.0.0.1", **login: str) -> MailSender:
    return MailSender(MailServer(host=host, port=port, sender="ioc@province.vn", trust=trust, **login), clock)


def test_letter_arrives_once_and_whole(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    number = put_mail(conn, "an@example.vn", "Cảnh báo mức 3", "Độ mặn 4,2 g/l", AT)
    with post_office(box, port := free_port()):
        work(make_worker(dsn, sender(port, clock), clock), clock)
    (got,) = box.letters
    assert (got.mail_from, got.rcpt_tos) == ("ioc@province.vn", ["an@example.vn"])
    assert content(got)["Message-ID"] == f"<{number}@province.vn>"
    assert text(got).splitlines()[0] == "Độ mặn 4,2 g/l"


def test_letter_that_was_refused_for_now_comes_again_under_the_same_id(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    number = put_mail(conn, "an@example.vn", "s", "t", AT)
    put_mail(conn, "be@example.vn", "s", "t", AT)
    tries: list[str] = []

    def refuse(envelope: Envelope) -> str:
        tries.append(str(content(envelope)["Message-ID"]))
        return "451 later" if len(tries) == 1 else ""

    box.refuse = refuse
    with post_office(box, port := free_port()):
        work(make_worker(dsn, sender(port, clock), clock), clock, seconds=3)
    assert [x.rcpt_tos for x in box.letters] == [["be@example.vn"], ["an@example.vn"]]
    assert tries[0] == tries[2] == f"<{number}@province.vn>"


def test_letter_that_is_refused_for_three_days_is_given_up(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    put_mail(conn, "nobody@example.vn", "s", "t", AT)
    box.refuse = lambda _: "550 no such user"
    with post_office(box, port := free_port()):
        worker = make_worker(dsn, sender(port, clock), clock)
        for hours in (0, 71, 73, 75):
            clock.at = AT + timedelta(hours=hours)
            worker.step()
    assert rows(conn, "select failed_at is not null, attempts, last_error from outbox") == [(True, 3, "the mail server refuses it: no such user")]


def test_server_that_is_away_keeps_all_letters_waiting(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    for n in range(3):
        put_mail(conn, f"a{n}@example.vn", "s", "t", AT)
    port = free_port()
    worker = make_worker(dsn, sender(port, clock), clock)
    work(worker, clock, seconds=2)
    assert one(conn, "select count(*) from outbox where sent_at is null and failed_at is null and last_error like 'the mail server 127.0.0.1:%%'") == 3
    with post_office(box, port):
        work(worker, clock, seconds=60)
    assert sorted(x.rcpt_tos[0] for x in box.letters) == ["a0@example.vn", "a1@example.vn", "a2@example.vn"]


def test_letter_goes_encrypted_and_the_password_with_it(dsn: str, conn: Connection, clock: FrozenClock, box: Box, tmp_path: Path) -> None:
    server, trust = certified(tmp_path, "127.0.0.1")
    put_mail(conn, "an@example.vn", "s", "t", AT)

    def is_known(*given: Any) -> AuthResult:
        return AuthResult(success=(given[4].login, given[4].password) == (b"ioc", b"secret"))

    with post_office(box, port := free_port(), tls_context=server, require_starttls=True, auth_required=True, authenticator=is_known):
        worker = make_worker(dsn, sender(port, clock, trust=trust, user="ioc", password="wrong"), clock)
        worker.step()
        assert box.letters == []
        clock.advance(90)
        work(make_worker(dsn, sender(port, clock, trust=trust, user="ioc", password="secret"), clock), clock)
    assert len(box.letters) == 1


@pytest.mark.parametrize("believes", [True, False])
def test_server_of_another_name_or_an_unknown_authority_gets_no_letter(dsn: str, conn: Connection, clock: FrozenClock, box: Box, tmp_path: Path,
                                                                       believes: bool) -> None:  # noqa: FBT001
    server, trust = certified(tmp_path, "other.example" if believes else "127.0.0.1")
    put_mail(conn, "an@example.vn", "s", "t", AT)
    with post_office(box, port := free_port(), tls_context=server):
        make_worker(dsn, sender(port, clock, trust=trust if believes else None), clock).step()
    assert box.letters == []
    assert "CERTIFICATE_VERIFY_FAILED" in one(conn, "select last_error from outbox")


def test_server_elsewhere_that_does_not_encrypt_gets_no_letter(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    put_mail(conn, "an@example.vn", "s", "t", AT)
    with post_office(box, port := free_port()):
        made = sender(port, clock)
        made._server = _Elsewhere(made._server)  # type: ignore[assignment]
        make_worker(dsn, made, clock).step()
    assert box.letters == []
    assert "offers no STARTTLS" in one(conn, "select last_error from outbox")


class _Elsewhere:
    """The same server, as if it were another machine."""

    is_here = False

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)


@pytest.mark.parametrize(("to", "subject"), [
    ("an@example.vn\r\nBcc: x@example.vn", "s"), ("an@example.vn", "s\r\nBcc: x@example.vn"), ("an@example.vn>\r\nDATA", "s"), ("an@example.vn", "s\0"),
    ("an@example.vn", "s\u2028Bcc: x"), ("an@example.vn", ""), ("an@example.vn", "s" * 201),
])
def test_header_that_is_smuggled_in_never_becomes_a_letter(conn: Connection, to: str, subject: str) -> None:
    with pytest.raises(InputError):
        put_mail(conn, to, subject, "t", AT)
    assert one(conn, "select count(*) from outbox") == 0


def test_text_may_hold_what_looks_like_a_command_or_an_end(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    put_mail(conn, "an@example.vn", "$text", "one\r\n.\r\nMAIL FROM:<x@y.vn>\n.\ntwo $name ${x}", AT)
    with post_office(box, port := free_port()):
        work(make_worker(dsn, sender(port, clock), clock), clock)
    (got,) = box.letters
    assert text(got).splitlines()[:5] == ["one", ".", "MAIL FROM:<x@y.vn>", ".", "two $name ${x}"]


def test_header_changed_in_the_database_is_not_sent(dsn: str, conn: Connection, clock: FrozenClock, box: Box) -> None:
    put_mail(conn, "an@example.vn", "s", "t", AT)
    conn.execute("update outbox set target = E'an@example.vn\\r\\nBcc: x@example.vn'")
    with post_office(box, port := free_port()):
        work(make_worker(dsn, sender(port, clock), clock), clock)
    assert box.letters == []
    assert "cannot be written" in one(conn, "select last_error from outbox")
