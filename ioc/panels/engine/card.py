"""From a face to what a browser is sent: properties per component id. Pages (`ioc/layouts`) mount these ids once.

Ids of panel KEY: `card--KEY`, `focus--KEY` (state attributes), `KEY--headline`, `KEY--comparison`, `KEY--sentence`, `KEY--numbers`,
`KEY--lists`, `KEY--foot`, `KEY--figure--CHART`; the map's features travel beside them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dash import html

from ioc.panels.engine.contract import Attention, Face, Listing, Panel, Shading, Shown, Snapshot
from ioc.panels.engine.drawing import CLEAR, Look
from ioc.panels.engine.freshness import Freshness, worst
from ioc.profiles import Profile
from ioc.words import Words, unix

Props = dict[str, dict[str, Any]]

STATE_WORDS = {"fresh": "Đang cập nhật", "late": "Chậm cập nhật", "stale": "Số liệu cũ", "dead": "Mất nguồn", "none": "Chưa có số liệu"}
SIMULATED = "mô phỏng"
NOTHING = "Không có số liệu"
HANDED_ON = ("at", "known", "jurisdiction", "guests")
WITHHELD_KINDS = frozenset({"camera", "incident", "point", "facility"})
"""What guests of the house do not see on a map."""
GUEST_PROPERTIES = ("id", "kind", "state")
"""All that guests are told of what they do see on it: where something is and how it stands, not whose it is."""
_WITHHELD: Mapping[str, Any] = {"data": [], "layout": {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "xaxis": {"visible": False},
                                                       "yaxis": {"visible": False}}}


def props(panel: Panel, snapshot: Snapshot, words: Words, profile: Profile, *, guests: bool = False,  # noqa: PLR0913 (ways to show one thing)
          asked: Mapping[str, str] | None = None, face: Face | None = None) -> Props:
    """Properties of all components of one panel, on whatever page they are mounted. `guests`: as guests of the house are shown it.

    `asked`: the query of a page of the past, which its links hand on; nothing on it turns with the time. None = the present.
    `face`: the snapshot's, where it was rendered already.
    """
    key = panel.spec.key
    face = face or panel.render(snapshot, words, profile)
    face = for_guests(panel, face) if guests else face
    look = Look(simulated=words(SIMULATED) if snapshot.simulated else "", empty=words(NOTHING))
    mark = look.simulated
    stands = asked is not None or snapshot.at != snapshot.known
    state = _state(None if stands else worst(snapshot.sources))
    return {
        f"card--{key}": state,
        f"focus--{key}": state,
        f"{key}--mark": {"children": mark},
        f"{key}--place": {"children": words("Nguồn nhập: {place}", place=snapshot.jurisdiction) if snapshot.jurisdiction else ""},
        f"{key}--headline": {"children": [html.Span(face.headline, className="headline-value"),
                                          html.Span(face.headline_unit, className="headline-unit")]},
        f"{key}--comparison": {"children": face.comparison, "data-trend": face.trend or None, "data-turn": face.turn or None},
        f"{key}--sentence": {"children": face.sentence},
        f"{key}--numbers": {"children": [_number(f"/figure/{key}/{n.key}{_query(asked)}", n) for n in face.numbers]},
        f"{key}--lists": {"children": [_list(entry, look) for entry in face.lists]},
        f"{key}--foot": {"children": _foot(snapshot, words, stands=stands)},
        **{f"{key}--figure--{name}": {"figure": face.charts[name].figure(look) if name in face.charts else _WITHHELD} for name in panel.spec.charts},
        **{f"{key}--title--{name}": {"children": face.charts[name].title if name in face.charts else ""} for name in panel.spec.charts},
    }


def broken(panel: Panel, words: Words, reason: str) -> Props:
    """Properties of a panel whose figures could not be made: the card says so, and shows no old figure as if it were fresh."""
    key = panel.spec.key
    state = {"data-state": "dead", "data-late-at": None, "data-stale-at": None, "data-dead-at": None}
    return {
        f"card--{key}": state,
        f"focus--{key}": state,
        f"{key}--comparison": {"children": words("Không tính được số liệu"), "data-trend": None, "data-turn": None},
        f"{key}--sentence": {"children": reason},
    }


def _state(source: Freshness | None) -> dict[str, Any]:
    """Of a card that follows a source; None = it stands at its moment and never turns."""
    if source is None:
        return {"data-state": "past", "data-late-at": None, "data-stale-at": None, "data-dead-at": None}
    return {"data-state": source.state, "data-late-at": unix(source.late_at), "data-stale-at": unix(source.stale_at),
            "data-dead-at": unix(source.dead_at)}


def for_guests(panel: Panel, face: Face) -> Face:
    """A face without units by name, cameras and casualties: what does not say that it is free of them is left out."""
    open_to = panel.definitions
    return replace(
        face, sentence=face.guest_sentence or face.sentence, shading=None,
        numbers=[n for n in face.numbers if open_to[n.key].guests],
        charts={name: chart for name, chart in face.charts.items() if chart.guests}, lists=[entry for entry in face.lists if entry.guests])


def _number(href: str, n: Shown) -> html.A:
    parts: list[Any] = [html.Span(n.text, className="number-value"), html.Span(n.label, className="number-label")]
    if n.beside:
        parts.append(html.Span(n.beside, className="number-beside", **({"data-turn": n.turn} if n.turn else {})))
    return html.A(parts, className="number", title=n.formula, href=href)


def _query(asked: Mapping[str, str] | None) -> str:
    """What a link hands on, so that it leads to the same moment."""
    kept = handed_on(asked or {})
    return f"?{urlencode(kept)}" if kept else ""


def handed_on(query: Mapping[str, str]) -> dict[str, str]:
    """What of a page's query all that it leads to must be asked with too."""
    return {name: query[name] for name in HANDED_ON if query.get(name)}


def _list(listing: Listing, look: Look) -> html.Section:
    columns = listing.columns
    head = html.Tr([html.Th(c.label, className="number-cell" if c.number else "") for c in columns])
    body = [html.Tr([html.Td(row[c.key], className="number-cell" if c.number else "") for c in columns]) for row in listing.rows]
    if not body:
        body = [html.Tr(html.Td(look.empty, colSpan=len(columns)))]
    caption = [listing.title, html.Span(look.simulated, className="simulated-mark")] if look.simulated else [listing.title]
    return html.Section([html.H3(caption), html.Table([html.Thead(head), html.Tbody(body)], className="backlog")], className="list")


def _foot(snapshot: Snapshot, words: Words, *, stands: bool) -> list[Any]:
    parts: list[Any] = []
    source = worst(snapshot.sources)
    if source is None or stands:
        parts.append(html.Span(words("Số liệu tại thời điểm {at}", at=words.moment(snapshot.at)), className="as-of"))
    else:
        parts += [html.Span(className="state-mark"), html.Span(words(STATE_WORDS[source.state]), className="state-word")]
        if source.heard_at:
            as_of = words("Số liệu tính đến {at}", at=words.moment(source.heard_at).split(" ")[0])
            parts += [html.Span("", className="card-age", **{"data-as-of": source.heard_at.isoformat()}), html.Span(as_of, className="as-of")]
        if len(snapshot.sources) > 1 or source.state != "fresh":
            parts += [_source(s, words) for s in snapshot.sources]
    return parts + [_attention(a, words) for a in snapshot.attention]


def _source(source: Freshness, words: Words) -> html.Span:
    name = source.name_en if words.language == "en" else source.name
    said = html.Span(words(STATE_WORDS[source.state]), className="state-word")  # of its own: the page worsens it with the state
    heard = {"data-heard": source.heard_at.isoformat()} if source.heard_at and source.state != "fresh" else {}  # a map says since when
    return html.Span([name, said], className="source", **{"data-state": source.state, "data-stream": source.stream}, **heard)


def _attention(attention: Attention, words: Words) -> html.Span:
    place = f"{attention.topic}/{attention.partition}"
    text = words("Mất {n} sự kiện", n=words.number(attention.count)) if attention.kind == "gap" else words("Tạm dừng đọc")
    return html.Span(f"{text} · {place}", className="pill", **{"data-level": "grave"})


def collection(panel: Panel, snapshot: Snapshot, words: Words, profile: Profile, *, guests: bool = False,
               face: Face | None = None) -> Mapping[str, Any]:
    """The map's features as GeoJSON (RFC 7946) with their words, units in shades, and the simulation mark inside."""
    features = []
    for f in snapshot.features:
        if guests and f["properties"].get("kind") in WITHHELD_KINDS:
            continue
        features.append({**f, "properties": _of_guests(f["properties"]) if guests else _told(panel, f["properties"], words, profile, snapshot.day)})
    shading = None if guests else (face or panel.render(snapshot, words, profile)).shading
    return {"type": "FeatureCollection", "features": features, "mark": words(SIMULATED) if snapshot.simulated else "",
            "shading": _shades(shading, words) if shading else None}


def _told(panel: Panel, properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> dict[str, Any]:
    label, detail = panel.point(properties, words, profile, day)
    return {**properties, "label": label, "detail": detail}


def _of_guests(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in GUEST_PROPERTIES if name in properties} | {"label": "", "detail": ""}


def _shades(shading: Shading, words: Words) -> Mapping[str, Any]:
    """Values between 0 and 1 by unit; the scale's end in words."""
    most = shading.most or max(shading.values.values(), default=0) or 1
    return {"title": shading.title, "values": {code: min(1, max(0, v / most)) for code, v in shading.values.items()}, "texts": shading.texts,
            "most": words.number(most, 0 if most == round(most) else 1)}
