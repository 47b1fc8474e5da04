"""The morning page in words: every line as it will be read, bounded so that it fits one sheet. Pure: from facts to text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ioc.alerts import board
from ioc.alerts.board import Alert
from ioc.alerts.register import Register
from ioc.alerts.wording import SEVERITIES, place
from ioc.brief.facts import Facts, Told
from ioc.brief.figures import Texts, texts
from ioc.clock import LOCAL, day_closed, local_day
from ioc.panels.engine.freshness import Freshness
from ioc.people.roles import NAMES
from ioc.profiles import Profile
from ioc.words import NONE, SMALL_SAMPLE, Words

MOST_ALERTS, MOST_AGENCIES, MOST_SOURCES = 5, 6, 6
LONGEST_NAME, LONGEST_TITLE, LONGEST_SENTENCE = 70, 90, 210


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    severity: int
    word: str
    place: str
    title: str
    sentence: str
    since: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """`turn`: 'better', 'worse' or ''. `period`: the time it is of. `until`: how far its sources told; `is_late`: one of them is overdue."""

    number: str
    label: str
    value: str
    made_of: str
    period: str
    change: str
    turn: str
    until: str
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    name: str
    overdue: str
    longest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page's texts, in reading order. `tasks` None = out of the reader's reach."""

    language: str
    province: str
    centre: str
    title: str
    moment: str
    simulated: str
    internal: str
    alerts_head: str
    alerts: Sequence[AlertLine]
    alerts_rest: str
    figures_head: str
    figures: Sequence[FigureLine]
    tasks_head: str
    tasks: Sequence[AgencyLine] | None
    tasks_rest: str
    sources_head: str
    sources: str
    late_sources: str
    notes_head: str
    notes: Sequence[str]
    footer: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """In whose words and names the page is written."""

    profile: Profile
    register: Register
    words: Words

    def page(self, facts: Facts, *, by: str, made_at: datetime) -> Page:
        """The page. `by`: role of who had it made; `made_at`: when, by the machine's clock."""
        words, moment = self.words, facts.moment
        mark = words("mô phỏng") if facts.simulated else ""
        figures = [self._figure(number, told, facts) for number, told in enumerate(facts.figures, start=1)]
        return Page(
            language=words.language, province=self.profile.title(words.language, moment.day), centre=self.profile.subtitle(words.language),
            title=words("Báo cáo giao ban"), moment=words("Số liệu tính đến {moment}", moment=_long(moment.at, words)), simulated=mark.upper(),
            internal=words("Lưu hành nội bộ"),
            alerts_head=_marked(words("Cảnh báo nặng nhất chưa xử lý xong"), mark),
            alerts=[self._alert(a, moment.day.year) for a in _worst(facts.alerts)],
            alerts_rest=self._counted(facts.open_counts),
            figures_head=_marked(words("Số liệu chính và thay đổi"), mark), figures=figures,
            tasks_head=_marked(words("Nhiệm vụ quá hạn theo cơ quan"), mark), tasks=self._agencies(facts), tasks_rest=self._other_agencies(facts),
            sources_head=words("Nguồn dữ liệu"), sources=self._sources(facts.sources), late_sources=self._late_sources(facts.sources),
            notes_head=words("Cách tính và nguồn"), notes=self._notes(facts),
            footer=words("Lập lúc {at} · Người lập: {by} · {internal}", at=words.minute(made_at), by=by, internal=words("Lưu hành nội bộ")),
            columns=_columns(words))

    def _alert(self, alert: Alert, year: int) -> AlertLine:
        words = self.words
        title, sentence = board.told(alert, self.register, words, self.profile)
        return AlertLine(
            severity=alert.severity, word=words(SEVERITIES[alert.severity]), title=short(title, LONGEST_TITLE),
            sentence=short(sentence, LONGEST_SENTENCE),
            place=short(place(words, self.profile, local_day(alert.raised_at), alert.unit_code, alert.org_code), LONGEST_NAME),
            since=_short(alert.began_at or alert.raised_at, year), holder=self._holder(alert))

    def _holder(self, alert: Alert) -> str:
        words = self.words
        if alert.state == "assigned" and alert.owner_org:
            name = short(self.profile.owner_name("", alert.owner_org, local_day(alert.raised_at), words.language), LONGEST_NAME)
            held = words("đã giao {agency}", agency=name)
        elif alert.acknowledged_at and alert.state != "raised":
            held = words("trực ban đã nhận {at}", at=_short(alert.acknowledged_at))
        else:
            held = words("chưa ai nhận")
        role = NAMES.get(alert.told_role or "")
        return f"{held}; {words('đã báo {role}', role=words(role))}" if alert.escalation_count and role else held

    def _counted(self, found: Mapping[tuple[int, str], int]) -> str:
        words = self.words
        if not found:
            return words("Không có cảnh báo nào đang mở.")
        by_severity = {s: sum(n for (severity, _), n in found.items() if severity == s) for s in sorted(SEVERITIES, reverse=True)}
        parts = [f"{words(SEVERITIES[s]).lower()} {words.number(n)}" for s, n in by_severity.items() if n]
        silent = sum(n for (_, state), n in found.items() if state == "suppressed")
        text = words("Đang mở {n} cảnh báo: {parts}.", n=words.number(sum(found.values())), parts=", ".join(parts))
        return f"{text} {words('Tạm ẩn {n}, không liệt kê.', n=words.number(silent))}" if silent else text

    def _figure(self, number: int, told: Told, facts: Facts) -> FigureLine:
        words, choice = self.words, told.choice
        text = texts(words)[choice.key]
        is_heard = any(stream in facts.heard for stream in choice.streams)
        until, is_late = _until(choice.streams, facts.sources, words)
        if not is_heard:  # nothing counted of what was never heard is no zero
            return FigureLine(number=str(number), label=text.label, value=NONE, made_of="", period=_period(told, facts), change=NONE, turn="",
                              until=words("chưa có nguồn"), is_late=True)
        change, turn = self._change(told)
        return FigureLine(number=str(number), label=text.label, value=self._value(told, text), made_of=self._made_of(told, text),
                          period=_period(told, facts), change=change, turn=turn, until=until, is_late=is_late)

    def _value(self, told: Told, text: Texts) -> str:
        figure = told.now
        if figure.unit == "%":
            return self.words.share(figure.numerator, figure.denominator)
        value = self.words.number(figure.value, told.choice.decimals)
        return f"{value} {text.unit}" if text.unit and figure.value is not None else value

    def _made_of(self, told: Told, text: Texts) -> str:
        figure, words = told.now, self.words
        if figure.unit == "%":
            is_large = (figure.denominator or 0) >= SMALL_SAMPLE
            return f"{words.number(figure.numerator)} / {words.number(figure.denominator)}" if is_large else ""
        n = told.of.value if told.of else figure.cases
        return text.made_of.format(n=words.number(n)) if text.made_of and n is not None else ""

    def _change(self, told: Told) -> tuple[str, str]:
        """The difference, and whether it is good; of rates of few cases none, since they jump."""
        now, then, words = told.now, told.then, self.words
        if then is None or now.value is None or then.value is None:
            return NONE, ""
        decimals = 2 if now.unit == "%" else told.choice.decimals
        if now.unit == "%" and min(now.denominator or 0, then.denominator or 0) < SMALL_SAMPLE:
            return NONE, ""
        difference = round(now.value - then.value, decimals)
        if not difference:
            return words("không đổi"), ""
        shown = f"{'+' if difference > 0 else '−'}{words.number(abs(difference), decimals)}"
        grown = "up" if difference > 0 else "down"
        turn = "" if not told.choice.better else "better" if grown == told.choice.better else "worse"
        return f"{shown} {words('điểm')}" if now.unit == "%" else shown, turn

    def _agencies(self, facts: Facts) -> Sequence[AgencyLine] | None:
        if facts.tasks is None:
            return None
        day, words, calendar = facts.moment.day, self.words, self.profile.calendar
        return [AgencyLine(
            name=short(self.profile.owner_name("", late.owner_org, day, words.language), LONGEST_NAME), overdue=words.number(late.overdue),
            longest=words("{n} ngày làm việc, hạn {day}", n=words.number(calendar.working_days_between(local_day(late.oldest_due_at), day)),
                          day=f"{late.oldest_due_at.astimezone(LOCAL):%d/%m/%Y}"),
        ) for late in facts.tasks[:MOST_AGENCIES]]

    def _other_agencies(self, facts: Facts) -> str:
        words, tasks = self.words, facts.tasks or ()
        if not tasks:
            return words("Không có nhiệm vụ nào quá hạn.") if facts.tasks is not None and "task" in facts.heard else words("Chưa có số liệu")
        others = tasks[MOST_AGENCIES:]
        if not others:
            return ""
        rest = words.number(sum(t.overdue for t in others))
        return words("Và {n} cơ quan khác: {tasks} nhiệm vụ quá hạn.", n=words.number(len(others)), tasks=rest)

    def _sources(self, sources: Sequence[Freshness]) -> str:
        on_time = sum(s.state == "fresh" for s in sources)
        return self.words("{n} / {of} nguồn gửi đúng hạn cam kết.", n=on_time, of=len(sources))

    def _late_sources(self, sources: Sequence[Freshness]) -> str:
        words = self.words
        late = [s for s in sources if s.state != "fresh"]
        if not late:
            return ""
        named = [f"{short(self._source(s), 45)} ({_short(s.heard_at) if s.heard_at else words('chưa nhận được')})" for s in late[:MOST_SOURCES]]
        rest = words("và {n} nguồn khác", n=len(late) - MOST_SOURCES) if len(late) > MOST_SOURCES else ""
        return words("Chậm, lần cuối nhận được: {sources}.", sources="; ".join([*named, rest] if rest else named))

    def _notes(self, facts: Facts) -> Sequence[str]:
        words = self.words
        known = texts(words)
        notes = []
        for number, told in enumerate(facts.figures, start=1):
            names = [short(self._source(s), 45) for s in facts.sources if s.stream in told.choice.streams]
            text = known[told.choice.key]
            notes.append(words("({number}) {label}: {definition}. Nguồn: {sources}.", number=number, label=text.label, definition=text.definition,
                               sources="; ".join(names[:2]) or NONE))
        compared = words("So sánh: số hiện tại với cùng giờ hôm trước; số theo ngày với ngày trước đó; "
                         "theo số liệu biết đến lúc lập. In đậm: xấu đi.")
        return [*notes, compared] if notes else []

    def _source(self, source: Freshness) -> str:
        return source.name_en if self.words.language == "en" else source.name


def short(text: str, most: int) -> str:
    """A text cut at a word, with an ellipsis, where it is longer than the page bears."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[most // 2:] else cut}…"


def _worst(alerts: Sequence[Alert]) -> Sequence[Alert]:
    # What a person silenced until a moment is counted, and not held out to the chairman.
    return [a for a in alerts if a.state != "suppressed"][:MOST_ALERTS]


def _until(streams: Sequence[str], sources: Sequence[Freshness], words: Words) -> tuple[str, bool]:
    """How far the slowest of the sources told, and whether one of them is late."""
    of = [s for s in sources if s.stream in streams]
    heard = [s.heard_at for s in of if s.heard_at]
    is_late = any(s.state != "fresh" for s in of)
    if not heard:
        return words("không có cam kết"), is_late
    return f"{_short(min(heard))}{' ' + words('chậm') if is_late else ''}", is_late


def _period(told: Told, facts: Facts) -> str:
    match told.choice.span:
        case "now":
            return _short(facts.moment.at)
        case "month":
            return f"{told.period.first_day:%d}–{told.period.last_day:%d/%m}"
        case _:
            return f"{told.period.last_day:%d/%m}"


def _marked(text: str, mark: str) -> str:
    return f"{text} ({mark})" if mark else text


def _short(at: datetime, year: int | None = None) -> str:
    """Time and day, with the year where it is not the one that is given."""
    local = at.astimezone(LOCAL)
    return f"{local:%H:%M %d/%m}" if year in {None, local.year} else f"{local:%H:%M %d/%m/%Y}"


def _long(at: datetime, words: Words) -> str:
    """The moment of the page: midnight closes the day that ends."""
    time, day = f"{at.astimezone(LOCAL):%H:%M}", day_closed(at)
    return words("{time} ngày {day}", time="24:00" if time == "00:00" else time, day=f"{day:%d/%m/%Y}")


def _columns(words: Words) -> Mapping[str, str]:
    return {
        "severity": words("Mức"), "place": words("Nơi"), "what": words("Nội dung"), "since": words("Từ lúc"), "holder": words("Ai đang giữ"),
        "number": words("TT"), "figure": words("Chỉ tiêu"), "value": words("Giá trị"), "made_of": words("Trong đó"), "period": words("Thời điểm"),
        "change": words("So với trước"), "until": words("Nguồn đến"), "agency": words("Cơ quan"), "overdue": words("Quá hạn"),
        "longest": words("Lâu nhất"),
    }
