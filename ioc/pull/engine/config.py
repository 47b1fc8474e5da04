"""The TOML file that lists the systems to ask (docs/pull.md); secrets are named in it, never written."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ioc.errors import ConfigurationError, InputError
from ioc.pull.engine.contract import Query
from ioc.pull.engine.registry import adapters

Lookup = Callable[[str], str | None]
"""Value of an environment variable, None where it is not set."""


class RestAccess(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="rest", forbid_unknown_fields=True):
    """A REST API. The secret is the whole value of `auth_header`; `overlap_s`: asked again, for what was saved late."""

    url: str
    auth_header: str = "Authorization"
    auth_env: str = ""
    auth_file: str = ""
    queries: list[Query] = []
    params: dict[str, str] = {}
    page_size: int = 500
    overlap_s: float = 600
    timeout_s: float = 30
    attempts: int = 5
    backoff_s: float = 1
    max_mb: float = 50


class ViewAccess(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="view", forbid_unknown_fields=True):
    """A read-only SQL view. `key` orders it, `changed` says when a row last changed; without it the view is read whole each time."""

    view: str
    key: str
    changed: str = ""
    url_env: str = ""
    url_file: str = ""
    page_size: int = 1000
    overlap_s: float = 600


class FolderAccess(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="folder", forbid_unknown_fields=True):
    """A folder that a system drops files into; a file is read once it was left alone for `settle_s`."""

    path: str
    settle_s: float = 10
    max_mb: float = 50


class SourceConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One system. `source`: the address its events carry; `orgs`: name or foreign code → agency code; `units`: agency code → unit code."""

    name: str
    kind: str
    adapter: str
    source: str
    access: RestAccess | ViewAccess | FolderAccess
    simulated: bool = False
    person_key_env: str = ""
    person_key_file: str = ""
    orgs: dict[str, str] = {}
    units: dict[str, str] = {}


def read_sources(file: Path) -> dict[str, SourceConfig]:
    """Sources of kind 'pull' by name.

    Raises:
        ConfigurationError: a file that cannot be read, or an entry that is wrong; the sentence names both.

    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("sources", [])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file.name} (IOC_PULL) cannot be read: {error}") from None
    found: dict[str, SourceConfig] = {}
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict) and entry.get("kind") == "pull":
            source = _source(file.name, entry)
            if source.name in found:
                raise ConfigurationError(f"{file.name}: the source '{source.name}' stands twice: give one another name")
            found[source.name] = source
    return found


def source_of(file: str, name: str) -> SourceConfig:
    """One source.

    Raises:
        ConfigurationError: no file is set, or it is wrong.
        InputError: it has no such source.

    """
    if not file:
        raise ConfigurationError("IOC_PULL is not set: name the TOML file that lists the systems to ask (docs/pull.md)")
    sources = read_sources(Path(file))
    if name not in sources:
        raise InputError(f"there is no source '{name}' of kind 'pull' in {Path(file).name}; it has {', '.join(sources) or 'none'}")
    return sources[name]


def secret(what: str, env: str, file: str, lookup: Lookup) -> str:
    """A secret from the variable or the file that is named; '' where neither is.

    Raises:
        ConfigurationError: the variable is not set, the file cannot be read, or either is empty.

    """
    if env.startswith("IOC_"):
        raise ConfigurationError(f"{what}: {env} cannot name a secret, since IOC_* are this program's settings: choose another name")
    if not env and not file:
        return ""
    try:
        value = lookup(env) if env else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{what}: the file {file} cannot be read: {error}") from None
    if not (value or "").strip():
        raise ConfigurationError(f"{what}: {f'the variable {env}' if env else f'the file {file}'} is empty or not set")
    return (value or "").strip()


def _source(file: str, entry: dict[str, Any]) -> SourceConfig:
    where = f"{file}: source '{entry.get('name', '?')}'"
    try:
        source = msgspec.convert(entry, SourceConfig)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    if source.adapter not in adapters():
        raise ConfigurationError(f"{where}: there is no adapter '{source.adapter}'; there are {', '.join(adapters())}")
    if not source.name or not source.source.startswith("/"):
        raise ConfigurationError(f"{where}: it needs a name, and a source like /vn/92/one-stop that its events carry")
    return source
