"""The commands around the outbox and the webhooks."""

import argparse
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ioc.audit.hand import hand
from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.people.seals import add_key
from ioc.relay import command
from ioc.settings import Settings
from tests.integration.relay_world import promise, states
from tests.integration.streams_db import one

URL = "https://example.vn/hook"


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    add_key(tmp_path / "keys")
    return Settings(database=dsn, keys=os.fspath(tmp_path / "keys"))


def told(run: Callable[[Settings, argparse.Namespace, threading.Event], int], settings: Settings, capsys: pytest.CaptureFixture[str], **options: object) -> str:
    assert run(settings, argparse.Namespace(**options), threading.Event()) == 0
    return capsys.readouterr().out


def test_secret_of_a_webhook_is_shown_once_and_lies_sealed(settings: Settings, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    secret = told(command.add_webhook, settings, capsys, url=URL, topics=["ioc.report", "ioc.task"]).strip()
    assert secret.startswith("whsec_")
    listed = told(command.list_webhooks, settings, capsys)
    assert URL in listed
    assert "ioc.report,ioc.task" in listed
    assert secret not in listed
    assert secret not in one(conn, "select encode(secret_sealed, 'escape') || (select string_agg(content, '') from audit_line) from webhook")


@pytest.mark.parametrize(("url", "topics"), [("http://example.vn/", ["ioc.report"]), ("https://10.0.0.1/", ["ioc.report"]), (URL, ["ioc.nothing"])])
def test_webhook_that_could_not_work_is_not_made(settings: Settings, conn: Connection, url: str, topics: list[str]) -> None:
    with pytest.raises(InputError):
        command.add_webhook(settings, argparse.Namespace(url=url, topics=topics), threading.Event())
    assert one(conn, "select count(*) from webhook") == 0


def test_every_change_of_a_webhook_is_a_line_of_the_ledger(settings: Settings, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    told(command.add_webhook, settings, capsys, url=URL, topics=["ioc.report"])
    told(command.end_webhook, settings, capsys, webhook=1)
    with pytest.raises(InputError, match="no webhook 1"):
        told(command.end_webhook, settings, capsys, webhook=1)
    assert [(x.actor, x.action, x.subject) for x in lines(conn, limit=2)] == [
        (hand(), "webhook.ended", "webhook:1"), (hand(), "webhook.added", "webhook:1")]


def test_message_that_was_given_up_is_shown_and_sent_again_when_told_to(settings: Settings, conn: Connection,
                                                                       capsys: pytest.CaptureFixture[str]) -> None:
    promise(conn, "lost", channel="webhook", target="1")
    promise(conn, "owed")
    conn.execute("update outbox set failed_at = made_at, attempts = 90, last_error = 'no answer' where body = 'lost'")
    number = str(one(conn, "select outbox_id from outbox where body = 'lost'"))
    shown = told(command.list_outbox, settings, capsys, failed=True, limit=50)
    assert shown.count("\n") == 1
    assert number in shown
    assert "no answer" in shown
    assert "kafka ioc.report" in told(command.list_outbox, settings, capsys, failed=False, limit=50)
    told(command.retry, settings, capsys, id=[number])
    assert states(conn) == [("lost", "owed"), ("owed", "owed")]
    assert (lines(conn, limit=1)[0].action, lines(conn, limit=1)[0].subject) == ("outbox.retried", f"outbox:{number}")


@pytest.mark.parametrize("number", ["x", "00000000-0000-0000-0000-000000000000"])
def test_message_that_was_not_given_up_is_not_sent_again(settings: Settings, conn: Connection, number: str) -> None:
    with pytest.raises(InputError):
        command.retry(settings, argparse.Namespace(id=[number]), threading.Event())
    assert one(conn, "select max(line) from audit_line") == 0
