from collections.abc import Callable
from pathlib import Path

import pytest

from ioc.contacts.fields import LONGEST
from ioc.contacts.policy import load_retention
from ioc.contacts.vault import LOOK
from ioc.errors import ConfigurationError
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

Change = Callable[[str, str, str], Path]


@pytest.mark.parametrize("name", ["soc_trang", FICTIONAL])
def test_policy_of_a_profile_names_every_field_once(name: str) -> None:
    policy = load_retention(load_profile(name).folder)
    named = [(rule.stream, field) for rule in policy.rules for field in rule.fields]
    assert sorted(named) == sorted((stream, field) for stream in LOOK for field in LONGEST)


def test_fields_of_equal_days_go_together() -> None:
    rules = load_retention(load_profile("soc_trang").folder).rules
    assert [(rule.fields, rule.days) for rule in rules] == [(("address", "email", "name", "telephone"), 180), (("text",), 730)]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("telephone = 90\n", "", r"\[days\.report\] must name .*; telephone is missing or unknown"),
    ("text = 365", "text = 365\nshoe = 3", "shoe is missing or unknown"),
    ("text = 365", "text = 0", r"retention\.toml: .*>= 1"),
    ("text = 365", 'text = "never"', r"retention\.toml: "),
    ("[days.report]", "[days.dossier]", "dossier, report is missing or unknown"),
    ("never_ended_days = 400\n", "", "never_ended_days"),
    ("never_ended_days", "never", "never"),
    ("[days.report]", "[days.report", r"retention\.toml: "),
])
def test_policy_that_leaves_something_open_is_refused(changed: Change, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_retention(changed("retention.toml", old, new))


def test_profile_without_a_policy_is_told_what_it_needs(province: Path) -> None:
    (province / "retention.toml").unlink()
    with pytest.raises(ConfigurationError, match=r"retention\.toml cannot be read: .*how long personal data are kept"):
        load_retention(province)
