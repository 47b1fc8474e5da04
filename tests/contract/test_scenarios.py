"""What every shipped scenario must keep, whichever it is: a file that exists is tested."""

from datetime import timedelta
from itertools import pairwise

import pytest

from ioc.places.stations import load_stations
from ioc.profiles import load_profile
from ioc.profiles.scenarios import Script, scenarios
from simulators.engine.effects import Effects
from simulators.engine.registry import understood
from simulators.engine.world import EFFECTS
from tests.profiles import FICTIONAL

PROFILES = ("soc_trang", FICTIONAL)
SHIPPED = [(profile, name) for profile in PROFILES for name in scenarios(profile)]
PANELS = ("one_stop", "counters", "online_services", "reform_indices", "documents_tasks", "security_traffic", "digital_platform", "socio_economy",
          "social_services", "citizen_reports", "environment")


def script(shipped: tuple[str, str]) -> Script:
    return scenarios(shipped[0])[shipped[1]]


every = pytest.mark.parametrize("shipped", SHIPPED, ids=[name for _, name in SHIPPED])


def test_the_profile_has_the_scenarios_that_a_demonstrator_expects() -> None:
    assert {"land-after-tet", "one-stop-fault", "tide-salinity-march", "empty-counters", "reorganisation-2025", "source-silent", "leaders-visit",
            "calm", "rush", "storm", "soc-trang-2023", "soc-trang-2019"} <= set(scenarios("soc_trang"))


@every
def test_every_effect_is_understood_by_a_simulator_or_the_world(shipped: tuple[str, str]) -> None:
    Effects(script(shipped).effects).check(understood(), EFFECTS)


@every
def test_what_an_effect_is_limited_to_exists_then(shipped: tuple[str, str]) -> None:
    profile = load_profile(shipped[0])
    known = {s.code for s in load_stations(profile)} | {p.code for p in profile.points} | {c.code for c in profile.categories}
    for effect in script(shipped).effects:
        units = {u.code for u in profile.units_on(effect.start.date())}
        assert set(effect.units) <= units, effect.what
        if effect.what.startswith(("environment.", "report.", "camera.")):
            assert set(effect.only) <= known, effect.what


@every
def test_effects_reach_into_what_is_told(shipped: tuple[str, str]) -> None:
    found = script(shipped)
    for effect in found.effects:
        assert effect.end > found.start - timedelta(days=found.days), effect.what
        assert effect.start < found.end, effect.what


@every
def test_sayings_come_in_order_name_a_panel_and_speak_both_languages(shipped: tuple[str, str]) -> None:
    found = script(shipped)
    assert all(a.at <= b.at for a, b in pairwise(found.says))
    assert {s.panel for s in found.says} <= set(PANELS)
    assert all(text.strip() for text in (found.title, found.title_en, found.about, found.about_en))
    assert all(s.text.strip() and s.text_en.strip() for s in found.says)


@every
def test_a_play_takes_a_presenters_time(shipped: tuple[str, str]) -> None:
    found = script(shipped)
    if found.speed:
        assert found.says
        assert 60 <= (found.end - found.start).total_seconds() / found.speed <= 20 * 60
