-- name: services
-- One row per level, integration and use of the services on offer at the moment: how many there are. Used, paid = a dossier of theirs was received
-- online, or paid online, within the last 90 days; null = they do not go online, or no dossier of those days names its procedure. A dossier is one
-- of the service whose code is its procedure's, with or without the service number after it. Absent = no such service.
with dossiers as materialized (
    select exists(
        select 1
        from dossier_history
        where procedure_code is not null
            and from_at >= %(day_from)s::timestamptz - interval '89 days'
            and received_at >= %(day_from)s::timestamptz - interval '89 days' and received_at < %(at)s::timestamptz
            and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
            and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    ) as told
)

select
    coalesce(s.level, '') as level,
    s.integrated,
    case when t.told then s.used end as used,
    case when t.told then s.used and s.paid end as paid,
    count(*) as services
from services_used(%(instant)s, %(known)s, %(day_from)s::timestamptz - interval '89 days', %(at)s) as s
cross join dossiers as t
group by 1, 2, 3, 4
order by 1, 2, 3, 4;

-- name: channels
-- One row per week (its Monday) of the last eight and channel: dossiers received. What was known then comes from the history, all else from the
-- daily counts. Absent = none, or nobody told the channel.
with received as (
    select
        day,
        channel,
        received
    from dossier_daily
    where not %(time_machine)s
        and day >= date_trunc('week', %(day)s::date)::date - 49 and day < %(tomorrow)s
        and (%(base_day)s::date is null or as_of_day <= %(base_day)s::date)
    union all
    select
        (received_at at time zone 'Asia/Ho_Chi_Minh')::date,
        channel,
        1
    from dossier_history
    where %(time_machine)s
        and received_at >= (date_trunc('week', %(day)s::date)::date - 49)::timestamp at time zone 'Asia/Ho_Chi_Minh'
        and from_at >= (date_trunc('week', %(day)s::date)::date - 49)::timestamp at time zone 'Asia/Ho_Chi_Minh'
        and received_at < %(at)s::timestamptz
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
)

select
    date_trunc('week', day)::date as week,
    channel,
    sum(received)::bigint as received
from received
where channel <> ''
group by 1, 2
having sum(received) > 0
order by 1, 2;

-- name: unused
-- One row per full online service to which nobody came online in the last 90 days and somebody came on paper, most of these first; the first eight.
-- Absent = it is used online, or nobody asked for it.
select service_code, unit_code, org_code, dossiers
from services_unused(%(instant)s, %(known)s, %(day_from)s::timestamptz - interval '89 days')
order by dossiers desc, service_code
limit 8;

-- name: unsynced
-- One row per unit with dossiers that the national portal has not taken at the moment: how many, and since when the oldest; the oldest first, the
-- first eight. Absent = none is known.
select
    unit_code,
    count(*) as dossiers,
    min(failed_at) as oldest_at
from platform_history
where is_open
    and state = 'unsynced'
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code
order by oldest_at, unit_code
limit 8;

-- name: targets
-- One row per rate with a target of the year that holds at the moment, of the whole province or of a place. Absent = nobody set one.
select distinct on (indicator_id, unit_code, org_code)
    indicator_id,
    unit_code,
    org_code,
    target
from indicator_history
where indicator_id in ('full_online_dossiers', 'online_dossiers', 'online_payment')
    and grain = 'year' and target is not null
    and last_day >= %(day)s::date and first_day <= %(day)s::date
    and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by indicator_id, unit_code, org_code, from_at desc;
