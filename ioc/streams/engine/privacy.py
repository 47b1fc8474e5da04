"""What no stream asked for and what tells of a person stays outside: names, telephones, identity numbers, homes, days of birth.

Only keys that a schema does not name come here: nothing reads them, so that a key too many costs a note, and a key too few costs a person.
Personal data of Law 91/2025/QH15 (in force since 2026-01-01); the sources are told never to send any (docs/intake.md).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ioc.errors import InvalidEvent

DEPTH = 50
"""Levels that unknown keys may nest; deeper than any source's own structure, and far from what Python or PostgreSQL can hold."""
MASK = "***"
DROPPED = "dropped"
"""Key under which the paths of what was dropped are kept; `dropped_` where the source uses that word itself."""

PERSONAL = {
    # Who is told of by a role: the key alone holds a name, a code or an object of a person.
    "role": "applicant complainant petitioner claimant reporter submitter signatory signer handled_by created_by updated_by signed_by approved_by "
            "submitted_by nguoi_nop nguoi_gui nguoi_nhan nguoi_ky nguoi_lam_don nguoi_yeu_cau nguoi_phan_anh nguoi_xu_ly nguoi_tiep_nhan "
            "nguoi_duyet nguoi_tao nguoi_thuc_hien nguoi_dai_dien nguoi_lien_he nguoi_uy_quyen nguoi_than chu_ho chu_ho_so chu_tai_khoan can_bo "
            "chuyen_vien doi_tuong_nop ma_doi_tuong",
    "name": "ho_ten ho_va_ten ho_dem ten_dem ten_goi_khac ten_khai_sinh ten_nguoi ten_cha ten_me ten_vo ten_chong ten_con ten_cong_dan ten_ca_nhan "
            "ten_dang_nhap full_name first_name last_name middle_name given_name family_name maiden_name surname nick_name person_name "
            "people_name contact_name user_name citizen_name customer_name owner_name patient_name",
    "contact": "dien_thoai sdt so_dt dtdd so_di_dong so_lien_he phone telephone phone_number mobile_number mobile_no tel email email_address "
               "thu_dien_tu zalo facebook",
    "identity": "cccd cmnd cmtnd can_cuoc chung_minh_nhan_dan so_chung_minh so_giay_to so_dinh_danh dinh_danh_ca_nhan ho_chieu bhxh bhyt gplx "
                "giay_phep_lai_xe so_tai_khoan id_number id_no id_card identity_number identity_card national_id citizen_id personal_id passport "
                "social_security insurance_number driving_licence driver_license bank_account account_number bien_so bien_kiem_soat "
                "license_plate number_plate",
    "birth": "ngay_sinh nam_sinh thang_sinh noi_sinh date_of_birth birth_date birthday dob birth_year year_of_birth birth_place place_of_birth",
    "home": "thuong_tru tam_tru ho_khau noi_o noi_cu_tru cu_tru que_quan home_address residential_address permanent_address residence dan_toc "
            "ton_giao religion ethnicity",
    "whole": "ho ten name mobile mail cong_dan nguoi_dan citizen person nguoi",  # part of too many other words: the whole key or nothing
}
"""Kind → words, in Vietnamese without accents and in English; a key is compared without accents, capitals and separators."""
IMPERSONAL = frozenset({"kind", "type", "loai", "role", "ref", "count", "total", "pct", "ratio", "visits"})
"""A part of a key that makes it harmless: the kind of applicant, the role of the signer, the keyed hash of a person."""

_WHOLE = frozenset(word.replace("_", "") for word in PERSONAL["whole"].split())
_WORDS = {word.replace("_", ""): kind for kind, words in PERSONAL.items() if kind != "whole" for word in words.split()}
_LONG = tuple(word for word in _WORDS if len(word) >= 7)
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_COUNTS = 10**6
"""Below it a number is a count or an amount, not a telephone or an identity; a year of birth is told by its key."""

# Mobile numbers (0 or +84, then 3, 5, 7, 8 or 9, then eight digits) and identity numbers (001 to 096, the province, then nine digits).
# Dots group the thousands of an amount, which never begins with 0. Every repetition is bounded.
_PHONE = r"(?<![\w.+/=-])(?:(?:\+84|0084|0)[ .-]?[35789]\d(?:[ .-]?\d){7}|84[35789]\d{8})(?!\w)"
_IDENTITY = r"(?<![\w.+/=-])0(?:0[1-9]|[1-8]\d|9[0-6])\d{9}(?!\w)"
_MAIL = r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_NUMBERS = re.compile(f"{_PHONE}|{_IDENTITY}", re.ASCII)
_MAILS = re.compile(_MAIL)


def without_persons(unknown: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what tells of a person, and the paths of what was dropped; texts keep their words, not their telephone numbers.

    Raises:
        InvalidEvent: nested deeper than DEPTH; the detail names the key.

    """
    dropped: dict[str, None] = {}
    kept = _object(unknown, "", dropped, DEPTH)
    if dropped:
        name = DROPPED
        while name in kept:
            name += "_"
        kept[name] = list(dropped)
    return kept


def is_personal(key: str, value: object) -> bool:
    """Whether a value under this key tells of a person; a count, a yes and a no never do."""
    if value is None or isinstance(value, bool):
        return False
    kind = personal_kind(key[:200])
    return bool(kind) and (kind == "birth" or not isinstance(value, int | float) or abs(value) >= _COUNTS)


@lru_cache(4096)
def personal_kind(key: str) -> str:
    """Kind of PERSONAL that a key's words belong to, or ''."""
    if masked(key) != key:
        return "identity"
    tokens = [token.lower() for token in _TOKEN.findall(_plain(key))]
    if "".join(tokens) in _WHOLE:
        return "whole"
    if IMPERSONAL.intersection(tokens):
        return ""
    parts = ("".join(tokens[start:end]) for start in range(len(tokens)) for end in range(start + 1, min(start + 6, len(tokens)) + 1))
    found = next((_WORDS[part] for part in parts if part in _WORDS), "")
    return found or next((_WORDS[word] for token in tokens for word in _LONG if word in token), "")


def masked(text: str) -> str:
    """A text without mobile numbers, identity numbers and mail addresses."""
    return _MAILS.sub(MASK, _NUMBERS.sub(MASK, text)) if "@" in text else _NUMBERS.sub(MASK, text)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(c))


def _cleaned(value: object, path: str, dropped: dict[str, None], depth: int) -> object:
    if isinstance(value, str):
        return masked(value)
    if not isinstance(value, list | dict):
        return value
    if not depth:
        raise InvalidEvent("schema", f"'{path[:100]}' is nested deeper than {DEPTH} levels")
    if isinstance(value, dict):
        return _object(value, f"{path}.", dropped, depth - 1)
    place = f"{path}[]"
    return [_cleaned(part, place, dropped, depth - 1) for part in value]


def _object(given: Mapping[str, Any], path: str, dropped: dict[str, None], depth: int) -> dict[str, Any]:
    """An object without its personal entries, each of them noted."""
    kept: dict[str, Any] = {}
    for key, value in given.items():
        if is_personal(key, value):
            dropped[f"{path}{masked(key)}"] = None
        else:
            kept[key] = _cleaned(value, f"{path}{key}", dropped, depth)
    return kept
