-- name: report
-- The report, locked, if it is the province's own, or was filed here for another, and the person's grants reach it. Absent = it is not there, or out of
-- reach.
select state, version, first_at, last_at, simulated, jurisdiction, org_code, unit_code, unit_valid_on
from report_state
where subject = %(subject)s and last_at is not null and within_scope(unit_code, org_code, category, %(scope)s)
    and (
        jurisdiction = '' or exists (
            select from report_filing as f
            where f.subject = report_state.subject
        )
    )
for update;

-- name: report_named
-- The report that another of its jurisdiction is put together with, kept from changing meanwhile. Absent = it is not there, out of reach, or itself part
-- of another.
select version
from report_state
where subject = %(other)s and state not in ('', 'merged') and within_scope(unit_code, org_code, category, %(scope)s)
    and jurisdiction = (
        select mine.jurisdiction from report_state as mine
        where mine.subject = %(subject)s
    )
for share;

-- name: task
-- The task, locked, if the grants reach its owner. Absent = it is not there, or out of reach.
select state, version, first_at, last_at, simulated, org_code, unit_code, unit_valid_on
from task_state
where subject = %(subject)s and last_at is not null and within_scope(unit_code, owner_org, '', %(scope)s)
for update;

-- name: incident
-- The incident, locked, if the grants reach who leads it. Absent = it is not there, or out of reach.
select state, version, first_at, last_at, simulated, org_code, unit_code, unit_valid_on
from incident_state
where subject = %(subject)s and last_at is not null and within_scope(unit_code, org_code, kind, %(scope)s)
for update;

-- name: dossier
-- The dossier, locked, if the grants reach who received it. Absent = it is not there, or out of reach.
select state, version, first_at, last_at, simulated, org_code, unit_code, unit_valid_on
from dossier_state
where subject = %(subject)s and last_at is not null and within_scope(unit_code, org_code, coalesce(sector_code, ''), %(scope)s)
for update;

-- name: alert_first
-- The rule of the alert, locked: who judges it raises and resolves nothing meanwhile. Locked before the alert, as the judge does. Absent = no rule
-- was ever evaluated for it, or there is no such alert.
select rule_id
from alert_rule
where rule_id in (
    select s.rule_id
    from alert_state as s
    where s.subject = %(subject)s
)
for update;

-- name: alert
-- The alert, locked, if the grants reach who has it. Absent = it is not there, or out of reach.
select state, version, first_at, last_at, simulated, org_code, unit_code, unit_valid_on, severity, owner_org
from alert_state
where subject = %(subject)s and last_at is not null and within_scope(unit_code, coalesce(owner_org, org_code), '', %(scope)s)
for update;

-- name: alert_rival
-- An open alert that stands for the same as this one. Absent = there is none.
select other.subject
from alert_state as mine
inner join alert_state as other on mine.dedup_key = other.dedup_key
where mine.subject = %(subject)s and other.subject <> mine.subject and other.state in ('raised', 'acknowledged', 'assigned', 'suppressed')
order by other.subject
limit 1;
