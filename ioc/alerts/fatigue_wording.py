"""The fatigue ledger in words: its rows and its reasons, for the page and for the command."""

from collections.abc import Mapping

from ioc.alerts.fatigue import LIMITS, Fault, Ledger, Noise
from ioc.alerts.register import Register
from ioc.alerts.wording import title
from ioc.words import NONE, Words

Row = Mapping[str, str]


def definitions(words: Words) -> list[str]:
    """What the columns mean, one sentence each."""
    return [
        words("Giờ trực: thời gian có người được quyền xử lý cảnh báo đang đăng nhập, cộng theo người; "
              "kết thúc khi đăng xuất hoặc hết thời gian chờ."),
        words("Có người xử lý: ít nhất một người đã nhận, giao, tạm ẩn, xử lý hoặc mở lại, tính đến nay."),
        words("Tự hết: điều kiện không còn trước khi có người xử lý."),
        words("Lặp lại: phát lại trong vòng 60 phút sau lần phát trước của cùng một điều kiện."),
        words("Ồn: lặp lại, hoặc đã kết thúc mà không ai phải làm gì."),
        words("Thời gian nhận: trung vị từ lúc phát đến lúc có người nhận, chỉ tính cảnh báo đã được nhận."),
    ]


def row(ledger: Ledger, noise: Noise, register: Register, words: Words) -> Row:
    """One rule's line, or the line of all."""
    return {
        "rule": noise.rule_id or "", "title": rule_title(noise, register, words), "raised": words.number(noise.raised),
        "an_hour": words.number(ledger.an_hour(noise), 2), "noise": words.share(noise.noise, noise.raised),
        "acted": words.share(noise.acted, noise.raised), "alone": words.share(noise.alone, noise.raised),
        "repeats": words.share(noise.repeats, noise.raised), "ack": duration(noise.ack_s, words), "acknowledged": words.number(noise.acknowledged),
        "open": words.number(noise.still_open),
    }


def rule_title(noise: Noise, register: Register, words: Words) -> str:
    """The rule's title; of one that is no longer in the register, that it is not."""
    if noise.rule_id is None:
        return words("Tất cả quy tắc")
    rule = register.rules.get(noise.rule_id)
    return words("không còn trong danh mục") if rule is None else title(rule, words)


def reason(fault: Fault, words: Words) -> str:
    """Why a rule is to be mended, with the counts."""
    limit = LIMITS[fault.limit]
    n, of = words.number(fault.n, 1 if fault.limit == "a_day" else 0), words.number(fault.of)
    value = words.number(limit.value * 100 if limit.value < 1 else limit.value)
    match fault.limit:
        case "alone":
            return words("{n} trên {of} cảnh báo tự hết trước khi có người xử lý (ngưỡng {value}%): tăng thời gian chờ hoặc nới ngưỡng.",
                         n=n, of=of, value=value)
        case "repeats":
            return words("{n} trên {of} cảnh báo phát lại trong vòng một giờ (ngưỡng {value}%): tăng khoảng cách giữa ngưỡng phát và ngưỡng hết.",
                         n=n, of=of, value=value)
        case "ignored":
            return words("{of} cảnh báo trong {value} ngày, không ai xử lý cảnh báo nào: bỏ quy tắc, hạ mức hoặc chuyển cho đúng nơi.",
                         of=of, value=value)
        case _:
            return words("Trung bình {n} cảnh báo mỗi ngày (ngưỡng {value}): gộp theo địa bàn hoặc nâng ngưỡng.", n=n, value=value)


def load(ledger: Ledger, words: Words) -> str:
    """How many alerts a person on duty has an hour, or why that is not known."""
    if ledger.hours is None:
        return words("Không tính được số cảnh báo mỗi giờ trực: đồng hồ đang chạy kịch bản, không khớp với giờ đăng nhập.")
    if not ledger.hours:
        return words("Trong kỳ không có ai được quyền xử lý cảnh báo đăng nhập: không tính được số cảnh báo mỗi giờ trực.")
    given = {"n": words.number(ledger.an_hour(ledger.total), 2), "hours": words.number(ledger.hours, 1),
             "value": words.number(LIMITS["an_hour"].value)}
    if ledger.is_too_much:
        return words("{n} cảnh báo mỗi giờ trực ({hours} giờ trực): vượt mức một người theo dõi được, khoảng {value} cảnh báo mỗi giờ.", **given)
    return words("{n} cảnh báo mỗi giờ trực ({hours} giờ trực); mức một người theo dõi được: khoảng {value} cảnh báo mỗi giờ.", **given)


def duration(seconds: float | None, words: Words) -> str:
    """A time to acknowledge: under an hour in minutes, else in hours."""
    if seconds is None:
        return NONE
    if seconds < 3600:
        return words("{n} phút", n=words.number(seconds / 60, 1))
    return words("{n} giờ", n=words.number(seconds / 3600, 1))
