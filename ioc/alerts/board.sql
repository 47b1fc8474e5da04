-- name: open
-- One row per open alert that the scope reaches, the gravest first, then the oldest; its present value and count where the condition lasts.
-- Absent = nothing is open, or out of reach. `live_at`: when the condition was last found; null = nothing stands behind it any more.
select
    s.subject as alert_id, s.state, s.version, s.rule_id, s.severity, s.unit_code, s.org_code, s.owner_org, s.subject_ref, s.raised_at, s.since_at,
    s.acknowledged_at, s.escalation_count, s.told_role, s.takeover, s.until_at, s.reason_code, s.note, s.simulated,
    coalesce(c.value, s.value) as value, coalesce(nullif(c.cases, 0), s.cases) as cases, coalesce(c.figures, s.figures) as figures,
    c.since_at as began_at, c.seen_at as live_at
from alert_state as s
left join alert_condition as c on s.subject = c.alert_id
where s.state in ('raised', 'acknowledged', 'assigned', 'suppressed')
    and within_scope(s.unit_code, coalesce(s.owner_org, s.org_code), '', %(scope)s)
order by s.severity desc, s.raised_at, s.subject
limit %(most)s;

-- name: counts
-- One row per severity and state with open alerts that the scope reaches, whatever their number. Absent = none.
select severity, state, count(*) as n
from alert_state
where state in ('raised', 'acknowledged', 'assigned', 'suppressed')
    and within_scope(unit_code, coalesce(owner_org, org_code), '', %(scope)s)
group by severity, state
order by severity, state;

-- name: one
-- The alert, open or not, if the scope reaches it. Absent = it is not there, or out of reach.
select
    s.subject as alert_id, s.state, s.version, s.rule_id, s.severity, s.unit_code, s.org_code, s.owner_org, s.subject_ref, s.raised_at, s.since_at,
    s.acknowledged_at, s.escalation_count, s.told_role, s.takeover, s.until_at, s.reason_code, s.note, s.simulated,
    coalesce(c.value, s.value) as value, coalesce(nullif(c.cases, 0), s.cases) as cases, coalesce(c.figures, s.figures) as figures,
    c.since_at as began_at, c.seen_at as live_at
from alert_state as s
left join alert_condition as c on s.subject = c.alert_id
where s.subject = %(alert_id)s and within_scope(s.unit_code, coalesce(s.owner_org, s.org_code), '', %(scope)s);

-- name: told
-- One row per event of an alert, oldest first. Absent = there is no such alert.
select event_id, type, occurred_at, recorded_at, severity, value, cases, owner_org, actor_role, told_role, reason_code, note, until_at
from alert_event
where subject = %(alert_id)s and occurred_at >= %(first_at)s
order by occurred_at, recorded_at, event_id;

-- name: rules
-- One row per rule that was ever evaluated: how it stands. Absent = no engine has looked at it yet.
select rule_id, evaluated_at, state, note, took_ms, open_count
from alert_rule
order by rule_id;
