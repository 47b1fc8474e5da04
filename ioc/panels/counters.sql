-- name: cameras
-- One row per camera heard in the week before the moment: its newest status, and its newest count of people in the last 3 minutes, or as far
-- back as its source promises to speak. `online` is NULL where the status is older than 10 minutes, or than promised: it counts as offline;
-- `condition` as well, and where the source tells none.
with windows as materialized (
    select
        %(at)s::timestamptz - interval '7 days' as week_from,
        %(at)s::timestamptz - heard_within('camera', interval '10 minutes') as status_from,
        %(at)s::timestamptz - heard_within('camera', interval '3 minutes') as count_from
)

select
    c.subject as camera_id,
    coalesce(o.unit_code, s.unit_code, c.unit_code) as unit_code,
    coalesce(o.point_id, s.point_id, c.point_id) as point_id,
    case when s.occurred_at >= w.status_from then s.online end as online,
    s.occurred_at as status_at,
    o.waiting,
    o.staff_present,
    case when s.occurred_at >= w.status_from then s.condition end as condition
from camera_state as c
cross join windows as w
left join lateral (
    select e.online, e.condition, e.occurred_at, e.unit_code, e.point_id
    from camera_event as e
    where e.subject = c.subject
        and e.occurred_at >= w.week_from and e.occurred_at < %(at)s
        and e.recorded_at <= %(known)s and e.online is not null
    order by e.occurred_at desc, e.event_id desc
    limit 1
) as s on true
left join lateral (
    select e.waiting, e.staff_present, e.unit_code, e.point_id
    from camera_event as e
    where e.subject = c.subject
        and e.occurred_at >= w.count_from and e.occurred_at < %(at)s
        and e.recorded_at <= %(known)s and e.waiting is not null
    order by e.occurred_at desc, e.event_id desc
    limit 1
) as o on true
where c.first_at < %(at)s
    and exists (
        select 1
        from camera_event as e
        where e.subject = c.subject and e.recorded_at <= %(known)s
            and e.occurred_at >= w.week_from and e.occurred_at < %(at)s
    )
order by c.subject;

-- name: queues
-- One row per one-stop point where somebody waits with a ticket of the day or a desk is open; `longest_since`: since when the first of them
-- waits. Absent = nobody, none. What was left open on an earlier day is a missing event, not a queue.
select point_id, unit_code, waiting, desks, longest_since
from open_queues(%(instant)s, %(known)s, %(day_from)s)
order by point_id;

-- name: waits
-- One row per one-stop point that called somebody with a ticket in the local day up to the moment: how many, and how long they waited together.
select
    point_id,
    max(unit_code) as unit_code,
    sum(waited)::bigint as waited,
    sum(wait_s)::bigint as wait_s
from counter_counts(%(day)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by point_id
having sum(waited) > 0
order by point_id;

-- name: days
-- One row per local day of the last 30 and of the moment's, up to the moment, with calls or ratings. Absent = nobody was called.
select
    day,
    sum(waited)::bigint as waited,
    sum(wait_s)::bigint as wait_s,
    sum(called)::bigint as called,
    sum(rated)::bigint as rated,
    sum(satisfied)::bigint as satisfied
from counter_counts(%(month_ago)s, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by day
having sum(called) > 0 or sum(rated) > 0
order by day;

-- name: hours
-- One row per hour of the four weeks before the moment in which a camera counted people: mean number waiting, summed over the points;
-- where several cameras see one point, the largest of theirs. Absent hour = no camera counted. The moment's own hour is there with what it has.
with per_camera as (
    select hour, camera_id, (sum(waiting_sum)::float8 / nullif(sum(occupancy_n), 0)) as waiting_mean
    from camera_hours(%(day_from)s::timestamptz - interval '28 days', %(at)s, %(known)s, %(time_machine)s)
    where occupancy_n > 0
    group by hour, camera_id
),

per_point as (
    select p.hour, max(p.waiting_mean) as waiting_mean
    from per_camera as p
    left join camera_state as c on p.camera_id = c.subject
    group by p.hour, coalesce(c.point_id, p.camera_id)
)

select hour, sum(waiting_mean) as waiting
from per_point
group by hour
order by hour;

-- name: traffic
-- One row: vehicles counted since the hour of the moment began. NULL = no camera counted any.
select sum(vehicles_sum)::bigint as vehicles
from camera_hours(date_trunc('hour', %(instant)s::timestamptz), %(at)s, %(known)s, %(time_machine)s);

-- name: uptime
-- One row: how many status messages of the local day up to the moment said "online", of how many. 0 of 0 = none was heard.
select coalesce(sum(online_n), 0)::bigint as online, coalesce(sum(status_n), 0)::bigint as status
from camera_hours(%(day_from)s, %(at)s, %(known)s, %(time_machine)s);
