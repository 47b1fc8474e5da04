"""The room is the registry: every module of `ioc.kpi` is a panel's section, checked when it is loaded."""

import importlib
import pkgutil
from functools import cache
from importlib import resources

import ioc.kpi
from ioc.db.queries import named
from ioc.errors import ContractError
from ioc.kpi.engine.contract import Kpi, Section


@cache
def sections() -> dict[str, Section]:
    """Sections by the key of their panel.

    Raises:
        ContractError: a file that breaks the contract; the sentence names it.

    """
    names = sorted(m.name for m in pkgutil.iter_modules(ioc.kpi.__path__) if m.name != "engine")
    return {name: _section(name) for name in names}


def _section(name: str) -> Section:
    module = importlib.import_module(f"ioc.kpi.{name}")
    kpis, streams = getattr(module, "KPIS", None), getattr(module, "STREAMS", None)
    if not isinstance(kpis, tuple) or not kpis or not all(isinstance(k, Kpi) for k in kpis) or not isinstance(streams, tuple):
        raise ContractError(f"ioc/kpi/{name}.py defines no KPIS (a tuple of Kpi) and STREAMS (a tuple of stream names)")
    file = resources.files("ioc.kpi").joinpath(f"{name}.sql")
    if not file.is_file():
        raise ContractError(f"ioc/kpi/{name}.py has no {name}.sql beside it")
    sql = named(file)
    keys = [k.key for k in kpis]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise ContractError(f"ioc/kpi/{name}.py: the keys {sorted(doubled)} stand twice")
    if missing := {k.query for k in kpis} - set(sql):
        raise ContractError(f"ioc/kpi/{name}.py names the queries {sorted(missing)}, which {name}.sql lacks")
    if unused := set(sql) - {k.query for k in kpis}:
        raise ContractError(f"ioc/kpi/{name}.sql has the queries {sorted(unused)}, which no figure uses")
    return Section(key=name, streams=streams, kpis={k.key: k for k in kpis}, sql=sql)
