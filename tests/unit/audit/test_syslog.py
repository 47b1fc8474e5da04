"""Messages for a log server, and what names one."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.audit.syslog import Notice, Sender, message
from ioc.errors import ConfigurationError

NOTICE = Notice(line=12, at=datetime(2026, 11, 22, 10, tzinfo=UTC), actor="person:7", action="report.verified", subject="report:PA-1", hash=bytes(32))
# RFC 5424, section 6: header, one element of structured data with escaped values, free text.
GRAMMAR = re.compile(r'<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]{1,255} ioc - [!-~]{1,32} '
                     r'\[ioc@32473( [a-z]+="(?:[^"\\\]]|\\["\\\]])*")+\] [ -~]+')


def test_message_says_who_did_what_to_what() -> None:
    assert message(NOTICE, "web-1").decode() == (
        '<109>1 2026-11-22T10:00:00.000000Z web-1 ioc - report.verified [ioc@32473 line="12" actor="person:7" action="report.verified" '
        f'subject="report:PA-1" hash="{"0" * 64}"] audit line 12: report.verified')


@settings(deadline=None, database=None)
@given(*[st.text(st.characters(codec="utf-8"), max_size=300)] * 4)
def test_message_keeps_to_the_grammar_whatever_the_texts(host: str, actor: str, action: str, subject: str) -> None:
    made = message(replace(NOTICE, actor=actor, action=action, subject=subject), host).decode()
    assert GRAMMAR.fullmatch(made)
    assert not re.search(r"[\x00-\x1f\x7f]", made)


def test_message_escapes_what_would_end_a_value_or_a_line() -> None:
    assert b'subject="a\\"b\\]c\\\\d#012e"' in message(replace(NOTICE, subject='a"b]c\\d\ne'), "h")


def test_message_of_the_longest_texts_fits_a_datagram() -> None:
    long = "😀" * 5000
    made = message(replace(NOTICE, actor=long, action=long, subject=long), long)
    assert len(made) < 3000
    assert "…".encode() in made


@pytest.mark.parametrize("target", ["", "log", "http://log:514", "udp://log", "tcp://:514", "udp://log:port", "udp://log:514/x", "unix://dev/log", "unix://"])
def test_target_that_names_no_log_server_is_refused(target: str) -> None:
    with pytest.raises(ConfigurationError, match="names no log server: give udp://HOST:PORT"):
        Sender(target)
