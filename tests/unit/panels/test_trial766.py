"""The trial score as a panel shows it: the printed digits of a whole score, with its grade and the next one."""

from decimal import Decimal

from ioc.indicators.quality766 import load_scheme, score
from ioc.panels._trial766 import laid_out
from tests.unit.indicators.test_quality766 import GROUPS, QUANG_NAM

SCHEME = load_scheme("soc_trang")


def test_published_example_is_laid_out_in_its_printed_digits() -> None:
    trial = laid_out(score(QUANG_NAM, SCHEME), SCHEME)
    assert (trial.points, trial.out_of, trial.most, trial.grade, trial.next_grade, trial.gap) == (80.1, 100, 100, "Tốt", "Xuất sắc", 9.9)
    assert [Decimal(str(g.points)) for g in trial.groups] == [Decimal(points) for points in GROUPS.values()]


def test_losses_and_points_make_up_the_whole() -> None:
    trial = laid_out(score(QUANG_NAM, SCHEME), SCHEME)
    assert round(sum(loss.points for loss in trial.losses) + trial.points, 2) == trial.most
    assert [loss.points for loss in trial.losses] == sorted((loss.points for loss in trial.losses), reverse=True)
