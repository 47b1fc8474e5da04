"""What the rules of "Kinh tế – xã hội, doanh nghiệp và du lịch" watch (domain notes §3.8)."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="pace",
        about="What a place reached of a year's target, of what the same share of the year would be (1 = on plan), from 1 April on. Of amounts "
              "that add up in the year; levels, rates of growth and what is better low are none. See indicator_year.",
        streams=("indicator",),
        unit="of plan",
    ),
    Watch(
        key="disbursement_short",
        about="Points by which public investment lags: the province's own more than `behind_pt` under the national mean of the same month, or, "
              "from 31 January to 31 March, a place's under `required_pct` of the year before. No stream carries the national mean: it is taken "
              "from the observation of the same indicator for the unit `national_unit`, and where nobody told that, nothing is compared with "
              "it.",
        streams=("indicator",),
        unit="percentage points",
        parameters=("behind_pt", "required_pct", "national_unit"),
        figures=("told_pct", "wanted_pct"),
    ),
    Watch(
        key="second_inspections",
        about="An enterprise with more than one inspection in the moment's calendar year, or the next: 1 = planned, 2 = two of them are done.",
        streams=("enterprise",),
        unit="",
        private=True,
    ),
    Watch(
        key="enterprise_petitions",
        about="An open petition of an enterprise past its term, told as an enterprise's or under `category`: working days since, 0 on the day "
              "itself.",
        streams=("report",),
        unit="working days",
        parameters=("category",),
        private=True,
    ),
    Watch(
        key="monthly_missing",
        about="An indicator of a place that told a month within a quarter before, and has not told one of the last two months: working days "
              "since the working day `due_day` of the month after it. What entry.toml asks for by hand is left to `figures_late`.",
        streams=("indicator",),
        unit="working days",
        parameters=("due_day",),
        figures=("period",),
        of_silence=True,
    ),
)
