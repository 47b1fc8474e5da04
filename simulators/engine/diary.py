"""The diary: what a run was asked for, so that the next one tells the same story and goes on where this one ended.

A simulation cannot be resumed from the database (it does not hold what is to come), but the same seed from the same beginning
tells the same story: it is told again in silence up to what the database has, and aloud from there.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from ioc.errors import InputError


class Diary(msgspec.Struct, frozen=True, kw_only=True):
    """What decides a story beside the profile."""

    seed: str
    scale: float
    start: datetime


def read_diary(path: Path) -> Diary | None:
    """Diary of the run before; None where there was none.

    Raises:
        InputError: a file that is no diary.

    """
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Diary)
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is no diary of the simulators ({error}): delete it to begin anew") from None


def write_diary(path: Path, diary: Diary) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(diary) + b"\n")
