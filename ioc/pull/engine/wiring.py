"""Puts the parts of one source together: its access with its secrets, the province's agencies, memory and broker."""

import threading
from collections.abc import Callable
from contextlib import closing

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError
from ioc.profiles import Profile
from ioc.pull.engine.agency import orgs_of, units_of
from ioc.pull.engine.config import Lookup, RestAccess, SourceConfig, ViewAccess, secret
from ioc.pull.engine.contract import Access
from ioc.pull.engine.folder import Folder
from ioc.pull.engine.registry import adapters
from ioc.pull.engine.rest import Rest
from ioc.pull.engine.run import Place, Puller, Totals
from ioc.pull.engine.store import Store
from ioc.streams.engine.broker import Publisher


def open_access(source: SourceConfig, lookup: Lookup, clock: Clock, stop: threading.Event) -> Access:
    """The way to a source's records.

    Raises:
        ConfigurationError: a secret, folder or driver is missing.

    """
    access, adapter, what = source.access, adapters()[source.adapter], f"source '{source.name}'"
    if isinstance(access, RestAccess):
        return Rest(access, access.queries or adapter.queries, secret(what, access.auth_env, access.auth_file, lookup), clock, stop.wait)
    if isinstance(access, ViewAccess):
        from ioc.pull.engine.view import View

        url = secret(what, access.url_env, access.url_file, lookup)
        if not url:
            raise ConfigurationError(f"{what}: name the variable (url_env) or file (url_file) that holds the database's address")
        return View(access, url, adapter.required, adapter.columns)
    return Folder(access, adapter.xml, clock)


def pull(source: SourceConfig, profile: Profile, lookup: Lookup, connect: Callable[[], Connection], publish: Callable[[], Publisher],  # noqa: PLR0913, PLR0917 (the parts of a run)
         clock: Clock, stop: threading.Event, *, retry: bool = False) -> Totals:
    """One run of a source from end to end; with `retry`, of its rejected records.

    Raises:
        ConfigurationError: something the source needs is wrong here.
        UnavailableError: the source, the database or the broker is away.

    """
    key = secret(f"source '{source.name}'", source.person_key_env, source.person_key_file, lookup)
    place = Place(orgs_of(source.orgs, profile), units_of(source.units, profile), key.encode() or None)
    with (closing(open_access(source, lookup, clock, stop)) as access, closing(connect()) as conn,
          closing(Puller(source, adapters()[source.adapter], place, Store(conn, source.name), publish, clock)) as puller):
        return puller.retry(stop) if retry else puller.run(access, stop)
