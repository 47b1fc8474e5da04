"""What health, schools and welfare are watched for: diseases, beds, payments, card readers, food poisoning. Counts only."""

from ioc.alerts.watch import Watch

WATCHES = (
    Watch(
        key="disease_weeks",
        about="Diseases by how many of their last two whole weeks (1 = the newest alone) had more cases than the mean and so many standard "
              "deviations of the same week and its neighbours in earlier years. Not known where too few years were told. Of the whole province: "
              "units were merged within these years.",
        streams=("social",),
        unit="weeks",
        parameters=("sd", "years", "least_years", "least", "delay_days"),
        figures=("cases", "usual", "disease", "disease_en"),
    ),
    Watch(
        key="beds_full",
        about="Hospitals by the share of their beds that is taken, of the newest day told; older than two days it is not known.",
        streams=("social",),
        unit="%",
    ),
    Watch(
        key="payments_late",
        about="Batches of allowances that are due and not paid, by the working days since.",
        streams=("social",),
        unit="working days",
    ),
    Watch(
        key="card_share_drop",
        about="Facilities by how far the share of insurance visits with the citizen card fell on the newest day told, in points below the median of "
              "up to seven days before.",
        streams=("social",),
        unit="points",
        parameters=("least",),
        figures=("share_pct", "usual_pct"),
    ),
    Watch(
        key="poisonings",
        about="Cases of food poisoning by unit and day of onset, of the last days. No case tells where it happened: a commune (a circle of five "
              "kilometres, on the average) stands for the distance, the day for the 24 hours.",
        streams=("social",),
        unit="cases",
        parameters=("disease", "days"),
    ),
)
