"""The Dash application: one page container, filled by path; everything a browser loads is ours."""

import asyncio
import logging
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
from ioc.errors import InputError, IocError
from ioc.layouts.page import Place, focus, missing, wall
from ioc.layouts.past import rewound
from ioc.layouts.rotation import rotation
from ioc.panels.engine.card import broken
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.words import Words, words

Past = Callable[[str, dict[str, str], Words], Awaitable[Mapping[str, Mapping[str, Any]]]]
"""(panel key, query, words) → properties of a panel at a moment of the past or of another jurisdiction; InputError where that cannot be shown."""
OF_THE_PAST = frozenset({"at", "known"})

log = logging.getLogger(__name__)

FIRST_SCRIPT = '<script src="/static/styles.js"></script>'

ASSETS = Path(str(resources.files("ioc").joinpath("assets")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the request that is being answered brings: its language, whether its sender may see a panel ('' = the whole wall) and give tasks,
    whether guests of the house see it (of what `guests` of its query says), its page's nonce.
    """

    language: Callable[[], str]
    may_see: Callable[[str], bool]
    may_give: Callable[[], bool]
    guests: Callable[[str | None], bool]
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
        here = Place(path=path + (f"?{urlencode(kept)}" if kept else ""), day=today(), may_give=asked.may_give(),
                     guests=asked.guests(query.get("guests")))
        key = "" if path == "/wall" else path.removeprefix("/wall/")
        if (not key or key in panels) and not asked.may_see(key):
            return missing(profile, text, here, text("Vai trò của bạn không được mở trang này."))
        if key and key not in panels:
            return missing(profile, text, here, text("Không có trang này. Các trang: {pages}", pages=", ".join(panels)))
        if not (OF_THE_PAST | ({"jurisdiction"} if key else set())) & set(kept):
            turning = None if key else rotation(panels, profile, text, here, query)
            return turning or (focus(panels[key], profile, text, here) if key else wall(panels, profile, text, here))
        try:
            then = rewound(kept)
            here = replace(here, past=then, day=day_closed(then.at) if then else here.day)
            if key:
                return focus(panels[key], profile, text, here, given=await past(key, kept, text), query=kept)
            return wall(panels, profile, text, here, given=await _cards(panels, past, kept, text))
        except IocError as error:
            return missing(profile, text, replace(here, past=None, day=today()), str(error))

    # Dash finds its assets at the first request for a layout: the first page after a start came without style sheet and live link.
    app._setup_server()  # noqa: SLF001
    return app


async def _cards(panels: Mapping[str, Panel], past: Past, query: dict[str, str], text: Words) -> Mapping[str, Mapping[str, Any]]:
    """All panels at a moment of the past; one that fails says so on its card, and the others stay.

    Raises:
        InputError: the moment cannot be shown, of no panel.

    """
    built = await asyncio.gather(*(past(key, query, text) for key in panels), return_exceptions=True)
    refused = [found for found in built if isinstance(found, InputError)]
    if refused and len(refused) == len(built):
        raise refused[0]
    given: dict[str, Mapping[str, Any]] = {}
    for panel, found in zip(panels.values(), built, strict=True):
        given |= broken(panel, text, _reason(panel, found)) if isinstance(found, BaseException) else found
    return given


def _reason(panel: Panel, error: BaseException) -> str:
    """Why a panel of the past shows nothing, for its card.

    Raises:
        BaseException: the error itself, where it is none of the panel's but the program's end.

    """
    if not isinstance(error, Exception):
        raise error
    said = (str(error).splitlines() or [""])[0]
    if isinstance(error, IocError):
        return said
    log.error("panel %s of the past cannot be built", panel.spec.key, exc_info=error)
    return f"{type(error).__name__}: {said}"
