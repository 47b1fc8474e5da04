"""What the rules of `counters` watch: waits, queues and desks of the one-stop points, and the cameras that look at them. Counts only."""

from ioc.alerts.watch import Watch

_COUNTER = ("counter",)

WATCHES = (
    Watch(
        key="waits",
        about="Mean wait at a one-stop point: tickets called in the last `window_min` minutes, and those that wait and have for `long_wait_min`.",
        streams=_COUNTER, unit="minutes", parameters=("window_min", "long_wait_min", "least_waits"), figures=("waits",),
    ),
    Watch(
        key="counters_unmanned",
        about="Points where cameras see people waiting and no official for `empty_min` minutes of working time and the queue calls no number.",
        streams=("camera", "counter"), unit="people", parameters=("empty_min",),
    ),
    Watch(key="queues", about="People waiting at a point for each desk that is open.", streams=_COUNTER, unit="people", figures=("waiting", "desks")),
    Watch(
        key="counter_cameras_lost",
        about="Cameras of the one-stop points without a picture, for how long, and whether they say so or are silent. Which cameras look at roads is "
              "known for the present alone.",
        streams=("camera",), unit="minutes", parameters=("silent_min",),
    ),
    Watch(
        key="dissatisfaction",
        about="How far over the limit a point's ratings are: of the day, or of 30 days. Past days are counted as known now.",
        streams=_COUNTER, unit="ratio", parameters=("most_a_day", "least_satisfied_pct", "least_rated"),
        figures=("dissatisfied", "satisfied", "rated"),
    ),
    Watch(key="points_unopened", about="Points that open desks on other days and have opened none in the worked stretch that runs now.",
          streams=_COUNTER, unit="minutes"),
)
