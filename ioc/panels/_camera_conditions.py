"""How many cameras stand how, as their sources tell it: what panels 2 and 6 list alike. Counts alone, so that guests may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.contract import Column, Listing
from ioc.words import Words

CONDITIONS = {"no_signal": "Mất tín hiệu", "frozen": "Đứng hình", "dark": "Tối", "drift": "Lệch giờ", "ok": "Có hình"}
"""Condition → its name, what is worst first."""


@dataclass(frozen=True, slots=True)
class ConditionRow:
    condition: str
    cameras: int


def counted(conditions: Iterable[str | None]) -> list[dict[str, Any]]:
    """Rows of the table: cameras by condition, those left out that tell none, or none lately."""
    told = [condition for condition in conditions if condition]
    return [{"condition": condition, "cameras": told.count(condition)} for condition in CONDITIONS if condition in told]


def listing(rows: Iterable[Mapping[str, Any]], words: Words) -> tuple[Listing, ...]:
    """The list; none where no source tells conditions, as those that only say whether a camera is on."""
    found = {row["condition"]: row["cameras"] for row in rows}
    if not found:
        return ()
    columns = (Column(key="condition", label=words("Tình trạng"), number=False), Column(key="cameras", label=words("Số camera")))
    return (Listing(title=words("Tình trạng camera"), columns=columns, guests=True, rows=[
        {"condition": words(CONDITIONS[condition]), "cameras": words.number(found[condition])} for condition in CONDITIONS if condition in found]),)
