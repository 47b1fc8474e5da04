"""What the rules of "Dịch vụ công trực tuyến" watch (domain notes §3.3)."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="online_rate",
        about="A unit's, or a provincial agency's, share of dossiers received online in the last `window_d` days, less its target, in points. "
              "The target is the year's that was told for the place, else for the province, else `target_pct`. Fewer than `least_cases` "
              "dossiers tell nothing.",
        streams=("dossier",),
        unit="percentage points",
        parameters=("window_d", "least_cases", "target_pct"),
        figures=("rate_pct", "target_pct", "received"),
    ),
    Watch(
        key="online_payment",
        about="The province's share of fees paid online among dossiers with a fee received in the last `window_d` days, in per cent of its "
              "target. The target is the year's that was told for the province, else `target_pct`. Fewer than `least_cases` dossiers tell "
              "nothing.",
        streams=("dossier",),
        unit="%",
        parameters=("window_d", "least_cases", "target_pct"),
        figures=("rate_pct", "target_pct", "fee_due"),
    ),
    Watch(
        key="unused_full_services",
        about="A service on offer as full online now and `window_d` days ago, with no dossier online since then: how many came on paper.",
        streams=("dossier", "service"),
        unit="dossiers",
        parameters=("window_d",),
    ),
    Watch(
        key="sync_backlog",
        about="Dossiers that the national portal refused and has not taken since: how many times the limit is reached, of their share among a "
              "day's dossiers (`limit_pct`; the fuller of today and the last working day) or of the oldest one's age (`limit_h`), whichever is "
              "worse.",
        streams=("platform",),
        unit="times what is allowed",
        parameters=("limit_pct", "limit_h"),
        figures=("backlog", "oldest_h"),
    ),
    Watch(
        key="payment_failures",
        about="Failed calls to the payment services named in `services` within `window_min` minutes, in per cent; below `least_cases` calls "
              "tell nothing. No stream tells of a payment that failed: the calls over the data platform are the nearest thing that is told.",
        streams=("platform",),
        unit="%",
        parameters=("services", "window_min", "least_cases"),
        figures=("errors", "calls"),
    ),
    Watch(
        key="catalogue_sum",
        about="The newest catalogue of services that was told for a place: by how many its three levels together differ from its total.",
        streams=("indicator",),
        unit="services",
        figures=("total", "levels"),
    ),
)
