"""Lives of dossiers as a one-stop system keeps them, the records it would give at any moment, and what becomes of these."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import LOCAL
from ioc.pull.dvcqg import ADAPTER
from ioc.pull.engine.contract import Adapter, Context, Fact, Known
from ioc.pull.engine.events import records
from ioc.pull.engine.reading import folded
from ioc.pull.engine.store import Owed
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.fold import Folded, fold, initial
from ioc.streams.engine.registry import streams
from tests.rules import RULES

CODE = "000.00.04.H51-261102-0001"
START = datetime(2026, 11, 2, 1, tzinfo=UTC)
NEXT = {"1": "22357", "2": "44456778", "3": "", "4": "44566999978", "5": "44478", "6": "44978", "7": "", "8": "", "9": "X", "X": ""}
STATES = {"1": "submitted", "2": "received", "3": "refused", "4": "processing", "5": "awaiting_supplement", "6": "awaiting_payment",
          "7": "withdrawn", "8": "stopped", "9": "result_ready", "X": "returned"}


def stamp(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%Y%m%d%H%M%S")


@dataclass
class Life:
    """A dossier's true life: (moment, state) in order; `tells`: which optional fields its source fills in."""

    turns: list[tuple[datetime, str]]
    tells: frozenset[str]
    shift: timedelta = timedelta(days=1)
    progress: list[dict[str, Any]] = field(default_factory=list)

    def received_at(self, at: datetime) -> datetime | None:
        turns = [(t, s) for t, s in self.turns if t <= at and s in "24"]
        return turns[0][0] if turns else None

    def name(self, at: datetime) -> str:
        """State of the projection that is true at a moment."""
        state = [s for t, s in self.turns if t <= at][-1]
        return "awaiting_intake" if state == "5" and self.received_at(at) is None else STATES[state]

    def record(self, at: datetime) -> dict[str, Any]:
        """What the source says at a moment."""
        past = [(t, s) for t, s in self.turns if t <= at]
        state, received = past[-1][1], self.received_at(at)
        found: dict[str, Any] = {"MaHoSo": CODE, "MaTTHC": "1.004946", "KenhThucHien": "1", "DonViXuLy": "000.00.04.H51",
                                 "ChuHoSo": "Nguyễn Văn Mười", "TrangThaiHoSo": "10" if state == "X" else state}
        if past[0][1] == "1" and "NgayNopHoSo" in self.tells:
            found["NgayNopHoSo"] = stamp(past[0][0])
        if received:
            found["NgayTiepNhan"] = stamp(received)
            found["NgayHenTra"] = stamp(self.due_at(at))
        ends = [t for t, s in past if s in "3789"]
        if ends and "NgayKetThucXuLy" in self.tells:
            found["NgayKetThucXuLy"] = stamp(ends[-1])
        if state == "X" and "NgayTra" in self.tells:
            found["NgayTra"] = stamp(past[-1][0])
        if "DanhSachHoSoBoSung" in self.tells and (rows := self.supplements(at)):
            found["DanhSachHoSoBoSung"] = rows
        return found

    def due_at(self, at: datetime) -> datetime:
        """The deadline moves on by `shift` with each supplement met after reception."""
        received = self.received_at(at)
        assert received
        met = [t for (t, _), (_, before) in zip(self.turns[1:], self.turns, strict=False) if before == "5" and received < t <= at]
        return received + timedelta(days=10) + self.shift * len(met)

    def supplements(self, at: datetime) -> list[dict[str, Any]]:
        rows, due = [], None
        for n, (t, state) in enumerate(self.turns):
            if state != "5" or t > at:
                continue
            given = next((u for u, _ in self.turns[n + 1: n + 2] if u <= at), None)
            row = {"NgayBoSung": stamp(t), "NguoiYeuCauBoSung": "Trần Thị Chín"}
            if self.received_at(t):
                due = due or self.due_at(t)
                row["NgayHenTraTruoc"] = stamp(due)
            if given and self.turns[n + 1][1] not in "78":
                row["NgayTiepNhanBoSung"] = stamp(given)
                if due and self.received_at(t):
                    due += self.shift
                    row["NgayHenTraMoi"] = stamp(due)
            rows.append(row)
        return rows


def lived(seed: int) -> Life:
    """A random true life, and a source that fills in some fields and leaves others empty."""
    random = Random(seed)
    at, state = START, random.choice("112")
    turns = [(at, state)]
    while NEXT[state] and len(turns) < 12:
        choices = NEXT[state]
        if state == "5" and not any(s in "24" for _, s in turns):
            choices = "12"
        at += timedelta(seconds=random.choice([1, 60, 3600, 40_000, 90_000]))
        state = random.choice(choices)
        turns.append((at, state))
    fields = ("NgayNopHoSo", "NgayKetThucXuLy", "NgayTra", "DanhSachHoSoBoSung")
    return Life(turns, frozenset(f for f in fields if random.random() < 0.6), timedelta(days=random.choice([0, 1, 4])))


class Watcher:
    """Polls one subject the way the engine does, and keeps what was published."""

    def __init__(self, adapter: Adapter = ADAPTER, orgs: dict[str, str] | None = None) -> None:
        self.adapter, self.orgs = adapter, orgs or {}
        self.known: dict[str, Known] = {}
        self.published: list[Owed] = []
        self.facts: list[Fact] = []

    def see(self, raw: dict[str, Any], at: datetime) -> list[str]:
        """Facts published for a record that is read at a moment."""
        context = Context(observed_at=at, org_of=lambda text, _: self.orgs.get(folded(text), ""), unit_of=lambda org, _: {"000.00.04.H51": "31507"}.get(org, ""))
        names = []
        for clean in self.adapter.door(raw, None):
            subject = self.adapter.subject(clean)
            seen = self.adapter.see(clean, self.known.get(subject, Known()), context)
            self.published += records(seen.facts, stream=self.adapter.stream, source="/test/pull", subject=subject, context=context, simulated=False)
            self.known[subject] = seen.known
            self.facts += seen.facts
            names += [fact.fact for fact in seen.facts]
        return names

    def events(self) -> list[Event[Any]]:
        return decoded(self.published)

    def folded(self) -> Folded:
        projection = streams()[self.adapter.stream].projection
        assert projection
        return fold(projection, initial(projection), sorted(self.events(), key=lambda e: e.order), RULES)


def decoded(published: Sequence[Owed]) -> list[Event[Any]]:
    decoders = {stream.topic: decoder(stream) for stream in streams().values()}
    return [
        decoders[o.topic](Message(topic=o.topic, partition=0, offset=n, timestamp_ms=0, key=o.key, headers=o.headers, value=o.value),
                          datetime(2027, 1, 1, tzinfo=UTC))
        for n, o in enumerate(published)
    ]
