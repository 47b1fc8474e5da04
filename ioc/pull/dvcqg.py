"""Dossiers in the field set of the national public-service portal: DongBoHoSoMC (dossier) and CapNhatTienDoHoSoMC (progress).

A dossier's record says how it stands now and some of the moments that led there; progress records say more of them. Names of applicants and
officials, free texts and file addresses stay outside.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from ioc.codes import cleaned, read_dossier, read_service
from ioc.errors import InputError
from ioc.pull._dvcqg_life import see_dossier, see_progress
from ioc.pull.engine.contract import Adapter, Clean, Context, Known, Query, Raw, Seen
from ioc.pull.engine.reading import kept, person_ref, rows_of
from ioc.pull.engine.xml import flat_records


class Field(NamedTuple):
    """A field of the dossier that its events carry: the source's name, the stream's, how it is read (raises InputError)."""

    theirs: str
    ours: str
    read: Callable[[str], Any]


def _choice(theirs: str, words: dict[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise InputError(f"{theirs} is '{text[:40]}': known are {', '.join(words)}")
        return words[text]

    return read


def _short(text: str) -> str:
    return cleaned(text)[:100]


# One line per field that travels with a dossier: its name there, its name in ioc/streams/dossier.py, how it is read.
FIELDS = (
    Field("MaTTHC", "procedure_code", lambda text: read_service(text).procedure),
    Field("MaLinhVuc", "sector_code", _short),
    Field("KenhThucHien", "channel", _choice("KenhThucHien", {"1": "counter", "2": "online", "3": "post"})),
    Field("LoaiDoiTuong", "applicant_kind", _short),
    Field("HoSoCoThanhPhanSoHoa", "digitised", lambda text: _choice("HoSoCoThanhPhanSoHoa", {"0": "", "1": "1"})(text) == "1"),
    Field("person_ref", "person_ref", str),
)
MOMENTS = ("NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTuChoi", "NgayTra")
_DOSSIER = ("MaHoSo", "TrangThaiHoSo", "DonViXuLy", *MOMENTS, *(f.theirs for f in FIELDS if f.theirs != "person_ref"))
_PROGRESS = ("MaHoSo", "ThoiDiemXuLy", "PhongBanXuLy", "TrangThai", "NgayKetThucTheoQuyDinh")
_LISTS = {
    "DanhSachHoSoBoSung": ("HoSoBoSungId", "NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi"),
    "DanhSachLePhi": ("MaPhiLePhi", "LoaiPhiLePhi", "HinhThucThu", "Gia", "TrangThai"),
}
_RESULTS = "DanhSachGiayToKetQua"
_PERSON = ("MaDoiTuong", "ChuHoSo")


def door(raw: Raw, key: bytes | None) -> list[Clean]:
    """The known fields; of a person a keyed hash at most, of result files whether there is one."""
    if kept(raw, ("ThoiDiemXuLy",)):
        return [dict(kept(raw, _PROGRESS))]
    clean: Clean = dict(kept(raw, _DOSSIER))
    person = next(iter(kept(raw, _PERSON).values()), "")
    if ref := person_ref(key, person):
        clean["person_ref"] = ref
    for name, columns in _LISTS.items():
        rows = rows_of(raw, name)
        clean |= {name: "unreadable"} if rows is None else {name: [kept(row, columns) for row in rows]} if rows else {}
    results = rows_of(raw, _RESULTS) or []
    if results:
        clean["electronic_result"] = any(kept(row, ("DuongDanTepTinKetQua",)) for row in results)
    return [clean]


def subject(clean: Clean) -> str:
    """The dossier's code as the source writes it; '' where there is none."""
    return cleaned(clean.get("MaHoSo", ""))[:150]


def kind(clean: Clean) -> str:
    """Which record of the dossier it is: its own, or that of one step."""
    return f"{clean['ThoiDiemXuLy']} {clean.get('PhongBanXuLy', '')}" if "ThoiDiemXuLy" in clean else ""


def see(clean: Clean, known: Known, context: Context) -> Seen:
    """What a record adds to what is known of its dossier.

    Raises:
        InputError: the record contradicts itself or lacks what its state needs; the sentence names the field.

    """
    read_dossier(clean.get("MaHoSo", ""))
    if unreadable := [name for name in _LISTS if clean.get(name) == "unreadable"]:
        raise InputError(f"{unreadable[0]} is no list of records")
    if "ThoiDiemXuLy" in clean:
        return see_progress(clean, known, context)
    fields = {field.ours: field.read(clean[field.theirs]) for field in FIELDS if clean.get(field.theirs)}
    return see_dossier(clean, fields, known, context)


ADAPTER = Adapter(
    name="dvcqg",
    stream="dossier",
    door=door,
    subject=subject,
    see=see,
    queries=(Query(path="DongBoHoSoMC"), Query(path="CapNhatTienDoHoSoMC")),
    required=("MaHoSo",),
    columns=(*dict.fromkeys((*_DOSSIER, *_PROGRESS, *_LISTS, _RESULTS, *_PERSON)),),
    xml=lambda data: flat_records(data, "MaHoSo"),
    kind=kind,
)
