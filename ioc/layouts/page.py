"""The wall (all cards) and the focus page (one panel): skeletons filled by the live link, or once with given properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from ioc.clock import local_day
from ioc.layouts.past import Rewound, band, entrance, spoken
from ioc.maps.page import OVERVIEW
from ioc.panels.engine.card import SIMULATED, STATE_WORDS, handed_on
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.words import Words

GUESTS = "Chế độ tiếp khách"
GRAPH = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "plotlyServerURL": "", "responsive": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """How ids are mounted: live (bare ids, filled by the link), or a page of the past (prefixed ids with fixed properties)."""

    words: Words
    given: Mapping[str, Mapping[str, Any]] | None = None

    def id(self, name: str) -> str:
        return name if self.given is None else f"past--{name}"

    def props(self, name: str) -> dict[str, Any]:
        return {"id": self.id(name), **(self.given or {}).get(name, {})}

    def graph(self, name: str, class_name: str) -> dcc.Graph:
        return dcc.Graph(**{"figure": {"data": [], "layout": {}}, **self.props(name)}, className=class_name,
                         config={**GRAPH, "locale": self.words.language})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands: its address, and the local day it shows. `may_give`: whoever reads it gives tasks. `past`: the moment that it shows,
    None = the present. `guests`: guests of the house see it.
    """

    path: str
    day: date
    may_give: bool = False
    past: Rewound | None = None
    guests: bool = False

    def to(self, path: str) -> str:
        """Another page at the same moment."""
        return self.past.to(path) if self.past else path


def wall(panels: Mapping[str, Panel], profile: Profile, words: Words, here: Place, *,
         given: Mapping[str, Mapping[str, Any]] | None = None) -> html.Div:
    """All panels as cards; `given` fills them once for a moment of the past."""
    mount = Mount(words=words, given=given)
    cards: list[Any] = [_card(panel, mount, here) for panel in panels.values()]
    maps = [key for key, panel in panels.items() if panel.spec.has_map]
    if maps:
        asked = urlencode({**(here.past.asked if here.past else {}), **_of_guests(here), "lang": words.language})
        cards.append(html.Iframe(id=mount.id(f"map--{OVERVIEW}"), src=f"/map/{OVERVIEW}?{asked}", className="wall-map", title=words("Bản đồ"),
                                 **{"data-layers": " ".join(maps)}))
    return _frame([html.Main(cards, className="cards")], profile, words, here, cards=len(panels), past=given is not None)


def focus(panel: Panel, profile: Profile, words: Words, here: Place, *, given: Mapping[str, Mapping[str, Any]] | None = None,
          query: Mapping[str, str] | None = None) -> html.Div:
    """One panel, full screen; `given` fills it once for a moment of the past or another jurisdiction."""
    mount = Mount(words=words, given=given)
    key = panel.spec.key
    figures = [html.Section([html.H3(**mount.props(f"{key}--title--{name}"), className="figure-title"),
                             mount.graph(f"{key}--figure--{name}", "focus-graph")], className="focus-figure") for name in panel.spec.charts]
    body = html.Div([
        html.Header([*_head(panel, mount), html.Span(**mount.props(f"{key}--alert"), className="card-alert")], className="focus-head"),
        html.Div([html.Div(**mount.props(f"{key}--headline"), className="focus-headline"),
                  html.P(**mount.props(f"{key}--comparison"), className="card-comparison"),
                  html.P(**mount.props(f"{key}--sentence"), className="card-sentence"),
                  html.Div(**mount.props(f"{key}--numbers"), className="focus-numbers"),
                  *([_tasks(panel, words)] if here.may_give and given is None else [])], className="focus-side"),
        html.Div(figures, className="focus-figures", **{"data-figures": str(len(figures))}),
        html.Div(_right(panel, mount, {**(query or {}), **_of_guests(here)}), className="focus-right"),
        html.Footer(**mount.props(f"{key}--foot"), className="card-foot"),
    ], **mount.props(f"focus--{key}"), className="focus", **({"data-state": "loading"} if given is None else {}))
    return _frame([body], profile, words, here, cards=1, back=True, past=given is not None)


def missing(profile: Profile, words: Words, here: Place, reason: str) -> html.Div:
    """A page that cannot be shown, with the reason and the remedy."""
    return _frame([html.Main(html.P(reason, className="card-sentence"), className="cards")], profile, words, here, cards=1, back=True)


def _card(panel: Panel, mount: Mount, here: Place) -> html.Article:
    key = panel.spec.key
    return html.Article([
        html.Header(_head(panel, mount, link=here.to(f"/wall/{key}")), className="card-head", title=mount.words(panel.spec.title)),
        html.Span(**mount.props(f"{key}--alert"), className="card-alert"),
        html.Div(**mount.props(f"{key}--headline"), className="card-headline"),
        html.P(**mount.props(f"{key}--comparison"), className="card-comparison"),
        html.P(**mount.props(f"{key}--sentence"), className="card-sentence"),
        html.Div(mount.graph(f"{key}--figure--{panel.spec.charts[0]}", "card-graph"), className="card-figure"),
        html.Footer(**mount.props(f"{key}--foot"), className="card-foot"),
    ], **mount.props(f"card--{key}"), className="card", **({"data-state": "loading"} if mount.given is None else {}))


def _head(panel: Panel, mount: Mount, *, link: str | None = None) -> list[Any]:
    title = mount.words((panel.spec.short if link else "") or panel.spec.title)
    return [html.Span(str(panel.spec.number), className="card-number"),
            html.H2(html.A(title, href=link) if link else title, className="card-title"),
            html.Span(**mount.props(f"{panel.spec.key}--place"), className="card-place"),
            html.Span(**mount.props(f"{panel.spec.key}--mark"), className="simulated-mark")]


def _tasks(panel: Panel, words: Words) -> html.Details:
    """From each figure of the panel a task can be given."""
    key = panel.spec.key
    links = [html.A(words(d.label), href=f"/console/tasks/new?{urlencode({'figure': f'{key}.{name}', 'to': f'/wall/{key}'})}")
             for name, d in panel.definitions.items()]
    return html.Details([html.Summary(words("Giao việc")), html.Div(links, className="task-links")], className="give-task")


def _right(panel: Panel, mount: Mount, query: Mapping[str, str]) -> list[Any]:
    key = panel.spec.key
    lists = html.Div(**mount.props(f"{key}--lists"), className="focus-list")
    alerts = [] if mount.given is not None else [html.Div(**mount.props(f"{key}--alerts"), className="focus-alerts")]
    if not panel.spec.has_map:
        return [*alerts, lists]
    asked = urlencode(handed_on(query))
    frame = html.Iframe(id=mount.id(f"map--{key}"), src=f"/map/{key}?{asked}&lang={mount.words.language}", className="focus-map",
                        title=mount.words("Bản đồ"))
    return [frame, *alerts, lists]


def _frame(children: Sequence[Any], profile: Profile, words: Words, here: Place, *, cards: int, back: bool = False,  # noqa: PLR0913 (parts of a page)
           past: bool = False) -> html.Div:
    other, present = "en" if words.language == "vi" else "vi", here.path.partition("?")[0]
    head = html.Header([
        html.Div(_title(profile, words, here, back=back), className="wall-title"),
        html.Div(profile.subtitle(words.language), className="wall-sub"),
        html.Div(spoken(here.past.at, words), className="wall-clock") if here.past else html.Div(id="clock", className="wall-clock"),
        html.Div(id="link", className="wall-link"),
        html.Div([*([html.Span(words(GUESTS), className="guests-mark")] if here.guests else []),
                  *([] if past else [entrance(present, here.day, words)]),
                  html.A(other.upper(), href=f"/language/{other}?to={quote(here.path, safe='/')}", className="lang")], className="wall-doors"),
    ], className="wall-head")
    # The present alone has alerts: a page of the past shows none of today's.
    alerts = [] if past else [html.Div(id="alert-strip", className="alert-strip", role="status"),
                              html.Div(id="alert-takeover", className="alert-takeover", role="alert")]
    if here.past:
        alerts = [band(here.past, words, present)]
    return html.Div([head, *alerts, *children], id="wall", className="wall",
                    **{"data-cards": str(cards), "data-lang": words.language, "data-word-simulated": words(SIMULATED)},
                    **{f"data-word-{state}": words(text) for state, text in STATE_WORDS.items()}, **({"data-past": "true"} if here.past else {}),
                    **({"data-guests": "1"} if here.guests else {}))


def _of_guests(here: Place) -> dict[str, str]:
    return {"guests": "1"} if here.guests else {}


def _title(profile: Profile, words: Words, here: Place, *, back: bool) -> Any:
    """The province's name, which a page of the present changes by itself when its day comes."""
    day, renamed = here.day, None if here.past else profile.renamed_at(here.day)
    then = {"data-then": profile.title(words.language, local_day(renamed)), "data-then-at": str(renamed.timestamp())} if renamed else {}
    name = profile.title(words.language, day)
    return html.A(name, href=here.to("/wall"), **then) if back else html.Span(name, **then)
