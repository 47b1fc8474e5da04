-- name: stations
-- One row per station and property (salt, level, air) heard of in 30 days: its newest good reading, the most of the local day, and whether it is
-- silent (3 of its own intervals: the median of its last twelve readings, a third of the source's promise at least) or stands still (12 alike; salt
-- that is hardly there stands still by nature). Null = no good reading. Absent = nothing was heard for so long.
with promise as (
    select coalesce(max(expected_s), 3600) as expected_s
    from source_promise
    where stream = 'environment'
),

spoken as (
    select subject, n, heard_at, low, high, gap_s
    from stations_paced(%(at)s, %(known)s, 12)
    where property in ('salinity_gl', 'level_m', 'aqi')
)

select
    c.station_id,
    c.property,
    coalesce(newest.unit_code, c.unit_code) as unit_code,
    newest.value,
    newest.occurred_at as told_at,
    k.heard_at,
    today.value_max,
    extract(epoch from %(at)s - k.heard_at) > 3 * greatest(case when k.n > 3 then k.gap_s else p.expected_s end, p.expected_s / 3) as silent,
    k.n = 12 and k.low = k.high and not (c.property = 'salinity_gl' and k.high < 0.5) as still,
    s.bd1_m,
    s.bd2_m,
    s.bd3_m
from spoken as k
inner join environment_state as c on k.subject = c.subject
cross join promise as p
left join station as s on c.station_id = s.code
left join lateral (
    select e.value, e.occurred_at, e.unit_code
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= %(known)s
        and e.occurred_at >= %(at)s::timestamptz - interval '30 days' and e.occurred_at < %(at)s
    order by e.occurred_at desc, (e.source || ' ' || e.event_id) collate "C" desc
    limit 1
) as newest on true
left join lateral (
    select max(e.value) as value_max
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= %(known)s
        and e.occurred_at >= %(day_from)s and e.occurred_at < %(at)s
) as today on true
order by c.station_id, c.property;

-- name: hours
-- One row per station, property (salt, level) and hour of the 72 before the moment: the greatest good reading. Absent = there was none.
select
    c.station_id,
    c.property,
    date_trunc('hour', e.occurred_at) as hour,
    max(e.value) as value
from environment_state as c
inner join environment_event as e on c.subject = e.subject
where c.property in ('salinity_gl', 'level_m') and c.first_at < %(at)s
    and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= %(known)s
    and e.occurred_at >= %(at)s::timestamptz - interval '72 hours' and e.occurred_at < %(at)s
group by c.station_id, c.property, date_trunc('hour', e.occurred_at)
order by c.station_id, c.property, hour;

-- name: forecasts
-- One row per station and moment that a water level was forecast for, three days back to two ahead: what the newest forecast of it said. Absent = none.
select distinct on (c.station_id, e.valid_at)
    c.station_id,
    e.valid_at,
    e.value_low,
    e.value_high
from environment_state as c
inner join environment_event as e on c.subject = e.subject
where c.property = 'level_m' and c.first_at < %(at)s
    and e.type = 'vn.ioc.environment.forecast.v1' and e.recorded_at <= %(known)s
    and e.occurred_at >= %(at)s::timestamptz - interval '5 days' and e.occurred_at < %(at)s
    and e.valid_at >= %(at)s::timestamptz - interval '72 hours' and e.valid_at < %(at)s::timestamptz + interval '2 days'
order by c.station_id, e.valid_at, e.occurred_at desc, (e.source || ' ' || e.event_id) collate "C" desc;

-- name: salt_line
-- One row per local day of the last 30 and of the moment's: how far from the sea, in km along the water, a station reached 1 and 4 g/l; 0 = none did.
-- Null = no station whose distance is known spoke. Absent day = no station spoke.
select
    d.day,
    case when count(d.sea_km) > 0 then coalesce(max(d.sea_km) filter (where d.value_max >= 1), 0) end as reach_1_km,
    case when count(d.sea_km) > 0 then coalesce(max(d.sea_km) filter (where d.value_max >= 4), 0) end as reach_4_km
from (
    select s.sea_km, (e.occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as day, max(e.value) as value_max
    from environment_state as c
    inner join environment_event as e on c.subject = e.subject
    left join station as s on c.station_id = s.code
    where c.property = 'salinity_gl' and c.first_at < %(at)s
        and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good' and e.recorded_at <= %(known)s
        and e.occurred_at >= %(month_ago_from)s and e.occurred_at < %(at)s
    group by c.subject, s.sea_km, (e.occurred_at at time zone 'Asia/Ho_Chi_Minh')::date
) as d
group by d.day
order by d.day;

-- name: sluices
-- One row per sluice heard of in 30 days: how it was last said to stand and since when (90 days back at most), and the newest salt of 7 hours before
-- it: of the station that it names, else of its unit's. Null = no salt is known there, or no limit. Absent = nothing was heard for so long.
with salt as materialized (
    select station_id, unit_code, value
    from stations_told('salinity_gl', %(at)s, %(known)s, interval '7 hours')
)

select
    told.subject as sluice_id,
    told.unit_code,
    told.station_id,
    told.open_pct,
    told.limit_gl,
    told.occurred_at as told_at,
    told.occurred_at >= %(at)s::timestamptz - interval '48 hours' as is_known,
    turned.since_at,
    (
        select max(t.value)
        from salt as t
        where case when told.station_id is null then told.unit_code <> '' and told.unit_code = t.unit_code else told.station_id = t.station_id end
    ) as salinity_gl
from sluices_told(%(at)s, %(known)s, interval '30 days') as told
left join lateral (
    select min(e.occurred_at) as since_at
    from environment_event as e
    where e.subject = told.subject and e.type = 'vn.ioc.environment.sluice_state.v1' and e.recorded_at <= %(known)s
        and e.occurred_at <= told.occurred_at
        and e.occurred_at > (
            select coalesce(max(o.occurred_at), %(at)s::timestamptz - interval '90 days')
            from environment_event as o
            where o.subject = told.subject and o.type = 'vn.ioc.environment.sluice_state.v1' and o.recorded_at <= %(known)s
                and o.occurred_at >= %(at)s::timestamptz - interval '90 days' and o.occurred_at < told.occurred_at
                and (o.open_pct > 0) <> (told.open_pct > 0)
        )
) as turned on true
order by told.subject;

-- name: bulletins
-- One row per bulletin of natural hazards in force, the gravest first: its newest message holds, none longer than 90 days. An exercise counts where
-- it is simulated. Absent = none is in force.
select
    subject as bulletin,
    risk_level,
    phenomenon,
    issuer,
    occurred_at as issued_at,
    expires_at,
    status = 'exercise' as is_exercise
from bulletins_told(%(at)s, %(known)s)
where (status = 'actual' or (status = 'exercise' and simulated)) and effective_at < %(at)s and expires_at >= %(at)s
order by risk_level desc, expires_at desc, subject;
