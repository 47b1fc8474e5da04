"""The ten figures that a chairman asks for in the morning: which, of what time, and what each means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ioc.calendar.periods import Period
from ioc.calendar.working import WorkingCalendar
from ioc.clock import end_of
from ioc.moment import Moment
from ioc.words import Words

Span = Literal["now", "day", "working_day", "month"]
"""Of the moment; of the last whole day; of the last whole working day; of the month up to the last whole day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One figure of `ioc.kpi`. `of`: the figure of the same section that it is a part of. `streams`: those of the section that it is made of."""

    key: str
    span: Span
    streams: tuple[str, ...]
    of: str = ""
    decimals: int = 0
    better: Literal["up", "down", ""] = ""

    @property
    def section(self) -> str:
        return self.key.split(".")[0]


CHOICES = (
    Choice(key="one_stop.overdue", span="now", streams=("dossier",), of="one_stop.open", better="down"),
    Choice(key="one_stop.received", span="working_day", streams=("dossier",)),
    Choice(key="one_stop.resolved", span="working_day", streams=("dossier",)),
    Choice(key="one_stop.on_time_rate", span="month", streams=("dossier",), better="up"),
    Choice(key="citizen_reports.overdue", span="now", streams=("report",), of="citizen_reports.open", better="down"),
    Choice(key="documents_tasks.tasks_overdue", span="now", streams=("task",), of="documents_tasks.tasks_open", better="down"),
    Choice(key="documents_tasks.overdue", span="now", streams=("document",), of="documents_tasks.open", better="down"),
    Choice(key="security_traffic.reported", span="day", streams=("incident",)),
    Choice(key="environment.salinity_max", span="day", streams=("environment",), decimals=1, better="down"),
    Choice(key="environment.level_max", span="day", streams=("environment",), decimals=2, better="down"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """How a figure is called, what it means, and its unit where the name does not say it. `made_of`: what it is a part or a result of."""

    label: str
    definition: str
    made_of: str = ""
    unit: str = ""


def texts(words: Words) -> Mapping[str, Texts]:
    """Texts of the chosen figures by key."""
    return {
        "one_stop.overdue": Texts(
            label=words("Hồ sơ đang giải quyết quá hạn"), made_of=words("trong {n} đang giải quyết"),
            definition=words("đã tiếp nhận, chưa có kết quả, quá thời điểm hẹn trả, không tạm dừng (NĐ 118/2025/NĐ-CP)")),
        "one_stop.received": Texts(
            label=words("Hồ sơ tiếp nhận"),
            definition=words("hồ sơ có sự kiện tiếp nhận trong ngày làm việc gần nhất, so với ngày làm việc trước đó")),
        "one_stop.resolved": Texts(
            label=words("Hồ sơ đã giải quyết"), definition=words("hồ sơ có kết quả trong ngày làm việc gần nhất, so với ngày làm việc trước đó")),
        "one_stop.on_time_rate": Texts(
            label=words("Tỷ lệ đúng hẹn trong tháng"), definition=words("(trước hạn + đúng hạn) / đã giải quyết, từ đầu tháng; hạn sau gia hạn")),
        "citizen_reports.overdue": Texts(
            label=words("Phản ánh, kiến nghị quá hạn"), made_of=words("trong {n} đang xử lý"),
            definition=words("chưa xử lý xong, quá thời hạn, không tạm dừng")),
        "documents_tasks.tasks_overdue": Texts(
            label=words("Nhiệm vụ được giao quá hạn"), made_of=words("trong {n} chưa hoàn thành"), definition=words("chưa hoàn thành, quá thời hạn")),
        "documents_tasks.overdue": Texts(
            label=words("Văn bản đến quá hạn xử lý"), made_of=words("trong {n} đang xử lý"),
            definition=words("đã đến, chưa xử lý xong, quá hạn xử lý (NĐ 30/2020/NĐ-CP)")),
        "security_traffic.reported": Texts(
            label=words("Tin báo 113, 114, 115"), definition=words("tin báo tiếp nhận trong ngày, kể cả tin bị hủy sau đó")),
        "environment.salinity_max": Texts(
            label=words("Độ mặn cao nhất"), made_of=words("{n} trạm"), unit="g/l", definition=words("trị số lớn nhất của các trạm trong ngày")),
        "environment.level_max": Texts(
            label=words("Mực nước cao nhất"), made_of=words("{n} trạm"), unit="m", definition=words("mực nước lớn nhất của các trạm trong ngày")),
    }


def last_whole_day(moment: Moment) -> date:
    """The last local day that has ended at the moment."""
    return moment.day if moment.at == end_of(moment.day) else moment.day - timedelta(days=1)


def asked(span: Span, moment: Moment, calendar: WorkingCalendar) -> Period:
    """Days of a figure as of a moment; of what stands now, the moment's own day."""
    last = last_whole_day(moment)
    match span:
        case "month":
            return Period("month", last.replace(day=1), last)
        case "working_day":
            day = last if calendar.is_working_day(last) else calendar.next_working_day(last, -1)
            return Period("day", day, day)
        case "day":
            return Period("day", last, last)
        case _:
            return Period("day", moment.day, moment.day)


def before(span: Span, moment: Moment, calendar: WorkingCalendar) -> tuple[Period, Moment] | None:
    """What a figure is compared with: the same hour yesterday, the day before, the working day before, the month up to the day before.

    None where there is nothing of the same kind: on a month's first day.
    """
    then = Moment(at=moment.at - timedelta(days=1), known=moment.known, live=False)
    period = asked(span, moment, calendar)
    if span == "working_day":
        day = calendar.next_working_day(period.first_day, -1)
        return Period("day", day, day), then
    earlier = asked(span, then, calendar)
    return None if span == "month" and earlier.first_day != period.first_day else (earlier, then)


def wanted(sections: Iterable[str]) -> tuple[Choice, ...]:
    """The chosen figures of these sections."""
    known = frozenset(sections)
    return tuple(choice for choice in CHOICES if choice.section in known)
