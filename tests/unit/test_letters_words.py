"""Why a message could not be taken, in plain words: every reason has a sentence and a remedy, and common details are told."""

import re
from pathlib import Path
from typing import Any

import pytest

import ioc.streams
from ioc.api.console_letters_words import detail, reasons
from ioc.errors import InvalidEvent
from ioc.streams.engine.batch import Reader
from ioc.streams.engine.event import DeadLetter
from ioc.streams.engine.registry import streams
from ioc.words import words
from tests.integration.streams_wire import NOW, event, message

VI = words("vi")


def test_every_reason_of_the_sink_has_a_sentence_and_a_remedy() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in Path(ioc.streams.__file__).parent.rglob("*.py"))
    found = set(re.findall(rf"{InvalidEvent.__name__}\(\s*\"(\w+)\"", code)) | set(re.findall(r"reason=\"(\w+)\"", code))
    assert set(reasons(VI)) == found
    assert all(reason.what and reason.remedy for reason in reasons(VI).values())


@pytest.mark.parametrize(("wrong", "said"), [
    ({"priority": 9}, "Trường priority ngoài giới hạn: không quá 4."), ({"priority": 0}, "Trường priority ngoài giới hạn: ít nhất 1."),
    ({"priority": "cao"}, "Trường priority phải là số nguyên, nhưng nhận được chữ."), ({"category": None}, "Thiếu trường category: loại sự kiện này phải có."),
    ({"category": "x" * 101}, "Trường category quá dài: không quá 100 ký tự."),
    ({"due_at": "mai"}, "Trường due_at không phải thời điểm viết đúng, ví dụ 2026-11-21T14:05:00+07:00."),
])
def test_detail_of_the_readers_verdict_is_told_in_vietnamese(wrong: dict[str, Any], said: str) -> None:
    meaning = Reader(streams(), refuse_simulated=False).read(message(event("report", "submitted", **wrong)), NOW).meaning
    assert isinstance(meaning, DeadLetter)
    assert detail(meaning.detail, VI) == said


@pytest.mark.parametrize(("attribute", "value", "said"), [
    ("time", "2026-11-20T08:00:00", "Thời điểm 2026-11-20T08:00:00 thiếu múi giờ: thêm +07:00 vào cuối."),
    ("time", "2027-11-20T08:00:00Z", "Thời điểm 2027-11-20T08:00:00+00:00 đi trước đồng hồ của trung tâm quá 1 giờ."),
    ("subject", "", "Ô subject của phong bì bị trống."), ("type", "vn.ioc.x.y.v1", "Loại vn.ioc.x.y.v1 không thuộc chủ đề ioc.report."),
])
def test_detail_of_the_envelope_is_told_in_vietnamese(attribute: str, value: str, said: str) -> None:
    good = message(event("report", "submitted"))
    headers = [(name, value.encode() if name == f"ce_{attribute}" else old) for name, old in good.headers]
    meaning = Reader(streams(), refuse_simulated=False).read(message(event("report", "submitted"), headers=headers), NOW).meaning
    assert isinstance(meaning, DeadLetter)
    assert detail(meaning.detail, VI) == said


def test_detail_that_nobody_foresaw_is_left_to_the_machines_words_and_hides_numbers() -> None:
    assert not detail("something new", VI)
    assert "0912345678" not in detail("'0912345678' has no time zone; write", VI)
