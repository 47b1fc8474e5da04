-- name: salinity
-- One row per unit and one (unit_code null) for the whole: salt over the station-days of the period. Null = no station, or none so placed,
-- was heard, or none reached the line.
with station_day as (
    select
        r.unit_code,
        r.station_id,
        min(r.value_min) as value_min,
        max(r.value_max) as value_max
    from environment_readings(%(since)s, %(until)s, %(known)s, %(time_machine)s) as r
    where r.property = 'salinity_gl'
    group by r.unit_code, r.station_id, (r.hour at time zone 'Asia/Ho_Chi_Minh')::date
)

select
    d.unit_code,
    null as org_code,
    count(distinct d.station_id) as stations,
    count(distinct s.code) filter (where s.sea_km is not null) as placed_stations,
    max(d.value_max) as salinity_max,
    min(d.value_min) as salinity_min,
    max(s.sea_km) filter (where d.value_max >= 1) as reach_1_km,
    max(s.sea_km) filter (where d.value_max >= 4) as reach_4_km,
    count(*) as station_days,
    count(*) filter (where d.value_max >= 1) as days_1,
    count(*) filter (where d.value_max >= 4) as days_4,
    count(s.salinity_limit_gl) as days_with_limit,
    count(*) filter (where d.value_max >= s.salinity_limit_gl) as days_over_limit
from station_day as d
left join station as s on d.station_id = s.code
group by grouping sets ((), (d.unit_code));

-- name: level
-- One row per unit and one (unit_code null) for the whole: water levels over the station-days of the period, against the alarm levels of
-- the stations that have them. Null = no station, or none with such a level, was heard.
with station_day as (
    select r.unit_code, r.station_id, max(r.value_max) as value_max
    from environment_readings(%(since)s, %(until)s, %(known)s, %(time_machine)s) as r
    where r.property = 'level_m'
    group by r.unit_code, r.station_id, (r.hour at time zone 'Asia/Ho_Chi_Minh')::date
)

select
    d.unit_code,
    null as org_code,
    count(distinct d.station_id) as stations,
    count(distinct s.code) filter (where s.bd3_m is not null) as stations_bd3,
    max(d.value_max) as level_max_m,
    max(d.value_max - s.bd3_m) as over_bd3_m,
    count(s.bd1_m) as days_with_bd1,
    count(s.bd2_m) as days_with_bd2,
    count(s.bd3_m) as days_with_bd3,
    count(*) filter (where d.value_max >= s.bd1_m) as days_bd1,
    count(*) filter (where d.value_max >= s.bd2_m) as days_bd2,
    count(*) filter (where d.value_max >= s.bd3_m) as days_bd3
from station_day as d
left join station as s on d.station_id = s.code
group by grouping sets ((), (d.unit_code));

-- name: air
-- One row per unit and one (unit_code null) for the whole: the index as stations told it over the station-hours of the period. The index of
-- a day is told by itself, it is no mean of hours. Null = no station told.
with station_hour as (
    select r.unit_code, r.station_id, r.hour, r.property, max(r.value_max) as value_max
    from environment_readings(%(since)s, %(until)s, %(known)s, %(time_machine)s) as r
    where r.property in ('aqi', 'aqi_day')
    group by r.unit_code, r.station_id, r.hour, r.property
)

select
    unit_code,
    null as org_code,
    count(distinct station_id) filter (where property = 'aqi') as stations,
    max(value_max) filter (where property = 'aqi') as aqi_max,
    count(*) filter (where property = 'aqi') as station_hours,
    count(*) filter (where property = 'aqi' and value_max > 150) as hours_bad,
    count(distinct station_id) filter (where property = 'aqi_day') as day_stations,
    max(value_max) filter (where property = 'aqi_day') as aqi_day_max
from station_hour
group by grouping sets ((), (unit_code));

-- name: air_now
-- One row per unit and one (unit_code null) for the whole: the worst of the stations' newest indices of the last two hours. Null = none told.
select unit_code, null as org_code, count(*) as stations, max(value) as aqi
from stations_told('aqi', %(at)s, %(known)s, interval '2 hours')
group by grouping sets ((), (unit_code));

-- name: sluices
-- One row per unit and one (unit_code null) for the whole: sluices by what was last said of them in 48 hours. Absent = none was heard of.
select
    unit_code,
    null as org_code,
    count(*) as sluices,
    count(*) filter (where open_pct > 0) as open,
    count(*) filter (where open_pct = 0) as closed
from sluices_told(%(at)s, %(known)s, interval '48 hours')
group by grouping sets ((), (unit_code))
having count(*) > 0;

-- name: bulletins
-- One row per unit that a bulletin in force names and one (unit_code null) for the whole. An exercise counts where it is simulated: a real database holds none of those. Null = no bulletin is in force.
with newest as (
    select risk_level, area_units
    from bulletins_told(%(at)s, %(known)s)
    where (status = 'actual' or (status = 'exercise' and simulated)) and effective_at < %(at)s and expires_at >= %(at)s
),

placed as (
    select distinct btrim(area.code) as unit_code, newest.*
    from newest
    cross join lateral unnest(string_to_array(newest.area_units, ',')) as area (code)
)

select null as unit_code, null as org_code, max(risk_level) as risk_level, count(*) as bulletins
from newest
having count(*) > 0
union all
select unit_code, null, max(risk_level), count(*)
from placed
where unit_code <> ''
group by unit_code;
