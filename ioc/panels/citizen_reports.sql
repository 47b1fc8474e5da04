-- name: open_reports
-- One row per report that is open at the moment, of the asked jurisdiction. Absent = nothing is open.
select subject, state, unit_code, category, lon_deg, lat_deg, priority, submitted_at, triaged_at, due_at
from report_history
where is_open
    and jurisdiction = %(jurisdiction)s
    and tstzrange(from_at, to_at) @> %(instant)s::timestamptz
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz
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
from report_history
where is_open
    and jurisdiction = %(jurisdiction)s
    and due_at < %(yesterday_instant)s
    and tstzrange(from_at, to_at) @> %(yesterday_instant)s::timestamptz
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz;

-- name: periods
-- One row per period 'today' and 'month' (30 days and today): counts of what happened in it up to the moment, from the
-- intervals of history that begin in it; each report counts once per fact. Zero where nothing happened.
select
    p.period,
    count(distinct h.subject) filter (where h.submitted_at = h.from_at) as submitted,
    count(distinct h.subject) filter (where h.resolved_at = h.from_at) as resolved,
    count(distinct h.subject) filter (where h.resolved_at = h.from_at and h.outcome = 'on_time') as on_time,
    count(distinct h.subject) filter (where h.resolved_at = h.from_at and h.outcome = 'late') as late,
    count(distinct h.subject) filter (where h.state = 'rejected') as rejected,
    count(distinct h.subject) filter (where h.state = 'merged') as merged,
    count(distinct h.subject) filter (where h.rating is not null) as rated,
    count(distinct h.subject) filter (where h.rating >= 2) as satisfied
from (
    values ('today', %(day_from)s::timestamptz), ('month', %(month_ago_from)s::timestamptz)
) as p (period, from_at)
left join report_history as h
    on h.jurisdiction = %(jurisdiction)s
    and p.from_at <= h.from_at and h.from_at < %(at)s
    and tstzrange(h.known_from, h.known_to) @> %(known)s::timestamptz
group by p.period;

-- name: year_before_today
-- One row: the local days of the year before the moment's day. From the daily counts; from history where the time machine asks
-- for what was known then, since counts know only the present. Sums are 0 where there was nothing.
select coalesce(sum(submitted), 0)::bigint as submitted, coalesce(sum(resolved), 0)::bigint as resolved
from (
    select submitted, resolved
    from report_daily
    where not %(time_machine)s and jurisdiction = %(jurisdiction)s and day >= %(year_day)s and day < %(day)s
    union all
    select count(*) filter (where submitted_at = from_at), count(*) filter (where resolved_at = from_at)
    from report_history
    where %(time_machine)s
        and jurisdiction = %(jurisdiction)s
        and from_at >= %(year_from)s and from_at < %(day_from)s
        and tstzrange(known_from, known_to) @> %(known)s::timestamptz
) as days;

-- name: trend
-- One row per local day of the last 30 before the moment's day, as known today. Absent day = nothing came in or was done.
select day, sum(submitted)::bigint as submitted, sum(resolved)::bigint as resolved
from report_daily
where jurisdiction = %(jurisdiction)s and day >= %(month_ago)s and day < %(day)s
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
