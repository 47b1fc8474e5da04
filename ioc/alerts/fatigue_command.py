"""`ioc alerts fatigue`: the ledger as text."""

import argparse
import sys
import threading
from collections.abc import Mapping

from ioc.alerts.fatigue import ledger, period
from ioc.alerts.fatigue_wording import definitions, load, reason, row, rule_title
from ioc.alerts.register import load_alerts
from ioc.db.connect import connect
from ioc.played import clock_of
from ioc.profiles import load_profile
from ioc.settings import Settings
from ioc.words import words

_COLUMNS = (("raised", 7), ("noise", 13), ("acted", 13), ("alone", 13), ("repeats", 13), ("ack", 11), ("an_hour", 8))


def show_fatigue(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Print the ledger of a month, or of the last 30 days, the noisiest rule first, then the rules to mend."""
    del stop
    text, clock = words(options.lang), clock_of(settings.clock)
    register = load_alerts(load_profile(settings.profile))
    since, until = period(options.month or "", clock.now())
    with connect(settings.dsn(), application="ioc-alerts-fatigue", autocommit=True) as conn:
        found = ledger(conn, since, until, idle_minutes=None if settings.clock else settings.idle_minutes)
    heads = {"raised": text("Phát"), "noise": text("Ồn"), "acted": text("Có xử lý"), "alone": text("Tự hết"), "repeats": text("Lặp lại"),
             "ack": text("Nhận sau"), "an_hour": text("Mỗi giờ")}
    lines = [f"{text.minute(since)} – {text.minute(until)}", load(found, text), "", _line({"rule": text("Quy tắc"), "title": "", **heads})]
    lines += [_line(row(found, noise, register, text)) for noise in (found.total, *found.rules)]
    lines += ["", text("Quy tắc cần chỉnh") + ":"]
    lines += [f"{noise.rule_id}  {rule_title(noise, register, text)}: {reason(fault, text)}" for noise, faults in found.to_mend for fault in faults]
    lines += [] if found.to_mend else [text("Không có quy tắc nào cần chỉnh.")]
    sys.stdout.write("\n".join([*lines, "", *definitions(text)]) + "\n")
    return 0


def _line(cells: Mapping[str, str]) -> str:
    figures = "".join(f"{cells[name]:>{width}}" for name, width in _COLUMNS)
    return f"{cells['rule']:<8}{figures}  {cells['title']}"
