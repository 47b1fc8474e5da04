"""The map that is taken away: one file with its points and outlines inside, that says who made it, when, and that it stays in the house."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import orjson

from ioc.maps.inline import alone
from ioc.maps.page import View, map_page, scripted
from ioc.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands around the map, in words. `remarks`: what was left out, whose the outlines are; `mark`: that it shows simulated data, or ''."""

    title: str
    province: str
    internal: str
    moment: str
    footer: str
    mark: str
    remarks: tuple[str, ...] = ()


def handover(view: View, collections: Mapping[str, Mapping[str, Any]], sheet: Sheet, words: Words) -> str:
    """The whole file as HTML. `collections`: panel key → FeatureCollection with its words, as the live map gets it."""
    held = {"cells": orjson.loads(view.ground.cells) if view.cells else None, "collections": collections}
    page = map_page(View(ground=view.ground, titles=view.titles, fit=view.fit), words)
    page = page.replace('<link rel="stylesheet" href="/static/map/map.css">',
                        '<link rel="stylesheet" href="/static/map/map.css"><link rel="stylesheet" href="/static/map/handover.css">', 1)
    page = page.replace("<head>", f"<head>\n<title>{escape(sheet.title)} – {escape(sheet.province)}</title>", 1)
    page = page.replace("<body>", f"<body>{_head(sheet)}", 1)
    data = f'<script type="application/json" id="ioc-held">{scripted(held)}</script>'
    return alone(page.replace("</body>", f"{_foot(sheet)}{data}</body>", 1))


def _head(sheet: Sheet) -> str:
    mark = f'<b class="ioc-simulated">{escape(sheet.mark)}</b>' if sheet.mark else ""
    return (f'<header class="sheet-head"><div><p>{escape(sheet.province)}</p><h1>{escape(sheet.title)}</h1><p>{escape(sheet.moment)}</p></div>'
            f'<div class="sheet-end"><b class="sheet-internal">{escape(sheet.internal)}</b>{mark}</div></header>')


def _foot(sheet: Sheet) -> str:
    return f'<footer class="sheet-foot"><span>{escape(sheet.footer)}</span>{"".join(f"<span>{escape(r)}</span>" for r in sheet.remarks)}</footer>'
