"""Folders that systems drop files into."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.errors import ConfigurationError
from ioc.pull.dvcqg import ADAPTER
from ioc.pull.engine.config import FolderAccess
from ioc.pull.engine.folder import Folder

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def dropped(folder: Path, name: str, text: str | bytes, age_s: float = 60) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(file, (NOW.timestamp() - age_s,) * 2)
    return file


def read(folder: Path, **options: Any) -> list[list[dict[str, Any]]]:
    """Records by file, each settled as after publication."""
    found = []
    for page in Folder(FolderAccess(path=str(folder), **options), ADAPTER.xml, FrozenClock(NOW)).pages({}):
        found.append([dict(record) for record in page.records])
        page.settle()
    return found


def test_files_are_read_in_the_order_of_their_names_and_moved_to_done(tmp_path: Path) -> None:
    dropped(tmp_path, "2.csv", "\ufeffMaHoSo;TrangThaiHoSo\nB;2\n")
    dropped(tmp_path, "1.json", '{"data": [{"MaHoSo": "A"}]}')
    dropped(tmp_path, "3.xml", "<x><h><MaHoSo>C</MaHoSo></h></x>")
    assert read(tmp_path) == [[{"MaHoSo": "A"}], [{"MaHoSo": "B", "TrangThaiHoSo": "2"}], [{"MaHoSo": "C"}]]
    assert sorted(f.name for f in (tmp_path / "done").iterdir()) == ["1.json", "2.csv", "3.xml"]


def test_file_stays_until_its_page_is_settled(tmp_path: Path) -> None:
    file = dropped(tmp_path, "1.json", "[]")
    next(Folder(FolderAccess(path=str(tmp_path)), ADAPTER.xml, FrozenClock(NOW)).pages({}))
    assert file.exists()


@pytest.mark.parametrize(("name", "age_s"), [("1.json.part", 60), ("1.json", 5), (".1.json", 60), ("1.txt", 60)])
def test_file_that_is_still_written_or_is_none_of_ours_is_left(tmp_path: Path, name: str, age_s: float) -> None:
    file = dropped(tmp_path, name, "[{}]", age_s)
    assert read(tmp_path) == []
    assert file.exists()


def test_link_to_another_place_is_left(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.json").symlink_to(dropped(tmp_path, "secret.json", "[{}]"))
    assert read(tmp_path / "in", settle_s=0) == []


@pytest.mark.parametrize(("name", "text", "reason"), [
    ("1.json", "[{", "it is no JSON"),
    ("1.json", "[1]", "it holds no list of records"),
    ("1.csv", "a,b\n1\n", "row 2 has not as many columns"),
    ("1.csv", "a,b\n\xe1,2\n".encode("latin-1"), "it is not UTF-8"),
    ("1.xml", "<x>", "the XML cannot be read"),
])
def test_file_that_cannot_be_read_goes_to_failed_with_its_reason_and_the_next_is_read(tmp_path: Path, name: str, text: str | bytes, reason: str) -> None:
    dropped(tmp_path, name, text)
    dropped(tmp_path, "9.json", '[{"MaHoSo": "A"}]')
    assert read(tmp_path) == [[{"MaHoSo": "A"}]]
    assert reason in (tmp_path / "failed" / f"{name}.reason").read_text(encoding="utf-8")


def test_file_of_a_name_seen_before_does_not_overwrite_it(tmp_path: Path) -> None:
    for text in ("[]", '[{"MaHoSo": "A"}]'):
        dropped(tmp_path, "1.json", text)
        read(tmp_path)
    assert sorted(f.name for f in (tmp_path / "done").iterdir()) == ["1.2.json", "1.json"]


def test_file_larger_than_allowed_goes_to_failed(tmp_path: Path) -> None:
    dropped(tmp_path, "1.json", "[" + " " * 2000 + "]")
    assert read(tmp_path, max_mb=0.001) == []
    assert (tmp_path / "failed" / "1.json").exists()


def test_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        read(tmp_path / "nowhere")
