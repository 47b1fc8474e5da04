-- name: urgent
-- One row per open report of the first priority within reach, oldest first; where nobody set a priority, the category's own holds. Absent = none is open.
select
    subject,
    category,
    unit_code,
    org_code,
    state,
    submitted_at,
    due_at,
    simulated
from report_state
where state in ('submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
    and (priority = 1 or (priority is null and category = any(%(urgent)s)))
    and (
        jurisdiction = '' or exists (
            select from report_filing as f
            where f.subject = report_state.subject
        )
    )
    and within_scope(unit_code, org_code, category, %(scope)s)
order by submitted_at, subject
limit %(most)s;

-- name: asked
-- One row per open report within reach for which an agency asked a pause or an extension that nobody has answered, longest waiting first. Absent = none waits.
select
    subject,
    category,
    unit_code,
    org_code,
    pause_asked_at,
    extension_asked_at,
    wanted_due_at
from report_state
where (pause_asked_at is not null or extension_asked_at is not null)
    and state in ('submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
    and within_scope(unit_code, org_code, category, %(scope)s)
order by least(pause_asked_at, extension_asked_at), subject
limit %(most)s;

-- name: letters
-- One row per topic and reason of dead letters that nobody has dealt with, oldest first. Absent = none is open.
select
    topic,
    reason,
    count(*) as messages,
    min(recorded_at) as oldest_at
from dead_letter
where replayed_at is null
group by topic, reason
order by oldest_at, topic, reason;

-- name: heard
-- One row per source that was ever heard. Absent = it never was.
select
    stream,
    source,
    last_occurred_at,
    last_recorded_at,
    simulated
from source_state;

-- name: notes
-- One row per note of the shift, as written. Absent = nobody wrote one.
select
    note_id,
    written_at,
    name,
    words,
    corrects
from shift_note
where note_id > %(after)s
order by note_id;
