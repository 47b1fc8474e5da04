"""The wall (all cards) and the focus page (one panel): skeletons filled by the live link, or once with given properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from ioc.clock import local_day
from ioc.panels.engine.card import SIMULATED, STATE_WORDS
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.words import Words

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
    """Where a page stands: its address, and the local day it shows."""

    path: str
    day: date


def wall(panels: Mapping[str, Panel], profile: Profile, words: Words, here: Place) -> html.Div:
    """All panels as cards."""
    mount = Mount(words=words)
    cards = [_card(panel, mount) for panel in panels.values()]
    return _frame([html.Main(cards, className="cards")], profile, words, here, cards=len(cards))


def focus(panel: Panel, profile: Profile, words: Words, here: Place, *, given: Mapping[str, Mapping[str, Any]] | None = None,
          query: Mapping[str, str] | None = None) -> html.Div:
    """One panel, full screen; `given` fills it once for a moment of the past or another jurisdiction."""
    mount = Mount(words=words, given=given)
    key = panel.spec.key
    figures = [html.Section([html.H3(**mount.props(f"{key}--title--{name}"), className="figure-title"),
                             mount.graph(f"{key}--figure--{name}", "focus-graph")], className="focus-figure") for name in panel.spec.charts]
    body = html.Div([
        html.Header(_head(panel, mount), className="focus-head"),
        html.Div([html.Div(**mount.props(f"{key}--headline"), className="focus-headline"),
                  html.P(**mount.props(f"{key}--comparison"), className="card-comparison"),
                  html.P(**mount.props(f"{key}--sentence"), className="card-sentence"),
                  html.Div(**mount.props(f"{key}--numbers"), className="focus-numbers")], className="focus-side"),
        html.Div(figures, className="focus-figures"),
        html.Div(_right(panel, mount, query or {}), className="focus-right"),
        html.Footer(**mount.props(f"{key}--foot"), className="card-foot"),
    ], **mount.props(f"focus--{key}"), className="focus", **({"data-state": "loading"} if given is None else {}))
    return _frame([body], profile, words, here, cards=1, back=True)


def missing(profile: Profile, words: Words, here: Place, reason: str) -> html.Div:
    """A page that cannot be shown, with the reason and the remedy."""
    return _frame([html.Main(html.P(reason, className="card-sentence"), className="cards")], profile, words, here, cards=1, back=True)


def _card(panel: Panel, mount: Mount) -> html.Article:
    key = panel.spec.key
    return html.Article([
        html.Header(_head(panel, mount, link=f"/wall/{key}"), className="card-head"),
        html.Div(**mount.props(f"{key}--headline"), className="card-headline"),
        html.P(**mount.props(f"{key}--comparison"), className="card-comparison"),
        html.P(**mount.props(f"{key}--sentence"), className="card-sentence"),
        html.Div(mount.graph(f"{key}--figure--{panel.spec.charts[0]}", "card-graph"), className="card-figure"),
        html.Footer(**mount.props(f"{key}--foot"), className="card-foot"),
    ], **mount.props(f"card--{key}"), className="card", **{"data-state": "loading"})


def _head(panel: Panel, mount: Mount, *, link: str | None = None) -> list[Any]:
    title = mount.words(panel.spec.title)
    return [html.Span(str(panel.spec.number), className="card-number"),
            html.H2(html.A(title, href=link) if link else title, className="card-title"),
            html.Span(**mount.props(f"{panel.spec.key}--place"), className="card-place"),
            html.Span(**mount.props(f"{panel.spec.key}--mark"), className="simulated-mark")]


def _right(panel: Panel, mount: Mount, query: Mapping[str, str]) -> list[Any]:
    key = panel.spec.key
    lists = html.Div(**mount.props(f"{key}--lists"), className="focus-list")
    if not panel.spec.has_map:
        return [lists]
    asked = urlencode({name: query[name] for name in ("at", "known", "jurisdiction") if query.get(name)})
    frame = html.Iframe(id=mount.id(f"map--{key}"), src=f"/map/{key}?{asked}&lang={mount.words.language}", className="focus-map",
                        title=mount.words("Bản đồ"))
    return [frame, lists]


def _frame(children: Sequence[Any], profile: Profile, words: Words, here: Place, *, cards: int, back: bool = False) -> html.Div:
    other = "en" if words.language == "vi" else "vi"
    head = html.Header([
        html.Div(_title(profile, words, here.day, back=back), className="wall-title"),
        html.Div(profile.subtitle(words.language), className="wall-sub"),
        html.Div(id="clock", className="wall-clock"),
        html.Div(id="link", className="wall-link"),
        html.A(other.upper(), href=f"/language/{other}?to={quote(here.path, safe='/')}", className="lang"),
    ], className="wall-head")
    return html.Div([head, *children, html.Footer(id="wall-foot", className="wall-foot")], id="wall", className="wall",
                    **{"data-cards": str(cards), "data-lang": words.language, "data-word-simulated": words(SIMULATED)},
                    **{f"data-word-{state}": words(text) for state, text in STATE_WORDS.items()})


def _title(profile: Profile, words: Words, day: date, *, back: bool) -> Any:
    """The province's name, which the page changes by itself when its day comes."""
    renamed = profile.renamed_at(day)
    then = {"data-then": profile.title(words.language, local_day(renamed)), "data-then-at": str(renamed.timestamp())} if renamed else {}
    name = profile.title(words.language, day)
    return html.A(name, href="/wall", **then) if back else html.Span(name, **then)
