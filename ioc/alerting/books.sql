-- name: known
-- No rows. The rule has a row to lock.
insert into alert_rule (rule_id) values (%(rule)s) on conflict do nothing;

-- name: lock
-- The rule, this engine's until the transaction ends: how far it was looked at, and how it stood.
select evaluated_at, state from alert_rule
where rule_id = %(rule)s for update;

-- name: states
-- One row per rule that was ever evaluated. Absent = never.
select rule_id, evaluated_at, state from alert_rule;

-- name: note
-- No rows. How the rule stands now; a later look is not overwritten by an earlier one.
insert into alert_rule as r (rule_id, evaluated_at, state, note, took_ms, open_count)
values (%(rule)s, %(at)s, %(state)s, %(note)s, %(took_ms)s, coalesce(%(open)s::int, 0))
on conflict (rule_id) do update set
    evaluated_at = greatest(r.evaluated_at, excluded.evaluated_at), state = excluded.state, note = excluded.note,
    took_ms = coalesce(excluded.took_ms, r.took_ms), open_count = coalesce(%(open)s::int, r.open_count);

-- name: conditions
-- One row per subject of the rule that is remembered, with what people have done about its alert. Absent = nothing was wrong within the hour.
select
    c.dedup_subject, c.unit_code, c.org_code, c.level, c.since_at, c.level_since_at, c.clear_since_at, c.alert_id, c.alert_level,
    case when s.state in ('resolved', 'closed') then s.resolved_at end as closed_at, c.raisings, c.value, c.cases
from alert_condition as c
left join alert_state as s on c.alert_id = s.subject
where c.rule_id = %(rule)s;

-- name: orphans
-- One row per open alert of the rule that no condition speaks of: a person opened it again after it was over. Absent = none.
select s.subject, s.dedup_key, s.severity
from alert_state as s
where s.rule_id = %(rule)s and s.state in ('raised', 'acknowledged', 'assigned', 'suppressed')
    and not exists (
        select 1
        from alert_condition as c
        where c.alert_id = s.subject
    );

-- name: keep
-- No rows. The condition as it is now.
insert into alert_condition (
    rule_id, dedup_subject, unit_code, org_code, level, since_at, level_since_at, clear_since_at, alert_id, alert_level, raisings, value, cases,
    figures, seen_at
)
values (
    %(rule)s, %(subject)s, %(unit)s, %(org)s, %(level)s, %(since_at)s, %(level_since_at)s, %(clear_since_at)s, %(alert_id)s, %(alert_level)s,
    %(raisings)s, %(value)s, %(cases)s, %(figures)s, %(at)s
)
on conflict (rule_id, dedup_subject) do update set
    unit_code = excluded.unit_code, org_code = excluded.org_code, level = excluded.level, since_at = excluded.since_at,
    level_since_at = excluded.level_since_at, clear_since_at = excluded.clear_since_at, alert_id = excluded.alert_id,
    alert_level = excluded.alert_level, raisings = excluded.raisings, value = excluded.value, cases = excluded.cases, figures = excluded.figures,
    seen_at = excluded.seen_at;

-- name: forget
-- No rows. Nothing is wrong with the subject, nor was within the hour.
delete from alert_condition
where rule_id = %(rule)s and dedup_subject = %(subject)s;

-- name: alerts
-- One row per named alert, locked in the order of its number: where it stands. Absent = there is no such alert.
select subject, state, last_at, rule_id, severity, org_code, unit_code, unit_valid_on, subject_ref, value, cases, figures, raised_at
from alert_state
where subject = any(%(alerts)s)
order by subject
for update;

-- name: plan
-- No rows. Who is told next of an alert, and when.
insert into alert_step (alert_id, step, due_at) values (%(alert_id)s, %(step)s, %(due_at)s)
on conflict (alert_id) do update set step = excluded.step, due_at = excluded.due_at;

-- name: unplan
-- No rows. Nobody more is told of these.
delete from alert_step
where alert_id = any(%(alerts)s);

-- name: steps_due
-- One row per alert that nobody has acknowledged when somebody else was to be told, locked. Absent = none is due.
select s.subject, t.step
from alert_step as t
inner join alert_state as s on t.alert_id = s.subject
where t.due_at <= %(at)s and s.state = 'raised'
order by s.subject
limit %(most)s
for update of s skip locked;

-- name: suppressions_over
-- One row per alert whose suppression has ended, locked. Absent = none.
select subject
from alert_state
where state = 'suppressed' and until_at <= %(at)s
order by subject
limit %(most)s
for update skip locked;

-- name: closable
-- One row per resolved alert that may be closed without a person, locked: a grave one (4) waits for somebody. Absent = none.
select subject
from alert_state
where state = 'resolved' and resolved_at <= %(before)s and severity < 4
order by subject
limit %(most)s
for update skip locked;

-- name: recipients
-- One row per address that hears of alerts of a severity told to the roles, in a unit. Absent = nobody wants a letter.
select distinct address
from alert_recipient
where ended_at is null and role = any(%(roles)s) and severity <= %(severity)s and unit_code in ('', %(unit)s)
order by address;

-- name: heard
-- One row per source: up to when its data reach. Absent = never heard.
select stream, source, last_occurred_at, last_recorded_at, simulated from source_state;
