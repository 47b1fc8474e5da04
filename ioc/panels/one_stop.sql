-- name: backlog
-- One row per unit and agency with open dossiers at the moment; suspended ones are open but not overdue. Absent = nothing is open.
select
    unit_code,
    org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not waiting and not overdue and due_at <= %(due_soon_at)s) as due_soon,
    min(due_at) filter (where overdue) as oldest_due_at
from open_dossiers(%(instant)s, %(known)s)
group by unit_code, org_code
order by overdue desc, open desc, unit_code, org_code;

-- name: yesterday
-- One row: how many were overdue at the same time yesterday, as known today (or at `known`).
select count(*) as overdue
from open_dossiers(%(yesterday_instant)s, %(known)s)
where overdue;

-- name: day_facts
-- One row: what happened in the local day up to the moment. 0 where nothing did.
select
    coalesce(sum(received), 0) as received,
    coalesce(sum(resolved), 0) as resolved
from dossier_counts(%(day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s);

-- name: year
-- One row: the year up to the moment. 0 where there was nothing.
select
    coalesce(sum(received), 0) as received,
    coalesce(sum(resolved), 0) as resolved,
    coalesce(sum(early + on_time), 0) as in_time,
    coalesce(sum(late), 0) as late,
    coalesce(sum(really_late), 0) as really_late,
    coalesce(sum(delivery_unknown), 0) as delivery_unknown,
    coalesce(sum(withdrawn), 0) as withdrawn,
    coalesce(sum(stopped), 0) as stopped
from dossier_counts(%(year_day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s);

-- name: trend
-- One row per local day of the last 30 up to the moment's day. Absent day = nothing was received or resolved. As known today.
select day, sum(received)::bigint as received, sum(resolved)::bigint as resolved
from dossier_daily
where day >= %(month_ago)s and day < %(day)s and (%(as_of)s::date is null or as_of_day <= %(as_of)s)
group by day
order by day;
