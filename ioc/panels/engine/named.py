"""What an indicator is called on the screen: the name that the profile's indicators.csv gives it."""

from collections.abc import Mapping
from functools import lru_cache

from ioc.indicators.catalogue import Indicator, load_catalogue
from ioc.profiles import Profile


def indicator_name(profile: Profile, indicator_id: str, language: str) -> str:
    """Name of an indicator; its id where the profile does not know it.

    Raises:
        ConfigurationError: the profile's indicators.csv cannot be used.

    """
    found = _indicators(str(profile.folder)).get(indicator_id)
    return indicator_id if found is None else found.name_en if language == "en" else found.name


@lru_cache(maxsize=8)
def _indicators(folder: str) -> Mapping[str, Indicator]:
    return load_catalogue(folder).indicators
