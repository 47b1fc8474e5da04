"""Kinh tế – xã hội, doanh nghiệp và du lịch: which targets of the year are behind, enterprises and who inspects them twice, guests."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ioc.moment import Moment
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.bullets import Bullet, Bullets
from ioc.panels.engine.charts.flows import Flows
from ioc.panels.engine.contract import Column, Face, Figures, Listing, Number, Rows, Shading, Shown, Snapshot, Spec, Take
from ioc.panels.engine.named import indicator_name
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import labelled
from ioc.profiles import Profile
from ioc.words import Words

BEHIND = 0.9
"""Pace under which a target counts as behind (SE-01)."""
PER_PEOPLE = 10_000
MOST, FEWEST = 6, 4
"""Rows that the first chart has room for, and a small one."""
OF_REGISTER = frozenset({"new", "net"})
LONG = 40
"""Letters of a name that a sentence of the card has room for."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    unit_code: str
    indicator_id: str
    value: float | None
    target: float
    done_pct: float | None
    pace: float | None
    manual: bool
    last_day: date | None
    paced: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    month: date
    new: int
    resumed: int
    suspended: int
    dissolved: int


@dataclass(frozen=True, slots=True)
class GuestRow:
    month: date
    unit_code: str
    arrivals: int
    rooms_occupied: int | None
    rooms_available: int | None


TAKES = {
    "on_pace": Take(of="socio_economy.on_pace_rate", period="year"),
    "disbursement": Take(of="socio_economy.disbursement", period="year", against="year", by="agency"),
    "budget_revenue": Take(of="socio_economy.budget_revenue", period="year", against="year"),
    "new": Take(of="socio_economy.new", period="year", against="year", by="unit", label="Doanh nghiệp mới trong năm"),
    "net": Take(of="socio_economy.net", period="year", against="year"),
    "planned_twice": Take(of="socio_economy.planned_twice", by="unit", target=0, label="Sắp thanh tra lần hai"),
    "conducted_twice": Take(of="socio_economy.conducted_twice", by="unit", target=0),
    "feedback_overdue": Take(of="socio_economy.feedback_overdue", against="yesterday", by="unit", label="Kiến nghị quá hạn"),
    "arrivals": Take(of="socio_economy.arrivals", period="year", against="year", label="Lượt khách trong năm"),
    "room_occupancy": Take(of="socio_economy.room_occupancy", period="year", against="year", label="Công suất phòng năm nay"),
}
DEFINITIONS = definitions_of(TAKES)

SPEC = Spec(
    key="socio_economy",
    number=8,
    title="Kinh tế – xã hội, doanh nghiệp và du lịch",
    short="Kinh tế – xã hội",
    streams=("indicator", "enterprise", "tourism", "report"),
    rows={"targets": TargetRow, "months": MonthRow, "guests": GuestRow},
    definitions={},
    takes=TAKES,
    charts=("targets", "enterprises", "disbursement", "arrivals", "rooms"),
    slow=("targets", "months", "guests"),
    has_map=True,
)

_SHOWN = ("disbursement", "budget_revenue", "new", "net", "planned_twice", "feedback_overdue", "arrivals", "room_occupancy")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Targets of the province, the slowest first; enterprises and guests by month."""
    whole = {"", *(u.code for u in profile.units if u.level == "province")}
    told: dict[str, TargetRow] = {}
    for row in sorted(rows["targets"], key=lambda r: r.unit_code, reverse=True):
        if row.unit_code in whole:
            told[row.indicator_id] = row
    targets = sorted(told.values(), key=lambda r: (not r.paced, r.pace is None, r.pace or 0, r.indicator_id))
    tables = {
        "targets": [asdict(r) for r in targets],
        "enterprises": [asdict(r) for r in _every_month(rows["months"], moment.day)],
        "guests": _guests(rows["guests"], whole),
    }
    return Figures(numbers={}, tables=tables, targets={name: told[name].target for name in ("disbursement", "budget_revenue") if name in told})


def _every_month(rows: Sequence[MonthRow], day: date) -> list[MonthRow]:
    """Months from the first that is known to the moment's: where nothing happened in between, that is a 0."""
    found = {r.month: r for r in rows}
    if not found:
        return []
    first = min(found)
    count = (day.year - first.year) * 12 + day.month - first.month + 1
    months = [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]
    return [found.get(m, MonthRow(m, 0, 0, 0, 0)) for m in months]


def _guests(rows: Sequence[GuestRow], whole: set[str]) -> list[dict[str, Any]]:
    """Per month what was told for the whole, else the sum of the units."""
    found = []
    for month in sorted({r.month for r in rows}):
        of = [r for r in rows if r.month == month]
        of = [r for r in of if r.unit_code in whole][:1] or of
        rooms = [r for r in of if r.rooms_available]
        found.append({"month": month, "arrivals": sum(r.arrivals for r in of), "rooms_occupied": sum(r.rooms_occupied or 0 for r in rooms),
                      "rooms_available": sum(r.rooms_available or 0 for r in rooms)})
    return found


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: the year's targets first, and of them the slowest."""
    numbers, tables = snapshot.numbers, snapshot.tables
    targets, on_pace = tables["targets"], numbers["on_pace"]
    behind = [t for t in targets if t["paced"] and t["pace"] is not None and t["pace"] < BEHIND]
    judged = on_pace.denominator or 0
    return Face(
        headline=words.share(on_pace.numerator, on_pace.denominator), headline_unit=words("chỉ tiêu đúng tiến độ"), of="on_pace",
        comparison=_against_plan(len(behind), judged, words), turn="" if not judged else "worse" if behind else "better",
        sentence=_slowest(behind, words, profile) if judged else words("Chưa có chỉ tiêu năm"),
        numbers=[_sourced(shown, numbers, targets, words) for shown in labelled(DEFINITIONS, numbers, _SHOWN, words)],
        charts={
            "targets": Bullets(title=words("Tiến độ so với kế hoạch năm, chậm nhất trước"), plan=words("Kế hoạch năm"),
                               pace=words("Tiến độ đến kỳ báo cáo"), guests=True,
                               rows=[_bullet(t, words, profile) for t in targets if t["paced"]][:MOST]),
            "enterprises": _enterprises(tables["enterprises"], words),
            "disbursement": _by_investor(snapshot, words, profile),
            **_tourism(tables["guests"], words),
        },
        lists=_lists(snapshot, words, profile),
        shading=_shading(snapshot, words, profile),
    )


def _against_plan(behind: int, judged: float, words: Words) -> str:
    if not judged:
        return words("Chưa có số liệu để so sánh")
    return words("{n} chỉ tiêu chậm tiến độ", n=words.number(behind)) if behind else words("Không chỉ tiêu nào chậm tiến độ")


def _slowest(behind: Sequence[Mapping[str, Any]], words: Words, profile: Profile) -> str:
    if not behind:
        return words("Mọi chỉ tiêu đạt từ 90% tiến độ")
    name = indicator_name(profile, behind[0]["indicator_id"], words.language)
    return words("{name}: đạt {n}% tiến độ", name=name if len(name) <= LONG else f"{name[:LONG - 1]}…", n=words.number(100 * behind[0]["pace"]))


def _said(target: Mapping[str, Any], words: Words) -> str:
    """Up to which month a figure was told, and that somebody typed it in."""
    month = f"{target['last_day']:%m/%Y}" if target["last_day"] else words("chưa báo cáo")
    return f"{month}, {words('nhập tay')}" if target["manual"] else month


def _sourced(shown: Shown, numbers: Mapping[str, Number], targets: Sequence[Mapping[str, Any]], words: Words) -> Shown:
    """What comes from a report says of which month, and whether it was typed in (domain notes §0.11)."""
    if shown.key in OF_REGISTER and not numbers["new"].then:  # a year without one new enterprise was not told
        return shown._replace(beside=f"{words('cùng kỳ')}: {words('chưa có số liệu')}", turn="")
    said = [_said(t, words) for t in targets if numbers[shown.key].of == f"socio_economy.{t['indicator_id']}"]
    return shown._replace(beside=" · ".join([*said, *(text for text in (shown.beside,) if text)]))


def _bullet(target: Mapping[str, Any], words: Words, profile: Profile) -> Bullet:
    done, pace = target["done_pct"], target["pace"]
    is_slow = pace is not None and pace < BEHIND
    reached = words("chưa có số liệu") if done is None else f"{words.number(done, 1)}%"
    text = words("{n}, chậm", n=reached) if is_slow else reached
    return Bullet(name=indicator_name(profile, target["indicator_id"], words.language), reached_pct=done,
                  pace_pct=done / pace if done and pace else None,
                  text=text if done is None else f"{text} ({_said(target, words)})", role="bad" if is_slow else "out")


def _enterprises(rows: Sequence[Mapping[str, Any]], words: Words) -> Flows:
    new, resumed, suspended, dissolved = ([r[key] for r in rows] for key in ("new", "resumed", "suspended", "dissolved"))
    return Flows(
        title=words("Doanh nghiệp theo tháng"), x=[f"{r['month']:%m/%Y}" for r in rows], net=words("Tăng thêm"), guests=True,
        came=(Series(name=words("Mới"), role="in", values=new), Series(name=words("Trở lại"), role="out", values=resumed)),
        went=(Series(name=words("Ngừng"), role="warn", values=suspended), Series(name=words("Giải thể"), role="bad", values=dissolved)))


def _by_investor(snapshot: Snapshot, words: Words, profile: Profile) -> Chart:
    known = [r for r in snapshot.tables["by:disbursement"] if r["value"] is not None]
    told = sorted(known, key=lambda r: (r["value"], r["org_code"], r["unit_code"]))[:FEWEST]
    names = [profile.owner_name("" if r["org_code"] else r["unit_code"], r["org_code"], snapshot.day, words.language) for r in told]
    return Chart(kind="ranks", title=words("Giải ngân theo chủ đầu tư, thấp nhất trước (%)"), x=names, series=(
        Series(name=words("Đã giải ngân"), role="in", values=[round(r["value"]) for r in told]),))


def _tourism(rows: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Chart]:
    months = [f"{r['month']:%m/%Y}" for r in rows]
    occupied = [round(100 * r["rooms_occupied"] / r["rooms_available"], 1) if r["rooms_available"] else None for r in rows]
    return {
        "arrivals": Chart(kind="bars", title=words("Lượt khách theo tháng"), x=months, guests=True, series=(
            Series(name=words("Lượt khách"), role="in", values=[r["arrivals"] for r in rows]),)),
        "rooms": Chart(kind="bars", title=words("Công suất phòng theo tháng (%)"), x=months, guests=True, series=(
            Series(name=words("Công suất phòng"), role="out", values=occupied),)),
    }


def _by_unit(snapshot: Snapshot, name: str) -> dict[str, float]:
    return {r["unit_code"]: r["value"] for r in snapshot.tables[f"by:{name}"] if r["value"]}


def _lists(snapshot: Snapshot, words: Words, profile: Profile) -> Sequence[Listing]:
    columns = (Column(key="planned_twice", label=words("Sắp lần hai")), Column(key="conducted_twice", label=words("Đã lần hai")),
               Column(key="feedback_overdue", label=words("Kiến nghị")))
    counts = {c.key: _by_unit(snapshot, c.key) for c in columns}
    sums = {code: sum(found.get(code, 0) for found in counts.values()) for found in counts.values() for code in found}
    units = [{"unit": profile.unit_name(code, snapshot.day, words.language),
              **{key: words.number(found.get(code, 0)) for key, found in counts.items()}}
             for code, _ in sorted(sums.items(), key=lambda summed: (-summed[1], summed[0]))[:8]]
    others = [{"name": indicator_name(profile, t["indicator_id"], words.language), "told": _said(t, words),
               "done": words.number(t["value"], 1), "plan": words.number(t["target"], 1)} for t in snapshot.tables["targets"] if not t["paced"]]
    return (
        Listing(title=words("Thanh tra lần hai, kiến nghị quá hạn"), rows=units,
                columns=(Column(key="unit", label=words("Đơn vị"), number=False), *columns)),
        Listing(title=words("Chỉ tiêu không cộng dồn"), rows=others[:8], guests=True, columns=(
            Column(key="name", label=words("Chỉ tiêu"), number=False), Column(key="done", label=words("Thực hiện")),
            Column(key="plan", label=words("Kế hoạch")), Column(key="told", label=words("Kỳ báo cáo")))),
    )


def _shading(snapshot: Snapshot, words: Words, profile: Profile) -> Shading | None:
    """New enterprises of the year by inhabitants; where the register told of none, the map stays as it is."""
    new = _by_unit(snapshot, "new")
    if not new:
        return None
    units = [u for u in profile.units_on(snapshot.day) if u.population]
    values = {u.code: PER_PEOPLE * new.get(u.code, 0) / u.population for u in units}
    return Shading(title=words("Doanh nghiệp mới từ đầu năm trên 10.000 dân"), values=values, texts={
        u.code: words("{n} doanh nghiệp mới, {rate} trên 10.000 dân", n=words.number(new.get(u.code, 0)), rate=words.number(values[u.code], 1))
        for u in units})
