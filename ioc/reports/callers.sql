-- name: earlier
-- Reports of these that the grants reach, the newest first, as they stand. Absent = none of them is within reach.
select
    s.subject,
    s.category,
    s.state,
    s.submitted_at,
    coalesce(s.ended_as = 'rejected', false) as is_rejected,
    s.ended_at is null as is_open
from report_state as s
where s.subject = any(%(subjects)s::text[]) and s.state <> '' and within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
order by s.submitted_at desc nulls last, s.subject desc;
