"""Dịch vụ công trực tuyến, thanh toán và số hóa: how far people come online, who is behind, which services nobody uses."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ioc.moment import Moment
from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.charts.funnel import Funnel
from ioc.panels.engine.charts.shares import Shares
from ioc.panels.engine.charts.waffle import Kind, Waffle
from ioc.panels.engine.contract import Column, Face, Figures, Listing, Rows, Shading, Snapshot, Spec, Take
from ioc.panels.engine.drawing import COLOURS, RAMP, Role
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import compared, labelled
from ioc.profiles import Profile
from ioc.words import SMALL_SAMPLE, Words


@dataclass(frozen=True, slots=True)
class ServicesRow:
    level: str
    integrated: bool
    used: bool | None
    paid: bool | None
    services: int


@dataclass(frozen=True, slots=True)
class ChannelsRow:
    week: date
    channel: str
    received: int


@dataclass(frozen=True, slots=True)
class UnusedRow:
    service_code: str
    unit_code: str
    org_code: str
    dossiers: int


@dataclass(frozen=True, slots=True)
class UnsyncedRow:
    unit_code: str
    dossiers: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class TargetsRow:
    indicator_id: str
    unit_code: str
    org_code: str
    target: float


TAKES = {
    "full_online_rate": Take(of="online_services.full_online_rate", period="year_to_date", against="year", by="agency"),
    "online_rate": Take(of="online_services.online_rate", period="year_to_date", against="year"),
    "online_payment_rate": Take(of="online_services.online_payment_rate", period="year_to_date", against="year"),
    "electronic_result_rate": Take(of="online_services.electronic_result_rate", period="year_to_date"),
    "digitised_rate": Take(of="online_services.digitised_rate", period="year_to_date"),
    "reused_rate": Take(of="online_services.reused_rate", period="year_to_date"),
    "used_rate": Take(of="online_services.used_rate", period="year_to_date"),
    "unused_full": Take(of="online_services.unused_full", period="year_to_date"),
    "sync_rate": Take(of="online_services.sync_rate", period="year_to_date"),
    "services": Take(of="online_services.services"),
    "integrated_rate": Take(of="online_services.integrated_rate"),
    "payable_rate": Take(of="online_services.payable_rate"),
    "unsynced": Take(of="online_services.unsynced"),
    "unsynced_over_24": Take(of="online_services.unsynced_over_24"),
    "received_online": Take(of="online_services.received_online", against="yesterday"),
    "lookups": Take(of="online_services.lookups", against="yesterday"),
}

SPEC = Spec(
    key="online_services",
    number=3,
    title="Dịch vụ công trực tuyến, thanh toán và số hóa",
    short="Dịch vụ công trực tuyến",
    streams=("dossier", "service", "platform"),
    rows={"services": ServicesRow, "channels": ChannelsRow, "unused": UnusedRow, "unsynced": UnsyncedRow, "targets": TargetsRow},
    definitions={},
    takes=TAKES,
    charts=("channels", "owners", "steps", "catalogue"),
    slow=("services", "channels", "unused"),
    has_map=True,
)
DEFINITIONS = definitions_of(TAKES)

TARGETS = {"full_online_dossiers": "full_online_rate", "online_dossiers": "online_rate", "online_payment": "online_payment_rate"}
"""Indicator that a target is set for → the number that shows it."""

CHANNELS: Mapping[str, Role] = {"online": "in", "app": "out", "zalo": "warn", "counter": "base", "post": "quiet"}
KINDS: Mapping[tuple[str, bool], str] = {
    ("full", True): COLOURS["out"], ("full", False): COLOURS["warn"], ("partial", True): RAMP[5], ("partial", False): RAMP[3],
    ("", False): COLOURS["base"],
}
"""Level ('' = information alone) and whether it is on the national portal → its colour."""

_SHOWN = ("full_online_rate", "online_rate", "online_payment_rate", "used_rate", "unused_full", "integrated_rate", "electronic_result_rate",
          "digitised_rate", "sync_rate", "unsynced_over_24")


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """Tables of the panel; its numbers are all taken."""
    whole = {"", *(unit.code for unit in profile.units if unit.level == "province")}
    targets: Sequence[TargetsRow] = rows["targets"]
    tables = {name: [asdict(row) for row in rows[name]] for name in ("services", "unused")}
    tables["channels"] = _weeks(rows["channels"])
    tables["unsynced"] = [{"unit_code": r.unit_code, "dossiers": r.dossiers, "hours": int((moment.at - r.oldest_at).total_seconds() // 3600)}
                          for r in rows["unsynced"]]
    return Figures(numbers={}, tables=tables, targets={TARGETS[t.indicator_id]: t.target for t in targets
                                                       if t.unit_code in whole and not t.org_code})


def _weeks(rows: Sequence[ChannelsRow]) -> list[dict[str, Any]]:
    """Per week how many came by each channel; a week without a dossier has no shares."""
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row.week][row.channel] += row.received
    return [{"week": week.isoformat(), "received": sum(counts.values()), **{channel: counts[channel] for channel in CHANNELS}}
            for week, counts in sorted(found.items())]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: how far people come online, against the target and the year before; who is behind."""
    rate = snapshot.numbers["full_online_rate"]
    change = compared(rate, words)
    owners = _owners(snapshot, words, profile)
    plain = _plain(snapshot, words)
    return Face(
        headline=words.share(rate.numerator, rate.denominator),
        headline_unit=words("hồ sơ trực tuyến toàn trình"),
        of="full_online_rate",
        comparison=change.text, trend=change.trend, turn=change.turn,
        sentence=words("{unit}: {share} trực tuyến", unit=owners[0]["name"], share=owners[0]["text"]) if owners else plain,
        guest_sentence=plain,
        numbers=labelled(DEFINITIONS, snapshot.numbers, _SHOWN, words),
        charts={"channels": _channels(snapshot, words), "owners": _bars(owners, rate.target, words), "steps": _steps(snapshot, words),
                "catalogue": _catalogue(snapshot, words)},
        lists=_lists(snapshot, words, profile),
        shading=_shading(owners, words),
    )


def _plain(snapshot: Snapshot, words: Words) -> str:
    """How far the target is, or where none is set, how many services nobody uses: without a unit's name."""
    rate, unused = snapshot.numbers["full_online_rate"], snapshot.numbers["unused_full"]
    if rate.value is not None and rate.target is not None:
        gap = rate.target - rate.value
        target = words.number(rate.target, 0 if rate.target == round(rate.target) else 2)
        if gap > 0:
            return words("Mục tiêu {target}%: còn thiếu {n} điểm phần trăm", target=target, n=words.number(gap, 2))
        return words("Đạt mục tiêu {target}%", target=target)
    if unused.value and snapshot.numbers["used_rate"].value is not None:
        return words("{n} dịch vụ toàn trình chưa có hồ sơ", n=words.number(unused.value))
    return words("Chưa có mục tiêu trong năm")


def _owners(snapshot: Snapshot, words: Words, profile: Profile) -> list[dict[str, Any]]:
    """Units, and agencies without one, of enough dossiers, the lowest rate first."""
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0])
    for row in snapshot.tables["by:full_online_rate"]:
        if row["denominator"]:
            owner = sums[row["unit_code"], "" if row["unit_code"] else row["org_code"]]
            owner[0] += row["numerator"] or 0
            owner[1] += row["denominator"]
    found = [{"unit_code": unit, "name": profile.owner_name(unit, org, snapshot.day, words.language), "rate": 100 * part / of,
              "text": words.share(part, of)} for (unit, org), (part, of) in sums.items() if of >= SMALL_SAMPLE]
    return sorted(found, key=lambda owner: (owner["rate"], owner["name"]))


def _bars(owners: Sequence[Mapping[str, Any]], target: float | None, words: Words) -> Shares:
    lowest = owners[:8]
    return Shares(
        title=words("Đơn vị thấp nhất (% toàn trình)"), names=[o["name"] for o in lowest], values=[o["rate"] for o in lowest],
        texts=[o["text"] for o in lowest], target=target, target_text=words("mục tiêu {n}", n=f"{target:g}%") if target is not None else "")


def _shading(owners: Sequence[Mapping[str, Any]], words: Words) -> Shading:
    units = [o for o in owners if o["unit_code"]]
    return Shading(title=words("Tỷ lệ hồ sơ trực tuyến toàn trình (%)"), values={o["unit_code"]: o["rate"] for o in units},
                   texts={o["unit_code"]: o["text"] for o in units}, most=100)


def _channels(snapshot: Snapshot, words: Words) -> Chart:
    weeks = snapshot.tables["channels"]
    days = [date.fromisoformat(week["week"]) for week in weeks]
    names = {"online": words("Cổng DVC"), "app": words("Ứng dụng"), "zalo": words("Zalo"), "counter": words("Trực tiếp"),
             "post": words("Bưu chính công ích")}
    series = [Series(name=names[channel], role=role, values=[round(100 * week[channel] / week["received"], 2) for week in weeks])
              for channel, role in CHANNELS.items() if any(week[channel] for week in weeks)]
    return Chart(kind="stack", title=words("Kênh tiếp nhận (% theo tuần)"), x=[f"{day.day}/{day.month}" for day in days],
                 series=series, guests=True)


def _steps(snapshot: Snapshot, words: Words) -> Funnel:
    """Services on offer, of them online, of these on the national portal, of these with a dossier that came online, of these with one paid."""
    rows = snapshot.tables["services"]
    online = [r for r in rows if r["level"] in {"full", "partial"}]
    integrated = [r for r in online if r["integrated"]]
    told = any(r["used"] is not None for r in online)
    counts: list[int | None] = [sum(r["services"] for r in some) for some in (rows, online, integrated)]
    counts += [sum(r["services"] for r in integrated if r[step]) if told else None for step in ("used", "paid")]
    names = (words("Cung cấp"), words("Nộp trực tuyến"), words("Tích hợp DVCQG"), words("Có hồ sơ"), words("Có thanh toán"))
    texts = [words.number(n) if step == 0 or n is None else f"{words.number(n)} · {words.share(n, counts[0])}" for step, n in enumerate(counts)]
    return Funnel(title=words("Dịch vụ dùng đến đâu, 90 ngày"), steps=names, values=counts if rows else [None] * 5, texts=texts, guests=True)


def _catalogue(snapshot: Snapshot, words: Words) -> Waffle:
    sums: Counter[tuple[str, bool]] = Counter()
    for row in snapshot.tables["services"]:
        online = row["level"] in {"full", "partial"}
        sums[row["level"] if online else "", row["integrated"] and online] += row["services"]
    names = (words("Toàn trình, đã tích hợp"), words("Toàn trình, chưa tích hợp"), words("Một phần, đã tích hợp"),
             words("Một phần, chưa tích hợp"), words("Cung cấp thông tin"))
    kinds = [Kind(name=name, text=words.number(sums[key]), count=sums[key], colour=colour)
             for name, (key, colour) in zip(names, KINDS.items(), strict=True)]
    return Waffle(title=words("Dịch vụ theo mức độ"), kinds=kinds, guests=True)


def _lists(snapshot: Snapshot, words: Words, profile: Profile) -> tuple[Listing, ...]:
    def owner(row: Mapping[str, Any]) -> str:
        return profile.owner_name(row["unit_code"], row.get("org_code", ""), snapshot.day, words.language)

    unused = Listing(
        title=words("Toàn trình, 90 ngày không có hồ sơ trực tuyến"),
        columns=(Column(key="service", label=words("Dịch vụ"), number=False), Column(key="owner", label=words("Cơ quan"), number=False),
                 Column(key="dossiers", label=words("Hồ sơ giấy"))),
        rows=[{"service": r["service_code"], "owner": owner(r), "dossiers": words.number(r["dossiers"])} for r in snapshot.tables["unused"]])
    unsynced = Listing(
        title=words("Chưa đồng bộ Cổng DVCQG, lâu nhất trước"),
        columns=(Column(key="owner", label=words("Đơn vị"), number=False), Column(key="dossiers", label=words("Hồ sơ")),
                 Column(key="hours", label=words("Số giờ"))),
        rows=[{"owner": owner(r), "dossiers": words.number(r["dossiers"]), "hours": words.number(r["hours"])} for r in snapshot.tables["unsynced"]])
    return unused, unsynced
