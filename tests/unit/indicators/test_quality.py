from decimal import Decimal

import pytest

from ioc.indicators.catalogue import Observation, load_catalogue
from ioc.published import count_flag, quality_flag, sum_flag

# domain: consistency checks on the published figures, each as it was printed.


@pytest.mark.parametrize(("published", "numerator", "denominator"), [
    ("99.79", 595_634, 596_864), ("53.77", 956, 1_778), ("57.09", 1_015, 1_778), ("19.29", 343, 1_778), ("23.62", 420, 1_778),
    ("6.74", 1_776, 26_362), ("77.79", 1_051, 1_351), ("100", 467, 467), ("100", 165, 165), ("100", 109, 109), ("39.81", 41, 103), ("26.21", 27, 103),
    ("99.79", "595634", "596864"), ("0.1", 1, 1_000), ("63.6", 14, 22),
])
def test_published_rate_that_follows_from_its_fraction_is_ok(published: str, numerator: int, denominator: int) -> None:
    assert quality_flag(Decimal(published), Decimal(numerator), Decimal(denominator)) == "ok"


@pytest.mark.parametrize(("published", "numerator", "denominator"), [
    ("26.21", 41, 103), ("99.8", 595_034, 596_864), ("99.80", 595_634, 596_864), ("53.76", 956, 1_778), ("100", 595_634, 700_000),
])
def test_published_rate_beyond_half_of_its_last_digit_is_flagged(published: str, numerator: int, denominator: int) -> None:
    assert quality_flag(Decimal(published), Decimal(numerator), Decimal(denominator)) == "published_differs"


@pytest.mark.parametrize(("numerator", "denominator"), [(None, Decimal(103)), (Decimal(41), None), (Decimal(0), Decimal(0))])
def test_published_rate_without_base_cannot_be_judged(numerator: Decimal | None, denominator: Decimal | None) -> None:
    assert quality_flag(Decimal("26.21"), numerator, denominator) == "no_base"


@pytest.mark.parametrize(("total", "parts", "flag"), [
    (1_778, (1_015, 343, 420), "ok"), (1_779, (1_015, 343, 420), "published_differs"), (596_864, (595_634, 1_230), "ok"), (1_230, (1_181, 49), "ok"),
    (605_859, (596_864, 8_995), "ok"), (49, (18, 31), "ok"), (14, (9, 5), "ok"), (22, (14, 8), "ok"), (151, (40, 21, 30, 10, 50), "ok"), (5, (), "no_base"),
])
def test_published_total_is_judged_by_its_parts(total: int, parts: tuple[int, ...], flag: str) -> None:
    assert sum_flag(Decimal(total), map(Decimal, parts)) == flag


@pytest.mark.parametrize(("count", "share", "base", "flag"), [
    (1_181, "96.02", 1_230, "ok"), (49, "3.98", 1_230, "ok"), (1_180, "96.02", 1_230, "published_differs"), (5_441, "1.3", 418_568, "ok"),
    (634, "0.08", 894_521, "published_differs"), (634, "0.07", 894_521, "ok"), (1, "1", 0, "no_base"),
])
def test_published_count_is_judged_by_its_share(count: int, share: str, base: int, flag: str) -> None:
    assert count_flag(Decimal(count), Decimal(share), Decimal(base)) == flag


def flag_of(o: Observation) -> str:
    return "no_base" if o.published_value is None else quality_flag(o.published_value, o.numerator, o.denominator)


def test_shipped_history_has_the_one_published_rate_that_is_wrong() -> None:
    history = load_catalogue("soc_trang").history
    flagged = [(o.indicator_id, o.period.text, o.source) for o in history if flag_of(o) == "published_differs"]
    assert flagged == [("autonomy_units_province", "2023", "F030")]
    assert sum(flag_of(o) == "ok" for o in history) >= 3


def test_shipped_services_add_up_to_their_total() -> None:
    history = {o.indicator_id: o for o in load_catalogue("soc_trang").history}
    parts = [history[name].numerator for name in ("services_full", "services_partial", "services_information")]
    total = history["services_total"].value
    assert total == 1_778
    assert sum_flag(total, [part for part in parts if part is not None]) == "ok"
