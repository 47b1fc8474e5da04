"""Giải quyết thủ tục hành chính: which unit is late, how much is open, how the year stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ioc.calendar.deadlines import days_overdue
from ioc.moment import Moment
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Number, Rows, Snapshot, Spec, rate
from ioc.panels.engine.wording import labelled, last_month, since_yesterday, whole_days
from ioc.profiles import Profile
from ioc.words import Words


@dataclass(frozen=True, slots=True)
class BacklogRow:
    unit_code: str
    org_code: str
    open: int
    overdue: int
    due_soon: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class YesterdayRow:
    overdue: int


@dataclass(frozen=True, slots=True)
class DayFactsRow:
    received: int
    resolved: int


@dataclass(frozen=True, slots=True)
class YearRow:
    received: int
    resolved: int
    in_time: int
    late: int
    really_late: int
    delivery_unknown: int
    withdrawn: int
    stopped: int


@dataclass(frozen=True, slots=True)
class TrendRow:
    day: date
    received: int
    resolved: int


SPEC = Spec(
    key="one_stop",
    number=1,
    title="Giải quyết thủ tục hành chính",
    streams=("dossier",),
    rows={"backlog": BacklogRow, "yesterday": YesterdayRow, "day_facts": DayFactsRow, "year": YearRow, "trend": TrendRow},
    definitions={
        "overdue": Definition(label="Hồ sơ quá hạn", formula="đang xử lý, quá thời điểm hẹn trả, không tạm dừng", basis="NĐ 118/2025/NĐ-CP"),
        "overdue_yesterday": Definition(label="Quá hạn cùng giờ hôm qua", formula="như trên, lùi 24 giờ", basis="thiết kế"),
        "open": Definition(label="Đang giải quyết", formula="tiếp nhận − đã giải quyết − rút − dừng", basis="NĐ 118/2025/NĐ-CP"),
        "due_soon": Definition(label="Đến hạn trong 1 ngày làm việc", formula="đang xử lý, hẹn trả đến hết ngày làm việc kế tiếp", basis="thiết kế"),
        "received_today": Definition(label="Tiếp nhận hôm nay", formula="số hồ sơ có sự kiện tiếp nhận trong ngày", basis="TT 03/2025/TT-VPCP"),
        "resolved_today": Definition(label="Giải quyết hôm nay", formula="số hồ sơ có kết quả trong ngày", basis="TT 03/2025/TT-VPCP"),
        "received_year": Definition(label="Tiếp nhận lũy kế năm", formula="cộng theo ngày từ 01/01", basis="TT 03/2025/TT-VPCP"),
        "resolved_year": Definition(label="Giải quyết lũy kế năm", formula="cộng theo ngày từ 01/01", basis="TT 03/2025/TT-VPCP"),
        "in_time_year": Definition(label="Đúng hẹn lũy kế năm", formula="(trước hạn + đúng hạn) / đã giải quyết", basis="QĐ 766/QĐ-TTg"),
        "late_year": Definition(label="Trễ trên hệ thống", formula="kết quả ghi nhận sau thời điểm hẹn trả", basis="NĐ 118/2025/NĐ-CP"),
        "really_late_year": Definition(label="Thực trễ", formula="trễ trên hệ thống và giao sau thời điểm hẹn trả", basis="thiết kế"),
        "delivery_unknown_year": Definition(label="Trễ, chưa xác định lúc giao", formula="trễ trên hệ thống, không rõ lúc giao", basis="thiết kế"),
    },
    charts=("trend", "units"),
)

COMPUTED = ("carried_in", "open", "in_time_pct")
"""Of the year to date: what follows from the other counts and is published by nobody."""

_SHOWN = ("open", "due_soon", "received_today", "resolved_today", "in_time_year", "received_year", "late_year",
          "really_late_year")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel."""
    backlog: Sequence[BacklogRow] = rows["backlog"]
    today: DayFactsRow = rows["day_facts"][0]
    year: YearRow = rows["year"][0]
    yesterday: YesterdayRow = rows["yesterday"][0]
    counts = {
        "overdue": sum(r.overdue for r in backlog),
        "overdue_yesterday": yesterday.overdue,
        "open": sum(r.open for r in backlog),
        "due_soon": sum(r.due_soon for r in backlog),
        "received_today": today.received,
        "resolved_today": today.resolved,
        "received_year": year.received,
        "resolved_year": year.resolved,
        "late_year": year.late,
        "really_late_year": year.really_late,
        "delivery_unknown_year": year.delivery_unknown,
    }
    numbers = {key: Number(value=value, unit="dossiers", as_of=moment.at) for key, value in counts.items()}
    trend = last_month(moment.day, ("received", "resolved"), [*rows["trend"], TrendRow(moment.day, today.received, today.resolved)])
    numbers["in_time_year"] = rate(year.in_time, counts["resolved_year"], moment.at)
    return Figures(numbers=numbers, tables={
        "units": _units(backlog, moment, profile), "trend": trend, "year_to_date": [_year_to_date(year, counts["open"], moment)],
    })


def _year_to_date(year: YearRow, still_open: int, moment: Moment) -> dict[str, Any]:
    """The year in one row: open = carried in + received − resolved − withdrawn − stopped; `computed` names what no report publishes."""
    counted = {"received": year.received, "resolved": year.resolved, "in_time": year.in_time, "late": year.late, "really_late": year.really_late,
               "delivery_unknown": year.delivery_unknown, "withdrawn": year.withdrawn, "stopped": year.stopped}
    carried_in = still_open - year.received + year.resolved + year.withdrawn + year.stopped
    return {"year": moment.day.year, **counted, "carried_in": carried_in, "open": still_open,
            "in_time_pct": _two_decimals(year.in_time, year.resolved), "computed": list(COMPUTED)}


def _two_decimals(part: int, whole: int) -> float | None:
    """A percentage as the reports print it, half up; never 100 while something is missing, never 0 while there is something."""
    if not whole:
        return None
    hundredths = (20_000 * part + whole) // (2 * whole)
    return max(min(hundredths, 9_999 if part < whole else 10_000), 1 if part else 0) / 100


def _units(backlog: Sequence[BacklogRow], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """Open dossiers per unit; those of no unit (departments of the province) per agency."""
    sums: dict[tuple[str, str], dict[str, Any]] = defaultdict(lambda: {"open": 0, "overdue": 0, "due_soon": 0, "oldest_due_at": None})
    for r in backlog:
        owner = sums[r.unit_code, "" if r.unit_code else r.org_code]
        owner["open"] += r.open
        owner["overdue"] += r.overdue
        owner["due_soon"] += r.due_soon
        known = [at for at in (owner["oldest_due_at"], r.oldest_due_at) if at]
        owner["oldest_due_at"] = min(known) if known else None
    found = [
        {"unit_code": unit, "org_code": org, **values,
         "oldest_days": days_overdue(profile.calendar, values["oldest_due_at"], moment.at) if values["oldest_due_at"] else None}
        for (unit, org), values in sums.items()
    ]
    return sorted(found, key=lambda u: (-u["overdue"], -u["due_soon"], -u["open"], u["unit_code"], u["org_code"]))


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: a leader asks which unit is late, so units stand first."""
    numbers, units, trend = snapshot.numbers, snapshot.tables["units"], whole_days(snapshot, "trend")
    named = [(profile.owner_name(u["unit_code"], u["org_code"], snapshot.day, words.language), u) for u in units]
    late = [(name, u) for name, u in named if u["overdue"]]
    change = since_yesterday(numbers["overdue"], numbers["overdue_yesterday"], words)
    shown = late[:12]
    return Face(
        headline=words.number(numbers["overdue"].value),
        headline_unit=words("hồ sơ quá hạn"),
        comparison=change.text,
        trend=change.trend,
        turn=change.turn,
        sentence=words("{unit}: {n} quá hạn", unit=late[0][0], n=words.number(late[0][1]["overdue"])) if late else words("Không có hồ sơ quá hạn"),
        numbers=labelled(SPEC, numbers, _SHOWN, words),
        charts={
            "trend": Chart(kind="time", title=words("Tiếp nhận và giải quyết theo ngày"), x=[r["day"] for r in trend], series=(
                Series(name=words("Tiếp nhận"), role="in", values=[r["received"] for r in trend]),
                Series(name=words("Đã giải quyết"), role="out", values=[r["resolved"] for r in trend]))),
            "units": Chart(kind="ranks", title=words("Quá hạn theo đơn vị"), x=[name for name, _ in shown], series=(
                Series(name=words("Quá hạn"), role="bad", values=[u["overdue"] for _, u in shown]),)),
        },
        lists=((words("Tồn đọng theo đơn vị"), (
            Column(key="unit", label=words("Đơn vị"), number=False), Column(key="overdue", label=words("Quá hạn")),
            Column(key="oldest", label=words("Số ngày quá hạn")), Column(key="due_soon", label=words("Trong 1 ngày")),
            Column(key="open", label=words("Đang giải quyết"))),
            [{"unit": name, "overdue": words.number(u["overdue"]), "oldest": words.number(u["oldest_days"]),
              "due_soon": words.number(u["due_soon"]), "open": words.number(u["open"])} for name, u in named[:10]]),),
    )
