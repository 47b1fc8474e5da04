-- name: backlog
-- One row per unit and agency with open dossiers at the moment; suspended ones are open but not overdue. Absent = nothing is open.
select
    unit_code,
    org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not waiting and not overdue and due_at < %(instant)s::timestamptz + interval '24 hours') as due_soon,
    min(due_at) filter (where overdue) as oldest_due_at
from (
    select
        unit_code,
        org_code,
        due_at,
        state in ('awaiting_supplement', 'awaiting_payment', 'suspended') as waiting,
        coalesce(due_at < %(at)s and state in ('received', 'processing'), false) as overdue
    from dossier_history
    where is_open
        and tstzrange(from_at, to_at) @> %(instant)s::timestamptz
        and tstzrange(known_from, known_to) @> %(known)s::timestamptz
) as open_dossier
group by unit_code, org_code
order by overdue desc, open desc, unit_code, org_code;

-- name: yesterday
-- One row: how many were overdue at the same time yesterday, as known today (or at `known`).
select count(*) as overdue
from dossier_history
where is_open
    and state in ('received', 'processing')
    and due_at < %(yesterday_instant)s
    and tstzrange(from_at, to_at) @> %(yesterday_instant)s::timestamptz
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz;

-- name: day_facts
-- One row: what happened in the local day up to the moment, counted from the intervals that begin in it.
select
    count(*) filter (where received_at = from_at) as received,
    count(*) filter (where finished_at = from_at) as resolved,
    count(*) filter (where finished_at = from_at and outcome in ('early', 'on_time')) as in_time,
    count(*) filter (where finished_at = from_at and outcome = 'late') as late,
    count(*) filter (where finished_at = from_at and outcome = 'late' and delivered_at is null) as delivery_unknown,
    count(*) filter (where finished_at = from_at and outcome = 'late' and delivered_at > due_at) as really_late,
    count(*) filter (where finished_at = from_at and outcome = 'early') as early
from dossier_history
where from_at >= %(day_from)s and from_at < %(at)s
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz;

-- name: year_before_today
-- One row: the local days of the year before the moment's day. From the daily counts; from history where the time machine asks
-- for what was known then, since counts know only the present. Sums are 0 where there was nothing.
select
    coalesce(sum(received), 0)::bigint as received,
    coalesce(sum(resolved), 0)::bigint as resolved,
    coalesce(sum(early), 0)::bigint as early,
    coalesce(sum(on_time), 0)::bigint as on_time,
    coalesce(sum(late), 0)::bigint as late,
    coalesce(sum(really_late), 0)::bigint as really_late,
    coalesce(sum(delivery_unknown), 0)::bigint as delivery_unknown
from (
    select received, resolved, early, on_time, late, really_late, delivery_unknown
    from dossier_daily
    where not %(time_machine)s and day >= %(year_day)s and day < %(day)s
    union all
    select
        count(*) filter (where received_at = from_at),
        count(*) filter (where finished_at = from_at),
        count(*) filter (where finished_at = from_at and outcome = 'early'),
        count(*) filter (where finished_at = from_at and outcome = 'on_time'),
        count(*) filter (where finished_at = from_at and outcome = 'late'),
        count(*) filter (where finished_at = from_at and outcome = 'late' and delivered_at > due_at),
        count(*) filter (where finished_at = from_at and outcome = 'late' and delivered_at is null)
    from dossier_history
    where %(time_machine)s
        and from_at >= %(year_from)s and from_at < %(day_from)s
        and tstzrange(known_from, known_to) @> %(known)s::timestamptz
) as days;

-- name: trend
-- One row per local day of the last 30 before the moment's day. Absent day = nothing was received or resolved. As known today.
select day, sum(received)::bigint as received, sum(resolved)::bigint as resolved, sum(late)::bigint as late
from dossier_daily
where day >= %(month_ago)s and day < %(day)s
group by day
order by day;
