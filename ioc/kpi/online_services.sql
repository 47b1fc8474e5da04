-- name: dossiers
-- One row per receiving unit and agency with dossiers received or resolved in the period. Online = by portal, app or Zalo. Absent = none.
select
    unit_code,
    org_code,
    sum(received) as received,
    coalesce(sum(received) filter (where channel in ('online', 'app', 'zalo')), 0) as received_online,
    coalesce(sum(received) filter (where channel = 'online'), 0) as received_portal,
    coalesce(sum(received) filter (where channel = 'app'), 0) as received_app,
    coalesce(sum(received) filter (where channel = 'zalo'), 0) as received_zalo,
    coalesce(sum(received) filter (where channel = 'counter'), 0) as received_counter,
    coalesce(sum(received) filter (where channel = 'post'), 0) as received_post,
    coalesce(sum(received) filter (where service_level = 'full'), 0) as received_full,
    coalesce(sum(received) filter (where service_level = 'full' and channel in ('online', 'app', 'zalo')), 0) as received_full_online,
    sum(fee_due) as fee_due,
    sum(paid_online) as paid_online,
    sum(digitised) as digitised,
    sum(reused) as reused,
    sum(resolved) as resolved,
    sum(electronic_result) as electronic_result
from dossier_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code, org_code;

-- name: catalogue
-- One row per unit and agency that offers services at the moment. Absent = it offers none.
select
    unit_code,
    org_code,
    count(*) as services,
    count(*) filter (where level = 'full') as services_full,
    count(*) filter (where level = 'partial') as services_partial,
    count(*) filter (where level = 'information') as services_information,
    count(*) filter (where integrated) as integrated,
    count(*) filter (where payable) as payable,
    count(*) filter (where level in ('full', 'partial')) as services_online,
    count(*) filter (where qr) as with_qr
from services_offered(%(instant)s, %(known)s)
group by unit_code, org_code;

-- name: used
-- One row per unit and agency that offers full or partial services at the moment: for how many of them a dossier of the period came online. A
-- dossier is one of the service whose code is its procedure's, with or without the service number after it. Absent = none is offered; null =
-- no dossier at all was counted in the period, so nothing can be said of its channel.
with dossiers as materialized (
    select coalesce(sum(received), 0) > 0 as told
    from dossier_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
),

asked_for as materialized (
    select unit_code, org_code, level, used
    from services_used(%(instant)s, %(known)s, %(since)s, %(until)s)
    where level in ('full', 'partial')
)

select
    unit_code,
    org_code,
    count(*) as offered,
    case when bool_or(told) then count(*) filter (where used) end as used,
    case when bool_or(told) then count(*) filter (where level = 'full' and not used) end as unused_full
from asked_for
cross join dossiers
group by unit_code, org_code;

-- name: sync
-- One row per unit with dossiers received, or acknowledged or refused by the national portal, in the period. Null = the portal told nothing of
-- that unit's dossiers. Absent = neither.
with told as (
    select unit_code, received, null::int as acknowledged, null::int as failed
    from dossier_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
    union all
    select unit_code, null::int, acknowledged, failed
    from sync_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
)

select
    unit_code,
    '' as org_code,
    sum(received) as received,
    case when sum(acknowledged) + sum(failed) > 0 then sum(acknowledged) end as acknowledged,
    sum(failed) as failed
from told
group by unit_code;

-- name: sync_backlog
-- One row per unit with dossiers that the national portal has not taken at the moment. Absent = none is known.
select
    unit_code,
    '' as org_code,
    count(*) as unsynced,
    count(*) filter (where failed_at < %(at)s::timestamptz - interval '24 hours') as unsynced_over_24_h
from platform_history
where is_open
    and state = 'unsynced'
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: lookups
-- One row per agency whose services were looked up in the period, under the unit that offers the service at the moment ('' = none does). Hours
-- and events as in camera_hours (0013). Absent = nobody looked, or nothing was heard.
with told as (
    select service_code, org_code, channel, lookups
    from service_lookup_hourly
    where not %(time_machine)s
        and hour >= %(since)s and hour < date_trunc('hour', %(until)s::timestamptz)
    union all
    select subject, org_code, channel, count
    from service_event
    where type = 'vn.ioc.service.lookup.v1'
        and occurred_at < %(until)s and recorded_at <= %(known)s
        and occurred_at >= case
            when %(time_machine)s then %(since)s::timestamptz
            else greatest(%(since)s::timestamptz, date_trunc('hour', %(until)s::timestamptz))
        end
)

select
    coalesce(o.unit_code, '') as unit_code,
    coalesce(nullif(t.org_code, ''), o.org_code, '') as org_code,
    sum(t.lookups) as lookups,
    sum(t.lookups) filter (where t.channel = 'web') as web,
    sum(t.lookups) filter (where t.channel = 'app') as app,
    sum(t.lookups) filter (where t.channel = 'zalo') as zalo,
    sum(t.lookups) filter (where t.channel = 'qr') as qr
from told as t
left join services_offered(%(instant)s, %(known)s) as o on t.service_code = o.service_code
group by 1, 2;
