from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.codes import AgencyCode, read_agency, read_document, read_dossier, read_report, read_sector, read_service
from ioc.errors import InputError

OLD = st.from_regex(r"[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[A-Z][0-9]{2}", fullmatch=True)
NEW = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,4}){0,3}", fullmatch=True)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
SEQUENCES = st.from_regex(r"[0-9]{4,6}", fullmatch=True)
QUICK = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(("text", "scheme", "levels"), [
    ("000.00.00.H51", "old", ("H51",)),
    ("000.00.04.H51", "old", ("H51", "04")),
    ("000.18.29.H51", "old", ("H51", "29", "18")),
    ("005.18.29.H51", "old", ("H51", "29", "18", "005")),
    ("000.A0.01.H26", "old", ("H26", "01", "A0")),
    ("H55.242", "new", ("H55", "242")),
    ("H13", "new", ("H13",)),
    ("H13.2.31.4", "new", ("H13", "2", "31", "4")),
])
def test_agency_code_has_scheme_and_levels(text: str, scheme: str, levels: tuple[str, ...]) -> None:
    found = read_agency(text)
    assert (found.scheme, found.levels, found.level) == (scheme, levels, len(levels))


def test_agency_code_keeps_a_zero_level_above_a_named_one() -> None:
    assert read_agency("001.00.04.H51").levels == ("H51", "04", "00", "001")


@pytest.mark.parametrize("text", ["", "H5", "51.04.00.000", "H55.24200", "000.00.04", "000-00-04-H51", "H55..2", "H13.1.2.3.4", "H٥٥.242"])
def test_agency_code_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no agency code: write it like"):
        read_agency(text)


def test_code_is_read_without_blanks_and_invisible_characters() -> None:
    assert read_agency("\ufeff 000.00.04.h51\u200b\n") == AgencyCode("000.00.04.H51", "old", ("H51", "04"))


def test_dossier_code_has_organisation_day_and_sequence() -> None:
    found = read_dossier("000.A0.01.H26-210212-9090")
    assert (str(found.org), found.ymd, found.sequence) == ("000.A0.01.H26", "210212", "9090")


@pytest.mark.parametrize("text", ["000.00.04.H51-200221-001", "000.00.04.H51-200221-0000001", "000.00.04.H51-201321-0001", "200221-0001", "H51 200221 0001"])
def test_dossier_code_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no dossier code"):
        read_dossier(text)


@pytest.mark.parametrize(("text", "org", "number"), [
    ("1.004946", None, None),
    ("1.004946.000.00.00.H51", "000.00.00.H51", None),
    ("2.000815.000.00.00.H55.02", "000.00.00.H55", "02"),
])
def test_service_code_is_procedure_instance_or_online_service(text: str, org: str | None, number: str | None) -> None:
    found = read_service(text)
    assert (found.procedure, str(found.org) if found.org else None, found.number) == (text[:8], org, number)
    assert str(found) == text


def test_document_id_keeps_the_letters_of_its_symbol() -> None:
    found = read_document("000.00.04.G14, 2012/08/06, 267/VPCP-TTĐT")
    assert (found.number, found.symbol, found.issued_on) == ("267", "VPCP-TTĐT", date(2012, 8, 6))


def test_document_id_is_the_same_however_its_accents_are_composed() -> None:
    assert read_document("000.00.04.G14,2012/8/6,267/VPCP-QH\u0131\u0302") == read_document("000.00.04.G14,2012/08/06,267/VPCP-QHı̂")
    assert str(read_document("H13.1,2026/11/20,1/UBND-Tê")) == str(read_document("H13.1,2026/11/20,1/UBND-Te\u0302"))


@pytest.mark.parametrize("text", ["000.00.04.G14,2012/02/30,267/VPCP", "000.00.04.G14,2012/08/06,267", "000.00.04.G14;2012/08/06;267/VPCP", "x,2012/08/06,1/A"])
def test_document_id_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write it like"):
        read_document(text)


def test_refusal_shows_little_of_a_long_text() -> None:
    with pytest.raises(InputError) as caught:
        read_sector("x" * 10_000)
    assert len(str(caught.value)) < 200


@QUICK
@given(code=st.one_of(OLD, NEW))
def test_agency_codes_read_and_written_are_the_same(code: str) -> None:
    assert str(read_agency(code)) == code
    assert 1 <= read_agency(code).level <= 4


@QUICK
@given(org=st.one_of(OLD, NEW), day=DAYS, sequence=SEQUENCES)
def test_dossier_codes_read_and_written_are_the_same(org: str, day: date, sequence: str) -> None:
    code = f"{org}-{day:%y%m%d}-{sequence}"
    assert str(read_dossier(f"  {code.lower()}\t")) == code


@QUICK
@given(org=OLD, day=st.dates(min_value=date(1900, 1, 1)), number=st.from_regex(r"[0-9]{1,5}[a-z]?", fullmatch=True), symbol=st.from_regex(r"[A-ZĐƯÂ]{2,5}(-[A-ZĐ]{2,5})?", fullmatch=True))
def test_document_ids_read_and_written_are_the_same(org: str, day: date, number: str, symbol: str) -> None:
    written = f"{org},{day.year:04}/{day:%m/%d},{number}/{symbol}"
    assert str(read_document(written)) == written


@QUICK
@given(unit=st.from_regex(r"[0-9]{5}", fullmatch=True), day=DAYS, sequence=SEQUENCES)
def test_report_codes_read_and_written_are_the_same(unit: str, day: date, sequence: str) -> None:
    code = f"PA-{unit}-{day:%y%m%d}-{sequence}"
    assert str(read_report(code)) == code


@QUICK
@given(code=st.from_regex(r"[A-Z][0-9]{2}-[0-9A-Z]{2,6}", fullmatch=True))
def test_sector_codes_read_and_written_are_the_same(code: str) -> None:
    assert str(read_sector(code)) == code


@QUICK
@given(text=st.text(max_size=40), read=st.sampled_from([read_agency, read_dossier, read_service, read_sector, read_document, read_report]))
def test_any_text_is_a_code_or_an_input_error(text: str, read: Callable[[str], object]) -> None:
    try:
        found = read(text)
    except InputError:
        return
    assert read(str(found)) == found
