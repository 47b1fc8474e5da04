"""The doors of the maps: who gets which layers, the outlines of a day, and the file that is taken away."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ioc.api.access import EXACT, may
from ioc.api.app import create_app
from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.panels.engine.registry import panels
from ioc.people.principal import Principal
from ioc.places.boundaries import store
from ioc.places.importing import Request, prepare
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import cookie, viewer
from tests.integration.web_server import Answer, ask, serving
from tests.integration.web_story import NOW, PROFILE, Story, ago, every_kind
from tests.profiles import FICTIONAL
from tests.unit.maps.grounds import XSS
from tests.unit.places.layers import REFORM, REGISTER, cells, written

MAPPED = [key for key, panel in panels().items() if panel.spec.has_map]


@pytest.fixture(scope="module")
def base(module_dsn: str) -> Iterator[str]:
    every_kind(Story(module_dsn))
    with serving(create_app(Settings(database=module_dsn, profile=FICTIONAL), FrozenClock(NOW)), cookie=viewer(module_dsn, NOW)) as address:
        yield address


@pytest.fixture
def mapped(postgres: str, tmp_path: Path) -> Iterator[str]:
    """A centre with imported boundaries that hold since the reform."""
    request = Request(file=written(cells(), tmp_path / "wards.gpkg"), level="commune", valid_from=REFORM, source="Sở <b>Nội vụ", licence="nội bộ")
    with fresh_database(postgres) as dsn:
        with connect(dsn, application="test", autocommit=True) as conn:
            store(conn, prepare(request, REGISTER), NOW)
        with serving(create_app(Settings(database=dsn, profile=FICTIONAL), FrozenClock(NOW)), cookie=viewer(dsn, NOW)) as address:
            yield address


def given(page: Answer) -> dict[str, Any]:
    """What a map's page hands to its scripts."""
    assert page.status == 200, page.body
    found = re.search(r"iocMap\.start\(\w+, \{.*?\}, (\{.*\})\);", page.body.decode())
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def held(page: Answer) -> dict[str, Any]:
    """What a file that was taken away holds."""
    assert page.status == 200, page.body
    found = re.search(r'id="ioc-held">(.*?)</script>', page.body.decode(), re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def kinds(collections: dict[str, Any]) -> set[str]:
    return {f["properties"].get("kind", "report") for key, found in collections.items() if key != "alerts" for f in found["features"]}


# ------------------------------------------------------------------ pages


def test_files_that_a_map_names_are_there(base: str) -> None:
    named = re.findall(r'(?:src|href)="(/[^"]+)"', ask(base, "/map/citizen_reports").body.decode())
    assert len(named) > 10
    assert [path for path in named if ask(base, path).status != 200] == []


def test_map_of_no_panel_is_not_found(base: str) -> None:
    for key in ("nothing", "reform_indices"):
        assert ask(base, f"/map/{key}").status == 404


def test_overview_has_the_layers_of_all_panels_with_points(base: str) -> None:
    found = given(ask(base, "/map/overview"))
    assert (found["keys"], found["overview"], found["features"]) == (MAPPED, True, [])


def test_overview_of_the_past_asks_each_panel_for_that_moment(base: str) -> None:
    found = given(ask(base, "/map/overview?at=2026-11-19T10:00&known=2026-11-19T11:00&jurisdiction=chicago"))
    assert [key for key, _ in found["features"]] == MAPPED
    for _, address in found["features"]:
        assert "at=2026-11-19T10%3A00&known=2026-11-19T11%3A00" in address
        assert "chicago" not in address
        assert ask(base, address).status == 200


def test_overview_has_no_layer_that_its_viewer_may_not_see(base: str, module_conn: Connection) -> None:
    reform = cookie(module_conn, "reform", ["procedure_office"], NOW)
    found = given(ask(base, "/map/overview", Cookie=reform))
    assert "citizen_reports" not in found["keys"]
    assert set(found["keys"]) == {key for key in MAPPED if ask(base, f"/map/{key}", Cookie=reform).status == 200}


def test_overview_is_closed_to_who_sees_no_panel(base: str, module_conn: Connection) -> None:
    assert ask(base, "/map/overview", Cookie=cookie(module_conn, "audit", ["auditor"], NOW)).status == 403


@pytest.mark.parametrize("text", XSS)
def test_text_in_a_query_becomes_no_program(base: str, text: str) -> None:
    page = ask(base, f"/map/citizen_reports?jurisdiction={quote(text)}&lang={quote(text)}").body.decode()
    clean = ask(base, "/map/citizen_reports?jurisdiction=chicago").body.decode()
    assert page.count("</script>") == clean.count("</script>")
    assert text not in page.replace("C:\\\\users", "")
    assert ask(base, f"/map/citizen_reports?at={quote(text)}").status == 400


# ------------------------------------------------------------------ outlines


def test_outlines_are_those_of_the_units_of_today(base: str) -> None:
    found = ask(base, "/geo/units.json").json
    assert {f["id"] for f in found["features"]} == {u.code for u in PROFILE.units_on(NOW.date())}


def test_outlines_asked_for_by_their_hash_are_kept_for_ever(base: str) -> None:
    address = given(ask(base, "/map/citizen_reports"))["cells"]
    assert "immutable" in ask(base, address).headers["cache-control"]
    assert "immutable" not in ask(base, address[:-4] + "0000").headers["cache-control"]


def test_outlines_that_a_browser_has_are_not_sent_again(base: str) -> None:
    tag = ask(base, "/geo/units.json").headers["etag"]
    headers: dict[str, Any] = {"If-None-Match": tag}
    assert ask(base, "/geo/units.json", **headers).status == 304


@pytest.mark.parametrize("day", ["x", "2026-02-30", "2026-11-20T10:00", "0001-01-01"])
def test_day_that_is_none_has_no_outlines(base: str, day: str) -> None:
    assert ask(base, f"/geo/units.json?day={day}").status == 400


def test_imported_boundaries_take_the_place_of_the_schematic(mapped: str) -> None:
    found = given(ask(mapped, "/map/citizen_reports"))
    assert found["notes"] == ["Ranh giới: Sở <b>Nội vụ; nội bộ"]
    assert found["bounds"] == [[pytest.approx(-20.26), pytest.approx(85.05)], [pytest.approx(-20.07), pytest.approx(85.29)]]
    drawn = ask(mapped, found["cells"]).json["features"]
    assert {f["id"] for f in drawn} == {u.code for u in PROFILE.units_on(NOW.date())}
    assert all(f["properties"]["label"] and len(f["properties"]["at"]) == 2 for f in drawn)


def test_day_before_the_boundaries_shows_the_schematic_of_its_units(mapped: str) -> None:
    found = given(ask(mapped, "/map/citizen_reports?at=2025-06-30"))
    assert found["notes"] == ["Chưa có ranh giới của ngày này"] or found["notes"][0].startswith("Sơ đồ")
    assert "day=2025-06-30" in (found["cells"] or "day=2025-06-30")


# ------------------------------------------------------------------ the file


def test_file_holds_the_layers_of_its_moment(base: str) -> None:
    answer = ask(base, "/map/overview/handover.html?at=2026-11-20T10:00")
    assert answer.headers["content-disposition"] == 'attachment; filename="ban-do-overview-2026-11-20.html"'
    found = held(answer)
    assert set(found["collections"]) == {*MAPPED, "alerts"}
    assert "Số liệu tại thời điểm 10:00:00 20/11/2026" in answer.body.decode()


def test_file_says_who_made_it_and_that_it_stays_in_the_house(base: str, module_conn: Connection) -> None:
    page = ask(base, "/map/citizen_reports/handover.html", Cookie=cookie(module_conn, "lan", ["shift_lead"], NOW)).body.decode()
    assert "Người lập: Lan (Trưởng ca trực)" in page
    assert "Lưu hành nội bộ" in page
    assert "MÔ PHỎNG" in page


def test_file_leaves_out_cameras_and_incidents_unless_permitted(base: str, module_conn: Connection) -> None:
    plain = ask(base, "/map/overview/handover.html", Cookie=cookie(module_conn, "lan", ["shift_lead"], NOW))
    whole = ask(base, "/map/overview/handover.html", Cookie=cookie(module_conn, "both", ["shift_lead", "incident_command"], NOW))
    assert kinds(held(whole)["collections"]) & {"camera", "incident"}
    assert kinds(held(plain)["collections"]) == kinds(held(whole)["collections"]) - {"camera", "incident"}
    assert ("Không gồm camera và vụ việc" in plain.body.decode(), "Không gồm camera và vụ việc" in whole.body.decode()) == (True, False)


def test_file_is_a_line_of_the_ledger(base: str, module_conn: Connection) -> None:
    assert ask(base, "/map/citizen_reports/handover.html?at=2026-11-20T09:00").status == 200
    line = lines(module_conn, limit=1, action="map.exported", subject="map:citizen_reports")[0]
    assert line.actor.startswith("person:")
    assert line.after == {"at": "2026-11-20T02:00:00+00:00", "whole": True}


@pytest.mark.parametrize("roles", [["leader"], ["operator"], ["incident_command"]])
def test_file_is_closed_to_who_may_not_export(base: str, module_conn: Connection, roles: list[str]) -> None:
    who = cookie(module_conn, roles[0].replace("_", "-"), roles, NOW)
    assert ask(base, "/map/overview/handover.html", Cookie=who).status == 403
    assert given(ask(base, "/map/overview", Cookie=who))["taken"] == ""


def test_who_may_export_takes_only_panels_within_reach(base: str, module_conn: Connection) -> None:
    reform = cookie(module_conn, "reform", ["procedure_office"], NOW)
    assert ask(base, "/map/citizen_reports/handover.html", Cookie=reform).status == 403
    assert "citizen_reports" not in held(ask(base, "/map/overview/handover.html", Cookie=reform))["collections"]


def test_map_of_the_future_is_not_taken(base: str) -> None:
    later = (NOW + timedelta(days=2)).date()
    assert ask(base, f"/map/overview/handover.html?at={later}").status == 400


def test_points_of_the_file_are_as_coarse_as_the_maps(base: str) -> None:
    found = held(ask(base, f"/map/citizen_reports/handover.html?at={ago(minutes=1).isoformat().replace('+00:00', 'Z')}"))
    places = [f["geometry"]["coordinates"] for f in found["collections"]["citizen_reports"]["features"]]
    assert places
    assert [85.1453, -20.1751] not in places
    assert "S-r-open" not in json.dumps(found)


def test_principal_of_a_screen_takes_nothing() -> None:
    assert not may(Principal(kind="screen", id="1", name="wall"), EXACT["/map/overview/handover.html"])
