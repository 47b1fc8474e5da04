"""The figures of panel 3 in plain Python: services on offer, dossiers that came online, their synchronisation, lookups."""

from collections import Counter
from datetime import timedelta

from tests import oracle
from tests.oracle import fact_of, stream_of
from tests.truth.expected import Counts, Figures, Formula, Made, View, add, by_formula, same

ONLINE = {"online", "app", "zalo"}
LEVELS = ("full", "partial", "information")
CHANNELS = {"online": "portal", "app": "app", "zalo": "zalo", "counter": "counter", "post": "post"}

ONLINE_SERVICES = same(
    "services", *(f"services_{level}" for level in LEVELS), "received_online", *(f"received_{word}" for word in CHANNELS.values()), "unused_full",
    "sync_failed", "unsynced", "unsynced_over_24", "lookups", *(f"lookups_{channel}" for channel in ("web", "app", "zalo", "qr")),
) | {
    "full_rate": Formula(("services_full",), ("services",), 100),
    "integrated_rate": Formula(("integrated",), ("services",), 100),
    "payable_rate": Formula(("payable",), ("services_full", "services_partial"), 100),
    "qr_rate": Formula(("qr",), ("services",), 100),
    "online_rate": Formula(("received_online",), ("received",), 100),
    "full_online_rate": Formula(("received_full_online",), ("received_full",), 100),
    "used_rate": Formula(("used",), ("services_full", "services_partial"), 100),
    "online_payment_rate": Formula(("paid_online",), ("fee_due",), 100),
    "digitised_rate": Formula(("digitised",), ("received",), 100),
    "reused_rate": Formula(("reused",), ("received",), 100),
    "electronic_result_rate": Formula(("electronic_result",), ("resolved",), 100),
    "sync_rate": Formula(("acknowledged",), ("received",), 100),
}


def online_services(view: View) -> Figures:
    """Panel 3. Where no dossier was received, none can be said to have come online; where the portal told nothing, nothing is synchronised or not."""
    counts: Counts = Counter()
    _count_dossiers(view, counts)
    any_received = sum(n for (_, measure), n in counts.items() if measure == "received") > 0
    _count_services(view, counts, any_received=any_received)
    told = _count_synchronised(view, counts)
    figures = by_formula(ONLINE_SERVICES, counts)
    for (key, unit), made in figures.items():
        unknown = (key == "used_rate" and not any_received) or (key == "sync_rate" and unit not in told)
        figures[key, unit] = Made(None, 0, made.under) if unknown else made
    return figures


def _count_dossiers(view: View, counts: Counts) -> None:
    for f in view.subjects("dossier"):
        online, full = f["channel"] in ONLINE, f["service_level"] == "full"
        for day, _, measure, n in oracle.facts("dossier", f):
            if view.first <= day <= view.last:
                add(counts, f["unit_code"], {measure: n})
                if measure == "received":
                    add(counts, f["unit_code"], {"received_online": online, "received_full": full, "received_full_online": full and online,
                                                 f"received_{CHANNELS.get(f['channel'], '?')}": 1})


def _count_services(view: View, counts: Counts, *, any_received: bool) -> None:
    asked_for = {f.get("procedure_code") for f in view.subjects("dossier") if f["channel"] in ONLINE and view.holds(f.get("received_at"))}
    offered = {f["service_code"]: f for f in view.subjects("service") if f["state"] == "published"}
    for code, f in offered.items():
        online = f["level"] in {"full", "partial"}
        used = online and bool({code, code.removesuffix(".05")} & asked_for)
        add(counts, f["unit_code"], {"services": 1, f"services_{f['level']}": 1, "integrated": f["national_integrated"],
                                     "payable": f["online_payment"], "qr": f["qr"], "used": used,
                                     "unused_full": any_received and f["level"] == "full" and not used})
    once = {(w["source"], w["id"]): w for w in view.before(view.until) if stream_of(w) == "service" and fact_of(w) == "lookup"}
    for wire in once.values():
        if view.holds(oracle.moment(wire["time"])):
            unit = offered[wire["subject"]]["unit_code"] if wire["subject"] in offered else ""
            add(counts, unit, {"lookups": wire["data"]["count"], f"lookups_{wire['data']['channel']}": wire["data"]["count"]})


def _count_synchronised(view: View, counts: Counts) -> set[str]:
    """Counts, and the units ('*' the province) of whose dossiers the portal told anything in the period."""
    told: set[str] = set()
    for f in view.subjects("platform"):
        failed = f["failed_at"] if f["state"] == "unsynced" else None
        add(counts, f["unit_code"], {"acknowledged": view.holds(f["acknowledged_at"]), "sync_failed": view.holds(failed),
                                     "unsynced": f["state"] == "unsynced",
                                     "unsynced_over_24": failed and view.at - failed > timedelta(hours=24)})
        if view.holds(f["acknowledged_at"] or failed):
            told |= {"*", f["unit_code"]}
    return told
