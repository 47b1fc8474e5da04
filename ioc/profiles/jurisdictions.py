"""What the province takes reports of beside its own categories' names: groups and questions of its services, and services of other jurisdictions.

services.csv, attributes.csv, jurisdictions/ID.csv; all may be missing. Reports of another jurisdiction are never counted with the province's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.abc import Traversable
from typing import Literal

import msgspec

from ioc.errors import ConfigurationError
from ioc.profiles.rows import check_once, read_structs

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of request of another jurisdiction. `code`: the service's there; `name`: the category under which its reports are kept here, as those
    that are imported from a file are; `keywords`: with commas between them.
    """

    code: str
    name: str
    group: str = ""
    keywords: str = ""


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """Where a category of the province stands among its services. `code`: the category's."""

    code: str
    group: str
    group_en: str
    keywords: str = ""


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """A question that a service asks beside the text. `service`: its code in a jurisdiction ('' = the province); `values`: of a list, as
    key=name=English name, with | between them.
    """

    jurisdiction: str = ""
    service: str
    code: str
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool
    description: str
    description_en: str
    hint: str = ""
    hint_en: str = ""
    values: str = ""

    @property
    def choices(self) -> Mapping[str, tuple[str, str]]:
        """Key → name and English name, in order; empty for what is no list."""
        parts = [value.split("=") for value in self.values.split("|") if value]
        return {part[0]: (part[1], part[-1]) for part in parts}


@dataclass(frozen=True, kw_only=True)
class Offered:
    """The files of a profile. `jurisdictions`: id → its services."""

    groupings: tuple[Grouping, ...]
    attributes: tuple[Attribute, ...]
    jurisdictions: Mapping[str, tuple[Service, ...]]


def load_offered(folder: Traversable) -> Offered:
    """Read them.

    Raises:
        ConfigurationError: a file that cannot be used, with the file, line and reason.

    """
    attributes = read_structs(folder, "attributes.csv", Attribute, optional=True)
    check_once("attributes.csv", [f"{a.jurisdiction}/{a.service}/{a.code}" for a in attributes])
    for line, attribute in enumerate(attributes, start=2):
        _check(line, attribute)
    return Offered(groupings=read_structs(folder, "services.csv", Grouping, optional=True), attributes=attributes,
                   jurisdictions=_jurisdictions(folder.joinpath("jurisdictions")))


def _jurisdictions(folder: Traversable) -> dict[str, tuple[Service, ...]]:
    if not folder.is_dir():
        return {}
    found: dict[str, tuple[Service, ...]] = {}
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".csv")), key=lambda f: f.name):
        name = file.name.removesuffix(".csv")
        if not ID.fullmatch(name):
            raise ConfigurationError(f"jurisdictions/{file.name}: a jurisdiction is called by small letters, digits and hyphens, e.g. chicago.csv")
        found[name] = read_structs(folder, file.name, Service)
        check_once(f"jurisdictions/{file.name}", [s.code for s in found[name]])
        check_once(f"jurisdictions/{file.name}", [s.name for s in found[name]])
    return found


def _check(line: int, attribute: Attribute) -> None:
    where = f"attributes.csv, line {line}"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", attribute.code):
        raise ConfigurationError(f"{where}: the code '{attribute.code}' must be letters, digits, - and _, at most 40")
    if attribute.datatype.endswith("list") != bool(attribute.values):
        raise ConfigurationError(f"{where}: a list names its values, and nothing else does")
    if any(len(part.split("=")) not in {2, 3} or "," in part.split("=")[0] for part in attribute.values.split("|") if part):
        raise ConfigurationError(f"{where}: values are key=name=English name with | between them, and no key has a comma")
