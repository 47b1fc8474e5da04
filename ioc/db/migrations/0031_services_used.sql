-- Whether a service was used is asked code by code, each by its newest dossier: asked of both codes at once, the planner reads and sorts all dossiers
-- of a service that many use (16,000 pages over a year at a fiftieth of the province's volume).
create or replace function services_used(instant timestamptz, known_at timestamptz, since timestamptz, until timestamptz)
returns table (service_code text, unit_code text, org_code text, level text, integrated bool, used bool, paid bool)
language sql stable parallel safe as $$
select
    o.service_code, o.unit_code, o.org_code, o.level, o.integrated,
    case when o.level in ('full', 'partial') then (
        select true
        from unnest(o.codes) as c (code)
        cross join lateral (
            select 1
            from dossier_history as d
            where d.procedure_code = c.code and d.channel in ('online', 'app', 'zalo')
                and d.received_at >= since and d.received_at < until
                and d.from_at <= instant and d.to_at > instant and d.known_from <= known_at and d.known_to > known_at
            order by d.received_at desc
            limit 1
        ) as d
        limit 1
    ) is not null end,
    case when o.level in ('full', 'partial') then (
        select true
        from unnest(o.codes) as c (code)
        cross join lateral (
            select 1
            from dossier_history as d
            where d.procedure_code = c.code and d.channel in ('online', 'app', 'zalo') and d.paid_online
                and d.received_at >= since and d.received_at < until
                and d.from_at <= instant and d.to_at > instant and d.known_from <= known_at and d.known_to > known_at
            order by d.received_at desc
            limit 1
        ) as d
        limit 1
    ) is not null end
from services_offered(instant, known_at) as o
$$;

create or replace function services_unused(instant timestamptz, known_at timestamptz, since timestamptz)
returns table (service_code text, unit_code text, org_code text, dossiers bigint)
language sql stable parallel safe as $$
with on_paper as materialized (
    select procedure_code, count(*) as dossiers
    from dossier_history
    where channel in ('counter', 'post') and procedure_code is not null
        and from_at >= since and received_at >= since and received_at <= instant
        and from_at <= instant and to_at > instant and known_from <= known_at and known_to > known_at
    group by procedure_code
),

asked_for as materialized (
    select o.service_code, o.unit_code, o.org_code, o.codes, sum(p.dossiers)::bigint as dossiers
    from services_offered(instant, known_at) as o
    cross join lateral (select distinct c.code from unnest(o.codes) as c (code)) as of
    inner join on_paper as p on of.code = p.procedure_code
    where o.level = 'full'
    group by o.service_code, o.unit_code, o.org_code, o.codes
)

select a.service_code, a.unit_code, a.org_code, a.dossiers
from asked_for as a
left join lateral (
    select true as used
    from unnest(a.codes) as c (code)
    cross join lateral (
        select 1
        from dossier_history as d
        where d.procedure_code = c.code and d.channel in ('online', 'app', 'zalo')
            and d.received_at >= since and d.received_at <= instant
            and d.from_at <= instant and d.to_at > instant and d.known_from <= known_at and d.known_to > known_at
        order by d.received_at desc
        limit 1
    ) as d
    limit 1
) as u on true
where u.used is null
$$;
