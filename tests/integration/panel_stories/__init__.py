"""One module a panel: `tell(story, prefix)` tells at least one event for every query of the panel's .sql, before NOW of `web_story`."""

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.web_story import Story


def tell_all(story: "Story", prefix: str) -> None:
    """What every panel's module has to tell."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}").tell(story, prefix)
