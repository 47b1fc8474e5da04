"""Cameras in words: how each stands, why, what was detected; and what a tile is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ioc.cameras.shown import Standing
from ioc.cameras.sites import Camera
from ioc.clock import local_day
from ioc.profiles import Profile
from ioc.words import Words

SILENT_AFTER_S = 8.0
"""Its process writes each second how a camera stands: older, nobody knows. With the page's own beat it is said within ten seconds."""
CONDITIONS = {
    "ok": "Có hình",
    "drift": "Lệch giờ",
    "dark": "Tối",
    "frozen": "Đứng hình",
    "no_signal": "Mất tín hiệu",
    "starting": "Đang kết nối",
    "unknown": "Không rõ",
    "old": "Ảnh không đổi mới",
    "lost": "Mất kết nối",
}
"""Condition → its name. 'unknown': nobody has said so lately; 'old' and 'lost' are found by the page itself."""
CAUSES = {
    "refused": "không kết nối được",
    "timeout": "không trả lời",
    "unauthorised": "sai quyền truy cập",
    "missing": "hệ thống camera không có mã này",
    "garbage": "dữ liệu nhận được không phải ảnh",
    "offline": "hệ thống camera báo đã tắt",
    "ended": "luồng hình đã hết",
}
SILENT = "dịch vụ camera im lặng"
KINDS = {"counter": "Quầy một cửa", "traffic": "Giao thông", "security": "An ninh"}
DETECTIONS = {
    "red_light": "vượt đèn đỏ",
    "lane": "đi sai làn",
    "plate": "biển số cần kiểm tra",
    "littering": "xả rác",
    "crowd": "tụ tập đông người",
    "after_hours": "có người ngoài giờ",
    "other": "phát hiện khác",
}
"""Kind of detection → its name; what is none of these is a word of its source, which no screen repeats."""
REFUSALS = {
    "yours": "Bạn đang xem trực tiếp một camera ở cửa sổ khác: đóng cửa sổ đó trước.",
    "full": "Đã đủ số người xem trực tiếp cùng lúc: vui lòng thử lại sau. Ảnh vẫn được cập nhật.",
}
"""Why a live view is not begun."""
VERDICTS = {"confirmed": "đã xác nhận", "rejected": "đã bác bỏ", "": "đã xem lại"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells of cameras in one language. `is_exercise`: what has told no event yet is taken for simulated."""

    words: Words
    profile: Profile
    now: datetime
    is_exercise: bool

    def card(self, camera: Camera) -> Mapping[str, Any]:
        """What of a camera does not change. `every_s`: how often a picture is to be expected."""
        return {"id": camera.code, "name": self.name(camera), "kind": camera.kind, "kind_word": self.words(KINDS[camera.kind]), "group": camera.group,
                "unit": self.profile.unit_name(camera.unit_code, local_day(self.now), self.words.language), "every_s": camera.interval_s}

    def name(self, camera: Camera) -> str:
        return camera.name_en if self.words.language == "en" else camera.name

    def stands(self, standing: Standing | None, now_s: float) -> Mapping[str, Any]:
        """How a camera stands, moments in seconds since 1970; `tag`: which picture is its newest, '' = none."""
        condition = condition_of(standing, now_s)
        if standing is None:
            return {"condition": condition, "cause": self.words(SILENT), "since": None, "checked": None, "received": None, "offset": None, "tag": "",
                    "simulated": self.is_exercise}
        is_told = condition != "unknown"
        cause = self.words(CAUSES[standing.cause]) if standing.cause in CAUSES else ""
        return {"condition": condition, "checked": standing.checked_s, "received": standing.received_s, "tag": standing.tag,
                "cause": cause if is_told else self.words(SILENT), "since": standing.since_s if is_told else standing.checked_s,
                "offset": standing.clock_offset_s if is_told else None,
                "simulated": self.is_exercise if standing.simulated is None else standing.simulated}

    def detection(self, kind: str) -> str:
        return self.words(DETECTIONS.get(kind, DETECTIONS["other"]))

    def verdict(self, verdict: str | None) -> str:
        """What a person said of a detection; '' = nobody has said anything."""
        return "" if verdict is None else self.words(VERDICTS.get(verdict, VERDICTS[""]))


def condition_of(standing: Standing | None, now_s: float) -> str:
    """How a camera stands as far as anybody knows."""
    if standing is None or standing.checked_s is None or now_s - standing.checked_s > SILENT_AFTER_S:
        return "unknown"
    return standing.condition if standing.condition in CONDITIONS else "unknown"
