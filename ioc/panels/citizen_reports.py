"""Phản ánh, kiến nghị: how many citizens wait for an answer, how long, where. The wall shows no text and no report code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import cos, radians
from typing import Any

from ioc.moment import Moment
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Number, Rows, Snapshot, Spec, rate
from ioc.panels.engine.wording import labelled, last_month, since_yesterday, whole_days
from ioc.profiles import Profile
from ioc.words import Words

SNAP_M = 250
"""Grid of the public map in metres: a report's house is nobody's business (domain §0.16)."""
_UNTRIAGED = ("submitted", "needs_info", "reopened")


@dataclass(frozen=True, slots=True)
class OpenRow:
    subject: str
    state: str
    unit_code: str
    category: str
    lon_deg: float | None
    lat_deg: float | None
    priority: int | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class DoneRow:
    subject: str
    unit_code: str
    category: str
    lon_deg: float | None
    lat_deg: float | None
    outcome: str | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class YesterdayRow:
    overdue: int


@dataclass(frozen=True, slots=True)
class PeriodRow:
    period: str
    submitted: int
    resolved: int
    on_time: int
    late: int
    rejected: int
    merged: int
    rated: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class TrendRow:
    day: date
    submitted: int
    resolved: int


@dataclass(frozen=True, slots=True)
class CategoryRow:
    category: str
    submitted: int


SPEC = Spec(
    key="citizen_reports",
    number=10,
    title="Phản ánh, kiến nghị",
    streams=("report",),
    rows={"open_reports": OpenRow, "done_reports": DoneRow, "yesterday": YesterdayRow, "periods": PeriodRow,
          "trend": TrendRow, "categories": CategoryRow},
    definitions={
        "overdue": Definition(label="Phản ánh quá hạn", formula="đang mở, quá thời hạn xử lý, không tạm dừng", basis="thiết kế (CR-04)"),
        "overdue_yesterday": Definition(label="Quá hạn cùng giờ hôm qua", formula="như trên, lùi 24 giờ", basis="thiết kế"),
        "open": Definition(label="Đang xử lý", formula="đã gửi, chưa xử lý xong, không từ chối, không gộp", basis="thiết kế"),
        "untriaged": Definition(label="Chờ phân loại", formula="đang mở, chưa xác minh", basis="thiết kế (CR-01)"),
        "danger": Definition(label="Nguy hiểm đang mở", formula="đang mở, ưu tiên 1", basis="thiết kế (CR-07)"),
        "submitted_today": Definition(label="Tiếp nhận hôm nay", formula="số phản ánh gửi trong ngày", basis="thiết kế"),
        "resolved_today": Definition(label="Xử lý xong hôm nay", formula="số phản ánh xử lý xong trong ngày", basis="thiết kế"),
        "submitted_year": Definition(label="Tiếp nhận lũy kế năm", formula="số phản ánh gửi từ 01/01", basis="thiết kế"),
        "resolved_year": Definition(label="Xử lý xong lũy kế năm", formula="số phản ánh xử lý xong từ 01/01", basis="thiết kế"),
        "handled_month": Definition(label="Tỷ lệ xử lý 30 ngày", formula="đã xử lý / (đã gửi − từ chối − gộp)", basis="thiết kế"),
        "on_time_month": Definition(label="Đúng hạn 30 ngày", formula="xử lý đúng hạn / đã xử lý có thời hạn", basis="thiết kế"),
        "satisfied_month": Definition(label="Hài lòng 30 ngày", formula="(hài lòng + chấp nhận) / lượt đánh giá", basis="thiết kế"),
    },
    charts=("trend", "categories"),
    has_map=True,
    takes_jurisdiction=True,
)

_SHOWN = ("open", "untriaged", "danger", "submitted_today", "resolved_today", "handled_month", "on_time_month", "satisfied_month")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel, its units and its map points."""
    opened: Sequence[OpenRow] = rows["open_reports"]
    done: Sequence[DoneRow] = rows["done_reports"]
    periods: dict[str, PeriodRow] = {r.period: r for r in rows["periods"]}
    today, month, year = periods["today"], periods["month"], periods["year"]
    late = [r for r in opened if r.overdue]
    counts = {
        "overdue": len(late),
        "overdue_yesterday": rows["yesterday"][0].overdue,
        "open": len(opened),
        "untriaged": sum(r.state in _UNTRIAGED for r in opened),
        "danger": sum(r.priority == 1 for r in opened),
        "submitted_today": today.submitted,
        "resolved_today": today.resolved,
        "submitted_year": year.submitted,
        "resolved_year": year.resolved,
    }
    numbers = {key: Number(value=value, unit="reports", as_of=moment.at) for key, value in counts.items()}
    numbers["handled_month"] = rate(month.resolved, max(month.submitted - month.rejected - month.merged, month.resolved), moment.at)
    numbers["on_time_month"] = rate(month.on_time, month.on_time + month.late, moment.at)
    numbers["satisfied_month"] = rate(month.satisfied, month.rated, moment.at)
    tables = {
        "units": _units(opened, late),
        "trend": last_month(moment.day, ("submitted", "resolved"), [*rows["trend"], TrendRow(moment.day, today.submitted, today.resolved)]),
        "categories": [{"category": r.category, "submitted": r.submitted} for r in rows["categories"]],
    }
    return Figures(numbers=numbers, tables=tables, features=_features(opened, done, profile))


def _units(opened: Sequence[OpenRow], late: Sequence[OpenRow]) -> list[dict[str, Any]]:
    all_open, overdue = Counter(r.unit_code for r in opened), Counter(r.unit_code for r in late)
    found = [{"unit_code": code, "open": n, "overdue": overdue[code]} for code, n in all_open.items()]
    return sorted(found, key=lambda u: (-u["overdue"], -u["open"], u["unit_code"]))


def _features(opened: Sequence[OpenRow], done: Sequence[DoneRow], profile: Profile) -> list[dict[str, Any]]:
    """Points for the map: no text, snapped to a grid; categories whose place is not public are left out."""
    private = {c.code for c in profile.categories if not c.place_public}
    points = [(r, "late" if r.overdue else "open") for r in opened]
    points += [(r, "done") for r in done]  # type: ignore[misc]
    return [
        {
            "type": "Feature",
            "id": r.subject,
            "geometry": {"type": "Point", "coordinates": _snapped(r.lon_deg, r.lat_deg)},
            "properties": {"state": state, "category": r.category, "unit_code": r.unit_code},
        }
        for r, state in points
        if r.lon_deg is not None and r.lat_deg is not None and r.category not in private
    ]


def _snapped(lon_deg: float, lat_deg: float) -> list[float]:
    step_lat = SNAP_M / 111_320
    lat = round(lat_deg / step_lat) * step_lat
    step_lon = SNAP_M / (111_320 * max(0.01, cos(radians(lat))))
    return [round(round(lon_deg / step_lon) * step_lon, 5), round(lat, 5)]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words."""
    numbers, tables = snapshot.numbers, snapshot.tables
    units = [(profile.unit_name(u["unit_code"], snapshot.day, words.language), u) for u in tables["units"]]
    late = [(name, u) for name, u in units if u["overdue"]]
    change = since_yesterday(numbers["overdue"], numbers["overdue_yesterday"], words)
    sentence = words("{unit}: {n} quá hạn", unit=late[0][0], n=words.number(late[0][1]["overdue"])) if late else words(
        "{n} phản ánh đang xử lý", n=words.number(numbers["open"].value))
    trend, categories = whole_days(snapshot, "trend"), tables["categories"]
    return Face(
        headline=words.number(numbers["overdue"].value),
        headline_unit=words("phản ánh quá hạn"),
        comparison=change.text,
        trend=change.trend,
        turn=change.turn,
        sentence=sentence,
        numbers=labelled(SPEC, numbers, _SHOWN, words),
        charts={
            "trend": Chart(kind="time", title=words("Tiếp nhận và xử lý theo ngày"), x=[r["day"] for r in trend], series=(
                Series(name=words("Tiếp nhận"), role="in", values=[r["submitted"] for r in trend]),
                Series(name=words("Đã xử lý"), role="out", values=[r["resolved"] for r in trend]))),
            "categories": Chart(kind="ranks", title=words("Lĩnh vực phản ánh"),
                                x=[profile.category_name(c["category"], words.language) for c in categories], series=(
                Series(name=words("Phản ánh"), role="in", values=[c["submitted"] for c in categories]),)),
        },
        lists=((words("Theo đơn vị"), (
            Column(key="unit", label=words("Đơn vị"), number=False), Column(key="overdue", label=words("Quá hạn")),
            Column(key="open", label=words("Đang xử lý"))),
            [{"unit": name, "overdue": words.number(u["overdue"]), "open": words.number(u["open"])} for name, u in units[:4]]),),
    )
