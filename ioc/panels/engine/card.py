"""From a face to what a browser is sent: properties per component id. Pages (`ioc/layouts`) mount these ids once.

Ids of panel KEY: `card--KEY`, `focus--KEY` (state attributes), `KEY--headline`, `KEY--comparison`, `KEY--sentence`, `KEY--numbers`,
`KEY--lists`, `KEY--foot`, `KEY--figure--CHART`; the map's features travel beside them.
"""

from collections.abc import Mapping
from typing import Any

from dash import html

from ioc.panels.engine.chart import figure
from ioc.panels.engine.contract import Attention, Panel, Snapshot
from ioc.panels.engine.freshness import Freshness, worst
from ioc.profiles import Profile
from ioc.words import Words, unix

Props = dict[str, dict[str, Any]]

STATE_WORDS = {"fresh": "Đang cập nhật", "late": "Chậm cập nhật", "stale": "Số liệu cũ", "dead": "Mất nguồn", "none": "Chưa có số liệu"}
SIMULATED = "mô phỏng"
NOTHING = "Không có số liệu"


def props(panel: Panel, snapshot: Snapshot, words: Words, profile: Profile) -> Props:
    """Properties of all components of one panel, on whatever page they are mounted."""
    key = panel.spec.key
    face = panel.render(snapshot, words, profile)
    mark = words(SIMULATED) if snapshot.simulated else ""
    state = _state(snapshot)
    return {
        f"card--{key}": state,
        f"focus--{key}": state,
        f"{key}--mark": {"children": mark},
        f"{key}--place": {"children": words("Nguồn nhập: {place}", place=snapshot.jurisdiction) if snapshot.jurisdiction else ""},
        f"{key}--headline": {"children": [html.Span(face.headline, className="headline-value"),
                                          html.Span(face.headline_unit, className="headline-unit")]},
        f"{key}--comparison": {"children": face.comparison, "data-trend": face.trend or None, "data-turn": face.turn or None},
        f"{key}--sentence": {"children": face.sentence},
        f"{key}--numbers": {"children": [_number(*n) for n in face.numbers]},
        f"{key}--lists": {"children": [_list(*entry, mark=mark, empty=words(NOTHING)) for entry in face.lists]},
        f"{key}--foot": {"children": _foot(snapshot, words)},
        **{f"{key}--figure--{name}": {"figure": figure(chart, simulated=mark, empty=words(NOTHING))} for name, chart in face.charts.items()},
        **{f"{key}--title--{name}": {"children": chart.title} for name, chart in face.charts.items()},
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


def _state(snapshot: Snapshot) -> dict[str, Any]:
    source = worst(snapshot.sources)
    live = snapshot.at == snapshot.known
    if source is None or not live:
        return {"data-state": "past", "data-late-at": None, "data-stale-at": None, "data-dead-at": None}
    return {"data-state": source.state, "data-late-at": unix(source.late_at), "data-stale-at": unix(source.stale_at),
            "data-dead-at": unix(source.dead_at)}


def _number(label: str, text: str, note: str) -> html.Div:
    return html.Div([html.Span(text, className="number-value"), html.Span(label, className="number-label")], className="number", title=note)


def _list(title: str, columns: Any, rows: Any, *, mark: str, empty: str) -> html.Section:
    head = html.Tr([html.Th(c.label, className="number-cell" if c.number else "") for c in columns])
    body = [html.Tr([html.Td(row[c.key], className="number-cell" if c.number else "") for c in columns]) for row in rows]
    if not body:
        body = [html.Tr(html.Td(empty, colSpan=len(columns)))]
    caption = [title, html.Span(mark, className="simulated-mark")] if mark else [title]
    return html.Section([html.H3(caption), html.Table([html.Thead(head), html.Tbody(body)], className="backlog")], className="list")


def _foot(snapshot: Snapshot, words: Words) -> list[Any]:
    parts: list[Any] = []
    source = worst(snapshot.sources)
    if source is None or snapshot.at != snapshot.known:
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
    return html.Span([name, said], className="source", **{"data-state": source.state})


def _attention(attention: Attention, words: Words) -> html.Span:
    place = f"{attention.topic}/{attention.partition}"
    text = words("Mất {n} sự kiện", n=words.number(attention.count)) if attention.kind == "gap" else words("Tạm dừng đọc")
    return html.Span(f"{text} · {place}", className="pill", **{"data-level": "grave"})


def collection(snapshot: Snapshot, words: Words, profile: Profile) -> Mapping[str, Any]:
    """The map's features as GeoJSON (RFC 7946) with their words, and the simulation mark inside."""
    features = [
        {**f, "properties": {**f["properties"], "label": profile.category_name(f["properties"].get("category", ""), words.language),
                             "detail": profile.unit_name(f["properties"].get("unit_code", ""), snapshot.day, words.language)}}
        for f in snapshot.features
    ]
    return {"type": "FeatureCollection", "features": features, "mark": words(SIMULATED) if snapshot.simulated else ""}
