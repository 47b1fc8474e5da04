-- name: backlog
-- One row per unit and agency with open dossiers at the moment; suspended ones are open but not overdue. Absent = nothing is open.
select
    unit_code,
    org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not waiting and not overdue and due_at <= %(due_soon_at)s) as due_soon,
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
-- One row: what happened in the local day up to the moment. Sums are null where nothing did.
select
    sum(received) as received,
    sum(resolved) as resolved
from dossier_counts(%(day)s, %(tomorrow)s, %(at)s, %(known)s, %(as_of)s, %(from_history)s);

-- name: year
-- One row: the year up to the moment. Sums are null where there was nothing.
select
    sum(received) as received,
    sum(resolved) as resolved,
    sum(early + on_time) as in_time,
    sum(late) as late,
    sum(really_late) as really_late,
    sum(delivery_unknown) as delivery_unknown
from dossier_counts(%(year_day)s, %(tomorrow)s, %(at)s, %(known)s, %(as_of)s, %(from_history)s);

-- name: trend
-- One row per local day of the last 30 up to the moment's day. Absent day = nothing was received or resolved. As known today.
select day, sum(received)::bigint as received, sum(resolved)::bigint as resolved
from dossier_daily
where day >= %(month_ago)s and day < %(day)s and (%(as_of)s::date is null or as_of_day <= %(as_of)s)
group by day
order by day;
