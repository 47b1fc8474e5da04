"""Why a message could not be taken, for a person who is no programmer: a sentence and a remedy for each reason, and the detail in words."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ioc.streams.engine.privacy import masked
from ioc.words import Words


class Reason(NamedTuple):
    """`what` went wrong, and the `remedy`."""

    what: str
    remedy: str


def reasons(words: Words) -> Mapping[str, Reason]:
    """Reason code → its words; every code of the sink and of its reader is here (a test compares)."""
    return {
        "no_data": Reason(words("Thông điệp không có nội dung."), words("Báo nguồn gửi lại đủ nội dung, rồi xếp thư này lại.")),
        "no_cloudevent": Reason(
            words("Thông điệp thiếu phong bì (mã, nguồn, loại, thời điểm)."),
            words("Nếu hiểu được nội dung: điền các ô của phong bì rồi gửi bản đã sửa. Nếu không: chuyển cho nguồn.")),
        "bytes": Reason(
            words("Nội dung không đọc được: hỏng, cụt hoặc sai bảng mã."),
            words("Nếu thấy rõ chỗ sai: sửa rồi gửi. Nếu không: chuyển cho nguồn để gửi lại, rồi xếp thư này lại.")),
        "attribute": Reason(words("Phong bì thiếu một ô, hoặc một ô không hợp lệ."), words("Điền ô được nêu rồi gửi bản đã sửa.")),
        "type": Reason(
            words("Trung tâm không có loại sự kiện này."), words("Chọn đúng loại trong danh sách rồi gửi; nếu không rõ, chuyển cho nguồn.")),
        "time": Reason(
            words("Thời điểm không thể có, hoặc thiếu múi giờ."),
            words("Sửa thời điểm (kèm +07:00) rồi gửi. Nhiều thư cùng lỗi: báo nguồn chỉnh đồng hồ, chờ qua thời điểm đó rồi gửi lại.")),
        "schema": Reason(words("Một trường bị thiếu, sai kiểu hoặc ngoài giới hạn."), words("Sửa trường được nêu rồi gửi bản đã sửa.")),
        "simulated": Reason(
            words("Sự kiện mô phỏng gửi vào trung tâm vận hành thật."),
            words("Không sửa: báo nguồn gửi vào trung tâm diễn tập, rồi xếp thư này lại.")),
        "identity": Reason(
            words("Mã sự kiện đã được dùng cho một nội dung khác."),
            words("Hai việc khác nhau: gửi bản đã sửa, mã mới nêu mã cũ. Cùng một việc: hỏi nguồn bản nào đúng, rồi sửa hoặc xếp lại.")),
        "refused": Reason(
            words("Cơ sở dữ liệu không nhận một giá trị."), words("Sửa giá trị được nêu rồi gửi; nếu không rõ, báo quản trị hệ thống.")),
    }


def attribute_word(name: str, words: Words) -> str:
    return {"id": words("Mã sự kiện"), "source": words("Nguồn gửi"), "type": words("Loại sự kiện"), "subject": words("Mã đối tượng"),
            "time": words("Thời điểm xảy ra")}[name]


def act_word(act: str, words: Words) -> str:
    return {"replayed": words("Gửi lại nguyên bản"), "mended": words("Gửi bản đã sửa"), "forwarded": words("Chuyển cho nguồn"),
            "set_aside": words("Xếp lại"), "taken_back": words("Đưa trở lại bàn")}[act]


def detail(text: str, words: Words) -> str:
    """What exactly is wrong; in the reader's own words where they are known ('' = only the program's words are)."""
    kinds = {"int": words("số nguyên"), "float": words("số"), "str": words("chữ"), "bool": words("đúng hoặc sai"), "array": words("danh sách"),
             "object": words("nhóm trường"), "null": words("trống"), "datetime": words("thời điểm"), "date": words("ngày")}
    for pattern, say in _patterns(words):
        if found := re.search(pattern, text):
            given = {name: _kind(value, kinds) for name, value in found.groupdict().items()}
            return masked(say.format(**{name: value or words("(cả nội dung)") for name, value in given.items()}))
    return ""


def _kind(value: str | None, kinds: Mapping[str, str]) -> str:
    # "a number or nothing" is asked for wherever a field may be left out: what is to be written is a number.
    parts = [part.strip() for part in (value or "").split("|")]
    parts = [part for part in parts if part != "null"] or parts
    return " / ".join(kinds[part] for part in parts) if parts and all(part in kinds for part in parts) else (value or "")[:100]


def _patterns(words: Words) -> tuple[tuple[str, str], ...]:
    """The reader's own sentences → ours, with the same named places."""
    place = r"(?: - at `\$\.?(?P<field>[^`]*)`)?$"
    return (
        (r"^'(?P<fact>[^']+)' needs the field '(?P<field>[^']+)'$", words("Thiếu trường {field}: loại sự kiện này phải có.")),
        (r"missing required field `(?P<field>[^`]+)`", words("Thiếu trường {field}.")),
        (r"^Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`" + place, words("Trường {field} phải là {wanted}, nhưng nhận được {got}.")),
        (r"^Expected `[^`]+` <= (?P<limit>\S+)" + place, words("Trường {field} ngoài giới hạn: không quá {limit}.")),
        (r"^Expected `[^`]+` >= (?P<limit>\S+)" + place, words("Trường {field} ngoài giới hạn: ít nhất {limit}.")),
        (r"^Expected `[^`]+` of length <= (?P<limit>\d+)" + place, words("Trường {field} quá dài: không quá {limit} ký tự.")),
        (r"^Invalid RFC3339 encoded (?:datetime|date)" + place,
         words("Trường {field} không phải thời điểm viết đúng, ví dụ 2026-11-21T14:05:00+07:00.")),
        (r"^the attribute '(?P<field>[^']+)' is missing or empty$", words("Ô {field} của phong bì bị trống.")),
        (r"^the attribute '(?P<field>[^']+)' has (?P<n>\d+) characters", words("Ô {field} của phong bì quá dài ({n} ký tự, tối đa 200).")),
        (r"^'(?P<given>[^']*)' is no event of (?P<topic>[^;]+);", words("Loại {given} không thuộc chủ đề {topic}.")),
        (r"^'(?P<given>[^']*)' is no RFC 3339 moment", words("{given} không phải thời điểm viết đúng, ví dụ 2026-11-21T14:05:00+07:00.")),
        (r"^'(?P<given>[^']*)' has no time zone", words("Thời điểm {given} thiếu múi giờ: thêm +07:00 vào cuối.")),
        (r"^(?P<given>\S+) is more than .* ahead of the centre's clock", words("Thời điểm {given} đi trước đồng hồ của trung tâm quá 1 giờ.")),
        (r"^(?P<given>\S+) is before ", words("Thời điểm {given} quá xa trong quá khứ.")),
        (r"the identity \(source '(?P<source>[^']*)', id '(?P<given>[^']*)'\)", words("Mã {given} của nguồn {source} đã có nội dung khác.")),
        (r"^the data is no JSON: .*?" + place, words("Nội dung không đọc được tại {field}.")),
    )
