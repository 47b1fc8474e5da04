"""The live map's page: folium builds the frame in Python, the browser gets everything from us and citizens' words never as HTML.

folium's own links lead to four outside hosts; `OfflineFigure` replaces them by our files and refuses what it does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import folium
import orjson
from branca.element import Figure, MacroElement
from folium.plugins import MarkerCluster, Realtime
from folium.template import Template
from folium.utilities import JsCode

from ioc.maps.ground import Ground
from ioc.maps.wording import phrases
from ioc.words import Words

_VENDOR = "/static/vendor"
# Name of folium's header element → our file; None = left out (bootstrap, glyph fonts: nothing here uses them).
LOCAL: dict[str, str | None] = {
    "leaflet": f"{_VENDOR}/leaflet/dist/leaflet.js",
    "leaflet_css": f"{_VENDOR}/leaflet/dist/leaflet.css",
    "markerclusterjs": f"{_VENDOR}/leaflet.markercluster/dist/leaflet.markercluster.js",
    "markerclustercss": f"{_VENDOR}/leaflet.markercluster/dist/MarkerCluster.css",
    "markerclusterdefaultcss": None,
    "Leaflet_Realtime_js": f"{_VENDOR}/leaflet-realtime/dist/leaflet-realtime.min.js",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
}
SCRIPTS = ("ground", "ages", "marks", "points", "cells", "density", "bulletins", "panel", "link")
"""Our own, in the order in which they stand on each other."""
OVERVIEW = "overview"
"""The map in the middle of the wall: the features of all panels."""
SCHEMATIC = "Sơ đồ – không phải ranh giới hành chính"


class OfflineFigure(Figure):
    """A folium figure whose links are ours; a plug-in that brings a new one fails here, not on the internet."""

    def render(self, **kwargs: Any) -> str:
        for child in self._children.values():
            child.render(**kwargs)
        for name, element in list(self.header._children.items()):  # noqa: SLF001 (branca has no public way)
            link: Any = element
            if getattr(link, "url", None) is None:
                continue
            if name not in LOCAL:
                raise LookupError(f"folium wants '{name}' from {link.url}: add our own file to LOCAL in ioc/maps/page.py")
            local = LOCAL[name]
            if local is None:
                del self.header._children[name]  # noqa: SLF001
            else:
                link.url = local
        return str(self._template.render(this=self, kwargs=kwargs))


class _Wiring(MacroElement):
    """Our files and the call that joins the layers to the page around; a child of the map, so it runs after them."""

    _template = Template("""
        {% macro header(this, kwargs) %}
        <link rel="stylesheet" href="/static/fonts.css">
        <link rel="stylesheet" href="/static/map/map.css">
        {% for name in this.scripts %}<script src="/static/map/{{ name }}.js"></script>
        {% endfor %}
        {% endmacro %}
        {% macro script(this, kwargs) %}
        iocMap.start({{ this.map_name }}, {{ this.layers }}, {{ this.given }});
        {% endmacro %}
    """)

    def __init__(self, map_name: str, layers: Mapping[str, str], given: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "IocWiring"
        self.scripts = SCRIPTS
        self.map_name = map_name
        self.layers = "{" + ", ".join(f"{name}: {variable}" for name, variable in layers.items()) + "}"
        self.given = scripted(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a map shows. `titles`: panel key → its name, in the order of the wall; `overview`: all of them in the wall's middle.

    `features`: panel key → address of its points at a moment of the past, in place of those that the page around hands on; `cells`: address of the
    outlines, None = the map has none, or holds them itself. `fit`: to the points, where they lie elsewhere than the province. `taken`: address of the
    file to be taken away, '' where the viewer may take none.
    """

    ground: Ground
    titles: Mapping[str, str]
    overview: bool = False
    cells: str | None = None
    features: Mapping[str, str] = field(default_factory=dict)
    fit: bool = False
    taken: str = ""
    notes: tuple[str, ...] = ()


def map_page(view: View, words: Words) -> str:
    """HTML of a map; it waits for the page around to hand it features, unless it has addresses of its own to ask."""
    west, south, east, north = view.ground.bounds
    made = folium.Map(tiles=None, location=[(south + north) / 2, (west + east) / 2], zoom_start=10, zoom_control=False,
                      zoom_snap=0.25, prefer_canvas=True)
    made.options["max_zoom"] = 18  # without tiles folium sets none, and markercluster refuses a map without
    cluster = MarkerCluster(icon_create_function="iocMap.clusterIcon", options={
        "maxClusterRadius": 60, "showCoverageOnHover": False, "animate": False, "spiderfyOnMaxZoom": False, "clusterPane": "iocRings"}).add_to(made)
    single = folium.FeatureGroup(control=False).add_to(made)
    reports = _live("iocMap.reports", cluster).add_to(made)
    marks = _live("iocMap.marks", single).add_to(made)
    layers = {"reports": reports.get_name(), "marks": marks.get_name(), "cluster": cluster.get_name(), "single": single.get_name()}
    given = {
        "keys": list(view.titles), "titles": dict(view.titles), "overview": view.overview, "bounds": [[south, west], [north, east]],
        "cells": view.cells, "features": list(view.features.items()), "fit": view.fit, "taken": view.taken, "notes": view.notes,
        "words": phrases(words)}
    made.add_child(_Wiring(made.get_name(), layers, given))
    figure = OfflineFigure()
    figure.add_child(made)
    return figure.render().replace("<html>", f'<html lang="{words.language}">', 1)


def scripted(value: Any) -> str:
    """JSON that stands inside a script: no text in it can end the script, or begin a comment of the page."""
    return orjson.dumps(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def ground_notes(ground: Ground, words: Words) -> tuple[str, ...]:
    """What a map says about its outlines: that they are a schematic, or whose they are."""
    if not ground.is_official:
        return (words(SCHEMATIC) if ground.count else words("Chưa có ranh giới của ngày này"),)
    said = words("Ranh giới: {source}; {licence}", source=ground.source, licence=ground.licence)
    return (said, words("Chưa đủ các đơn vị")) if ground.partial else (said,)


def _live(source: str, container: Any) -> Realtime:
    return Realtime(JsCode(source), start=False, remove_missing=True, get_feature_id=JsCode("iocMap.featureId"),
                    update_feature=JsCode("iocMap.updateFeature"), point_to_layer=JsCode("iocMap.pointToLayer"),
                    on_each_feature=JsCode("iocMap.onEachFeature"), container=container)
