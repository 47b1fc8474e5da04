-- name: documents
-- One row per unit and agency with documents sent, arrived, registered or finished in the period. `level`: of the issuer. Absent = none.
select
    unit_code,
    org_code,
    sum(sent) as sent,
    sum(sent_signed) as sent_signed,
    sum(sent) filter (where urgency = 'normal') as sent_normal,
    sum(sent) filter (where urgency = 'urgent') as sent_urgent,
    sum(sent) filter (where urgency = 'very_urgent') as sent_very_urgent,
    sum(sent) filter (where urgency = 'express') as sent_express,
    sum(sent) filter (where level = 'central') as sent_central,
    sum(sent) filter (where level = 'province') as sent_province,
    sum(sent) filter (where level = 'district') as sent_district,
    sum(sent) filter (where level = 'commune') as sent_commune,
    sum(arrived) as arrived,
    sum(arrived) filter (where urgency = 'normal') as arrived_normal,
    sum(arrived) filter (where urgency = 'urgent') as arrived_urgent,
    sum(arrived) filter (where urgency = 'very_urgent') as arrived_very_urgent,
    sum(arrived) filter (where urgency = 'express') as arrived_express,
    sum(arrived) filter (where level = 'central') as arrived_central,
    sum(arrived) filter (where level = 'province') as arrived_province,
    sum(arrived) filter (where level = 'district') as arrived_district,
    sum(arrived) filter (where level = 'commune') as arrived_commune,
    sum(registered_on_time) as registered_on_time,
    sum(registered_late) as registered_late,
    sum(refused) as refused,
    sum(finished) as finished,
    sum(on_time) as on_time,
    sum(late) as late,
    sum(finished_online) as finished_online,
    sum(finished_paper) as finished_paper,
    sum(finish_s) as finish_s,
    sum(recalled) as recalled
from document_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code, org_code;

-- name: document_backlog
-- One row per receiving unit and agency with documents that are not finished at the moment. Absent = nothing is open.
select
    unit_code,
    to_org as org_code,
    count(*) as open,
    count(*) filter (where state = 'arrived') as unregistered,
    count(*) filter (where unregistered) as unregistered_late,
    count(*) filter (where overdue) as overdue
from open_documents(%(instant)s, %(known)s)
group by unit_code, to_org;

-- name: tasks
-- One row per unit and owner with tasks assigned, completed, extended, given back or cancelled in the period. Absent = none.
select
    unit_code,
    owner_org as org_code,
    sum(assigned) as assigned,
    sum(acknowledged) as acknowledged,
    sum(acknowledged_late) as acknowledged_late,
    sum(completed) as completed,
    sum(on_time) as on_time,
    sum(late) as late,
    sum(completed) - sum(on_time) - sum(late) as undated,
    sum(first_on_time) as first_on_time,
    sum(complete_s) as complete_s,
    sum(extended) as extended,
    sum(returned) as returned,
    sum(cancelled) as cancelled,
    sum(reopened) as reopened
from task_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code, owner_org;

-- name: task_backlog
-- One row per unit and owner with open tasks at the moment. Overdue, not acknowledged and in time exclude each other. Absent = nothing is open.
select
    unit_code,
    owner_org as org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not overdue and state = 'assigned') as unacknowledged,
    count(*) filter (where not overdue and state <> 'assigned') as in_time,
    count(*) filter (where unseen) as unacknowledged_late,
    count(*) filter (where not overdue and due_at <= %(due_soon_at)s) as due_soon
from open_tasks(%(instant)s, %(known)s)
group by unit_code, owner_org;

-- name: meetings
-- One row per unit with sessions or conference points in the period; a session counts on the day it begins. `joined_invited`: points that joined,
-- no more than were invited. Absent = none.
select
    unit_code,
    '' as org_code,
    sum(sessions) as sessions,
    sum(session_s) as session_s,
    sum(invited) as invited,
    sum(joined) as joined,
    least(sum(joined), sum(invited)) as joined_invited,
    sum(absent) as absent,
    sum(long_losses) as long_losses,
    sum(lost_s) as lost_s,
    sum(lost_s) + sum(connected_s) as line_s
from meeting_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code;

-- name: meetings_now
-- One row per unit with sessions that run, or points that are connected or cut off, at the moment; what was left open on an earlier day is a
-- missing event. Absent = none.
select
    unit_code,
    '' as org_code,
    count(*) filter (where state = 'running') as running,
    count(*) filter (where state = 'joined') as connected,
    count(*) filter (where state = 'lost') as lost
from meeting_history
where is_open
    and state in ('running', 'joined', 'lost')
    and from_at >= %(day_from)s
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: work_files
-- One row for the province (unit_code null) and per unit: the share of work files processed online as it was told for the longest, then newest
-- period within the one asked for, with its fraction, the figure as published, and what is wrong with it. Absent = nobody told it.
with told as (
    select distinct on (unit_code)
        unit_code,
        numerator,
        denominator,
        value,
        published_value,
        published_differs
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where indicator_id = 'work_dossiers_online'
        and org_code = ''
        and state = 'observed'
        and first_day >= %(since_day)s and first_day < %(until_day)s
    order by unit_code, last_day - first_day desc, last_day desc
)

select
    nullif(unit_code, '') as unit_code,
    '' as org_code,
    numerator as online,
    denominator as files,
    coalesce(published_value, value) as published,
    case when published_differs then 'published_differs' end as flags
from told;

-- name: issued
-- One row for the province (unit_code null) and per unit: counts as they were told for the longest, then newest period within the one asked for.
-- Null = that one was not told. Absent = none was.
with told as (
    select distinct on (unit_code, indicator_id)
        unit_code,
        indicator_id,
        value
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where indicator_id in ('plans_issued', 'guidance_issued', 'legal_documents', 'document_levels')
        and org_code = ''
        and state = 'observed'
        and first_day >= %(since_day)s and first_day < %(until_day)s
    order by unit_code, indicator_id, last_day - first_day desc, last_day desc
)

select
    nullif(unit_code, '') as unit_code,
    '' as org_code,
    max(value) filter (where indicator_id = 'plans_issued') as plans_issued,
    max(value) filter (where indicator_id = 'guidance_issued') as guidance_issued,
    max(value) filter (where indicator_id = 'legal_documents') as legal_documents,
    max(value) filter (where indicator_id = 'document_levels') as document_levels
from told
group by unit_code;
