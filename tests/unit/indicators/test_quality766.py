from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.errors import ConfigurationError
from ioc.indicators.quality766 import COUNTS, Counts, Published, difference, load_scheme, lost, score, sentence, shown

Change = Callable[[str, str, str], Path]

SCHEME = load_scheme("soc_trang")
# Counts constructed so that each group reaches what Quảng Nam published for 19/08/2024; the province's own counts are not public.
QUANG_NAM = Counts(
    procedures=1_900, procedures_published_on_time=1_900, procedures_with_full_content=1_520, received=60_000, synchronised=36_000,
    resolved=50_000, resolved_on_time=46_000, services=1_000, services_online=900, services_with_online_dossiers=360, received_online=30_000,
    procedures_with_fee=400, procedures_payable_online=400, fee_due=10_000, paid_online=6_000, received_digitised=54_000, resolved_digitised=40_000,
    received_reused=40_000, ratings=5_000, ratings_satisfied=4_500, petitions_answered=300, petitions_on_time=270, petition_ratings=100,
    petition_ratings_satisfied=80,
)
GROUPS = {"transparency": "13.2", "progress": "18.4", "online": "7.7", "payment": "7.6", "digitisation": "17.6", "satisfaction": "15.6"}


def test_raw_counts_give_the_published_points_of_each_group() -> None:
    found = score(QUANG_NAM, SCHEME)
    assert {g.key: shown(g.points) for g in found.groups} == {key: Decimal(points) for key, points in GROUPS.items()}
    assert (found.points, found.out_of, found.grade) == (Fraction("80.1"), Decimal(100), "Tốt")
    assert sentence(found) == "Điểm 766 – tính thử: 80,1/100 – Tốt"


def test_every_count_is_explained() -> None:
    assert [name for name in COUNTS if f"`{name}`" not in (Counts.__doc__ or "")] == []


def test_published_group_points_sum_up_to_the_published_total() -> None:
    assert SCHEME.grade(sum(map(Decimal, GROUPS.values()), Decimal())) == "Tốt"
    assert sum(map(Decimal, GROUPS.values())) == Decimal("80.1")


@pytest.mark.parametrize(("total", "grade"), [
    ("100", "Xuất sắc"), ("90", "Xuất sắc"), ("89.99", "Tốt"), ("83.8", "Tốt"), ("83.47", "Tốt"), ("80", "Tốt"), ("79.99", "Khá"), ("70", "Khá"),
    ("69.99", "Trung bình"), ("50", "Trung bình"), ("49.99", "Yếu"), ("0", "Yếu"),
])
def test_grade_begins_at_its_least_total(total: str, grade: str) -> None:
    assert SCHEME.grade(Decimal(total)) == grade


def test_maxima_of_the_groups_are_those_of_the_decision() -> None:
    assert [int(g.points) for g in SCHEME.groups] == [18, 20, 12, 10, 22, 18]


@pytest.mark.parametrize("missing", ["ratings_satisfied", "ratings"])
def test_missing_count_makes_its_criterion_unknown_not_zero(missing: str) -> None:
    found = score(replace(QUANG_NAM, **{missing: None}), SCHEME)
    part = next(p for g in found.groups for p in g.parts if p.key == "handling")
    assert (part.points, found.out_of, found.grade) == (None, Decimal(94), None)
    assert shown(found.points) == Decimal("74.70")
    assert sentence(found) == "Điểm 766 – tính thử: 74,7 trên 94 điểm tính được; 6 điểm chưa có số liệu, chưa xếp loại"


def test_base_of_zero_is_no_figure() -> None:
    found = score(replace(QUANG_NAM, petition_ratings=0, petition_ratings_satisfied=0), SCHEME)
    assert (found.out_of, found.grade) == (Decimal(94), None)


def test_nothing_counted_is_no_score() -> None:
    found = score(Counts(), SCHEME)
    assert (found.points, found.out_of, found.grade, lost(found)) == (Fraction(), Decimal(), None, ())


def test_share_beyond_its_target_earns_no_more_than_the_weight() -> None:
    full = score(replace(QUANG_NAM, received_online=60_000), SCHEME).groups[2].parts[2]
    reached = score(replace(QUANG_NAM, received_online=48_000), SCHEME).groups[2].parts[2]
    assert full.points == reached.points == full.weight == 4


def test_total_that_was_not_reached_is_not_printed() -> None:
    assert shown(Fraction("79.996")) == Decimal("79.99")
    assert shown(Fraction("79.995")) == Decimal("79.99")
    assert shown(Fraction("79.985")) == Decimal("79.99")


def test_lost_points_are_listed_most_first() -> None:
    found = lost(score(QUANG_NAM, SCHEME))
    assert found[0] == ("Công khai, minh bạch", "Hồ sơ đồng bộ lên Cổng Dịch vụ công quốc gia", Fraction(4))
    assert sum(points for _, _, points in found) == 100 - Fraction("80.1")


def test_published_score_stands_beside_with_its_difference() -> None:
    published = Published(points=Decimal("81.35"), on=date(2026, 11, 20), rank=21, out_of=34)
    assert difference(score(QUANG_NAM, SCHEME), published) == Decimal("-1.25")
    assert difference(score(replace(QUANG_NAM, ratings=None), SCHEME), published) is None


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({name: st.none() | st.integers(0, 1_000) for name in COUNTS}))
def test_score_lies_between_nothing_and_what_could_be_computed(counts: dict[str, int | None]) -> None:
    found = score(Counts(**counts), SCHEME)
    assert 0 <= found.points <= found.out_of <= found.points_max == 100
    assert (found.grade is not None) == (found.out_of == 100)
    assert all(0 <= g.points <= g.out_of <= g.points_max for g in found.groups)
    assert found.points + sum(points for _, _, points in lost(found)) == found.out_of


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 50_000), st.integers(0, 50_000))
def test_more_on_time_is_never_less_score(one: int, other: int) -> None:
    low, high = (score(replace(QUANG_NAM, resolved_on_time=n), SCHEME).points for n in sorted((one, other)))
    assert low <= high


@pytest.mark.parametrize(("old", "new", "error"), [
    ("weight = 20", "weight = 19", "the weights of 'progress' sum up to 19, not to its 20 points"),
    ('numerator = "resolved_on_time"', 'numerator = "resolved_soon"', "'on_time' names the count 'resolved_soon', which does not exist"),
    ("target = 0.8", "target = 1.2", "its target a share above 0 and up to 1"),
    ('"Khá" = 70', '"Khá" = 85', "must fall from the highest to 0"),
    ('basis = "published"', 'basis = "guess"', "Invalid enum value 'guess'"),
    ("points = 20", "point = 20", "quality766.toml"),
    ("[grades]", "[grades", "quality766.toml"),
])
def test_scheme_that_cannot_be_used_is_refused(changed: Change, old: str, new: str, error: str) -> None:
    with pytest.raises(ConfigurationError, match=error):
        load_scheme(str(changed("quality766.toml", old, new)))


def test_groups_that_miss_the_hundred_are_refused(changed: Change) -> None:
    folder = changed("quality766.toml", "weight = 20", "weight = 10")
    file = folder / "quality766.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("points = 20", "points = 10"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="the groups sum up to 90 points, not to 100"):
        load_scheme(str(folder))
