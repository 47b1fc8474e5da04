"""The room is the registry: every module of `simulators` is a simulator, checked when it is loaded."""

import importlib
import pkgutil
from types import ModuleType

import simulators
from ioc.errors import ContractError
from ioc.streams.engine.registry import streams
from simulators.engine.contract import Simulator


def registered() -> dict[str, Simulator]:
    """Simulators by name, sorted.

    Raises:
        ContractError: a file that breaks its contract; the sentence names it.

    """
    names = sorted(m.name for m in pkgutil.iter_modules(simulators.__path__) if not m.ispkg and not m.name.startswith("_"))
    return {name: checked(importlib.import_module(f"simulators.{name}"), name) for name in names}


def checked(module: ModuleType, name: str) -> Simulator:
    """Return the simulator that a module defines."""
    found = getattr(module, "SIMULATOR", None)
    if not isinstance(found, Simulator):
        raise ContractError(f"simulators/{name}.py defines no SIMULATOR of type Simulator")
    if found.name != name:
        raise ContractError(f"simulators/{name}.py: SIMULATOR.name is '{found.name}', it must be the file's name")
    if found.stream not in streams():
        raise ContractError(f"simulators/{name}.py: there is no stream '{found.stream}'; known are {', '.join(streams())}")
    if not found.realism.strip():
        raise ContractError(f"simulators/{name}.py: realism is empty; say what is true to life, from which source, and what is made up")
    return found
