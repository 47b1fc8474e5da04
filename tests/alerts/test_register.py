"""The register of rules: what a province may change, and that a mistake is named with its rule and its file."""

from pathlib import Path

import pytest

from ioc.alerts.register import load_alerts
from ioc.alerts.watch import watches
from ioc.api import alert_words
from ioc.errors import ConfigurationError
from ioc.profiles import load_profile
from tests.alerts.world import register


def changed(province: Path, text: str) -> Path:
    (province / "alerts.toml").write_text(text, encoding="utf-8")
    return province


def test_a_province_changes_single_fields_of_a_rule(province: Path) -> None:
    found = load_alerts(load_profile(str(changed(province, "[rules.OS-03]\nenabled = false\n"))))
    assert found.state(found.rules["OS-03"]) == "off"
    assert found.rules["OS-03"].watch == register().rules["OS-03"].watch


def test_a_province_decides_a_parameter_that_was_not(province: Path) -> None:
    found = load_alerts(load_profile(str(changed(province, "[rules.CR-09]\nunset = []\nparameters = { spam_limit = 5 }\n"))))
    assert found.state(found.rules["CR-09"]) == "watching"
    assert register().state(register().rules["CR-09"]) == "unset"


def test_a_province_changes_who_is_told(province: Path) -> None:
    found = load_alerts(load_profile(str(changed(province, '[severities.3]\ntell = ["leader"]\n'))))
    assert (found.severities[3].tell, found.severities[2]) == (("leader",), register().severities[2])


@pytest.mark.parametrize(("text", "named"), [
    ("[rules.OS-03]\nwatch = 'nothing'\n", "there is no watch 'nothing'"),
    ("[rules.OS-03]\nlevels = []\n", "it has no level"),
    ("[rules.OS-03]\nlevels = [{ severity = 3, raise = 2, clear = 5 }]\n", "it would never hold"),
    ("[rules.OS-03]\nlevels = [{ severity = 3, raise = 2 }, { severity = 2, raise = 5 }]\n", "its levels go up"),
    ("[rules.OS-03]\nlevels = [{ severity = 5, raise = 2 }]\n", "severity"),
    ("[rules.OS-03]\ntext = '{dossier_code}'\n", "dossier_code"),
    ("[rules.OS-03]\ntext = '{item}'\n", "item"),
    ("[rules.OS-03]\nparameters = { speed = 3 }\n", "speed"),
    ("[rules.OS-03]\nescalate = [{ after_min = 5, tell = 'boss' }]\n", "there is no role boss"),
    ("[rules.OS-03]\nescalate = [{ after_min = 0, tell = 'leader' }]\n", "after_min"),
    ("[rules.OS-03]\nlevel = 3\n", "level"),
    ("[rules.XX-01]\ntitle = 'x'\n", "XX-01"),
    ("[severities.5]\ntell = []\n", "severities"),
    ("[severities.3]\ntell = ['boss']\n", "boss"),
    ("[rules\n", "alerts.toml"),
])
def test_a_mistake_is_named(province: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match="alert|severit") as refused:
        load_alerts(load_profile(str(changed(province, text))))
    assert named in str(refused.value)


def test_every_watch_is_used_by_a_rule() -> None:
    assert sorted({rule.watch for rule in register().rules.values()}) == sorted(watches())


@pytest.mark.parametrize("number", sorted(register().rules))
def test_a_rule_speaks_vietnamese_and_english(number: str) -> None:
    rule = register().rules[number]
    assert rule.title != rule.title_en
    assert rule.text != rule.text_en
    assert rule.basis


def test_only_danger_to_life_a_bulletin_or_the_portal_take_the_wall_over() -> None:
    taking = {rule.id for rule in register().rules.values() if any(level.takeover for level in rule.levels)}
    assert taking <= {"CR-07", "DP-02", "EN-05", "SS-05", "ST-03A", "ST-04", "ST-04A"}
    assert all(level.severity == 4 for rule in register().rules.values() for level in rule.levels if level.takeover)


def test_every_unit_of_a_watch_has_a_vietnamese_word() -> None:
    assert {watch.unit for watch in watches().values()} <= set(alert_words._UNITS)
