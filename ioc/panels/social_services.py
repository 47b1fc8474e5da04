"""Y tế, giáo dục và an sinh: are there beds, is an illness unusual, are allowances paid. Counts of facilities and units, never a person.

The headline is the share of beds that is taken: it is told each morning, has its marks (95 %, 110 %) and can be shown to everybody. Cases of the
running week are not all told yet and would always seem to fall; where a disease is above its threshold, the sentence says so first.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.calendar.deadlines import days_overdue
from ioc.moment import Moment
from ioc.panels._social_services_weeks import DISEASES, FEW_SHOWN, disease_strips, diseases, masked, said, whole_week
from ioc.panels.engine.casualties import FEW, is_few
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.bands import Bands, Mark
from ioc.panels.engine.charts.gauge import Gauge
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Listing, Number, Rows, Shading, Shown, Snapshot, Spec, Take
from ioc.panels.engine.drawing import Drawing, Role
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import compared, labelled
from ioc.profiles import Profile
from ioc.words import SMALL_SAMPLE, Words

FULL_PCT, OVERFULL_PCT = 95, 110
MOST_ROWS, MOST_SCHOOLS, MOST_DISEASES = 8, 4, 5
HOSPITAL_DAYS, CLINIC_DAYS = 2, 4
"""Days after which what a facility told is old; clinics rest on days off."""
AROUND_DAYS = 15


@dataclass(frozen=True, slots=True)
class FacilityRow:
    facility_code: str
    unit_code: str
    lon_deg: float | None
    lat_deg: float | None
    day: date
    insurance_visits: int | None
    cccd_visits: int | None
    beds_occupied: int | None
    beds_available: int | None


@dataclass(frozen=True, slots=True)
class WeekRow:
    disease_code: str
    first_day: date
    cases: int | None
    mean: float | None
    sd: float | None
    years: int


@dataclass(frozen=True, slots=True)
class UnitCasesRow:
    unit_code: str
    cases: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    unit_code: str
    due_on: date
    state: str
    outcome: str | None
    due_at: datetime
    beneficiaries_due: int | None


TAKES = {
    "beds": Take(of="social_services.beds_now", against="yesterday"),
    "cccd": Take(of="social_services.cccd_rate", period="month", against="before"),
    "by_account": Take(of="social_services.by_account_rate", period="month", against="before"),
    "overdue": Take(of="social_services.batches_overdue", against="yesterday"),
    "waiting": Take(of="social_services.beneficiaries_waiting"),
    "pupils": Take(of="social_services.pupils"),
    "dropped_out": Take(of="social_services.dropped_out_rate", by="unit"),
    "vaccinated": Take(of="social_services.vaccinated_children"),
}
OWN = {
    "full": Definition(label="Bệnh viện từ 95% giường", formula="số bệnh viện có giường sử dụng / giường có từ 95%, ngày mới nhất đã báo",
                       basis="thiết kế (SS-02)", rows="facilities"),
    "cases_week": Definition(label="Ca bệnh tuần gần nhất", formula="ca khởi phát trong tuần ISO trọn gần nhất, đã qua 3 ngày chờ báo",
                             basis="thiết kế (SS-01)", rows="diseases", guests=False, casualties=True),
    "incidence_week": Definition(label="Ca bệnh trên 100.000 dân", formula="ca của tuần ISO trọn gần nhất / dân số danh mục đơn vị × 100.000",
                                 basis="SDG 3.3", rows="units", guests=False, casualties=True),
    "outbreaks": Definition(label="Bệnh vượt ngưỡng", formula="bệnh có ca tuần trên trung bình + 2 độ lệch chuẩn cùng tuần 5 năm trước",
                            basis="thiết kế (SS-01)", rows="diseases", guests=False),
}
DEFINITIONS = definitions_of(TAKES, OWN)

SPEC = Spec(
    key="social_services", number=9, title="Y tế, giáo dục và an sinh", short="Y tế, giáo dục, an sinh", streams=("social",),
    rows={"facilities": FacilityRow, "weeks": WeekRow, "unit_cases": UnitCasesRow, "batches": BatchRow},
    takes=TAKES, definitions=OWN, charts=("beds", "diseases", "payments", "cards"), slow=("weeks", "batches"), has_map=True,
)

_SHOWN = ("full", "outbreaks", "cases_week", "overdue", "by_account", "cccd", "dropped_out", "vaccinated")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel; counts of cases under five are the same for all of them, also in its tables."""
    facilities = sorted((_facility(r, moment.day) for r in rows["facilities"]), key=lambda f: (-(f["beds_pct"] or 0), f["facility_code"]))
    told = diseases(rows["weeks"], moment.day)
    units = [_unit(r, profile, moment.day) for r in rows["unit_cases"]]
    current = [f for f in facilities if f["beds_pct"] is not None and f["state"] != "offline"]
    judged = [d for d in told if d["limit"][-1] is not None]
    numbers = {
        "full": Number(value=sum(f["beds_pct"] >= FULL_PCT for f in current) if current else None, unit="hospitals", as_of=moment.at, better="down"),
        "outbreaks": Number(value=sum(d["over"] for d in judged) if judged else None, unit="diseases", as_of=moment.at, better="down"),
        **_week_numbers(rows, moment, profile),
    }
    return Figures(numbers=numbers, features=[f for f in map(_point, facilities) if f], tables={
        "facilities": facilities, "diseases": told, "units": units, "batches": _batches(rows["batches"], moment, profile)})


def _facility(row: FacilityRow, day: date) -> dict[str, Any]:
    beds_pct = 100 * (row.beds_occupied or 0) / row.beds_available if row.beds_available else None
    old = (day - row.day).days > (CLINIC_DAYS if beds_pct is None else HOSPITAL_DAYS)
    full = beds_pct or 0
    state = "offline" if old else "late" if full >= OVERFULL_PCT else "due" if full >= FULL_PCT else "open"
    return {**asdict(row), "beds_pct": beds_pct, "state": state}


def _unit(row: UnitCasesRow, profile: Profile, day: date) -> dict[str, Any]:
    """Cases of a unit, masked, and what they are of 100,000 people; None where the register knows no people there."""
    unit, cases = profile.units.at(row.unit_code, day), masked(row.cases)
    people = unit.population if unit else 0
    return {"unit_code": row.unit_code, "cases": cases, "incidence": round(100_000 * (cases or 0) / people, 1) if people else None}


def _week_numbers(rows: Rows, moment: Moment, profile: Profile) -> dict[str, Number]:
    """Cases of the newest whole week, together; None where nobody told, and 'few' under five."""
    week = [r for r in rows["weeks"] if r.first_day == whole_week(moment.day) and r.cases is not None]
    cases = sum(r.cases for r in week)
    few = is_few(cases)
    people = sum(u.population for u in profile.units_on(moment.day))
    values = {"cases_week": cases if week else None, "incidence_week": round(100_000 * cases / people, 1) if week and people else None}
    return {name: Number(value=None if few else value, unit="cases" if name == "cases_week" else "per 100,000", as_of=moment.at, better="down",
                         flags=("few",) if few else ()) for name, value in values.items()}


def _batches(rows: Sequence[BatchRow], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """The unpaid ones that are late first, the oldest on top, with the working days since; then those that are due soonest, then the paid."""
    made = [{**asdict(r), "kind": r.outcome or "on_time" if r.state == "paid" else "overdue" if r.due_at < moment.at else "waiting"} for r in rows]
    for b in made:
        b["late_days"] = days_overdue(profile.calendar, b["due_at"], moment.at) if b["kind"] == "overdue" else None
    return sorted(made, key=lambda b: (b["kind"] != "overdue", b["kind"] != "waiting", b["due_at"], b["unit_code"]))


def _point(facility: Mapping[str, Any]) -> dict[str, Any]:
    if facility["lon_deg"] is None:
        return {}
    place = [facility["lon_deg"], facility["lat_deg"]]
    return {"type": "Feature", "id": facility["facility_code"], "geometry": {"type": "Point", "coordinates": place}, "properties": {
        "kind": "facility", "state": facility["state"], "unit_code": facility["unit_code"], "day": facility["day"].isoformat(),
        "beds_occupied": facility["beds_occupied"], "beds_available": facility["beds_available"]}}


def point(properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> tuple[str, str]:
    """A hospital with its beds, or a clinic, and the day it told of."""
    unit = profile.unit_name(properties["unit_code"], day, words.language)
    told = words("báo ngày {day}", day=words.day(date.fromisoformat(properties["day"])))
    if not properties["beds_available"]:
        return words("Phòng khám, {unit}", unit=unit), told
    share = words.share(properties["beds_occupied"], properties["beds_available"])
    return words("Bệnh viện, {unit}", unit=unit), f"{words('giường {share}', share=share)} · {told}"


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words."""
    beds = snapshot.numbers["beds"]
    change = compared(beds, words)
    full = snapshot.numbers["full"].value
    nobody = words("Chưa bệnh viện nào báo giường") if full is None else words("{n} bệnh viện từ 95% giường", n=words.number(full))
    text = words.share(beds.numerator, beds.denominator)
    return Face(
        headline=text.removesuffix("%"),
        headline_unit=words("% giường đang dùng") if text.endswith("%") else words("giường bệnh đang dùng"),
        of="beds", comparison=change.text, trend=change.trend,
        sentence=_sentence(snapshot, words, profile) or nobody, guest_sentence=nobody, numbers=_numbers(snapshot, words),
        charts=_charts(snapshot, words, profile), shading=_shading(snapshot, words),
        lists=(_batch_list(snapshot, words, profile), _school_list(snapshot, words, profile)))


def _sentence(snapshot: Snapshot, words: Words, profile: Profile) -> str:
    """What is worst: an unusual disease, a full hospital, allowances that are late; '' = nothing."""
    first = next((d for d in snapshot.tables["diseases"] if d["over"]), None)
    if first:
        name = words(DISEASES.get(first["disease_code"], first["disease_code"]))
        return words("{disease}: {n} ca trong tuần, vượt ngưỡng", disease=name, n=said(first["newest"], words))
    if full := snapshot.numbers["full"].value:
        unit = next(f["unit_code"] for f in snapshot.tables["facilities"] if f["state"] in {"due", "late"})
        return words("{n} bệnh viện từ 95%: {unit}", n=words.number(full), unit=profile.unit_name(unit, snapshot.day, words.language)[:30])
    late = snapshot.numbers["overdue"].value
    return words("{n} đợt chi trả an sinh quá hạn", n=words.number(late)) if late else ""


def _numbers(snapshot: Snapshot, words: Words) -> list[Shown]:
    """The numbers of the page: few cases as '<5', and what was typed in says so."""
    made = labelled(DEFINITIONS, snapshot.numbers, _SHOWN, words)
    few = {name for name in ("cases_week", "incidence_week") if "few" in snapshot.numbers[name].flags}
    made = [s._replace(text=f"<{FEW}", beside="") if s.key in few else s for s in made]
    typed = {name for name, n in snapshot.numbers.items() if "manual" in n.flags}
    return [s._replace(beside=" · ".join(p for p in (s.beside, words("nhập tay")) if p)) if s.key in typed else s for s in made]


def _charts(snapshot: Snapshot, words: Words, profile: Profile) -> Mapping[str, Drawing]:
    tables = snapshot.tables
    names = _facility_names(tables["facilities"], snapshot.day, words, profile)
    beds = [f for f in tables["facilities"] if f["beds_pct"] is not None][:MOST_ROWS]
    cards = sorted((f for f in tables["facilities"] if f["cccd_visits"] is not None and (f["insurance_visits"] or 0) >= SMALL_SAMPLE
                    and f["state"] != "offline"), key=lambda f: f["cccd_visits"] / f["insurance_visits"])[:MOST_ROWS]
    told = tables["diseases"][:MOST_DISEASES]
    usual = any(limit is not None for d in told for limit in d["limit"])
    return {
        "beds": Gauge(title=words("Công suất sử dụng giường bệnh"), names=[names[f["facility_code"]] for f in beds],
                      values=[None if f["state"] == "offline" else f["beds_pct"] for f in beds], texts=[_beds_text(f, words) for f in beds],
                      tones=[_TONES[f["state"]] for f in beds],
                      marks=(Mark(value=FULL_PCT, text="95%"), Mark(value=OVERFULL_PCT, text="110%", role="bad"))),
        "diseases": Bands(title=words("Ca mỗi tuần; nền: mức thường gặp đến ngưỡng") if usual else words("Ca mỗi tuần; chưa đủ 3 năm để có ngưỡng"),
                          strips=disease_strips(told, words), shared=False),
        "payments": _calendar(tables["batches"], snapshot.day, words),
        "cards": Gauge(title=words("Khám BHYT bằng CCCD, cơ sở thấp nhất"), names=[names[f["facility_code"]] for f in cards],
                       values=[100 * f["cccd_visits"] / f["insurance_visits"] for f in cards], most=100,
                       texts=[words.share(f["cccd_visits"], f["insurance_visits"]) for f in cards]),
    }


_TONES: Mapping[str, Role] = {"open": "in", "due": "warn", "late": "bad", "offline": "base"}


def _beds_text(facility: Mapping[str, Any], words: Words) -> str:
    if facility["state"] == "offline":
        return words("không báo từ {day}", day=words.day(facility["day"]))
    return ("▲ " if facility["state"] != "open" else "") + words.share(facility["beds_occupied"], facility["beds_available"])


def _facility_names(facilities: Sequence[Mapping[str, Any]], day: date, words: Words, profile: Profile) -> dict[str, str]:
    """The unit's name, as a reader looks for it; with the facility's code where the unit has several."""
    several = {unit for unit, n in Counter(f["unit_code"] for f in facilities).items() if n > 1}
    named = {f["facility_code"]: profile.unit_name(f["unit_code"], day, words.language) for f in facilities}
    return {f["facility_code"]: named[f["facility_code"]] + (f" {f['facility_code']}" if f["unit_code"] in several else "") for f in facilities}


def _calendar(batches: Sequence[Mapping[str, Any]], day: date, words: Words) -> Chart:
    """Batches by the day on which they are due, two weeks back and ahead."""
    days = [day + timedelta(days=n) for n in range(-AROUND_DAYS, AROUND_DAYS + 1)] if batches else []
    count = Counter((b["due_on"], b["kind"]) for b in batches)
    kinds: tuple[tuple[str, str, Role], ...] = (("on_time", words("Đúng hạn"), "out"), ("late", words("Chi trễ"), "warn"),
                                                ("overdue", words("Quá hạn"), "bad"), ("waiting", words("Chưa đến hạn"), "base"))
    return Chart(kind="stack", title=words("Lịch chi trả an sinh, số đợt theo ngày"), guests=True, x=[words.day(d) for d in days], series=[
        Series(name=name, role=role, values=[count[d, kind] for d in days]) for kind, name, role in kinds])


def _shading(snapshot: Snapshot, words: Words) -> Shading:
    """Units by the incidence of the newest whole week."""
    told = [u for u in snapshot.tables["units"] if u["incidence"] is not None]
    texts = {u["unit_code"]: words("<5 ca") if u["cases"] == FEW_SHOWN else words(
        "{n} ca, {rate} trên 100.000 dân", n=words.number(u["cases"]), rate=words.number(u["incidence"], 1)) for u in told}
    return Shading(title=words("Ca bệnh trên 100.000 dân, tuần gần nhất"), values={u["unit_code"]: u["incidence"] for u in told}, texts=texts)


def _batch_list(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    """What is to be paid: late ones first, the oldest on top."""
    unpaid = [b for b in snapshot.tables["batches"] if b["state"] == "due"][:MOST_ROWS]
    return Listing(title=words("Đợt chi trả an sinh chưa chi"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="due", label=words("Hạn chi")),
        Column(key="people", label=words("Người hưởng"))), rows=[
        {"unit": profile.unit_name(b["unit_code"], snapshot.day, words.language),
         "due": words.day(b["due_on"]) + (f", {words('trễ {n} ngày', n=b['late_days'])}" if b["kind"] == "overdue" else ""),
         "people": words.number(b["beneficiaries_due"])} for b in unpaid])


def _school_list(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    """Units where most pupils leave, where there are enough pupils to compare."""
    told = sorted((r for r in snapshot.tables["by:dropped_out"] if r["value"] is not None and (r["denominator"] or 0) >= SMALL_SAMPLE),
                  key=lambda r: (-r["value"], r["unit_code"]))[:MOST_SCHOOLS]
    return Listing(title=words("Bỏ học nhiều nhất, từ đầu năm học"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="count", label=words("Bỏ học / học sinh")),
        Column(key="rate", label=words("Tỷ lệ"))), rows=[
        {"unit": profile.unit_name(r["unit_code"], snapshot.day, words.language),
         "count": f"{words.number(r['numerator'])} / {words.number(r['denominator'])}",
         "rate": words.share(r["numerator"], r["denominator"])} for r in told])
