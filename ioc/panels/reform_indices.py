"""Chỉ số cải cách hành chính và chất lượng phục vụ: the score of QĐ 766 on trial beside the published one, indices and ranks as published."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from ioc.moment import Moment
from ioc.panels._trial766 import Trial, trial
from ioc.panels.engine.charts.bump import Bump, Place, Ranked
from ioc.panels.engine.charts.losses import Part, Reached, Step, Waterfall
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Listing, Number, Rows, Shown, Snapshot, Spec, Take
from ioc.panels.engine.named import indicator_name
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import labelled
from ioc.profiles import Profile
from ioc.words import Words


@dataclass(frozen=True, slots=True)
class PublishedRow:
    unit_code: str
    day: date
    score: float | None


@dataclass(frozen=True, slots=True)
class RanksRow:
    indicator_id: str
    unit_code: str
    org_code: str
    year: int
    rank: int | None
    out_of: int | None
    manual: bool
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class MissingRow:
    indicator_id: str
    unit_code: str
    org_code: str
    period: str
    days: int


INDICES = {"par_index": "PAR INDEX", "sipas": "SIPAS", "papi": "PAPI", "pci": "PCI", "dti": "DTI"}
LEAGUES = ("par_index_unit", "par_index_agency")
PROVINCE_DIGITS = 2
"""Of a province's code (decision 124/2004/QĐ-TTg): what another one aimed at is history that nobody here owes."""
LISTED = 8

TAKES = {
    "published766": Take(of="reform_indices.score_766"),
    "published766_age_d": Take(of="reform_indices.score_766_age_d"),
    "published766_change": Take(of="reform_indices.score_766_change"),
    "published766_rank": Take(of="reform_indices.score_766_rank"),
    "published766_out_of": Take(of="reform_indices.score_766_out_of"),
    **{f"{index}{part}": Take(of=f"reform_indices.{index}{part}") for index in INDICES
       for part in ("", "_rank", "_out_of", "_moved", "_change", "_year")},
    "par_plan": Take(of="reform_indices.par_plan"),
    "typed_in": Take(of="reform_indices.typed_in", period="year_to_date"),
    "published_differs": Take(of="reform_indices.published_differs", period="year_to_date"),
    "missing": Take(of="reform_indices.missing"),
}
_LAW = "QĐ 766/QĐ-TTg (23/06/2022)"
_OWN = {
    "trial766": Definition(label="Điểm 766 – tính thử", formula="tổng điểm các tiêu chí có số liệu, lũy kế năm", basis=_LAW, rows="groups766"),
    "trial766_out_of": Definition(label="Điểm tính được", formula="tổng điểm tối đa của các tiêu chí có số liệu", basis=_LAW, rows="groups766"),
    "trial766_difference": Definition(label="Tính thử so với công bố", formula="điểm tính thử − điểm công bố, khi đủ số liệu của mọi tiêu chí",
                                      basis="thiết kế (§0.9)", rows="groups766"),
    "trial766_gap": Definition(label="Còn thiếu tới bậc trên", formula="ngưỡng điểm của bậc trên − điểm tính thử", basis="thiết kế",
                               rows="groups766"),
}

SPEC = Spec(
    key="reform_indices",
    number=4,
    title="Chỉ số cải cách hành chính và chất lượng phục vụ",
    short="Cải cách hành chính",
    streams=("indicator", "dossier", "report", "service", "platform"),
    rows={"published": PublishedRow, "ranks": RanksRow, "missing": MissingRow},
    definitions=_OWN,
    takes=TAKES,
    asked={"trial": trial},
    charts=("groups", "losses", "ranks", "league"),
)
DEFINITIONS = definitions_of(TAKES, _OWN)
_SHOWN = ("trial766", "trial766_out_of", "published766", "published766_change", "trial766_difference", "trial766_gap", "par_plan", "missing",
          "published_differs", "typed_in")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Figures of the panel; those of the trial are None where no criterion has figures."""
    whole = {"", *(unit.code for unit in profile.units if unit.level == "province")}
    found: Trial | None = next(iter(rows.get("trial", ())), None)
    published: Sequence[PublishedRow] = rows["published"]
    scores = {row.day: row.score for row in published if row.unit_code in whole}
    newest = scores[max(scores)] if scores else None
    difference = round(found.points - newest, 2) if found and found.grade and newest is not None else None
    values = {"trial766": found.points if found else None, "trial766_out_of": found.out_of if found else None,
              "trial766_difference": difference, "trial766_gap": found.gap if found else None}
    ranks: Sequence[RanksRow] = rows["ranks"]
    return Figures(
        numbers={name: Number(value=value, unit="points", as_of=moment.at) for name, value in values.items()},
        tables={
            "trial766": [{"grade": found.grade, "next_grade": found.next_grade, "most": found.most}] if found else [],
            "groups766": [asdict(group) for group in found.groups] if found else [],
            "losses766": [asdict(loss) for loss in found.losses] if found else [],
            "published": [{"day": day.isoformat(), "score": score} for day, score in sorted(scores.items())],
            "ranks": [asdict(row) | {"unit_code": "" if row.unit_code in whole else row.unit_code} for row in ranks if _ours(row, whole)],
            "missing": [asdict(row) for row in rows["missing"] if len(row.unit_code) != PROVINCE_DIGITS or row.unit_code in whole][:LISTED],
        })


def _ours(row: RanksRow, whole: set[str]) -> bool:
    """A province's index is only ours where it is told of ourselves: other provinces stand in the same history."""
    return row.indicator_id in LEAGUES or (row.unit_code in whole and not row.org_code)


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: the score on trial, the published one beside it, and where points were lost."""
    points = snapshot.numbers["trial766"]
    difference = snapshot.numbers["trial766_difference"].value
    return Face(
        headline=words.number(points.value, 2),
        headline_unit=_out_of(snapshot, words),
        of="trial766",
        comparison=_published(snapshot, words),
        trend="" if difference is None else "up" if difference > 0 else "down" if difference < 0 else "flat",
        sentence=_grade(snapshot, words),
        numbers=_numbers(snapshot, words),
        charts={
            "groups": _groups(snapshot, words), "losses": _losses(snapshot, words),
            "ranks": Bump(title=words("Hạng theo năm, như công bố"), ranked=list(_indices(snapshot)), guests=True),
            "league": Bump(title=words("Hạng CCHC của đơn vị, như công bố"), ranked=_league(snapshot, words, profile)),
        },
        lists=(_annual(snapshot, words), _missing(snapshot, words, profile)),
    )


def _numbers(snapshot: Snapshot, words: Words) -> list[Shown]:
    """The panel's numbers; the two whose labels begin with the same forty letters have short ones."""
    short = {"published766": words("Điểm 766 công bố"), "published766_change": words("Thay đổi điểm công bố")}
    return [n._replace(label=short.get(n.key, n.label)) for n in labelled(DEFINITIONS, snapshot.numbers, _SHOWN, words)]


def _out_of(snapshot: Snapshot, words: Words) -> str:
    known = snapshot.numbers["trial766_out_of"].value
    return words("điểm 766 – tính thử") if known is None else words("/{most} điểm 766 – tính thử", most=words.number(known))


def _published(snapshot: Snapshot, words: Words) -> str:
    """The published score with its day, and the difference where the trial is of all points."""
    numbers = snapshot.numbers
    score, age_d, difference = numbers["published766"].value, numbers["published766_age_d"].value, numbers["trial766_difference"].value
    if score is None or age_d is None:
        return words("Chưa có điểm công bố")
    day = snapshot.day - timedelta(days=int(age_d))
    said = words("Công bố {day}: {score}", day=f"{day:%d/%m/%Y}", score=words.number(score, 2))
    rank, out_of = numbers["published766_rank"].value, numbers["published766_out_of"].value
    said += "" if rank is None or out_of is None else " · " + words("hạng {rank}/{out_of}", rank=f"{rank:g}", out_of=f"{out_of:g}")
    return said if difference is None else f"{said} · " + words("lệch {n}", n=_signed(difference, words))


def _signed(value: float, words: Words) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + words.number(abs(value), 2)


def _grade(snapshot: Snapshot, words: Words) -> str:
    found = snapshot.tables["trial766"]
    if not found:
        return words("Chưa có số liệu để tính thử")
    known = snapshot.numbers["trial766_out_of"].value or 0
    if not found[0]["grade"]:
        return words("Chưa xếp loại: {n} điểm chưa có số liệu", n=words.number(found[0]["most"] - known))
    gap = snapshot.numbers["trial766_gap"].value
    if gap is None:
        return words("Xếp loại: {grade}", grade=_graded(found[0]["grade"], words))
    return words("Xếp loại: {grade}; còn {n} điểm tới {above}", grade=_graded(found[0]["grade"], words), n=words.number(gap, 2),
                 above=_graded(found[0]["next_grade"], words))


def _graded(grade: str, words: Words) -> str:
    """A grade in the reader's language; one of the profile's own as it is."""
    return {"Xuất sắc": words("Xuất sắc"), "Tốt": words("Tốt"), "Khá": words("Khá"), "Trung bình": words("Trung bình"),
            "Yếu": words("Yếu")}.get(grade, grade)


def _groups(snapshot: Snapshot, words: Words) -> Reached:
    parts = [Part(name=g["name_en"] if words.language == "en" else g["name"], reached=g["points"], lost=round(g["out_of"] - g["points"], 2),
                  unknown=g["most"] - g["out_of"], text=f"{words.number(g['points'] if g['out_of'] else None, 2)} / {words.number(g['most'])}")
             for g in snapshot.tables["groups766"]]
    return Reached(title=words("Điểm theo nhóm; gạch chéo: chưa có số liệu"), parts=parts, guests=True)


def _losses(snapshot: Snapshot, words: Words) -> Waterfall:
    """From the points that could be computed down: the four greatest losses, the others together."""
    losses = snapshot.tables["losses766"]
    points, known = snapshot.numbers["trial766"].value, snapshot.numbers["trial766_out_of"].value
    if points is None or known is None:
        return Waterfall(title=words("Mất điểm ở đâu"), steps=(), guests=True)
    rest = round(known - points - sum(loss["points"] for loss in losses[:4]), 2)
    steps = [Step(name=words("Điểm tính được"), points=known, kind="whole", text=words.number(known)),
             *(Step(name=loss["name"], points=loss["points"], kind="lost", text=f"−{words.number(loss['points'], 2)}") for loss in losses[:4]),
             Step(name=words("Tiêu chí khác"), points=rest, kind="lost", text=f"−{words.number(rest, 2)}")]
    left = Step(name=words("Tính thử"), points=points, kind="left", text=words.number(points, 2))
    return Waterfall(title=words("Mất điểm ở đâu"), steps=[*(step for step in steps if step.points > 0), left], guests=True)


def _indices(snapshot: Snapshot) -> Iterator[Ranked]:
    for index, name in INDICES.items():
        rows = [row for row in snapshot.tables["ranks"] if row["indicator_id"] == index]
        if places := _places(rows):
            yield Ranked(name=name, places=places)


def _places(rows: Sequence[Mapping[str, Any]]) -> list[Place]:
    return [Place(year=r["year"], rank=r["rank"], out_of=r["out_of"]) for r in sorted(rows, key=lambda r: int(r["year"])) if r["rank"] is not None]


def _league(snapshot: Snapshot, words: Words, profile: Profile) -> list[Ranked]:
    """The six best places of the newest year of each league, with their years before, as published."""
    held: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in snapshot.tables["ranks"]:
        if row["indicator_id"] in LEAGUES and row["rank"] is not None:
            held[row["indicator_id"], row["unit_code"], row["org_code"]].append(row)
    newest = max((row["year"] for rows in held.values() for row in rows), default=0)
    best = sorted((rows for rows in held.values() if rows[-1]["year"] == newest), key=lambda rows: (rows[-1]["rank"], rows[-1]["unit_code"]))
    return [Ranked(name=_owner(rows[-1], _end(newest), words, profile), places=_places(rows)) for rows in best[:6]]


def _owner(row: Mapping[str, Any], day: date, words: Words, profile: Profile) -> str:
    """Name of whoever was ranked; ranks are older than the register, whose first unit of the code is the one that was ranked."""
    first = profile.units.first_after(row["unit_code"], day)
    return profile.owner_name(row["unit_code"], row["org_code"], first.valid_from if first else day, words.language)


def _end(year: int) -> date:
    return date(year, 12, 31)


def _annual(snapshot: Snapshot, words: Words) -> Listing:
    typed = {row["indicator_id"]: row for row in snapshot.tables["ranks"] if row["manual"]}
    rows = []
    for index, name in INDICES.items():
        value, rank, out_of, moved, change, year = (
            snapshot.numbers[index + part] for part in ("", "_rank", "_out_of", "_moved", "_change", "_year"))
        if year.value is None:
            continue
        by_hand = typed.get(index) if "manual" in value.flags else None
        rows.append({
            "index": name, "year": f"{year.value:g}", "value": words.number(value.value, 2),
            "rank": words.number(None) if rank.value is None else f"{rank.value:g}" + (f"/{out_of.value:g}" if out_of.value is not None else ""),
            "moved": _moved(moved.value, change.value, words), "told": _told(by_hand, words) if "manual" in value.flags else "",
        })
    note = (Column(key="told", label=words("Ghi chú"), number=False),) if any(row["told"] for row in rows) else ()
    return Listing(title=words("Chỉ số năm đã công bố"), columns=(
        Column(key="index", label=words("Chỉ số"), number=False), Column(key="year", label=words("Năm")), Column(key="value", label=words("Giá trị")),
        Column(key="rank", label=words("Hạng")), Column(key="moved", label=words("Thay đổi")), *note), rows=rows, guests=True)


def _moved(places: float | None, change: float | None, words: Words) -> str:
    """Movement in places where ranks can be compared, else of the value."""
    if places is not None:
        return words("▲ {n} bậc", n=f"{places:g}") if places > 0 else words("▼ {n} bậc", n=f"{-places:g}") if places < 0 else "="
    return words.number(None) if change is None else _signed(change, words)


def _told(row: Mapping[str, Any] | None, words: Words) -> str:
    if row is None or row["approved_on"] is None:
        return words("nhập tay")
    return words("nhập tay, duyệt {day}", day=f"{row['approved_on']:%d/%m/%Y}")


def _missing(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    def place(row: Mapping[str, Any]) -> str:
        known = row["unit_code"] or row["org_code"]
        return profile.owner_name(row["unit_code"], row["org_code"], snapshot.day, words.language) if known else words("Toàn tỉnh")

    return Listing(title=words("Chỉ tiêu quá hạn số liệu"), columns=(
        Column(key="indicator", label=words("Chỉ tiêu"), number=False), Column(key="place", label=words("Đơn vị"), number=False),
        Column(key="period", label=words("Kỳ")), Column(key="days", label=words("Số ngày quá hạn"))),
        rows=[{"indicator": indicator_name(profile, r["indicator_id"], words.language), "place": place(r), "period": r["period"],
               "days": words.number(r["days"] - 30)} for r in snapshot.tables["missing"]])
