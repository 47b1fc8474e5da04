"""Grounds and views of the fictional province for tests of maps."""

from datetime import date

from ioc.maps.ground import Ground, sketched
from ioc.maps.page import View
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
TODAY = date(2026, 11, 20)
XSS = ("<img src=x onerror=alert(1)>", "${alert(1)}", "</script><script>alert(1)</script>", "C:\\users")
"""What has to stay text, wherever it stands."""


def schematic() -> Ground:
    """Cells around the points of today's units."""
    return sketched(PROFILE.units_on(TODAY), PROFILE)


def view(*keys: str, **changes: object) -> View:
    """A map of some panels over the schematic."""
    return View(ground=schematic(), titles={key: key.title() for key in keys or ("citizen_reports",)}, **changes)  # type: ignore[arg-type]


def outside(text: str) -> set[str]:
    """Addresses of other hosts in a text, as a browser would ask them."""
    return {word for word in ("https://", "http://", "//cdn") if word in text.replace("http://www.w3.org/2000/svg", "")}
