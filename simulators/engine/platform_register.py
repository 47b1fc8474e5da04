"""Certificates that end, security events that are contained, records that sources could not send: what has a life, a day at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ioc.clock import start_of
from ioc.profiles.units import Unit
from simulators.engine.chance import Lot, poisson
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.days import whole

CERTIFICATES, LASTING_DAYS, PEOPLE = 4808, 1095, 1_199_653
TOLD_DAYS = 30
LATEST_DAYS = 10
"""Renewal after the end: none is later."""
RENEWED_IN_TIME = 0.85
HOLDERS = Lot({"person": 0.7, "organisation": 0.2, "device": 0.1}.items())
# Severity → events a day, hours until half of them are contained.
SECURITY = {1: (0.6, 1.5), 2: (0.2, 5.0), 3: (0.03, 8.0), 4: (0.0007, 20.0)}
REASONS = {
    1: ("Dò quét cổng từ bên ngoài", "Thư rác hàng loạt bị chặn"),
    2: ("Dò mật khẩu nhiều lần vào cổng thông tin", "Máy trạm nhiễm mã độc, đã cách ly"),
    3: ("Khai thác lỗ hổng ứng dụng web", "Tài khoản quản trị đăng nhập bất thường"),
    4: ("Mã hóa dữ liệu đòi tiền chuộc trên một máy chủ",),
}
ATTACK, CONTAINED = "Tấn công từ chối dịch vụ vào cổng thông tin", "Đã khống chế, theo dõi thêm"
ATTACK_STEP, ROUNDING = timedelta(minutes=5), 1e-9
SEVERE_FROM = 4.0
REJECTED, REJECTIONS = 0.08, ("schema: thiếu trường bắt buộc", "schema: mã đơn vị không có trong danh mục", "schema: thời điểm ở tương lai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate's end, and the day on which it is renewed."""

    code: str
    unit: Unit
    holder: str
    expires_on: date
    renewed_on: date


@dataclass(slots=True)
class Register:
    """What is entered by day; each day is drawn by its own name. `first`: the day on which all that end soon are told at once."""

    scenario: Scenario
    systems: Sequence[str]
    first: date
    ends: dict[date, list[Certificate]] = field(default_factory=dict)

    def day(self, day: date) -> Iterator[Sequence[SimulatedEvent]]:
        """Subjects that are first told of on the day, and single events."""
        yield from self._certificates(day)
        yield from self._security(day)
        yield from self._attacks(day)
        yield from self._rejected(day)

    def event(self, fact: str, subject: str, at: datetime, **data: Any) -> SimulatedEvent:
        at = whole(at)
        return SimulatedEvent(fact=fact, id=f"{subject}:{fact}:{int(at.timestamp())}", source=self.scenario.source("platform"), subject=subject,
                              time=at, data={"unit_code": ""} | data)

    def _certificates(self, day: date) -> Iterator[Sequence[SimulatedEvent]]:
        known = range(-LATEST_DAYS, TOLD_DAYS + 1) if day == self.first else (TOLD_DAYS,)
        for certificate in (c for n in known for c in self._ending(day + timedelta(days=n))):
            if certificate.renewed_on > day:
                again = certificate.expires_on + timedelta(days=LASTING_DAYS)
                yield (self._said(certificate, day, 7, certificate.expires_on), self._said(certificate, certificate.renewed_on, 9, again))

    def _said(self, certificate: Certificate, day: date, hour: int, expires_on: date) -> SimulatedEvent:
        at = start_of(day) + timedelta(hours=hour, seconds=sum(map(ord, certificate.code)) * 97 % 7200)
        return self.event("certificate_expiring", certificate.code, at, source_id="signing-register", expires_on=expires_on,
                          holder_kind=certificate.holder, unit_code=certificate.unit.code,
                          unit_valid_on=certificate.expires_on - timedelta(days=TOLD_DAYS))

    def _ending(self, day: date) -> list[Certificate]:
        if day not in self.ends:
            units = self.scenario.profile.units_on(day - timedelta(days=TOLD_DAYS))
            random, people = self.scenario.world.random("platform.certificates", day), Lot((u, u.population) for u in units)
            number = poisson(random.random(), CERTIFICATES / LASTING_DAYS * people.total / PEOPLE)
            self.ends[day] = [Certificate(
                code=f"CTS-{day:%y%m%d}-{n + 1:03}", unit=people.draw(random),
                holder=HOLDERS.draw(random), expires_on=day,
                renewed_on=day + timedelta(days=-random.randint(1, 25) if random.random() < RENEWED_IN_TIME else random.randint(1, LATEST_DAYS)),
            ) for n in range(number)]
        return self.ends[day]

    def _security(self, day: date) -> Iterator[Sequence[SimulatedEvent]]:
        random = self.scenario.world.random("platform.security", day)
        number = 0
        for severity, (mean, half_h) in SECURITY.items():
            for _ in range(poisson(random.random(), mean)):
                number += 1
                at, length = start_of(day) + timedelta(hours=random.uniform(0, 24)), timedelta(hours=half_h * random.lognormvariate(0, 0.7))
                yield self._incident(f"SOC-{day:%y%m%d}-{number:02}", at, severity, random.choice(REASONS[severity]), length)

    def _attacks(self, day: date) -> Iterator[Sequence[SimulatedEvent]]:
        # As many an hour as the scenario says, the first at once; the worst of a grave attack is its first.
        due, number, at = 1.0, 0, start_of(day)
        while at < start_of(day + timedelta(days=1)):
            intensity = self.scenario.effects.amount("platform.attack", at)
            due = due if intensity > 0 else 1.0
            while intensity > 0 and due > 1 - ROUNDING:
                due -= 1
                number += 1
                severity = 4 if intensity >= SEVERE_FROM and number == 1 else 3
                length = timedelta(hours=self.scenario.world.random("platform.attack", day, number).uniform(1, 6))
                yield self._incident(f"SOC-{day:%y%m%d}-A{number:02}", at + timedelta(seconds=7 * number), severity, ATTACK, length)
            due += max(0.0, intensity) * (ATTACK_STEP / timedelta(hours=1))
            at += ATTACK_STEP

    def _incident(self, subject: str, at: datetime, severity: int, reason: str, length: timedelta) -> Sequence[SimulatedEvent]:
        return (self.event("security_event", subject, at, source_id="soc", severity=severity, reason=reason),
                self.event("security_contained", subject, at + max(length, timedelta(minutes=2)), source_id="soc", reason=CONTAINED))

    def _rejected(self, day: date) -> Iterator[Sequence[SimulatedEvent]]:
        random = self.scenario.world.random("platform.rejected", day)
        for system in self.systems:
            draw, hour, reason, number = random.random(), random.uniform(7, 18), random.choice(REJECTIONS), random.randint(1, 4)
            if draw < REJECTED * self.scenario.world.load(day):
                yield (self.event("event_rejected", system, start_of(day) + timedelta(hours=hour), source_id=system, reason=reason, value=number),)
