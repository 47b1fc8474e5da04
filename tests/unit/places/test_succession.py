"""What a row of succession.csv must hold, and how an error names its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError
from ioc.places.register import load_register
from ioc.profiles import load_profile

Change = Callable[[str, str, str], Path]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("99004,2020-01-01,99005", "99004,2020-01-01,99009", r"line 2: units\.csv has no unit 99009 that begins on 2023-01-01: mend to_code"),
    ("99004,2020-01-01", "99004,2021-01-01", r"line 2: units\.csv has no unit 99004 that begins on 2021-01-01: mend from_code"),
    ("1,2023-01-01,NQ", "1,2023-02-01,NQ", r"line 2: effective_on is 2023-02-01, but 99004 ends on 2023-01-01"),
    ("99002,2020-01-01,99001,2025-07-01,1,", "99002,2020-01-01,99001,2025-07-01,0.7,", r"line 5: the shares of 99002 of 2020-01-01 make 0\.7, not 1"),
    ("99002,2020-01-01,99001,2025-07-01,1,", "99002,2020-01-01,99001,2025-07-01,1.5,", r"line 5: .*share"),
    ("99008,2020-01-01,99007", "99007,2020-01-01,99007", r"line 9: 99007 goes to 99007 twice"),
])
def test_error_names_line_and_remedy(changed: Change, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"succession\.csv, {said}"):
        load_register(load_profile(str(changed("succession.csv", old, new))))


def test_unit_may_not_be_followed_by_one_of_another_level(changed: Change) -> None:
    folder = changed("succession.csv", "99004,2020-01-01,99005", "991,2020-01-01,99001,2025-07-01,1,2025-07-01,NQ\n99004,2020-01-01,99005")
    with pytest.raises(ConfigurationError, match="991 is a district, 99001 a commune"):
        load_register(load_profile(str(folder)))


def test_profile_without_successions_has_none(province: Path) -> None:
    (province / "succession.csv").unlink()
    assert load_register(load_profile(str(province))).succession == ()
