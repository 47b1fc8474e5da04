"""What the panel of citizens' reports draws and lists: what is reported, where it lies, how long it takes."""

from datetime import date
from typing import Any

from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.pareto import Pareto
from ioc.panels.engine.charts.spans import Spans
from ioc.panels.engine.contract import Column, Listing, Shading, Snapshot
from ioc.panels.engine.drawing import Drawing
from ioc.panels.engine.wording import bucket_name, whole_days
from ioc.profiles import Profile
from ioc.words import NONE, Words

STAGES = ((("submitted", "reopened"), "Mới gửi, mở lại"), (("verified", "returned"), "Chờ phân công"), (("assigned",), "Đã phân công"),
          (("accepted",), "Đơn vị đã nhận"), (("in_progress",), "Đang xử lý"), (("needs_info", "paused"), "Chờ bổ sung, tạm dừng"))
"""States in which a report can lie, in the order of its life, those whose clock stands last; what an agency sent back waits for another."""
CHANNELS = {"app": "Ứng dụng", "web": "Cổng, trang web", "phone": "Tổng đài", "counter": "Trực tiếp", "zalo": "Zalo", "camera": "Camera",
            "email": "Thư điện tử", "open311": "Open311"}
MOST_KINDS = 5
"""As many as can be read in a sixth of a screen."""
LEAST_RESOLVED = 10
"""Of fewer, the time that nine in ten keep is that of the slowest."""


def charts(snapshot: Snapshot, words: Words, profile: Profile) -> dict[str, Drawing]:
    tables, trend = snapshot.tables, whole_days(snapshot, "trend")
    states = {r["state"]: r["reports"] for r in tables["states"]}
    channels = tables["channels"][:MOST_KINDS]
    return {
        "trend": Chart(kind="time", title=words("Tiếp nhận và xử lý theo ngày"), guests=True, x=[r["day"] for r in trend], series=(
            Series(name=words("Tiếp nhận"), role="in", values=[r["submitted"] for r in trend]),
            Series(name=words("Đã xử lý"), role="out", values=[r["resolved"] for r in trend]))),
        "categories": _categories(snapshot, words, profile),
        "states": Chart(kind="ranks", title=words("Phản ánh đang mở ở bước nào"), guests=True, x=[words(label) for _, label in STAGES], series=(
            Series(name=words("Phản ánh"), role="in", values=[sum(states.get(state, 0) for state in held) for held, _ in STAGES]),)),
        "ages": Chart(kind="bars", title=words("Đang mở theo số ngày từ lúc gửi"), guests=True,
                      x=[words("hôm nay") if r["bucket"] == "0" else bucket_name(r["bucket"], words) for r in tables["ages"]],
                      series=(Series(name=words("Phản ánh"), role="in", values=[r["reports"] for r in tables["ages"]]),)),
        "speeds": _speeds(snapshot, words, profile),
        "channels": Chart(kind="ranks", title=words("Kênh tiếp nhận, 30 ngày"), guests=True,
                          x=[words(CHANNELS[c["channel"]]) if c["channel"] in CHANNELS else c["channel"] for c in channels], series=(
                              Series(name=words("Phản ánh"), role="in", values=[c["submitted"] for c in channels]),)),
    }


def _categories(snapshot: Snapshot, words: Words, profile: Profile) -> Pareto:
    found = snapshot.tables["categories"]
    first = found[:MOST_KINDS]
    return Pareto(title=words("Lĩnh vực phản ánh, số và cộng dồn"), guests=True,
                  rows=[profile.category_name(c["category"], words.language) for c in first],
                  counts=[c["submitted"] for c in first], total=sum(c["submitted"] for c in found))


def _speeds(snapshot: Snapshot, words: Words, profile: Profile) -> Spans:
    """Of the kinds of which most were resolved, the slowest first."""
    found = [r for r in snapshot.tables["speeds"] if r["resolved"] >= LEAST_RESOLVED][:MOST_KINDS]
    found.sort(key=lambda r: -r["most_h"])
    return Spans(title=words("Giờ xử lý: ● trung vị, ◆ 9 trên 10"), guests=True,
                 rows=[profile.category_name(r["category"], words.language) for r in found],
                 usual=[r["usual_h"] for r in found], most=[r["most_h"] for r in found])


def lists(snapshot: Snapshot, words: Words, profile: Profile) -> tuple[Listing, Listing]:
    """Units with most overdue, and agencies, the one with the oldest overdue report first."""
    spots = {s["unit_code"]: s["hot_spots"] for s in snapshot.tables["hot_spots"]}
    sent = {s["unit_code"]: s["per_1000"] for s in snapshot.tables["sent"]}
    return Listing(title=words("Theo đơn vị"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="overdue", label=words("Quá hạn")),
        Column(key="open", label=words("Đang xử lý")), Column(key="sent", label=words("Mỗi 1.000 dân")),
        Column(key="spots", label=words("Điểm nóng"))),
        rows=[{"unit": profile.unit_name(u["unit_code"], snapshot.day, words.language), "overdue": words.number(u["overdue"]),
               "open": words.number(u["open"]), "sent": words.number(sent.get(u["unit_code"]), 2),
               "spots": words.number(spots.get(u["unit_code"], 0))} for u in snapshot.tables["units"][:8]],
    ), Listing(title=words("Theo cơ quan xử lý, lâu nhất trước"), columns=(
        Column(key="agency", label=words("Cơ quan"), number=False), Column(key="overdue", label=words("Quá hạn")),
        Column(key="open", label=words("Đang xử lý")), Column(key="oldest", label=words("Hạn gần nhất"))),
        rows=[{"agency": _agency(a, snapshot.day, words, profile), "overdue": words.number(a["overdue"]), "open": words.number(a["open"]),
               "oldest": _due(a, words)} for a in snapshot.tables["agencies"][:8]])


def _agency(agency: dict[str, Any], day: date, words: Words, profile: Profile) -> str:
    return profile.owner_name("", agency["org_code"], day, words.language) if agency["org_code"] else words("Chưa phân công")


def _due(agency: dict[str, Any], words: Words) -> str:
    if agency["oldest_days"] is not None:
        return words("quá {n} ngày", n=words.number(agency["oldest_days"]))
    return NONE if agency["left_h"] is None else words("còn {n} giờ", n=words.number(agency["left_h"], 1))


def shading(snapshot: Snapshot, words: Words) -> Shading | None:
    """Reports of 30 days by thousand residents."""
    known = [s for s in snapshot.tables["sent"] if s["per_1000"] is not None]
    if snapshot.jurisdiction:
        return None
    return Shading(title=words("Phản ánh mỗi 1.000 dân, 30 ngày"), values={s["unit_code"]: s["per_1000"] for s in known},
                   texts={s["unit_code"]: words("{rate} mỗi 1.000 dân ({n} phản ánh)", rate=words.number(s["per_1000"], 2),
                                                n=words.number(s["submitted"])) for s in known})
