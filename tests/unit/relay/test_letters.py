"""Letters: one header a line, whatever was put into them."""

from datetime import UTC, datetime
from email import message_from_bytes
from uuid import UUID

import pytest

from ioc.errors import ConfigurationError, InputError
from ioc.relay.mail import letter, mail_server
from ioc.relay.outbox import mail_address
from ioc.relay.sender import Row
from ioc.settings import Settings

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
NUMBER = UUID("12345678-1234-5678-1234-567812345678")


def row(target: str = "an@example.vn", subject: str = "Cảnh báo", body: str = "Độ mặn tăng") -> Row:
    return Row(NUMBER, 1, AT, target, b"", [("subject", subject.encode())], body.encode(), 1, AT, AT)


def test_letter_is_whole_and_the_same_each_time() -> None:
    made = message_from_bytes(letter(row(), "ioc@province.vn").as_bytes())
    assert made["Message-ID"] == f"<{NUMBER}@province.vn>"
    assert (made["To"], made["From"], made["Auto-Submitted"]) == ("an@example.vn", "ioc@province.vn", "auto-generated")
    assert made.get_payload(decode=True).decode().strip() == "Độ mặn tăng"  # type: ignore[union-attr]
    assert letter(row(), "ioc@province.vn").as_bytes() == letter(row(), "ioc@province.vn").as_bytes()


@pytest.mark.parametrize("given", [{"subject": "a\r\nBcc: x@y.vn"}, {"subject": "a\nb"}, {"target": "a@b.vn\r\nBcc: x@y.vn"}, {"target": "a@b.vn, c@d.vn"}])
def test_header_that_would_not_stay_one_is_not_written(given: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        letter(row(**given), "ioc@province.vn")


@pytest.mark.parametrize("text", [
    "", "an", "an@", "@example.vn", "a..n@example.vn", ".an@example.vn", "an@example..vn", "an@example.vn\n", "a b@example.vn", "an@example.vn,be@example.vn", "An <an@example.vn>", "an@example.vn\r\nRCPT TO:<x@y>",
    "an\0@example.vn", "ăn@example.vn", "an@exa mple.vn", '"a"@example.vn',
])
def test_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="mail address"):
        mail_address(text)


def test_server_is_read_from_the_settings() -> None:
    found = mail_server(Settings(smtp="mail.example.vn", mail_from="ioc@example.vn"))
    assert found is not None
    assert (found.host, found.port, found.is_here) == ("mail.example.vn", 587, False)
    assert mail_server(Settings()) is None


@pytest.mark.parametrize("settings", [
    Settings(smtp="mail.example.vn:0", mail_from="ioc@example.vn"), Settings(smtp=":25", mail_from="ioc@example.vn"), Settings(smtp="mail.example.vn"),
    Settings(smtp="mail.example.vn", mail_from="ioc@example.vn", smtp_password_file="/nowhere"),
])
def test_setting_that_is_wrong_stops_the_program(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="IOC_"):
        mail_server(settings)
