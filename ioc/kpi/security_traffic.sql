-- name: cameras
-- One row per unit with cameras heard in the week before the moment: how many, and how many said "online" in its last 10 minutes (a camera
-- silent for longer counts as offline). What a camera counts says of what kind it is. Absent = no camera was heard in the week.
with camera as (
    select
        told.unit_code,
        told.online,
        case
            when c.count_at is not null and counts.told then 'traffic'
            when c.occupancy_at is not null and occupancy.told then 'counter'
            else 'security'
        end as kind
    from cameras_told(%(at)s, %(known)s) as told
    inner join camera_state as c on told.subject = c.subject
    left join lateral (
        select true as told
        from camera_event as e
        where c.count_at is not null and e.subject = c.subject and e.recorded_at <= %(known)s and e.vehicles is not null
            and e.occurred_at >= %(at)s::timestamptz - interval '7 days' and e.occurred_at < %(at)s
        order by e.occurred_at desc
        limit 1
    ) as counts on true
    left join lateral (
        select true as told
        from camera_event as e
        where c.occupancy_at is not null and e.subject = c.subject and e.recorded_at <= %(known)s and e.waiting is not null
            and e.occurred_at >= %(at)s::timestamptz - interval '7 days' and e.occurred_at < %(at)s
        order by e.occurred_at desc
        limit 1
    ) as occupancy on true
)

select
    unit_code,
    '' as org_code,
    count(*) as cameras,
    count(*) filter (where online) as online,
    count(*) filter (where kind = 'security') as security,
    count(*) filter (where kind = 'security' and online) as security_online,
    count(*) filter (where kind = 'traffic') as traffic,
    count(*) filter (where kind = 'traffic' and online) as traffic_online,
    count(*) filter (where kind = 'counter') as counter,
    count(*) filter (where kind = 'counter' and online) as counter_online
from camera
group by unit_code;

-- name: uptime
-- One row per unit whose cameras told their status in the period. Absent = no camera told.
select unit_code, '' as org_code, sum(online_n) as online, sum(status_n) as told
from camera_hours(%(since)s, %(until)s, %(known)s, %(time_machine)s)
group by unit_code
having sum(status_n) > 0;

-- name: results
-- One row per unit with incidents reported or ended in the period. Casualties count for the day of the report, none of a cancelled one.
-- Absent = none.
select
    unit_code,
    '' as org_code,
    sum(reported) as reported,
    sum(cleared) as cleared,
    sum(cancelled) as cancelled,
    sum(dead) as dead,
    sum(injured) as injured,
    coalesce(sum(dead) filter (where kind = 'traffic_accident'), 0) as accident_dead,
    coalesce(sum(injured) filter (where kind = 'traffic_accident'), 0) as accident_injured
from incident_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code;

-- name: cases
-- One row per unit with incidents reported in the period and not cancelled since: from the intervals, for the daily counts know a
-- cancellation by its own day. Absent = none.
select
    unit_code,
    '' as org_code,
    count(*) filter (where kind = 'order') as "order",
    count(*) filter (where kind = 'traffic_accident') as accident,
    count(*) filter (where kind = 'fire') as fire,
    count(*) filter (where kind = 'rescue') as rescue,
    count(*) filter (where kind = 'medical') as medical,
    count(*) filter (where kind not in ('order', 'traffic_accident', 'fire', 'rescue', 'medical')) as other,
    count(*) filter (
        where kind = 'fire' and coalesce(dispatched_at, arrived_at, reported_at + interval '60 seconds') <= %(at)s
    ) as fire_judged,
    count(*) filter (where kind = 'fire' and least(dispatched_at, arrived_at) <= reported_at + interval '60 seconds') as fire_in_time
from incident_history
where state <> 'cancelled'
    and reported_at >= %(since)s and reported_at < %(until)s
    and from_at >= %(since)s
    and from_at < %(at)s and to_at >= %(at)s
    and known_from <= %(known)s and known_to > %(known)s
group by unit_code;

-- name: speed
-- One row per unit and one (unit_code null) for the whole: times over the incidents whose first force was sent or arrived in the period.
-- Null = none was.
with incident as (
    select
        unit_code,
        extract(epoch from arrived_at - reported_at) / 60 as arrive_min,
        extract(epoch from dispatched_at - reported_at) / 60 as dispatch_min,
        coalesce(arrived_at >= %(since)s and arrived_at < %(until)s, false) as arrived,
        coalesce(dispatched_at >= %(since)s and dispatched_at < %(until)s, false) as dispatched
    from incident_history
    where state <> 'cancelled'
        and from_at >= %(since)s
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
)

select
    unit_code,
    null as org_code,
    count(*) filter (where arrived) as arrived,
    percentile_cont(0.5) within group (order by arrive_min) filter (where arrived) as arrive_min,
    percentile_cont(0.9) within group (order by arrive_min) filter (where arrived) as arrive_p90_min,
    count(*) filter (where dispatched) as dispatched,
    percentile_cont(0.5) within group (order by dispatch_min) filter (where dispatched) as dispatch_min
from incident
where arrived or dispatched
group by grouping sets ((), (unit_code));

-- name: backlog
-- One row per unit with open incidents at the moment. Absent = nothing is open.
select
    unit_code,
    '' as org_code,
    count(*) as open,
    count(*) filter (where severity = 4 or coalesce(dead, 0) + coalesce(injured, 0) >= 3) as open_serious
from incident_history
where is_open
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: traffic
-- One row per unit where cameras counted traffic in the period; hours and events as in camera_hours (0013). Absent = no camera counted.
with told as (
    select unit_code, readings, vehicles, interval_s, speed_readings, speed_vehicles, speed_sum_kmh
    from traffic_hourly
    where not %(time_machine)s and hour >= %(since)s and hour < date_trunc('hour', %(until)s::timestamptz)
    union all
    select
        unit_code,
        count(*),
        sum(vehicles),
        sum(interval_s),
        count(mean_speed_kmh),
        sum(vehicles) filter (where mean_speed_kmh is not null),
        sum(vehicles * mean_speed_kmh)
    from camera_event
    where type = 'vn.ioc.camera.traffic_count.v1' and recorded_at <= %(known)s and occurred_at >= %(since)s and occurred_at < %(until)s
        and (%(time_machine)s or occurred_at >= date_trunc('hour', %(until)s::timestamptz))
    group by unit_code
)

select
    unit_code,
    '' as org_code,
    sum(readings) as readings,
    sum(vehicles) as vehicles,
    sum(interval_s) as interval_s,
    sum(speed_readings) as speed_readings,
    sum(speed_vehicles) as speed_vehicles,
    sum(speed_sum_kmh) as speed_sum_kmh
from told
group by unit_code;

-- name: detections
-- One row per unit whose cameras detected something in the period; a detection told again as it goes on, and for its reviews, is one. Its last
-- verdict counts, and a rejection among those of one moment; a review without a verdict confirms. Absent = nothing.
with told as (
    select unit_code, camera_id, kind, detection, confirmed_at, rejected_at
    from detection_hourly
    where not %(time_machine)s and hour >= %(since)s and hour < date_trunc('hour', %(until)s::timestamptz)
    union all
    select
        unit_code, subject, kind, coalesce(detection_id, media_ref, event_id),
        case when coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '' and coalesce(verdict, '') <> 'rejected' then occurred_at end,
        case when coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '' and verdict = 'rejected' then occurred_at end
    from camera_event
    where type = 'vn.ioc.camera.detection.v1' and recorded_at <= %(known)s and occurred_at >= %(since)s and occurred_at < %(until)s
        and (%(time_machine)s or occurred_at >= date_trunc('hour', %(until)s::timestamptz))
),

detected as (
    select unit_code, kind, coalesce(max(confirmed_at) > coalesce(max(rejected_at), '-infinity'), false) as confirmed
    from told
    group by unit_code, camera_id, kind, detection
)

select
    unit_code,
    '' as org_code,
    count(*) as detected,
    count(*) filter (where confirmed) as confirmed,
    count(*) filter (where kind = 'red_light') as red_light_detected,
    count(*) filter (where kind = 'red_light' and confirmed) as red_light_confirmed,
    count(*) filter (where kind = 'lane') as lane_detected,
    count(*) filter (where kind = 'lane' and confirmed) as lane_confirmed,
    count(*) filter (where kind = 'plate') as plate_detected,
    count(*) filter (where kind = 'plate' and confirmed) as plate_confirmed,
    count(*) filter (where kind = 'littering') as littering_detected,
    count(*) filter (where kind = 'littering' and confirmed) as littering_confirmed,
    count(*) filter (where kind = 'crowd') as crowd_detected,
    count(*) filter (where kind = 'crowd' and confirmed) as crowd_confirmed,
    count(*) filter (where kind = 'after_hours') as after_hours_detected,
    count(*) filter (where kind = 'after_hours' and confirmed) as after_hours_confirmed,
    count(*) filter (where kind not in ('red_light', 'lane', 'plate', 'littering', 'crowd', 'after_hours')) as other_detected,
    count(*) filter (where kind not in ('red_light', 'lane', 'plate', 'littering', 'crowd', 'after_hours') and confirmed) as other_confirmed
from detected
group by unit_code;
