"""The room is the registry: every module of `ioc.pull` is an adapter, checked when it is loaded."""

import importlib
import pkgutil
from functools import cache

import ioc.pull
from ioc.errors import ContractError
from ioc.pull.engine.contract import Adapter
from ioc.streams.engine.registry import streams


@cache
def adapters() -> dict[str, Adapter]:
    """Adapters by name, sorted.

    Raises:
        ContractError: a file that breaks its contract; the sentence names it.

    """
    names = sorted(m.name for m in pkgutil.iter_modules(ioc.pull.__path__) if m.name != "engine" and not m.name.startswith("_"))
    return {name: _adapter(name) for name in names}


def _adapter(name: str) -> Adapter:
    adapter = getattr(importlib.import_module(f"ioc.pull.{name}"), "ADAPTER", None)
    if not isinstance(adapter, Adapter):
        raise ContractError(f"ioc/pull/{name}.py defines no ADAPTER of type Adapter")
    if adapter.name != name:
        raise ContractError(f"ioc/pull/{name}.py: ADAPTER.name is '{adapter.name}', it must be the file's name")
    if adapter.stream not in streams():
        raise ContractError(f"ioc/pull/{name}.py: ADAPTER.stream is '{adapter.stream}', there is no such stream; there are {', '.join(streams())}")
    if missing := set(adapter.required) - set(adapter.columns):
        raise ContractError(f"ioc/pull/{name}.py: required columns {sorted(missing)} are not among its columns")
    return adapter
