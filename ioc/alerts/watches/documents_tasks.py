"""What the rules of "Văn bản điện tử và nhiệm vụ được giao" watch (domain notes §3.5)."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="unregistered_documents",
        about="A document that arrived and was neither registered nor refused in time (REGISTER_WITHIN of the stream): how far past it, as a "
              "multiple of what its urgency bears: `express_h`, `very_urgent_h`, `urgent_h` by the clock, `normal_h` of working time.",
        streams=("document",),
        unit="times what is allowed",
        parameters=("express_h", "very_urgent_h", "urgent_h", "normal_h"),
        figures=("late_h", "urgent"),
    ),
    Watch(
        key="overdue_tasks",
        about="An open task past its deadline: working days since, 0 on the day itself.",
        streams=("task",),
        unit="working days",
    ),
    Watch(
        key="slow_tasks",
        about="An open task that is due within `within_d` working days and more than half of whose term is over: its progress, 0 where none was "
              "reported.",
        streams=("task",),
        unit="%",
        parameters=("within_d",),
        figures=("left_d",),
    ),
    Watch(
        key="unacknowledged_tasks",
        about="A task that its owner has not acknowledged by the end of the next working day: working days since, 0 on that day itself.",
        streams=("task",),
        unit="working days",
    ),
    Watch(
        key="lost_points",
        about="A conference point whose line is lost while its session runs: minutes since. What was left open on an earlier day is a missing "
              "event.",
        streams=("meeting",),
        unit="minutes",
    ),
    Watch(
        key="refusing_agencies",
        about="An agency's documents refused in the last `window_d` days, in per cent of those that arrived; fewer than `least_cases` tell "
              "nothing.",
        streams=("document",),
        unit="%",
        parameters=("window_d", "least_cases"),
        figures=("refused", "arrived"),
    ),
)
