"""Drawn photographs: a street, houses, a sky, and something on the ground; nobody in them."""

import io
from random import Random

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
SIZES = ((640, 480), (480, 640), (800, 600))
_GROUND: tuple[Colour, ...] = ((92, 92, 96), (120, 104, 84), (70, 74, 72), (140, 132, 120))
_SKY: tuple[Colour, ...] = ((170, 200, 230), (200, 205, 210), (60, 66, 90), (235, 190, 140))
_THING: dict[str, Colour] = {"EN-WASTE": (130, 110, 70), "TR-ROAD": (48, 46, 44), "UR-TREE": (50, 92, 46), "WA-FLOOD": (112, 110, 88),
                             "EN-WATER": (34, 36, 34), "EM-HOLE": (12, 12, 12)}


def picture(seed: int, category: str, *, handed_on: int = 0) -> bytes:
    """JPEG of a scene. `handed_on`: draws how a picture that is sent on became smaller and coarser, as messengers make it; 0 = the original."""
    random = Random(seed)
    width, height = random.choice(SIZES)
    image = Image.new("RGB", (width, height), random.choice(_SKY))
    draw = ImageDraw.Draw(image)
    horizon = int(height * random.uniform(0.25, 0.6))
    _houses(random, draw, width, horizon)
    draw.rectangle((0, horizon, width, height), fill=random.choice(_GROUND))
    _things(random, draw, (width, height, horizon), _THING.get(category, (90, 60, 50)))
    image = image.rotate(random.uniform(-4, 4)).filter(ImageFilter.GaussianBlur(random.uniform(0, 1.2)))
    quality = 85
    if handed_on:
        coarser = Random(handed_on)
        image.thumbnail((coarser.choice((320, 400, 480)),) * 2)
        quality = coarser.randrange(40, 70)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _houses(random: Random, draw: ImageDraw.ImageDraw, width: int, horizon: int) -> None:
    x = -random.randrange(80)
    while x < width:
        wide, high = random.randrange(50, 180), int(horizon * random.uniform(0.2, 0.95))
        shade = random.randrange(70, 220)
        draw.rectangle((x, horizon - high, x + wide, horizon), fill=(shade, int(shade * random.uniform(0.7, 1)), int(shade * random.uniform(0.6, 1))))
        x += wide + random.randrange(0, 60)


def _things(random: Random, draw: ImageDraw.ImageDraw, size: tuple[int, int, int], colour: Colour) -> None:
    width, height, horizon = size
    for _ in range(random.randrange(1, 7)):
        x, y = random.randrange(width), random.randrange(horizon, height)
        wide = random.randrange(40, 260)
        shade = random.uniform(0.6, 1.4)
        fill = (min(255, int(colour[0] * shade)), min(255, int(colour[1] * shade)), min(255, int(colour[2] * shade)))
        draw.ellipse((x - wide // 2, y - wide // 5, x + wide // 2, y + wide // 5), fill=fill)
    for _ in range(random.randrange(0, 4)):
        x = random.randrange(width)
        draw.line((x, 0, x + random.randrange(-40, 40), height), fill=(50, 50, 50), width=random.randrange(4, 14))
