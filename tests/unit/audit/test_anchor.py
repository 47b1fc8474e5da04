"""Anchors as text, kept outside the database."""

from pathlib import Path

import pytest

from ioc.audit.anchor import Anchor, written
from ioc.errors import InputError

HASH = bytes(range(32))
TEXT = f"ioc-audit 2026-11-22T10:00:00Z line 1234 sha256 {HASH.hex()}"


def kept(folder: Path, text: str) -> Path:
    file = folder / "anchors.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_anchor_reads_back_as_it_was_published(tmp_path: Path) -> None:
    found = written(kept(tmp_path, f"{TEXT}\n"))
    assert found == [Anchor(at="2026-11-22T10:00:00Z", line=1234, hash=HASH, place="anchors.txt:1")]
    assert str(found[0]) == TEXT


def test_anchors_are_found_in_the_text_around_them(tmp_path: Path) -> None:
    found = written(kept(tmp_path, f"ioc-audit lines of November\n\nNov 22 17:00:01 relay ioc[7]: {TEXT}.\r\n> {TEXT}\n"))
    assert [one.place for one in found] == ["anchors.txt:3", "anchors.txt:4"]


@pytest.mark.parametrize("damaged", [TEXT[:-1], TEXT + "0", TEXT.replace("line", "Line"), TEXT.replace(":00Z", "")])
def test_damaged_anchor_is_not_passed_over(tmp_path: Path, damaged: str) -> None:
    with pytest.raises(InputError, match=r"anchors\.txt:2: an anchor is damaged"):
        written(kept(tmp_path, f"{TEXT}\n{damaged}\n"))


def test_file_without_anchor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no anchor"):
        written(kept(tmp_path, "nothing here\n"))


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.txt cannot be read"):
        written(tmp_path / "nowhere.txt")
