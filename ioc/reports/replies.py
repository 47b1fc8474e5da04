"""Ready answers: what an operator says again and again, as data of the profile (replies.csv)."""

from functools import cache
from importlib.abc import Traversable
from typing import Annotated

import msgspec

from ioc.decisions.acts import DESKS
from ioc.errors import ConfigurationError
from ioc.profiles.rows import check_once, read_structs

FILE = "replies.csv"
FACTS = ("needs_info", "rejected", "referred", "merged", "resolved", "published", "paused", "extended", "denied", "reopened")
"""Decisions that are given a reason in words."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One ready answer. `code`: the decision's reason_code, once for each fact."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    fact: str
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    text_en: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


def load_replies(folder: Traversable) -> tuple[Reply, ...]:
    """The answers of a profile; none where it has no such file.

    Raises:
        ConfigurationError: a row that cannot be used, with its line and the reason.

    """
    found = read_structs(folder, FILE, Reply, optional=True)
    for line, reply in enumerate(found, start=2):
        if reply.fact not in _decided():
            raise ConfigurationError(f"{FILE}, line {line}: '{reply.fact}' is given no words; what is: {', '.join(_decided())}")
    check_once(FILE, [f"{reply.fact} {reply.code}" for reply in found])
    return found


@cache
def _decided() -> tuple[str, ...]:
    return tuple(fact for fact in FACTS if fact in DESKS["report"].acts)
