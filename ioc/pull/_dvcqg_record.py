"""A dossier's record as understood: its values read, its contradictions refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from ioc.clock import LOCAL
from ioc.codes import read_dossier
from ioc.errors import InputError
from ioc.pull.engine.agency import agency_code
from ioc.pull.engine.contract import Clean, Context
from ioc.pull.engine.reading import moment, past, whole_number

STATES = frozenset(map(str, range(1, 11)))
_ORDER = ("NgayNopHoSo", "NgayTiepNhan", "NgayKetThucXuLy", "NgayTra")
_PAID = "đã thanh toán"


class Supplement(NamedTuple):
    """A request for more papers: its key, when it was made and met, the deadlines before and after."""

    key: str
    asked_at: datetime
    given_at: datetime | None
    old_due_at: datetime | None
    new_due_at: datetime | None


class Record(NamedTuple):
    """A dossier now. `moments`: the source's fields → what they say; `paid`: key of a fee → VND; `fees`: what is said of them in payments."""

    state: str
    org: str
    fields: dict[str, Any]
    moments: dict[str, datetime]
    due_at: datetime | None
    supplements: list[Supplement]
    fees: dict[str, Any]
    paid: dict[str, int]
    electronic: bool | None

    @property
    def first_due_at(self) -> datetime | None:
        """The deadline given at reception: the one before the first supplement that moved it."""
        received = self.moments.get("NgayTiepNhan")
        moved = [s.old_due_at for s in self.supplements if s.old_due_at and (received is None or s.asked_at >= received)]
        return moved[0] if moved else self.due_at


def read_record(clean: Clean, fields: Mapping[str, Any], context: Context) -> Record:
    """The record, or the reason why it cannot be used.

    Raises:
        InputError: names the field and what is wrong with it.

    """
    state = clean.get("TrangThaiHoSo", "")
    if state not in STATES:
        raise InputError(f"TrangThaiHoSo is '{state[:40]}': it must be 1 to 10")
    moments = {name: at for name in (*_ORDER, "NgayTuChoi") if (at := past(name, clean.get(name), context.observed_at)) and _counts(name, state)}
    _check_order(moments)
    org = clean.get("DonViXuLy") or str(read_dossier(clean["MaHoSo"]).org)
    fees, paid = _fees(clean.get("DanhSachLePhi", []))
    due = {"fee_due": any(int(fee.get("Gia") or 0) > 0 for fee in clean["DanhSachLePhi"])} if "DanhSachLePhi" in clean else {}
    return Record(
        state=state, org=agency_code("DonViXuLy", org, moments.get("NgayTiepNhan", context.observed_at), context), fields=dict(fields) | due,
        moments=moments, due_at=moment("NgayHenTra", clean.get("NgayHenTra")),
        supplements=_supplements(clean.get("DanhSachHoSoBoSung", []), context),
        fees=fees, paid=paid, electronic=clean.get("electronic_result"),
    )


def _counts(name: str, state: str) -> bool:
    # Sources fill in planned ends and days of a later state; before that state they say nothing that has happened.
    needed = {"NgayTiepNhan": STATES - {"1", "3"}, "NgayKetThucXuLy": {"3", "7", "8", "9", "10"}, "NgayTra": {"10"}, "NgayTuChoi": {"3"}}
    return state in needed.get(name, STATES)


def _check_order(moments: Mapping[str, datetime]) -> None:
    for earlier, later in pairwise([name for name in _ORDER if name in moments]):
        if moments[earlier] > moments[later]:
            raise InputError(f"{earlier} ({_shown(moments[earlier])}) lies after {later} ({_shown(moments[later])}): mend it at the source")


def _shown(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _supplements(rows: Sequence[Mapping[str, str]], context: Context) -> list[Supplement]:
    found = []
    for number, row in enumerate(rows, start=1):
        asked, given = (past(name, row.get(name), context.observed_at) for name in ("NgayBoSung", "NgayTiepNhanBoSung"))
        if asked is None:
            raise InputError(f"DanhSachHoSoBoSung, row {number}: NgayBoSung is missing")
        if given is not None and given < asked:
            raise InputError(f"DanhSachHoSoBoSung, row {number}: NgayTiepNhanBoSung lies before NgayBoSung")
        old, new = (moment(name, row.get(name)) for name in ("NgayHenTraTruoc", "NgayHenTraMoi"))
        found.append(Supplement(row.get("HoSoBoSungId") or str(number), asked, given, old, new))
    keys = [s.key for s in found]
    if len(set(keys)) != len(keys):
        raise InputError("DanhSachHoSoBoSung names a HoSoBoSungId twice")
    return sorted(found, key=lambda s: s.asked_at)


def _fees(rows: Sequence[Mapping[str, str]]) -> tuple[dict[str, Any], dict[str, int]]:
    amounts = [whole_number("Gia", row.get("Gia")) or 0 for row in rows]
    kinds = sorted({kind for row in rows if (kind := row.get("LoaiPhiLePhi"))})
    ways = sorted({way for row in rows if (way := row.get("HinhThucThu"))})
    fees: dict[str, Any] = {"amount_vnd": sum(amounts)} if rows else {}
    fees |= {"fee_kind": ",".join(kinds)[:100]} if kinds else {}
    fees |= {"fee_form": ",".join(ways)[:100]} if ways else {}
    paid = {f"{row.get('MaPhiLePhi', '')}#{n}": amount for n, (row, amount) in enumerate(zip(rows, amounts, strict=True))
            if row.get("TrangThai", "").casefold() == _PAID}
    return fees, paid
