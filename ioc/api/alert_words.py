"""An alert and its rule as the console tells them: a line of the list, an event of its life, thresholds in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ioc.alerts.board import Alert, told
from ioc.alerts.register import Register
from ioc.alerts.rule import Level, Rule
from ioc.alerts.wording import place
from ioc.clock import local_day
from ioc.people.roles import NAMES
from ioc.places.names import folded
from ioc.profiles import Profile
from ioc.words import Words, unix

_UNITS = {
    "%": "%", "minutes": " phút", "hours": " giờ", "seconds": " giây", "days": " ngày", "weeks": " tuần", "working days": " ngày làm việc",
    "working hours": " giờ làm việc", "reports": " phản ánh", "dossiers": " hồ sơ", "dossiers a day": " hồ sơ mỗi ngày", "services": " dịch vụ",
    "people": " người", "cases": " ca", "times": " lần", "terms": " lần thời hạn", "intervals": " lần chu kỳ", "× promise": " lần thời gian cam kết",
    "times what is allowed": " lần mức cho phép", "of plan": " lần kế hoạch", "ratio": " lần", "places": " bậc", "points": " điểm phần trăm",
    "percentage points": " điểm phần trăm", "score points": " điểm", "priority": " (mức ưu tiên)", "severity": " (mức nghiêm trọng)",
    "alarm level": " (cấp báo động)", "risk level": " (cấp rủi ro)", "σ": " độ lệch chuẩn", "g/l": " g/l", "VN_AQI": " VN_AQI", "": "",
}
"""Units of watches in Vietnamese."""


class Hand(NamedTuple):
    """Who took an alert last."""

    name: str = ""
    actor: str = ""


class Teller(NamedTuple):
    """In which language, of which province, by which register, to whom."""

    words: Words
    profile: Profile
    register: Register
    actor: str

    def line(self, alert: Alert, hand: Hand) -> Mapping[str, Any]:
        """One alert of the list."""
        return {**self.told(alert, hand.name), **self.own(alert, hand)}

    def own(self, alert: Alert, hand: Hand) -> Mapping[str, Any]:
        """What of a line depends on who reads it, and when the condition was found last."""
        return {"live": alert.live_at is not None, "mine": hand.actor == self.actor}

    def told(self, alert: Alert, hand: str) -> Mapping[str, Any]:
        """What of a line is the same for all who read a language. Moments are unix seconds."""
        title, text = told(alert, self.register, self.words, self.profile)
        day, rule = local_day(alert.raised_at), self.register.rules.get(alert.rule_id)
        where = place(self.words, self.profile, day, alert.unit_code, alert.org_code)
        owner = self.profile.owner_name("", alert.owner_org, day, self.words.language) if alert.owner_org else ""
        return {
            "id": alert.alert_id, "version": alert.version, "state": alert.state, "severity": alert.severity, "rule": alert.rule_id, "title": title,
            "text": text, "place": where, "panel": rule.panel if rule else "", "raised": unix(alert.raised_at), "cases": alert.cases,
            "since": unix(alert.began_at or alert.raised_at), "owner": owner, "hand": hand,
            "until": unix(alert.until_at), "escalated": alert.escalation_count,
            "told": self.role(alert.told_role), "takeover": alert.takeover, "simulated": alert.simulated,
            "key": folded(f"{alert.rule_id} {title} {text} {where} {owner} {hand}"),
        }

    def event(self, row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """One event of an alert's life."""
        owner = row["owner_org"]
        return {
            "fact": row["type"].split(".")[-2], "at": unix(row["occurred_at"]), "severity": row["severity"], "by": name,
            "role": self.role(row["actor_role"]), "told": self.role(row["told_role"]), "reason": row["reason_code"] or "", "note": row["note"] or "",
            "until": unix(row["until_at"]), "owner": self._agency(owner, row["occurred_at"]) if owner else "",
        }

    def role(self, role: str | None) -> str:
        return self.words(NAMES.get(role, role)) if role else ""

    def _agency(self, code: str, at: datetime) -> str:
        return self.profile.owner_name("", code, local_day(at), self.words.language)


def thresholds(rule: Rule, unit: str, words: Words) -> list[Mapping[str, Any]]:
    """Each level of a rule: its severity, and when it speaks and stops, in words. `unit`: of the values."""
    return [{"severity": level.severity, "text": "; ".join(_level(rule, level, unit, words))} for level in rule.levels]


def _level(rule: Rule, level: Level, unit: str, words: Words) -> list[str]:
    above = rule.direction == "above"
    shown = _UNITS.get(unit, f" {unit}") if words.language == "vi" or unit == "%" else f" {unit}"
    raised, clear = (f"{words.number(bound, _decimals(bound))}{shown}".rstrip() for bound in (float(level.raise_), level.held_from))
    said = [words("từ {value} trở lên", value=raised) if above else words("từ {value} trở xuống", value=raised)]
    if level.cases > 1:
        said.append(words("ở ít nhất {n} nơi", n=words.number(level.cases)))
    if lasting := rule.for_s if level.for_s is None else level.for_s:
        said.append(words("kéo dài {span}", span=span(lasting, words)))
    if level.clear is not None:
        said.append(words("hết khi dưới {value}", value=clear) if above else words("hết khi trên {value}", value=clear))
    if level.takeover:
        said.append(words("chiếm màn hình lớn"))
    return said


def _decimals(value: float) -> int:
    return next((n for n in range(3) if round(value, n) == value), 3)


def span(seconds: float, words: Words) -> str:
    """A length of time in its greatest whole unit."""
    if seconds >= 7200 and seconds % 3600 == 0:
        return words("{n} giờ", n=words.number(seconds / 3600))
    if seconds >= 60 and seconds % 60 == 0:
        return words("{n} phút", n=words.number(seconds / 60))
    return words("{n} giây", n=words.number(seconds))
