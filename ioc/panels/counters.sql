-- name: cameras
-- One row per camera heard in the week before the moment: its newest status (10 minutes back) and its newest count of people
-- (3 minutes back), or as far back as its source promises to speak. NULL = it did not say; a camera silent for so long counts as offline.
with windows as materialized (
    select
        %(at)s::timestamptz - heard_within('camera', interval '10 minutes') as status_from,
        %(at)s::timestamptz - heard_within('camera', interval '3 minutes') as count_from
)

select
    c.subject as camera_id,
    coalesce(o.unit_code, s.unit_code, c.unit_code) as unit_code,
    coalesce(o.point_id, s.point_id, c.point_id) as point_id,
    s.online,
    s.occurred_at as status_at,
    o.waiting,
    o.staff_present
from camera_state as c
cross join windows as w
left join lateral (
    select e.online, e.occurred_at, e.unit_code, e.point_id
    from camera_event as e
    where e.subject = c.subject
        and e.occurred_at >= w.status_from and e.occurred_at < %(at)s
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
            and e.occurred_at >= %(at)s::timestamptz - interval '7 days' and e.occurred_at < %(at)s
    )
order by c.subject;

-- name: hours
-- One row per hour of the local day and of the eight days before, up to the moment: mean number of people waiting, summed over the
-- points. Absent hour = no camera said anything. The moment's own hour is there with what it has.
select
    hour,
    sum(waiting_mean) as waiting,
    sum(vehicles)::bigint as vehicles
from (
    select hour, camera_id, (sum(waiting_sum)::float8 / nullif(sum(occupancy_n), 0)) as waiting_mean, sum(vehicles_sum) as vehicles
    from camera_hours(%(day_from)s::timestamptz - interval '8 days', %(at)s, %(known)s, %(time_machine)s)
    group by hour, camera_id
) as per_camera
group by hour
order by hour;

-- name: uptime
-- One row: how many status messages of the local day up to the moment said "online", of how many. 0 of 0 = none was heard.
select coalesce(sum(online_n), 0)::bigint as online, coalesce(sum(status_n), 0)::bigint as status
from camera_hours(%(day_from)s, %(at)s, %(known)s, %(time_machine)s);
