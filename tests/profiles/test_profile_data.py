import re
from datetime import date

import pytest

from ioc.profiles import Profile, load_profile
from tests.profiles import FICTIONAL

CODE = re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Z]{1,4}){0,4}")
PROFILES = ["soc_trang", FICTIONAL]


@pytest.fixture(params=PROFILES, ids=["soc_trang", "binh_minh"])
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(request.param)


def test_area_of_soc_trang_has_its_43_units_of_2025() -> None:
    units = load_profile("soc_trang").units_on(date(2025, 7, 1))
    assert (len(units), sum(u.kind == "Phường" for u in units)) == (43, 8)
    assert sum(u.population for u in units) == 1_199_653
    assert round(sum(u.area_km2 for u in units), 2) == 3298.21


@pytest.mark.parametrize(("day", "communes", "wards", "townships"), [
    (date(2019, 4, 1), 109, 17, 12), (date(2024, 8, 31), 109, 17, 12), (date(2024, 9, 1), 108, 16, 12), (date(2025, 6, 30), 108, 16, 12),
])
def test_province_of_soc_trang_has_its_communes_of_each_time(day: date, communes: int, wards: int, townships: int) -> None:
    units = load_profile("soc_trang").units_on(day)
    assert (len(units), sum(u.kind == "Phường" for u in units), sum(u.kind == "Thị trấn" for u in units)) == (communes, wards, townships)
    assert sum(u.population for u in units) == 1_199_653


def test_province_of_soc_trang_has_11_districts_until_the_reform() -> None:
    profile = load_profile("soc_trang")
    districts = profile.units_on(date(2025, 6, 30), level="district")
    assert (len(districts), sum(u.population for u in districts)) == (11, 1_199_653)
    assert profile.units_on(date(2025, 7, 1), level="district") == ()
    assert profile.units_on(date(2025, 7, 1), level="province") == ()


def test_district_holds_the_people_of_its_communes(profile: Profile) -> None:
    for day in (date(2021, 1, 1), date(2025, 6, 30)):
        for district in profile.units_on(day, level="district"):
            assert sum(u.population for u in profile.units_on(day) if u.parent_code == district.code) == district.population


def test_no_register_begins_as_if_it_were_the_founding(profile: Profile) -> None:
    first = min(u.valid_from for u in profile.units)
    assert all("not the founding" in u.note for u in profile.units if u.valid_from == first)


def test_departments_of_the_province_have_a_successor_and_say_what_is_unconfirmed() -> None:
    profile = load_profile("soc_trang")
    old = [a for a in profile.agencies if not a.unit_code and a.valid_to is not None]
    assert len(old) == 14
    assert all(a.successor.startswith("H13.") and a.basis.startswith("[K]") for a in old)


def test_fictional_profile_says_so() -> None:
    fictional = load_profile(FICTIONAL)
    assert fictional.file.fictional
    assert "hư cấu" in fictional.file.title


def test_fictional_names_are_none_of_the_real_ones() -> None:
    real, fictional = (load_profile(name) for name in PROFILES)
    assert not {u.name for u in real.units} & {u.name for u in fictional.units}
    assert not {u.code for u in real.units} & {u.code for u in fictional.units}


def test_every_unit_has_one_agency_and_one_counter_point(profile: Profile) -> None:
    day = date(2026, 11, 21)
    codes = [u.code for u in profile.units_on(day)]
    assert [a.unit_code for a in profile.agencies if a.unit_code and a.valid_on(day)] == codes
    assert [p.unit_code for p in profile.points if p.code == f"OS-{p.unit_code}"] == codes


def test_agency_codes_have_the_shape_of_2020(profile: Profile) -> None:
    assert [a.code for a in profile.agencies if not CODE.fullmatch(a.code)] == []
    assert len({(a.code, a.valid_from) for a in profile.agencies}) == len(profile.agencies)


def test_every_unit_of_every_time_has_one_agency(profile: Profile) -> None:
    assert [(a.unit_code, a.valid_from) for a in profile.agencies if a.unit_code] == [u.key for u in profile.units]


def test_point_and_category_codes_stand_once(profile: Profile) -> None:
    for rows in (profile.points, profile.categories):
        assert len({r.code for r in rows}) == len(rows)


def test_the_21_categories_have_deadlines(profile: Profile) -> None:
    assert len(profile.categories) == 21
    assert all(0 < c.accept_h < c.resolve_h and 1 <= c.priority <= 4 for c in profile.categories)


def test_only_noise_order_and_officials_hide_their_place(profile: Profile) -> None:
    assert {c.code for c in profile.categories if not c.place_public} == {"EN-NOISE", "SO-ORDER", "GO-ATT"}
