"""A province as configuration: what a folder must hold, and how an error names its place."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError, ContractError
from ioc.panels.engine.registry import panels, shown
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

TODAY = date(2026, 11, 21)
Change = Callable[[str, str, str], Path]


def test_shipped_profile_has_the_43_units_of_today() -> None:
    assert len(load_profile("soc_trang").units_on(TODAY)) == 43


@pytest.mark.parametrize("name", ["soc_trang", FICTIONAL])
def test_panels_of_a_profile_exist(name: str) -> None:
    profile = load_profile(name)
    assert list(shown(profile)) == (profile.file.panels or list(panels()))


def test_unknown_panel_is_named(changed: Change) -> None:
    folder = changed("profile.toml", "fictional = true", 'fictional = true\npanels = ["one_stop", "counter"]')
    with pytest.raises(ContractError, match=r"names the panels \['counter'\]"):
        shown(load_profile(str(folder)))


def test_profile_that_does_not_exist_names_the_remedy() -> None:
    with pytest.raises(ConfigurationError, match=r"'ca_mau' has no profile\.toml: give the name of a shipped profile"):
        load_profile("ca_mau")


@pytest.mark.parametrize(("file", "old", "new", "said"), [
    ("units.csv", "85.1450,36900", "85.1450,many", r"units\.csv, line 19: .*population"),
    ("units.csv", "2020-01-01", "01/01/2020", r"units\.csv, line 2: .*valid_from"),
    ("units.csv", "Xã,commune,992", "Xã,hamlet,992", r"units\.csv, line 10: .*level"),
    ("units.csv", "Xã,commune,992,", "Xã,commune,", r"units\.csv, line 10: line 1 has 14 columns"),
    ("units.csv", "\n991,", "\n\n991,", r"units\.csv, line 3: an empty line"),
    ("units.csv", "Phường,commune,991", "Phường,commune,993", r"units\.csv, line 5: no unit 993 above 99001 is valid as long as it is"),
    ("units.csv", "99,2020-01-01,2025-07-01", "99,2020-01-01,2024-07-01", r"units\.csv, line 5: no unit 991 above 99001"),
    ("units.csv", "2020-01-01,2023-01-01", "2020-01-01,2019-01-01", r"units\.csv, line 8: 99004 ends on 2019-01-01"),
    ("agencies.csv", ",2020,,X99.04,", ",2020,,X99.44,", r"agencies\.csv, line 4: X99\.44 is no agency on the day X98\.04 ends \(2025-07-01\)"),
    ("categories.csv", "EM-HOLE,\"Hố ga mất nắp, sụt lún\"", "EM-HOLE,Hố ga mất nắp, sụt lún", r"categories\.csv, line 3: "),
    ("agencies.csv", "2020-01-01,2025-07-01", "2020-01-01,2020-01-01", r"agencies\.csv, line 2: X98 ends on 2020-01-01, not after its start"),
    ("categories.csv", "EM-FIRE", "EM-WIRE", r"categories\.csv, line 4: the code EM-WIRE stands twice: take one of the two lines out"),
    ("points.csv", "OS-99004", "OS-99001", r"points\.csv, line 4: the code OS-99001 stands twice"),
    ("points.csv", "counter,99001", "counter,99999", r"'OS-X99' names the unit '99999', which units\.csv lacks"),
    ("profile.toml", "expected_s = 60", "expected_s = \"soon\"", r"profile\.toml: .*expected_s"),
    ("profile.toml", "fictional = true", "fictional = true\ncolour = 1", r"profile\.toml: .*colour"),
    ("profile.toml", "fictional = true", "fictional = true\npanels = [[", r"profile\.toml: "),
])
def test_error_names_file_and_place(changed: Change, file: str, old: str, new: str, said: str) -> None:
    folder = changed(file, old, new)
    with pytest.raises(ConfigurationError, match=said):
        load_profile(str(folder))


def test_mark_that_a_spreadsheet_puts_before_utf8_is_read_over(province: Path) -> None:
    expected = load_profile(str(province))
    for file in ("units.csv", "agencies.csv", "categories.csv", "points.csv"):
        (province / file).write_bytes(b"\xef\xbb\xbf" + (province / file).read_bytes())
    found = load_profile(str(province))
    assert (found.units, found.agencies, found.categories, found.points) == (expected.units, expected.agencies, expected.categories, expected.points)


def test_code_that_is_valid_twice_is_refused(changed: Change) -> None:
    folder = changed("units.csv", "99004,Phường Sao", "99001,Phường Hai,Two,Phường,commune,,2025-07-01,,,1,-20,85,1,\n99004,Phường Sao")
    with pytest.raises(ConfigurationError, match="the code 99001 is valid twice on 2025-07-01"):
        load_profile(str(folder))


def test_code_may_be_used_again_later(changed: Change) -> None:
    folder = changed("units.csv", "Sao Khuê ward,Phường,commune,,2025-07-01,,", "Sao Khuê ward,Phường,commune,,2025-07-01,2026-01-01,")
    lines = (folder / "units.csv").read_text(encoding="utf-8")
    (folder / "units.csv").write_text(lines + "99004,Xã Khác,Other commune,Xã,commune,,2026-01-01,,,10,-20.2,85.2,100,\n", encoding="utf-8")
    profile = load_profile(str(folder))
    assert profile.unit_name("99004", date(2025, 12, 31), "vi") == "Phường Sao Khuê"
    assert profile.unit_name("99004", date(2026, 1, 1), "en") == "Other commune"


@pytest.mark.parametrize("file", ["units.csv", "points.csv"])
def test_missing_file_is_named(province: Path, file: str) -> None:
    (province / file).unlink()
    with pytest.raises(ConfigurationError, match=file):
        load_profile(str(province))


@pytest.mark.parametrize("file", ["units.csv", "profile.toml"])
def test_file_that_is_not_utf8_is_named(province: Path, file: str) -> None:
    (province / file).write_bytes((province / file).read_bytes() + "# Sóc\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=file):
        load_profile(str(province))


def test_unit_without_a_known_name_keeps_its_code() -> None:
    profile = load_profile(FICTIONAL)
    assert profile.unit_name("12345", TODAY, "vi") == "12345"
    assert profile.unit_name("", TODAY, "vi") == "chưa rõ địa bàn"


def test_unit_that_has_ended_keeps_its_last_name_and_is_marked_as_former() -> None:
    profile, end = load_profile(FICTIONAL), date(2025, 7, 1)
    assert profile.unit_name("991", end - timedelta(days=1), "vi") == "Thành phố Ngọc Lam"
    assert profile.unit_name("991", end, "vi") == "Thành phố Ngọc Lam (cũ)"
    assert profile.unit_name("991", TODAY, "en") == "Ngọc Lam city (former)"
    assert profile.owner_name("99005", "", TODAY, "vi") == "Phường Trăng Rằm (cũ)"


def test_unit_of_a_later_day_keeps_its_code() -> None:
    profile = load_profile(FICTIONAL)
    assert [profile.unit_name("99004", date(2019, 1, 1), language) for language in ("vi", "en")] == ["99004", "99004"]


def test_agency_that_ended_is_named_by_the_one_that_does_its_work() -> None:
    profile = load_profile(FICTIONAL)
    assert profile.owner_name("", "X98.07", date(2025, 6, 30), "vi") == "Sở Môi trường"
    assert profile.owner_name("", "X98.07", date(2025, 7, 1), "vi") == "Sở Nông nghiệp và Môi trường"
    assert profile.owner_name("", "X98.9004", date(2024, 1, 1), "en") == "People's Committee of Trăng Rằm ward"
    assert profile.owner_name("", "X98.9004", TODAY, "vi") == "UBND phường Sao Khuê"


def test_agency_without_successor_keeps_its_code_after_its_end() -> None:
    assert load_profile(FICTIONAL).owner_name("", "X98.991", TODAY, "vi") == "X98.991"


def test_units_of_a_day_are_those_of_the_commune_level_unless_asked() -> None:
    profile, before = load_profile(FICTIONAL), date(2025, 6, 30)
    assert {u.level for u in profile.units_on(before)} == {"commune"}
    assert [u.code for u in profile.units_on(before, level="district")] == ["991", "992"]


def test_unknown_place_of_a_unit_is_an_error_that_names_it() -> None:
    old = load_profile(FICTIONAL).units_on(date(2021, 1, 1))[0]
    with pytest.raises(ConfigurationError, match="gives no lat_deg for 99001 'Phường Sóng Biếc' of 2020-01-01"):
        _ = old.lat_deg
