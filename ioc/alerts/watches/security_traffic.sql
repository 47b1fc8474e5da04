-- name: cameras_lost
-- One row per camera that is off or silent, with the minutes since it last saw (at most three days are looked back), or since it
-- was first heard if it never saw. `site`: the point it watches.
-- Silence is measured up to the newest word of any camera, so that a gateway that is away makes no camera look lost. Absent = it sees, was not
-- heard for 30 days, or is off together with many of its kind.
with camera as materialized (
    select subject, first_at, kind, unit_code, site, newest_at, is_off, is_lost
    from cameras_sight(%(at)s, %(known)s)
),

together as (
    select kind
    from camera
    group by kind
    having count(*) filter (where is_lost) >= %(together_least)s
        and 100 * count(*) filter (where is_lost) > %(together_pct)s * count(*)
),

lost as (
    select
        c.subject,
        c.unit_code,
        c.site,
        case
            when c.is_off then coalesce(saw.occurred_at, greatest(%(at)s::timestamptz - interval '3 days', c.first_at))
            else c.newest_at
        end as since_at
    from camera as c
    left join together as t on c.kind = t.kind
    left join lateral (
        select e.occurred_at
        from camera_event as e
        where c.is_off and e.subject = c.subject and e.recorded_at <= %(known)s and e.online is distinct from false
            and e.occurred_at >= %(at)s::timestamptz - interval '3 days' and e.occurred_at < %(at)s
        order by e.occurred_at desc
        limit 1
    ) as saw on true
    where c.is_lost and t.kind is null
)

select
    subject as item,
    unit_code,
    '' as org_code,
    site,
    extract(epoch from %(at)s::timestamptz - since_at)::float8 / 60 as value,
    since_at,
    null::jsonb as figures
from lost;

-- name: camera_groups_lost
-- One row per kind of cameras of which at least so many are off or silent (as in cameras_lost), with their share. Absent = fewer are.
select
    kind as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    100.0 * count(*) filter (where is_lost) / count(*)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object(
        'lost', count(*) filter (where is_lost),
        'cameras', count(*),
        'kind', case kind when 'traffic' then 'giao thông' when 'counter' then 'tại Bộ phận Một cửa' else 'an ninh' end,
        'kind_en', case kind when 'traffic' then 'traffic' when 'counter' then 'one-stop' else 'security' end
    ) as figures
from cameras_sight(%(at)s, %(known)s)
group by kind
having count(*) filter (where is_lost) >= %(together_least)s;

-- name: roads_slow
-- One row per camera and direction that told a speed in the last half hour: speed of the last minutes against the nights'. Null = too few
-- readings of either. Absent = it told none.
with road as (
    select
        c.subject,
        told.direction,
        told.unit_code,
        told.site,
        told.speed_kmh
    from camera_state as c
    cross join lateral (
        select
            coalesce(e.direction, '') as direction,
            max(e.unit_code) as unit_code,
            max(coalesce(e.point_id, e.subject)) as site,
            case
                when count(*) filter (where now.recent) >= %(least)s then coalesce(
                    sum(e.vehicles * e.mean_speed_kmh) filter (where now.recent) / nullif(sum(e.vehicles) filter (where now.recent), 0),
                    avg(e.mean_speed_kmh) filter (where now.recent)
                )
            end as speed_kmh
        from camera_event as e
        cross join lateral (
            select e.occurred_at >= %(at)s::timestamptz - make_interval(secs => 60 * %(minutes)s::float8) as recent
        ) as now
        where e.subject = c.subject and e.type = 'vn.ioc.camera.traffic_count.v1' and e.mean_speed_kmh is not null and e.recorded_at <= %(known)s
            and e.occurred_at >= %(at)s::timestamptz - interval '30 minutes' and e.occurred_at < %(at)s
        group by coalesce(e.direction, '')
    ) as told
    where c.count_at is not null and c.first_at < %(at)s
)

select
    r.subject || case when r.direction = '' then '' else '/' || r.direction end as item,
    r.unit_code,
    '' as org_code,
    r.site,
    100 * r.speed_kmh / nullif(free.speed_kmh, 0) as value,
    null::timestamptz as since_at,
    jsonb_build_object('speed_kmh', round(r.speed_kmh::numeric), 'free_kmh', round(free.speed_kmh::numeric)) as figures
from road as r
left join lateral (
    select case when count(*) >= %(least)s then percentile_cont(0.5) within group (order by e.mean_speed_kmh) end as speed_kmh
    from camera_event as e
    where e.subject = r.subject and e.type = 'vn.ioc.camera.traffic_count.v1' and coalesce(e.direction, '') = r.direction
        and e.mean_speed_kmh > 0 and e.recorded_at <= %(known)s and e.occurred_at < %(at)s
        and (
            (e.occurred_at >= %(day_from)s::timestamptz and e.occurred_at < %(day_from)s::timestamptz + interval '5 hours')
            or (
                e.occurred_at >= %(day_from)s::timestamptz - interval '24 hours'
                and e.occurred_at < %(day_from)s::timestamptz - interval '19 hours'
            )
        )
) as free on true;

-- name: incidents_grave
-- One row per incident that has not ended, with its severity; null = nobody has rated it, and it hurt fewer than so many. Absent = it has ended.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    (case when coalesce(dead, 0) + coalesce(injured, 0) >= %(casualties)s then 4 else severity end)::float8 as value,
    reported_at as since_at,
    jsonb_build_object(
        'kind', case kind
            when 'traffic_accident' then 'tai nạn giao thông'
            when 'fire' then 'cháy, nổ'
            when 'rescue' then 'cứu nạn, cứu hộ'
            when 'order' then 'an ninh trật tự'
            when 'medical' then 'cấp cứu y tế'
            else 'sự cố'
        end,
        'kind_en', case kind when 'traffic_accident' then 'traffic accident' when 'order' then 'public order' else replace(kind, '_', ' ') end
    ) as figures
from incident_history
where is_open
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: incidents_grave_unreached
-- One row per grave incident that nobody has reached, with the minutes since the report. Absent = somebody is there, it has ended, or it is not grave.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    extract(epoch from %(at)s::timestamptz - reported_at)::float8 / 60 as value,
    reported_at as since_at,
    jsonb_build_object(
        'kind', case kind
            when 'traffic_accident' then 'tai nạn giao thông'
            when 'fire' then 'cháy, nổ'
            when 'rescue' then 'cứu nạn, cứu hộ'
            when 'order' then 'an ninh trật tự'
            when 'medical' then 'cấp cứu y tế'
            else 'sự cố'
        end,
        'kind_en', case kind when 'traffic_accident' then 'traffic accident' when 'order' then 'public order' else replace(kind, '_', ' ') end
    ) as figures
from incident_history
where is_open and state in ('reported', 'dispatched')
    and (severity = 4 or coalesce(dead, 0) + coalesce(injured, 0) >= %(casualties)s)
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: fires_undispatched
-- One row per fire that nobody was sent to and nobody reached, with the seconds since the call. Absent = somebody was, or it has ended.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    extract(epoch from %(at)s::timestamptz - reported_at)::float8 as value,
    reported_at as since_at,
    null::jsonb as figures
from incident_history
where is_open and kind = 'fire' and state = 'reported'
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: fires_unreached
-- One row per fire that nobody has reached, with the minutes since the call beyond the target. Absent = somebody is there, or it has ended.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    extract(epoch from %(at)s::timestamptz - reported_at)::float8 / 60 - %(target_min)s::float8 as value,
    reported_at as since_at,
    null::jsonb as figures
from incident_history
where is_open and kind = 'fire' and state in ('reported', 'dispatched')
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: accident_deaths
-- One row: deaths of the month up to the moment, beyond those of the same days a year before, in standard deviations of these. Fewer than so many
-- are 0. The year before is counted as it is known by the end of the day before (or now), since its intervals would be a year's. Null = nothing at
-- all was told of those days.
with month as (
    select
        date_trunc('month', %(day)s::timestamp)::date as first_day,
        (date_trunc('month', %(day)s::timestamp) - interval '1 year')::date as before_from,
        (%(day)s::timestamp - interval '1 year')::date + 1 as before_until
),

this as (
    select coalesce(sum(c.dead), 0) as dead
    from month as m
    cross join lateral incident_counts(m.first_day, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
    where c.kind = 'traffic_accident'
),

earlier as (
    select sum(c.reported) as reported, coalesce(sum(c.dead) filter (where c.kind = 'traffic_accident'), 0) as dead
    from month as m
    cross join lateral incident_counts(m.before_from, m.before_until, %(at)s, %(known)s, %(base_day)s, false) as c
)

select
    'accident_deaths' as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    case
        when this.dead < %(least)s then 0
        when earlier.reported > 0 then (this.dead - earlier.dead) / sqrt(greatest(earlier.dead, 1))::float8
    end as value,
    null::timestamptz as since_at,
    jsonb_build_object('dead', this.dead, 'before', case when earlier.dead < 5 then '<5' else earlier.dead::text end) as figures
from this
cross join earlier;

-- name: detections_unreviewed
-- One row per detection that no person has reviewed, with the hours since it was first told; told again as it goes on, and for its review,
-- it is one. Absent = it was reviewed, or told more than so many days ago.
select
    coalesce(detection_id, media_ref, event_id) as item,
    max(unit_code) as unit_code,
    '' as org_code,
    subject as site,
    extract(epoch from %(at)s::timestamptz - min(occurred_at))::float8 / 3600 as value,
    min(occurred_at) as since_at,
    null::jsonb as figures
from camera_event
where type = 'vn.ioc.camera.detection.v1' and recorded_at <= %(known)s
    and occurred_at >= %(at)s::timestamptz - make_interval(days => %(days)s) and occurred_at < %(at)s
group by subject, kind, coalesce(detection_id, media_ref, event_id)
having not bool_or(coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '');
