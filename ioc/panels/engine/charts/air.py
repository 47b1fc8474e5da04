"""The national index of the air, VN_AQI: its six official classes with their words and colours, and stations as bars in them."""

from collections.abc import Sequence
from typing import NamedTuple

from ioc.panels.engine.charts.gauge import Gauge
from ioc.words import Words


class AirClass(NamedTuple):
    """A class up to an index, with the word and the colour that QĐ 1459/QĐ-TCMT gives it."""

    most: int
    word: str
    colour: str


# The law's own colours, the one exception to the palette; its word always stands beside.
VN_AQI = (
    AirClass(50, "Tốt", "#00e400"),
    AirClass(100, "Trung bình", "#ffff00"),
    AirClass(150, "Kém", "#ff7e00"),
    AirClass(200, "Xấu", "#ff0000"),
    AirClass(300, "Rất xấu", "#8f3f97"),
    AirClass(500, "Nguy hại", "#7e0023"),
)
LEAST_SCALE = 150


def air_class(index: float) -> AirClass:
    """Class of an index, which is a whole number; above 500 the last."""
    return next((c for c in VN_AQI if round(index) <= c.most), VN_AQI[-1])


def air(title: str, names: Sequence[str], values: Sequence[float | None], words: Words) -> Gauge:
    """Stations by their newest index; None = the station is silent, which its text says."""
    classes = [None if v is None else air_class(v) for v in values]
    return Gauge(
        title=title, names=names, values=values, most=max([LEAST_SCALE, *(v for v in values if v is not None)]),
        texts=[words("mất tín hiệu") if c is None or v is None else f"{words.number(v)} · {words(c.word)}"
               for v, c in zip(values, classes, strict=True)],
        colours=[VN_AQI[0].colour if c is None else c.colour for c in classes])
