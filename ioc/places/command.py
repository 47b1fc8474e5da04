"""`ioc geo`: boundaries from a file into the database, and what is there.

geopandas is imported by the commands themselves, so that no other command of `ioc` waits for it.
"""

import argparse
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ioc.audit.hand import enter
from ioc.clock import LOCAL, SystemClock, second
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
        sys.stdout.write(_line(row))
    sys.stdout.write("" if found else "no boundaries are imported: the map shows a schematic\n")
    return 0


def show_layer(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.places.boundaries import layer_told

    del stop
    with connect(settings.dsn(), application="ioc-geo", autocommit=True) as conn:
        row = layer_told(conn, options.layer)
    told = row["report"]
    sys.stdout.write(_line(row) + f"SHA-256 {row['sha256']}\n" + "".join(f"{line}\n" for line in told["words"]))
    sys.stdout.write(f"drawn simplified by {told['tolerance_m']:g} m; out of force since {second(row['replaced_at'])}\n" if row["replaced_at"]
                     else f"drawn simplified by {told['tolerance_m']:g} m; in force\n")
    return 0


def remove_layer(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Take a layer out of force.

    Raises:
        InputError: there is no such layer in force.

    """
    from ioc.places.boundaries import end_layer

    del stop
    with connect(settings.dsn(), application="ioc-geo", autocommit=True) as conn, conn.transaction():
        now = SystemClock().now()
        row = end_layer(conn, options.layer, now)
        told = {"level": row["level"], "sha256": row["sha256"]}
        enter(conn, "boundaries.removed", f"layer:{options.layer}", now, after=told, reason=options.reason)
    sys.stdout.write(f"layer {options.layer} is out of force: maps of its days show the schematic, and new events are placed by no boundary\n")
    return 0


def _line(row: "Mapping[str, Any]") -> str:
    return (f"{row['layer_id']:>4}  {row['level']:<8}  {row['valid_from']} – {row['valid_to'] or 'now':<10}  {row['unit_count']:>4} units"
            f"{' (partial)' if row['partial'] else ''}  {row['source']}, {row['licence']}  {row['file_name']} {row['sha256'][:12]}  "
            f"{row['imported_at'].astimezone(LOCAL):%Y-%m-%d %H:%M}{'  out of force' if row['replaced_at'] else ''}\n")


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
