-- name: backlog
-- One row per unit and agency with open dossiers at the moment; suspended ones are open but not overdue. Absent = nothing is open.
select
    unit_code,
    org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not waiting and not overdue and due_at <= %(due_soon_at)s) as due_soon,
    min(due_at) filter (where overdue) as oldest_due_at,
    min(due_at) filter (where not waiting and not overdue and due_at <= %(due_soon_at)s) as next_due_at,
    count(*) filter (where apology_at is null and overdue) as overdue_unapologised,
    count(*) filter (where apology_at is null and not waiting and not overdue and due_at <= %(due_soon_at)s) as due_soon_unapologised
from open_dossiers(%(instant)s, %(known)s)
group by unit_code, org_code
order by overdue desc, open desc, unit_code, org_code;

-- name: yesterday
-- One row: how many were overdue at the same time yesterday, as known today (or at `known`).
select count(*) as overdue
from open_dossiers(%(yesterday_instant)s, %(known)s)
where overdue;

-- name: ages
-- One row per local day on which dossiers fell due that are overdue at the moment. Absent = nothing of that day is. 24:00 closes its day.
select
    ((due_at - interval '1 microsecond') at time zone 'Asia/Ho_Chi_Minh')::date as due_day,
    count(*) as dossiers
from open_dossiers(%(instant)s, %(known)s)
where overdue
group by due_day
order by due_day;

-- name: stages
-- One row per state in which open dossiers are at the moment, and one for the results of the last 30 days that nobody has collected.
-- Absent = none is there. Older results are left out: who never comes would otherwise be counted for ever.
select h.state, count(*) as dossiers
from dossier_history as h
where h.is_open
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
group by h.state
union all
select h.state, count(*) as dossiers
from dossier_history as h
where h.state = 'result_ready'
    and h.from_at >= %(month_ago_from)s and h.from_at < %(at)s and h.to_at >= %(at)s
    and h.known_from <= %(known)s and h.known_to > %(known)s
group by h.state;

-- name: day_facts
-- One row: what happened in the local day up to the moment. 0 where nothing did.
select
    coalesce(sum(received), 0) as received,
    coalesce(sum(resolved), 0) as resolved,
    coalesce(sum(early + on_time), 0) as in_time
from dossier_counts(%(day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s);

-- name: recent
-- One row per unit and agency with results in the 30 days and the day of the moment: how they came out, and why they were late. Absent = none.
select
    unit_code,
    org_code,
    sum(resolved) as resolved,
    sum(early) as early,
    sum(on_time) as on_time,
    sum(late) as late,
    sum(late_slow_data_entry) as slow_data_entry,
    sum(late_technical_fault) as technical_fault,
    sum(late_applicant_unreachable) as applicant_unreachable,
    sum(late_complex_verification) as complex_verification,
    sum(late_inter_agency) as inter_agency,
    sum(late_other) as other
from dossier_counts(%(month_ago)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code, org_code
having sum(resolved) > 0
order by late desc, resolved desc, unit_code, org_code;

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

-- name: days
-- One row per local day of this month and the twelve before it. Absent = nothing was received or resolved; of a moment within a day that is
-- past, its own day is absent too. From the daily counts; what was known then from the intervals.
select day, sum(received)::bigint as received, sum(resolved)::bigint as resolved, sum(in_time)::bigint as in_time
from (
    select d.day, d.received, d.resolved, d.early + d.on_time as in_time
    from dossier_daily as d
    where not %(time_machine)s
        and d.day >= (date_trunc('month', %(day)s::date) - interval '12 months')::date and d.day < %(tomorrow)s
        and (%(base_day)s::date is null or (d.day <= %(base_day)s and d.as_of_day <= %(base_day)s))
    union all
    select
        (t.fact_at at time zone 'Asia/Ho_Chi_Minh')::date,
        (t.fact = 'received')::int,
        (t.fact = 'resolved')::int,
        (t.fact = 'resolved' and coalesce(h.outcome in ('early', 'on_time'), false))::int
    from (select (date_trunc('month', %(day)s::date) - interval '12 months') at time zone 'Asia/Ho_Chi_Minh' as since) as w
    inner join dossier_history as h on w.since <= h.from_at
    cross join lateral (values ('received', h.received_at), ('resolved', h.finished_at)) as t (fact, fact_at)
    where %(time_machine)s
        and h.from_at < %(at)s and h.to_at >= %(at)s
        and h.known_from <= %(known)s and h.known_to > %(known)s
        and t.fact_at >= w.since and t.fact_at < %(at)s
) as told
group by day
order by day;
