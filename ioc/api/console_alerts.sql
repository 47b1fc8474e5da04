-- name: ended
-- One row per alert that was resolved lately and is not closed, within reach, the last first: what can still be opened again. Absent = none.
select
    s.subject as alert_id, s.state, s.version, s.rule_id, s.severity, s.unit_code, s.org_code, s.owner_org, s.subject_ref, s.raised_at, s.since_at,
    s.acknowledged_at, s.escalation_count, s.told_role, s.takeover, s.until_at, s.reason_code, s.note, s.simulated, s.value, s.cases, s.figures,
    null::timestamptz as began_at, null::timestamptz as live_at
from alert_state as s
where s.state = 'resolved' and s.resolved_at >= %(since)s and within_scope(s.unit_code, coalesce(s.owner_org, s.org_code), '', %(scope)s)
order by s.resolved_at desc, s.subject
limit %(most)s;

-- name: hands
-- One row per alert that a person took or gave on last: who that was. Absent = nobody did, or it is older than keys of decisions are kept.
select distinct on (e.subject) e.subject, k.name, k.actor
from alert_event as e
inner join decision_key as k on e.event_id = k.event_id
where e.subject = any(%(alerts)s) and e.occurred_at >= %(first_at)s
    and e.type in ('vn.ioc.alert.acknowledged.v1', 'vn.ioc.alert.assigned.v1')
order by e.subject, e.occurred_at desc, e.event_id;

-- name: names
-- One row per event of an alert that a person decided, with the person's name. Absent = the centre acted alone, or it is older than keys are kept.
select event_id, name
from decision_key
where event_id = any(%(events)s);

-- name: looked
-- The moment up to which the rules were judged last; null = no engine has looked at anything yet.
select max(evaluated_at) as at
from alert_rule;

-- name: subject
-- What the rule calls the thing behind an alert. Absent = the condition is over.
select dedup_subject
from alert_condition
where alert_id = %(alert_id)s;
