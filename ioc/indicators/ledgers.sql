-- name: dossier
-- One row per unit and measure that is not 0, in the days [first_day, last_day] as they stood at the end of as_of_day.
-- A dossier of no unit stands under its agency. Absent = 0.
with summed as (
    select
        coalesce(nullif(unit_code, ''), org_code) as unit_code,
        sum(received - resolved - withdrawn - stopped) filter (where day < %(first_day)s) as carried_in,
        sum(submitted) filter (where day >= %(first_day)s) as submitted,
        sum(received) filter (where day >= %(first_day)s) as received,
        sum(resolved) filter (where day >= %(first_day)s) as resolved,
        sum(early) filter (where day >= %(first_day)s) as early,
        sum(on_time) filter (where day >= %(first_day)s) as on_time,
        sum(late) filter (where day >= %(first_day)s) as late,
        sum(refused) filter (where day >= %(first_day)s) as refused,
        sum(withdrawn) filter (where day >= %(first_day)s) as withdrawn,
        sum(stopped) filter (where day >= %(first_day)s) as stopped,
        sum(received - resolved - withdrawn - stopped) as open
    from dossier_daily
    where day <= %(last_day)s and as_of_day <= %(as_of_day)s
    group by 1
)

select
    s.unit_code,
    m.measure,
    m.value::bigint as value
from summed as s
cross join lateral (
    values
    ('carried_in', s.carried_in), ('submitted', s.submitted), ('received', s.received), ('resolved', s.resolved), ('early', s.early),
    ('on_time', s.on_time), ('late', s.late), ('refused', s.refused), ('withdrawn', s.withdrawn), ('stopped', s.stopped), ('open', s.open)
) as m (measure, value)
where m.value <> 0;

-- name: report
-- One row per unit and measure that is not 0, for the reports of the province itself; '' is a report whose unit is not known. Absent = 0.
with summed as (
    select
        unit_code,
        sum(submitted - resolved - rejected - merged - referred) filter (where day < %(first_day)s) as carried_in,
        sum(submitted) filter (where day >= %(first_day)s) as submitted,
        sum(resolved) filter (where day >= %(first_day)s) as resolved,
        sum(on_time) filter (where day >= %(first_day)s) as on_time,
        sum(late) filter (where day >= %(first_day)s) as late,
        sum(rejected) filter (where day >= %(first_day)s) as rejected,
        sum(merged) filter (where day >= %(first_day)s) as merged,
        sum(referred) filter (where day >= %(first_day)s) as referred,
        sum(submitted - resolved - rejected - merged - referred) as open
    from report_daily
    where jurisdiction = '' and day <= %(last_day)s and as_of_day <= %(as_of_day)s
    group by unit_code
)

select
    s.unit_code,
    m.measure,
    m.value::bigint as value
from summed as s
cross join lateral (
    values
    ('carried_in', s.carried_in), ('submitted', s.submitted), ('resolved', s.resolved), ('on_time', s.on_time), ('late', s.late),
    ('rejected', s.rejected), ('merged', s.merged), ('referred', s.referred), ('open', s.open)
) as m (measure, value)
where m.value <> 0;

-- name: dossier_subjects
-- One row per dossier that the source told of, or that is counted here under the measure: where it stands and whether it is counted.
select
    subject,
    unit_code,
    is_counted and (%(unit_code)s = '' or unit_code = %(unit_code)s) as is_counted
from (
    select
        subject,
        coalesce(nullif(unit_code, ''), org_code) as unit_code,
        coalesce(case %(measure)s
            when 'submitted' then submitted_at >= %(from_at)s and submitted_at < %(to_at)s
            when 'received' then received_at >= %(from_at)s and received_at < %(to_at)s
            when 'resolved' then finished_at >= %(from_at)s and finished_at < %(to_at)s
            when 'open' then received_at < %(to_at)s and coalesce(finished_at >= %(to_at)s, true) and coalesce(ended_at >= %(to_at)s, true)
        end, false) as is_counted
    from dossier_state
) as dossier
where subject = any(%(told)s) or (is_counted and (%(unit_code)s = '' or unit_code = %(unit_code)s))
order by subject;

-- name: report_subjects
-- One row per report of the province that the source told of, or that is counted here under the measure.
select
    subject,
    unit_code,
    is_counted and (%(unit_code)s = '' or unit_code = %(unit_code)s) as is_counted
from (
    select
        subject,
        unit_code,
        coalesce(case %(measure)s
            when 'submitted' then submitted_at >= %(from_at)s and submitted_at < %(to_at)s
            when 'resolved' then resolved_at >= %(from_at)s and resolved_at < %(to_at)s
            when 'open' then submitted_at < %(to_at)s and coalesce(resolved_at >= %(to_at)s, true) and coalesce(ended_at >= %(to_at)s, true)
        end, false) as is_counted
    from report_state
    where jurisdiction = ''
) as report
where subject = any(%(told)s) or (is_counted and (%(unit_code)s = '' or unit_code = %(unit_code)s))
order by subject;
