-- What was last said of each bulletin of natural hazards before a moment, as far as was known then; what was cancelled is left out, and none is
-- longer than 90 days. Whoever asks says which status and which time of it counts. Parameters are named in full: the state has a column seen_at.
create function bulletins_told(before_at timestamptz, known_at timestamptz)
returns table (
    subject text, first_at timestamptz, identifier text, status text, simulated bool, risk_level smallint, phenomenon text, issuer text,
    occurred_at timestamptz, effective_at timestamptz, expires_at timestamptz, headline text, area text, area_units text, geometry text
)
language sql stable parallel safe as $$
select
    c.subject, c.first_at, told.identifier, told.status, told.simulated, told.risk_level, told.phenomenon, told.issuer, told.occurred_at,
    told.effective_at, told.expires_at, told.headline, told.area, told.area_units, told.geometry
from environment_state as c
cross join lateral (
    select e.*
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.bulletin.v1' and e.recorded_at <= bulletins_told.known_at
        and e.occurred_at >= bulletins_told.before_at - interval '90 days' and e.occurred_at < bulletins_told.before_at
    order by e.occurred_at desc, (e.source || ' ' || e.event_id) collate "C" desc
    limit 1
) as told
where c.bulletin_at is not null and c.first_at < bulletins_told.before_at and told.msg_type <> 'cancel'
$$;
