-- name: dossiers_nearing_deadline
-- One row per open dossier whose remaining time is a working day or `remaining_ratio` of what was promised, whichever is more, and that
-- `dossiers_to_apologise` does not list. Absent = it has more time, waits for the applicant, is overdue, or is listed there.
with work as materialized (
    select distinct (w.from_at at time zone 'Asia/Ho_Chi_Minh')::date as day
    from working_time as w
    where w.from_at >= %(day_from)s::timestamptz + interval '1 day' and w.from_at < %(day_from)s::timestamptz + interval '90 days'
),

coming as materialized (
    select g.day::date as day, count(k.day) over (order by g.day) as days_left
    from generate_series(%(day)s::date::timestamp, (%(day)s::date + 89)::timestamp, interval '1 day') as g (day)
    left join work as k on g.day = k.day
),

in_time as materialized (
    select
        h.subject, h.unit_code, h.org_code, (h.due_at at time zone 'Asia/Ho_Chi_Minh')::date as due_on,
        case h.committed_unit when 'working_hour' then h.committed_n / 8.0 when 'calendar_day' then h.committed_n * 5 / 7.0 else h.committed_n end as term_d
    from dossier_history as h
    where h.is_open
        and h.state in ('received', 'processing')
        and h.due_at > %(instant)s::timestamptz
        and (h.due_at > %(due_soon_at)s or h.apology_at is not null)
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
        and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
)

select
    i.subject as item,
    i.unit_code,
    i.org_code,
    '' as site,
    c.days_left::float8 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from in_time as i
inner join coming as c on i.due_on = c.day
where c.days_left <= greatest(1, ceil(%(remaining_ratio)s * i.term_d));

-- name: dossiers_to_apologise
-- One row per open dossier due by the close of the next working day without a result or an apology; `value`: 0 = due today, 1 = by that
-- close. Absent = it has more time, an apology was issued, it waits for the applicant, or it is overdue already.
select
    h.subject as item,
    h.unit_code,
    h.org_code,
    '' as site,
    (h.due_at >= %(day_from)s::timestamptz + interval '1 day')::int::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('today', count(*) filter (where h.due_at < %(day_from)s::timestamptz + interval '1 day') over (
        partition by coalesce(nullif(h.unit_code, ''), h.org_code)
    )) as figures
from dossier_history as h
where h.is_open
    and h.state in ('received', 'processing')
    and h.due_at > %(instant)s::timestamptz and h.due_at <= %(due_soon_at)s
    and h.apology_at is null
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz;

-- name: dossiers_overdue
-- One row per open dossier past its deadline; `value`: working days since the day it was due. With `without_apology` those alone for which none
-- was issued. Absent = in time, finished, or waiting for the applicant: its clock stands still.
with late as materialized (
    select h.subject, h.unit_code, h.org_code, h.due_at
    from dossier_history as h
    where h.is_open
        and h.state in ('received', 'processing')
        and h.due_at <= %(instant)s::timestamptz
        and (not %(without_apology)s::bool or h.apology_at is null)
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
        and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
),

-- Most are due at a close of business: a few hundred moments, whatever the number of dossiers.
counted as materialized (
    select d.due_at, worked_days(d.due_at, %(at)s::timestamptz) as days_overdue
    from (select distinct l.due_at from late as l) as d
)

select
    l.subject as item,
    l.unit_code,
    l.org_code,
    '' as site,
    c.days_overdue::float8 as value,
    l.due_at as since_at,
    null::jsonb as figures
from late as l
inner join counted as c on l.due_at = c.due_at;

-- name: dossiers_extended
-- One row per open dossier whose deadline was put off more than once; `value`: how often. Absent = at most once.
select
    h.subject as item,
    h.unit_code,
    h.org_code,
    '' as site,
    h.extension_count::float8 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from dossier_history as h
where h.is_open
    and h.extension_count > 1
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz;

-- name: late_rate
-- One row per unit (or agency without one) that resolved at least `least_resolved` dossiers in 30 days and today; `value`: percent of them late
-- on the system. Absent = it resolved fewer: a rate of so few says nothing.
select
    coalesce(nullif(c.unit_code, ''), c.org_code) as item,
    c.unit_code,
    min(c.org_code) as org_code,
    '' as site,
    (100.0 * sum(c.late) / sum(c.resolved))::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('late', sum(c.late), 'resolved', sum(c.resolved)) as figures
from dossier_counts(%(month_ago)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
group by 1, c.unit_code
having sum(c.resolved) >= %(least_resolved)s and sum(c.resolved) > 0;

-- name: dossiers_unreceived
-- One row per dossier sent online that was neither received nor refused `reception_working_h` working hours later; `value`: working hours since it
-- was sent, or since the supplement that was asked for came. Absent = it has time, was taken up, or waits for the applicant.
select
    w.subject as item,
    w.unit_code,
    w.org_code,
    '' as site,
    worked_s(w.waits_from, %(at)s::timestamptz) / 3600 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from (
    select h.subject, h.unit_code, h.org_code, case when h.supplement_count > 0 then h.from_at else coalesce(h.submitted_at, h.from_at) end as waits_from
    from dossier_history as h
    where h.state = 'submitted'
        and h.channel in ('online', 'app', 'zalo')
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
        and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
) as w
where w.waits_from <= %(reception_working_h_ago)s;

-- name: dossiers_supplemented
-- One row per open dossier of which something more was asked twice or more; `value`: how often. Absent = at most once.
select
    h.subject as item,
    h.unit_code,
    h.org_code,
    '' as site,
    h.supplement_count::float8 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from dossier_history as h
where h.is_open
    and h.supplement_count > 1
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz;

-- name: backlog_growth
-- One row per unit (or agency without one): what lay open at each of the last `sustained_d` working days' ends, in days of its own work (mean of
-- two weeks), the least of them against the median of the `usual_d` days before. Absent = fewer than 20 such days are known, or it resolves less
-- than `least_daily` a working day. From closed days alone, so that it changes once a day.
with moved as materialized (
    select
        d.unit_code,
        case d.unit_code when '' then d.org_code else '' end as agency,
        d.day,
        min(d.org_code) as org_code,
        sum(d.received - d.resolved - d.withdrawn - d.stopped) as grown,
        sum(d.resolved) as resolved
    from dossier_daily as d
    where d.day >= %(day)s::date - (%(usual_d)s::int + 14) and d.day < %(day)s and d.as_of_day < %(day)s
    group by 1, 2, 3
),

standing as materialized (
    select h.unit_code, case h.unit_code when '' then h.org_code else '' end as agency, count(*) as open
    from dossier_history as h
    where h.is_open
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to)
        @> moment_of(%(day_from)s::timestamptz - interval '1 microsecond', %(known)s::timestamptz)
        and h.from_at < %(day_from)s and h.to_at >= %(day_from)s
        and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
    group by 1, 2
),

work as (
    select distinct (w.from_at at time zone 'Asia/Ho_Chi_Minh')::date as day
    from working_time as w
    where w.from_at >= %(day_from)s::timestamptz - make_interval(days => %(usual_d)s + 14) and w.from_at < %(day_from)s
),

laid_out as (
    select
        m.unit_code, m.agency, m.org_code, m.day, k.day is not null as is_working,
        coalesce(s.open, 0) - coalesce(sum(m.grown) over later, 0) as open,
        sum(m.resolved) over fortnight / nullif(count(k.day) over fortnight, 0) as daily
    from moved as m
    left join work as k on m.day = k.day
    left join standing as s on m.unit_code = s.unit_code and m.agency = s.agency
    window
        later as (partition by m.unit_code, m.agency order by m.day desc rows between unbounded preceding and 1 preceding),
        fortnight as (partition by m.unit_code, m.agency order by m.day desc rows between current row and 13 following)
),

numbered as (
    select l.*, l.open / nullif(l.daily, 0) as work_d, row_number() over (partition by l.unit_code, l.agency order by l.day desc) as nth
    from laid_out as l
    where l.is_working
),

judged as (
    select
        n.unit_code, n.agency, n.org_code,
        min(n.work_d) filter (where n.nth <= %(sustained_d)s) as least_d,
        percentile_cont(0.5) within group (order by n.work_d) filter (where n.nth > %(sustained_d)s) as usual_d,
        count(n.work_d) as known_d,
        max(n.open) filter (where n.nth = 1) as open,
        max(n.daily) filter (where n.nth = 1) as daily
    from numbered as n
    where n.day >= %(day)s::date - %(usual_d)s::int
    group by 1, 2, 3
)

select
    coalesce(nullif(j.unit_code, ''), j.org_code) as item,
    j.unit_code,
    j.org_code,
    '' as site,
    (j.least_d / j.usual_d)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('open', j.open) as figures
from judged as j
where j.known_d >= 20 and j.usual_d > 0 and j.daily >= %(least_daily)s;

-- name: late_entries_at_once
-- One row per unit (or agency without one) that finished dossiers in bulk in the last `lookback_h` hours: `value` is the most finished within
-- `within_min` minutes of which at least `late_pct` percent were late. Absent = no such span.
with finished as materialized (
    select coalesce(nullif(h.unit_code, ''), h.org_code) as item, h.unit_code, h.org_code, h.from_at, (h.outcome = 'late')::int as late
    from dossier_history as h
    where h.state = 'result_ready'
        and h.from_at = h.finished_at
        and h.from_at >= %(at)s::timestamptz - make_interval(hours => %(lookback_h)s) and h.from_at < %(at)s
        and h.known_from <= %(known)s and h.known_to > %(known)s
),

spans as (
    select l.item, l.unit_code, min(l.org_code) as org_code, l.from_at, count(*) as n, sum(e.late) as late
    from (select distinct f.item, f.unit_code, f.org_code, f.from_at from finished as f) as l
    inner join finished as e on l.item = e.item and l.from_at >= e.from_at and l.from_at < e.from_at + make_interval(mins => %(within_min)s)
    group by l.item, l.unit_code, l.from_at
)

select
    s.item,
    s.unit_code,
    min(s.org_code) as org_code,
    '' as site,
    max(s.n)::float8 as value,
    max(s.from_at) as since_at,
    null::jsonb as figures
from spans as s
where 100 * s.late >= %(late_pct)s * s.n
group by s.item, s.unit_code;

-- name: units_silent
-- One row per unit (or agency without one) of whose dossiers nothing was told for `silent_working_h` working hours; `value`: dossiers it receives on a
-- working day, mean of the 30 days before. Absent = something was told, or it received none in those days.
with usual as (
    select
        d.unit_code,
        case d.unit_code when '' then d.org_code else '' end as agency,
        min(d.org_code) as org_code,
        sum(d.received) as received
    from dossier_daily as d
    where d.day >= %(month_ago)s and d.day < %(day)s and d.as_of_day < %(day)s
    group by 1, 2
),

worked as (
    select count(*) as days
    from (
        select distinct (w.from_at at time zone 'Asia/Ho_Chi_Minh')::date as day
        from working_time as w
        where w.from_at >= %(month_ago_from)s and w.from_at < %(day_from)s
    ) as d
),

told as (
    select distinct h.unit_code, case h.unit_code when '' then h.org_code else '' end as agency
    from dossier_history as h
    where h.from_at >= %(silent_working_h_ago)s and h.from_at < %(at)s and h.known_from <= %(known)s
)

select
    coalesce(nullif(u.unit_code, ''), u.org_code) as item,
    u.unit_code,
    u.org_code,
    '' as site,
    (u.received::float8 / w.days) as value,
    %(silent_working_h_ago)s::timestamptz as since_at,
    null::jsonb as figures
from usual as u
cross join worked as w
where w.days > 0
    and u.received > 0
    and not exists (
        select 1
        from told as t
        where t.unit_code = u.unit_code and t.agency = u.agency
    );
