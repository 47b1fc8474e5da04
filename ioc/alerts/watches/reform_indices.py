"""What the rules of "Chỉ số cải cách hành chính" watch (domain notes §3.4)."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="score_766",
        about="A place's score of QĐ 766 as the national portal last published it, for a period that ended in the last `window_d` days. The "
              "score that is computed here ('tính thử') is no sum of columns, and no alert speaks of it.",
        streams=("indicator",),
        unit="score points",
        parameters=("window_d",),
        figures=("period",),
    ),
    Watch(
        key="score_766_fall",
        about="By how much a place's newest published daily or weekly score lies under its highest of the `within_d` days before.",
        streams=("indicator",),
        unit="score points",
        parameters=("within_d",),
        figures=("score", "before"),
    ),
    Watch(
        key="rank_lost",
        about="By how many places a yearly index ranks a place worse than the year before, out of as many; told in the last `told_within_d` "
              "days, of a year that ended in the last `age_d`.",
        streams=("indicator",),
        unit="places",
        parameters=("told_within_d", "age_d"),
        figures=("rank", "out_of"),
    ),
    Watch(
        key="published_differs",
        about="An observation whose printed figure is not what its fraction gives, of a period that ended in the last `age_d` days: by how "
              "much.",
        streams=("indicator",),
        unit="",
        parameters=("age_d",),
    ),
    Watch(
        key="observation_missing",
        about="An indicator that is aimed at and not observed, nor in a shorter period that ended with it: days since the period's end, up to "
              "`age_d`.",
        streams=("indicator",),
        unit="days",
        parameters=("age_d",),
        of_silence=True,
    ),
    Watch(
        key="figures_late",
        about="A figure that an agency is asked to enter by hand (entry.toml of the profile) and that nobody has told: working days since its "
              "deadline.",
        streams=("indicator",),
        unit="working days",
        figures=("period",),
        of_silence=True,
    ),
)
