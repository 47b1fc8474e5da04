"""What a row of succession.csv must hold, and how an error names its place."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError
from ioc.places.register import load_register
from tests.unit.places.layers import FICTIONAL

Change = Callable[[str, str, str], str]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of the fictional profile with one text of one file replaced."""
    folder = tmp_path / "province"
    shutil.copytree(FICTIONAL, folder)

    def change(file: str, old: str, new: str) -> str:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return str(folder)

    return change


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
        load_register(changed("succession.csv", old, new))


def test_unit_may_not_be_followed_by_one_of_another_level(changed: Change) -> None:
    folder = changed("succession.csv", "99004,2020-01-01,99005", "991,2020-01-01,99001,2025-07-01,1,2025-07-01,NQ\n99004,2020-01-01,99005")
    with pytest.raises(ConfigurationError, match="991 is a district, 99001 a commune"):
        load_register(folder)


def test_profile_without_successions_has_none(changed: Change) -> None:
    folder = changed("succession.csv", "99004", "99004")
    (Path(folder) / "succession.csv").unlink()
    assert load_register(folder).succession == ()
