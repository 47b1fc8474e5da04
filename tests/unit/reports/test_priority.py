"""Priority by rule, its reasons, and that a person's choice stays."""

from datetime import UTC, datetime

import pytest

from ioc.profiles import load_profile
from ioc.reports.duplicates import Candidate
from ioc.reports.landmarks import Landmark, load_landmarks
from ioc.reports.priority import Weight, dangers_in, guarded_near, load_dangers, priority
from ioc.words import words
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
DANGERS = load_dangers(PROFILE)
SCHOOL = next(one for one in load_landmarks(PROFILE) if one.kind == "school")
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


def at_place(lon: float | None, lat: float | None, at: datetime = AT) -> Candidate:
    return Candidate(subject="PA-1", category="TR-ROAD", submitted_at=at, lon_deg=lon, lat_deg=lat, jurisdiction="", unit_code="99004", leader="PA-1",
                     leader_state="submitted", leader_submitted_at=at, leader_lon_deg=lon, leader_lat_deg=lat)


@pytest.mark.parametrize(("weight", "value"), [
    (Weight(base=3), 3), (Weight(base=3, merged=4), 3), (Weight(base=3, merged=5), 2), (Weight(base=3, near=(SCHOOL, 90.0)), 2),
    (Weight(base=3, danger=["điện giật", "cháy nổ"]), 2), (Weight(base=3, merged=9, near=(SCHOOL, 1.0), danger=["cháy nổ"]), 1),
    (Weight(base=4, told=2), 2), (Weight(base=2, told=4), 2), (Weight(base=1, danger=["cháy nổ"]), 1)])
def test_priority_rises_one_step_for_each_reason_and_ends_at_danger_to_life(weight: Weight, value: int) -> None:
    found = priority(words("vi"), weight)
    assert (found.value, found.is_rule) == (value, True)


def test_priority_names_its_reasons_in_the_readers_language() -> None:
    weight = Weight(base=3, merged=6, near=(SCHOOL, 123.4), danger=["điện giật"])
    assert list(priority(words("vi"), weight).reasons) == [
        "mức của loại phản ánh: P3", "6 phản ánh đã gộp vào", "cách Trường Tiểu học Sao Khuê 123 m", "có từ báo nguy hiểm: điện giật"]
    assert priority(words("en"), weight).reasons[2] == "123 m from Sao Khuê primary school"


def test_what_a_person_chose_stays_and_the_rule_is_told_beside_it() -> None:
    found = priority(words("vi"), Weight(base=3, merged=7, chosen=4))
    assert (found.value, found.is_rule, found.reasons[0]) == (4, False, "người trực đã chọn P4; theo quy tắc là P2")


@pytest.mark.parametrize(("text", "found"), [
    ("Dây đứt, coi chừng điện giật!", ("điện giật",)), ("coi chung DIEN GIAT nha", ("điện giật",)), ("điện tối giật lùi", ()),
    ("chạy nổ máy", ("cháy nổ",)), ("", ())])
def test_danger_is_found_in_any_spelling_but_only_word_after_word(text: str, found: tuple[str, ...]) -> None:
    # Without accents "chạy nổ" reads like "cháy nổ": one step too urgent is the cheaper mistake.
    assert dangers_in(DANGERS, text) == found


def test_near_a_school_means_200_metres_and_a_school_that_was_there() -> None:
    places: list[Landmark] = [SCHOOL]
    near, far = at_place(SCHOOL.lon_deg, SCHOOL.lat_deg + 0.0017), at_place(SCHOOL.lon_deg, SCHOOL.lat_deg + 0.0019)
    found = guarded_near(places, near)
    assert found
    assert found[1] == pytest.approx(189, abs=2)
    assert guarded_near(places, far) is None
    assert guarded_near(places, at_place(SCHOOL.lon_deg, SCHOOL.lat_deg, datetime(2025, 6, 1, tzinfo=UTC))) is None
    assert guarded_near(places, at_place(None, None)) is None
