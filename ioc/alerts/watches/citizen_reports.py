"""Phản ánh, kiến nghị: reports that wait, run late, gather, come back or wander. Rules CR-01 to CR-09, domain notes §3.10.

Reports of danger to life (priority 1) run by the clock, all others in working time. Of the province's own reports alone.
"""

from ioc.alerts.watch import Watch

STREAMS = ("report",)

WATCHES = (
    Watch(key="report_untriaged", streams=STREAMS, unit="priority", private=True, parameters=("wait_working_h", "danger_min"), figures=("wait_min",),
          about="Reports that nobody has triaged in the time for it; value: the priority, 1 danger to life to 4. Duty hours are the profile's "
                "working hours; danger to life waits by the clock. What was reopened waits anew."),
    Watch(key="report_unaccepted", streams=STREAMS, unit="terms", private=True,
          parameters=("accept_working_h", "slow_working_h", "slow_categories", "danger_min"), figures=("wait_h",),
          about="Reports assigned to an agency that has not accepted them in the time for it; value: how many times that time they have waited."),
    Watch(key="report_time_left", streams=STREAMS, unit="%", private=True, figures=("left_h",),
          about="Reports whose deadline lies ahead; value: how much of their time is left. Suspended ones are left out: their clock stands."),
    Watch(key="report_overdue", streams=STREAMS, unit="terms", private=True, figures=("late_h",),
          about="Reports past their deadline; value: time gone as a multiple of the time given, so above 1. Suspended ones are left out."),
    Watch(key="report_cluster", streams=STREAMS, unit="reports", private=True, parameters=("within_min", "radius_m"),
          figures=("category", "radius_m", "within_min"),
          about="Reports that came lately with others of their kind around; value: how many stand within the radius of one of them. Site: unit and "
                "kind. Doubles count, what was rejected does not, nor what has no place."),
    Watch(key="report_unsatisfied", streams=STREAMS, unit="times", private=True, parameters=("rated_days",),
          figures=("rated", "reopened", "rated_days"),
          about="Reports done badly: rated 'not satisfied' in the last days and not reopened since (value 1), or reopened again and again and open "
                "(value: how often)."),
    Watch(key="report_danger", streams=STREAMS, unit="minutes", private=True, figures=("category",),
          about="Reports of danger to life that no agency has accepted yet; value: minutes since they were submitted, or reopened. "
                "Site: unit and kind."),
    Watch(key="report_bounced", streams=STREAMS, unit="times", private=True,
          about="Reports that agencies have sent back and none has accepted since; value: how often they were returned."),
    Watch(key="report_spam_channel", streams=STREAMS, unit="reports", parameters=("spam_limit",), figures=("sent",),
          about="Channels with many reports rejected as spam in the week up to the moment; value: how many. No stream says who reported, so it "
                "watches channels and not, as the rule wants, people."),
)
