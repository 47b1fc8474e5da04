"""Places in a picture: boxes in pixels, and the corners of cameras.csv, which are shares of width and height."""

from collections.abc import Sequence
from typing import NamedTuple

from ioc.cameras.contract import Picture
from ioc.cameras.sites import Corner


class Box(NamedTuple):
    """Something in a picture, in pixels from the upper left; right and bottom stand outside. `weight`: how sure its finder was."""

    left: float
    top: float
    right: float
    bottom: float
    weight: float = 0.0

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def foot(self) -> Corner:
        """Where it stands."""
        return (self.left + self.right) / 2, self.bottom

    def scaled(self, factor: float, x: float = 0, y: float = 0) -> "Box":
        """The same in a picture so many times as large, then moved."""
        return Box(self.left * factor + x, self.top * factor + y, self.right * factor + x, self.bottom * factor + y, self.weight)


def shared(one: Box, other: Box) -> float:
    """Pixels that both cover."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, width) * max(0.0, height)


def inside(at: Corner, corners: Sequence[Corner]) -> bool:
    """Whether a point lies within corners, both in the same measure (even-odd rule)."""
    x, y = at
    is_in = False
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            is_in = not is_in
    return is_in


def bounds(corners: Sequence[Corner], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels of what the corners span in a picture of `size` (width, height); at least one pixel."""
    width, height = size
    left, right = (pick(x for x, _ in corners) for pick in (min, max))
    top, bottom = (pick(y for _, y in corners) for pick in (min, max))
    x, y = min(int(left * width), width - 1), min(int(top * height), height - 1)
    return x, y, max(round(right * width), x + 1), max(round(bottom * height), y + 1)


def size_of(picture: Picture) -> tuple[int, int]:
    """Width and height."""
    return picture.shape[1], picture.shape[0]
