from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ioc.errors import InputError
from ioc.indicators.catalogue import load_catalogue
from ioc.indicators.columns import REQUIRED, TITLES
from ioc.indicators.importing import read_indicators
from ioc.indicators.template import _NOTES, write_template
from ioc.profiles import load_profile
from ioc.streams.indicator import IndicatorData
from tests.profiles import FICTIONAL
from tests.unit.indicators.forms import TODAY, desk, filled, good


@pytest.fixture
def template(tmp_path: Path) -> Path:
    write_template("socio_economy", load_catalogue(FICTIONAL), load_profile(FICTIONAL), TODAY, tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def test_template_filled_in_can_be_imported(template: Path) -> None:
    (event,) = read_indicators(filled(template, good()), desk()).events
    assert event.subject == "disbursement/province/2026-10"


def test_empty_template_says_that_nothing_is_filled_in(template: Path) -> None:
    with pytest.raises(InputError, match="has no filled row"):
        read_indicators(template, desk())


def test_template_offers_exactly_the_panels_indicators(template: Path) -> None:
    book = load_workbook(template)
    (choice,) = book.worksheets[0].data_validations.dataValidation
    sheet: Any = book["Chỉ tiêu"]
    ids = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert ids == [i.id for i in load_catalogue(FICTIONAL).of_panel("socio_economy")]
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", f"'Chỉ tiêu'!$A$2:$A${len(ids) + 1}", "A2:A2000")


def test_template_names_units_and_agencies_of_the_day(template: Path) -> None:
    sheet: Any = load_workbook(template)["Đơn vị"]
    rows = {row[0].value: row[2].value for row in sheet.iter_rows(min_row=2)}
    assert (rows["99001"], rows["X99.04"]) == ("Mã đơn vị hành chính", "Mã cơ quan")


def test_template_keeps_a_month_from_becoming_a_date(template: Path) -> None:
    sheet: Any = load_workbook(template).worksheets[0]
    assert {sheet[address].number_format for address in ("B2", "C2", "D2", "D201")} == {"@"}


def test_every_column_has_a_note_and_a_field_of_the_stream() -> None:
    assert list(_NOTES) == list(TITLES)
    assert set(REQUIRED) <= set(TITLES)
    assert set(TITLES) - set(IndicatorData.__struct_fields__) == {"revision"}


@pytest.mark.parametrize(("panel", "name", "error"), [("weather", "t.xlsx", "no indicator belongs"), ("socio_economy", "t.csv", "name it .xlsx"),
                                                      ("socio_economy", "none/t.xlsx", "cannot be written")])
def test_template_that_cannot_be_made_is_refused(tmp_path: Path, panel: str, name: str, error: str) -> None:
    with pytest.raises(InputError, match=error):
        write_template(panel, load_catalogue(FICTIONAL), load_profile(FICTIONAL), TODAY, tmp_path / name)
