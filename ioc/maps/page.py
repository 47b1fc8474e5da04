"""The live map's page: folium builds the frame in Python, the browser gets everything from us and citizens' words never as HTML.

folium's own links lead to four outside hosts; `OfflineFigure` replaces them by our files and refuses what it does not know.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import folium
import orjson
from branca.element import Figure, MacroElement
from folium.plugins import MarkerCluster, Realtime
from folium.template import Template
from folium.utilities import JsCode

from ioc.maps.schematic import bounds
from ioc.profiles import Profile
from ioc.words import words

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
    """Our files and the calls that join the layers to the page around; a child of the map, so it runs after them."""

    _template = Template("""
        {% macro header(this, kwargs) %}
        <link rel="stylesheet" href="/static/fonts.css">
        <link rel="stylesheet" href="/static/map/map.css">
        <script src="/static/map/map.js"></script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        (function (map, realtime, cluster, given) {
            var box = L.latLngBounds(given.bounds);
            var fit = function () { map.fitBounds(box, {animate: false}); };
            map.on('resize', fit);
            iocMap.wire(map, realtime, {key: given.key, cluster: cluster});
            if (given.cells) iocMap.loadCells(map, given.cells);
            if (given.note) iocMap.note(map, given.note);
            if (given.features) iocMap.loadFeatures(given.key, given.features).then(function (c) {
                var found = L.latLngBounds(c.features.map(function (f) { return L.GeoJSON.coordsToLatLng(f.geometry.coordinates); }));
                if (given.fit && found.isValid()) { box = found.pad(0.1); fit(); }
            });
        })({{ this.map_name }}, {{ this.realtime_name }}, {{ this.cluster_name }}, {{ this.given }});
        {% endmacro %}
    """)

    def __init__(self, names: tuple[str, str, str], given: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "IocWiring"
        self.map_name, self.realtime_name, self.cluster_name = names
        # JSON inside a script: `<` is escaped so that no text can end it.
        self.given = orjson.dumps(given).decode().replace("<", "\\u003c")


def map_page(key: str, profile: Profile, language: str, query: Mapping[str, str], now: datetime) -> str:
    """HTML of a panel's map; with `at` or `jurisdiction` it shows that, once; without, it waits for the page around to hand it features."""
    text = words(language)
    asked = {name: query[name] for name in ("at", "known", "jurisdiction") if query.get(name)}
    foreign = bool(asked.get("jurisdiction"))
    west, south, east, north = bounds(profile, now)
    view = folium.Map(tiles=None, location=[(south + north) / 2, (west + east) / 2], zoom_start=10, zoom_control=False,
                      zoom_snap=0.25, prefer_canvas=True)
    view.options["max_zoom"] = 18  # without tiles folium sets none, and markercluster refuses a map without
    view.fit_bounds([[south, west], [north, east]])
    cluster = MarkerCluster(icon_create_function="iocMap.clusterIcon", options={
        "maxClusterRadius": 60, "showCoverageOnHover": False, "animate": False, "spiderfyOnMaxZoom": False}).add_to(view)
    live = Realtime(JsCode(f"iocMap.source({orjson.dumps(key).decode()})"), start=False, remove_missing=True,
                    get_feature_id=JsCode("iocMap.featureId"), update_feature=JsCode("iocMap.updateFeature"),
                    point_to_layer=JsCode("iocMap.pointToLayer"), on_each_feature=JsCode("iocMap.onEachFeature"), container=cluster).add_to(view)
    given = {
        "key": key,
        "bounds": [[south, west], [north, east]],
        "cells": None if foreign else "/geo/units.json",
        "note": None if foreign else text("Sơ đồ – không phải ranh giới hành chính"),
        "features": f"/api/panels/{key}/map.json?{urlencode(asked)}" if asked else None,
        "fit": foreign,
    }
    view.add_child(_Wiring((view.get_name(), live.get_name(), cluster.get_name()), given))
    figure = OfflineFigure()
    figure.add_child(view)
    return figure.render().replace("<html>", f'<html lang="{language}">', 1)
