"""The Dash application: one page container, filled by path; everything a browser loads is ours."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dash import Dash, Input, Output, dcc, html
from fastapi import FastAPI

from ioc.clock import day_closed
from ioc.errors import IocError
from ioc.layouts.page import Place, focus, missing, wall
from ioc.moment import read_moment
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.words import Words, words

Past = Callable[[str, dict[str, str], Words], Awaitable[Mapping[str, Mapping[str, Any]]]]
"""(panel key, query, words) → properties of a panel at a moment of the past or of another jurisdiction."""

FIRST_SCRIPT = '<script src="/static/styles.js"></script>'

ASSETS = Path(str(resources.files("ioc").joinpath("assets")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the request that is being answered brings: its language, whether its sender may see a panel ('' = the whole wall), its page's nonce."""

    language: Callable[[], str]
    may_see: Callable[[str], bool]
    nonced: Callable[[str], str]


def create_dash(server: FastAPI, panels: Mapping[str, Panel], profile: Profile, asked: Asked, past: Past, today: Callable[[], date]) -> Dash:
    """Mount the pages on a server. All callbacks are coroutines: a sync one would stop every viewer (docs/why.md)."""
    app = Dash(__name__, server=server, assets_folder=str(ASSETS / "dash"), update_title=None, title=profile.title("vi", today()),
               suppress_callback_exceptions=True, serve_locally=True, external_stylesheets=["/static/fonts.css"])
    made = app.interpolate_index
    # Scripts carry the nonce of their page, and the first one hands it on to the styles that libraries make.
    app.interpolate_index = lambda **parts: asked.nonced(made(**parts).replace("<head>", f"<head>{FIRST_SCRIPT}", 1))
    app.backend.websocket_capability = False  # the live link is our own; Dash's would be opened by every page for nothing
    app.layout = html.Div([dcc.Location(id="where", refresh=False), html.Div(id="page")])

    @app.callback(Output("page", "children"), Input("where", "pathname"), Input("where", "search"))  # type: ignore[untyped-decorator,unused-ignore]
    async def page(pathname: str | None, search: str | None) -> Any:
        query = dict(parse_qsl((search or "").removeprefix("?")))
        text = words(query["lang"] if query.get("lang") in {"vi", "en"} else asked.language())
        path = (pathname or "/wall").rstrip("/") or "/wall"
        kept = {name: value for name, value in query.items() if name != "lang"}
        here = Place(path=path + (f"?{urlencode(kept)}" if kept else ""), day=today())
        key = "" if path == "/wall" else path.removeprefix("/wall/")
        if (not key or key in panels) and not asked.may_see(key):
            return missing(profile, text, here, text("Vai trò của bạn không được mở trang này."))
        if not key:
            return wall(panels, profile, text, here)
        if key not in panels:
            return missing(profile, text, here, text("Không có trang này. Các trang: {pages}", pages=", ".join(panels)))
        if not {"at", "jurisdiction"} & set(kept):
            return focus(panels[key], profile, text, here)
        try:
            here = replace(here, day=day_closed(read_moment("at", kept["at"])) if kept.get("at") else here.day)
            given = await past(key, kept, text)
        except IocError as error:
            return missing(profile, text, here, str(error))
        return focus(panels[key], profile, text, here, given=given, query=kept)

    # Dash finds its assets at the first request for a layout: the first page after a start came without style sheet and live link.
    app._setup_server()  # noqa: SLF001
    return app
