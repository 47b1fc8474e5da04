"""What order and traffic are watched for: cameras that no longer see, roads that stand still, incidents that are grave or that nobody goes to."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="cameras_lost",
        about="Cameras that say they are off, or say nothing for ten minutes (three times their own pace, if that is longer) while others speak. "
              "Left out: those not heard for 30 days, and those of a kind of which so many are off at once that one cause is likely.",
        streams=("camera",),
        unit="minutes",
        parameters=("together_pct", "together_least"),
    ),
    Watch(
        key="camera_groups_lost",
        about="Kinds of cameras (by what they count, as known now) with the share of them that is off at once: power or network, not the camera.",
        streams=("camera",),
        unit="%",
        parameters=("together_least",),
        figures=("lost", "cameras", "kind", "kind_en"),
    ),
    Watch(
        key="roads_slow",
        about="Roads by camera and direction: mean speed of the last minutes, as a share of the median from 0 to 5 o'clock of the last two nights.",
        streams=("camera",),
        unit="%",
        parameters=("minutes", "least"),
        figures=("speed_kmh", "free_kmh"),
    ),
    Watch(
        key="incidents_grave",
        about="Incidents not ended, by their severity; those with so many dead and injured count as the gravest.",
        streams=("incident",),
        unit="severity",
        parameters=("casualties",),
        figures=("kind", "kind_en"),
        private=True,
    ),
    Watch(
        key="incidents_grave_unreached",
        about="Grave incidents where nobody has come, by the minutes since the report.",
        streams=("incident",),
        unit="minutes",
        parameters=("casualties",),
        figures=("kind", "kind_en"),
        private=True,
    ),
    Watch(
        key="fires_undispatched",
        about="Fires for which nobody has been sent or has come: seconds since the call.",
        streams=("incident",),
        unit="seconds",
        private=True,
    ),
    Watch(
        key="fires_unreached",
        about="Fires where nobody has come: minutes since the call, beyond the target that the province sets.",
        streams=("incident",),
        unit="minutes",
        parameters=("target_min",),
        private=True,
    ),
    Watch(
        key="accident_deaths",
        about="Deaths in traffic accidents of the month so far against the same days of the year before, in standard deviations of a count "
              "(Poisson). Not known where nothing was told of the year before.",
        streams=("incident",),
        unit="σ",
        parameters=("least",),
        figures=("dead", "before"),
    ),
    Watch(
        key="detections_unreviewed",
        about="What cameras detected and no person has reviewed, hours since it was told; older than `days` is not reviewed any more.",
        streams=("camera",),
        unit="hours",
        parameters=("days",),
        private=True,
    ),
)
