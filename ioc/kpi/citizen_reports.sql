-- name: results
-- One row per unit with reports submitted, resolved or ended in the period. Absent = none.
select
    unit_code,
    '' as org_code,
    sum(submitted) as submitted,
    sum(resolved) as resolved,
    sum(on_time) as on_time,
    sum(late) as late,
    sum(rejected) as rejected,
    sum(merged) as merged,
    sum(spam) as spam,
    sum(reopened) as reopened,
    sum(rated) as rated,
    sum(satisfied) as satisfied
from report_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
where jurisdiction = %(jurisdiction)s
group by unit_code;

-- name: sent
-- One row per unit with reports submitted in the period: how many of them are valid, and handled by the moment. Absent = none came.
select
    unit_code,
    '' as org_code,
    count(*) filter (where coalesce(ended_as not in ('rejected', 'merged'), true)) as valid,
    count(*) filter (where resolved_at is not null) as handled
from report_history
where jurisdiction = %(jurisdiction)s
    and from_at >= %(since)s
    and submitted_at >= %(since)s and submitted_at < %(until)s
    and from_at < %(at)s and to_at >= %(at)s
    and known_from <= %(known)s and known_to > %(known)s
group by unit_code;

-- name: speed
-- One row per unit and one (unit_code null) for the whole: medians over the reports that were submitted (triage) or resolved in the period.
-- Null = none was triaged, none resolved.
with told as (
    select
        unit_code,
        submitted_at,
        triaged_at,
        resolved_at,
        submitted_at >= %(since)s and submitted_at < %(until)s as came,
        coalesce(resolved_at >= %(since)s and resolved_at < %(until)s, false) as done
    from report_history
    where jurisdiction = %(jurisdiction)s
        and from_at >= %(since)s
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
)

select
    unit_code,
    null as org_code,
    count(*) filter (where triaged_at is not null and came) as triaged,
    percentile_cont(0.5) within group (order by extract(epoch from triaged_at - submitted_at) / 60)
        filter (where triaged_at is not null and came) as triage_min,
    count(*) filter (where done) as resolved,
    percentile_cont(0.5) within group (order by extract(epoch from resolved_at - submitted_at) / 3600) filter (where done) as resolve_h,
    percentile_cont(0.9) within group (order by extract(epoch from resolved_at - submitted_at) / 3600) filter (where done) as resolve_p90_h
from told
where came or done
group by grouping sets ((), (unit_code));

-- name: backlog
-- One row per unit and agency with open reports at the moment. Suspended ones are open, never overdue. Absent = nothing is open.
select
    unit_code,
    org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where state in ('submitted', 'needs_info', 'reopened')) as untriaged,
    count(*) filter (where priority = 1) as danger,
    count(*) filter (where returned_count >= 2) as bounced
from open_reports(%(instant)s, %(known)s, %(jurisdiction)s)
group by unit_code, org_code;
