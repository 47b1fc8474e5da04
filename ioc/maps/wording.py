"""The map's own words, for its scripts."""

from collections.abc import Mapping

from ioc.words import Words

PHRASES: Mapping[str, str] = {
    "kind.report": "Phản ánh", "kind.camera": "Camera", "kind.station": "Trạm quan trắc", "kind.incident": "Sự cố, vụ việc",
    "kind.point": "Điểm tiếp nhận", "kind.facility": "Cơ sở", "kind.site": "Điểm hạ tầng",
    "report.open": "Đang xử lý", "report.due": "Sắp đến hạn", "report.late": "Quá hạn", "report.done": "Đã xử lý", "report.offline": "Mất tín hiệu",
    "watched.open": "Bình thường", "watched.due": "Cần chú ý", "watched.late": "Cần xử lý", "watched.done": "Đã xử lý",
    "watched.offline": "Mất tín hiệu", "incident.open": "Đang xử lý",
    "layers": "Lớp bản đồ", "layer.points": "Điểm", "layer.density": "Mật độ phản ánh", "layer.shading": "Tô màu theo đơn vị",
    "home": "Toàn tỉnh", "closer": "Phóng to", "farther": "Thu nhỏ", "density": "Phản ánh chưa xử lý", "few": "thưa", "many": "dày",
    "take": "Tải bản đồ bàn giao",
    "age.stale": "số liệu cũ", "age.dead": "mất nguồn", "since": "từ",
    "unknown": "chưa có số liệu", "lacking": "Chưa có lớp", "no cells": "Chưa tải được ranh giới",
    "level": "Cấp", "until": "đến", "more": "bản tin khác", "simulated": "mô phỏng", "exercise": "diễn tập",
    "spring_tide": "Triều cường", "storm": "Bão", "tropical_depression": "Áp thấp nhiệt đới", "heavy_rain": "Mưa lớn", "salinity": "Xâm nhập mặn",
    "flood": "Ngập lụt", "thunderstorm": "Dông, lốc, sét", "heat": "Nắng nóng", "strong_wind": "Gió mạnh", "landslide": "Sạt lở",
}
"""Name in the scripts → text. `watched`: whatever is not worked on like a report or an incident."""


def phrases(words: Words) -> dict[str, str]:
    return {name: words(text) for name, text in PHRASES.items()}
