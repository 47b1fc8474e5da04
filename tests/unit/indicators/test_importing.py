import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ioc.clock import start_of
from ioc.errors import InputError
from ioc.indicators.importing import Reading, import_file, read_indicators
from ioc.indicators.table import MOST_ROWS, MOST_UNPACKED
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.indicator import IndicatorData, check, quality_flag
from tests.profiles import FICTIONAL
from tests.unit.indicators.forms import computed, csv_file, desk, good, xlsx

HEAD = "Mã chỉ tiêu;Kỳ;Giá trị;Nguồn số liệu;Ngày duyệt"


def read(tmp_path: Path, *rows: Mapping[str, Any], **given: Any) -> Reading:
    return read_indicators(xlsx(tmp_path / "in.xlsx", rows, **given), desk())


def errors(reading: Reading) -> list[str]:
    return [str(error) for error in reading.errors]


def test_row_becomes_an_observation_that_says_it_was_typed_in(tmp_path: Path) -> None:
    (event,) = read(tmp_path, good(legal_basis="NQ 12/NQ-HĐND", note="sơ bộ")).events
    assert (event.type, event.source, event.subject) == ("vn.ioc.indicator.observed.v1", "/vn/99/manual", "disbursement/province/2026-10")
    data = msgspec.json.decode(msgspec.json.encode(event.data), type=IndicatorData)
    check("observed", data)
    assert (data.value, data.numerator, data.denominator, data.unit) == (72.0, 612, 850, "%")
    assert (data.manual, str(data.approved_on), data.source_text, data.legal_basis, data.note) == (
        True, "2026-11-14", "Báo cáo 45/BC-STC", "NQ 12/NQ-HĐND", "sơ bộ")
    assert event.time == start_of(date(2026, 11, 14))


def test_row_with_value_and_plan_becomes_two_events(tmp_path: Path) -> None:
    reading = read(tmp_path, good(target="95,5"))
    assert [e.type.split(".")[-2] for e in reading.events] == ["observed", "target_set"]
    assert reading.events[1].data["target"] == 95.5
    assert "value" not in reading.events[1].data


@pytest.mark.parametrize(("row", "sheet", "subject"), [
    ({"indicator_id": "par_index_unit", "unit_code": "99001", "period": "2025", "value": 81.5}, "reform_indices", "par_index_unit/99001/2025"),
    ({"indicator_id": "disbursement", "org_code": "X99.04", "numerator": 1, "denominator": 3}, "socio_economy", "disbursement/X99.04/2026-10"),
    ({"indicator_id": "par_index", "period": "2025", "rank": 17, "out_of": 34}, "reform_indices", "par_index/province/2025"),
])
def test_row_tells_of_a_unit_an_agency_or_the_province(tmp_path: Path, row: Mapping[str, Any], sheet: str, subject: str) -> None:
    reading = read(tmp_path, {**good(numerator=None, denominator=None), **row}, sheet=sheet)
    assert errors(reading) == []
    assert [e.subject for e in reading.events] == [subject]


def test_figure_of_a_past_year_belongs_to_the_province_of_that_year(tmp_path: Path) -> None:
    row = good(indicator_id="par_index", unit_code="94", period="2022", numerator=None, denominator=None, value=88)
    (event,) = read_indicators(xlsx(tmp_path / "in.xlsx", [row], sheet="reform_indices"), desk("soc_trang")).events
    assert (event.subject, event.data["unit_valid_on"]) == ("par_index/94/2022", date(2022, 12, 31))


def test_unit_that_ended_within_the_period_is_known_by_its_first_day(tmp_path: Path) -> None:
    row = good(indicator_id="par_index_unit", unit_code="941", period="2025", numerator=None, denominator=None, value=88)
    (event,) = read_indicators(xlsx(tmp_path / "in.xlsx", [row], sheet="reform_indices"), desk("soc_trang")).events
    assert event.data["unit_valid_on"] == date(2025, 1, 1)


@pytest.mark.parametrize(("published", "flags"), [("99,80", 0), ("99,8", 0), ("99,70", 1)])
def test_published_rate_is_flagged_where_the_stream_will_flag_it(tmp_path: Path, published: str, flags: int) -> None:
    reading = read(tmp_path, good(numerator=9976, denominator=10_000, published_value=published))
    data = reading.events[0].data
    of_stream = quality_flag(data["published_value"], data["numerator"], data["denominator"], data["unit"])
    assert (len(reading.flags), of_stream) == (flags, "published_differs" if flags else None)


def test_typed_value_is_refused_by_all_the_digits_it_was_typed_with(tmp_path: Path) -> None:
    assert errors(read(tmp_path, good(numerator=9976, denominator=10_000, value="99,8"))) == []
    assert len(errors(read(tmp_path, good(numerator=9976, denominator=10_000, value="99,80")))) == 1


def test_same_row_in_another_file_is_the_same_event(tmp_path: Path) -> None:
    first = read(tmp_path, good())
    csv = csv_file(tmp_path / "in.csv", "\ufeffMã chỉ tiêu;Kỳ;Tử số;Mẫu số;Nguồn số liệu;Ngày duyệt\ndisbursement;2026-10;612;850;Báo cáo 45/BC-STC;2026-11-14\n")
    assert read_indicators(csv, desk()).events == first.events


@pytest.mark.parametrize("changed", [{"numerator": 613}, {"approved_on": "15/11/2026"}, {"revision": 1}, {"source_text": "khác"}, {"period": "2026-09"}])
def test_another_content_is_another_event(tmp_path: Path, changed: Mapping[str, Any]) -> None:
    assert read(tmp_path, good(**changed)).events[0].id != read(tmp_path, good()).events[0].id


def test_corrections_of_one_day_are_put_in_order_by_their_number(tmp_path: Path) -> None:
    sequences = [read(tmp_path, good(revision=n)).events[0].sequence for n in (None, 1, 2, 10)]
    assert sequences == sorted(sequences) == ["", "0001", "0002", "0010"]


@pytest.mark.parametrize(("changed", "error"), [
    ({"numerator": "abc"}, "F2: 'abc' is no number: write e.g. 99,79 or 605859"),
    ({"denominator": "1.850"}, "G2: '1.850' can be 1850 or 1,850: write 1850 or 1,850"),
    ({"denominator": 0}, "G2: 0 is no base, and without one there is no figure: leave the row out"),
    ({"numerator": -1}, "F2: -1 is less than 0"),
    ({"denominator": None}, "G2: numerator and denominator are given together"),
    ({"value": "26,21"}, "E2: 612/850 is 72,00%: leave the value empty or mend the fraction; what was printed elsewhere is 'Giá trị công bố'"),
    ({"indicator_id": "weather"}, "A2: no indicator is called 'weather': the sheet 'Chỉ tiêu' of the template lists them"),
    ({"indicator_id": None}, "A2: 'Mã chỉ tiêu' is empty"),
    ({"indicator_id": "sipas"}, "A2: 'sipas' belongs to the panel 'reform_indices', this is the template of 'socio_economy'"),
    ({"period": "10/2026"}, "D2: '10/2026' is no period: write e.g. 2026, 2026-Q3, 2026-11, 2026-W47, 2026-11-21"),
    ({"period": "2026-W40"}, "D2: 'disbursement' is told for another kind of period: write e.g. 2026-11 or 2026-Q3 or 2026"),
    ({"unit": "tỷ đồng"}, "H2: 'disbursement' is told in '%', not in 'tỷ đồng'"),
    ({"rank": 3}, "J2: a rank is told with how many were ranked (34 provinces since 2025, 63 before)"),
    ({"rank": 35, "out_of": 34}, "I2: 35 is no rank among 34"),
    ({"rank": 1.5, "out_of": 34}, "I2: '1,5' is no whole number"),
    ({"unit_code": "12345"}, "C2: no unit has the code '12345' in the period 2026-10"),
    ({"org_code": "X1"}, "B2: no agency has the code 'X1' in the period 2026-10"),
    ({"unit_code": "99001", "period": "1901-10"}, "C2: no unit has the code '99001' in the period 1901-10"),
    ({"approved_on": "22/11/2026"}, "O2: 2026-11-22 lies in the future"),
    ({"approved_on": None}, "O2: 'Ngày duyệt' is empty"),
    ({"approved_on": "31/02/2026"}, "O2: '31/02/2026' is no date: write 14/11/2026 or 2026-11-14"),
    ({"source_text": None}, "M2: 'Nguồn số liệu' is empty"),
    ({"revision": -1}, "P2: a correction has a number from 1 to 9999"),
    ({"note": "x" * 501}, "Q2: the text must have at most 500 characters, none of them NUL"),
    ({"numerator": None, "denominator": None}, "E2: the row has neither a value nor a fraction nor a rank nor a target"),
    ({"indicator_id": "grdp_growth", "period": "2026"}, "F2: 'grdp_growth' has no numerator and denominator"),
    ({"indicator_id": "grdp_growth", "period": "2026", "unit_code": "99001", "numerator": None, "denominator": None, "value": 7},
     "C2: 'grdp_growth' is told for province, not for unit"),
    ({"indicator_id": "enterprises_new", "numerator": None, "denominator": None, "value": "3,5"}, "E2: 'enterprises_new' is a whole number, not 3,5"),
])
def test_wrong_cell_is_named(tmp_path: Path, changed: Mapping[str, Any], error: str) -> None:
    assert errors(read(tmp_path, good(**changed))) == [error]


def test_all_errors_of_a_file_are_told_at_once_and_nothing_is_published(tmp_path: Path) -> None:
    broker = MemoryBroker()
    file = xlsx(tmp_path / "in.xlsx", [good(period="2026-09"), good(numerator="abc", rank=1), good(period="2026-08", approved_on=None)])
    with pytest.raises(InputError, match=r"(?s)3 errors in 2 rows, nothing was published.*F3: 'abc'.*J3: .*O4: ") as caught:
        import_file(file, desk(), lambda: broker)
    assert "--partial" in str(caught.value)
    assert not broker.logs


def test_row_that_says_the_same_of_the_same_twice_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path, good(), good(numerator=613))
    assert errors(reading) == ["A3: row 2 already says this of disbursement/province/2026-10: leave one of them"]


def test_partial_import_publishes_the_good_rows_and_keeps_the_others(tmp_path: Path) -> None:
    broker = MemoryBroker()
    done = import_file(xlsx(tmp_path / "in.xlsx", [good(), good(period="2026-09", numerator="abc"), good(period="2026-08")]), desk(), lambda: broker,
                       partial=True)
    assert (done.events, done.refused_rows, sum(map(len, broker.logs.values()))) == (2, 1, 2)
    assert done.errors_file == tmp_path / "in.xlsx.errors.csv"
    text = done.errors_file.read_text(encoding="utf-8-sig")
    assert "F3: 'abc' is no number" in text
    assert "2026-08" not in text


def test_rows_left_out_are_imported_once_they_are_mended(tmp_path: Path) -> None:
    first = import_file(xlsx(tmp_path / "in.xlsx", [good(numerator="abc", denominator=850.5)]), desk(), MemoryBroker, partial=True)
    assert first.errors_file
    mended = first.errors_file.read_text(encoding="utf-8-sig").replace(";abc;", ";612;")
    (event,) = read_indicators(csv_file(tmp_path / "mended.csv", mended), desk()).events
    assert (event.data["numerator"], event.data["denominator"]) == (612, 850.5)


def test_published_rate_that_does_not_follow_is_flagged_not_refused(tmp_path: Path) -> None:
    row = good(indicator_id="autonomy_units_province", period="2025", numerator=41, denominator=103, published_value="26,21")
    reading = read(tmp_path, row, sheet="reform_indices")
    assert [str(flag) for flag in reading.flags] == ["K2: published 26,21%, but 41/103 is 39,81%: both are kept, it is flagged"]
    assert (reading.events[0].data["value"], reading.events[0].data["published_value"]) == (39.805825, 26.21)


def test_published_rate_that_follows_is_not_flagged(tmp_path: Path) -> None:
    row = good(indicator_id="staff_postgraduate", period="2025", numerator=1776, denominator=26362, published_value="6,74")
    assert read(tmp_path, row, sheet="reform_indices").flags == []


def test_formula_that_was_never_computed_is_an_error(tmp_path: Path) -> None:
    (error,) = errors(read(tmp_path, good(numerator="=300+312")))
    assert error.startswith("F2: the formula was never computed: open the file in a spreadsheet")


def test_formula_that_a_spreadsheet_computed_is_its_value(tmp_path: Path) -> None:
    file = computed(xlsx(tmp_path / "in.xlsx", [good(numerator="=300+312")]), "612")
    assert [e.data["value"] for e in read_indicators(file, desk()).events] == [72.0]


def test_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (MOST_UNPACKED + 1))
    with pytest.raises(InputError, match="unpacks to more than"):
        read_indicators(tmp_path / "in.xlsx", desk())


def test_cell_with_a_spreadsheets_error_is_an_error(tmp_path: Path) -> None:
    assert errors(read(tmp_path, good(numerator="#DIV/0!"))) == ["F2: the spreadsheet says #DIV/0!: mend the formula or type the value"]


def test_percentage_format_means_what_is_displayed(tmp_path: Path) -> None:
    row = good(indicator_id="grdp_growth", period="2026-Q3", numerator=None, denominator=None, value=0.0721)
    (event,) = read(tmp_path, row, formats={"E2": "0.00%"}).events
    assert event.data["value"] == 7.21


def test_percentage_format_on_another_unit_is_an_error(tmp_path: Path) -> None:
    row = good(indicator_id="enterprises_new", numerator=None, denominator=None, value=3)
    assert errors(read(tmp_path, row, formats={"E2": "0%"}))[0].startswith("E2: the cell is formatted as per cent")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line", ["grdp_growth;2026-Q3;7,21;Báo cáo;14/11/2026", 'grdp_growth,2026-Q3,"7,21",Báo cáo,14/11/2026', "grdp_growth\t2026-Q3\t7,21\tBáo cáo\t14/11/2026"])
def test_csv_is_read_with_or_without_its_mark_and_with_any_separator(tmp_path: Path, encoding: str, line: str) -> None:
    separator = next(s for s in ";\t," if s in line)
    file = csv_file(tmp_path / "in.csv", f"{HEAD.replace(';', separator)}\r\n{line}\r\n\r\n", encoding=encoding)
    assert [e.data["value"] for e in read_indicators(file, desk()).events] == [7.21]


def test_csv_number_with_an_unquoted_comma_is_named(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "in.csv", f"{HEAD.replace(';', ',')}\ngrdp_growth,2026-Q3,7,21,Báo cáo,14/11/2026\n")
    assert "F2: stands right of the last column: a number with a decimal comma needs quotes, or `;` between the cells" in errors(read_indicators(file, desk()))


def test_columns_are_known_by_their_field_names_too(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "in.csv", "indicator_id;period;value;source_text;approved_on\ngrdp_growth;2026;7,2;BC;14/11/2026\n")
    assert len(read_indicators(file, desk()).events) == 1


@pytest.mark.parametrize(("name", "content", "error"), [
    ("in.csv", b"M\xe3 ch\xc3", "is not UTF-8"),
    ("in.csv", HEAD.encode(), "has no filled row"),
    ("in.csv", b"", "lacks the columns Mã chỉ tiêu, Kỳ, Nguồn số liệu, Ngày duyệt".encode().decode()),
    ("in.csv", (HEAD + ";Thời tiết\n").encode(), "F1: no column is called 'Thời tiết'"),
    ("in.csv", (HEAD + ";Kỳ\n").encode(), "F1: the column 'Kỳ' stands twice"),
    ("in.csv", (HEAD + '\n"a').encode(), "is no CSV"),
    ("in.xlsx", b"PK\x03\x04 no workbook", "is no workbook that can be read"),
    ("in.ods", b"x", "neither .xlsx nor .csv"),
    ("in.csv", (HEAD + "\na;b;1;c;d" * (MOST_ROWS + 1)).encode(), "has more than 20000 rows"),
])
def test_file_that_is_no_template_is_refused_whole(tmp_path: Path, name: str, content: bytes, error: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=error):
        read_indicators(tmp_path / name, desk())


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="in.csv cannot be read: No such file"):
        read_indicators(tmp_path / "in.csv", desk())


def test_events_of_a_fictional_province_are_marked_as_simulated(tmp_path: Path) -> None:
    broker = MemoryBroker()
    import_file(xlsx(tmp_path / "in.xlsx", [good(revision=2)]), desk(FICTIONAL), lambda: broker)
    ((message,),) = broker.logs.values()
    headers = dict(message.headers)
    assert (message.topic, headers["ce_simulated"], headers["ce_sequence"]) == ("ioc.indicator", b"true", b"0002")
    assert message.key == headers["ce_subject"] == b"disbursement/province/2026-10"
