"""The presenter's page: which scenarios there are, what the audience will see, start and stop. Of an exercise only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from ioc.api.answers import answer, error
from ioc.api.ask import Database
from ioc.api.forms import form_of
from ioc.api.guard import language
from ioc.api.hardening import address_of
from ioc.api.identity import principal
from ioc.audit.ledger import Entry, append
from ioc.clock import Clock, local_day
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.errors import InputError
from ioc.layouts.desk import desk_page
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.profiles.scenarios import MOST_SPEED, Script, scenarios
from ioc.words import words

PATHS = ("/scenarios", "/scenarios/run", "/scenarios/stop")
REFRESH_S = 3
STATES = {"asked": "Đã nhận", "starting": "Đang khởi động", "history": "Đang ghi số liệu phía trước", "playing": "Đang chiếu",
          "stopping": "Đang kết thúc"}


Act = Callable[[Connection, Mapping[str, str]], None]
"""What a form asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run that is on. `here`: this is its own centre, not the demo that started it."""

    name: str
    script: Script
    seed: str
    speed: float
    port: int
    state: str
    share: float | None
    moment: datetime | None
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the page needs. `profile_name`: as the settings name it. `port`: of this web process; a scenario's wall gets the next one."""

    database: Database
    clock: Clock
    profile: Profile
    profile_name: str
    panels: Mapping[str, Panel]
    port: int


def add_scenarios(server: FastAPI, stage: Stage) -> None:
    """The page and its two acts."""
    scripts = scenarios(stage.profile_name)

    @server.get("/scenarios")
    async def page(request: Request) -> Response:
        return await answer(stage.database.ask(lambda conn: _page(conn, stage, scripts, request)))

    @server.post("/scenarios/run")
    async def run(request: Request) -> Response:
        return await _acted(request, stage, "asked", lambda conn, form: _ask_for(conn, stage, scripts, form))

    @server.post("/scenarios/stop")
    async def stop(request: Request) -> Response:
        return await _acted(request, stage, "stopped", lambda conn, _: _ask_to_stop(conn))


async def _acted(request: Request, stage: Stage, done: str, act: Act) -> Response:
    form, who = await form_of(request), principal.get()
    assert who, "the guard lets nobody through to a path that needs a permission"

    def work(conn: Connection) -> Response:
        if mark(conn) != "exercise":
            return error(409, "scenarios are for exercises: this database holds real data")
        with conn.transaction():
            act(conn, form)
            append(conn, Entry(actor=who.actor, action=f"scenario.{done}", subject=f"scenario:{form.get('name', '')[:100]}", at=stage.clock.real(),
                               address=address_of(request.scope)))
        return RedirectResponse("/scenarios", status_code=303)

    return await answer(stage.database.ask(work))


def _ask_for(conn: Connection, stage: Stage, scripts: Mapping[str, Script], form: Mapping[str, str]) -> None:
    name, seed = form.get("name", ""), form.get("seed", "").strip() or "1"
    if name not in scripts or not scripts[name].speed:
        raise InputError(f"there is no scenario '{name}' to play")
    if len(seed) > 40 or not seed.isprintable() or seed.startswith("-"):
        raise InputError("a seed has at most 40 printable letters and does not begin with '-'")
    try:
        speed = float(form.get("speed") or scripts[name].speed)
    except ValueError:
        raise InputError(f"speed '{form.get('speed')}' is no number") from None
    if not 1 <= speed <= MOST_SPEED:
        raise InputError(f"speed {speed:g} must lie between 1 and {MOST_SPEED:g}")
    conn.execute("insert into scenario_run (name, seed, speed, port, asked_at) values (%s, %s, %s, %s, %s) on conflict do nothing",
                 (name, seed, speed, stage.port + 1, stage.clock.real()))


def _ask_to_stop(conn: Connection) -> None:
    conn.execute("update scenario_run set state = 'stopping' where ended_at is null")


def _page(conn: Connection, stage: Stage, scripts: Mapping[str, Script], request: Request) -> Response:
    text = words(language.get())
    real = mark(conn) != "exercise"
    run = _run(conn, stage, scripts)
    failed = conn.execute("select name, note from scenario_run where run_id = (select max(run_id) from scenario_run) and state = 'failed'").fetchone()
    html = desk_page(
        "scenarios.html", stage.profile.title(text.language, local_day(stage.clock.now())), text.language, "/scenarios",
        who=principal.get(),
        title=text("Kịch bản trình diễn"), host=request.url.hostname,
        scripts={} if real else scripts, run=run, failed={"name": failed[0], "note": failed[1]} if failed else None,
        problem=text("Kịch bản chỉ dành cho diễn tập: cơ sở dữ liệu này giữ số liệu thật.") if real else "",
        panel_name=lambda key: text(stage.panels[key].spec.title) if key in stage.panels else "",
        played=run is not None and run.here, state_word=lambda state: text(STATES[state]), refresh_s=REFRESH_S if run else 0)
    return HTMLResponse(html, status_code=409 if real else 200)


def _run(conn: Connection, stage: Stage, scripts: Mapping[str, Script]) -> Run | None:
    row = conn.execute("select name, seed, speed, port, state, share, moment_at from scenario_run where ended_at is null").fetchone()
    if row is None or row[0] not in scripts:
        return None
    here = stage.clock.rhythm().turn != 0
    return Run(name=row[0], script=scripts[row[0]], seed=row[1], speed=row[2], port=row[3], state=row[4], share=row[5],
               moment=stage.clock.now() if here else row[6], here=here)
