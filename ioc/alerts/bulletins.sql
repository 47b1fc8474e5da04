-- name: in_force
-- One row per bulletin that holds at a moment, as far as was known then: its newest message. Tests, and what was cancelled, are left out.
-- Absent = no bulletin is in force.
select
    subject, identifier, status, simulated, risk_level, phenomenon, issuer, occurred_at, effective_at, expires_at, headline, area, area_units, geometry
from bulletins_told(%(at)s, %(known)s)
where status in ('actual', 'exercise') and effective_at < %(at)s and expires_at >= %(at)s
order by risk_level, occurred_at, subject;
