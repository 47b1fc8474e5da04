"""Giải quyết thủ tục hành chính: which unit is late, on what, why, and how the year stands. The wall names no dossier."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ioc.calendar.deadlines import BUCKETS, LAST_BUCKET, bucket, days_overdue, time_left
from ioc.clock import end_of
from ioc.moment import Moment
from ioc.panels._one_stop_pictures import CAUSES, ON_TIME_FLOOR, charts, due_soon, named, overdue, point, points, shading
from ioc.panels.engine.contract import Definition, Face, Figures, Number, Rows, Snapshot, Spec, Take, rate
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import labelled, last_month, since_yesterday
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
    next_due_at: datetime | None = None
    overdue_unapologised: int = 0
    due_soon_unapologised: int = 0


@dataclass(frozen=True, slots=True)
class YesterdayRow:
    overdue: int


@dataclass(frozen=True, slots=True)
class AgeRow:
    due_day: date
    dossiers: int


@dataclass(frozen=True, slots=True)
class StageRow:
    state: str
    dossiers: int


@dataclass(frozen=True, slots=True)
class DayFactsRow:
    received: int
    resolved: int
    in_time: int = 0


@dataclass(frozen=True, slots=True)
class RecentRow:
    unit_code: str
    org_code: str
    resolved: int
    early: int
    on_time: int
    late: int
    slow_data_entry: int
    technical_fault: int
    applicant_unreachable: int
    complex_verification: int
    inter_agency: int
    other: int


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
class DayRow:
    day: date
    received: int
    resolved: int
    in_time: int


TAKES = {
    "overdue": Take(of="one_stop.overdue", label="Hồ sơ quá hạn"),
    "open": Take(of="one_stop.open"),
    "due_soon": Take(of="one_stop.due_soon"),
    "overdue_unapologised": Take(of="one_stop.overdue_unapologised", target=0),
    "received_today": Take(of="one_stop.received", against="yesterday", label="Tiếp nhận hôm nay"),
    "resolved_today": Take(of="one_stop.resolved", against="yesterday", label="Giải quyết hôm nay"),
    "on_time_month": Take(of="one_stop.on_time_rate", period="month", against="year", target=ON_TIME_FLOOR, label="Đúng hẹn trong tháng"),
    "apology_month": Take(of="one_stop.apology_rate", period="month", against="year", target=100, label="Đã xin lỗi trong tháng"),
}
_OWN = {
    "overdue_yesterday": Definition(label="Quá hạn cùng giờ hôm qua", formula="như trên, lùi 24 giờ", basis="thiết kế"),
    "received_year": Definition(label="Tiếp nhận lũy kế năm", formula="cộng theo ngày từ 01/01", basis="TT 03/2025/TT-VPCP"),
    "resolved_year": Definition(label="Giải quyết lũy kế năm", formula="cộng theo ngày từ 01/01", basis="TT 03/2025/TT-VPCP"),
    "in_time_year": Definition(label="Đúng hẹn lũy kế năm", formula="(trước hạn + đúng hạn) / đã giải quyết", basis="QĐ 766/QĐ-TTg"),
    "late_year": Definition(label="Trễ trên hệ thống", formula="kết quả ghi nhận sau thời điểm hẹn trả", basis="NĐ 118/2025/NĐ-CP"),
    "really_late_year": Definition(label="Thực trễ", formula="trễ trên hệ thống và giao sau thời điểm hẹn trả", basis="thiết kế"),
    "delivery_unknown_year": Definition(label="Trễ, chưa xác định lúc giao", formula="trễ trên hệ thống, không rõ lúc giao", basis="thiết kế"),
}
DEFINITIONS = definitions_of(TAKES, _OWN)

SPEC = Spec(
    key="one_stop",
    number=1,
    title="Giải quyết thủ tục hành chính",
    short="Thủ tục hành chính",
    streams=("dossier",),
    rows={"backlog": BacklogRow, "yesterday": YesterdayRow, "ages": AgeRow, "stages": StageRow, "day_facts": DayFactsRow, "recent": RecentRow,
          "year": YearRow, "days": DayRow},
    takes=TAKES,
    definitions=_OWN,
    slow=("yesterday", "ages", "stages", "recent", "days"),
    charts=("trend", "ageing", "outcomes", "stages", "causes", "months"),
    has_map=True,
)

COMPUTED = ("carried_in", "open", "in_time_pct")
"""Of the year to date: what follows from the other counts and is published by nobody."""

_SHOWN = ("open", "due_soon", "overdue_unapologised", "received_today", "on_time_month", "apology_month", "late_year", "really_late_year")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel."""
    backlog: Sequence[BacklogRow] = rows["backlog"]
    today: DayFactsRow = rows["day_facts"][0]
    year: YearRow = rows["year"][0]
    recent: Sequence[RecentRow] = rows["recent"]
    still_open = sum(r.open for r in backlog)
    counts = {
        "overdue_yesterday": rows["yesterday"][0].overdue,
        "received_year": year.received,
        "resolved_year": year.resolved,
        "late_year": year.late,
        "really_late_year": year.really_late,
        "delivery_unknown_year": year.delivery_unknown,
    }
    numbers = {key: Number(value=value, unit="dossiers", as_of=moment.at) for key, value in counts.items()}
    numbers["in_time_year"] = rate(year.in_time, year.resolved, moment.at)
    days = {r.day: r for r in rows["days"]} | {moment.day: DayRow(moment.day, today.received, today.resolved, today.in_time)}
    units = _units(backlog, moment, profile)
    return Figures(numbers=numbers, features=points(units, profile), tables={
        "units": units,
        "due_soon": _due_soon(backlog, moment, profile),
        "ages": _ages(rows["ages"], moment, profile),
        "stages": [{"state": r.state, "dossiers": r.dossiers} for r in rows["stages"]],
        "outcomes": [{"unit_code": r.unit_code, "org_code": "" if r.unit_code else r.org_code, "resolved": r.resolved, "early": r.early,
                      "on_time": r.on_time, "late": r.late} for r in recent],
        "causes": [{"cause": cause, "late": sum(getattr(r, cause) for r in recent)} for cause in CAUSES],
        "trend": last_month(moment.day, ("received", "resolved"), days.values()),
        "months": _months(days),
        "year_to_date": [_year_to_date(year, still_open, moment)],
    })


def _ages(rows: Sequence[AgeRow], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """Overdue dossiers by working days, a begun one counted: every bucket, also the empty ones."""
    found: Counter[str | None] = Counter()
    for r in rows:
        found[bucket(days_overdue(profile.calendar, min(end_of(r.due_day), moment.instant), moment.at))] += r.dossiers
    return [{"bucket": name, "dossiers": found[name]} for name in (*(name for name, _ in BUCKETS), LAST_BUCKET)]


def _months(days: Mapping[date, DayRow]) -> list[dict[str, Any]]:
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for r in days.values():
        month = sums[r.day.replace(day=1)]
        month[0], month[1], month[2] = month[0] + r.received, month[1] + r.resolved, month[2] + r.in_time
    return [{"month": month.isoformat(), "received": received, "resolved": resolved, "in_time": in_time}
            for month, (received, resolved, in_time) in sorted(sums.items())]


def _due_soon(backlog: Sequence[BacklogRow], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """What falls due by the end of the next working day, the nearest first, with the working time that is left of it."""
    due = sorted((r for r in backlog if r.due_soon and r.next_due_at), key=lambda r: (r.next_due_at, -r.due_soon, r.unit_code, r.org_code))
    return [{"unit_code": r.unit_code, "org_code": "" if r.unit_code else r.org_code, "due_soon": r.due_soon,
             "unapologised": r.due_soon_unapologised,
             "left_h": round(time_left(profile.calendar, moment.at, r.next_due_at).working_s / 3600, 2)} for r in due if r.next_due_at]


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
    sums: dict[tuple[str, str], dict[str, Any]] = defaultdict(lambda: {"open": 0, "overdue": 0, "due_soon": 0, "unapologised": 0,
                                                                              "oldest_due_at": None})
    for r in backlog:
        owner = sums[r.unit_code, "" if r.unit_code else r.org_code]
        owner["open"] += r.open
        owner["overdue"] += r.overdue
        owner["due_soon"] += r.due_soon
        owner["unapologised"] += r.overdue_unapologised
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
    numbers = snapshot.numbers
    units = named(snapshot, "units", words, profile)
    late = [(name, u) for name, u in units if u["overdue"]]
    change = since_yesterday(numbers["overdue"], numbers["overdue_yesterday"], words)
    lists = (overdue(units, words), due_soon(named(snapshot, "due_soon", words, profile), words))
    return Face(
        headline=words.number(numbers["overdue"].value),
        headline_unit=words("hồ sơ quá hạn"),
        of="overdue",
        comparison=change.text,
        trend=change.trend,
        turn=change.turn,
        sentence=words("{unit}: {n} quá hạn", unit=late[0][0], n=words.number(late[0][1]["overdue"])) if late else words("Không có hồ sơ quá hạn"),
        guest_sentence=words("{n} hồ sơ đang giải quyết", n=words.number(numbers["open"].value)),
        numbers=labelled(DEFINITIONS, numbers, _SHOWN, words),
        charts=charts(snapshot, words, profile),
        lists=lists if late else lists[::-1],
        shading=shading(snapshot, words),
    )


__all__ = ["SPEC", "point", "render", "snapshot"]
