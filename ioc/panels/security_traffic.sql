-- name: open_incidents
-- One row per incident that has not ended at the moment. Absent = nothing is open. `severity` null = nobody has rated it.
select
    subject,
    kind,
    state,
    unit_code,
    lon_deg,
    lat_deg,
    reported_at,
    coalesce(severity = 4, false) or coalesce(dead, 0) + coalesce(injured, 0) >= 3 as serious
from incident_history
where is_open
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by reported_at, subject;

-- name: roads
-- One row per camera that counts traffic and was heard in the week before the moment: whether it said "online" in its last 10 minutes (or as its
-- source promises), and of its slower direction the speed of the last 10 minutes beside that of 0 to 5 o'clock of the last two nights, as ST-02
-- has it. Null speed = fewer than two readings of it.
with direction as (
    select
        c.subject,
        told.direction,
        told.speed_kmh
    from camera_state as c
    cross join lateral (
        select
            coalesce(e.direction, '') as direction,
            coalesce(sum(e.vehicles * e.mean_speed_kmh) / nullif(sum(e.vehicles), 0), avg(e.mean_speed_kmh)) as speed_kmh
        from camera_event as e
        where e.subject = c.subject and e.type = 'vn.ioc.camera.traffic_count.v1' and e.mean_speed_kmh is not null and e.recorded_at <= %(known)s
            and e.occurred_at >= %(at)s::timestamptz - interval '10 minutes' and e.occurred_at < %(at)s
        group by coalesce(e.direction, '')
        having count(*) >= 2
    ) as told
    where c.count_at is not null and c.first_at < %(at)s
),

road as (
    select distinct on (d.subject)
        d.subject,
        d.speed_kmh,
        free.speed_kmh as free_kmh
    from direction as d
    cross join lateral (
        select percentile_cont(0.5) within group (order by e.mean_speed_kmh) as speed_kmh
        from camera_event as e
        where e.subject = d.subject and e.type = 'vn.ioc.camera.traffic_count.v1' and coalesce(e.direction, '') = d.direction
            and e.mean_speed_kmh > 0 and e.recorded_at <= %(known)s and e.occurred_at < %(at)s
            and (
                (e.occurred_at >= %(day_from)s::timestamptz and e.occurred_at < %(day_from)s::timestamptz + interval '5 hours')
                or (
                    e.occurred_at >= %(day_from)s::timestamptz - interval '24 hours'
                    and e.occurred_at < %(day_from)s::timestamptz - interval '19 hours'
                )
            )
        having count(*) >= 2
    ) as free
    order by d.subject, d.speed_kmh / free.speed_kmh
)

select
    c.subject as camera_id,
    told.unit_code,
    told.point_id,
    told.online,
    road.speed_kmh,
    road.free_kmh
from cameras_told(%(at)s, %(known)s) as told
inner join camera_state as c on told.subject = c.subject
left join road on told.subject = road.subject
where c.count_at is not null
order by c.subject;

-- name: heat
-- One row per weekday (1 = Monday) and local hour in which incidents were reported in the 13 whole weeks before the moment, false alarms aside.
-- Absent = none was.
select
    extract(isodow from reported_at at time zone 'Asia/Ho_Chi_Minh')::int as weekday,
    extract(hour from reported_at at time zone 'Asia/Ho_Chi_Minh')::int as hour,
    count(*) as incidents
from incident_history
where state <> 'cancelled'
    and reported_at >= %(at)s::timestamptz - interval '91 days' and reported_at < %(at)s
    and from_at >= %(at)s::timestamptz - interval '91 days'
    and from_at < %(at)s and to_at >= %(at)s
    and known_from <= %(known)s and known_to > %(known)s
group by 1, 2
order by 1, 2;

-- name: weeks
-- One row per week (its Monday, local) of the last 13 in which a force was sent or arrived: minutes from the report until then, false alarms aside.
-- Null = none was sent, or arrived. Absent = neither.
with incident as (
    select
        arrived_at,
        dispatched_at,
        extract(epoch from arrived_at - reported_at) / 60 as arrive_min,
        extract(epoch from dispatched_at - reported_at) / 60 as dispatch_min
    from incident_history
    where state <> 'cancelled'
        and from_at >= %(at)s::timestamptz - interval '91 days'
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
),

step as (
    select dispatched_at as at, null::numeric as arrive_min, dispatch_min
    from incident
    where dispatched_at < %(at)s
    union all
    select arrived_at, arrive_min, null
    from incident
    where arrived_at < %(at)s
)

select
    date_trunc('week', at at time zone 'Asia/Ho_Chi_Minh')::date as week,
    count(arrive_min) as arrived,
    percentile_cont(0.5) within group (order by arrive_min)::float8 as arrive_min,
    percentile_cont(0.9) within group (order by arrive_min)::float8 as arrive_p90_min,
    percentile_cont(0.5) within group (order by dispatch_min)::float8 as dispatch_min
from step
where at >= date_trunc('week', %(day)s::timestamp) at time zone 'Asia/Ho_Chi_Minh' - interval '84 days'
group by 1
order by 1;

-- name: spots
-- One row per unit with at least three traffic accidents in the 90 days before the moment, false alarms aside, the most first; `densest`: most in
-- one field of some 250 m, around (lon_deg, lat_deg). Null = nobody gave a place. Absent = fewer.
with accident as (
    select
        unit_code,
        lon_deg,
        lat_deg,
        round((lat_deg * 445)::numeric) as y,
        round((lon_deg * 445 * cos(radians(lat_deg)))::numeric) as x
    from incident_history
    where kind = 'traffic_accident' and state <> 'cancelled'
        and reported_at >= %(at)s::timestamptz - interval '90 days' and reported_at < %(at)s
        and from_at >= %(at)s::timestamptz - interval '90 days'
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
),

field as (
    select unit_code, x, y, count(*) as accidents, count(lat_deg) as placed, avg(lon_deg) as lon_deg, avg(lat_deg) as lat_deg
    from accident
    group by unit_code, x, y
)

select
    unit_code,
    sum(accidents)::bigint as accidents,
    max(nullif(placed, 0)) as densest,
    (array_agg(lon_deg order by placed desc, x, y))[1] as lon_deg,
    (array_agg(lat_deg order by placed desc, x, y))[1] as lat_deg
from field
group by unit_code
having sum(accidents) >= 3
order by accidents desc, densest desc nulls last, unit_code;

-- name: detections
-- One row per kind of what cameras detected in the last 30 days and no person has reviewed: how many, of them for more than 24 hours, and since
-- when the oldest. Told again as it goes on, and for its review, it is one. A kind that is none of those agreed upon is 'other': its word is the
-- source's own. Absent = none waits.
with waiting as (
    select
        case when kind in ('red_light', 'lane', 'plate', 'littering', 'crowd', 'after_hours') then kind else 'other' end as kind,
        min(occurred_at) as since_at
    from camera_event
    where type = 'vn.ioc.camera.detection.v1' and recorded_at <= %(known)s
        and occurred_at >= %(at)s::timestamptz - interval '30 days' and occurred_at < %(at)s
    group by subject, camera_event.kind, coalesce(detection_id, media_ref, event_id)
    having not bool_or(coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '')
)

select
    kind,
    count(*) as waiting,
    count(*) filter (where since_at < %(at)s::timestamptz - interval '24 hours') as over_a_day,
    min(since_at) as oldest_at
from waiting
group by kind
order by waiting desc, kind;

-- name: conditions
-- How many cameras stand how: of those whose source tells it, the newest word of the last 10 minutes, or as far back as it promises to speak.
-- Absent = none stands so, or no source tells it.
with windows as materialized (
    select %(at)s::timestamptz - heard_within('camera', interval '10 minutes') as status_from
)

select s.condition, count(*) as cameras
from camera_state as c
cross join windows as w
cross join lateral (
    select e.condition
    from camera_event as e
    where e.subject = c.subject and e.recorded_at <= %(known)s and e.online is not null
        and e.occurred_at >= w.status_from and e.occurred_at < %(at)s
    order by e.occurred_at desc, e.event_id desc
    limit 1
) as s
where c.first_at < %(at)s and s.condition is not null
group by s.condition
order by s.condition;

-- name: target
-- One row where the house has set, for the moment's year, within how many minutes help is to be there. Absent = it has not.
select target as arrive_min
from indicator_history
where indicator_id = 'arrive_minutes' and unit_code = '' and org_code = '' and target is not null
    and grain = 'year' and first_day = %(year_day)s and last_day >= %(year_day)s
    and from_at < %(at)s and to_at >= %(at)s
    and known_from <= %(known)s and known_to > %(known)s
order by from_at desc
limit 1;
