import re
from datetime import date
from pathlib import Path

import pytest

from ioc.profiles import Profile, load_profile

CODE = re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Z]{1,4}){0,4}")
BINH_MINH = str(Path(__file__).parent / "binh_minh")
PROFILES = ["soc_trang", BINH_MINH]


@pytest.fixture(params=PROFILES, ids=["soc_trang", "binh_minh"])
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(request.param)


def test_area_of_soc_trang_has_its_43_units_of_2025() -> None:
    units = load_profile("soc_trang").units_on(date(2025, 7, 1))
    assert (len(units), sum(u.kind == "Phường" for u in units)) == (43, 8)
    assert sum(u.population for u in units) == 1_199_653
    assert round(sum(u.area_km2 for u in units), 2) == 3298.21


def test_no_unit_of_soc_trang_is_valid_before_the_reform() -> None:
    assert load_profile("soc_trang").units_on(date(2025, 6, 30)) == ()


def test_fictional_profile_says_so() -> None:
    fictional = load_profile(BINH_MINH)
    assert fictional.file.fictional
    assert "hư cấu" in fictional.file.title


def test_fictional_names_are_none_of_the_real_ones() -> None:
    real, fictional = (load_profile(name) for name in PROFILES)
    assert not {u.name for u in real.units} & {u.name for u in fictional.units}
    assert not {u.code for u in real.units} & {u.code for u in fictional.units}


def test_every_unit_has_one_agency_and_one_counter_point(profile: Profile) -> None:
    codes = [u.code for u in profile.units]
    assert [a.unit_code for a in profile.agencies if a.unit_code] == codes
    assert [p.unit_code for p in profile.points if p.code == f"OS-{p.unit_code}"] == codes


def test_agency_codes_have_the_shape_of_2020(profile: Profile) -> None:
    assert [a.code for a in profile.agencies if not CODE.fullmatch(a.code)] == []
    assert len({a.code for a in profile.agencies}) == len(profile.agencies)


def test_point_and_category_codes_stand_once(profile: Profile) -> None:
    for rows in (profile.points, profile.categories):
        assert len({r.code for r in rows}) == len(rows)


def test_the_21_categories_have_deadlines(profile: Profile) -> None:
    assert len(profile.categories) == 21
    assert all(0 < c.accept_h < c.resolve_h and 1 <= c.priority <= 4 for c in profile.categories)


def test_only_noise_order_and_officials_hide_their_place(profile: Profile) -> None:
    assert {c.code for c in profile.categories if not c.place_public} == {"EN-NOISE", "SO-ORDER", "GO-ATT"}
