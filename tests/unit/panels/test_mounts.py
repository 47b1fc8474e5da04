"""What a panel sends is what the pages mount: no property is lost, no component stays empty."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ioc.layouts.page import Place, focus, missing, wall
from ioc.panels.engine.card import broken, props
from ioc.panels.engine.contract import Snapshot
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from ioc.words import words
from tests.profiles import FICTIONAL
from tests.unit.panels.snapshots import snapshot_of

PROFILE = load_profile(FICTIONAL)
KEYS = sorted(panels())
HERE = Place(path="/wall/x", day=date(2026, 11, 20))
ALERTS = {"alert-strip", "alert-takeover"}
ABOUT_THE_PAGE = {"wall", "clock", "link"}


def ids(component: Any) -> Iterator[str]:
    """Ids of a component tree."""
    if isinstance(component, list | tuple):
        for child in component:
            yield from ids(child)
    elif hasattr(component, "to_plotly_json"):
        if getattr(component, "id", None):
            yield component.id
        yield from ids(getattr(component, "children", None))


def sent(snapshot: Snapshot) -> set[str]:
    return set(props(panels()[snapshot.panel], snapshot, words("vi"), PROFILE))


@pytest.mark.parametrize("key", KEYS)
def test_focus_page_mounts_exactly_what_a_panel_sends(key: str) -> None:
    mounted = set(ids(focus(panels()[key], PROFILE, words("vi"), HERE))) - ABOUT_THE_PAGE - ALERTS - {f"map--{key}", f"{key}--alert", f"{key}--alerts"}
    assert mounted == sent(snapshot_of(key)) - {f"card--{key}"}


@pytest.mark.parametrize("key", KEYS)
def test_wall_mounts_nothing_that_no_panel_sends(key: str) -> None:
    mounted = set(ids(wall(panels(), PROFILE, words("vi"), HERE))) - ABOUT_THE_PAGE - ALERTS - {f"{key}--alert"}
    assert {i for i in mounted if key in i.split("--")} <= sent(snapshot_of(key))
    assert f"card--{key}" in mounted


@pytest.mark.parametrize("key", KEYS)
def test_broken_panel_sends_what_both_pages_mount(key: str) -> None:
    given = broken(panels()[key], words("vi"), "ValueError: x")
    assert set(given) <= sent(snapshot_of(key))
    assert {given[f"card--{key}"]["data-state"], given[f"focus--{key}"]["data-state"]} == {"dead"}


@pytest.mark.parametrize("key", KEYS)
def test_page_of_the_past_is_filled_once_and_out_of_the_link_s_reach(key: str) -> None:
    snapshot = snapshot_of(key)
    given = props(panels()[key], snapshot, words("vi"), PROFILE)
    page = focus(panels()[key], PROFILE, words("vi"), HERE, given=given, query={"at": "2026-11-19"})
    assert not set(ids(page)) & set(given)
    assert {i.removeprefix("past--") for i in ids(page)} >= set(given) - {f"card--{key}"}


@pytest.mark.parametrize("key", KEYS)
def test_map_is_mounted_where_a_panel_has_one(key: str) -> None:
    mounted = set(ids(focus(panels()[key], PROFILE, words("vi"), HERE)))
    assert (f"map--{key}" in mounted) == panels()[key].spec.has_map


def test_ids_of_a_page_stand_once() -> None:
    found = list(ids(wall(panels(), PROFILE, words("vi"), HERE)))
    assert len(found) == len(set(found))


def test_missing_page_gives_the_reason_as_text() -> None:
    page = missing(PROFILE, words("vi"), HERE, "<b>no</b>")
    assert "<b>no</b>" in str(page)


