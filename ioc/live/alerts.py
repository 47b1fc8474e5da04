"""What all viewers see of the alerts: the strip under the wall's head, a mark on each card, and the screen that a grave danger takes over.

Component ids: `alert-strip`, `alert-takeover`, and `KEY--alert` of each panel. No dossier, report or person is named: texts are of units and counts.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from ioc.alerts.board import Alert, counts, open_alerts, rule_states, told
from ioc.alerts.bulletins import bulletins
from ioc.alerts.register import Register
from ioc.alerts.standing import LEVELS, STATES, standing
from ioc.alerts.wording import SEVERITIES, place
from ioc.clock import Clock, local_day
from ioc.db.connect import Connection, reading
from ioc.moment import AHEAD
from ioc.panels.engine.card import SIMULATED
from ioc.profiles import Profile
from ioc.words import Words, words

KEY = "alerts"
STREAMS = frozenset({"alert", "environment"})
"""Streams whose change may change the body."""
SHOWN = 1
LISTED = 2
"""Sentences on a panel's own page."""
TAKEN = 4
"""Sentences in the strip: one that is read whole is more than two that are cut; dangers named at once by a takeover."""
SILENT_S = 60.0
"""Of the machine: an engine that has looked at nothing for so long has stopped."""

Props = dict[str, dict[str, Any]]


class Board:
    """Built anew for each frame: one reading of what is open, then a face per language."""

    def __init__(self, conn: Connection, clock: Clock, profile: Profile, register: Register, panels: Collection[str]) -> None:
        now = clock.now()
        with reading(conn):
            self._open = open_alerts(conn)
            self._counts: Counter[int] = Counter()
            for (severity, _), n in counts(conn).items():
                self._counts[severity] += n
            self._rules = rule_states(conn)
            self._standing = standing(conn)
            self._map = bulletins(conn, now, now + AHEAD)
        self._now = now
        self._profile = profile
        self._register = register
        self._panels = panels
        self._stopped = _stopped(self._rules, now, clock.rhythm().speed)

    def body(self, language: str, *, guests: bool = False) -> Mapping[str, Any]:
        """What a browser is sent of it in one language; guests of the house are shown how many there are, and no place."""
        text = words(language)
        marks = {f"{panel}--alert": self._mark(panel, text, guests=guests) for panel in self._panels}
        lists = {f"{panel}--alerts": self._list(panel, text, guests=guests) for panel in self._panels}
        whole = {"alert-strip": self._strip(text, guests=guests), "alert-takeover": self._takeover(text, guests=guests)}
        return {"props": {**whole, **marks, **lists}, "map": self._map}

    def figures(self) -> Mapping[str, Any]:
        """The same in numbers, for whoever reads JSON."""
        return {"panel": KEY, "open": {str(severity): n for severity, n in sorted(self._counts.items())}, "stopped_at": self._stopped,
                "standing": self._standing.state if self._standing else None,
                "takeover": [alert.alert_id for alert in self._taking()]}

    def _strip(self, text: Words, *, guests: bool) -> dict[str, Any]:
        shown = [alert for alert in self._open if alert.state != "suppressed"]
        levels = [html.Span(f"{text(SEVERITIES[n])} {text.number(self._counts[n])}", className="pill", **{"data-level": str(n)})
                  for n in (4, 3, 2) if self._counts[n]]
        parts = levels + [self._line(alert, text) for alert in shown[:0 if guests else SHOWN]]
        if not parts:
            parts = [html.Span(text("Không có cảnh báo"), className="alert-quiet")]
        if self._standing is not None and self._standing.state is not None:
            said = text("Trạng thái trực: {state}", state=text(STATES[self._standing.state]))
            parts.insert(0, html.Span(said, className="pill", **{"data-level": LEVELS[self._standing.state]}))
        if self._stopped is not None:
            said = text("Bộ phận cảnh báo dừng từ {at}", at=text.time(self._stopped))
            parts.insert(0, html.Span(said, className="pill", **{"data-level": "grave"}))
        if any(alert.simulated for alert in self._open):
            parts.append(html.Span(text(SIMULATED), className="simulated-mark"))
        return {"children": parts, "data-level": str(shown[0].severity) if shown else "0", "data-state": "dead" if self._stopped else "fresh"}

    def _line(self, alert: Alert, text: Words) -> html.Span:
        _, sentence = told(alert, self._register, text, self._profile)
        parts: list[Any] = [html.Span(className="alert-dot"), html.Span(sentence, className="alert-text"),
                            html.Span(text("từ {at}", at=_since(alert, self._now, text)), className="alert-since")]
        return html.Span(parts, className="alert-line", **{"data-level": str(alert.severity)})

    def _mark(self, panel: str, text: Words, *, guests: bool) -> dict[str, Any]:
        found = [alert for alert in self._of(panel) if alert.severity > 1]
        if not found:
            return {"children": "", "data-level": None, "title": ""}
        worst = found[0]
        same = sum(a.severity == worst.severity for a in found)
        title, sentence = told(worst, self._register, text, self._profile)
        said = f"{text(SEVERITIES[worst.severity])} {text.number(same)}"
        return {"children": said, "data-level": str(worst.severity), "title": title if guests else f"{title}: {sentence}"}

    def _of(self, panel: str) -> Sequence[Alert]:
        rules = self._register.rules
        return [a for a in self._open if a.state != "suppressed" and a.rule_id in rules and rules[a.rule_id].panel == panel]

    def _list(self, panel: str, text: Words, *, guests: bool) -> dict[str, Any]:
        """The panel's worst open alerts, for its own page."""
        found = [] if guests else self._of(panel)
        if not found:
            return {"children": []}
        more = len(found) - LISTED
        rest = [html.P(text("và {n} cảnh báo khác", n=text.number(more)), className="alert-rest")] if more > 0 else []
        return {"children": [html.H3(text("Cảnh báo đang mở"), className="figure-title"), *(self._line(a, text) for a in found[:LISTED]), *rest]}

    def _taking(self) -> Sequence[Alert]:
        return [alert for alert in self._open if alert.takeover and alert.state == "raised" and self._has_waited(alert)]

    def _has_waited(self, alert: Alert) -> bool:
        rule = self._register.rules.get(alert.rule_id)
        level = rule.level(alert.severity) if rule else None
        return level is not None and self._now - (alert.since_at or alert.raised_at) >= timedelta(seconds=level.takeover_after_s)

    def _takeover(self, text: Words, *, guests: bool) -> dict[str, Any]:
        taking = self._taking()
        if not taking:
            return {"children": [], "data-on": None}
        dangers = [self._danger(alert, text, guests=guests) for alert in taking[:TAKEN]]
        more = len(taking) - len(dangers)
        rest = [html.P(text("và {n} cảnh báo nghiêm trọng khác", n=text.number(more)), className="danger-more")] if more else []
        return {"children": [html.Div(text(SEVERITIES[4]), className="danger-head"), *dangers, *rest], "data-on": str(len(dangers))}

    def _danger(self, alert: Alert, text: Words, *, guests: bool) -> html.Article:
        title, sentence = told(alert, self._register, text, self._profile)
        if guests:  # whoever is in the house is warned too, without a place or a number of people
            return html.Article([html.H2([title, *([html.Span(text(SIMULATED), className="simulated-mark")] if alert.simulated else [])])])
        where = place(text, self._profile, local_day(alert.raised_at), alert.unit_code, alert.org_code)
        since = text("từ {at}, chưa có người nhận", at=_since(alert, self._now, text))
        mark = [html.Span(text(SIMULATED), className="simulated-mark")] if alert.simulated else []
        foot = html.P(f"{where} · {since}", className="danger-since")
        return html.Article([html.H2([title, *mark]), html.P(sentence, className="danger-text"), foot])


def broken_board(text: Words, reason: str) -> Props:
    """The strip of alerts that could not be read: it says so, and no old alert stays up as if it were known."""
    parts = [html.Span(text("Không đọc được cảnh báo"), className="pill", **{"data-level": "grave"}), html.Span(reason, className="alert-text")]
    return {"alert-strip": {"children": parts, "data-level": "4", "data-state": "dead"}, "alert-takeover": {"children": [], "data-on": None}}


def _since(alert: Alert, now: datetime, text: Words) -> str:
    at = alert.began_at or alert.raised_at
    return text.time(at) if local_day(at) == local_day(now) else f"{text.time(at)} {text.day(local_day(at))}"


def _stopped(rules: Mapping[str, Mapping[str, Any]], now: datetime, speed: float) -> datetime | None:
    """When the engine stopped; None while it works, or where it never has."""
    looked = [row["evaluated_at"] for row in rules.values() if row["evaluated_at"] is not None and row["state"] in {"watching", "held", "failed"}]
    last: datetime | None = max(looked, default=None)
    return last if last is not None and (now - last).total_seconds() > SILENT_S * max(speed, 1.0) else None
