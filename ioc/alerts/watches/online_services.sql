-- name: online_rate
-- One row per unit, or agency of the whole province, with at least `least_cases` dossiers in the window, the last of them within a fortnight, so
-- that a unit that was abolished says nothing. Null value = no target. Absent = too few dossiers.
with counted as (
    select
        coalesce(nullif(unit_code, ''), org_code) as place,
        min(unit_code) as unit_code,
        case when min(org_code) = max(org_code) then min(org_code) else '' end as org_code,
        sum(received) as received,
        coalesce(sum(received) filter (where channel in ('online', 'app', 'zalo')), 0) as online
    from dossier_counts(
        %(day)s::date - %(window_d)s::int + 1, %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, %(base_day)s::date, %(from_history)s
    )
    group by 1
    having sum(received) >= %(least_cases)s
),

at_work as (
    select coalesce(nullif(unit_code, ''), org_code) as place
    from dossier_counts(
        %(day)s::date - 13, %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, %(base_day)s::date, %(from_history)s
    )
    group by 1
    having sum(received) > 0
),

target as (
    select distinct on (place)
        coalesce(nullif(unit_code, ''), org_code) as place,
        target
    from indicator_history
    where indicator_id = 'online_dossiers' and grain = 'year' and target is not null
        and last_day >= %(day)s::date and first_day <= %(day)s::date
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    order by place, from_at desc
),

rated as (
    select
        c.*,
        100.0 * c.online / c.received as rate_pct,
        coalesce(own.target, whole.target, %(target_pct)s::float8) as target_pct
    from counted as c
    inner join at_work as a on c.place = a.place
    left join target as own on c.place = own.place
    left join target as whole on whole.place = ''
)

select
    place as item,
    unit_code,
    org_code,
    place as site,
    (rate_pct - target_pct)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('rate_pct', round(rate_pct, 2), 'target_pct', target_pct, 'received', received) as figures
from rated;

-- name: online_payment
-- One row for the province. Absent = too few dossiers with a fee. Null value = no target.
with counted as (
    select
        sum(fee_due) as fee_due,
        sum(paid_online) as paid_online
    from dossier_counts(
        %(day)s::date - %(window_d)s::int + 1, %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, %(base_day)s::date, %(from_history)s
    )
    having sum(fee_due) >= %(least_cases)s
),

target as (
    select target
    from indicator_history
    where indicator_id = 'online_payment' and grain = 'year' and target is not null and unit_code = '' and org_code = ''
        and last_day >= %(day)s::date and first_day <= %(day)s::date
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    order by from_at desc
    limit 1
),

rated as (
    select
        c.fee_due,
        100.0 * c.paid_online / c.fee_due as rate_pct,
        coalesce(t.target, %(target_pct)s::float8) as target_pct
    from counted as c
    left join target as t on true
)

select
    'province' as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    (100 * rate_pct / nullif(target_pct, 0))::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('rate_pct', round(rate_pct, 2), 'target_pct', target_pct, 'fee_due', fee_due) as figures
from rated;

-- name: unused_full_services
-- One row per service for which nobody came online in the window and somebody came on paper. A dossier is one of the service whose code is its
-- procedure's, with or without the service number after it. Absent = used online, asked for by nobody, or not full online for so long.
with span as materialized (
    select (%(day)s::date - %(window_d)s::int + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh' as since
)

select
    u.service_code as item,
    u.unit_code,
    u.org_code,
    u.org_code as site,
    u.dossiers::float8 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from span as w
cross join services_unused(%(instant)s, %(known)s, w.since) as u
inner join services_offered(w.since, %(known)s) as b on u.service_code = b.service_code
where b.level = 'full';

-- name: sync_backlog
-- One row for the province. Absent = the national portal has all that it was sent, or nobody told of any.
with waiting as (
    select
        count(*) as backlog,
        min(failed_at) as oldest_at
    from platform_history
    where is_open and state = 'unsynced'
        and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    having count(*) > 0
),

last_worked as (
    select coalesce(max((from_at at time zone 'Asia/Ho_Chi_Minh')::date), %(day)s::date - 1) as day
    from working_time
    where from_at >= %(day_from)s::timestamptz - interval '14 days' and from_at < %(day_from)s::timestamptz
),

today as (
    select coalesce(sum(received), 0) as received
    from dossier_counts(%(day)s, %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, %(base_day)s::date, %(from_history)s)
),

then_worked as (
    select coalesce(sum(c.received), 0) as received
    from last_worked as l
    cross join dossier_counts(l.day, l.day + 1, %(at)s::timestamptz, %(known)s::timestamptz, %(base_day)s::date, %(from_history)s) as c
)

select
    'national-portal' as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    greatest(
        100.0 * w.backlog / nullif(greatest(t.received, y.received), 0) / %(limit_pct)s,
        extract(epoch from %(at)s::timestamptz - w.oldest_at) / 3600.0 / %(limit_h)s
    )::float8 as value,
    w.oldest_at as since_at,
    jsonb_build_object('backlog', w.backlog, 'oldest_h', floor(extract(epoch from %(at)s::timestamptz - w.oldest_at) / 3600)) as figures
from waiting as w
cross join today as t
cross join then_worked as y;

-- name: payment_failures
-- One row per payment service with enough calls in the window. Absent = fewer, or it was not heard of.
select
    service as item,
    '' as unit_code,
    '' as org_code,
    service as site,
    (100.0 * sum(errors) / sum(calls))::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('errors', sum(errors), 'calls', sum(calls)) as figures
from platform_event
where type = 'vn.ioc.platform.api_call_stats.v1'
    and service = any(%(services)s::text[])
    and occurred_at >= %(at)s::timestamptz - make_interval(mins => %(window_min)s::int) and occurred_at < %(at)s::timestamptz
    and recorded_at <= %(known)s::timestamptz
group by service
having sum(calls) >= %(least_cases)s;

-- name: catalogue_sum
-- One row per place and newest period for which the total and all three levels were told. Absent = one of the four is missing.
with told as (
    select distinct on (unit_code, org_code, period, indicator_id)
        unit_code,
        org_code,
        period,
        last_day,
        indicator_id,
        coalesce(numerator, case when coalesce(unit, '') <> '%%' then coalesce(value, published_value) end) as services
    from indicator_history
    where indicator_id in ('services_total', 'services_full', 'services_partial', 'services_information')
        and state = 'observed' and last_day > %(day)s::date - 800
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    order by unit_code, org_code, period, indicator_id, from_at desc
)

select distinct on (unit_code, org_code)
    'services_total/' || coalesce(nullif(unit_code, ''), nullif(org_code, ''), 'province') || '/' || period as item,
    unit_code,
    org_code,
    '' as site,
    abs(
        sum(services) filter (where indicator_id <> 'services_total') - sum(services) filter (where indicator_id = 'services_total')
    )::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object(
        'total', sum(services) filter (where indicator_id = 'services_total'),
        'levels', sum(services) filter (where indicator_id <> 'services_total')
    ) as figures
from told
group by unit_code, org_code, period, last_day
having count(services) = 4
order by unit_code, org_code, last_day desc;
