-- name: begin
-- No rows. Where drawing begins, once.
insert into review_drawn (line) values (0)
on conflict do nothing;

-- name: drawn
-- One row, locked: the ledger's line up to which decisions were drawn.
select line
from review_drawn
for update;

-- name: decisions
-- One row per rejection or merge after a line of the ledger, oldest first. Absent = none came.
select
    line,
    at,
    actor,
    subject,
    content
from audit_line
where action in ('report.rejected', 'report.merged') and line > %(after)s
order by line
limit %(most)s;

-- name: move
-- No rows.
update review_drawn set line = %(line)s;

-- name: put
-- No rows. A decision that the lot has drawn.
insert into review (event_id, line, subject, fact, reason_code, reason, parent_id, actor, decided_at)
values (%(event_id)s, %(line)s, %(subject)s, %(fact)s, %(reason_code)s, %(reason)s, %(parent_id)s, %(actor)s, %(decided_at)s)
on conflict do nothing;

-- name: unread
-- One row per drawn decision of others that nobody has read again, within reach, oldest first, with the report as it stands. Absent = all are read.
select
    v.event_id,
    v.subject,
    v.fact,
    v.reason_code,
    v.reason,
    v.parent_id,
    v.decided_at,
    r.category,
    r.unit_code,
    r.state,
    r.submitted_at
from review as v
inner join report_state as r on v.subject = r.subject
where v.agrees is null and v.actor <> %(actor)s and within_scope(r.unit_code, r.org_code, r.category, %(scope)s)
order by v.line
limit %(most)s;

-- name: read
-- The subject of a decision that is now read again. Absent = it was read already, is one's own, or lies out of reach.
update review as v set agrees = %(agrees)s, words = %(words)s, read_by = %(actor)s, read_at = %(at)s
from report_state as r
where v.event_id = %(event_id)s and v.agrees is null and v.actor <> %(actor)s and r.subject = v.subject
    and within_scope(r.unit_code, r.org_code, r.category, %(scope)s)
returning v.subject;

-- name: shares
-- One row per kind of decision and reason code among those drawn since a moment, most first: of one person, or of all where `actor` is null.
-- Absent = none was drawn.
select
    fact,
    reason_code,
    count(*) as drawn,
    count(agrees) as read,
    count(*) filter (where not agrees) as disagreed
from review
where decided_at >= %(since)s and (%(actor)s::text is null or actor = %(actor)s::text)
group by fact, reason_code
order by drawn desc, fact, reason_code;

-- name: disagreed
-- One row per decision of a person that a lead disagreed with, newest first. Absent = none.
select
    subject,
    fact,
    reason_code,
    words,
    read_at
from review
where actor = %(actor)s and not agrees and decided_at >= %(since)s
order by read_at desc
limit %(most)s;

-- name: handled
-- One row: reports that came or waited since a moment, those that were decided upon first, and of these the rejected and the merged. Absent never.
with decided as (
    select
        count(*) as handled,
        count(*) filter (where ended_as = 'rejected') as rejected,
        count(*) filter (where ended_as = 'merged') as merged
    from report_state
    where triaged_at >= %(since)s and within_scope(unit_code, org_code, category, %(scope)s)
),

waiting as (
    select count(*) as n
    from report_state
    where state in ('submitted', 'needs_info', 'reopened') and triaged_at is null and within_scope(unit_code, org_code, category, %(scope)s)
)

select
    decided.handled + waiting.n as had,
    decided.handled,
    decided.rejected,
    decided.merged
from decided
cross join waiting;
