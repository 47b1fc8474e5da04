"""File access: a folder that a system drops CSV, JSON or XML files into; each ends in done/ or, with a reason beside it, in failed/."""

import csv
import io
import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from ioc.clock import Clock
from ioc.errors import ConfigurationError, InputError
from ioc.pull.engine.config import FolderAccess
from ioc.pull.engine.contract import Cursor, Page, Raw

log = logging.getLogger(__name__)

_KINDS = (".csv", ".json", ".xml")


class Folder:
    """A source that drops files. A name that ends in .part, or a file touched in the last `settle_s`, is still being written."""

    def __init__(self, access: FolderAccess, xml: Callable[[bytes], list[Raw]], clock: Clock) -> None:
        self._folder = Path(access.path)
        self._access, self._xml, self._clock = access, xml, clock
        if not self._folder.is_dir():
            raise ConfigurationError(f"the folder {access.path} does not exist: make it, and let this program write in it")

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """A page per file, in the order of their names."""
        del cursor
        for file in self._ripe():
            try:
                records = self._read(file)
            except InputError as error:
                self._fail(file, str(error))
                continue
            yield Page(records, None, partial(self._move, file, "done"))

    def close(self) -> None: ...

    def _ripe(self) -> list[Path]:
        latest = self._clock.now().timestamp() - self._access.settle_s
        files = (f for f in self._folder.iterdir() if f.suffix.lower() in _KINDS and not f.name.startswith("."))
        return sorted(f for f in files if f.is_file() and not f.is_symlink() and f.stat().st_mtime <= latest)

    def _read(self, file: Path) -> list[Raw]:
        try:
            if file.stat().st_size > self._access.max_mb * 1_000_000:
                raise InputError(f"it is larger than {self._access.max_mb:g} MB: split it, or raise max_mb")
            data = file.read_bytes()
        except OSError as error:
            raise InputError(f"it cannot be read: {error.strerror}") from None
        match file.suffix.lower():
            case ".json":
                return _json(data)
            case ".csv":
                return _csv(data)
        return self._xml(data)

    def _fail(self, file: Path, why: str) -> None:
        log.error("%s is set aside: %s", file.name, why)
        moved = self._move(file, "failed")
        moved.with_name(moved.name + ".reason").write_text(why + "\n", encoding="utf-8")

    def _move(self, file: Path, where: str) -> Path:
        folder = self._folder / where
        folder.mkdir(exist_ok=True)
        target, number = folder / file.name, 1
        while target.exists():
            number += 1
            target = folder / f"{file.stem}.{number}{file.suffix}"
        return file.rename(target)


def _json(data: bytes) -> list[Raw]:
    try:
        content = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InputError(f"it is no JSON ({error}): export it again") from None
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        content = lists[0] if len(content) == 1 and lists else [content]
    if not isinstance(content, list) or not all(isinstance(record, dict) for record in content):
        raise InputError("it holds no list of records: write [ {…}, {…} ]")
    return content


def _csv(data: bytes) -> list[Raw]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"it is not UTF-8 ({error.reason} at byte {error.start}): export it as CSV UTF-8") from None
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        found = list(rows)
    except csv.Error as error:
        raise InputError(f"line {rows.line_num} is no CSV ({error}): export it again") from None
    for number, row in enumerate(found, start=2):
        if None in row or None in row.values():
            raise InputError(f"row {number} has not as many columns as the first line: export it again")
    return [{str(name).strip(): value for name, value in row.items()} for row in found]
