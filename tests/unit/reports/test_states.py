"""States that count as open: SQL names them one by one, and names them all."""

import re
from importlib import resources

from ioc.reports.queue import STAGES, WITH_AGENCIES
from ioc.streams.report import OPEN, WAITING

LIST = re.compile(r"in \(\s*('[a-z_]*'(?:,\s*'[a-z_]+')*)\)")


def lists(text: str) -> list[set[str]]:
    return [set(re.findall(r"'([a-z_]+)'", told)) for told in LIST.findall(text)]


def test_sql_of_reports_and_of_the_shift_names_all_open_states() -> None:
    files = [file for package in ("ioc.reports", "ioc.shift") for file in resources.files(package).iterdir() if file.name.endswith(".sql")]
    found = [told for file in files for told in lists(file.read_text(encoding="utf-8")) if "submitted" in told]
    assert len(found) >= 9
    assert all(told in (set(OPEN), set(WAITING)) for told in found)


def test_stages_of_the_queue_hold_every_open_state() -> None:
    assert WITH_AGENCIES == ("assigned", "accepted", "returned", "in_progress", "paused")
    assert {*STAGES["triage"], *STAGES["agencies"]} == set(OPEN)
