"""Hạ tầng số và an ninh mạng: which source is silent, which portal or service fails, what threatens, and how the centre itself gets on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.moment import Moment
from ioc.panels import _platform_pictures as pictures
from ioc.panels._platform_grid import HOUR, HOURS, HeardRow, HoursRow, first_hour, grid
from ioc.panels.engine.contract import Column, Definition, Face, Figures, Listing, Number, Rows, Snapshot, Spec, Take
from ioc.panels.engine.freshness import ORDER, Freshness, Heard, freshness
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import labelled, text_of
from ioc.profiles import Profile
from ioc.words import Words


@dataclass(frozen=True, slots=True)
class ServicesRow:
    service: str
    calls: int
    errors: int
    p95_ms: int | None


@dataclass(frozen=True, slots=True)
class PortalsRow:
    portal: str
    hour: datetime
    probes: int
    down: int


@dataclass(frozen=True, slots=True)
class LagRow:
    hour: datetime
    lag: int


@dataclass(frozen=True, slots=True)
class CertificatesRow:
    unit_code: str
    holder_kind: str
    expires_on: date
    certificates: int


@dataclass(frozen=True, slots=True)
class InsecureRow:
    severity: int
    events: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class LettersRow:
    topic: str
    reason: str
    messages: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class HaltsRow:
    lost: int
    paused: int


@dataclass(frozen=True, slots=True)
class PulseRow:
    sinks: int
    waiting: int | None


def _of(key: str, **more: Any) -> Take:
    return Take(of=f"digital_platform.{key}", **more)


TAKES: Mapping[str, Take] = {
    "fresh": _of("fresh_rate"),
    "portal_up": _of("portal_up_rate", against="yesterday"),
    "calls": _of("api_calls", against="yesterday"),
    "call_errors": _of("api_error_rate", against="yesterday"),
    "call_p95_ms": _of("api_p95_ms"),
    "certificates_expiring": _of("certificates_expiring_30"),
    "security_open": _of("security_open"),
    "security_open_high": _of("security_open_high"),
    "dead_letters_open": _of("dead_letters_open"),
    "consumer_lag": _of("consumer_lag"),
    "ingest_delay": _of("ingest_delay_p95_s"),
}
OWN = {
    "waiting": Definition(label="Tin nhắn chờ trung tâm đọc", formula="tổng số tin nhắn mà các tiến trình ghi chưa đọc, nghe trong 15 phút qua",
                          basis="thiết kế"),
    "lost": Definition(label="Sự kiện mất, chưa kết luận", formula="số vị trí bị mất ở hàng đợi, chưa ai đóng (ioc gaps)", basis="thiết kế"),
    "paused": Definition(label="Luồng tạm dừng đọc", formula="số phân vùng ngừng đọc vì quá nửa tin nhắn hỏng, chờ người cho chạy lại",
                         basis="thiết kế"),
}

SPEC = Spec(
    key="digital_platform",
    number=7,
    title="Hạ tầng số và an ninh mạng",
    short="Hạ tầng, an ninh mạng",
    streams=("platform",),
    rows={"hours": HoursRow, "heard": HeardRow, "services": ServicesRow, "portals": PortalsRow, "lag": LagRow, "certificates": CertificatesRow,
          "insecure": InsecureRow, "letters": LettersRow, "halts": HaltsRow, "pulse": PulseRow},
    definitions=OWN,
    takes=TAKES,
    slow=("hours",),
    charts=("grid", "portals", "services", "delay", "lag"),
)

DEFINITIONS = definitions_of(TAKES, OWN)
HOLDERS = {"organisation": "Cơ quan", "person": "Cá nhân", "device": "Thiết bị"}
SEVERITIES = {4: "4 – nghiêm trọng", 3: "3 – cảnh báo", 2: "2 – chú ý", 1: "1 – thông tin", 0: "Chưa phân mức"}
REASONS = {"schema": "Sai khuôn dạng", "attribute": "Sai thuộc tính", "bytes": "Không đọc được", "no_cloudevent": "Không phải CloudEvents",
           "no_data": "Không có nội dung", "time": "Sai thời gian", "type": "Không rõ loại"}
_SHOWN = ("call_errors", "security_open", "certificates_expiring", "dead_letters_open", "waiting", "ingest_delay", "lost", "paused")
_LISTED = 5


def snapshot(rows: Rows, moment: Moment, profile: Profile) -> Figures:
    """The panel's tables, and what the centre says of itself."""
    halts: HaltsRow = rows["halts"][0]
    pulse: PulseRow = rows["pulse"][0]
    heard: Sequence[HeardRow] = rows["heard"]
    return Figures(
        numbers={"waiting": Number(value=pulse.waiting, unit="messages", as_of=moment.at, better="down"),
                 "lost": Number(value=halts.lost, unit="events", as_of=moment.at, better="down"),
                 "paused": Number(value=halts.paused, unit="partitions", as_of=moment.at, better="down")},
        tables={
            "grid": grid(rows["hours"], heard, moment, profile),
            "sources": [_source(f) for f in _sources(heard, moment, profile)],
            "portals": _portals(rows["portals"], moment),
            "flow": _flow(rows["hours"], rows["lag"], moment),
            "services": [{"service": r.service, "calls": r.calls, "errors": r.errors, "p95_ms": r.p95_ms} for r in rows["services"]],
            "certificates": [{"unit_code": r.unit_code, "holder_kind": r.holder_kind, "expires_on": r.expires_on, "certificates": r.certificates,
                              "days": (r.expires_on - moment.day).days} for r in rows["certificates"]],
            "insecure": [{"severity": r.severity, "events": r.events, "oldest_at": r.oldest_at}
                         for r in sorted(rows["insecure"], key=lambda r: -r.severity)],
            "letters": [{"topic": r.topic, "reason": r.reason, "messages": r.messages, "oldest_at": r.oldest_at} for r in rows["letters"]],
        })


def _sources(heard: Sequence[HeardRow], moment: Moment, profile: Profile) -> list[Freshness]:
    """All sources of the profile, as their own panels would call them, the worst first."""
    said = [Heard(stream=h.stream, source=h.source, last_occurred_at=h.occurred_at, last_recorded_at=h.heard_at, simulated=False) for h in heard]
    found = freshness(profile, sorted({c.stream for c in profile.file.sources}), said, min(moment.at, moment.known))
    return sorted(found, key=lambda f: (-ORDER.index(f.state), f.heard_at.timestamp() if f.heard_at else 0))


def _source(found: Freshness) -> dict[str, Any]:
    return {"stream": found.stream, "source": found.source, "name": found.name, "name_en": found.name_en, "state": found.state,
            "heard_at": found.heard_at}


def _portals(rows: Sequence[PortalsRow], moment: Moment) -> list[dict[str, Any]]:
    """One row per portal and hour, those with most probes unanswered first; an hour in which nobody looked has 0 probes."""
    down: dict[str, int] = {}
    for r in rows:
        down[r.portal] = down.get(r.portal, 0) + r.down
    told = {(r.portal, r.hour): r for r in rows}
    hours = [first_hour(moment) + n * HOUR for n in range(HOURS)]
    return [{"portal": portal, "hour": hour, "probes": seen.probes if (seen := told.get((portal, hour))) else 0, "down": seen.down if seen else 0}
            for portal in sorted(down, key=lambda p: (-down[p], p)) for hour in hours]


def _flow(hours: Sequence[HoursRow], lags: Sequence[LagRow], moment: Moment) -> list[dict[str, Any]]:
    """Per hour: the slowest source's delay and the readers' lag, None where nothing came or nobody told."""
    lag = {r.hour: r.lag for r in lags}
    delay: dict[datetime, float] = {}
    for r in hours:
        if r.delay_p95_s is not None:
            delay[r.hour] = max(delay.get(r.hour, 0.0), r.delay_p95_s)
    shown = [first_hour(moment) + timedelta(hours=n) for n in range(HOURS)]
    return [{"hour": h, "delay_p95_s": round(delay[h], 3) if h in delay else None, "lag": lag.get(h)} for h in shown]


def render(snapshot: Snapshot, words: Words, profile: Profile) -> Face:
    """The panel in words: the centre is as good as what it hears, so its sources stand first."""
    numbers, sources = snapshot.numbers, snapshot.tables["sources"]
    fresh = numbers["fresh"]
    known = fresh.numerator is not None and fresh.denominator
    late = sum(s["state"] != "fresh" for s in sources)
    return Face(
        headline=f"{words.number(fresh.numerator)} / {words.number(fresh.denominator)}" if known else words.number(None),
        headline_unit=words("nguồn cập nhật đúng hạn"),
        comparison=words("Cổng hoạt động hôm nay: {share}", share=text_of(numbers["portal_up"], words)),
        sentence=_sentence(sources, snapshot, words),
        guest_sentence=words("{n} nguồn chậm hoặc chưa có số liệu", n=words.number(late)),
        of="fresh",
        numbers=labelled(DEFINITIONS, numbers, _SHOWN, words),
        charts={"grid": pictures.sources(snapshot, words), "portals": pictures.portals(snapshot, words),
                "services": pictures.services(snapshot, words), "delay": pictures.delay(snapshot, words), "lag": pictures.lag(snapshot, words)},
        lists=(_insecure(snapshot, words), _letters(snapshot, words), _certificates(snapshot, words, profile)),
    )


def _sentence(sources: Sequence[Mapping[str, Any]], snapshot: Snapshot, words: Words) -> str:
    if not sources or sources[0]["state"] == "fresh":
        return words("Mọi nguồn cập nhật đúng hạn")
    found = sources[0]
    if found["heard_at"] is None:
        return words("{source}: chưa có số liệu", source=pictures.source_name(found, words))
    return words("{source}: im lặng {time}", source=pictures.source_name(found, words), time=_lasting(snapshot.at - found["heard_at"], words))


def _lasting(span: timedelta, words: Words) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return words("{n} phút", n=minutes)
    return words("{n} giờ", n=minutes // 60) if minutes < 48 * 60 else words("{n} ngày", n=minutes // 1440)


def _insecure(snapshot: Snapshot, words: Words) -> Listing:
    none = {"severity": words("Không có sự cố"), "events": words.number(0), "since": words.number(None)}
    return Listing(title=words("Sự cố an ninh mạng chưa khống chế"), guests=True, columns=(
        Column(key="severity", label=words("Mức"), number=False), Column(key="events", label=words("Sự cố")),
        Column(key="since", label=words("Từ lúc"))),
        rows=[{"severity": words(SEVERITIES.get(r["severity"], SEVERITIES[0])), "events": words.number(r["events"]),
               "since": words.minute(r["oldest_at"])} for r in snapshot.tables["insecure"]] or [none])


def _certificates(snapshot: Snapshot, words: Words, profile: Profile) -> Listing:
    return Listing(title=words("Chứng thư sắp hết hạn"), columns=(
        Column(key="unit", label=words("Đơn vị"), number=False), Column(key="holder", label=words("Chủ thể"), number=False),
        Column(key="count", label=words("Số lượng")), Column(key="days", label=words("Còn, ngày"))),
        rows=[{"unit": profile.owner_name(r["unit_code"], "", snapshot.day, words.language) if r["unit_code"] else words("Cấp tỉnh"),
               "holder": words(HOLDERS[r["holder_kind"]]) if r["holder_kind"] in HOLDERS else r["holder_kind"] or words.number(None),
               "count": words.number(r["certificates"]), "days": words.number(r["days"]) if r["days"] >= 0 else words("đã hết hạn")}
              for r in snapshot.tables["certificates"][:_LISTED]])


def _letters(snapshot: Snapshot, words: Words) -> Listing:
    """What was refused, and where a person mends and sends it again: there is no page for it, only the command."""
    none = {"topic": words("Không có tin nhắn bị loại"), "reason": words.number(None), "count": words.number(0), "since": words.number(None)}
    return Listing(title=words("Tin nhắn bị loại, xử lý bằng lệnh ioc dead-letters"), columns=(
        Column(key="topic", label=words("Luồng"), number=False), Column(key="reason", label=words("Lý do"), number=False),
        Column(key="count", label=words("Số lượng")), Column(key="since", label=words("Cũ nhất"))),
        rows=[{"topic": r["topic"], "reason": words(REASONS[r["reason"]]) if r["reason"] in REASONS else r["reason"],
               "count": words.number(r["messages"]), "since": words.minute(r["oldest_at"])} for r in snapshot.tables["letters"][:_LISTED]] or [none])
