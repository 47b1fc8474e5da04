"""Văn bản điện tử và nhiệm vụ được giao: which agency is behind with its tasks, which documents lie, who sits in the conference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.calendar.deadlines import days_overdue
from ioc.moment import Moment
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.charts.parts import Parts
from ioc.panels.engine.contract import Column, Face, Figures, Listing, Rows, Snapshot, Spec, Take
from ioc.panels.engine.drawing import Role, short
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import compared, labelled, last_month, text_of, whole_days
from ioc.profiles import Profile
from ioc.words import Words


@dataclass(frozen=True, slots=True)
class BacklogRow:
    unit_code: str
    org_code: str
    open: int
    overdue: int
    due_soon: int
    unseen: int
    oldest_due_at: datetime | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    urgency: str
    stage: str
    age: int
    documents: int
    late: int


@dataclass(frozen=True, slots=True)
class LettersRow:
    unit_code: str
    org_code: str
    unregistered: int
    overdue: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DaysRow:
    day: date
    sent: int
    arrived: int


@dataclass(frozen=True, slots=True)
class BurndownRow:
    basis: str
    day: date
    open: int


@dataclass(frozen=True, slots=True)
class SessionsRow:
    meeting_id: str
    started_at: datetime | None
    running: bool
    connected: int
    lost: int
    attended: int
    absent: int
    invited: int


def _of(key: str, **more: Any) -> Take:
    return Take(of=f"documents_tasks.{key}", **more)


FIVE: tuple[tuple[str, str, Role], ...] = (
    ("on_time", "Đúng hạn", "out"), ("late", "Xong trễ", "warn"), ("in_time", "Trong hạn", "in"),
    ("unacknowledged", "Chưa nhận", "quiet"), ("overdue", "Quá hạn", "bad"),
)
"""The five groups of the report on tasks: number, its short name, its colour."""

TAKES: Mapping[str, Take] = {
    "overdue": _of("tasks_overdue", period="month", against="yesterday", by="agency"),
    **{name: _of(f"tasks_{name}", period="month", by="agency") for name in ("on_time", "late", "in_time", "unacknowledged")},
    "due_soon": _of("tasks_due_soon", period="month"),
    "unacknowledged_late": _of("tasks_unacknowledged_late", period="month"),
    "on_time_rate": _of("tasks_on_time_rate", period="month", against="before"),
    "arrived": _of("arrived", against="yesterday"),
    "sent": _of("sent", against="yesterday"),
    "unregistered_late": _of("unregistered_late", period="month"),
    "documents_overdue": _of("overdue", period="month"),
    "registered_rate": _of("registered_on_time_rate", period="month", against="before"),
    "signed_rate": _of("signed_rate", period="month", against="before"),
    "points_connected": _of("points_connected"),
    "points_lost": _of("points_lost"),
    "sessions_running": _of("sessions_running"),
    "work_files": _of("work_files_online_rate", period="year", against="year"),
}

SPEC = Spec(
    key="documents_tasks",
    number=5,
    title="Văn bản điện tử và nhiệm vụ được giao",
    short="Văn bản, nhiệm vụ",
    streams=("document", "task", "meeting"),
    rows={"backlog": BacklogRow, "waiting": WaitingRow, "letters": LettersRow, "days": DaysRow, "burndown": BurndownRow, "sessions": SessionsRow},
    definitions={},
    takes=TAKES,
    slow=("days", "burndown", "sessions"),
    charts=("groups", "waiting", "burndown", "days", "sessions"),
)

DEFINITIONS = definitions_of(TAKES)
URGENCIES = {"express": "Hỏa tốc", "very_urgent": "Th. khẩn", "urgent": "Khẩn", "normal": "Thường"}
BASES = {"NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "KH": "Kế hoạch", "TB": "Thông báo", "CV": "Công văn", "CĐ": "Công điện"}
_AGES = (("waiting", 0, "<4 giờ"), ("waiting", 1, "4–24 giờ"), ("waiting", 2, ">24 giờ"),
         ("overdue", 0, "quá hạn"), ("overdue", 1, ">3 ngày"))
_SHOWN = ("due_soon", "unacknowledged_late", "on_time_rate", "unregistered_late", "documents_overdue", "registered_rate", "work_files",
          "points_connected")
_LISTED, _DRAWN = 6, 5
_BURNING = range(60, -1, -2)
"""Days ago at whose end the tasks left of a resolution are counted: a question of two months costs half as much at every second day."""


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """The panel's tables: backlogs oldest first, documents by urgency and age, tasks left of the largest resolutions, conferences."""
    backlog: Sequence[BacklogRow] = rows["backlog"]
    letters: Sequence[LettersRow] = rows["letters"]
    waiting: Sequence[WaitingRow] = rows["waiting"]
    sessions: Sequence[SessionsRow] = rows["sessions"]
    return Figures(numbers={}, tables={
        "backlog": [{"unit_code": r.unit_code, "org_code": r.org_code, "open": r.open, "overdue": r.overdue, "due_soon": r.due_soon,
                     "unseen": r.unseen, "basis": r.basis, "days": _late_days(r.oldest_due_at, moment, profile)}
                    for r in sorted(backlog, key=lambda r: _first(r.oldest_due_at, r.overdue, r.due_soon, r.unit_code, r.org_code))],
        "letters": [{"unit_code": r.unit_code, "org_code": r.org_code, "unregistered": r.unregistered, "overdue": r.overdue,
                     "days": _late_days(r.oldest_due_at, moment, profile)}
                    for r in sorted(letters, key=lambda r: _first(r.oldest_due_at, r.overdue, r.unregistered, r.unit_code, r.org_code))],
        "waiting": [{"urgency": r.urgency, "stage": r.stage, "age": r.age, "documents": r.documents, "late": r.late} for r in waiting],
        "days": last_month(moment.day, ("sent", "arrived"), [DaysRow(moment.day, 0, 0), *rows["days"]]),
        "burndown": _burndown(rows["burndown"], moment.day),
        "sessions": [{"started_at": r.started_at, "running": r.running, "connected": r.connected, "lost": r.lost, "attended": r.attended,
                      "absent": r.absent, "invited": r.invited} for r in sessions],
    })


def _first(oldest: datetime | None, *rest: Any) -> tuple[Any, ...]:
    """What was due first stands first; where nothing is late, what has more of it."""
    late, soon, *names = rest
    return (oldest is None, oldest.timestamp() if oldest else 0, -late, -soon, *names)


def _late_days(due_at: datetime | None, moment: Moment, profile: Profile) -> int | None:
    return days_overdue(profile.calendar, due_at, moment.at) if due_at else None


def _burndown(rows: Sequence[BurndownRow], day: date) -> list[dict[str, Any]]:
    """Tasks left per paper and every second day: nothing known before its first task, 0 after its last."""
    found: dict[str, dict[date, int]] = {}
    for r in rows:
        found.setdefault(r.basis, {})[r.day] = r.open
    days = [day - timedelta(days=n) for n in _BURNING]
    return [{"basis": basis, "day": d.isoformat(), "open": left.get(d, 0) if d >= min(left) else None}
            for basis, left in found.items() for d in days]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: a leader asks which agency owes what, so agencies stand first."""
    numbers = snapshot.numbers
    change = compared(numbers["overdue"], words)
    owners = _owners(snapshot, words, profile)
    return Face(
        headline=words.number(numbers["overdue"].value),
        headline_unit=words("nhiệm vụ quá hạn"),
        comparison=change.text,
        trend=change.trend,
        turn=change.turn,
        sentence=_sentence(numbers["overdue"].value, owners, words),
        guest_sentence=words("Đúng hạn trong tháng: {share}", share=text_of(numbers["on_time_rate"], words)),
        of="overdue",
        numbers=labelled(DEFINITIONS, numbers, _SHOWN, words),
        charts={"groups": _groups(owners, words), "waiting": _matrix(snapshot, words), "burndown": _left(snapshot, words),
                "days": _documents(snapshot, words), "sessions": _conferences(snapshot, words)},
        lists=(_tasks(snapshot, words, profile), _letters(snapshot, words, profile)),
    )


def _sentence(overdue: float | None, owners: Sequence[tuple[str, Mapping[str, float]]], words: Words) -> str:
    if overdue is None:
        return words("Chưa có số liệu")
    if not overdue or not owners:
        return words("Không có nhiệm vụ quá hạn")
    name, groups = owners[0]
    return words("{unit}: {n} quá hạn", unit=name, n=words.number(groups["overdue"]))


def _owners(snapshot: Snapshot, words: Words, profile: Profile) -> list[tuple[str, Mapping[str, float]]]:
    """(name, tasks by group) of each agency, the one with most overdue first."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for group, _, _ in FIVE:
        for row in snapshot.tables[f"by:{group}"]:
            found.setdefault((row["unit_code"], row["org_code"]), dict.fromkeys((g for g, _, _ in FIVE), 0.0))[group] = row["value"] or 0
    ranked = sorted(found.items(), key=lambda o: (-o[1]["overdue"], -o[1]["unacknowledged"], -sum(o[1].values()), o[0]))
    return [(profile.owner_name(unit, org, snapshot.day, words.language), groups) for (unit, org), groups in ranked]


def _groups(owners: Sequence[tuple[str, Mapping[str, float]]], words: Words) -> Parts:
    shown = [(name, groups) for name, groups in owners if sum(groups.values())][:_DRAWN]
    return Parts(title=words("Nhiệm vụ theo cơ quan: xong trong tháng và chưa xong"), rows=short([name for name, _ in shown], 34), parts=[
        Series(name=words(label), role=role, values=[groups[group] for _, groups in shown]) for group, label, role in FIVE])


def _matrix(snapshot: Snapshot, words: Words) -> Heat:
    """Cells by how many are late; their text says how many there are, and how many of them late."""
    found = {(r["urgency"], r["stage"], r["age"]): r for r in snapshot.tables["waiting"]}
    cells = [[found.get((urgency, stage, age)) for urgency in URGENCIES] for stage, age, _ in _AGES]
    return Heat(
        title=words("Văn bản chờ tiếp nhận và quá hạn"), rows=[words(text) for _, _, text in _AGES],
        columns=[words(text) for text in URGENCIES.values()], alarm=1, guests=True,
        values=[[c["late"] if c else 0 if found else None for c in row] for row in cells],
        texts=[[_cell(c, words) if c else "" for c in row] for row in cells])


def _cell(cell: Mapping[str, Any], words: Words) -> str:
    of, late = words.number(cell["documents"]), words.number(cell["late"])
    return of if not cell["late"] or cell["stage"] == "overdue" else words("{n}, {late} chậm", n=of, late=late)


def _left(snapshot: Snapshot, words: Words) -> Chart:
    rows = snapshot.tables["burndown"]
    roles: tuple[Role, ...] = ("in", "warn", "out")
    bases = list(dict.fromkeys(r["basis"] for r in rows))
    return Chart(kind="time", title=words("Nhiệm vụ còn lại theo văn bản"), x=list(dict.fromkeys(r["day"] for r in rows)),
                 guests=True, series=[Series(name=basis, role=role, values=[r["open"] for r in rows if r["basis"] == basis])
                                      for basis, role in zip(bases, roles, strict=False)])


def _documents(snapshot: Snapshot, words: Words) -> Chart:
    days = whole_days(snapshot, "days")
    return Chart(kind="time", title=words("Văn bản đến và đi theo ngày"), x=[r["day"] for r in days], guests=True, series=(
        Series(name=words("Đến"), role="in", values=[r["arrived"] for r in days]),
        Series(name=words("Đi"), role="out", values=[r["sent"] for r in days])))


def _conferences(snapshot: Snapshot, words: Words) -> Parts:
    rows = snapshot.tables["sessions"]
    parts: tuple[tuple[str, str, Role], ...] = (
        ("connected", "Đang kết nối", "in"), ("lost", "Mất kết nối", "bad"), ("attended", "Đã dự", "out"), ("absent", "Vắng", "warn"),
        ("invited", "Chưa vào", "quiet"))
    return Parts(title=words("Điểm cầu theo phiên họp"), guests=True,
                 rows=[_begun(r, words) for r in rows],
                 parts=[Series(name=words(label), role=role, values=[r[key] for r in rows]) for key, label, role in parts])


def _begun(session: Mapping[str, Any], words: Words) -> str:
    said = words.minute(session["started_at"])
    at = said[:5] + said[10:]  # without its year
    return words("{at}, đang họp", at=at) if session["running"] else at


def _tasks(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    rows = [r for r in snapshot.tables["backlog"] if r["overdue"] or r["due_soon"]][:_LISTED]
    return Listing(title=words("Nhiệm vụ tồn đọng, cũ nhất trước"), columns=(
        Column(key="unit", label=words("Cơ quan"), number=False), Column(key="basis", label=words("Căn cứ giao"), number=False),
        Column(key="days", label=words("Số ngày quá hạn")), Column(key="overdue", label=words("Quá hạn")),
        Column(key="due_soon", label=words("Trong 1 ngày"))),
        rows=[{"unit": _owner(r, snapshot, words, profile), "basis": _basis(r, words), "days": words.number(r["days"]),
               "overdue": words.number(r["overdue"]), "due_soon": words.number(r["due_soon"])} for r in rows])


def _basis(row: Mapping[str, Any], words: Words) -> str:
    return words(BASES.get(row["basis"] or "", "Văn bản khác")) if row["overdue"] else words.number(None)


def _letters(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    return Listing(title=words("Văn bản chậm, cũ nhất trước"), columns=(
        Column(key="unit", label=words("Cơ quan"), number=False), Column(key="days", label=words("Số ngày chậm")),
        Column(key="unregistered", label=words("Chậm tiếp nhận")), Column(key="overdue", label=words("Quá hạn"))),
        rows=[{"unit": _owner(r, snapshot, words, profile), "days": words.number(r["days"]), "unregistered": words.number(r["unregistered"]),
               "overdue": words.number(r["overdue"])} for r in snapshot.tables["letters"][:_DRAWN]])


def _owner(row: Mapping[str, Any], snapshot: Snapshot, words: Words, profile: Profile) -> str:
    return profile.owner_name(row["unit_code"], row["org_code"], snapshot.day, words.language)
