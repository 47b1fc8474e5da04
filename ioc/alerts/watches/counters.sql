-- name: waits
-- One row per one-stop point where at least `least_waits` waits are known; `value`: their mean in minutes. A wait is that of a ticket first called
-- in the last `window_min` minutes, or of one that still waits and has for `long_wait_min` already. Absent = too few for a mean.
with waited as (
    select h.point_id, h.unit_code, h.called_at - h.taken_at as wait
    from counter_history as h
    where h.from_at >= %(at)s::timestamptz - make_interval(mins => %(window_min)s) and h.from_at < %(at)s
        and h.from_at = h.called_at
        and h.taken_at is not null
        and h.known_from <= %(known)s and h.known_to > %(known)s
    union all
    select h.point_id, h.unit_code, %(at)s::timestamptz - h.taken_at
    from counter_history as h
    where h.is_open
        and h.state = 'waiting'
        and h.from_at >= %(day_from)s
        and h.taken_at <= %(at)s::timestamptz - make_interval(mins => %(long_wait_min)s)
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
        and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
)

select
    w.point_id as item,
    max(w.unit_code) as unit_code,
    '' as org_code,
    w.point_id as site,
    (extract(epoch from avg(w.wait)) / 60)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('waits', count(*)) as figures
from waited as w
group by w.point_id
having count(*) >= %(least_waits)s;

-- name: counters_unmanned
-- One row per one-stop point where for `empty_min` minutes of one worked stretch cameras saw people waiting but no official, and no number was
-- called; `value`: people waiting, mean of the counts. Absent = somebody was there, a number was called, the cameras looked less than half of
-- the time, or the point does not tell its queue, so that nothing bears the camera out.
with span as materialized (
    select %(at)s::timestamptz - make_interval(mins => %(empty_min)s) as begun_at
),

seen as (
    select
        e.point_id,
        max(e.unit_code) as unit_code,
        avg(e.waiting) as waiting,
        min(e.occurred_at) as since_at
    from span as s
    inner join working_time as w on s.begun_at >= w.from_at and w.to_at > %(instant)s::timestamptz and w.from_at > s.begun_at - interval '1 day'
    inner join camera_event as e on s.begun_at <= e.occurred_at
    where e.occurred_at >= %(at)s::timestamptz - make_interval(mins => %(empty_min)s) and e.occurred_at < %(at)s
        and e.recorded_at <= %(known)s
        and e.point_id is not null and e.waiting is not null and e.staff_present is not null
    group by e.point_id, s.begun_at
    having max(e.staff_present) = 0
        and count(*) > 1
        and min(e.occurred_at) <= s.begun_at + make_interval(mins => %(empty_min)s) / 2
),

called as (
    select distinct h.point_id
    from counter_history as h
    where h.from_at >= %(at)s::timestamptz - make_interval(mins => %(empty_min)s) and h.from_at < %(at)s
        and h.last_called_at >= %(at)s::timestamptz - make_interval(mins => %(empty_min)s)
        and h.known_from <= %(known)s
)

select
    s.point_id as item,
    s.unit_code,
    '' as org_code,
    s.point_id as site,
    s.waiting::float8 as value,
    s.since_at,
    null::jsonb as figures
from seen as s
where not exists (
    select 1
    from called as c
    where c.point_id = s.point_id
)
and exists (
    select 1
    from counter_daily as d
    where d.day >= %(day)s::date - 7 and d.day <= %(day)s and d.point_id = s.point_id and d.taken > 0
);

-- name: queues
-- One row per one-stop point where people with a ticket of the day wait; `value`: so many for each open desk, for one where none is open.
-- Absent = nobody waits. What was left open on an earlier day is a missing event, not a queue.
select
    q.point_id as item,
    q.unit_code,
    '' as org_code,
    q.point_id as site,
    q.waiting::float8 / greatest(q.desks, 1) as value,
    null::timestamptz as since_at,
    jsonb_build_object('waiting', q.waiting, 'desks', q.desks) as figures
from open_queues(%(instant)s, %(known)s, %(day_from)s) as q
where q.waiting > 0;

-- name: counter_cameras_lost
-- One row per camera of the one-stop points, heard in the week before, that has no picture; `value`: minutes since it last had one, a week at most.
-- `site`: the point and the cause, 'offline' as it says itself, or 'silent'. Absent = it sees; not heard for a week, it is out of service.
-- Those that count traffic belong to the roads.
with windows as materialized (
    select
        %(at)s::timestamptz - interval '7 days' as week_from,
        %(at)s::timestamptz - heard_within('camera', make_interval(mins => %(silent_min)s)) as silent_from
),

newest as (
    select
        c.subject, w.week_from, s.online, s.unit_code, coalesce(s.point_id, c.subject) as point_id,
        greatest(c.first_at, w.week_from) as first_at,
        (s.occurred_at < w.silent_from) as is_silent
    from camera_state as c
    cross join windows as w
    inner join lateral (
        select e.online, e.occurred_at, e.unit_code, e.point_id
        from camera_event as e
        where e.subject = c.subject
            and e.occurred_at >= w.week_from and e.occurred_at < %(at)s
            and e.recorded_at <= %(known)s and e.online is not null
        order by e.occurred_at desc, e.event_id desc
        limit 1
    ) as s on true
    where c.count_at is null and c.first_at < %(at)s
)

select
    n.subject as item,
    n.unit_code,
    '' as org_code,
    n.point_id || case when n.online then '/silent' else '/offline' end as site,
    (extract(epoch from %(at)s::timestamptz - coalesce(g.occurred_at, n.first_at)) / 60)::float8 as value,
    coalesce(g.occurred_at, n.first_at) as since_at,
    null::jsonb as figures
from newest as n
left join lateral (
    select e.occurred_at
    from camera_event as e
    where e.subject = n.subject
        and e.occurred_at >= n.week_from and e.occurred_at < %(at)s
        and e.recorded_at <= %(known)s and e.online
    order by e.occurred_at desc
    limit 1
) as g on true
where not n.online or n.is_silent;

-- name: dissatisfaction
-- One row per one-stop point that was rated in 30 days or today; `value`: how many times over the limit it is, the worse of two: ratings
-- "dissatisfied" today against `most_a_day`, and the share of ratings that were not satisfied against what `least_satisfied_pct` leaves. The share is
-- taken at the lower end of its interval of 95 percent and from `least_rated` ratings on, so that chance alone raises nobody. Absent = not rated.
with rated as (
    select d.point_id, d.unit_code, 0 as dissatisfied, d.rated, d.satisfied
    from counter_daily as d
    where d.day >= %(month_ago)s and d.day < %(day)s and d.as_of_day < %(day)s and d.rated <> 0
    union all
    select c.point_id, c.unit_code, c.dissatisfied, c.rated, c.satisfied
    from counter_counts(%(day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
    where c.rated <> 0
),

summed as (
    select
        r.point_id,
        max(r.unit_code) as unit_code,
        sum(r.dissatisfied) as dissatisfied,
        sum(r.rated)::float8 as n,
        sum(r.satisfied) as satisfied,
        1 - sum(r.satisfied)::float8 / sum(r.rated) as share
    from rated as r
    group by r.point_id
    having sum(r.rated) > 0
)

select
    s.point_id as item,
    s.unit_code,
    '' as org_code,
    s.point_id as site,
    greatest(
        s.dissatisfied::float8 / %(most_a_day)s,
        case
            when s.n >= %(least_rated)s
                then 100 * (s.share + 1.9208 / s.n - 1.96 * sqrt((s.share * (1 - s.share) + 0.9604 / s.n) / s.n))
                / (1 + 3.8416 / s.n) / (100 - %(least_satisfied_pct)s)
        end
    )::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('dissatisfied', s.dissatisfied, 'satisfied', s.satisfied, 'rated', s.n::bigint) as figures
from summed as s;

-- name: points_unopened
-- One row per one-stop point that opened desks in the week before, but none in the worked stretch that runs now; `value`: minutes since it began.
-- Absent = a desk is or was open in it, it is outside working time, or the point does not tell its desks.
with stretch as materialized (
    select w.from_at
    from working_time as w
    where w.from_at <= %(instant)s::timestamptz and w.to_at > %(instant)s::timestamptz and w.from_at > %(at)s::timestamptz - interval '1 day'
),

expected as (
    select d.point_id, max(d.unit_code) as unit_code
    from counter_daily as d
    where d.day >= %(day)s::date - 7 and d.day < %(day)s and d.as_of_day < %(day)s and d.hour = ''
    group by d.point_id
    having sum(d.desks) > 0
),

open_now as (
    select distinct h.point_id
    from counter_history as h
    where h.is_open
        and h.state = 'open'
        and h.from_at >= %(day_from)s
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
        and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
),

closed_now as (
    select e.point_id, e.unit_code
    from expected as e
    left join open_now as o on e.point_id = o.point_id
    where o.point_id is null
)

select
    e.point_id as item,
    e.unit_code,
    '' as org_code,
    e.point_id as site,
    (extract(epoch from %(at)s::timestamptz - s.from_at) / 60)::float8 as value,
    s.from_at as since_at,
    null::jsonb as figures
from closed_now as e
cross join stretch as s
where not exists (
    select 1
    from counter_history as h
    where h.point_id = e.point_id
        and h.from_at >= s.from_at - interval '2 hours' and h.from_at < %(at)s
        and h.state = 'open'
        and h.to_at > s.from_at
        and h.known_from <= %(known)s and h.known_to > %(known)s
);
