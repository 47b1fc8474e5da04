"""What the rules of `one_stop` watch: deadlines and apologies of open dossiers, rates of a month, what a unit does not tell."""

from ioc.alerts.watch import Watch

_DOSSIER = ("dossier",)

WATCHES = (
    Watch(
        key="dossiers_nearing_deadline",
        about="Open dossiers with at most a working day, or `remaining_ratio` of the promised time, left; without those of dossiers_to_apologise.",
        streams=_DOSSIER, unit="working days", parameters=("remaining_ratio",), private=True,
    ),
    Watch(
        key="dossiers_to_apologise",
        about="Open dossiers due by the close of the next working day without a result or an apology. `today`: those of the unit due today.",
        streams=_DOSSIER, unit="working days", figures=("today",), private=True,
    ),
    Watch(
        key="dossiers_overdue",
        about="Open dossiers past their deadline whose clock runs; with `without_apology` those alone for which no apology was issued.",
        streams=_DOSSIER, unit="working days", parameters=("without_apology",), private=True,
    ),
    Watch(key="dossiers_extended", about="Open dossiers whose deadline was put off more than once.", streams=_DOSSIER, unit="times", private=True),
    Watch(
        key="late_rate",
        about="Percent late of what a unit resolved in 30 days and today, from `least_resolved` dossiers on.",
        streams=_DOSSIER, unit="%", parameters=("least_resolved",), figures=("late", "resolved"),
    ),
    Watch(
        key="dossiers_unreceived",
        about="Dossiers sent online that nobody received or refused within `reception_working_h` working hours.",
        streams=_DOSSIER, unit="working hours", parameters=("reception_working_h",), private=True,
    ),
    Watch(key="dossiers_supplemented", about="Open dossiers of which something more was asked twice or more.", streams=_DOSSIER, unit="times",
          private=True),
    Watch(
        key="backlog_growth",
        about="What lies open at a unit, in days of its own work, against what is usual there. From closed days, as the centre knows them now: what "
              "it knew at an earlier moment is not kept for the counts of days.",
        streams=_DOSSIER, unit="ratio", parameters=("sustained_d", "usual_d", "least_daily"), figures=("open",),
    ),
    Watch(
        key="late_entries_at_once",
        about="Dossiers that a unit finished in bulk, most of them late: entered after the fact.",
        streams=_DOSSIER, unit="dossiers", parameters=("within_min", "late_pct", "lookback_h"),
    ),
    Watch(
        key="units_silent",
        about="Units of whose dossiers nothing is told though their source speaks. What is usual there is counted from closed days, as known now.",
        streams=_DOSSIER, unit="dossiers a day", parameters=("silent_working_h",),
    ),
)
