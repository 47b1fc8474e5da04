"""cameras.csv and the file of IOC_CAMERAS: each mistake is named with line and remedy."""

import shutil
from pathlib import Path

import pytest

from ioc.cameras.sites import FILE, corners, load_cameras, load_sites
from ioc.errors import ConfigurationError
from ioc.profiles import Profile, load_profile
from tests.profiles import FICTIONAL

SYSTEMS = """\
keep_days = 7
[systems.simulated]
kind = "snapshot"
address = "http://127.0.0.1:1/{channel}.jpg"
source = "/vn/99/cameras"
[systems.simulated_mjpeg]
kind = "mjpeg"
address = "http://127.0.0.1:1/{channel}.mjpg"
source = "/vn/99/cameras"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FICTIONAL, tmp_path / "profile")
    return tmp_path / "profile"


def loaded(folder: Path) -> Profile:
    return load_profile(f"{folder}/")


def changed(folder: Path, old: str, new: str) -> Profile:
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    return loaded(folder)


def test_shipped_cameras_can_be_used(folder: Path) -> None:
    for profile in (loaded(folder), load_profile("soc_trang")):
        assert {camera.kind for camera in load_cameras(profile)} == {"counter", "traffic", "security"}


def test_profile_without_the_file_has_no_cameras(folder: Path) -> None:
    (folder / FILE).unlink()
    assert load_cameras(loaded(folder)) == ()


@pytest.mark.parametrize(("old", "new", "sentence"), [
    (",counter,", ",kitchen,", "line 2"), ("OS-99001,", "OS-NONE,", "which points.csv lacks"), ("99001,", "00000,", "which units.csv lacks"),
    ('"0.0 0.66', '"1.5 0.66', "leaves the picture"), ('"0.0 0.66', '"x 0.66', "write shares such as"),
])
def test_mistake_is_named_with_its_line(folder: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as told:
        load_cameras(changed(folder, old, new))
    assert FILE in str(told.value)


def test_ways_to_the_cameras_are_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cameras.toml").write_text(SYSTEMS)
    found = load_sites(load_cameras(loaded(folder)), str(tmp_path / "cameras.toml"))
    assert found.keep_days == 7
    assert {site.system.kind for site in found.sites} == {"snapshot", "mjpeg"}


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "systems"), (SYSTEMS.replace("systems.simulated_mjpeg", "systems.other"), "describe it as"), (SYSTEMS.replace('"snapshot"', '"smoke"'), "smoke"),
    (SYSTEMS.replace("keep_days = 7", "keep_days = 0"), "keep_days"), (SYSTEMS + "pasword = 1\n", "pasword"),
    (SYSTEMS + 'password_file = "/nowhere"\n', "name a file with the password"), ("[", "cameras.toml"),
])
def test_mistake_in_the_ways_is_named(folder: Path, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "cameras.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=sentence):
        load_sites(load_cameras(loaded(folder)), str(tmp_path / "cameras.toml"))


def test_unset_file_is_asked_for(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="IOC_CAMERAS is not set"):
        load_sites(load_cameras(loaded(folder)), "")


def test_corners_are_pairs() -> None:
    assert corners("0 0.5, 1 1") == ((0.0, 0.5), (1.0, 1.0))
    assert corners("") == ()
