-- name: salinity_high
-- One row per station that measures salt, with the most of 25 hours: where water is taken in, and elsewhere from the line on. Null = silent since.
-- Absent = below the line.
select
    c.station_id as item,
    coalesce(told.unit_code, c.unit_code) as unit_code,
    '' as org_code,
    c.station_id as site,
    told.value_max as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from environment_state as c
cross join lateral (
    select max(e.value) as value_max, (array_agg(e.unit_code order by e.occurred_at desc))[1] as unit_code
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= %(known)s
        and e.occurred_at >= %(at)s::timestamptz - interval '25 hours' and e.occurred_at < %(at)s
) as told
where c.property = 'salinity_gl' and c.first_at < %(at)s
    and (c.station_id = any(%(intakes)s) or coalesce(told.value_max >= %(line_gl)s, true));

-- name: salinity_rise
-- One row per station that measures salt: how much the last hours exceed the lunar day before. Null = one of the two is not known.
select
    c.station_id as item,
    coalesce(told.unit_code, c.unit_code) as unit_code,
    '' as org_code,
    c.station_id as site,
    round((told.now_gl - told.before_gl)::numeric, 3)::double precision as value,
    null::timestamptz as since_at,
    jsonb_build_object('salinity_gl', told.now_gl) as figures
from environment_state as c
cross join lateral (
    select
        max(e.value) filter (where e.occurred_at >= %(at)s::timestamptz - %(within_h)s * interval '1 hour') as now_gl,
        max(e.value) filter (where e.occurred_at < %(at)s::timestamptz - %(within_h)s * interval '1 hour') as before_gl,
        (array_agg(e.unit_code order by e.occurred_at desc))[1] as unit_code
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= %(known)s
        and e.occurred_at >= %(at)s::timestamptz - interval '25 hours' - %(within_h)s * interval '1 hour' and e.occurred_at < %(at)s
) as told
where c.property = 'salinity_gl' and c.first_at < %(at)s;

-- name: water_level
-- One row per station with an alarm level: which one its newest reading reaches. Null = no reading in the time. Absent = it has no alarm levels.
select
    c.station_id as item,
    coalesce(told.unit_code, c.unit_code) as unit_code,
    '' as org_code,
    c.station_id as site,
    case
        when told.value is null then null
        when told.value >= s.bd3_m then 3
        when told.value >= s.bd2_m then 2
        when told.value >= s.bd1_m then 1
        else 0
    end::double precision as value,
    null::timestamptz as since_at,
    jsonb_build_object('level_cm', round(told.value * 100)) as figures
from environment_state as c
inner join station as s on c.station_id = s.code
left join stations_told('level_m', %(at)s, %(known)s, %(fresh_h)s * interval '1 hour') as told on c.subject = told.subject
where c.property = 'level_m' and c.first_at < %(at)s and coalesce(s.bd1_m, s.bd2_m, s.bd3_m) is not null;

-- name: air_index
-- One row per station that tells the hourly index: its newest. Null = none in the time.
select
    c.station_id as item,
    coalesce(told.unit_code, c.unit_code) as unit_code,
    '' as org_code,
    c.station_id as site,
    told.value,
    null::timestamptz as since_at,
    null::jsonb as figures
from environment_state as c
left join stations_told('aqi', %(at)s, %(known)s, %(fresh_h)s * interval '1 hour') as told on c.subject = told.subject
where c.property = 'aqi' and c.first_at < %(at)s;

-- name: hazard_bulletin
-- One row per bulletin that holds or is going to: its newest message was no cancel and has not expired. None is longer than 90 days. Absent = over.
select
    subject as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    risk_level::double precision as value,
    first_at as since_at,
    jsonb_build_object('issuer', issuer, 'area', left(area, 200)) as figures
from bulletins_told(%(at)s, %(known)s)
where first_at >= %(at)s::timestamptz - interval '90 days'
    and (status = 'actual' or (status = 'exercise' and simulated)) and expires_at >= %(at)s;

-- name: station_unsound
-- One row per station: its longest silence in intervals, at least the line's 3 where a value stands still. Null = all stations are silent, or this
-- one has told too little to know its interval. Salt that is hardly there stands still by nature.
with promise as (
    select coalesce(max(expected_s), 3600) as expected_s
    from source_promise
    where stream = 'environment'
),

series as (
    select
        c.station_id,
        coalesce(k.unit_code, c.unit_code) as unit_code,
        k.valued = %(flat_n)s and k.low = k.high as still,
        c.property = 'salinity_gl' and k.high < %(fresh_gl)s as fresh,
        case when k.n > 3 then extract(epoch from %(at)s - k.heard_at) / greatest(k.gap_s, p.expected_s / 3) end as silence
    from environment_state as c
    cross join promise as p
    left join stations_paced(%(at)s, %(known)s, %(flat_n)s) as k on c.subject = k.subject
    where c.property = any(%(properties)s) and c.first_at < %(at)s
),

judged as (
    select station_id, unit_code, coalesce(still and not fresh, false) as flat, silence, min(silence) over () < 3 as any_speaks
    from series
)

select
    station_id as item,
    max(unit_code) as unit_code,
    '' as org_code,
    station_id as site,
    case when bool_or(any_speaks) then max(greatest(silence, case when flat then 3 end)) end::double precision as value,
    null::timestamptz as since_at,
    jsonb_build_object('silent_n', count(*) filter (where silence >= 3), 'flat_n', count(*) filter (where flat and silence < 3)) as figures
from judged
group by station_id;

-- name: sluice_salt
-- One row per sluice that was last said to be open, in 48 hours: the salt before it as a share of its limit. Null = no salt is known there.
-- Absent = shut, or it has no limit.
with sluice as materialized (
    select subject, unit_code, station_id, open_pct, limit_gl
    from sluices_told(%(at)s, %(known)s, interval '48 hours')
    where open_pct > 0
),

salt as materialized (
    select told.station_id, told.unit_code, told.value, s.salinity_limit_gl
    from stations_told('salinity_gl', %(at)s, %(known)s, %(fresh_h)s * interval '1 hour') as told
    left join station as s on told.station_id = s.code
),

before as (
    select
        w.subject,
        w.unit_code,
        w.open_pct,
        max(t.value) as salinity_gl,
        coalesce(w.limit_gl, min(t.salinity_limit_gl)) as limit_gl
    from sluice as w
    left join salt as t on case when w.station_id is null then w.unit_code <> '' and w.unit_code = t.unit_code else w.station_id = t.station_id end
    group by w.subject, w.unit_code, w.open_pct, w.limit_gl
)

select
    subject as item,
    unit_code,
    '' as org_code,
    subject as site,
    round((100 * salinity_gl / limit_gl)::numeric, 1)::double precision as value,
    null::timestamptz as since_at,
    jsonb_build_object('salinity_gl', salinity_gl, 'limit_gl', limit_gl, 'open_pct', open_pct) as figures
from before
where limit_gl > 0;
