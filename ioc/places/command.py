"""`ioc geo`: boundaries from a file into the database, and what is there.

geopandas is imported by the commands themselves, so that no other command of `ioc` waits for it.
"""

import argparse
import sys
import threading
from typing import TYPE_CHECKING

from ioc.audit.hand import enter
from ioc.clock import LOCAL, SystemClock
from ioc.db.connect import connect
from ioc.settings import Settings

if TYPE_CHECKING:
    from ioc.places.importing import Prepared


def import_layer(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Check a file and keep it as a layer.

    Raises:
        InputError: what stands against it.

    """
    from ioc.places.boundaries import store

    del stop
    prepared = _prepared(settings, options)
    sys.stdout.write(report(prepared))
    with connect(settings.dsn(), application="ioc-geo", autocommit=True) as conn:
        now = SystemClock().now()
        with conn.transaction():
            stored = store(conn, prepared, now, replace=options.replace)
            enter(conn, "boundaries.imported", f"layer:{stored.layer_id}", now, after={"file": options.file.name, "replaced": list(stored.replaced)})
    replaced = f", in place of {', '.join(map(str, stored.replaced))}" if stored.replaced else ""
    sys.stdout.write(f"layer {stored.layer_id} holds from {options.valid_from} to {prepared.valid_to or 'now'}{replaced}\n")
    return 0


def check_layer(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Say what an import would say; needs no database. Exit 1 where it would be refused."""
    del stop
    prepared = _prepared(settings, options)
    sys.stdout.write(report(prepared) + "".join(f"refused: {problem}\n" for problem in prepared.problems))
    return 1 if prepared.problems else 0


def list_layers(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.places.boundaries import layers

    del options, stop
    with connect(settings.dsn(), application="ioc-geo", autocommit=True) as conn:
        found = layers(conn)
    for row in found:
        sys.stdout.write(
            f"{row['layer_id']:>4}  {row['level']:<8}  {row['valid_from']} – {row['valid_to'] or 'now':<10}  {row['unit_count']:>4} units"
            f"{' (partial)' if row['partial'] else ''}  {row['source']}, {row['licence']}  {row['file_name']} {row['sha256'][:12]}  "
            f"{row['imported_at'].astimezone(LOCAL):%Y-%m-%d %H:%M}{'  replaced' if row['replaced_at'] else ''}\n")
    sys.stdout.write("" if found else "no boundaries are imported: the map shows a schematic\n")
    return 0


def report(prepared: "Prepared") -> str:
    """What was found in a file, a line each."""
    return "".join(f"{line}\n" for line in (f"{prepared.request.file.name}: SHA-256 {prepared.sha256}", *prepared.words))


def _prepared(settings: Settings, options: argparse.Namespace) -> "Prepared":
    from ioc.places.importing import Request, prepare
    from ioc.places.register import load_register
    from ioc.profiles import load_profile

    request = Request(
        file=options.file, level=options.level, valid_from=options.valid_from, valid_to=options.valid_to, source=options.source or "",
        licence=options.licence or "", crs=options.crs, encoding=options.encoding, layer=options.layer, column=options.column,
        tolerance_m=options.tolerance_m, partial=options.partial)
    return prepare(request, load_register(load_profile(settings.profile)))
