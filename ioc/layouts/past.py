"""A page of the past: unmistakable, with a bar to move through its day (`assets/dash/past.js`), and links that keep its moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from dash import html

from ioc.clock import LOCAL, day_closed, start_of
from ioc.moment import read_moment
from ioc.words import Words

KEPT = ("at", "known", "guests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewound:
    """A moment of the past that a page shows. `known`: what is known of it as of then; None = all that is known since."""

    at: datetime
    known: datetime | None
    asked: Mapping[str, str]

    @property
    def as_it_stood(self) -> bool:
        return self.known == self.at

    def to(self, path: str) -> str:
        """Another page at the same moment."""
        return f"{path}?{urlencode(self.asked)}"


def rewound(query: Mapping[str, str]) -> Rewound | None:
    """The moment of a page's query; None = the present.

    Raises:
        InputError: a text that is no moment.

    """
    if not query.get("at"):
        return None
    known = read_moment("known", query["known"]) if query.get("known") else None
    return Rewound(at=read_moment("at", query["at"]), known=known, asked={name: query[name] for name in KEPT if query.get(name)})


def band(past: Rewound, words: Words, path: str) -> html.Div:
    """The line that says of the whole page what it is, and holds the bar. `path`: the same page in the present."""
    return html.Div([
        html.Span(words("XEM LẠI"), className="past-word"),
        html.Span(spoken(past.at, words), className="past-moment"),
        html.Span(_known(past, words), className="past-known"),
        html.Div(id="past-bar", className="past-bar", **_bar(past, words, path)),
    ], className="past-band", role="status")


def entrance(path: str, today: date, words: Words) -> html.A:
    """The way from the present into the past: the quarter of an hour before now; without script, the end of yesterday."""
    return html.A(words("Xem lại"), href=f"{path}?at={today - timedelta(days=1)}", className="lang past-enter")


def spoken(at: datetime, words: Words) -> str:
    """A moment as people say it: 14:00 20/11/2026; seconds only where there are any."""
    time, day = words.moment(at).split(" ")
    return f"{time.removesuffix(':00')} {day}"


def _known(past: Rewound, words: Words) -> str:
    if past.known is None:
        return words("số liệu đã chỉnh lý")
    if past.as_it_stood:
        return words("như đã biết lúc đó")
    return words("như đã biết lúc {moment}", moment=spoken(past.known, words))


def _bar(past: Rewound, words: Words, path: str) -> dict[str, Any]:
    """What the script makes the bar of: local day and minute of the day (up to 1440 = 24:00), and its words."""
    day = day_closed(past.at)
    local = past.at.astimezone(LOCAL)
    return {
        "data-moment": f"{local:%Y-%m-%dT%H:%M}{'~' if past.as_it_stood else ''}",
        "data-day": day.isoformat(),
        "data-minute": str(int((past.at - start_of(day)).total_seconds() // 60)),
        "data-then": "1" if past.as_it_stood else "",
        "data-present": path,
        "data-word-slider": words("Thời điểm trong ngày"),
        "data-word-before": words("Ngày trước"),
        "data-word-after": words("Ngày sau"),
        "data-word-day": words("Ngày xem lại"),
        "data-word-then": words("Như đã biết lúc đó"),
        "data-word-play": words("Chạy"),
        "data-word-pause": words("Dừng"),
        "data-word-present": words("Về hiện tại"),
    }
