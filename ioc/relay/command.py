"""`ioc relay`, and the commands that show and mend what it has to do."""

import argparse
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from uuid import UUID

from ioc.audit.hand import enter
from ioc.clock import SystemClock, second
from ioc.db.connect import Connection, connect
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people.seals import read_seals
from ioc.played import clock_of
from ioc.relay.door import Door
from ioc.relay.kafka import KafkaSender
from ioc.relay.mail import MailSender, mail_server
from ioc.relay.outbox import PUBLIC_TOPIC
from ioc.relay.sender import Sender
from ioc.settings import Settings

log = logging.getLogger(__name__)

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.relay").joinpath("outbox.sql")).items()}


Loop = Callable[[threading.Event], None]


def run(settings: Settings, options: argparse.Namespace, stop: threading.Event, *,
        beside: Callable[[Settings], Sequence[Loop]] = lambda _: ()) -> int:
    """Send what is owed until told to stop. `beside`: what the process does beside that."""
    from ioc.relay.relay import Relay
    from ioc.relay.webhooks import WebhookSender
    from ioc.streams.engine.kafka import KafkaPublisher

    del options
    dsn, clock = settings.dsn(), clock_of(settings.clock)
    senders: list[Sender] = [KafkaSender(lambda: KafkaPublisher(settings)),
                             WebhookSender(cache(lambda: read_seals(settings.keys)), clock, door_of(settings))]
    if (server := mail_server(settings)) is not None:
        senders.append(MailSender(server, clock))
    else:
        log.warning("IOC_SMTP is not set: letters wait in the outbox")
    Relay(lambda: connect(dsn, application="ioc-relay", autocommit=True), senders, clock, syslog=settings.syslog,
          beside=beside(settings)).run(stop)
    return 0


def door_of(settings: Settings) -> Door:
    """Where webhooks may go, as the settings say."""
    return Door([one.strip() for one in settings.webhook_hosts.split(",") if one.strip()])


def list_outbox(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """What is owed, oldest first, or with --failed what was given up; never what a message says."""
    del stop
    with _open(settings) as conn:
        for number, made_at, channel, target, attempts, next_at, failed_at, last_error in conn.execute(
                _SQL["list"], {"failed": options.failed, "most": options.limit}):
            state = f"given up {second(failed_at)}" if failed_at else f"next {second(next_at)}"
            sys.stdout.write(f"{number}  {second(made_at)}  {channel} {target}  {attempts} attempts  {state}  {last_error or ''}".rstrip() + "\n")
    return 0


def retry(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Let messages that were given up be sent again."""
    del stop
    try:
        numbers = [UUID(text) for text in options.id]
    except ValueError:
        raise InputError("an id is 32 hexadecimal digits with dashes, as `ioc outbox list --failed` shows it") from None
    with _open(settings) as conn:
        for number in numbers:
            with conn.transaction():
                row = conn.execute(_SQL["retry"], {"number": number, "at": SystemClock().now()}).fetchone()
                if row is None:
                    raise InputError(f"{number} was not given up: `ioc outbox list --failed` shows what was")
                enter(conn, "outbox.retried", f"outbox:{number}", SystemClock().now(), after={"channel": row[0], "target": row[1]})
            sys.stdout.write(f"{number} to {row[0]} {row[1]} is sent again within seconds\n")
    return 0


def add_webhook(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Make a webhook and print its secret, this once."""
    from ioc.relay import webhooks
    from ioc.streams.engine.registry import topics

    del stop
    door_of(settings).place(options.url)
    known = [*topics(), PUBLIC_TOPIC]
    if unknown := sorted(set(options.topics) - set(known)):
        raise InputError(f"'{unknown[0]}' is no topic; there are {', '.join(known)}")
    with _open(settings) as conn, conn.transaction():
        number, secret = webhooks.add(conn, options.url, options.topics, read_seals(settings.keys), SystemClock().now())
        enter(conn, "webhook.added", f"webhook:{number}", SystemClock().now(), after={"url": options.url, "topics": sorted(set(options.topics))})
    sys.stderr.write(f"webhook {number} to {options.url}; its secret is shown this once, the receiver checks signatures with it:\n")
    sys.stdout.write(f"{secret}\n")
    return 0


def list_webhooks(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Oldest first; never a secret."""
    from ioc.relay import webhooks

    del options, stop
    with _open(settings) as conn:
        for hook in webhooks.webhooks(conn):
            state = f"ended {second(hook.ended_at)}" if hook.ended_at else f"made {second(hook.created_at)}"
            sys.stdout.write(f"{hook.number:>4}  {hook.url}  {','.join(hook.topics)}  {state}  {hook.owed} owed  {hook.failed} given up\n")
    return 0


def end_webhook(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Let a webhook hear of nothing any more."""
    from ioc.relay import webhooks

    del stop
    with _open(settings) as conn, conn.transaction():
        url = webhooks.end(conn, options.webhook, SystemClock().now())
        enter(conn, "webhook.ended", f"webhook:{options.webhook}", SystemClock().now(), after={"url": url})
    sys.stdout.write(f"webhook {options.webhook} to {url} has ended\n")
    return 0


def _open(settings: Settings) -> Connection:
    return connect(settings.dsn(), application="ioc-cli", autocommit=True)
