-- name: dossiers
-- One row: what the dossiers of the period come to. Null = nobody told it of any of them. Absent = no dossier was submitted, received or resolved.
with counted as (
    select
        sum(received) as received,
        coalesce(sum(received) filter (where channel in ('online', 'app', 'zalo')), 0) as received_online,
        sum(digitised) as received_digitised,
        sum(reused) as received_reused,
        sum(resolved) as resolved,
        sum(early) + sum(on_time) as resolved_on_time,
        sum(electronic_result) as resolved_digitised,
        sum(fee_due) as fee_due,
        sum(paid_online) as paid_online,
        sum(rated) as ratings,
        sum(satisfied) as ratings_satisfied
    from dossier_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
    where (%(unit_code)s::text is null or unit_code = %(unit_code)s) and (%(org_code)s::text is null or org_code = %(org_code)s)
    having sum(submitted) + sum(received) + sum(resolved) > 0
),

told as (
    select
        bool_or(digitised is not null) as digitised,
        bool_or(reused is not null) as reused,
        bool_or(electronic_result is not null) as electronic_result,
        bool_or(fee_due is not null) as fee_due,
        bool_or(channel <> '') as channel
    from dossier_history
    where (%(unit_code)s::text is null or unit_code = %(unit_code)s) and (%(org_code)s::text is null or org_code = %(org_code)s)
        and from_at >= %(since)s
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
)

select
    counted.received,
    case when told.channel then counted.received_online end as received_online,
    case when told.digitised then counted.received_digitised end as received_digitised,
    case when told.reused then counted.received_reused end as received_reused,
    counted.resolved,
    counted.resolved_on_time,
    case when told.electronic_result then counted.resolved_digitised end as resolved_digitised,
    case when told.fee_due then counted.fee_due end as fee_due,
    case when told.fee_due then counted.paid_online end as paid_online,
    counted.ratings,
    counted.ratings_satisfied
from counted
cross join told;

-- name: synchronised
-- One row: dossiers that the national portal acknowledged in the period and has not lost since. Null = nobody told of any.
select sum(acknowledged) as synchronised
from sync_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
where %(org_code)s::text is null and (%(unit_code)s::text is null or unit_code = %(unit_code)s);

-- name: services
-- One row: services on offer at the moment, and those of them that go online. Absent = no catalogue was told.
select
    count(*) as services,
    count(*) filter (where level in ('full', 'partial')) as services_online
from services_offered(%(instant)s, %(known)s)
where (%(unit_code)s::text is null or unit_code = %(unit_code)s) and (%(org_code)s::text is null or org_code = %(org_code)s)
having count(*) > 0;

-- name: services_used
-- One row: services online at the moment with a dossier that came online in the period, as the figure `used` counts them, but for the place's own
-- dossiers. Absent = no dossier of the period names its procedure.
with named as materialized (
    select procedure_code, bool_or(channel in ('online', 'app', 'zalo')) as is_online
    from dossier_history
    where procedure_code is not null
        and (%(unit_code)s::text is null or unit_code = %(unit_code)s) and (%(org_code)s::text is null or org_code = %(org_code)s)
        and received_at >= %(since)s and received_at < %(until)s
        and from_at >= %(since)s
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
    group by procedure_code
),

offered as (
    select distinct service_code, unnest(codes) as code
    from services_offered(%(instant)s, %(known)s)
    where level in ('full', 'partial')
        and (%(unit_code)s::text is null or unit_code = %(unit_code)s) and (%(org_code)s::text is null or org_code = %(org_code)s)
)

select count(distinct offered.service_code) as services_with_online_dossiers
from named
left join offered on named.procedure_code = offered.code and named.is_online
having count(*) > 0;

-- name: petitions
-- One row: the reports answered in the period. Absent = none was sent or answered, or an agency is asked for, by which they are not counted.
select
    sum(resolved) as petitions_answered,
    sum(on_time) as petitions_on_time,
    sum(rated) as petition_ratings,
    sum(satisfied) as petition_ratings_satisfied
from report_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
where jurisdiction = %(jurisdiction)s
    and %(org_code)s::text is null and (%(unit_code)s::text is null or unit_code = %(unit_code)s)
having sum(submitted) + sum(resolved) > 0;
