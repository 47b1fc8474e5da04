"""What the digital platform is watched for: silent sources, portals, calls, certificates, security, messages refused, clocks."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="sources_silent",
        about="Sources that were heard once, by how many times their promise they have been silent. Of the past it is known by stream, not by "
              "source: the newest event of cameras, stations and systems, the newest change of everything else.",
        streams=(),
        unit="× promise",
        figures=("minutes",),
        of_silence=True,
    ),
    Watch(
        key="portals_down",
        about="Portals that their last probes, so many in a row, found down: minutes since the first of these.",
        streams=("platform",),
        unit="minutes",
        parameters=("probes", "stale_min"),
    ),
    Watch(
        key="calls_failing",
        about="Integration platforms by the share of calls that failed in the last minutes, all services together.",
        streams=("platform",),
        unit="%",
        parameters=("minutes", "calls"),
        figures=("calls", "errors"),
    ),
    Watch(
        key="certificates_ending",
        about="Certificates whose end a register announced, by the days until it; those that ended more than `ended_days` ago are given up.",
        streams=("platform",),
        unit="days",
        parameters=("ended_days",),
        figures=("expires_on",),
        private=True,
    ),
    Watch(
        key="security_events",
        about="Security events that are not contained, by severity.",
        streams=("platform",),
        unit="severity",
    ),
    Watch(
        key="messages_refused",
        about="Share of messages that were refused in the last minutes. What was accepted is counted by event time: a backlog counts where it was.",
        streams=(),
        unit="%",
        parameters=("minutes", "least"),
        figures=("refused", "topic"),
        of_silence=True,
    ),
    Watch(
        key="clocks_ahead",
        about="Sources that tell of a time later than when the centre learnt it. A clock that is behind looks like a delay and is not found.",
        streams=(),
        unit="seconds",
        parameters=("minutes",),
        of_silence=True,
    ),
)
