"""The contract of a watch: a query that finds what a rule judges. The room ioc/alerts/watches is the registry, checked when it is loaded."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ioc.alerts import watches as room
from ioc.db.queries import named
from ioc.errors import ContractError


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One query over the data at a moment. One row a thing that may be wrong, with the columns of `COLUMNS`:

    `item` names the thing (text, not null); `unit_code`, `org_code`, `site`: where it belongs ('' = nowhere); `value`: what thresholds are compared
    with (double precision, null = not known: raises nothing and clears nothing); `since_at`: since when it is so (null = since it was found);
    `figures`: jsonb object for the text, or null. A thing that is well may be left out.

    Parameters: those of `Moment.parameters` (at, instant, known, day, …), the rule's own under their names, and for each of these that ends in
    `_working_h` or `_working_d` a moment `<name>_ago`: so many working hours before the moment, or the first moment of the day so many working
    days before its day.

    `streams`: whose change asks for a look, and whose silence holds it back. `parameters`: names that a rule gives. `figures`: keys of the column.
    `unit`: of the value. `private`: items are of persons or their dossiers, so no text names them. `of_silence`: it finds silence itself, and is not
    held back by that of its own streams.
    """

    key: str
    about: str
    streams: tuple[str, ...]
    unit: str
    parameters: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    private: bool = False
    of_silence: bool = False
    sql: str = ""


COLUMNS = ("item", "unit_code", "org_code", "site", "value", "since_at", "figures")


@cache
def watches() -> dict[str, Watch]:
    """Watches by key.

    Raises:
        ContractError: a file that breaks the contract; the sentence names it.

    """
    found: dict[str, Watch] = {}
    for name in sorted(m.name for m in pkgutil.iter_modules(room.__path__)):
        for watch in _of(name):
            if watch.key in found:
                raise ContractError(f"ioc/alerts/watches/{name}.py: the watch '{watch.key}' stands twice")
            found[watch.key] = watch
    return found


def _of(name: str) -> Iterator[Watch]:
    given = getattr(importlib.import_module(f"ioc.alerts.watches.{name}"), "WATCHES", None)
    if not isinstance(given, tuple) or not all(isinstance(w, Watch) for w in given):
        raise ContractError(f"ioc/alerts/watches/{name}.py defines no WATCHES, a tuple of Watch")
    file = resources.files("ioc.alerts.watches").joinpath(f"{name}.sql")
    if not file.is_file():
        raise ContractError(f"ioc/alerts/watches/{name}.py has no {name}.sql beside it")
    sql = named(file)
    if odd := {w.key for w in given} ^ set(sql):
        raise ContractError(f"ioc/alerts/watches/{name}: {sorted(odd)} stand only in the .py or only in the .sql")
    for watch in given:
        if lacking := [p for p in watch.parameters if f"%({p})s" not in sql[watch.key] and f"%({p}_ago)s" not in sql[watch.key]]:
            raise ContractError(f"ioc/alerts/watches/{name}.sql: '{watch.key}' does not use its parameters {lacking}")
        yield Watch(key=watch.key, about=watch.about, streams=watch.streams, unit=watch.unit, parameters=watch.parameters, figures=watch.figures,
                    private=watch.private, of_silence=watch.of_silence, sql=sql[watch.key])
