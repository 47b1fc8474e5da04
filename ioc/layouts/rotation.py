"""`/wall?rotate=20`: the panels full screen, one after the other; `assets/dash/rotation.js` turns them."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import orjson
from dash import html

from ioc.layouts.page import Place, missing
from ioc.panels.engine.contract import Panel
from ioc.people.screens import ROTATION_RANGE_S
from ioc.profiles import Profile
from ioc.words import Words


def rotation(panels: Mapping[str, Panel], profile: Profile, words: Words, here: Place, query: Mapping[str, str]) -> html.Div | None:
    """The outer page: a stage for two frames, where it is, and the danger that lies over all; None where the query asks for no rotation."""
    seconds = query.get("rotate")
    if seconds is None:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", seconds) or int(seconds) not in ROTATION_RANGE_S:
        return missing(profile, words, here, words("rotate={value}: viết số giây từ 5 đến 600, ví dụ /wall?rotate=20", value=seconds[:20]))
    keys = query["panels"].split(",") if query.get("panels") else list(panels)
    if unknown := [key for key in keys if key not in panels]:
        known = words("Không có trang này. Các trang: {pages}", pages=", ".join(panels))
        return missing(profile, words, here, f"{known} – panels={unknown[0][:40]}")
    asked = {name: query[name] for name in ("lang", "guests") if query.get(name)}
    pages = [{"path": f"/wall/{key}" + (f"?{urlencode(asked)}" if asked else ""), "title": words(panels[key].spec.title)} for key in keys]
    return html.Div([
        html.Div(words("Đang tải"), className="rotation-wait"),
        html.Div(id="rotation-stage", className="rotation-stage"),
        html.Div([html.Ol([html.Li(className="rotation-dot", title=page["title"]) for page in pages], id="rotation-dots", className="rotation-dots"),
                  html.Span(id="rotation-says", className="rotation-says", role="status")], className="rotation-foot"),
        html.Div(id="alert-takeover", className="alert-takeover", role="alert"),
    ], id="rotation", className="rotation", **{
        "data-live": "", "data-lang": words.language, "data-seconds": seconds, "data-pages": orjson.dumps(pages).decode(),
        "data-word-unpainted": words("Chưa tải được: {next} – vẫn hiển thị: {present}"), **({"data-guests": "1"} if here.guests else {})})
