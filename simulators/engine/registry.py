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


def silent(simulator: Simulator) -> str:
    """Name of the effect under which nothing of a simulator's stream is sent, unless it gives the name a meaning of its own."""
    return f"{simulator.stream}.silent"


def effects_of(simulator: Simulator) -> tuple[str, ...]:
    """Names of the effects that a scenario may use of a simulator: its own, and its stream's silence."""
    return tuple(dict.fromkeys((*simulator.effects, silent(simulator))))


def understood() -> tuple[str, ...]:
    """Names of all effects that a scenario may use, beside the world's."""
    return tuple(name for simulator in registered().values() for name in effects_of(simulator))


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
