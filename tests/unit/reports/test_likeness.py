"""How alike two reports are: what speaks for it, and that what nobody knows says nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ioc.reports.likeness import WEIGHTS, Kinship, Rarity, Trace, compare, features

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
HOLE = Trace(subject="PA-1", category="TR-ROAD", submitted_at=AT, lon_deg=105.98, lat_deg=9.6, address="12 Hùng Vương",
             words=frozenset(range(1, 9)), looks=(0x0F0F,))
AGAIN = replace(HOLE, subject="PA-2", submitted_at=AT + timedelta(hours=3), words=frozenset(range(4, 12)))
KIN = Kinship(pairs=frozenset({frozenset({"TR-ROAD", "EM-HOLE"})}), with_all=frozenset({"OT-OTHER"}))
RARE = Rarity(reports=1000, counts=dict.fromkeys(range(20), 10))


def score(one: Trace, other: Trace) -> float:
    return compare(one, other, KIN, RARE).score


def test_likeness_is_the_same_both_ways() -> None:
    assert compare(HOLE, AGAIN, KIN, RARE) == compare(AGAIN, HOLE, KIN, RARE)


@pytest.mark.parametrize("worse", [
    {"lat_deg": 9.604}, {"submitted_at": AT + timedelta(days=6)}, {"category": "EN-WASTE"}, {"words": frozenset(range(50, 58))},
    {"looks": (~0x0F0F,)}, {"address": "90 Lê Lợi"}])
def test_each_part_that_is_less_alike_lowers_the_score(worse: dict[str, object]) -> None:
    assert score(HOLE, replace(AGAIN, **worse)) < score(HOLE, AGAIN)  # type: ignore[arg-type]


@pytest.mark.parametrize(("lost", "part"), [
    ({"lon_deg": None, "lat_deg": None}, "place"), ({"words": frozenset()}, "words"), ({"looks": ()}, "photo"), ({"address": ""}, "address")])
def test_part_that_is_missing_counts_neither_for_nor_against(lost: dict[str, object], part: str) -> None:
    whole, less = compare(HOLE, AGAIN, KIN, RARE), compare(HOLE, replace(AGAIN, **lost), KIN, RARE)  # type: ignore[arg-type]
    assert part not in less.parts
    assert {name: value for name, value in whole.parts.items() if name != part} == less.parts


def test_kindred_category_lies_between_the_same_and_another() -> None:
    same, kindred, other = (score(HOLE, replace(AGAIN, category=code)) for code in ("TR-ROAD", "EM-HOLE", "SO-FOOD"))
    assert same > kindred > other
    assert KIN.of("OT-OTHER", "SO-FOOD") == "kindred"


def test_rare_word_in_common_says_more_than_a_usual_one() -> None:
    rare = Rarity(reports=1000, counts={4: 1, 5: 900})
    one = replace(HOLE, words=frozenset({4, 5}))
    by_rare, by_usual = (compare(one, replace(AGAIN, words=frozenset({word, 99})), KIN, rare).score for word in (4, 5))
    assert by_rare > by_usual


def test_other_house_number_in_the_street_speaks_against() -> None:
    assert "address.other_number" in features(HOLE, replace(AGAIN, address="98 Hung Vuong"), KIN, RARE)
    assert score(HOLE, replace(AGAIN, address="98 Hung Vuong")) < score(HOLE, replace(AGAIN, address="so 12 Hung Vuong"))


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    variants = [AGAIN, replace(AGAIN, category="EM-HOLE"), replace(AGAIN, category="SO-FOOD"), replace(AGAIN, address="98 Hùng Vương")]
    assert {name for other in variants for name in features(HOLE, other, KIN, RARE)} == set(WEIGHTS)
