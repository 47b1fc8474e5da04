"""The shift's book in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ioc.alerts.wording import SEVERITIES
from ioc.alerts.wording import STATES as ALERT_STATES
from ioc.api.console_letters_words import reasons
from ioc.clock import local_day
from ioc.panels.engine.card import STATE_WORDS
from ioc.profiles import Profile
from ioc.reports.states import STATES
from ioc.shift.book import Alarm, Asked, Book, Letters, Note, Report, Silent
from ioc.words import Words

Line = Mapping[str, Any]
OLD = timedelta(days=1)


def told(book: Book, profile: Profile, text: Words, now: datetime) -> Mapping[str, Any]:
    """The book in words. `now`: against which deadlines are judged."""
    teller = _Teller(profile, text, local_day(book.at), now)
    return {
        "at": text.minute(book.at), "began_at": text.minute(book.began_at) if book.began_at else "", "simulated": book.simulated,
        "reports": [teller.report(r) for r in book.reports], "asked": [teller.asked(a) for a in book.asked],
        "alarms": [teller.alarm(a) for a in book.alarms], "sources": [teller.source(s) for s in book.sources],
        "letters": [teller.letters(x) for x in book.letters], "notes": [_note(n, text) for n in book.notes]}


@dataclass(frozen=True, slots=True)
class _Teller:
    """What lines are worded with."""

    profile: Profile
    text: Words
    day: date
    now: datetime

    def report(self, r: Report) -> Line:
        text = self.text
        return {"subject": r.subject, "category": self._category(r.category), "place": self._place(r.unit_code, r.org_code),
                "state": text(STATES[r.state]) if r.state in STATES else r.state, "since": text.minute(r.submitted_at), "due": text.minute(r.due_at),
                "is_late": r.due_at is not None and r.due_at < self.now}

    def asked(self, a: Asked) -> Line:
        text = self.text
        return {"subject": a.subject, "category": self._category(a.category), "place": self._place(a.unit_code, a.org_code),
                "what": text("Gia hạn") if a.extension_asked_at else text("Tạm dừng"), "since": text.minute(a.extension_asked_at or a.pause_asked_at),
                "wanted": text.minute(a.wanted_due_at) if a.wanted_due_at else ""}

    def alarm(self, a: Alarm) -> Line:
        text = self.text
        return {"severity": a.severity, "word": text(SEVERITIES[a.severity]), "title": a.title, "place": self._place(a.unit_code, a.org_code),
                "state": text(ALERT_STATES[a.state]) if a.state in ALERT_STATES else a.state, "since": text.minute(a.raised_at)}

    def source(self, s: Silent) -> Line:
        text = self.text
        return {"name": s.name_en if text.language == "en" else s.name, "state": text(STATE_WORDS[s.state]),
                "heard": text.minute(s.heard_at) if s.heard_at else text("chưa nhận được")}

    def letters(self, x: Letters) -> Line:
        known = reasons(self.text)
        return {"topic": x.topic, "reason": known[x.reason].what if x.reason in known else x.reason, "messages": self.text.number(x.messages),
                "since": self.text.minute(x.oldest_at), "is_old": self.now - x.oldest_at > OLD}

    def _category(self, code: str) -> str:
        return self.profile.category_name(code, self.text.language)

    def _place(self, unit: str, org: str) -> str:
        return self.profile.owner_name(unit, org, self.day, self.text.language)


def _note(n: Note, text: Words) -> Line:
    return {"number": n.note_id, "at": text.minute(n.written_at), "name": n.name, "words": n.words, "corrects": n.corrects}
