"""What a province asks its agencies to enter by hand: which figures, of whom, by when; and mistakes in entry.toml."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ioc.api.access import PANELS
from ioc.calendar.written import Grain, first_day, last_day, written
from ioc.errors import ConfigurationError
from ioc.indicators.asked import LOOK_BACK, Asked, load_asked
from ioc.indicators.catalogue import load_catalogue
from ioc.manual.reach import REFORM, approving
from ioc.people.principal import Grant, Principal
from ioc.people.roles import Permission
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

PROFILE, CATALOGUE = load_profile(FICTIONAL), load_catalogue(FICTIONAL)
ASKED = load_asked(PROFILE, CATALOGUE)
TODAY = date(2026, 11, 21)


def asked(folder: Path, text: str) -> Asked:
    (folder / "entry.toml").write_text(text, encoding="utf-8")
    return load_asked(replace(PROFILE, folder=folder), CATALOGUE)


def test_province_is_told_by_the_owner_and_each_unit_by_itself() -> None:
    of_october = {f.subject: f.agency for f in ASKED.due(TODAY) if f.period.text == "2026-10"}
    assert of_october["disbursement/province/2026-10"] == "X99.04"
    assert of_october["online_payment/province/2026-10"] == "X99.01"
    assert of_october["disbursement/99001/2026-10"] == "X99.9001"
    assert len(of_october) == 3 + len(PROFILE.units_on(TODAY))


def test_deadline_is_the_close_of_the_working_day_so_many_after_the_period() -> None:
    due = {f.subject: f.due_at for f in ASKED.due(TODAY)}
    assert due["disbursement/province/2026-10"] == datetime(2026, 11, 6, 10, tzinfo=UTC)
    assert due["enterprises_new/province/2026-10"] == datetime(2026, 11, 4, 10, tzinfo=UTC)


def test_period_is_asked_for_from_the_day_after_it_until_it_is_long_ago() -> None:
    def periods(today: date) -> set[str]:
        return {f.period.text for f in ASKED.due(today) if f.indicator.id == "enterprises_new"}

    assert periods(date(2026, 9, 30)) == set()
    assert periods(date(2026, 10, 1)) == {"2026-09"}
    assert periods(date(2026, 9, 30) + LOOK_BACK) >= {"2026-09", "2027-10"}
    assert "2026-09" not in periods(date(2026, 10, 1) + LOOK_BACK)


def test_province_without_the_file_asks_for_nothing(tmp_path: Path) -> None:
    assert load_asked(replace(PROFILE, folder=tmp_path), CATALOGUE).due(TODAY) == []


@pytest.mark.parametrize(("text", "said"), [
    ("since = 1", "since"), ("since = 2026-01-01\nmore = 1", "more"),
    ('since = 2026-01-01\n[[asked]]\nindicators = ["nothing"]\nlevels = ["unit"]\nperiods = ["month"]\ndue_working_days = 1', "lacks 'nothing'"),
    ('since = 2026-01-01\n[[asked]]\nindicators = ["disbursement"]\nlevels = ["unit"]\nperiods = ["month"]', "due_working_days"),
    ('since = 2026-01-01\n[[asked]]\nindicators = ["disbursement"]\nlevels = ["unit"]\nperiods = ["week"]\ndue_working_days = 1', "told by 'week'"),
    ('since = 2026-01-01\n[[asked]]\nindicators = ["par_index"]\nlevels = ["unit"]\nperiods = ["year"]\ndue_working_days = 1', "told by 'unit'"),
    ('since = 2026-01-01\n[[asked]]\nindicators = ["bed_occupancy"]\nlevels = ["province"]\nperiods = ["month"]\ndue_working_days = 1', "'Sở Y tế'"),
    ('since = 2026-01-01\n[owners]\n"Sở Y tế" = "X"\n[[asked]]\nindicators = ["bed_occupancy"]\nlevels = ["province"]\nperiods = ["month"]\ndue_working_days = 1',
     "owners")])
def test_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"entry\.toml.*{said}"):
        asked(tmp_path, text)


@pytest.mark.parametrize("kind", ["year", "quarter", "month", "week", "day"])
@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31), date(2024, 2, 29), date(2026, 9, 30), date(2027, 1, 3)])
def test_period_written_of_a_day_holds_it(kind: Grain, day: date) -> None:
    text = written(kind, day)
    assert first_day(text) <= day <= last_day(text)


def test_procedure_office_approves_the_sections_that_are_opened_to_it() -> None:
    office = Principal(kind="person", id="1", name="X", grants=(Grant(role="procedure_office"),))
    assert {panel for panel, need in PANELS.items() if need == Permission.PANELS_REFORM} == REFORM
    assert approving(office).covers(agency="X99.04", field="one_stop")
    assert not approving(office).covers(agency="X99.04", field="socio_economy")
