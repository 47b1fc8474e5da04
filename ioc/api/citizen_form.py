"""What a citizen typed and chose on the form, and what it says as a report; each mistake in the words that stand on the page."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ioc.api.multipart import Posted, Upload, photo_of
from ioc.contacts.fields import normalised
from ioc.errors import InputError
from ioc.maps.ground import is_near
from ioc.profiles import Category, Profile
from ioc.reports.filing import Filing
from ioc.reports.intake_rules import IntakeRules
from ioc.reports.landmarks import Landmark, named_place
from ioc.reports.photos import MOST, Photo
from ioc.reports.typed import line_typed, words_typed
from ioc.words import Words

FIELDS = ("category", "text", "place", "unit", "address", "lon_deg", "lat_deg", "accuracy_m", "name", "telephone", "email")
LONGEST_TEXT = 5000
LONGEST_LINE = 300


class MistakeError(InputError):
    """What a citizen can mend, in the words of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the form stands on. `bounds`: west, south, east, north of the ground, in degrees."""

    profile: Profile
    rules: IntakeRules
    landmarks: Sequence[Landmark]
    bounds: tuple[float, float, float, float]
    day: date


def typed(fields: Mapping[str, str]) -> dict[str, str]:
    """The form's fields as they are kept and shown again."""
    return {name: (words_typed if name == "text" else line_typed)(fields.get(name, "")) for name in FIELDS}


def problems(form: Form, values: Mapping[str, str], text: Words) -> list[str]:
    """What is missing or wrong, in the order of the page."""
    return [*_category_problems(form, values, text), *_place_problems(form, values, text), *_word_problems(values, text),
            *_contact_problems(form, values, text)]


def _category_problems(form: Form, values: Mapping[str, str], text: Words) -> Iterator[str]:
    if values["category"] not in {c.code for c in form.profile.categories}:
        yield text("Hãy chọn loại sự việc.")


def _place_problems(form: Form, values: Mapping[str, str], text: Words) -> Iterator[str]:
    given = bool(values["lon_deg"] or values["lat_deg"])
    point = _point(values)
    if given and point is None:
        yield text("Vị trí trên bản đồ không đọc được: hãy chọn lại.")
    elif point and not is_near(form.bounds, *point):
        yield text("Vị trí này nằm ngoài địa bàn: hãy chọn lại trên bản đồ, hoặc bỏ vị trí và ghi địa chỉ.")
    elif not point and not values["place"] and not values["address"]:
        yield text("Hãy cho biết nơi xảy ra: chọn trên bản đồ, hoặc ghi đường, chợ, số nhà.")
    if values["unit"] and form.profile.units.at(values["unit"], form.day) is None:
        yield text("Xã, phường này không có trong danh sách.")


def _word_problems(values: Mapping[str, str], text: Words) -> Iterator[str]:
    if not values["text"]:
        yield text("Hãy viết vài lời về sự việc.")
    if len(values["text"]) > LONGEST_TEXT:
        yield text("Lời phản ánh dài quá {n} ký tự.", n=LONGEST_TEXT)
    if any(len(value) > LONGEST_LINE for name, value in values.items() if name != "text"):
        yield text("Một ô quá dài: tối đa {n} ký tự.", n=LONGEST_LINE)


def _contact_problems(form: Form, values: Mapping[str, str], text: Words) -> Iterator[str]:
    if values["category"] in form.rules.contact_for and not (values["telephone"] or values["email"]):
        yield text("Loại sự việc này cần số điện thoại hoặc thư điện tử để trả lời.")
    digits = normalised("telephone", values["telephone"]).removeprefix("+")
    if values["telephone"] and not 8 <= len(digits) <= 15:
        yield text("Số điện thoại không đúng.")
    if values["email"] and ("@" not in values["email"] or " " in values["email"]):
        yield text("Địa chỉ thư điện tử không đúng.")


def filing(form: Form, values: Mapping[str, str], photos: Sequence[Photo], key: str) -> Filing:
    """The report that values without problems tell."""
    point, accuracy = _point(values), _number(values["accuracy_m"])
    place = named_place(form.landmarks, values["place"])
    if point is None and place is not None:
        point, accuracy = (place.lon_deg, place.lat_deg), place.accuracy_m
    unit = form.profile.units.at(values["unit"], form.day) if values["unit"] else None
    told = [values["address"], values["place"] if values["place"] != values["address"] else "", unit.name if unit else ""]
    return Filing(
        category=values["category"], channel="web", text=values["text"], actor="citizen", key=key, reporter_kind=_kind(values["category"]),
        contact={name: values[name] for name in ("name", "telephone", "email") if values[name]},
        lon_deg=point[0] if point else None, lat_deg=point[1] if point else None,
        accuracy_m=min(accuracy, 1e7) if point and accuracy is not None and accuracy >= 0 else None,
        address=", ".join(part for part in told if part)[:500], unit_code=unit.code if unit else "", photos=photos)


async def read_photos(uploads: Sequence[Upload], text: Words) -> list[Photo]:
    """The pictures of a form.

    Raises:
        MistakeError: too many, or one that cannot be read, named in words of the page.

    """
    if len(uploads) > MOST:
        raise MistakeError(text("Tối đa {n} ảnh.", n=MOST))
    photos = []
    for upload in uploads:
        try:
            photos.append(await photo_of(upload))
        except InputError:
            raise MistakeError(_unreadable(upload.name, text)) from None
    return photos


def broken(posted: Posted, text: Words) -> str:
    """Why not all of a form was taken, in words of the page; '' = it was."""
    match posted.problem:
        case "":
            return ""
        case "file too large":
            return _unreadable(posted.culprit, text)
        case "busy":
            return text("Đang có nhiều người gửi ảnh: nội dung bạn đã nhập vẫn còn đây, hãy chọn lại ảnh và gửi sau một phút.")
        case "too many files":
            return text("Tối đa {n} ảnh.", n=MOST)
        case _:
            return text("Mẫu gửi lên không đọc được: hãy thử gửi lại.")


def _unreadable(name: str, text: Words) -> str:
    return text("Ảnh “{name}” không đọc được hoặc quá lớn (JPEG, PNG, WebP, tối đa 12 MB): hãy bỏ ảnh đó hoặc chụp lại.",
                name=line_typed(name)[:80])


def groups(categories: Sequence[Category], text: Words) -> list[tuple[str, list[tuple[Category, str]]]]:
    """Categories under plain headings, in the profile's order: each with its name in the reader's language."""
    found: dict[str, list[tuple[Category, str]]] = {}
    for one in categories:
        name = one.name_en if text.language == "en" else one.name
        found.setdefault(_heading(one.code.partition("-")[0], text), []).append((one, name))
    return list(found.items())


def _heading(prefix: str, text: Words) -> str:
    headings = {
        "EM": text("Nguy hiểm, cần xử lý ngay"), "TR": text("Đường sá, đèn, đỗ xe"), "EN": text("Rác, ô nhiễm, tiếng ồn"),
        "WA": text("Nước sinh hoạt, ngập, sạt lở"), "UR": text("Cây xanh, xây dựng"), "TE": text("Viễn thông, lừa đảo trên mạng"),
        "SO": text("Trật tự, an toàn thực phẩm"), "HE": text("Y tế, giáo dục"), "GO": text("Thái độ phục vụ, hồ sơ trễ"),
        "BU": text("Kiến nghị của doanh nghiệp"),
    }
    return headings.get(prefix, text("Việc khác"))


def _kind(category: str) -> str:
    return "enterprise" if category.startswith("BU-") else "citizen"


def _point(values: Mapping[str, str]) -> tuple[float, float] | None:
    lon, lat = _number(values["lon_deg"]), _number(values["lat_deg"])
    return (lon, lat) if lon is not None and lat is not None and -180 <= lon <= 180 and -90 <= lat <= 90 else None


def _number(text: str) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None
