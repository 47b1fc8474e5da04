"""A number's page in words: units, texts of rows and sums, what the sources' own counts say."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from ioc.api.figure_rows import Rows
from ioc.indicators.ledgers import LEDGERS
from ioc.indicators.reconcile import WHY, Clue, Difference, Reconciliation
from ioc.kpi.engine.contract import FLAGS
from ioc.panels.engine.casualties import FEW, is_few
from ioc.panels.engine.contract import Number, Snapshot
from ioc.panels.engine.wording import text_of
from ioc.profiles import Profile
from ioc.words import NONE, SMALL_SAMPLE, Words

UNITS = {
    "accounts": "tài khoản", "alerts": "cảnh báo", "appointments": "lượt bổ nhiệm", "arrivals": "lượt khách", "batches": "đợt", "bodies": "tổ chức",
    "bulletins": "bản tin", "calls": "lượt gọi", "cameras": "camera", "cases": "ca", "certificates": "chứng thư", "classes": "lớp", "days": "ngày",
    "decisions": "quyết định", "desks": "quầy", "devices": "thiết bị", "documents": "văn bản", "dossiers": "hồ sơ", "enterprises": "doanh nghiệp",
    "events": "sự kiện", "groups": "nhóm", "guests": "lượt khách lưu trú", "hours": "giờ", "incidents": "vụ", "indicators": "chỉ tiêu",
    "infographics": "ấn phẩm", "initiatives": "sáng kiến", "inspections": "cuộc thanh tra", "level": "cấp", "levels": "cấp",
    "lookups": "lượt tra cứu", "losses": "lần", "minutes": "phút", "models": "mô hình", "offices": "đơn vị",
    "people": "người", "per 100,000": "trên 100.000 dân",
    "persons": "người", "places": "bậc", "points": "điểm", "procedures": "thủ tục", "pupils": "học sinh", "rank": "hạng", "ranked": "đơn vị xếp hạng",
    "ratings": "lượt đánh giá", "ratio": "lần", "reports": "phản ánh", "revisions": "lần sửa", "s": "giây", "schools": "trường",
    "security events": "sự cố", "services": "dịch vụ", "sites": "điểm", "sessions": "phiên họp", "sluices": "cống", "stations": "trạm",
    "tasks": "nhiệm vụ",
    "teachers": "giáo viên", "texts": "văn bản", "tickets": "lượt", "tonnes": "tấn", "turns": "lượt", "units": "đơn vị", "USD mn": "triệu USD",
    "vehicles": "lượt xe", "vehicles/5min": "lượt xe/5 phút", "visits": "lượt khám", "VND": "đồng", "VND bn": "tỷ đồng",
    "VND mn/person": "triệu đồng/người", "year": "năm",
}
"""A unit of the figures → how the screen says it; any other (%, g/l, m, ha) says itself."""
COLUMNS = {"day": "Ngày", "hour": "Giờ", "month": "Tháng", "value": "Giá trị", "numerator": "Tử số", "denominator": "Mẫu số", "cases": "Số ca",
           "point_id": "Điểm", "category": "Lĩnh vực", "name": "Tên", "kind": "Loại", "state": "Trạng thái", "property": "Đại lượng",
           "told_at": "Báo lúc", "heard_at": "Nhận lúc", "open": "Đang giải quyết", "overdue": "Quá hạn", "waiting": "Đang chờ"}
NAMED = ("unit_code", "org_code")
MOST_ROWS = 200


class Eyes(NamedTuple):
    """Whose eyes the page is for. `screen`: nobody's in particular, so no code and no small number of casualties, which `people` says it counts."""

    screen: bool
    people: bool


class Table(NamedTuple):
    """A table in words. `head`: (label, whether its cells are numbers); `told`: whether it adds up, `alarm`: it should and does not."""

    caption: str
    head: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    told: str
    alarm: bool


def unit_of(unit: str, words: Words) -> str:
    return words(UNITS[unit]) if unit in UNITS else unit


def counted(value: float | None, eyes: Eyes, text: str) -> str:
    """A text of a value, unless that is hidden."""
    return f"<{FEW}" if hidden(value, eyes) else text


def hidden(value: float | None, eyes: Eyes) -> bool:
    """Whether a screen would count the dead or the sick on one hand with a value."""
    return eyes.screen and eyes.people and is_few(value)


def shown(number: Number, eyes: Eyes, words: Words) -> str:
    """A number as its panel shows it."""
    return counted(number.value, eyes, text_of(number, words))


def flags_of(number: Number, words: Words) -> list[str]:
    return [words(FLAGS.get(flag, flag)) for flag in number.flags]


def period_of(number: Number, words: Words) -> str:
    if number.first_day is None or number.last_day is None:
        return words("tại thời điểm")
    first, last = (f"{day:%d/%m/%Y}" for day in (number.first_day, number.last_day))
    return first if first == last else f"{first} – {last}"


def table_of(found: Rows, number: Number, snapshot: Snapshot, eyes: Eyes, words: Words, profile: Profile) -> Table:
    """Rows behind a number, in words."""
    if not found.by:
        return _plain_table(found, snapshot, eyes, words, profile)
    caption = words("Theo đơn vị") if found.by == "unit" else words("Theo cơ quan")
    is_rate = number.denominator is not None
    head = [(words("Đơn vị") if found.by == "unit" else words("Cơ quan"), False), (unit_of(number.unit, words), True)]
    head += [(words("Tử số"), True), (words("Mẫu số"), True)] if is_rate else []
    rows = [[_owner(row, found.by, snapshot, words, profile), _cell(row, number, eyes, words),
             *([over_of(row["numerator"], eyes, words), _plain(row["denominator"], words)] if is_rate else [])]
            for row in sorted(found.rows, key=lambda row: _rank(row, number))[:MOST_ROWS]]
    return Table(caption, head, rows, _told(found, number, eyes, words), found.sum == "differs")


def _owner(row: Mapping[str, Any], by: str, snapshot: Snapshot, words: Words, profile: Profile) -> str:
    """Whose row it is; an agency of a unit by its own name, where the rows are the agencies'."""
    unit, org = row.get("unit_code") or "", row.get("org_code") or ""
    return profile.owner_name("" if by == "agency" and org else unit, org, snapshot.day, words.language)


def _rank(row: Mapping[str, Any], number: Number) -> tuple[bool, float, str]:
    """The largest first, of a rate that should be high the lowest; a rate of few cases ranks with nobody (domain §0.8)."""
    few = row["denominator"] is not None and row["denominator"] < SMALL_SAMPLE
    value = row["value"] or 0
    return few, value if number.better == "up" and number.denominator is not None else -value, row["unit_code"] + row["org_code"]


def _cell(row: Mapping[str, Any], number: Number, eyes: Eyes, words: Words) -> str:
    return shown(msgspec.structs.replace(number, **{name: row[name] for name in ("value", "numerator", "denominator", "cases")}), eyes, words)


def over_of(value: float | None, eyes: Eyes, words: Words) -> str:
    """What a rate counts."""
    return counted(value, eyes, _plain(value, words))


def _plain(value: float | None, words: Words) -> str:
    return words.number(value, 0 if value is None or value == round(value) else 2)


def _told(found: Rows, number: Number, eyes: Eyes, words: Words) -> str:
    if found.sum == "none":
        return words("Số này không cộng được từ các dòng: nó được tính riêng cho từng phạm vi.")
    total = shown(msgspec.structs.replace(number, value=found.total), eyes, words) if found.total_under is None else (
        f"{_plain(found.total, words)} / {_plain(found.total_under, words)}")
    return _summed(found, total, words)


def _summed(found: Rows, total: str, words: Words) -> str:
    if found.sum == "agrees":
        return words("Cộng các dòng: {total}, khớp với số trên.", total=total)
    return words("Cộng các dòng: {total}, không khớp với số trên.", total=total)


def _plain_table(found: Rows, snapshot: Snapshot, eyes: Eyes, words: Words, profile: Profile) -> Table:
    """A table of the panel's own: plain values under the names of its columns; a screen is shown no codes."""
    first = found.rows[0] if found.rows else {}
    plain = [key for key, value in first.items() if not isinstance(value, dict | list) and key not in NAMED]
    keys = [key for key in plain if not (eyes.screen and (key == "subject" or key.endswith("_id")) and key != "point_id")]
    owned = any(name in first for name in NAMED)
    points = {point.code: point.name_en if words.language == "en" else point.name for point in profile.points}
    head = [(words("Đơn vị"), False)] if owned else []
    head += [(words(COLUMNS[key]) if key in COLUMNS else key.replace("_", " "), isinstance(first[key], int | float)) for key in keys]
    rows = []
    for row in found.rows[:MOST_ROWS]:
        owner = [_owner(row, found.by, snapshot, words, profile)] if owned else []
        rows.append([*owner, *(points.get(str(row[key])) or _text(row[key], eyes, words) for key in keys)])
    told = words("Các dòng này giải thích số trên, không cộng thành số trên.")
    if found.sum != "none":
        told = _summed(found, counted(found.total, eyes, _plain(found.total, words)), words)
    return Table(words("Các dòng phía sau"), head, rows, told, found.sum == "differs")


def _text(value: Any, eyes: Eyes, words: Words) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return words("có") if value else words("không")
    if isinstance(value, int | float):
        return counted(value, eyes, _plain(value, words))
    return f"{value:%d/%m/%Y}" if type(value) is date else words.minute(value) if hasattr(value, "tzinfo") else str(value)


class Control(NamedTuple):
    """A day against its sources in words. `lines`: one a difference; `agrees` None = nothing could be compared."""

    text: str
    agrees: bool | None
    lines: Sequence[str]


def control_of(found: Reconciliation, may_see: Callable[[str, str], bool], words: Words, profile: Profile) -> Control:
    """What the sources' own counts say of a day. `may_see`: whether the reader is shown the codes of a unit."""
    day = f"{found.day:%d/%m/%Y}"
    if found.told_at is None:
        return Control(words("Nguồn chưa gửi số đối chiếu."), None, ())
    if not found.compared:
        return Control(words("Số đối chiếu của nguồn không so sánh được."), None, ())
    if not found.differences:
        return Control(words("Khớp nguồn {time}, số liệu ngày {day}.", time=words.time(found.told_at), day=day), agrees=True, lines=())
    text = words("Lệch {n} phản ánh so với nguồn, số liệu ngày {day}.", n=found.gap, day=day) if found.stream == "report" else words(
        "Lệch {n} hồ sơ so với nguồn, số liệu ngày {day}.", n=found.gap, day=day)
    lines = [_difference(d, found, words, profile, codes=may_see(found.stream, d.unit_code)) for d in found.differences]
    return Control(text, agrees=False, lines=lines)


def _difference(d: Difference, found: Reconciliation, words: Words, profile: Profile, *, codes: bool) -> str:
    unit = profile.owner_name(d.unit_code, d.unit_code, found.day, words.language) if d.unit_code else words("toàn tỉnh")
    measure = words(LEDGERS[found.stream].measures[d.measure])
    text = words("{unit}, {measure}: nguồn {told}, hệ thống {ours}", unit=unit, measure=measure, told=words.number(d.told), ours=words.number(d.ours))
    named = [_clue(clue, words) for clue in d.clues] if codes else []
    return f"{text} · {'; '.join(named)}" if named else text


def _clue(clue: Clue, words: Words) -> str:
    return f"{clue.subject} ({words(WHY[clue.why])})"
