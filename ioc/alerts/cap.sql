-- name: recent
-- One row per alert within reach that is or was of severity 3 or 4 and is open, or ended since a moment; what moved last comes first.
-- Absent = there is none, or out of reach.
select s.subject as alert_id, s.first_at
from alert_state as s
where (s.state in ('raised', 'acknowledged', 'assigned', 'suppressed') or s.resolved_at >= %(ended_since)s)
    and (s.severity >= 3 or exists (
        select 1 from alert_event as e
        where e.subject = s.subject and e.occurred_at >= s.first_at and e.severity >= 3
    ))
    and within_scope(s.unit_code, coalesce(s.owner_org, s.org_code), '', %(scope)s)
order by s.last_at desc, s.subject
limit %(most)s;

-- name: one
-- The alert, if the scope reaches it. Absent = it is not there, or out of reach.
select s.subject as alert_id, s.first_at
from alert_state as s
where s.subject = %(alert_id)s and within_scope(s.unit_code, coalesce(s.owner_org, s.org_code), '', %(scope)s);

-- name: events
-- One row per event of the alerts, in no order: what was found, nothing of who acted. Absent = there is no such alert.
select
    subject as alert_id, event_id, source, type, sequence, occurred_at, simulated, rule_id, severity, unit_code, org_code, subject_ref, value, cases,
    figures, basis
from alert_event
where subject = any(%(alerts)s) and occurred_at >= %(first_at)s;

-- name: outline
-- Official outline of a unit on a day, as it is drawn (GeoJSON). Absent = no boundaries of that day were imported.
select b.display::text as outline
from boundary_layer as l
inner join boundary as b on l.layer_id = b.layer_id
where b.unit_code = %(unit_code)s and l.replaced_at is null
    and l.valid_from <= %(day)s::date and (l.valid_to is null or %(day)s::date < l.valid_to)
order by l.layer_id desc
limit 1;

-- name: drawn
-- The area of a bulletin as it was drawn in its newest message up to a moment (GeoJSON). Absent = no such bulletin, or it was not drawn.
select geometry
from environment_event
where subject = %(subject)s and type = 'vn.ioc.environment.bulletin.v1' and msg_type <> 'cancel'
    and occurred_at <= %(at)s and occurred_at >= %(at)s::timestamptz - interval '90 days'
order by occurred_at desc, (source || ' ' || event_id) collate "C" desc
limit 1;
