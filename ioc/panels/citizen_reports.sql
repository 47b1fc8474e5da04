-- name: open_reports
-- One row per report that is open at the moment, of the asked jurisdiction. Absent = nothing is open.
select subject, state, unit_code, category, lon_deg, lat_deg, priority, overdue
from open_reports(%(instant)s, %(known)s, %(jurisdiction)s)
order by subject;

-- name: done_reports
-- One row per report that was done in the week before the moment (in the year, for an imported jurisdiction): for the map.
select distinct on (subject) subject, unit_code, category, lon_deg, lat_deg, outcome, resolved_at
from report_history
where jurisdiction = %(jurisdiction)s
    and resolved_at is not null
    and from_at >= case when %(jurisdiction)s = '' then %(at)s::timestamptz - interval '7 days' else %(year_from)s end
    and from_at < %(at)s
    and to_at >= %(at)s
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz
order by subject, from_at desc;

-- name: yesterday
-- One row: how many were overdue at the same time yesterday.
select count(*) as overdue
from open_reports(%(yesterday_instant)s, %(known)s, %(jurisdiction)s)
where overdue;

-- name: periods
-- One row per period 'today', 'month' (30 days and today) and 'year': what happened in it up to the moment; 0 where nothing did.
with counted as (
    select 'today' as period, c.* from report_counts(%(day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
    union all
    select 'month', c.* from report_counts(%(month_ago)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
    union all
    select 'year', c.* from report_counts(%(year_day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
)

select
    p.period,
    coalesce(sum(counted.submitted), 0) as submitted,
    coalesce(sum(counted.resolved), 0) as resolved,
    coalesce(sum(counted.on_time), 0) as on_time,
    coalesce(sum(counted.late), 0) as late,
    coalesce(sum(counted.rejected), 0) as rejected,
    coalesce(sum(counted.merged), 0) as merged,
    coalesce(sum(counted.rated), 0) as rated,
    coalesce(sum(counted.satisfied), 0) as satisfied
from (values ('today'), ('month'), ('year')) as p (period)
left join counted on p.period = counted.period and counted.jurisdiction = %(jurisdiction)s
group by p.period;

-- name: trend
-- One row per local day of the last 30 up to the moment's day, as known today. Absent day = nothing came in or was done.
select day, sum(submitted)::bigint as submitted, sum(resolved)::bigint as resolved
from report_daily
where jurisdiction = %(jurisdiction)s and day >= %(month_ago)s and day < %(day)s
    and (%(as_of)s::date is null or as_of_day <= %(as_of)s)
group by day
order by day;

-- name: categories
-- One row per category with reports submitted in the last 30 days and today, most frequent first. Absent = none came.
select category, count(distinct subject) as submitted
from report_history
where jurisdiction = %(jurisdiction)s
    and submitted_at = from_at
    and from_at >= case when %(jurisdiction)s = '' then %(month_ago_from)s else %(year_from)s end and from_at < %(at)s
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz
group by category
order by submitted desc, category
limit 12;
