"""Letters by SMTP: encrypted on the way to the mail server, or not at all; each under one Message-ID however often it is tried."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError
from ioc.relay.outbox import SUBJECT, Channel, mail_address
from ioc.relay.sender import Failure, Row
from ioc.settings import Settings

TIMEOUT_S = 10.0
_TLS_PORT, _SUBMISSION = 465, 587
_MARGIN = timedelta(seconds=60)
"""Time that a letter may take at worst; with less left in hand, it is left to the next turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where letters go out. `sender`: the address they come from; `trust`: whose certificates are believed, None = the machine's."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    trust: ssl.SSLContext | None = None

    @property
    def is_here(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server that is set; None where none is.

    Raises:
        ConfigurationError: a port that is none, no sender, a password that cannot be read.

    """
    if not settings.smtp:
        return None
    host, colon, port = settings.smtp.rpartition(":") if settings.smtp.count(":") == 1 else (settings.smtp, "", "")
    if not host or (colon and not (port.isdecimal() and 0 < int(port) < 65_536)):
        raise ConfigurationError(f"IOC_SMTP is '{settings.smtp}': write host or host:port, e.g. mail.example.vn:587")
    try:
        sender = mail_address(settings.mail_from)
    except InputError as error:
        raise ConfigurationError(f"IOC_MAIL_FROM: {error}") from None
    return MailServer(host=host, port=int(port) if colon else _SUBMISSION, sender=sender, user=settings.smtp_user,
                      password=_password(settings.smtp_password_file))


def _password(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"IOC_SMTP_PASSWORD_FILE: {path} cannot be read: {error}") from None


class MailSender:
    """One connection to the mail server for the letters in hand."""

    channel: Channel = "mail"
    most = 20
    each_target = False
    longest = timedelta(hours=1)
    gives_up_after: timedelta | None = timedelta(days=3)

    def __init__(self, server: MailServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._trust = server.trust or ssl.create_default_context()

    def send(self, conn: Connection, rows: Sequence[Row]) -> list[Failure]:
        """A server that is away keeps all letters waiting; one that refuses a letter, that letter."""
        del conn
        left = list(rows)
        failures: list[Failure] = []
        try:
            with self._opened() as server:
                while left:
                    if (failure := self._one(server, left[0])) is not None:
                        failures.append(failure)
                    left.pop(0)
        except (OSError, smtplib.SMTPException, ConfigurationError) as error:
            # After the last letter this is the goodbye alone, and then nothing is left to wait.
            failures += [Failure(row, f"the mail server {self._server.host}: {_words(error)}", "channel") for row in left]
        return failures

    def close(self) -> None: ...

    def _opened(self) -> smtplib.SMTP:
        """A connection that nobody on the way can read.

        Raises:
            ConfigurationError: the server knows no STARTTLS, and is not this machine.

        """
        server, here = self._server, self._server.sender.rpartition("@")[2]
        if server.port == _TLS_PORT:
            opened: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, local_hostname=here, timeout=TIMEOUT_S, context=self._trust)
        else:
            opened = smtplib.SMTP(server.host, server.port, local_hostname=here, timeout=TIMEOUT_S)
        with ExitStack() as failing:
            failing.callback(opened.close)
            self._encrypt(opened)
            if server.user:
                opened.login(server.user, server.password)
            failing.pop_all()
        return opened

    def _encrypt(self, opened: smtplib.SMTP) -> None:
        opened.ehlo_or_helo_if_needed()
        if isinstance(opened, smtplib.SMTP_SSL):
            return
        if opened.has_extn("starttls"):
            opened.starttls(context=self._trust)
            opened.ehlo()
        elif not self._server.is_here:
            raise ConfigurationError("it offers no STARTTLS, and a letter is not sent in the clear: set IOC_SMTP to a port that encrypts")

    def _one(self, server: smtplib.SMTP, row: Row) -> Failure | None:
        if self._clock.real() > row.until - _MARGIN:
            return Failure(row, "no time was left for it")
        try:
            server.send_message(letter(row, self._server.sender), self._server.sender, [row.target])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return Failure(row, f"the mail server refuses it: {_words(error)}")
        except (ValueError, smtplib.SMTPNotSupportedError) as error:
            return Failure(row, f"it cannot be written: {error}")
        return None


def letter(row: Row, sender: str) -> EmailMessage:
    """A letter as it goes. Its Message-ID is the row's, so that who gets it twice can see that it is one; no header takes a line's end.

    Raises:
        ValueError: a header that would not stay one.

    """
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(addr_spec=sender)
    made["To"] = Address(addr_spec=mail_address_of(row))
    made["Subject"] = dict(row.headers)[SUBJECT].decode()
    made["Date"] = row.made_at
    made["Message-ID"] = f"<{row.number}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine answers it
    made.set_content(row.body.decode())
    return made


def mail_address_of(row: Row) -> str:
    """Whom a letter is for.

    Raises:
        ValueError: the address is none.

    """
    try:
        return mail_address(row.target)
    except InputError as error:
        raise ValueError(str(error)) from None


def _words(error: Exception) -> str:
    found = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        found = next(iter(error.recipients.values()))[1]
    text = found.decode(errors="replace") if isinstance(found, bytes) else str(found or error or type(error).__name__)
    return " ".join(text.split())
