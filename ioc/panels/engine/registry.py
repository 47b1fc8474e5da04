"""The room is the registry: every module of `ioc.panels` with its `.sql` is a panel, checked when it is loaded."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import resources

import ioc.panels
from ioc.db.queries import named
from ioc.errors import ContractError
from ioc.panels.engine.contract import Panel, Spec
from ioc.panels.engine.take import definitions_of
from ioc.panels.engine.wording import of_unit
from ioc.profiles import Profile


@cache
def panels() -> dict[str, Panel]:
    """Panels by key, in the order of their numbers.

    Raises:
        ContractError: a file that breaks its contract; the sentence names it.

    """
    names = [m.name for m in pkgutil.iter_modules(ioc.panels.__path__) if m.name != "engine" and not m.name.startswith("_")]
    found = sorted((_panel(name) for name in names), key=lambda p: p.spec.number)
    return {p.spec.key: p for p in found}


def shown(profile: Profile) -> dict[str, Panel]:
    """Panels of a profile, in its order; all of them where it chooses none.

    Raises:
        ContractError: the profile names a panel that does not exist.

    """
    known = panels()
    if unknown := [key for key in profile.file.panels if key not in known]:
        raise ContractError(f"profile '{profile.file.key}' names the panels {unknown}; known are {', '.join(known)}")
    return {key: known[key] for key in profile.file.panels or known}


def _panel(name: str) -> Panel:
    module = importlib.import_module(f"ioc.panels.{name}")
    spec = getattr(module, "SPEC", None)
    if not isinstance(spec, Spec):
        raise ContractError(f"ioc/panels/{name}.py defines no SPEC of type Spec")
    if spec.key != name:
        raise ContractError(f"ioc/panels/{name}.py: SPEC.key is '{spec.key}', it must be the file's name")
    file = resources.files("ioc.panels").joinpath(f"{name}.sql")
    if not file.is_file():
        raise ContractError(f"ioc/panels/{name}.sql is missing: a panel is a .py and a .sql")
    sql = named(file)
    if odd := set(sql) ^ set(spec.rows):
        raise ContractError(f"ioc/panels/{name}: queries of the .sql and rows of the SPEC differ in {sorted(odd)}")
    _check_rows(name, spec)
    for function in ("snapshot", "render"):
        if not callable(getattr(module, function, None)):
            raise ContractError(f"ioc/panels/{name}.py defines no function {function}")
    _check_names(name, spec, sql)
    return Panel(spec=spec, sql=sql, snapshot=module.snapshot, render=module.render, point=getattr(module, "point", of_unit),
                 definitions=definitions_of(spec.takes, spec.definitions))


def _check_names(name: str, spec: Spec, sql: Mapping[str, str]) -> None:
    if both := set(spec.takes) & set(spec.definitions):
        raise ContractError(f"ioc/panels/{name}.py: the numbers {sorted(both)} are both taken and the panel's own")
    if odd := set(spec.slow) - set(sql):
        raise ContractError(f"ioc/panels/{name}.py: there are no queries {sorted(odd)}, which `slow` names")


def _check_rows(name: str, spec: Spec) -> None:
    for query, row in spec.rows.items():
        if not dataclasses.is_dataclass(row) or not row.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise ContractError(f"ioc/panels/{name}.py: the rows of '{query}' must be a frozen dataclass")
