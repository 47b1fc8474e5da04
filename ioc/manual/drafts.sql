-- name: lock
-- One row of nothing: who changes the same figure at once waits here.
select pg_advisory_xact_lock(hashtextextended('figure ' || %(subject)s, 0));

-- name: newest
-- The newest draft of each figure asked for, within reach. Absent = nobody has entered it, or it lies out of reach.
select distinct on (subject)
    subject,
    indicator_id,
    org_code,
    unit_code,
    agency,
    period,
    typed,
    version,
    state,
    entered_at,
    entered_by,
    entered_name,
    decided_at,
    decided_name,
    reason,
    approved_on,
    revision
from figure_draft
where subject = any(%(subjects)s) and within_scope(unit_code, agency, panel, %(scope)s)
order by subject, draft_id desc;

-- name: open
-- Figures of which a draft waits or was returned, within reach. Absent = there is none.
select subject
from figure_draft
where state <> 'approved' and within_scope(unit_code, agency, panel, %(scope)s)
order by subject;

-- name: history
-- One row per draft of a figure within reach, newest first. Absent = nobody has entered it.
select
    subject,
    indicator_id,
    org_code,
    unit_code,
    agency,
    period,
    typed,
    version,
    state,
    entered_at,
    entered_by,
    entered_name,
    decided_at,
    decided_name,
    reason,
    approved_on,
    revision
from figure_draft
where subject = %(subject)s and within_scope(unit_code, agency, panel, %(scope)s)
order by draft_id desc
limit 20;

-- name: begin
-- No rows. A figure's first draft, or its correction's.
insert into figure_draft (
    subject, indicator_id, panel, org_code, unit_code, agency, period, typed, version, state, entered_at, entered_by, entered_name
)
values (
    %(subject)s, %(indicator_id)s, %(panel)s, %(org_code)s, %(unit_code)s, %(agency)s, %(period)s, %(typed)s, %(version)s, 'waiting', %(at)s,
    %(actor)s, %(name)s
);

-- name: enter_again
-- No rows. What was entered replaces what waits or was returned; the ledger keeps both.
update figure_draft
set typed = %(typed)s, version = %(version)s, state = 'waiting', entered_at = %(at)s, entered_by = %(actor)s, entered_name = %(name)s,
    decided_at = null, decided_by = null, decided_name = null
where subject = %(subject)s and state <> 'approved';

-- name: return
-- The draft's subject. Absent = it does not wait, or is the person's own.
update figure_draft
set state = 'returned', version = %(version)s, decided_at = %(at)s, decided_by = %(actor)s, decided_name = %(name)s, reason = %(reason)s
where subject = %(subject)s and state = 'waiting' and entered_by <> %(actor)s
returning subject;

-- name: approve
-- The draft's subject. Absent = it does not wait, or is the person's own.
update figure_draft
set state = 'approved', version = %(version)s, decided_at = %(at)s, decided_by = %(actor)s, decided_name = %(name)s, approved_on = %(approved_on)s,
    revision = %(revision)s, event_id = %(event_id)s
where subject = %(subject)s and state = 'waiting' and entered_by <> %(actor)s
returning subject;

-- name: revision
-- One row: the number of the next correction: after those approved here, and after what was told of the figure from the first moment of the day on
-- which it is approved.
select greatest(
    coalesce((
        select max(d.revision) + 1
        from figure_draft as d
        where d.subject = %(subject)s
    ), 0),
    coalesce((
        select max(case when e.sequence ~ '^[0-9]{1,4}$' then e.sequence::int else 0 end) + 1
        from indicator_event as e
        where e.subject = %(subject)s and e.occurred_at = %(stands_at)s and e.type = %(type)s
    ), 0)
) as revision;

-- name: told
-- One row per figure that is told, by whatever way. Absent = it is not.
select
    subject,
    value,
    numerator,
    denominator,
    rank,
    out_of,
    source_text,
    manual,
    approved_on
from indicator_state
where subject = any(%(subjects)s) and state = 'observed';
