"""Reports in a reader's words: lines of the queue, and one report with what became of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ioc.clock import local_day
from ioc.contacts.fields import TEXT
from ioc.contacts.vault import Subject, about
from ioc.people.roles import NAMES
from ioc.people.seals import SealError, Seals
from ioc.profiles import Profile
from ioc.reports.detail import Detail, left
from ioc.reports.states import STATES
from ioc.streams.engine.privacy import masked as without_numbers
from ioc.streams.engine.rules import Rules
from ioc.streams.report import STREAM
from ioc.words import Words, unix

SNIPPET = 160
EXTENSIONS = (1, 3, 5, 10)
"""Working days by which a term is extended at a stroke."""
PUBLIC = frozenset({"published"})
"""Facts whose words the citizen reads."""
_FACTS = {STREAM.type_of(fact): fact for fact in STREAM.facts}


class Teller(NamedTuple):
    """Of one language and province, at a moment. `masks`: for somebody who may not know who reported, so that numbers in the words are hidden."""

    words: Words
    profile: Profile
    rules: Rules
    seals: Seals
    now: datetime
    masks: bool

    def line(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A line of the queue. `text`: its first words; `ours`: its priority is the category's, nobody decided it."""
        text, is_lost = self.text(row)
        day = self._day(row)
        usual = next((c.priority for c in self.profile.categories if c.code == row["category"]), 4)
        return {
            "subject": row["subject"], "state": row["state"], "state_word": self.words(STATES.get(row["state"], row["state"])),
            "version": row["version"], "text": text[:SNIPPET], "lost": is_lost, "category": row["category"],
            "category_name": self.profile.category_name(row["category"], self.words.language), "priority": row["priority"] or usual,
            "ours": row["priority"] is None, "unit": self.unit(row["unit_code"], day), "agency": self.agency(row["org_code"], day),
            "org": row["org_code"], "address": row["address"] or "", "channel": row["channel"], "photos": row["photos"],
            "submitted_at": unix(row["submitted_at"]), "due_at": unix(row["due_at"]), "simulated": row["simulated"],
            "decidable": row["decidable"], "by": row["by_name"] or "", "reopened": row["reopened_count"], "returned": row["returned_count"],
            "asks": [name for name, at in (("pause", row["pause_asked_at"]), ("extension", row["extension_asked_at"])) if at],
            "left": self._left(row)}

    def whole(self, found: Detail) -> dict[str, Any]:
        """One report."""
        row = found.line
        text, is_lost = self.text(row)
        return self.line(row) | {
            "text": text, "lost": is_lost, "acts": list(found.acts), "attributes": row["attributes"] or {},
            "contact": dict(found.contact), "place": None if row["lon_deg"] is None else [row["lon_deg"], row["lat_deg"]],
            "wanted_due_at": unix(row["wanted_due_at"]), "parent": row["parent_id"], "reason": row["reason_code"] or "", "rating": row["rating"],
            "events": [self.event(one, self._day(row)) for one in found.events],
            "photos": [{"id": str(one["media_id"]), "stage": one["stage"], "shown": one["shown"]} for one in found.photos],
            "hints": [{"id": str(h.media_id), "distance_m": h.distance_m, "far": h.is_far, "taken_at": unix(h.taken_at)} for h in found.hints],
            "children": [{"subject": c["subject"], "at": unix(c["submitted_at"])} for c in found.children],
            "neighbours": [{"subject": n["subject"], "state": n["state"], "state_word": self.words(STATES.get(n["state"], n["state"])),
                            "category_name": self.profile.category_name(n["category"], self.words.language),
                            "place": [n["lon_deg"], n["lat_deg"]]} for n in found.neighbours],
            "extensions": self._extensions(row) if "extended" in found.acts else []}

    def text(self, row: Mapping[str, Any]) -> tuple[str, bool]:
        """A report's words, and whether they are there and cannot be opened: a lost key must not hide the queue."""
        if row["words"] is None:
            return "", False
        try:
            text = self.seals.open(bytes(row["words"]), about=about(Subject("report", row["subject"]), TEXT)).decode()
        except SealError:
            return "", True
        return without_numbers(text) if self.masks else text, False

    def event(self, row: Mapping[str, Any], day: Any) -> dict[str, Any]:
        fact = _FACTS.get(row["type"], row["type"])
        role = row["actor_role"] or ""
        return {
            "fact": fact, "at": unix(row["occurred_at"]), "by": row["by_name"] or "", "role": self.words(NAMES[role]) if role in NAMES else role,
            "source": row["source"], "note": row["note"] or "", "public": fact in PUBLIC, "reason": row["reason_code"] or "",
            "to": self.agency(row["to_org"], day) if row["to_org"] else "", "parent": row["parent_id"], "priority": row["priority"],
            "category": self.profile.category_name(row["category"], self.words.language) if row["category"] else "",
            "due_at": unix(row["due_at"] or row["wanted_due_at"]), "rating": row["rating"], "approved": row["approved"]}

    def agency(self, code: str | None, day: Any) -> str:
        return self.profile.owner_name("", code, day, self.words.language) if code else ""

    def unit(self, code: str, day: Any) -> str:
        return self.profile.unit_name(code, day, self.words.language) if code else ""

    def _day(self, row: Mapping[str, Any]) -> Any:
        return row["unit_valid_on"] or local_day(row["submitted_at"] or self.now)

    def _left(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        found = left(self.profile.calendar, self.rules, row, self.now)
        return None if found is None else {"s": round(found.seconds), "unit": found.unit, "stands": found.stands}

    def _extensions(self, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Deadlines to choose from: what the agency asks for, else some working days after the present one."""
        wanted = [{"days": 0, "due_at": row["wanted_due_at"].isoformat(), "at": unix(row["wanted_due_at"])}] if row["wanted_due_at"] else []
        base, calendar = max(row["due_at"] or self.now, self.now), self.profile.calendar
        for days in EXTENSIONS:
            at = calendar.closing(calendar.next_working_day(local_day(base), days)) if not row["jurisdiction"] else base + timedelta(days=days)
            wanted.append({"days": days, "due_at": at.isoformat(), "at": unix(at)})
        return wanted
