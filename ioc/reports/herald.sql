-- name: owed
-- One row per report whose citizen is to be told how it stands, the longest owed first; held until the transaction ends, so that two heralds tell each
-- once, and that what changes meanwhile is owed anew; one that changes just now is told the next time. Absent = nobody is owed anything.
select o.subject, f.jurisdiction, f.category as filed_category, f.channel, f.actor, f.told_state, f.told_due_at, s.state, s.category, s.org_code,
    s.unit_code, s.due_at, s.ended_as, s.reason_code, s.parent_id, s.rating, s.simulated, s.last_at, s.version
from report_owed as o
inner join report_filing as f on o.subject = f.subject
inner join report_state as s on o.subject = s.subject
where s.state <> ''
order by o.since
limit %(most)s
for update of o skip locked;

-- name: told
-- No rows: what a citizen was told. What is open again is closed anew later.
update report_filing
set told_state = %(state)s, told_due_at = %(due_at)s,
    closing_at = case when %(state)s in ('resolved', 'published', 'rejected', 'merged', 'referred', 'closed') then closing_at end
where subject = %(subject)s;

-- name: paid
-- No rows: nothing more is owed to these.
delete from report_owed
where subject = any(%(subjects)s);

-- name: closing
-- One row per report filed here that ended so long ago that nobody can reopen it, marked as being closed. Absent = none.
with found as (
    select f.subject, s.version, s.simulated, s.jurisdiction, s.org_code, s.unit_code, s.unit_valid_on
    from report_filing as f
    inner join report_state as s on f.subject = s.subject
    where f.closing_at is null and f.told_state in ('resolved', 'published', 'rejected', 'merged', 'referred')
        and s.state in ('resolved', 'published', 'rejected', 'merged', 'referred') and s.ended_at < %(before)s
    order by s.ended_at
    limit %(most)s
    for update of f skip locked
)

update report_filing as t
set closing_at = %(at)s
from found
where t.subject = found.subject
returning found.subject, found.version, found.simulated, found.jurisdiction, found.org_code, found.unit_code, found.unit_valid_on;
