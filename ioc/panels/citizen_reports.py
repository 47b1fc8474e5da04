"""Phản ánh, kiến nghị: how many citizens wait for an answer, how long, where. The wall shows no text and no report code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ioc.calendar.deadlines import BUCKETS, LAST_BUCKET, bucket, days_overdue, time_left
from ioc.moment import Moment
from ioc.panels._citizen_reports_pictures import charts, lists, shading
from ioc.panels.engine.contract import Definition, Face, Figures, Number, Rows, Snapshot, Spec, Take, rate
from ioc.panels.engine.grid import snapped
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import labelled, last_month, since_yesterday
from ioc.places.distance import metres
from ioc.profiles import Profile
from ioc.words import Words

SPOT_M = 100
"""Reports of one hot spot lie as near to each other (domain §3.10)."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    subject: str
    state: str
    unit_code: str
    org_code: str
    category: str
    lon_deg: float | None
    lat_deg: float | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class AgencyRow:
    org_code: str
    open: int
    overdue: int
    oldest_due_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgeRow:
    day: date
    reports: int


@dataclass(frozen=True, slots=True)
class SpotRow:
    unit_code: str
    lon_deg: float
    lat_deg: float
    near: int


@dataclass(frozen=True, slots=True)
class KindRow:
    category: str | None
    channel: str | None
    unit_code: str | None
    submitted: int


@dataclass(frozen=True, slots=True)
class SpeedRow:
    category: str
    resolved: int
    usual_h: float
    most_h: float


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


TAKES = {
    "overdue": Take(of="citizen_reports.overdue", label="Phản ánh quá hạn"),
    "open": Take(of="citizen_reports.open"),
    "untriaged": Take(of="citizen_reports.untriaged", target=0),
    "danger": Take(of="citizen_reports.danger", target=0),
    "bounced": Take(of="citizen_reports.bounced", target=0),
    "submitted_today": Take(of="citizen_reports.submitted", against="yesterday", label="Tiếp nhận hôm nay"),
    "resolved_today": Take(of="citizen_reports.resolved", against="yesterday", label="Xử lý xong hôm nay"),
    "triage_month": Take(of="citizen_reports.triage_minutes", period="month", against="before", target=5, label="Phút chờ phân loại"),
    "resolve_month": Take(of="citizen_reports.resolve_hours", period="month", against="before", label="Giờ xử lý trong tháng"),
    "reopened_month": Take(of="citizen_reports.reopened_rate", period="month", against="before", target=5, label="Mở lại trong tháng"),
}
_OWN = {
    "overdue_yesterday": Definition(label="Quá hạn cùng giờ hôm qua", formula="như trên, lùi 24 giờ", basis="thiết kế"),
    "submitted_year": Definition(label="Tiếp nhận lũy kế năm", formula="số phản ánh gửi từ 01/01", basis="thiết kế"),
    "resolved_year": Definition(label="Xử lý xong lũy kế năm", formula="số phản ánh xử lý xong từ 01/01", basis="thiết kế"),
    "handled_month": Definition(label="Tỷ lệ xử lý 30 ngày", formula="đã xử lý / (đã gửi − từ chối − gộp)", basis="thiết kế"),
    "on_time_month": Definition(label="Đúng hạn 30 ngày", formula="xử lý đúng hạn / đã xử lý có thời hạn", basis="thiết kế"),
    "satisfied_month": Definition(label="Hài lòng 30 ngày", formula="(hài lòng + chấp nhận) / lượt đánh giá", basis="thiết kế"),
    "hot_spots": Definition(label="Điểm nóng 30 ngày", formula="nơi có từ 3 phản ánh trong 100 m, không tính từ chối và gộp", basis="thiết kế",
                            rows="hot_spots"),
}
DEFINITIONS = definitions_of(TAKES, _OWN)

SPEC = Spec(
    key="citizen_reports",
    number=10,
    title="Phản ánh, kiến nghị",
    short="Phản ánh, kiến nghị",
    streams=("report",),
    rows={"open_reports": OpenRow, "agencies": AgencyRow, "ages": AgeRow, "done_reports": DoneRow, "hot_spots": SpotRow, "yesterday": YesterdayRow,
          "periods": PeriodRow, "trend": TrendRow, "kinds": KindRow, "speeds": SpeedRow},
    takes=TAKES,
    definitions=_OWN,
    slow=("agencies", "ages", "done_reports", "hot_spots", "yesterday", "periods", "trend", "kinds", "speeds"),
    charts=("trend", "categories", "states", "ages", "speeds", "channels"),
    has_map=True,
    takes_jurisdiction=True,
)

_SHOWN = ("open", "untriaged", "danger", "submitted_today", "handled_month", "on_time_month", "triage_month", "satisfied_month")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel, its units and its map points."""
    opened: Sequence[OpenRow] = rows["open_reports"]
    periods: dict[str, PeriodRow] = {r.period: r for r in rows["periods"]}
    today, month, year = periods["today"], periods["month"], periods["year"]
    spots = _spots(rows["hot_spots"])
    counts = {"overdue_yesterday": rows["yesterday"][0].overdue, "submitted_year": year.submitted, "resolved_year": year.resolved}
    numbers = {key: Number(value=value, unit="reports", as_of=moment.at) for key, value in counts.items()}
    numbers["hot_spots"] = Number(value=sum(s["hot_spots"] for s in spots), unit="sites", as_of=moment.at)
    numbers["handled_month"] = rate(month.resolved, max(month.submitted - month.rejected - month.merged, month.resolved), moment.at)
    numbers["on_time_month"] = rate(month.on_time, month.on_time + month.late, moment.at)
    numbers["satisfied_month"] = rate(month.satisfied, month.rated, moment.at)
    states = Counter(r.state for r in opened)
    tables = {
        "units": _units(opened, [r for r in opened if r.overdue]),
        "agencies": [_agency(r, moment, profile) for r in rows["agencies"]],
        "states": [{"state": state, "reports": n} for state, n in sorted(states.items())],
        "ages": _ages(rows["ages"], moment),
        "hot_spots": spots,
        "trend": last_month(moment.day, ("submitted", "resolved"), [*rows["trend"], TrendRow(moment.day, today.submitted, today.resolved)]),
        "categories": [{"category": r.category, "submitted": r.submitted} for r in rows["kinds"] if r.category is not None],
        "channels": [{"channel": r.channel, "submitted": r.submitted} for r in rows["kinds"] if r.channel is not None],
        "sent": _sent(rows["kinds"], moment, profile),
        "speeds": [{"category": r.category, "resolved": r.resolved, "usual_h": round(r.usual_h, 1), "most_h": round(r.most_h, 1)}
                   for r in rows["speeds"]],
    }
    return Figures(numbers=numbers, tables=tables, features=_features(opened, rows["done_reports"], profile))


def _agency(row: AgencyRow, moment: Moment, profile: Profile) -> dict[str, Any]:
    """What an agency has to do: the working days its oldest is overdue by, or the working hours that its next one has left."""
    return {"org_code": row.org_code, "open": row.open, "overdue": row.overdue,
            "oldest_days": days_overdue(profile.calendar, row.oldest_due_at, moment.at) if row.oldest_due_at else None,
            "left_h": round(time_left(profile.calendar, moment.at, row.next_due_at).working_s / 3600, 2) if row.next_due_at else None}


def _ages(rows: Sequence[AgeRow], moment: Moment) -> list[dict[str, Any]]:
    """Open reports by the calendar days since they were sent; '0' = today."""
    found: Counter[str] = Counter()
    for r in rows:
        found[bucket((moment.day - r.day).days) or "0"] += r.reports
    return [{"bucket": name, "reports": found[name]} for name in ("0", *(name for name, _ in BUCKETS), LAST_BUCKET)]


def _spots(rows: Sequence[SpotRow]) -> list[dict[str, Any]]:
    """Hot spots by unit, and the reports of the largest: where several circles cover one another the fullest stands for all."""
    taken: list[SpotRow] = []
    for r in rows:
        if all(metres((r.lon_deg, r.lat_deg), (t.lon_deg, t.lat_deg)) > SPOT_M for t in taken):
            taken.append(r)
    units = dict.fromkeys(t.unit_code for t in taken)
    return [{"unit_code": unit, "hot_spots": sum(t.unit_code == unit for t in taken), "most": max(t.near for t in taken if t.unit_code == unit)}
            for unit in units]


def _sent(rows: Sequence[KindRow], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """Reports by unit, and by thousand of its residents where it is a unit of that day."""
    residents = {} if moment.jurisdiction else {u.code: u.population for u in profile.units_on(moment.day)}
    return [{"unit_code": r.unit_code, "submitted": r.submitted,
             "per_1000": round(1000 * r.submitted / n, 2) if (n := residents.get(r.unit_code)) else None}
            for r in rows if r.unit_code is not None]


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
            "geometry": {"type": "Point", "coordinates": list(snapped(r.lon_deg, r.lat_deg))},
            "properties": {"kind": "report", "state": state, "category": r.category, "unit_code": r.unit_code},
        }
        for r, state in points
        if r.lon_deg is not None and r.lat_deg is not None and r.category not in private
    ]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words."""
    numbers, units = snapshot.numbers, snapshot.tables["units"]
    change = since_yesterday(numbers["overdue"], numbers["overdue_yesterday"], words)
    all_open = words("{n} phản ánh đang xử lý", n=words.number(numbers["open"].value))
    late = next((u for u in units if u["overdue"]), None)
    return Face(
        headline=words.number(numbers["overdue"].value),
        headline_unit=words("phản ánh quá hạn"),
        of="overdue",
        comparison=change.text,
        trend=change.trend,
        turn=change.turn,
        sentence=words("{unit}: {n} quá hạn", unit=profile.unit_name(late["unit_code"], snapshot.day, words.language),
                       n=words.number(late["overdue"])) if late else all_open,
        guest_sentence=all_open,
        numbers=labelled(DEFINITIONS, numbers, _SHOWN, words),
        charts=charts(snapshot, words, profile),
        lists=lists(snapshot, words, profile),
        shading=shading(snapshot, words),
    )
