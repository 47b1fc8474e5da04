"""What the tests of the morning page stand on: its facts, the page in words, what is read back of a document."""

import io
import zipfile
from datetime import datetime
from typing import Any

from ioc.alerts.board import Alert
from ioc.alerts.register import Register, load_alerts
from ioc.brief.content import Page, Writer
from ioc.brief.facts import Facts, gather
from ioc.db.connect import Connection
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment, now_moment
from ioc.places.register import load_register
from ioc.words import words
from tests.alerts.alert_desk import told as event
from tests.integration.streams_wire import Wire
from tests.integration.web_story import NOW, PROFILE, SOURCES, ago

PLACES = load_register(PROFILE)
TASK = {"org_code": "X98", "unit_code": "99001", "unit_valid_on": "2025-07-01"}
LONG = "Ủy ban nhân dân phường Nguyễn Trường Tộ – Hoàng Hữu Thượng Thạnh Trị Ngã Năm Vĩnh Châu Cù Lao Dung " * 3


def known(conn: Connection, moment: Moment | None = None, **given: Any) -> Facts:
    return gather(conn, moment or now_moment(NOW), PROFILE, PLACES, **({"shown": sections()} | given))


def written(facts: Facts, language: str = "vi", register: Register | None = None) -> Page:
    writer = Writer(profile=PROFILE, register=register or load_alerts(PROFILE), words=words(language))
    return writer.page(facts, by="Trưởng ca trực", made_at=NOW)


def figure(page: Page, label: str) -> Any:
    return next(line for line in page.figures if line.label.startswith(label))


def content(made: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        return file.read("word/document.xml").decode() + file.read("word/footer1.xml").decode()


def task(subject: str, due: datetime, owner: str) -> Wire:
    told = event("assigned", ago(days=12), subject, owner_org=owner, due_at=due.isoformat(), **TASK)
    return told | {"type": "vn.ioc.task.assigned.v1", "source": SOURCES["task"]}


def nothing() -> Facts:
    """Facts of a centre that has heard nothing."""
    return Facts(moment=now_moment(NOW), alerts=[], open_counts={}, figures=[], tasks=[], sources=[], heard=frozenset(), simulated=False)


def long_alert(number: int, rule: str = "ZZ-1") -> Alert:
    """An alert whose every text is at its longest."""
    return Alert(
        alert_id=f"A-{number}", state="assigned", version=2, rule_id=rule, severity=4, unit_code="", org_code=LONG, owner_org=LONG, subject_ref=None,
        raised_at=ago(hours=2), since_at=ago(hours=1), acknowledged_at=ago(hours=1), escalation_count=1, told_role="incident_command", takeover=False,
        until_at=None, reason_code=None, note=None, simulated=True, value=1234567.0, cases=1234567, figures=None, began_at=ago(hours=2), live_at=NOW)
