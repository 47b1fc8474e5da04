"""From the records of a dossier to the events of its life: states 1–10 of the national portal, told moments, deadlines, fees."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from ioc.clock import local_day
from ioc.errors import InputError
from ioc.pull._dvcqg_record import Record, read_record
from ioc.pull.engine.contract import Clean, Context, Fact, Known, Seen, Step
from ioc.pull.engine.life import Life, Placed, Told, end_state, numbered, place, walked
from ioc.pull.engine.reading import moment, past
from ioc.streams.dossier import STREAM

Data = dict[str, Any]

# TrangThaiHoSo → states in which it is true and the fact that enters them, the one to be reached first.
TARGETS: Mapping[str, Mapping[str, str]] = {
    "1": {"submitted": "submitted"},
    "2": {"received": "received", "processing": "transferred"},
    "3": {"refused": "refused"},
    "4": {"processing": "transferred"},
    "5": {"awaiting_supplement": "supplement_requested"},
    "6": {"awaiting_payment": "payment_requested"},
    "7": {"withdrawn": "withdrawn"},
    "8": {"stopped": "stopped"},
    "9": {"result_ready": "result_ready"},
    "10": {"returned": "result_returned"},
}
_BEFORE_RECEPTION = {"awaiting_intake": "supplement_requested"}
# Fact → the source's fields that tell its moment (the first given counts), the states in which they mean it.
TOLD = {
    "submitted": (("NgayNopHoSo",), frozenset(TARGETS)),
    "received": (("NgayTiepNhan",), frozenset(TARGETS)),
    "refused": (("NgayTuChoi", "NgayKetThucXuLy"), frozenset({"3"})),
    "withdrawn": (("NgayKetThucXuLy",), frozenset({"7"})),
    "stopped": (("NgayKetThucXuLy",), frozenset({"8"})),
    "result_ready": (("NgayKetThucXuLy",), frozenset({"9", "10"})),
    "result_returned": (("NgayTra",), frozenset({"10"})),
}
_ASKED = frozenset({"awaiting_supplement", "awaiting_intake"})
_GIVEN = frozenset({"submitted", "received", "processing"})
_RESUMES = frozenset({"supplemented", "paid", "resumed", "result_ready"})
_SUSPENDED = frozenset({"awaiting_supplement", "awaiting_payment", "suspended"})
_BRIDGES = ("submitted", "received", "transferred", "supplemented", "paid", "supplement_requested", "payment_requested", "result_ready",
            "result_returned", "refused", "withdrawn", "stopped")
assert STREAM.projection is not None
_PROJECTION = STREAM.projection


class _Case(NamedTuple):
    """A record beside what is known of its dossier; `base`: what each of its events says; `life`: its rules."""

    record: Record
    known: Known
    context: Context
    base: Data
    life: Life

    def has(self, fact: str) -> bool:
        return any(step.fact == fact for step in self.known.steps)


def see_dossier(clean: Clean, fields: Mapping[str, Any], known: Known, context: Context) -> Seen:
    """The difference between a dossier's record and what was published of it."""
    record = read_record(clean, fields, context)
    base = known.fields.get("base") or _base(record.org, context, record.moments.get("NgayTiepNhan", context.observed_at))
    case = _Case(record, known, context, base, Life(_PROJECTION, _BRIDGES, lambda fact: base | _said(fact, record, context)))
    told, late = _told(case)
    placed = place(case.life, known.steps, told, _targets(case), context.observed_at)
    placed, settled = _with_fees(case, placed)
    facts = numbered(_with_due(case, placed), known.steps)
    steps = (*known.steps, *map(_step, facts))
    facts += numbered(_differences(case, steps, late), steps)
    moments = {t.key: t.at.isoformat() for t in told} | {key: at.isoformat() for key, at in late.items()}
    moved = next((f.data["to_org"] for f in reversed(facts) if f.fact == "transferred"), known.fields.get("holder", record.org))
    corrected = next((f.data for f in facts if f.fact == "corrected" and "org_code" in f.data["changed"]), base)
    kept = known.fields.get("fields", {}) | record.fields
    seen = Seen(
        Known(steps=(*known.steps, *map(_step, facts)), told=known.told | moments | settled,
              fields={"base": {name: corrected[name] for name in base}, "fields": kept, "holder": moved,
                      "due_at": record.due_at.isoformat() if record.due_at else None}),
        facts,
    )
    return _caught_up(seen, known.waiting, context)


def see_progress(clean: Clean, known: Known, context: Context) -> Seen:
    """A step of the processing; it waits for the record that shows its dossier received. Other states are the dossier's own to tell."""
    at, state = past("ThoiDiemXuLy", clean.get("ThoiDiemXuLy"), context.observed_at), clean.get("TrangThai", "")
    if at is None or state not in TARGETS:
        raise InputError(f"TrangThai is '{state[:40]}': it must be 1 to 10" if at else "ThoiDiemXuLy is missing")
    dept = clean.get("PhongBanXuLy", "")[:200]
    key = f"step:{at:%Y%m%d%H%M%S}:{dept}"
    if state != "4" or key in known.told or clean in known.waiting:
        return Seen(known, [])
    if not any(step.fact == "received" for step in known.steps):
        return Seen(replace(known, waiting=(*known.waiting, clean)), [])
    # The source numbers no steps: the order in which it dates them does.
    said: Data = {"step_no": 1 + sum(k.startswith("step:") and k < key for k in known.told), "step_name": dept or None,
                  "step_due_at": moment("NgayKetThucTheoQuyDinh", clean.get("NgayKetThucTheoQuyDinh"))}
    base: Data = known.fields["base"]
    due = _given({"new_due_at": moment("NgayHenTra", known.fields.get("due_at"))})
    bridges: dict[str, Data] = {"transferred": {"to_org": known.fields["holder"]}, "supplemented": due, "paid": due}
    life = Life(_PROJECTION, _BRIDGES, lambda fact: base | bridges.get(fact, {}))
    placed = place(life, known.steps, [Told(key, "step_started", at, base | _given(said))], {}, context.observed_at)
    # Told too late to have its place: kept, but it must not contradict the life that is published.
    placed = [p._replace(fact="corrected", data=p.data | {"changed": ["step_no"]}) if "told_at" in p.data else p for p in placed]
    facts = numbered(placed, known.steps)
    return Seen(replace(known, steps=(*known.steps, *map(_step, facts)), told=known.told | {key: at.isoformat()}), facts)


def _caught_up(seen: Seen, waiting: Sequence[Clean], context: Context) -> Seen:
    for clean in sorted(waiting, key=lambda c: str(c["ThoiDiemXuLy"])):
        known, facts = see_progress(clean, seen.known, context)
        seen = Seen(known, [*seen.facts, *facts])
    return seen


def _base(org: str, context: Context, at: datetime) -> Data:
    return {"org_code": org, "unit_code": context.unit_of(org, at), "unit_valid_on": local_day(at).isoformat()}


def _said(fact: str, record: Record, context: Context) -> Data:
    """What a fact says beside its place."""
    told: dict[str, Data] = {
        "submitted": record.fields,
        "refused": record.fields,
        "received": {**record.fields, "due_at": record.first_due_at},
        "transferred": {"to_org": record.org, "to_unit": context.unit_of(record.org, context.observed_at)},
        "payment_requested": record.fees,
        "paid": record.fees,
        "result_ready": {"electronic_result": record.electronic},
        "result_returned": {"delivered_at": record.moments.get("NgayTra")},
    }
    return _given(told.get(fact, {}))


def _targets(case: _Case) -> Mapping[str, str]:
    received = case.has("received") or "NgayTiepNhan" in case.record.moments
    return _BEFORE_RECEPTION if case.record.state == "5" and not received else TARGETS[case.record.state]


def _told(case: _Case) -> tuple[list[Told], dict[str, datetime]]:
    """Facts told for the first time, and moments that are told too late or otherwise than before."""
    told, late = list[Told](), dict[str, datetime]()
    for fact, (names, states) in TOLD.items():
        at = next((case.record.moments[name] for name in names if name in case.record.moments), None)
        if at is None or case.record.state not in states:
            continue
        if not case.has(fact):
            told.append(Told(fact, fact, at, case.life.bridge(fact)))
        elif not _is_at(case, fact, at):
            late[fact] = at
    for number, s in enumerate(case.record.supplements, start=1):
        asked, given = f"asked:{s.key}", f"given:{s.key}"
        said = {"request_no": number}
        if asked not in case.known.told:
            told.append(Told(asked, "supplement_requested", s.asked_at, case.base | _given({**said, "old_due_at": s.old_due_at}), _ASKED))
        if s.given_at and given not in case.known.told:
            due = {"old_due_at": s.old_due_at, "new_due_at": s.new_due_at}
            told.append(Told(given, "supplemented", s.given_at, case.base | _given({**said, **due}), _GIVEN))
    return told, late


def _is_at(case: _Case, fact: str, at: datetime) -> bool:
    """Whether a fact was told at this moment before, or was published at it where nobody had told one."""
    if before := case.known.told.get(fact):
        return datetime.fromisoformat(before) == at
    return any(step.fact == fact and step.at == at for step in case.known.steps)


def _with_fees(case: _Case, placed: list[Placed]) -> tuple[list[Placed], dict[str, str]]:
    """The facts with the payments that the source shows for the first time, and what is remembered of these."""
    fresh = {key: amount for key, amount in case.record.paid.items() if f"paid:{key}" not in case.known.told}
    settled = {f"paid:{key}": str(amount) for key, amount in fresh.items()}
    if not fresh or any(p.fact == "paid" for p in placed):
        return placed, settled
    data = case.base | case.record.fees | {"amount_vnd": sum(fresh.values()), "moment": "at_latest"}
    for n, p in enumerate(placed):
        before = end_state(case.life, [*case.known.steps, *map(_step, numbered(placed[:n], case.known.steps))])
        if p.fact == "result_ready" and case.life.after(before, "paid"):
            return [*placed[:n], Placed("paid", p.at, data), *placed[n:]], settled
    steps = [*case.known.steps, *map(_step, numbered(placed, case.known.steps))]
    name, at = end_state(case.life, steps), max([case.context.observed_at, *(s.at for s in steps)])
    if case.life.after(name, "paid") == name:
        return [*placed, Placed("paid", at, data | {"moment": "observed"})], settled
    if name in _SUSPENDED or name == "awaiting_intake":
        return placed, {}  # said once the dossier goes on: 'paid' would end a waiting that the source says goes on
    return [*placed, Placed("corrected", at, data | {"moment": "observed", "changed": ["paid"]})], settled


def _with_due(case: _Case, placed: list[Placed]) -> list[Placed]:
    """The last fact that ends a waiting carries the deadline of now, where the source gives no other for it."""
    received = case.has("received") or any(p.fact == "received" for p in placed)
    last = next((n for n in reversed(range(len(placed))) if placed[n].fact in {"supplemented", "paid"}), None)
    if last is None or not received or case.record.due_at is None or "new_due_at" in placed[last].data:
        return placed
    if any(p.fact == "received" for p in placed[last:]):
        return placed
    return [p._replace(data=p.data | {"new_due_at": case.record.due_at}) if n == last else p for n, p in enumerate(placed)]


def _differences(case: _Case, steps: Sequence[Step], late: Mapping[str, datetime]) -> list[Placed]:
    """What else is other than published: deadline, holder, fields, moments. `steps`: those of now included."""
    record, context = case.record, case.context
    state, at = end_state(case.life, steps), max([context.observed_at, *(s.at for s in steps)])
    out, said, changed = list[Placed](), dict[str, Any](case.base), list[str]()
    new = steps[len(case.known.steps):]
    moved = bool(case.known.steps) and record.org != case.known.fields["holder"] and all(s.fact != "transferred" for s in new)
    if state == "processing" and moved:
        out.append(Placed("transferred", at, case.life.bridge("transferred") | {"moment": "observed"}))
    if state in {"submitted", "received"} and record.org != case.base["org_code"]:
        said |= _base(record.org, context, at)
        changed.append("org_code")
    before = case.known.fields.get("fields", {})
    other = {name: value for name, value in record.fields.items() if before.get(name) != value}
    if case.known.steps and all(s.fact != "received" for s in new):
        said |= other
        changed += other
    if record.due_at and any(s.fact == "received" for s in steps) and _due(case.life, steps) != record.due_at:
        said["due_at"] = record.due_at
        changed.append("due_at")
    said |= {f"{fact}_at": moment for fact, moment in late.items()}
    changed += [f"{fact}_at" for fact in late]
    return [*out, Placed("corrected", at, said | {"moment": "observed", "changed": changed})] if changed else out


def _due(life: Life, steps: Sequence[Step]) -> datetime | None:
    """The deadline that the published events lead to; None where the calendar moved it on without the source's word."""
    due = None
    for step, name, to in walked(life, steps):
        if to is not None and (step.due_at or (step.fact in _RESUMES and name in _SUSPENDED)):
            due = step.due_at
    return due


def _step(fact: Fact) -> Step:
    due = fact.data.get("new_due_at") if fact.fact in _RESUMES else fact.data.get("due_at") if fact.fact in {"received", "corrected"} else None
    return Step(fact.fact, fact.at, fact.number, due)


def _given(data: Data) -> Data:
    return {name: value for name, value in data.items() if value is not None}
