"""The sheet that both forms of the morning page share: its edges, columns, letters and colours, after NĐ 30/2020/NĐ-CP's A4 and Times.

The PDF embeds Tinos, whose letters are as wide as Times New Roman's, which a word processor puts there: so one measure holds for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

FONT = "Tinos"
OFFICE_FONT = "Times New Roman"
VENDORED = "@expo-google-fonts/tinos"
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 13.0, 14.0, 20.0, 15.0
WIDTH_MM = 210.0 - LEFT_MM - RIGHT_MM
HEAD_MM = (115.0, 60.0)
ALERT_WIDTHS_MM = (22.0, 31.0, 72.0, 20.0, 30.0)
FIGURE_WIDTHS_MM = (8.0, 47.0, 20.0, 38.0, 21.0, 20.0, 21.0)
AGENCY_WIDTHS_MM = (95.0, 20.0, 60.0)
INK, QUIET, WORSE = "#1a1a1a", "#8a8a8a", "#a3170c"
COLOURS: Mapping[int, str] = {4: "#a3170c", 3: "#b34700", 2: "#7a5c00", 1: "#2b4c7e"}
"""Of severities: dark enough on white paper, and never without their word."""
SCALES = tuple(n / 100 for n in range(112, 56, -4))
"""Sizes of letters that are tried, the largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Letters of one kind of text; sizes and distances in points at scale 1."""

    size_pt: float
    face: Literal["", "Bold", "Italic"] = ""
    align: Literal["left", "right", "centre"] = "left"
    colour: str = INK
    before_pt: float = 0
    after_pt: float = 0


SIZES: Mapping[str, Look] = {
    "province": Look(size_pt=11, face="Bold"),
    "centre": Look(size_pt=10),
    "internal": Look(size_pt=10, face="Bold", align="right"),
    "stamp": Look(size_pt=13, face="Bold", align="right", colour=WORSE),
    "title": Look(size_pt=15, face="Bold", align="centre", before_pt=4),
    "moment": Look(size_pt=11, face="Italic", align="centre"),
    "section": Look(size_pt=11, face="Bold", before_pt=7, after_pt=2),
    "head": Look(size_pt=8.5, face="Bold"),
    "head_centre": Look(size_pt=8.5, face="Bold", align="centre"),
    "head_number": Look(size_pt=8.5, face="Bold", align="right"),
    "cell": Look(size_pt=9),
    "centre_cell": Look(size_pt=9, align="centre"),
    "number": Look(size_pt=9, align="right"),
    "rest": Look(size_pt=9, face="Italic", before_pt=2),
    "body": Look(size_pt=9, before_pt=7),
    "note": Look(size_pt=7.4, colour="#404040"),
    "note_head": Look(size_pt=7.4, face="Bold", colour="#404040", before_pt=6),
}


HEADS: Mapping[str, str] = {"cell": "head", "centre_cell": "head_centre", "number": "head_number"}
"""How a column's head looks, by how its cells do."""


def font_files() -> Mapping[str, Path]:
    """The embedded font's files by the name that the PDF knows them by."""
    root = Path(str(resources.files("ioc"))) / "assets" / "vendor" / VENDORED
    faces = {"": "400Regular", "-Bold": "700Bold", "-Italic": "400Regular_Italic"}
    return {f"{FONT}{face}": root / folder / f"Tinos_{folder}.ttf" for face, folder in faces.items()}
