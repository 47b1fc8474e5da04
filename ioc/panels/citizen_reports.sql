-- name: open_reports
-- One row per report that is open at the moment, of the asked jurisdiction. Absent = nothing is open.
select o.subject, o.state, o.unit_code, o.org_code, o.category, o.lon_deg, o.lat_deg, o.overdue
from open_reports(%(instant)s, %(known)s, %(jurisdiction)s) as o
order by o.subject;

-- name: agencies
-- One row per agency that has open reports, and one with an empty code for those that nobody has been given. `oldest_due_at`: of the overdue
-- ones; `next_due_at`: of those whose clock runs and that are not overdue. Absent = nothing is open.
select
    h.org_code,
    count(*) as open,
    count(*) filter (where h.due_at <= %(instant)s::timestamptz and h.suspended_at is null) as overdue,
    min(h.due_at) filter (where h.due_at <= %(instant)s::timestamptz and h.suspended_at is null) as oldest_due_at,
    min(h.due_at) filter (where h.due_at > %(instant)s::timestamptz and h.suspended_at is null) as next_due_at
from report_history as h
where h.is_open and h.jurisdiction = %(jurisdiction)s
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
group by h.org_code
order by oldest_due_at nulls last, next_due_at nulls last, h.org_code;

-- name: ages
-- One row per local day on which reports were sent that are open at the moment. Absent = none of that day is.
select
    (h.submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
    count(*) as reports
from report_history as h
where h.is_open and h.jurisdiction = %(jurisdiction)s
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
    and h.submitted_at is not null
group by day
order by day;

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

-- name: hot_spots
-- One row per report sent in the 30 days before the moment that has at least two more within 100 m, of whatever kind, rejected and merged ones
-- not counted; `near`: how many, itself among them. Absent = none. A grid of 120 m keeps each to its neighbours; the distance decides.
with placed as materialized (
    select
        h.subject, h.unit_code, h.lon_deg, h.lat_deg,
        floor(h.lat_deg * 111320 / 120)::bigint as y,
        floor(h.lon_deg * 111320 * cos(radians(avg(h.lat_deg) over ())) / 120)::bigint as x
    from report_history as h
    where h.jurisdiction = %(jurisdiction)s
        and h.from_at >= %(month_ago_from)s
        and h.submitted_at >= %(month_ago_from)s and h.submitted_at < %(at)s
        and h.from_at < %(at)s and h.to_at >= %(at)s
        and h.known_from <= %(known)s and h.known_to > %(known)s
        and coalesce(h.ended_as not in ('rejected', 'merged'), true)
        and h.lon_deg is not null and h.lat_deg is not null
)

select p.unit_code, p.lon_deg, p.lat_deg, count(*) as near
from placed as p
cross join generate_series(-1, 1) as i
cross join generate_series(-1, 1) as j
inner join placed as n on p.x + i = n.x and p.y + j = n.y
where sqrt((n.lat_deg - p.lat_deg) ^ 2 + ((n.lon_deg - p.lon_deg) * cos(radians(p.lat_deg))) ^ 2) * 111320 <= 100
group by p.subject, p.unit_code, p.lon_deg, p.lat_deg
having count(*) >= 3
order by near desc, p.subject;

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
-- One row per local day of the last 30 before the moment's day. Absent = nothing came in or was done. From the daily counts; what was known
-- then from the intervals.
select day, sum(submitted)::bigint as submitted, sum(resolved)::bigint as resolved
from (
    select d.day, d.submitted, d.resolved
    from report_daily as d
    where not %(time_machine)s
        and d.jurisdiction = %(jurisdiction)s and d.day >= %(month_ago)s and d.day < %(day)s
        and (%(base_day)s::date is null or d.as_of_day <= %(base_day)s)
    union all
    select (t.fact_at at time zone 'Asia/Ho_Chi_Minh')::date, (t.fact = 'submitted')::int, (t.fact = 'resolved')::int
    from report_history as h
    cross join lateral (values ('submitted', h.submitted_at), ('resolved', h.resolved_at)) as t (fact, fact_at)
    where %(time_machine)s
        and h.jurisdiction = %(jurisdiction)s
        and h.from_at >= %(month_ago_from)s
        and h.from_at < %(at)s and h.to_at >= %(at)s
        and h.known_from <= %(known)s and h.known_to > %(known)s
        and t.fact_at >= %(month_ago_from)s and t.fact_at < %(day_from)s
) as told
group by day
order by day;

-- name: kinds
-- One row per category, per channel and per unit with reports sent in the last 30 days and today (in the year, for an imported jurisdiction), the
-- other two NULL; most frequent first. Absent = none came.
select category, channel, unit_code, sum(submitted) as submitted
from report_counts(
    case when %(jurisdiction)s = '' then %(month_ago)s else %(year_day)s end, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s
)
where jurisdiction = %(jurisdiction)s
group by grouping sets ((category), (channel), (unit_code))
having sum(submitted) > 0
order by submitted desc, category, channel, unit_code;

-- name: speeds
-- One row per category with reports resolved in the 30 days before the moment: hours from sending to the result, median and what nine in ten
-- keep. Absent = none was resolved.
select
    category,
    count(*) as resolved,
    percentile_cont(0.5) within group (order by extract(epoch from resolved_at - submitted_at) / 3600) as usual_h,
    percentile_cont(0.9) within group (order by extract(epoch from resolved_at - submitted_at) / 3600) as most_h
from report_history
where jurisdiction = %(jurisdiction)s
    and from_at >= %(month_ago_from)s
    and resolved_at >= %(month_ago_from)s and resolved_at < %(at)s
    and from_at < %(at)s and to_at >= %(at)s
    and known_from <= %(known)s and known_to > %(known)s
    and submitted_at is not null
group by category
order by resolved desc, category;
