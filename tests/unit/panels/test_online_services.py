"""Panel 3 in words: far from its target, without one, and guests who are shown no unit."""

from typing import Any

import msgspec
import pytest

from ioc.panels.engine.charts.funnel import Funnel
from ioc.panels.engine.charts.shares import Shares
from ioc.panels.engine.charts.waffle import Waffle
from ioc.panels.engine.contract import Face
from ioc.panels.online_services import render
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of


def services(level: str, count: int, *, integrated: bool = True, used: bool | None = None, paid: bool | None = None) -> dict[str, Any]:
    return {"level": level, "integrated": integrated, "used": used, "paid": paid, "services": count}


def row(unit: str, part: float, of: float, org: str = "") -> dict[str, Any]:
    return {"unit_code": unit, "org_code": org, "value": 100 * part / of, "numerator": part, "denominator": of, "cases": of}


def face(tables: dict[str, Any] | None = None, *, target: float | None = None, language: str = "vi",
         rated: tuple[float, float] | None = (58, 100)) -> Face:
    empty = snapshot_of("online_services")
    rate = empty.numbers["full_online_rate"]
    if rated:
        rate = msgspec.structs.replace(rate, value=100 * rated[0] / rated[1], numerator=rated[0], denominator=rated[1], target=target)
    return render(snapshot_of("online_services", numbers=empty.numbers | {"full_online_rate": rate}, tables=empty.tables | (tables or {})), words(language),
                  PROFILE)


def test_headline_is_the_rate_and_its_target_is_what_guests_read() -> None:
    drawn = face({"by:full_online_rate": [row("99001", 20, 60), row("99004", 50, 60)]}, target=80)
    assert (drawn.headline, drawn.comparison, drawn.of) == ("58,00%", "Chưa có số liệu cùng kỳ", "full_online_rate")
    assert drawn.sentence == "Phường Hải Đăng Mới: 33,33% trực tuyến"
    assert drawn.guest_sentence == "Mục tiêu 80%: còn thiếu 22,00 điểm phần trăm"


def test_target_that_is_reached_is_called_so() -> None:
    assert face(target=50).sentence == "Đạt mục tiêu 50%"


def test_rate_of_nothing_is_a_dash_and_no_target_is_said() -> None:
    drawn = face(rated=None)
    assert (drawn.headline, drawn.sentence) == ("—", "Chưa có mục tiêu trong năm")


def test_unit_of_a_few_dossiers_has_no_bar_and_no_shade() -> None:
    drawn = face({"by:full_online_rate": [row("99001", 0, 29), row("99004", 25, 30), row("99004", 5, 20, "X99.9004")]})
    bars = drawn.charts["owners"]
    assert isinstance(bars, Shares)
    assert (list(bars.names), list(bars.texts)) == (["Phường Sao Khuê"], ["60,00%"])
    assert drawn.shading is not None
    assert drawn.shading.values == {"99004": 60}


def test_steps_are_parts_of_each_other() -> None:
    drawn = face({"services": [services("full", 4, used=True, paid=True), services("full", 3, integrated=False, used=True, paid=True),
                               services("partial", 2, used=True, paid=False), services("information", 5)]})
    steps = drawn.charts["steps"]
    assert isinstance(steps, Funnel)
    assert list(steps.values) == [14, 9, 6, 6, 4]


def test_steps_end_where_no_dossier_names_its_procedure() -> None:
    steps = face({"services": [services("full", 4)]}).charts["steps"]
    assert isinstance(steps, Funnel)
    assert list(steps.values) == [4, 4, 4, None, None]


def test_squares_are_all_services_by_level_and_integration() -> None:
    drawn = face({"services": [services("full", 4), services("full", 3, integrated=False), services("partial", 2), services("information", 5),
                               services("information", 1, integrated=False)]}).charts["catalogue"]
    assert isinstance(drawn, Waffle)
    assert [kind.count for kind in drawn.kinds] == [4, 3, 2, 0, 6]


@pytest.mark.parametrize(("language", "hours"), [("vi", "1.700"), ("en", "1,700")])
def test_backlogs_name_the_unit_and_no_dossier(language: str, hours: str) -> None:
    drawn = face({"unsynced": [{"unit_code": "99004", "dossiers": 2, "hours": 1700}],
                  "unused": [{"service_code": "1.000002", "unit_code": "99004", "org_code": "", "dossiers": 31}]}, language=language)
    unused, unsynced = drawn.lists
    name = PROFILE.unit_name("99004", NOW.date(), language)
    assert list(unused.rows) == [{"service": "1.000002", "owner": name, "dossiers": "31"}]
    assert list(unsynced.rows) == [{"owner": name, "dossiers": "2", "hours": hours}]
