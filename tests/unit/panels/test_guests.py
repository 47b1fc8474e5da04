"""Guests of the house: no unit by name, no camera, no casualties, whatever a panel says."""

from dataclasses import replace

from ioc.panels.engine.card import collection, for_guests, props
from ioc.panels.engine.chart import Chart
from ioc.panels.engine.contract import Definition, Face, Listing, Shading, Shown
from ioc.panels.engine.registry import panels
from ioc.panels.engine.wording import of_unit
from ioc.words import words
from tests.unit.panels.snapshots import PROFILE, snapshot_of

VI = words("vi")
PANEL = replace(panels()["one_stop"], point=of_unit, definitions={
    "dead": Definition(label="Chết", formula="", basis="", guests=False), "all": Definition(label="Tất cả", formula="", basis="")})


def chart(*, guests: bool) -> Chart:
    return Chart(kind="bars", title="t", x=(), series=(), guests=guests)


FACE = Face(
    headline="3", headline_unit="", comparison="", sentence="Xã A: 3", guest_sentence="3 đơn vị",
    numbers=[Shown("dead", "Chết", "2", ""), Shown("all", "Tất cả", "9", "")],
    charts={"named": chart(guests=False), "free": chart(guests=True)},
    lists=[Listing(title="named", columns=(), rows=()), Listing(title="free", columns=(), rows=(), guests=True)],
    shading=Shading(title="s", values={"99001": 1.0}, texts={}),
)


def test_face_for_guests_leaves_out_what_does_not_say_it_is_free_of_names() -> None:
    shown = for_guests(PANEL, FACE)
    assert [n.key for n in shown.numbers] == ["all"]
    assert list(shown.charts) == ["free"]
    assert [entry.title for entry in shown.lists] == ["free"]
    assert (shown.sentence, shown.shading) == ("3 đơn vị", None)


def test_withheld_chart_keeps_its_place_empty() -> None:
    panel = replace(PANEL, spec=replace(PANEL.spec, charts=("named", "free")), render=lambda *_: FACE)
    found = props(panel, snapshot_of("one_stop"), VI, PROFILE, guests=True)
    assert found["one_stop--figure--named"]["figure"]["data"] == []
    assert found["one_stop--title--named"]["children"] == ""
    assert found["one_stop--title--free"]["children"] == "t"


def test_map_for_guests_has_no_cameras_no_incidents_and_no_shades() -> None:
    kinds = ("report", "camera", "incident")
    features = [{"type": "Feature", "id": kind, "geometry": {"type": "Point", "coordinates": [85.1, -20.1]},
                 "properties": {"kind": kind, "state": "open", "unit_code": "99001"}} for kind in kinds]
    snapshot = snapshot_of("one_stop", features=features)
    panel = replace(PANEL, render=lambda *_: FACE)
    full, shown = (collection(panel, snapshot, VI, PROFILE, guests=guests) for guests in (False, True))
    assert [len(found["features"]) for found in (full, shown)] == [3, 1]
    assert shown["features"][0]["properties"]["detail"] == ""
    assert (full["shading"] is not None, shown["shading"]) == (True, None)
