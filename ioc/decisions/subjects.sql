-- name: report
-- The report, locked, if it is the province's own and the person's grants reach it. Absent = it is not there, or out of reach.
select state, version, first_at, last_at, simulated, jurisdiction, org_code, unit_code, unit_valid_on
from report_state
where subject = %(subject)s and last_at is not null and jurisdiction = '' and within_scope(unit_code, org_code, category, %(scope)s)
for update;

-- name: report_named
-- The report that another is put together with, kept from changing meanwhile. Absent = it is not there, out of reach, or itself part of another.
select version
from report_state
where subject = %(subject)s and state not in ('', 'merged') and jurisdiction = '' and within_scope(unit_code, org_code, category, %(scope)s)
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
