-- What the figures of order and traffic, digital platform and environment are counted from.

-- Measuring stations as the profile knows them, stored from its stations.csv. Null = the province has not said.
create table station (
    code text primary key,
    sea_km double precision check (sea_km >= 0),
    bd1_m double precision,
    bd2_m double precision,
    bd3_m double precision,
    salinity_limit_gl double precision check (salinity_limit_gl > 0)
);

-- What the profile's sources promise: an event at least each `expected_s` in working time, `expected_closed_s` outside it.
create table source_promise (
    stream text not null,
    source text not null,
    expected_s double precision not null check (expected_s > 0),
    expected_closed_s double precision not null check (expected_closed_s > 0),
    primary key (stream, source)
);

-- Working times as the profile's calendar has them, for the days that were laid out.
create table working_time (
    from_at timestamptz primary key,
    to_at timestamptz not null check (to_at > from_at)
);

-- One row per camera and hour in which it counted traffic. Speeds are weighted by vehicles: a mean over any hours and sites can be made.
-- ioc:aggregate traffic_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject as camera_id,
    unit_code,
    count(*) as readings,
    sum(vehicles) as vehicles,
    sum(interval_s) as interval_s,
    count(mean_speed_kmh) as speed_readings,
    sum(vehicles) filter (where mean_speed_kmh is not null) as speed_vehicles,
    sum(vehicles * mean_speed_kmh) as speed_sum_kmh
from camera_event
where type = 'vn.ioc.camera.traffic_count.v1'
group by 1, 2, 3;

-- One row per detection and hour in which it was told or reviewed: one picture, or one event where there is none. A review is told with
-- `reviewed_by`, which stays in the payload. Detections are few, so that their rows are.
-- ioc:aggregate detection_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject as camera_id,
    unit_code,
    kind,
    coalesce(media_ref, event_id) as detection,
    bool_or(coalesce(payload ->> 'reviewed_by', '') <> '') as reviewed
from camera_event
where type = 'vn.ioc.camera.detection.v1'
group by 1, 2, 3, 4, 5;

create index camera_event_detection on camera_event (occurred_at) where type = 'vn.ioc.camera.detection.v1';

-- As dossier_counts, of incidents.
create function incident_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    unit_code text, kind text,
    reported int, dispatched int, dispatch_s bigint, arrived int, arrive_s bigint, cleared int, cancelled int, dead int, injured int
) language sql stable parallel safe as $$
select
    d.unit_code, d.kind, d.reported, d.dispatched, d.dispatch_s, d.arrived, d.arrive_s, d.cleared, d.cancelled, d.dead, d.injured
from incident_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.unit_code, h.kind,
    coalesce(h.reported_at >= f.since and h.reported_at < f.until, false)::int,
    coalesce(h.dispatched_at >= f.since and h.dispatched_at < f.until, false)::int,
    (case when h.dispatched_at >= f.since and h.dispatched_at < f.until then trunc(extract(epoch from h.dispatched_at - h.reported_at)) else 0 end)::bigint,
    coalesce(h.arrived_at >= f.since and h.arrived_at < f.until, false)::int,
    (case when h.arrived_at >= f.since and h.arrived_at < f.until then trunc(extract(epoch from h.arrived_at - h.reported_at)) else 0 end)::bigint,
    coalesce(h.ended_at >= f.since and h.ended_at < f.until and h.state = 'cleared', false)::int,
    coalesce(h.ended_at >= f.since and h.ended_at < f.until and h.state = 'cancelled', false)::int,
    case when h.reported_at >= f.since and h.reported_at < f.until and h.state <> 'cancelled' then coalesce(h.dead, 0) else 0 end,
    case when h.reported_at >= f.since and h.reported_at < f.until and h.state <> 'cancelled' then coalesce(h.injured, 0) else 0 end
from incident_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

-- As dossier_counts, of security events; severity '' = not said. The synchronisation of dossiers is not among them: its intervals do not
-- keep since when it stands.
create function platform_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (source_id text, unit_code text, severity text, detected int, contained int, contain_s bigint) language sql stable parallel safe as $$
select d.source_id, d.unit_code, d.severity, d.detected, d.contained, d.contain_s
from platform_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.source_id, h.unit_code, coalesce(h.severity::text, ''),
    coalesce(h.detected_at >= f.since and h.detected_at < f.until, false)::int,
    coalesce(h.contained_at >= f.since and h.contained_at < f.until, false)::int,
    (case when h.contained_at >= f.since and h.contained_at < f.until then trunc(extract(epoch from h.contained_at - h.detected_at)) else 0 end)::bigint
from platform_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
where from_history and h.detected_at is not null
    and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

-- Good readings in [since, until): whole hours from the hourly sums, the last, unfinished hour from the events; all from the events
-- (`from_events`) where only what was known at `known_at` counts, since the sums know only the present.
create function environment_readings(since timestamptz, until timestamptz, known_at timestamptz, from_events bool)
returns table (hour timestamptz, station_id text, property text, unit_code text, value_min double precision, value_max double precision)
language sql stable parallel safe as $$
select h.hour, h.station_id, h.property, h.unit_code, h.value_min, h.value_max
from environment_hourly as h
where not from_events and h.quality = 'good' and h.hour >= since and h.hour < date_trunc('hour', until)
union all
select date_trunc('hour', e.occurred_at), e.station_id, e.property, e.unit_code, e.value, e.value
from environment_event as e
where e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= known_at
    and e.occurred_at >= since and e.occurred_at < until and (from_events or e.occurred_at >= date_trunc('hour', until))
$$;

-- When each promised source was last heard by a moment: now as `source_state` has it, in the past from the events of the week before.
-- Absent = not heard.
create function sources_heard(seen_at timestamptz, known_at timestamptz, is_live bool)
returns table (stream text, source text, heard_at timestamptz) language plpgsql stable as $$
#variable_conflict use_column
declare
    told text;
begin
    if is_live then
        return query select s.stream, s.source, s.last_recorded_at from source_state as s;
        return;
    end if;
    for told in select distinct p.stream from source_promise as p where to_regclass(p.stream || '_event') is not null loop
        return query execute format(
            'select %L::text, source, max(recorded_at) from %I where occurred_at >= $1 - interval ''7 days'' and occurred_at < $1 '
            'and recorded_at <= least($1, $2) group by source', told, told || '_event') using seen_at, known_at;
    end loop;
end
$$;

-- One row: events of all streams of the 24 hours before a moment, and how long those that came in its last hour had been on their way.
-- No row = nothing was ever heard.
create function intake_health(seen_at timestamptz, known_at timestamptz)
returns table (accepted bigint, arrived bigint, delay_p95_s double precision) language plpgsql stable as $$
declare
    told text;
begin
    select string_agg(format(
        'select recorded_at, coalesce(source_recorded_at, occurred_at) as told_at from %I '
        'where occurred_at >= $1 - interval ''24 hours'' and occurred_at < $1 and recorded_at <= $2', s.stream || '_event'), ' union all ')
    into told
    from (select distinct stream from source_state) as s
    where to_regclass(s.stream || '_event') is not null;
    if told is null then
        return;
    end if;
    return query execute
        'select count(*), count(*) filter (where lately), '
        'percentile_cont(0.95) within group (order by extract(epoch from recorded_at - told_at)) filter (where lately) '
        'from (' || told || ') as t '
        'cross join lateral (select recorded_at > least($1, $2) - interval ''1 hour'' and recorded_at <= least($1, $2) as lately) as l'
        using seen_at, known_at;
end
$$;
