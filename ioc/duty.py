"""The command line of the watch on duty: rules, who gets letters, the fatigue ledger, what is taken away."""

import argparse
import threading
from collections.abc import Callable
from pathlib import Path

from ioc.alerting import command as alerting
from ioc.alerts.fatigue_command import show_fatigue
from ioc.brief import command as briefs
from ioc.settings import Settings
from ioc.words import LANGUAGES

Add = Callable[..., argparse.ArgumentParser]


def add_commands(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    """Put the commands on the command line."""
    _brief(sub, add)
    _map(sub, add)
    alerts = add(sub, "alerts", "look at the rules after each change and on the clock, raise and clear alerts; or, with WHAT, ask about them",
                 alerting.run)
    what = alerts.add_subparsers(metavar="WHAT")
    check = add(what, "check", "list all rules with what each finds now; raises nothing", alerting.check)
    check.add_argument("rule", nargs="?", default="", help="only this one, e.g. OS-03")
    test = add(what, "test", "replay a rule over history: when it would have spoken, and how often", alerting.test)
    test.add_argument("rule", help="e.g. OS-03, or all")
    test.add_argument("--from", dest="since", required=True, metavar="MOMENT", help="e.g. 2026-11-01")
    test.add_argument("--to", dest="until", required=True, metavar="MOMENT", help="e.g. 2026-11-22")
    test.add_argument("--step-min", type=float, default=15.0, metavar="MINUTES", help="how often it is looked at (default 15)")
    test.add_argument("--as-known-then", action="store_true", help="with what was known at each moment, not with all that is known today")
    test.add_argument("--summary", action="store_true", help="only how often, not when")
    fatigue = add(what, "fatigue", "how much of what the rules say is noise, and which rules to mend", show_fatigue)
    fatigue.add_argument("--month", help="e.g. 2026-11 (default: the last 30 days)")
    fatigue.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    tell = add_group(what, "tell", "addresses of offices that get letters about alerts")
    new = add(tell, "add", "let an address hear of what a role is told", alerting.add_recipient)
    new.add_argument("role", help="e.g. shift_lead")
    new.add_argument("address")
    new.add_argument("--unit", default="", help="only of this unit")
    new.add_argument("--severity", type=int, choices=(1, 2, 3, 4), default=3, help="and above (default 3)")
    add(tell, "list", "who gets letters", alerting.list_recipients)
    add(tell, "end", "send no more letters to a recipient", alerting.end_recipient).add_argument("recipient", type=int)


def _brief(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    brief = add(sub, "brief", "the morning page, one A4 sheet, as .docx or .pdf", briefs.write_brief)
    brief.add_argument("--at", help="moment or day, e.g. 2026-11-22T07:00 (default now)")
    brief.add_argument("--out", type=Path, metavar="FILE", help=".docx or .pdf (default giao-ban-DAY.pdf)")
    brief.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])


def _map(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    made = add(sub, "map", "the map of a panel, or of all, as one file that opens without any network", write_map)
    made.add_argument("out", type=Path, nargs="?", metavar="OUT.html", help="(default ban-do-KEY-DAY.html)")
    made.add_argument("--panel", default="overview", metavar="KEY", help="key of a panel with a map, or overview (default)")
    made.add_argument("--at", help="moment or day, e.g. 2026-11-22T16:00 (default now)")
    made.add_argument("--known", help="as it was known at a moment")
    made.add_argument("--whole", action="store_true", help="with cameras and incidents, for whom it is permitted")
    made.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])


def write_map(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.handover import command  # it loads what draws maps

    return command.write_map(settings, options, stop)


def add_imports(imports: "argparse._SubParsersAction[argparse.ArgumentParser]", add: Add) -> None:
    """Put the imports on the command line."""
    cap = add(imports, "cap", "warnings of others as CAP 1.2 files", import_cap)
    cap.add_argument("file", type=Path, nargs="+")
    cap.add_argument("--source", help="CloudEvents source (default: the profile's source of environment)")


def import_cap(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.api import cap_import  # it loads what knows shapes

    return cap_import.import_cap(settings, options, stop)


def add_group(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str,
              text: str) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    """A command that is asked with a further word."""
    return sub.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".").add_subparsers(required=True, metavar="WHAT")
